"""Rules about a whole session: authentication, whose turn it is, how it ends, whose events it gets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from accord.cases.script import BAD, EXPIRY, GOOD, PATIENCE
from accord.contract.contract import Contract
from accord.contract.session import Authentication, SessionRules, read_session
from accord.exchange.values import Closed, Event, Opened, Received, Sent, Side
from accord.findings.checks import entity, readback, resume
from accord.findings.ending import SLACK, Cause, broken, causes, ended, provoked, time_limit
from accord.findings.evidence import SessionObservation
from accord.findings.finding import Finding
from accord.findings.rule import Rule, Subject
from accord.findings.transcript import Line, transcript

_ABNORMAL, _PROTOCOL_ERROR, _INVALID_DATA = 1006, 1002, 1007
_ALWAYS_ALLOWED = frozenset({1000, 1001, 1005, _ABNORMAL})
_CRASH = re.compile(r"(?P<type>[\w.]+)(?:.* in (?P<function>\S+)\))?", re.DOTALL)


def refused_handshake(contract: Contract, observed: SessionObservation) -> Iterator[Finding]:  # noqa: ARG001
    """Yield when the server did not open the channel to a client that did all that the contract asks."""
    first = observed.session.events[0] if observed.session.events else None
    if isinstance(first, Closed) and not observed.session.crash:
        seen = f"status {first.status}" if first.status else first.detail or "no answer"
        yield observed.finding(
            f"The handshake was refused: {seen}.",
            deviation=f"{first.status or 'no answer'}",
            expected="status 101",
            seen=seen,
        )


def crashed_session(contract: Contract, observed: SessionObservation) -> Iterator[Finding]:  # noqa: ARG001
    """Yield when the application raised an exception instead of closing the session."""
    crash = observed.session.crash
    if crash:
        match = _CRASH.match(crash)
        told = [part for part in (match["type"], match["function"]) if part] if match else []
        yield observed.finding(
            f"The application raised {crash}",
            deviation=" ".join(told),
            expected="a close code",
            seen=told[0] if told else "",
        )


def websocket_protocol_violation(contract: Contract, observed: SessionObservation) -> Iterator[Finding]:  # noqa: ARG001
    """Yield when the server broke RFC 6455, so that the client had to fail the connection."""
    end = observed.session.events[-1] if observed.session.events else None
    if (
        isinstance(end, Closed)
        and end.by is Side.CLIENT
        and end.detail
        and end.code in (_PROTOCOL_ERROR, _INVALID_DATA)
    ):
        yield observed.finding(
            f"The server broke the WebSocket protocol: {end.detail}.",
            deviation=f"{end.code}",
            expected="frames of RFC 6455",
            seen=end.detail,
        )


def message_before_authentication(contract: Contract, observed: SessionObservation) -> Iterator[Finding]:
    """Yield when the server sent a message before it had answered the authentication."""
    authentication = _authentication(observed)
    if authentication is None or not authentication.first:
        return
    for line in _lines(contract, observed):
        if line.from_server and line.name in (authentication.success, authentication.failure):
            return
        if line.from_server and line.message:
            yield observed.finding(
                f"Message {line.number} ({line.name}) came before the authentication was answered.",
                pointer=f"{observed.channel.place}/x-session/authentication",
                deviation=line.name,
                expected=f"{authentication.success} or {authentication.failure} first",
                seen=line.name,
            )


def message_after_authentication_failure(
    contract: Contract, observed: SessionObservation
) -> Iterator[Finding]:
    """Yield when the server went on sending after it had refused the authentication."""
    authentication = _authentication(observed)
    refused = False
    for line in _lines(contract, observed):
        if refused and authentication and line.from_server and line.message:
            yield observed.finding(
                f"Message {line.number} ({line.name}) came after {authentication.failure}.",
                pointer=f"{observed.channel.place}/x-session/authentication",
                deviation=line.name,
                expected="nothing but the end",
                seen=line.name,
            )
        refused = refused or (
            authentication is not None and line.from_server and line.name == authentication.failure
        )


def message_out_of_turn(contract: Contract, observed: SessionObservation) -> Iterator[Finding]:
    """Yield when the server sent a message that it may not send in the state that the session was in."""
    rules, authentication = read_session(observed.channel), _authentication(observed)
    if rules is None:
        return
    replies = (authentication.success, authentication.failure) if authentication else ()
    answered = authentication is None or not authentication.first
    for line in _lines(contract, observed):
        if not line.from_server or not line.message:
            continue
        answered = answered or line.name in replies
        if answered and not any(line.name in rules.states[state].server for state in line.states):
            states = " or ".join(sorted(line.states))
            yield observed.finding(
                f"Message {line.number} ({line.name}) came in state {states}, where it may not come.",
                pointer=f"{observed.channel.place}/x-session/states/{min(line.states)}",
                deviation=f"{line.name} in {states}",
                expected=", ".join(
                    sorted({name for state in line.states for name in rules.states[state].server})
                ),
                seen=line.name,
            )
        if authentication and line.name == authentication.failure:
            return


def missing_authentication_reply(contract: Contract, observed: SessionObservation) -> Iterator[Finding]:
    """Yield when the client authenticated and was told neither that it worked nor that it failed."""
    authentication = _authentication(observed)
    lines = _lines(contract, observed)
    end = ended(lines)
    if authentication is None or end is None or broken(observed.session):
        return
    asked = [
        line
        for line in lines
        if isinstance(line.event, Sent) and line.valid and line.name == authentication.message
    ]
    replied = any(
        line.from_server and line.name in (authentication.success, authentication.failure) for line in lines
    )
    waited = asked and (end.by is Side.SERVER or end.at - asked[0].event.at >= _patience(observed))
    if waited and not replied:
        yield observed.finding(
            f"The client sent {authentication.message} and got no reply.",
            pointer=f"{observed.channel.place}/x-session/authentication",
            deviation=f"close {end.code}" if end.by is Side.SERVER else "silence",
            expected=f"{authentication.success} or {authentication.failure}",
            seen=f"close {end.code}" if end.by is Side.SERVER else "nothing",
        )


def accepted_bad_credential_on_socket(contract: Contract, observed: SessionObservation) -> Iterator[Finding]:
    """Yield when the server accepted a token that it must refuse."""
    authentication = _authentication(observed)
    if authentication and _replied(contract, observed, authentication.success):
        yield observed.finding(
            f"The token of script {observed.script} was accepted.",
            pointer=f"{observed.channel.place}/x-session/authentication",
            deviation=observed.script,
            expected=authentication.failure,
            seen=authentication.success,
        )


def refused_good_credential_on_socket(contract: Contract, observed: SessionObservation) -> Iterator[Finding]:
    """Yield when the server refused a token that is good over HTTP."""
    authentication = _authentication(observed)
    if authentication and _replied(contract, observed, authentication.failure):
        yield observed.finding(
            "The token was refused, though it is good over HTTP.",
            pointer=f"{observed.channel.place}/x-session/authentication",
            deviation=authentication.failure,
            expected=authentication.success,
            seen=authentication.failure,
        )


def wrong_close_code(contract: Contract, observed: SessionObservation) -> Iterator[Finding]:
    """Yield when the server closed with another code than the contract has for the cause."""
    cause, codes, end = _due(contract, observed)
    if cause and end and end.by is Side.SERVER and not broken(observed.session) and end.code not in codes:
        yield observed.finding(
            f"After {cause.label} the server closed with {end.code}.",
            pointer=f"{observed.channel.place}/x-session{cause.pointer}",
            deviation=f"{cause.label} {end.code}",
            expected=" or ".join(map(str, codes)),
            seen=str(end.code),
        )


def missing_close(contract: Contract, observed: SessionObservation) -> Iterator[Finding]:
    """Yield when the server left a session open that it had to close."""
    cause, codes, end = _due(contract, observed)
    if (
        cause
        and cause.name != EXPIRY
        and end
        and end.by is Side.CLIENT
        and not end.detail
        and end.at - cause.at >= _patience(observed)
    ):
        yield observed.finding(
            f"After {cause.label} the server left the session open.",
            pointer=f"{observed.channel.place}/x-session{cause.pointer}",
            deviation=cause.label,
            expected=f"close {' or '.join(map(str, codes))}",
            seen=f"open after {end.at - cause.at:.1f} s",
        )


def outlived_token(contract: Contract, observed: SessionObservation) -> Iterator[Finding]:
    """Yield when the server left a session open whose token had expired."""
    cause, codes, end = _due(contract, observed)
    if cause is None or cause.name != EXPIRY or end is None or end.by is Side.SERVER:
        return
    if not end.detail and end.at - cause.at >= _patience(observed):
        yield observed.finding(
            f"The session was open {end.at - cause.at:.1f} s after its token had expired.",
            pointer=f"{observed.channel.place}/x-session{cause.pointer}",
            deviation="open",
            expected=f"close {' or '.join(map(str, codes))}",
            seen=f"open after {end.at - cause.at:.1f} s",
        )


def missing_close_code(contract: Contract, observed: SessionObservation) -> Iterator[Finding]:
    """Yield when the server broke the connection off without a closing handshake."""
    rules = read_session(observed.channel)
    lines = _lines(contract, observed)
    end = ended(lines)
    if end is None or end.by is not Side.SERVER or end.code != _ABNORMAL or observed.session.crash:
        return
    because = causes(rules, lines) or provoked(rules, lines, observed.notes) if rules else ()
    # What the server leaves unread of an oversized message resets the connection and the close frame is lost.
    if not any(cause.name == "message-too-big" for cause in because):
        label = because[0].label if because else ""
        yield observed.finding(
            f"The connection ended without a closing handshake{f' after {label}' if label else ''}.",
            deviation=f"1006 {label}".strip(),
            expected=" or ".join(str(code) for cause in because for code in cause.codes)
            or "a closing handshake",
            seen=end.detail or "the end of the connection",
        )


def undocumented_close_code(contract: Contract, observed: SessionObservation) -> Iterator[Finding]:
    """Yield when the server closed, without a cause, with a code that the contract does not know."""
    rules = read_session(observed.channel)
    lines = _lines(contract, observed)
    end = ended(lines)
    known = rules.documented() if rules else frozenset[int]()
    if rules is None or not known or end is None or end.by is not Side.SERVER or observed.session.crash:
        return
    if end.code not in known | _ALWAYS_ALLOWED and not _causes(rules, lines, observed):
        yield observed.finding(
            f"The server closed with {end.code}, which the contract does not know.",
            pointer=f"{observed.channel.place}/x-session",
            deviation=str(end.code),
            expected=", ".join(map(str, sorted(known))),
            seen=f"{end.code} {end.reason}".strip()[:80],
        )


def premature_timeout(contract: Contract, observed: SessionObservation) -> Iterator[Finding]:
    """Yield when the server closed for lack of time before the time was over."""
    rules = read_session(observed.channel)
    lines = _lines(contract, observed)
    end = ended(lines)
    if rules is None or end is None or end.by is not Side.SERVER:
        return
    if causes(rules, lines) or provoked(rules, lines, observed.notes):
        return
    limit = time_limit(rules, lines)
    if (
        limit
        and end.code in limit.codes
        and end.at < limit.at - max(SLACK, 0.1 * (limit.at - lines[0].event.at))
    ):
        yield observed.finding(
            f"The server closed with {end.code} {limit.at - end.at:.1f} s before the time limit.",
            pointer=f"{observed.channel.place}/x-session{limit.pointer}",
            deviation=limit.label,
            expected=f"close {end.code} not before {limit.at:.1f} s",
            seen=f"after {end.at:.1f} s",
        )


def foreign_event(contract: Contract, observed: SessionObservation) -> Iterator[Finding]:
    """Yield when the server told a session of something that another party owns."""
    rules = read_session(observed.channel)
    foreign = {value for name, value in observed.notes if name == "foreign"}
    for snapshot in entity.snapshots(contract, observed):
        # A session that is not authenticated yet belongs to nobody.
        owned = rules and not (rules.authentication and snapshot.line.states & {rules.initial})
        if rules and owned and f"{snapshot.lifecycle.name} {snapshot.key}" in foreign:
            yield observed.finding(
                f"Message {snapshot.line.number}: the {snapshot.lifecycle.name} is another {rules.party}'s.",
                pointer=f"{observed.channel.place}/x-session/isolation",
                evidence_pointer=snapshot.where + snapshot.lifecycle.key,
                deviation=f"{snapshot.line.name} {snapshot.lifecycle.name}",
                expected=f"events of the session's own {rules.party}",
                seen=snapshot.line.name,
            )


def _due(
    contract: Contract, observed: SessionObservation
) -> tuple[Cause | None, tuple[int, ...], Closed | None]:
    """Return the first cause that ends the session, every code that may come, and the end.

    No cause where one of them promises nothing.
    """
    rules = read_session(observed.channel)
    lines = _lines(contract, observed)
    found = _causes(rules, lines, observed) if rules else ()
    codes = tuple(dict.fromkeys(code for cause in found for code in cause.codes))
    due = found[0] if found and all(cause.codes for cause in found) else None
    return due, codes, ended(lines)


def _causes(rules: SessionRules, lines: Sequence[Line], observed: SessionObservation) -> tuple[Cause, ...]:
    found = causes(rules, lines, bad_token=_is(BAD)(observed))
    return found or provoked(rules, lines, observed.notes)


def _lines(contract: Contract, observed: SessionObservation) -> Sequence[Line]:
    return transcript(contract, observed.channel, observed.session)


def _authentication(observed: SessionObservation) -> Authentication | None:
    rules: SessionRules | None = read_session(observed.channel)
    return rules.authentication if rules else None


def _replied(contract: Contract, observed: SessionObservation, name: str) -> bool:
    return any(line.from_server and line.name == name for line in _lines(contract, observed))


def _patience(observed: SessionObservation) -> float:
    """Return how long the client waited at least, a little less for the sake of its clocks."""
    return 0.95 * float(next((value for name, value in observed.notes if name == "patience"), PATIENCE))


def _is(token: str) -> Callable[[SessionObservation], bool]:
    return lambda observed: ("token", token) in observed.notes


def _has(*kinds: type[Event]) -> Callable[[SessionObservation], bool]:
    def has(observed: SessionObservation) -> bool:
        ruled = observed.channel.session is not None
        return ruled and any(isinstance(event, kinds) for event in observed.session.events)

    return has


def _authenticates(observed: SessionObservation) -> bool:
    return _has(Sent)(observed) and "authentication" in (observed.channel.session or {})


def _expired(observed: SessionObservation) -> bool:
    return any(name == "provoked" and value.startswith(EXPIRY) for name, value in observed.notes)


def _told_of_strangers(observed: SessionObservation) -> bool:
    return any(name == "foreign" for name, _ in observed.notes)


def _any(observed: SessionObservation) -> bool:
    return bool(observed.session.events)


RULES: tuple[Rule, ...] = (
    Rule(function=refused_handshake, subject=Subject.SESSION, when=_any),
    Rule(function=crashed_session, subject=Subject.SESSION, when=_any),
    Rule(function=websocket_protocol_violation, subject=Subject.SESSION, when=_any),
    Rule(function=message_before_authentication, subject=Subject.SESSION, when=_has(Opened)),
    Rule(function=message_after_authentication_failure, subject=Subject.SESSION, when=_authenticates),
    Rule(function=message_out_of_turn, subject=Subject.SESSION, when=_has(Received)),
    Rule(function=missing_authentication_reply, subject=Subject.SESSION, when=_authenticates),
    Rule(function=accepted_bad_credential_on_socket, subject=Subject.SESSION, when=_is(BAD)),
    Rule(function=refused_good_credential_on_socket, subject=Subject.SESSION, when=_is(GOOD)),
    Rule(function=wrong_close_code, subject=Subject.SESSION, when=_has(Opened)),
    Rule(function=missing_close, subject=Subject.SESSION, when=_has(Opened)),
    Rule(function=outlived_token, subject=Subject.SESSION, when=_expired),
    Rule(function=missing_close_code, subject=Subject.SESSION, when=_any),
    Rule(function=undocumented_close_code, subject=Subject.SESSION, when=_has(Opened)),
    Rule(function=premature_timeout, subject=Subject.SESSION, when=_has(Opened)),
    Rule(function=foreign_event, subject=Subject.SESSION, when=_told_of_strangers),
    *entity.RULES,
    *readback.RULES,
    *resume.RULES,
)
