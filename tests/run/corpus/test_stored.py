"""Facts about the corpus as a file: what is written is read, in one order, and nothing else is taken for one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.cases.aim import Aim, Intent, Judgement
from accord.errors import ConfigurationError
from accord.run.corpus.stored import (
    MAXIMUM_BYTES,
    Step,
    StoredCase,
    collected,
    name_of,
    read_corpus,
    stored,
    write_corpus,
)

FIRST = '{"corpus":"accord","version":1}\n'
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
HEADERS = st.lists(st.tuples(TEXT, TEXT), max_size=2).map(tuple)
STEPS = st.builds(
    Step,
    operation=TEXT.filter(bool),
    caller=TEXT.filter(bool),
    method=TEXT.filter(bool),
    target=TEXT.map("/{}".format),
    headers=HEADERS,
    body=TEXT | st.binary(min_size=1, max_size=20),
)
AIMS = st.builds(
    Aim,
    intent=st.sampled_from(Intent),
    phase=TEXT,
    location=TEXT,
    path=st.lists(TEXT | st.integers(0, 9), max_size=3).map(tuple),
    keyword=TEXT,
    variant=TEXT,
)
JUDGEMENTS = st.builds(Judgement, kind=TEXT, message=TEXT, expected=TEXT, seen=TEXT, subject=TEXT)
CASES = st.builds(
    StoredCase,
    operation=TEXT.filter(bool),
    description=st.text("0123456789abcdef", min_size=16, max_size=16),
    aim=AIMS,
    status=st.integers(100, 599),
    judgements=st.lists(JUDGEMENTS, max_size=2).map(tuple),
    found=st.lists(TEXT, max_size=2).map(tuple),
    steps=st.lists(STEPS, min_size=1, max_size=3).map(tuple),
)


def case(**members: Any) -> StoredCase:
    """Return a stored case."""
    step = Step(operation="read", caller="default", method="GET", target="/a")
    known = {"operation": "read", "description": "0" * 16, "aim": Aim(intent=Intent.VALID), "status": 200}
    return StoredCase(**{**known, "steps": (step,), **members})


@given(st.lists(CASES, max_size=4))
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, cases: list[StoredCase]) -> None:
    """Every case comes back as it was, whatever stands in it."""
    path = tmp_path_factory.getbasetemp() / "written.ndjson"
    write_corpus(collected(cases), path)
    assert collected(cases) == read_corpus(path)


def test_order_does_not_follow_the_run(tmp_path: Path) -> None:
    """The same cases make the same bytes, one line each, in whatever order they were learned."""
    cases = [case(status=status, operation=name) for status in (200, 404) for name in ("b", "a")]
    write_corpus(collected(cases), tmp_path / "one")
    write_corpus(collected([*reversed(cases), cases[0]]), tmp_path / "other")
    lines = (tmp_path / "one").read_bytes().splitlines()
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    assert ["a", "a", "b", "b"] == [json.loads(line)["operation"] for line in lines[1:]]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The corpus is there whole or as it was, and nothing is left beside it."""
    path = tmp_path / "corpus"
    write_corpus(collected([case()]), path)
    before = path.read_bytes()

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(ConfigurationError, match="cannot be written: No space"):
        write_corpus(collected([case(status=404)]), path)
    assert (before, [path]) == (path.read_bytes(), list(tmp_path.iterdir()))


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """Where no file can be made, the error names it."""
    with pytest.raises(ConfigurationError, match="cannot be written") as caught:
        write_corpus(collected([]), tmp_path / "none" / "corpus")
    assert str(tmp_path / "none" / "corpus") == caught.value.place


LINE = {
    "operation": "read",
    "description": "0" * 16,
    "aim": {"intent": "valid"},
    "status": 200,
    "steps": [{"operation": "read", "caller": "default", "method": "GET", "target": "/a"}],
}


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        ("", "first line", 1),
        ("{}\n", "first line", 1),
        ('{"corpus":"accord","version":2}\n', "first line", 1),
        ("\x00\xff\n", "not JSON", 1),
        (FIRST + "nonsense\n", "not JSON", 2),
        (FIRST + "[" * 100_000 + "\n", "not JSON", 2),
        (FIRST + "[]\n", "is not a case", 2),
        (FIRST + json.dumps({**LINE, "status": 7}), "at /status", 2),
        (FIRST + json.dumps({**LINE, "aim": {"intent": "malice"}}), "is not a case", 2),
        (FIRST + json.dumps({**LINE, "steps": []}), "at /steps", 2),
        (FIRST + json.dumps({**LINE, "steps": LINE["steps"] * 21}), "at /steps", 2),
        (FIRST + json.dumps({**LINE, "more": 1}), "more", 2),
        (
            FIRST + json.dumps({**LINE, "steps": [{**LINE["steps"][0], "target": "@evil.example/"}]}),
            "target",
            2,
        ),  # type: ignore[index]
        (FIRST + json.dumps({**LINE, "steps": [{**LINE["steps"][0], "base64": "?"}]}), "is not a case", 2),  # type: ignore[index]
    ],
)
def test_what_is_no_corpus_is_refused(tmp_path: Path, text: str, words: str, line: int) -> None:
    """The error names file and line, and what to do."""
    path = tmp_path / "corpus"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ConfigurationError, match=words) as caught:
        read_corpus(path)
    assert f"{path}:{line}" == caught.value.place
    assert caught.value.next_step


def test_a_corpus_without_end_is_refused(tmp_path: Path) -> None:
    """No more than the limit is read."""
    path = tmp_path / "corpus"
    with path.open("wb") as stream:
        stream.truncate(MAXIMUM_BYTES + 1)
    with pytest.raises(ConfigurationError, match="more than"):
        read_corpus(path)


def test_a_missing_corpus_is_empty_unless_it_is_needed(tmp_path: Path) -> None:
    """The first run has none; a run that plays it alone cannot do without."""
    assert 0 == len(stored(None, needed=True))
    assert 0 == len(stored(tmp_path / "none", needed=False))
    with pytest.raises(ConfigurationError, match="cannot be read"):
        stored(tmp_path / "none", needed=True)


def test_a_case_is_named_by_what_is_sent() -> None:
    """What came of it does not change its name."""
    other = Step(operation="read", caller="nobody", method="GET", target="/a")
    assert name_of(case(status=200)) == name_of(case(status=404, found=("server-error",)))
    assert name_of(case()) != name_of(case(steps=(other,)))
