"""The page of a run: the verdict, each finding with its proof, and what of the contract was seen."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from accord.exchange.values import Closed, Event, Exchange, Opened, Received, Sent, Session
from accord.findings.finding import Finding, Severity, Verdict
from accord.findings.page import sentences
from accord.findings.result import Run
from accord.report import matrix
from accord.report.care import care
from accord.report.cause import by_cause, elsewhere, placed
from accord.report.evidence import answered, closing, told
from accord.report.html.page import render as render_page
from accord.report.text import count, duration
from accord.report.verdict import verdict

_LONGEST = 20_000
_OWNER = re.compile("[.=: ]")
_EVENTS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One cause: its gravest finding, where else it shows, and what proves it."""

    finding: Finding
    place: str
    where: str
    others: tuple[str, ...]
    evidence: str
    asked: str
    answer: str
    talk: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One event of a session: ``kind`` is ``sent``, ``received`` or ``state``."""

    at: str
    kind: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of a matrix: ``look`` is a class of the style, ``words`` what it says."""

    look: str
    words: str


def render(run: Run, *, fail_on: Severity) -> bytes:
    """Return the page of *run*, as UTF-8."""
    cards = [_card(same) for same in by_cause(run.findings)]
    groups = [(rule, list(of)) for rule, of in groupby(cards, key=lambda card: card.finding.rule)]
    words = verdict(run, fail_on=fail_on)
    return render_page(
        "run.html",
        run=run,
        verdict=words,
        answer="yes" if words.startswith("In accord") else "no" if words.startswith("Not") else "none",
        facts=list(_facts(run)),
        groups=groups,
        total=len(cards),
        sentences=sentences(),
        severities=[item.value for item in Severity],
        statuses=_statuses(run),
        rows=list(_rows(run)),
        parts={kind: _tree(counts) for kind, counts in run.coverage.parts.items()},
        places=list(matrix.table(run.places)),
        rules=run.rules(),
        verdicts=list(Verdict),
        unreached=list(_unreached(run)),
    )


def _facts(run: Run) -> Iterator[tuple[str, str]]:
    said = run.counts
    yield "Contract", run.contract
    if run.target:
        yield "Target", run.target
        asked = f"{count(said.operations, 'operation')}, {count(said.cases, 'case')}, "
        heard = f"{count(said.sessions, 'session')}, {count(said.messages, 'message')}"
        yield "Asked", f"{asked}{heard} in {duration(run.seconds)}"
        yield "Seed", str(run.seed)
    share = run.coverage.message_share()
    if share is not None and said.sessions:
        yield "Messages", f"{math.floor(share)} % of what messages can show was seen"
    if run.places:
        yield "Wrong places", matrix.summary(run.places)
    yield from care(run)


def _card(same: Sequence[Finding]) -> Card:
    finding = same[0]
    evidence = finding.evidence
    place = finding.operation or finding.channel or ""
    return Card(
        finding=finding,
        place=placed(finding),
        where=" → ".join(part for part in (place, answered(evidence)) if part),
        others=tuple(finding.showings or elsewhere(same)),
        evidence="" if evidence is None else told(evidence),
        asked=_asked(evidence) if isinstance(evidence, Exchange) else "",
        answer=_answer(evidence) if isinstance(evidence, Exchange) else "",
        talk=tuple(_talk(evidence)) if isinstance(evidence, Session) else (),
    )


def _asked(exchange: Exchange) -> str:
    request = exchange.request
    return _message(f"{request.method} {request.url}", request.headers, request.body or b"")


def _answer(exchange: Exchange) -> str:
    response = exchange.response
    if response is None:
        return f"{exchange.lapse or 'nothing'} {exchange.detail}".strip()
    return _message(str(response.status), response.headers, response.body)


def _message(first: str, headers: Sequence[tuple[str, str]], body: bytes) -> str:
    lines = [first, *(f"{name}: {value}" for name, value in headers)]
    return "\n".join(lines) + (f"\n\n{_body(body)}" if body else "")


def _body(body: bytes) -> str:
    """Return *body* as people read it: JSON with an indent, other text as it is."""
    text = body[: _LONGEST * 2].decode("utf-8", "backslashreplace")
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _talk(session: Session) -> Iterator[Step]:
    for event in session.events[:_EVENTS]:
        yield _step(event)
    if len(session.events) > _EVENTS:
        words = f"and {count(len(session.events) - _EVENTS, 'more event')}"
        yield Step(at="", kind="state", words=words)


def _step(event: Event) -> Step:
    at = duration(event.at)
    match event:
        case Opened():
            return Step(at=at, kind="state", words=f"opened {event.subprotocol or ''}".rstrip())
        case Sent():
            return Step(at=at, kind="sent", words=_words(event.data))
        case Received():
            return Step(at=at, kind="received", words=_words(event.data))
        case Closed():
            return Step(at=at, kind="state", words=closing(event))


def _words(data: str | bytes) -> str:
    return data if isinstance(data, str) else data[:_LONGEST].decode("utf-8", "backslashreplace")


def _statuses(run: Run) -> list[str]:
    """Return the statuses that are columns of the matrix, in order."""
    known = {status for row in run.coverage.statuses.values() for status in row}
    return sorted(known | {status for row in run.coverage.undocumented.values() for status in row})


def _rows(run: Run) -> Iterator[tuple[str, dict[str, Cell]]]:
    """Yield each operation with a cell for each status that it documents or gave."""
    found = Counter(
        (finding.operation, answered(finding.evidence)) for finding in run.findings if finding.operation
    )
    for operation in sorted({*run.coverage.statuses, *run.coverage.undocumented}):
        documented = run.coverage.statuses.get(operation, {})
        others = run.coverage.undocumented.get(operation, {})
        cells = {
            status: _cell(number, found[operation, status], documented=True)
            for status, number in documented.items()
        }
        cells |= {
            status: _cell(number, found[operation, status], documented=False)
            for status, number in others.items()
        }
        yield operation, cells


def _cell(seen: int, found: int, *, documented: bool) -> Cell:
    if found:
        return Cell(look="error", words=f"found {found:,}")
    if not documented:
        return Cell(look="warning", words=f"undocumented {seen:,}×")
    return Cell(look="good", words=f"held {seen:,}×") if seen else Cell(look="idle", words="never")


def _tree(counts: Mapping[str, int]) -> list[tuple[str, int, list[tuple[str, int]]]]:
    """Return what can be seen by the message that shows it: name, how much was seen, and the parts."""
    groups: dict[str, list[tuple[str, int]]] = {}
    for name, number in counts.items():
        groups.setdefault(_OWNER.split(name, maxsplit=1)[0], []).append((name, number))
    return [(name, sum(number > 0 for _, number in parts), parts) for name, parts in groups.items()]


def _unreached(run: Run) -> Iterator[tuple[str, int, list[str]]]:
    """Yield why rules could not be held, how often, and which."""
    reasons: dict[str, list[str]] = {}
    for outcome in run.outcomes:
        if outcome.verdict is Verdict.NOT_REACHED:
            reasons.setdefault(outcome.reason or "no reason given", []).append(outcome.rule)
    for reason, rules in sorted(reasons.items(), key=lambda item: (-len(item[1]), item[0])):
        yield reason, len(rules), sorted(set(rules))
