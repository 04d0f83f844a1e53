"""Facts about a comparison put together: what it imports, by which day it judges, where a change stands."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date

import pytest

from accord.findings.changes.change import Verdict
from accord.run.compare import Options, compare

ANSWERED = {"responses": {"200": {"description": "ok"}}}


@pytest.fixture
def sides(tmp_path):
    """Write two documents, of which the newer one lacks an operation that was announced to go."""
    paths = {"/a": {"get": {**ANSWERED, "x-sunset": "2026-06-01"}, "put": ANSWERED}}
    for name, operations in (("old", paths), ("new", {"/a": {"put": ANSWERED}})):
        document = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": operations}
        (tmp_path / f"{name}.json").write_text(json.dumps(document, indent=1), encoding="utf-8")
    return str(tmp_path / "old.json"), str(tmp_path / "new.json")


def test_two_files_need_no_client():
    """Neither HTTP nor WebSocket is imported before a side is on the network."""
    program = "import sys, accord.run.compare; print(sorted({'httpx', 'websockets'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "[]" == done.stdout.strip()


@pytest.mark.parametrize(
    ("today", "expected"), [(date(2026, 5, 31), [Verdict.BREAKING]), (date(2026, 6, 1), [Verdict.SAFE])]
)
def test_a_sunset_is_judged_by_the_day_that_is_given(sides, today, expected):
    """A removal is safe from its announced day on."""
    compared = compare(*sides, Options(today=today))
    assert expected == [told.change.verdict for told in compared.changes]


def test_a_change_has_the_line_and_the_column_of_its_name(sides):
    """Both are counted from 1; what is gone has a place in the old document alone."""
    told = compare(*sides, Options(today=date(2026, 5, 31))).changes[0]
    assert (9, 4) == (told.old_line, told.old_column)
    assert (None, None) == (told.new_line, told.new_column)


def test_true_in_the_place_of_one_is_a_change(tmp_path):
    """Python takes true for 1, and JSON Schema does not."""
    for folder, value in (("old", 1), ("new", True)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "schema.json").write_text(
            json.dumps({"type": "object", "properties": {"a": {"const": value}}})
        )
    compared = compare(
        str(tmp_path / "old" / "schema.json"), str(tmp_path / "new" / "schema.json"), Options()
    )
    assert 2 == len(compared.of(Verdict.BREAKING))
