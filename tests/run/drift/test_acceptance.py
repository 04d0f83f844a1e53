"""Facts about a contract written anew: readable, the same document, whole or not at all."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from receivers import WIDER, document

from accord.contract.contract import load
from accord.contract.document import parse_document
from accord.errors import ConfigurationError
from accord.run.drift.acceptance import differing, losses, parted, readable, write
from accord.run.source.side import Side

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**6), 10**6)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(
        ["yes", "0o17", "1e3", "2026-11-22", "null", "~", "1_000", "0x1F", "=", "<<", "- a", "a: b"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@pytest.mark.parametrize("name", ["openapi.json", "openapi.yaml"])
@given(data=st.dictionaries(st.text(max_size=5), VALUES, max_size=4))
def test_what_is_written_is_the_same_document(name, data):
    """Whatever stands in it, in the form that the name asks for."""
    content = json.dumps(data).encode()
    assert data == parse_document(readable(name, content).decode(), name=name).data


def test_json_is_written_in_lines_and_in_its_order():
    """So that a review shows what changed; YAML where the contract is YAML."""
    content = json.dumps(document()).encode()
    assert f"{json.dumps(document(), indent=2)}\n".encode() == readable("openapi.json", content)
    text = readable("openapi.yaml", content).decode()
    assert list(document()) == [
        line.rstrip(":").split(":")[0] for line in text.splitlines() if line[:1].isalpha()
    ]
    assert document() == yaml.safe_load(text)


def test_what_cannot_be_read_stays_as_it_is():
    """It is refused by who reads it, with its place."""
    assert b"\xff{" == readable("openapi.json", b"\xff{")
    assert b"{" == readable("openapi.json", b"{")


def test_only_what_differs_is_written(tmp_path):
    """The same document in other words is none, in YAML; one that differs at a place keeps its comments."""
    content = json.dumps(document()).encode()
    (tmp_path / "openapi.json").write_bytes(readable("openapi.json", content))
    (tmp_path / "other.yaml").write_text(f"# why\n{yaml.safe_dump(document())}")
    assert {} == differing({"openapi.json": content, "other.yaml": content}, tmp_path)
    wider = json.dumps(document(a=WIDER)).encode()
    found = differing({"openapi.json": wider, "other.yaml": wider}, tmp_path)
    assert ["openapi.json", "other.yaml"] == list(found)
    assert found["other.yaml"].startswith(b"# why\n")
    assert document(a=WIDER) == yaml.safe_load(found["other.yaml"])
    assert [] == list(losses(found, tmp_path))


def test_comments_that_get_lost_are_told(tmp_path):
    """A document that differs at many places is written anew, and its comments are gone."""
    (tmp_path / "openapi.yaml").write_text(f"# why\n{yaml.safe_dump(document())}")
    other = {**document(), **{f"x-{number}": number for number in range(101)}}
    found = differing({"openapi.yaml": json.dumps(other).encode()}, tmp_path)
    assert other == yaml.safe_load(found["openapi.yaml"])
    assert [
        "openapi.yaml is written anew, as it differs at many places: its comments and its order are lost"
    ] == list(losses(found, tmp_path))


def test_files_are_written_all_or_none(tmp_path):
    """Where one of them has no place, the others stay as they were, and nothing lies about."""
    (tmp_path / "a.json").write_text("old")
    (tmp_path / "a.json").chmod(0o640)
    (tmp_path / "blocked").write_text("a file where a folder should be")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        write({"a.json": b"new", "blocked/b.json": b"new"}, tmp_path)
    assert "old" == (tmp_path / "a.json").read_text()
    assert {"a.json", "blocked"} == {path.name for path in tmp_path.iterdir()}
    write({"a.json": b"new", "below/b.json": b"new"}, tmp_path)
    assert ("new", "new") == tuple((tmp_path / name).read_text() for name in ("a.json", "below/b.json"))
    assert 0o640 == (tmp_path / "a.json").stat().st_mode & 0o777


def test_a_part_adds_its_operations_of_other_methods(tmp_path):
    """Those that are there stay, as those of the usual methods do."""
    done = {"responses": {"204": {}}}
    whole = {"openapi": "3.2.0", "info": {"title": "t", "version": "1"}}
    item = {"get": done, "additionalOperations": {"COPY": done}}
    (tmp_path / "openapi.json").write_text(json.dumps({**whole, "paths": {"/a": item}}))
    committed = Side(name="committed", folder="", contract=load(tmp_path))
    part = {**whole, "paths": {"/a": {"query": done, "additionalOperations": {"MOVE": done}}}}
    files = parted({"openapi.json": json.dumps(part).encode()}, committed)
    (found,) = json.loads(files["openapi.json"])["paths"].values()
    assert {"get", "query", "additionalOperations"} == found.keys()
    assert {"COPY", "MOVE"} == found["additionalOperations"].keys()
