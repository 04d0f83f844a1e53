"""Facts about the terminal report."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from syrupy.assertion import SnapshotAssertion

from accord.findings.finding import Finding, Outcome, Severity, Verdict
from accord.findings.result import Counts, Coverage, Run
from accord.report.console import console_for
from accord.report.terminal import Detail, tell
from accord.report.verdict import verdict

BOUNDED = settings(max_examples=40, derandomize=True, deadline=None)
COMMAND = "accord verify --seed 7"


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _piped(run: Run, detail: Detail = Detail.NORMAL, fail_on: Severity = Severity.ERROR) -> str:
    out = io.StringIO()
    tell(run, console_for(out, environ={}), command=COMMAND, fail_on=fail_on, detail=detail)
    return out.getvalue()


def _shown(run: Run, width: int, detail: Detail = Detail.NORMAL) -> str:
    out = _Terminal()
    tell(run, console_for(out, environ={"NO_COLOR": "1"}, width=width), command=COMMAND, detail=detail)
    return out.getvalue()


def test_a_whole_report(sample: Run, snapshot: SnapshotAssertion) -> None:
    """The report in a pipe is the one that was looked at."""
    assert snapshot == _piped(sample, Detail.VERBOSE)


def test_the_first_line_is_the_verdict_and_the_last_the_command(sample: Run) -> None:
    """Who reads two lines knows the answer and how to see it again."""
    lines = _piped(sample).splitlines()
    assert lines[0] == "Not in accord: 2 errors, 1 warning."
    assert lines[-1] == f"Run again    {COMMAND}"


WARNING = Finding(rule="w", severity=Severity.WARNING, message="m")
ERROR = Finding(rule="e", severity=Severity.ERROR, message="m")


@pytest.mark.parametrize(
    ("expected", "findings", "fail_on", "interrupted"),
    [
        ("In accord: nothing found at error or above.", (), Severity.ERROR, False),
        ("In accord: nothing found at error or above, but 1 warning.", (WARNING,), Severity.ERROR, False),
        ("Not in accord: 1 warning.", (WARNING,), Severity.WARNING, False),
        ("Not in accord: 1 error, 1 warning.", (WARNING, ERROR), Severity.NOTE, False),
        ("Not in accord so far, interrupted: 1 error.", (ERROR,), Severity.ERROR, True),
        ("No verdict: interrupted, nothing found at error or above so far.", (), Severity.ERROR, True),
    ],
)
def test_the_verdict_is_in_plain_words(
    sample: Run, expected: str, findings: tuple[Finding, ...], fail_on: Severity, interrupted: bool
) -> None:
    """The threshold decides the verdict, and what lies below it is not hushed up."""
    run = replace(sample, findings=findings, interrupted=interrupted)
    assert expected == verdict(run, fail_on=fail_on)


@pytest.mark.parametrize("verdicts", [(), (Verdict.NOT_REACHED,)])
def test_nothing_checked_is_no_verdict(sample: Run, verdicts: tuple[Verdict, ...]) -> None:
    """A run in which no rule was reached never counts as in accord."""
    outcomes = tuple(Outcome(rule="r", place="p", verdict=verdict) for verdict in verdicts)
    run = replace(sample, findings=(), outcomes=outcomes)
    assert verdict(run, fail_on=Severity.ERROR) == "No verdict: nothing was checked."


def test_the_gravest_findings_come_first(sample: Run) -> None:
    """Errors precede warnings, whatever the order of discovery."""
    heads = re.findall(r"^\d  (\w+)  ", _piped(sample), re.MULTILINE)
    assert ["error", "error", "warning"] == heads


def test_a_finding_shows_its_proof(sample: Run) -> None:
    """A block holds the places, both values, what was said, the command and the fingerprint."""
    text = _piped(sample)
    crash = sample.findings[1]
    for line in (
        "2  error  undocumented-status  create_product → 500",
        "   contract     openapi.yaml#/paths/~1products/post/responses",
        "   expected     one of 201, 401, 422",
        "   seen         500",
        "   exchange     POST http://127.0.0.1:8000/products (12 bytes) → 500, text/plain, 21 bytes in 12 ms",
        f"   reproduce    {crash.reproduce}",
        f"   fingerprint  {crash.fingerprint}",
    ):
        assert line in text.splitlines()


def test_what_was_not_reached_is_grouped_by_reason(sample: Run) -> None:
    """Each reason stands once, with its number and rules, the most frequent first."""
    lines = _piped(sample).splitlines()
    at = lines.index("Not reached  2 × no second identity is configured (foreign-access, leaked-resource)")
    assert lines[at + 1] == "             1 × the operation has no path parameter (unknown-id)"


def test_many_reasons_are_summed_up(sample: Run) -> None:
    """Eight reasons are shown, verbose shows them all."""
    outcomes = tuple(
        Outcome(rule="r", place=str(number), verdict=Verdict.NOT_REACHED, reason=f"reason {number:02}")
        for number in range(20)
    )
    run = replace(sample, outcomes=outcomes)
    assert "and 12 more reasons" in _piped(run)
    assert "reason 19" not in _piped(run)
    assert "reason 19" in _piped(run, Detail.VERBOSE)


def test_a_rule_that_was_found_once_is_found(sample: Run) -> None:
    """A rule counts once: found before held, held before not reached."""
    assert "Rules        1 held, 3 found, 3 not reached" in _piped(sample).splitlines()


def test_unseen_statuses_are_counted(sample: Run) -> None:
    """The report tells how much of the contract was not seen."""
    assert "Statuses     2 of 5 documented were not seen; --verbose lists them" in _piped(sample).splitlines()
    assert "             create_product: 401" in _piped(sample, Detail.VERBOSE).splitlines()


def test_quiet_is_one_line_for_each_finding(sample: Run) -> None:
    """Verdict, findings, command: no blocks and no summary."""
    lines = _piped(sample, Detail.QUIET).splitlines()
    assert len(lines) == 1 + 3 + 1
    assert lines[2].startswith("error  undocumented-status  create_product → 500: The service answered")


def test_quiet_without_findings_is_the_verdict(sample: Run) -> None:
    """Nothing to say is said in one line."""
    assert len(_piped(replace(sample, findings=()), Detail.QUIET).splitlines()) == 1


@BOUNDED
@given(data=st.data())
def test_no_value_steers_the_terminal(runs: st.SearchStrategy[Run], data: st.DataObject) -> None:
    """Whatever a run holds, only line feeds and characters that print come out, and UTF-8 holds them."""
    run = data.draw(runs)
    text = data.draw(st.sampled_from([_piped(run, Detail.VERBOSE), _shown(run, 60, Detail.VERBOSE)]))
    assert text.replace("\n", "").isprintable()
    text.encode("utf-8")


def test_markup_in_a_value_is_shown(sample: Run) -> None:
    """Brackets of rich mean nothing in a value."""
    assert (
        r"The server sent [bold]a message[/bold] before the client had \x1b[31mauthenticated\x1b[0m."
        in _piped(sample)
    )


@pytest.mark.parametrize("width", [40, 60, 100, 200])
def test_text_is_wrapped_to_the_terminal(sample: Run, width: int) -> None:
    """On a terminal no line but a command is wider than the screen, and all words are there."""
    text = _shown(sample, width)
    lines = [line for line in text.splitlines() if "reproduce" not in line]
    assert max(cell_len(line) for line in lines) <= max(
        width, len("2  error  undocumented-status  create_product → 500")
    )
    words = "The service answered with a status that the contract does not document."
    assert words in " ".join(text.split())


@pytest.mark.parametrize("width", [20, 60])
def test_a_command_is_never_broken(sample: Run, width: int) -> None:
    """A command can be copied from the screen as it is."""
    assert sample.findings[1].reproduce in _shown(sample, width)


def test_a_pipe_gets_whole_lines(sample: Run) -> None:
    """Without a terminal every value stays on its line, so that grep finds it."""
    long = Finding(rule="r", message="word " * 60, reproduce="curl " + "x" * 2000)
    lines = _piped(replace(sample, findings=(long,))).splitlines()
    assert "   " + ("word " * 60).rstrip() in lines
    assert f"   reproduce    {long.reproduce}" in lines


def test_a_long_value_is_cut_and_tells_its_length(sample: Run) -> None:
    """A megabyte in a value does not flood the screen."""
    text = _piped(replace(sample, findings=(Finding(rule="r", message="m", seen="x" * 1_000_000),)))
    assert f"   seen         {'x' * 300}… (1,000,000 characters)" in text.splitlines()


def test_the_lines_of_a_long_command_have_a_margin(sample: Run) -> None:
    """A line feed in a value cannot pass for a line of the report."""
    forged = Finding(rule="r", message="m", reproduce="curl -d 'a\nIn accord: nothing found.'")
    lines = _piped(replace(sample, findings=(forged,))).splitlines()
    assert "   reproduce    │ curl -d 'a" in lines
    assert "                │ In accord: nothing found.'" in lines


def test_the_lines_that_settle_a_finding_have_a_margin(sample: Run) -> None:
    """They can be copied, and what the service wrote into them cannot pass for a line of the report."""
    settled = Finding(rule="r", message="m", settle='responses:\n  "404": \x1b[31m')
    lines = _piped(replace(sample, findings=(settled,))).splitlines()
    assert "   settled by   │ responses:" in lines
    assert r'                │   "404": \x1b[31m' in lines


def test_a_note_about_the_whole_document_is_one_line(sample: Run) -> None:
    """It tells at how many places it shows; --verbose tells which, and has the proof."""
    note = Finding(
        rule="r", severity=Severity.NOTE, message="m", seen="s", showings=("405 a", "405 b", "405 c")
    )
    run = replace(sample, findings=(note,))
    (line,) = [item for item in _piped(run).splitlines() if "note  r" in item]
    assert "1  note  r: m (and at 2 more)" == line
    assert not any(item.startswith("   seen") for item in _piped(run).splitlines())
    verbose = io.StringIO()
    tell(run, console_for(verbose, no_color=True), command=COMMAND, detail=Detail.VERBOSE)
    assert "   at           405 a, 405 b, 405 c" in verbose.getvalue().splitlines()


def test_a_note_of_what_never_came_is_one_line(sample: Run) -> None:
    """It has nothing to show; one about a line of the contract has, and is a block."""
    note = Finding(rule="n", severity=Severity.NOTE, operation="read", pointer="x#/y", message="none came")
    told = _piped(replace(sample, findings=(note, replace(note, operation="write", pointer="x#/z"))))
    assert "1  note  n  read: none came\n" in told
    assert "2  note  n  write: none came\n" in told
    block = _piped(replace(sample, findings=(replace(note, line=7),)))
    assert "1  note  n  read\n   none came\n   contract     x:7#/y\n" in block


def test_one_cause_without_operations_is_told_with_its_places(sample: Run) -> None:
    """What is wrong with the contract itself has pointers where others have operations."""
    first = Finding(rule="overlapping-variants", pointer="x#/anyOf/1", line=3, message="m")
    told = _piped(replace(sample, findings=(first, replace(first, pointer="x#/anyOf/2", line=4))))
    assert "   also at      x:4#/anyOf/2\n" in told


def test_a_warning_about_the_whole_document_is_a_block(sample: Run) -> None:
    """It names some of the places and counts the others."""
    warning = Finding(
        rule="r", severity=Severity.WARNING, message="m", showings=tuple(f"404 {name}" for name in "abcde")
    )
    lines = _piped(replace(sample, findings=(warning,))).splitlines()
    assert "   at           404 a, 404 b, 404 c and 2 more" in lines


def test_color_marks_the_verdict() -> None:
    """With colour the verdict is green or red, and every style is reset."""
    out = _Terminal()
    run = _empty()
    tell(run, console_for(out, environ={}), command=COMMAND)
    assert out.getvalue().startswith("\x1b[1;32mIn accord: nothing found at error or above.\x1b[0m")


def _empty() -> Run:
    return Run(
        accord="1",
        contract="c",
        target="t",
        seed=1,
        started=0,
        seconds=0,
        findings=(),
        outcomes=(Outcome(rule="r", place="p", verdict=Verdict.HELD),),
        coverage=Coverage(statuses={}, undocumented={}, messages={}),
        counts=Counts(),
    )


def test_an_ascii_stream_loses_nothing(sample: Run) -> None:
    """A stream without arrows gets their spelling, and raises nothing."""
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    tell(
        replace(sample, findings=(replace(sample.findings[1], seen="é"),)),
        console_for(out, environ={}),
        command=COMMAND,
    )
    out.flush()
    text = raw.getvalue().decode("ascii")
    assert "create_product -> 500" in text
    assert r"   seen         \xe9" in text


def test_one_deviation_at_many_operations_is_told_once(sample: Run) -> None:
    """The same place of the contract, broken the same way, is one block that names the other operations."""
    place = "openapi.yaml#/components/schemas/HTTPError/required"
    findings = tuple(
        Finding(rule="r", operation=name, pointer=place, deviation="401 required", message="no detail")
        for name in ("first", "second", "third", "fourth", "fifth")
    )
    text = _piped(replace(sample, findings=findings))

    assert 1 == text.count("no detail")
    assert re.search(r"also at +first, fourth, second and 1 more\n", text)
    assert "Not in accord: 5 errors." == text.splitlines()[0]


def test_other_deviations_at_one_place_are_told_apart(sample: Run) -> None:
    """Two classes of deviation are two causes, wherever they stand."""
    findings = tuple(
        Finding(rule="r", operation="o", pointer="p", deviation=deviation, message=f"broken by {deviation}")
        for deviation in ("type", "format")
    )
    text = _piped(replace(sample, findings=findings))

    assert "broken by type" in text
    assert "broken by format" in text
    assert "also at" not in text


@pytest.mark.parametrize(
    ("least", "words"), [(None, "In accord"), (66, "In accord"), (67, "Too little seen: 66 %")]
)
def test_too_little_seen_of_the_messages_is_the_verdict(sample: Run, least: float | None, words: str) -> None:
    """A share below the one that was asked for is told, rounded down, in the first line."""
    assert verdict(replace(sample, findings=()), fail_on=Severity.ERROR, least=least).startswith(words)


@pytest.mark.parametrize(
    ("detail", "line"),
    [
        (Detail.NORMAL, "0 of 1 edges; never events: a, 5 s → close 4408"),
        (Detail.VERBOSE, "      0 events: a, 5 s → close 4408"),
    ],
)
def test_parts_of_messages_are_told(sample: Run, detail: Detail, line: str) -> None:
    """What was never seen is named; everything is, where all is asked for."""
    out = io.StringIO()
    tell(sample, console_for(out, no_color=True), command=COMMAND, detail=detail)
    assert "Messages     66 % of what messages can show was seen\n" in out.getvalue()
    assert line in out.getvalue()


def test_finding_about_the_contract_has_line_witness_and_next_step() -> None:
    """What is wrong with the contract itself is told with the line, the value and what to do."""
    finding = Finding(
        rule="r", message="m", pointer="a.yaml#/x", line=7, witness='{"a": "\x1b[31m"}', advice="Do it."
    )
    out = io.StringIO()
    tell(replace(_empty(), findings=(finding,), target=""), console_for(out, no_color=True), command=COMMAND)
    text = out.getvalue()
    assert "contract     a.yaml:7#/x" in text
    assert "next step    Do it." in text
    assert "\x1b" not in text
    assert "Target" not in text


def test_a_script_of_many_screens_is_cut_and_the_rest_is_named(sample: Run) -> None:
    """Of what fills screens the first lines are told, and where all of it is; --verbose tells more."""
    script = "\n".join(f'{{"expect": {number}}}' for number in range(1_000))
    run = replace(sample, findings=(Finding(rule="r", message="m", reproduce=script),))
    told = {detail: _piped(run, detail) for detail in (Detail.NORMAL, Detail.VERBOSE)}
    assert (
        f"│ … ({len(script):,} characters; a report has them all: --report html=PATH)" in told[Detail.NORMAL]
    )
    assert '│ {"expect": 50}' in told[Detail.NORMAL]
    assert '│ {"expect": 300}' not in told[Detail.NORMAL]
    assert '│ {"expect": 300}' in told[Detail.VERBOSE]
