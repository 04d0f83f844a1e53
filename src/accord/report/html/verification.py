"""The page of a run: the verdict, each finding with its proof, and what of the contract was seen."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from accord.exchange.values import Exchange, Session
from accord.findings.finding import Finding, Severity, Verdict
from accord.findings.page import sentences
from accord.findings.result import Run
from accord.report import matrix
from accord.report.care import care
from accord.report.cause import by_cause, placed
from accord.report.evidence import answered, told
from accord.report.html import features, statuses, variants
from accord.report.html.durations import HEIGHT, WIDTH, chart
from accord.report.html.page import render as render_page
from accord.report.html.talk import Step, talk
from accord.report.text import count, duration, moment
from accord.report.verdict import verdict

_LONGEST = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One cause: its gravest finding, where else it shows, and what proves it."""

    finding: Finding
    place: str
    where: str
    others: tuple[tuple[str, str], ...]
    evidence: str
    asked: str
    answer: str
    talk: tuple[Step, ...]


def render(run: Run, *, fail_on: Severity) -> bytes:
    """Return the page of *run*, as UTF-8."""
    cards = [_card(same) for same in by_cause(run.findings)]
    groups = [(rule, list(of)) for rule, of in groupby(cards, key=lambda card: card.finding.rule)]
    words = verdict(run, fail_on=fail_on)
    unreached = list(_unreached(run))
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
        statuses=statuses.columns(run),
        rows=list(statuses.rows(run)),
        variants=list(variants.rows(run)),
        edges=run.coverage.parts.get("edges", {}),
        schemas=features.tree(run.coverage.features),
        left_out=max(0, len(run.coverage.features) - features.MAXIMUM_FEATURES),
        chart=chart(run.timings),
        width=WIDTH,
        height=HEIGHT,
        places=list(matrix.table(run.places)),
        rules=run.rules(),
        verdicts=list(Verdict),
        unreached=unreached,
        parts=list(_parts(run, len(cards), len(unreached))),
        began=moment(run.started),
    )


def _parts(run: Run, causes: int, reasons: int) -> Iterator[tuple[str, str, int]]:
    """Yield the anchor and the label of each part of the page, and how much there is in it."""
    known = (
        ("findings", "Findings", causes),
        ("operations", "Operations", len({*run.coverage.statuses, *run.coverage.undocumented})),
        ("messages", "Messages", len(run.coverage.parts.get("variants", {}))),
        ("coverage", "Schemas", len({item.owner for item in run.coverage.features})),
        ("timings", "Durations", len(run.timings)),
        ("places", "Wrong places", len(run.places)),
        ("rules", "Rules", len(run.rules())),
        ("unreached", "Not reached", reasons),
        ("approved", "Approved", len(run.approved)),
    )
    for anchor, label, number in known:
        if number:
            yield anchor, label, number


def _facts(run: Run) -> Iterator[tuple[str, str]]:
    said = run.counts
    if run.target:
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
        others=tuple(_others(same)),
        evidence="" if evidence is None else told(evidence),
        asked=_asked(evidence) if isinstance(evidence, Exchange) else "",
        answer=_answer(evidence) if isinstance(evidence, Exchange) else "",
        talk=tuple(talk(evidence, finding.message)) if isinstance(evidence, Session) else (),
    )


def _others(same: Sequence[Finding]) -> Iterator[tuple[str, str]]:
    """Yield where else the cause shows, and the fingerprint of a finding that is told there."""
    yield from (("", showing) for showing in same[0].showings)
    yield from ((item.fingerprint, item.operation or item.channel or placed(item)) for item in same[1:])


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


def _unreached(run: Run) -> Iterator[tuple[str, int, list[str]]]:
    """Yield why rules could not be held, how often, and which."""
    reasons: dict[str, list[str]] = {}
    for outcome in run.outcomes:
        if outcome.verdict is Verdict.NOT_REACHED:
            reasons.setdefault(outcome.reason or "no reason given", []).append(outcome.rule)
    for reason, rules in sorted(reasons.items(), key=lambda item: (-len(item[1]), item[0])):
        yield reason, len(rules), sorted(set(rules))
