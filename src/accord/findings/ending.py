"""Why a session ought to have ended, and with which close code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from accord.contract import pointer as pointers
from accord.contract.session import SessionRules
from accord.exchange.values import Closed, Received, Sent, Session, Side
from accord.findings.transcript import Line, is_too_big

SLACK = 0.5
"""Seconds by which the clocks of two sides may differ about when a state began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Something after which the server closes the connection.

    ``name`` is the cause as ``closes`` of ``x-session`` has it, or what happened; ``kind`` its
    variety. ``codes`` are those that may come, none when nothing is promised. ``at`` is when, and
    ``pointer`` where the promise stands below ``x-session``.
    """

    name: str
    kind: str = ""
    codes: tuple[int, ...] = ()
    at: float
    pointer: str

    @property
    def label(self) -> str:
        """Return name and variety."""
        return f"{self.name} {self.kind}".strip()


def causes(rules: SessionRules, lines: Sequence[Line], *, bad_token: bool = False) -> tuple[Cause, ...]:
    """Return what happened in the session that ends it, in order, a passed time limit last.

    *bad_token* says that the client knows its token to be one that must be refused.
    """
    found = [cause for line in lines for cause in _of_line(rules, lines, line)]
    end = ended(lines)
    if end is None or found:
        return tuple(found)
    if bad_token and end.by is Side.SERVER and not _answered(rules, lines):
        asked = [line.event.at for line in lines if isinstance(line.event, Sent)]
        return (_promised(rules, "authentication-failed", at=asked[-1]),) if asked else ()
    limit = time_limit(rules, lines)
    return (limit,) if limit and end.at >= limit.at - SLACK else ()


def time_limit(rules: SessionRules, lines: Sequence[Line]) -> Cause | None:
    """Return when the last state of the session runs out, None when it has no limit."""
    if not lines or len(lines[-1].states) != 1:
        return None
    state = rules.states[next(iter(lines[-1].states))]
    if state.timeout is None:
        return None
    since = lines[0].event.at
    for before, line in pairwise(lines):
        if line.states != before.states:
            since = before.event.at
    authentication = rules.authentication
    waiting = authentication is not None and authentication.message in state.client
    codes = rules.closes.get("authentication-timeout", ()) if waiting and state.name == rules.initial else ()
    return Cause(
        name="authentication-timeout" if codes else "timeout",
        kind="" if codes else state.name,
        codes=tuple(dict.fromkeys((state.timeout.close, *codes))),
        at=since + state.timeout.seconds,
        pointer=pointers.join("/states", state.name, "timeout"),
    )


def provoked(
    rules: SessionRules, lines: Sequence[Line], notes: Iterable[tuple[str, str]]
) -> tuple[Cause, ...]:
    """Return what came over the session from outside, as the *notes* of the client tell it.

    A note called ``provoked`` names a cause of ``closes`` and when it came: ``token-expired 1.5``.
    """
    end = ended(lines)
    told = (value.split(" ") for name, value in notes if name == "provoked")
    found = (_promised(rules, name, at=float(at)) for name, at in told)
    return tuple(cause for cause in found if end is not None and end.at >= cause.at - SLACK)


def ended(lines: Sequence[Line]) -> Closed | None:
    """Return how an opened session ended; None for one that has not, or was never opened."""
    last = lines[-1].event if len(lines) > 1 else None
    return last if isinstance(last, Closed) else None


def broken(session: Session) -> bool:
    """Tell whether the session ended without anybody's close code: a crash, or a broken connection."""
    last = session.events[-1] if session.events else None
    return bool(session.crash) or (isinstance(last, Closed) and last.code == 1006)


def _of_line(rules: SessionRules, lines: Sequence[Line], line: Line) -> Iterator[Cause]:
    if isinstance(line.event, Sent):
        yield from _of_sent(rules, lines, line)
    elif isinstance(line.event, Received) and line.message:
        authentication = rules.authentication
        codes = _step_codes(rules, line)
        if authentication and line.name == authentication.failure:
            yield _promised(rules, "authentication-failed", at=line.event.at, also=codes)
        elif codes:
            yield Cause(name=line.name, codes=codes, at=line.event.at, pointer="/states")


def _of_sent(rules: SessionRules, lines: Sequence[Line], line: Line) -> Iterator[Cause]:
    event = line.event
    if not isinstance(event, Sent) or line.reading is None:
        return
    if isinstance(event.data, bytes):
        yield _promised(rules, "binary-frame", at=event.at)
    elif is_too_big(rules, event):
        yield _promised(rules, "message-too-big", at=event.at)
    elif line.reading.fault:
        if not line.reading.disputed:
            yield _promised(rules, "malformed-message", line.reading.fault, at=event.at)
    elif not line.valid:
        kind = "schema" if line.message else "undeclared"
        yield _promised(rules, "malformed-message", kind, at=event.at)
    elif _repeated(rules, lines, line):
        yield _promised(rules, "repeated-authentication", at=event.at, also=_step_codes(rules, line))
    elif codes := _step_codes(rules, line):
        yield Cause(name=line.name, codes=codes, at=event.at, pointer="/states")


def _promised(
    rules: SessionRules, name: str, kind: str = "", *, at: float, also: tuple[int, ...] = ()
) -> Cause:
    codes = tuple(dict.fromkeys((*rules.closes.get(name, ()), *also)))
    pointer = pointers.join("/closes", name) if name in rules.closes else "/states"
    return Cause(name=name, kind=kind, codes=codes, at=at, pointer=pointer)


def _step_codes(rules: SessionRules, line: Line) -> tuple[int, ...]:
    codes: list[int] = []
    for name in sorted(line.states):
        state = rules.states[name]
        step = (state.server if line.from_server else state.client).get(line.name)
        if step is not None and step.close is not None:
            codes.append(step.close)
        elif step is not None:
            return ()
    return tuple(dict.fromkeys(codes))


def _repeated(rules: SessionRules, lines: Sequence[Line], line: Line) -> bool:
    authentication = rules.authentication
    if authentication is None or line.name != authentication.message:
        return False
    return any(
        before.number < line.number
        and isinstance(before.event, Sent)
        and before.name == line.name
        and before.valid
        for before in lines
    )


def _answered(rules: SessionRules, lines: Sequence[Line]) -> bool:
    authentication = rules.authentication
    replies = {authentication.success, authentication.failure} if authentication else set()
    return any(line.from_server and line.name in replies for line in lines)
