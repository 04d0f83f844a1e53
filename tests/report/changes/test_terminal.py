"""Facts about the changes on a terminal."""

from __future__ import annotations

import io
import re
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from accord.cases.request import Request
from accord.findings.changes.change import Delivered, Verdict, Witness
from accord.findings.changes.result import Told
from accord.findings.finding import Severity
from accord.report.changes.terminal import Detail, tell
from accord.report.console import console_for

BOUNDED = settings(max_examples=40, derandomize=True, deadline=None)
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202e]")


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def piped(compared, detail=Detail.NORMAL):
    out = io.StringIO()
    tell(compared, console_for(out, environ={}), fail_on=Severity.ERROR, detail=detail)
    return out.getvalue()


@BOUNDED
@given(data=st.data())
def test_no_control_character_reaches_the_console(comparisons, data):
    """Whatever a contract holds, each line is accord's own."""
    assert not CONTROL.search(piped(data.draw(comparisons), data.draw(st.sampled_from(Detail))))


def test_a_cause_is_told_once_with_all_its_places(compared):
    """The same change of two schemas is one block; its reach is counted, its other place named."""
    text = piped(compared)
    assert 1 == text.count("breaking  changed-enum")
    assert 'witness      POST /things request body application/json: {"kind": "c"} (at /kind)' in text
    assert "also at      new/openapi.yaml:52" in text
    assert "reaches      2: POST /things request body application/json, PUT /things/{id}" in text


def test_an_approved_change_is_told_as_such(compared):
    """Who approved it, until when and why."""
    text = piped(compared)
    assert "approved  removed-operation" in text
    assert "approved by team-api until 2027-01-31: nobody calls it" in text


def test_what_is_safe_takes_a_line(compared):
    """It has no block of its own, unless everything is asked for."""
    assert "safe  added-operation  GET /new is new  new/openapi.yaml:55" in piped(compared)
    assert re.search(
        r"\d  safe  added-operation  widened, sent by the client", piped(compared, Detail.VERBOSE)
    )


def test_both_sides_stand_side_by_side_on_a_wide_terminal(compared):
    """Old on the left, new on the right, in one line each."""
    out = _Terminal()
    console = console_for(out, environ={"NO_COLOR": "1"}, width=160)
    tell(compared, console, fail_on=Severity.ERROR, detail=Detail.NORMAL)
    assert re.search(r"old  old/openapi\.yaml:41#/\S+ +│ new  new/openapi\.yaml:51#/", out.getvalue())
    assert re.search(r'"a", "b", "c" +│ "a", "b"\n', out.getvalue())


def test_quiet_is_the_verdict_and_a_line_each(compared):
    """Five changes of four causes: five lines in all."""
    assert 5 == len(piped(compared, Detail.QUIET).splitlines())


def test_a_webhook_is_told_as_what_the_service_sends(compared):
    """There is no command for it, and a break that no whole shows says why."""
    request = Request(method="POST", url="https://receiver.example/", headers=(("X-Sum", "a"),), body=b"{}")
    delivered = Delivered(kind="webhook", method="POST", path="paid", request=request)
    first, second = compared.changes[0].change, compared.changes[3].change
    shown = (
        replace(first, witness=Witness(value={}, root="webhook", delivered=delivered)),
        replace(
            second, rule="other", verdict=Verdict.BREAKING, witness=Witness(value={}, alone="it is counted")
        ),
    )
    text = piped(replace(compared, changes=tuple(Told(change=change) for change in shown)))
    assert "   sends        POST paid  X-Sum: a  {}\n" in text
    assert "   whole        none: it is counted\n" in text
    assert "curl" not in text
