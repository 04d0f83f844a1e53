"""Facts about runs that travel between processes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.errors import RecordingError
from accord.findings.result import Run
from accord.report.transfer import pack, unpack

BOUNDED = settings(max_examples=25, derandomize=True, deadline=None)


@BOUNDED
@given(data=st.data())
def test_a_run_comes_back_as_it_was(runs: st.SearchStrategy[Run], data: st.DataObject) -> None:
    """Bytes, surrogates, enumerations and evidence survive the trip."""
    run = data.draw(runs)
    assert run == unpack(pack(run))


@BOUNDED
@given(data=st.data())
def test_a_packed_run_is_one_line_of_ascii_json(runs: st.SearchStrategy[Run], data: st.DataObject) -> None:
    """Any channel that takes a string takes a run."""
    line = pack(data.draw(runs))
    assert line.isascii()
    assert "\n" not in line
    json.loads(line)


def test_enumerations_come_back_as_their_members(sample: Run) -> None:
    """Severities and verdicts are not mere strings after the trip."""
    back = unpack(pack(sample))
    assert sample.worst() is back.worst()
    assert all(was.verdict is now.verdict for was, now in zip(sample.outcomes, back.outcomes, strict=True))


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{}",
        "[1]",
        "null",
        '{"Run": {}}',
        '{"Popen": {"args": "ls"}}',
        '{"bytes": "!"}',
        '{"Severity": "fatal"}',
        '{"Run": 1, "Counts": 2}',
        "[" * 100_000,
    ],
)
def test_what_pack_did_not_write_is_refused(line: str) -> None:
    """Anything else is an error with a next step, never a traceback of another kind."""
    with pytest.raises(RecordingError) as caught:
        unpack(line)
    assert caught.value.next_step
