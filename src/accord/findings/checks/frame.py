"""Rules about handshakes and frames (RFC 6455): a MUST that is broken is an error, a SHOULD a warning.

What the RFC leaves open is a note; each rule names the section.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator

from accord.cases.frame import RESERVED_1, Opcode
from accord.cases.frame_case import Demand
from accord.contract.contract import Contract
from accord.exchange.frame_probe import End
from accord.exchange.frame_reader import ServerFrame
from accord.findings.evidence import FrameObservation
from accord.findings.finding import Finding, Severity
from accord.findings.rule import Rule, Subject

# RFC 6455, section 1.3.
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_CONTROL = frozenset({Opcode.CLOSE, Opcode.PING, Opcode.PONG})
_MOST_CONTROL = 125
# RFC 6455, section 7.4, and the registry that it sets up.
_REGISTERED = frozenset({*range(1000, 1004), *range(1007, 1015)})
_LIBRARIES_AND_PRIVATE = range(3000, 5000)
# Codes of protocols, policies and sizes; which of them fits best is for the server to know.
_FITTING = frozenset({1002, 1003, 1007, 1008, 1009, 1010})


def accepted_broken_handshake(contract: Contract, observed: FrameObservation) -> Iterator[Finding]:  # noqa: ARG001
    """Yield when the server opened a connection to a handshake that it must refuse, or did not answer it."""
    probed = observed.probed
    if probed.opened or (probed.status is None and probed.end is not End.UNREACHED):
        seen = "status 101" if probed.opened else f"{probed.end}: {probed.detail}"
        yield observed.finding(
            "the handshake was accepted" if probed.opened else "the handshake got no answer in HTTP",
            deviation=f"{observed.case.name} {probed.status or 'unanswered'}",
            expected="an HTTP status of an error",
            seen=seen,
        )


def unannounced_version(contract: Contract, observed: FrameObservation) -> Iterator[Finding]:  # noqa: ARG001
    """Yield when a handshake of another version is refused without the versions that are understood."""
    probed = observed.probed
    if probed.status not in (None, 101) and not probed.header("sec-websocket-version"):
        yield observed.finding(
            f"status {probed.status} comes without Sec-WebSocket-Version",
            deviation="missing",
            expected="Sec-WebSocket-Version: 13",
            seen=f"status {probed.status} without it",
            section="4.2.2, 4.4",
        )


def accepted_foreign_origin(contract: Contract, observed: FrameObservation) -> Iterator[Finding]:  # noqa: ARG001
    """Yield when the server lets the pages of any site connect."""
    if observed.probed.opened:
        origin = observed.case.opening.origin
        yield observed.finding(
            f"a client that names the origin {origin} was let in",
            deviation="accepted",
            expected="status 403, unless any page may connect",
            seen="status 101",
        )


def malformed_upgrade_response(contract: Contract, observed: FrameObservation) -> Iterator[Finding]:  # noqa: ARG001
    """Yield when the answer that opens a connection lacks what every client checks."""
    probed = observed.probed
    digest = hashlib.sha1(observed.case.opening.key.encode() + _GUID, usedforsecurity=False).digest()
    wanted = {"upgrade": "websocket", "connection": "upgrade", "sec-websocket-accept": ""}
    for name, value in wanted.items():
        given = probed.header(name) or ""
        words = [word.strip().lower() for word in given.split(",")]
        right = given == base64.b64encode(digest).decode() if not value else value in words
        if not right:
            yield observed.finding(
                f"the 101 has {name}: {given[:60]}" if given else f"the 101 has no {name}",
                deviation=name,
                expected=value or base64.b64encode(digest).decode(),
                seen=given[:60] or "nothing",
                section="4.2.2",
            )


def unoffered_negotiation(contract: Contract, observed: FrameObservation) -> Iterator[Finding]:  # noqa: ARG001
    """Yield when the server chose a subprotocol or an extension that the client had not offered."""
    chosen = observed.probed.header("sec-websocket-protocol")
    if chosen:
        yield observed.finding(
            f"the server chose the subprotocol {chosen[:60]}, none was offered",
            deviation="subprotocol",
            expected="none",
            seen=chosen[:60],
            section="4.2.2",
        )
    extensions = observed.probed.header("sec-websocket-extensions") or ""
    for extension in filter(None, (item.partition(";")[0].strip() for item in extensions.split(","))):
        if extension != observed.case.opening.extensions:
            yield observed.finding(
                f"the server chose the extension {extension[:60]}, which was not offered",
                deviation="extension",
                expected=observed.case.opening.extensions or "none",
                seen=extension[:60],
                section="4.2.2, 9.1",
            )


def tolerated_broken_frame(contract: Contract, observed: FrameObservation) -> Iterator[Finding]:  # noqa: ARG001
    """Yield when the server left a connection open on which a client had broken the protocol."""
    if observed.probed.end is End.NOTHING and observed.probed.closing is None:
        also = "" if observed.case.section in ("5.1", "5.2", "8.1") else ", 10.7"
        yield observed.finding(
            "the connection stayed open",
            deviation=observed.case.name,
            expected="the end of the connection",
            seen=f"open after {observed.probed.seconds:.1f} s",
            section=observed.case.section + also,
        )


def unexplained_failure(contract: Contract, observed: FrameObservation) -> Iterator[Finding]:  # noqa: ARG001
    """Yield when the server ended a broken connection without a close code that says why."""
    probed = observed.probed
    closing = probed.closing
    code = closing.code if closing else None
    fitting = {*observed.case.codes, *_FITTING, *observed.known}
    if (closing is not None or probed.end in (End.STREAM, End.RESET)) and code not in fitting:
        seen = f"close {code}" if code else "a close frame without a code" if closing else str(probed.end)
        yield observed.finding(
            f"the server ended the connection with {seen}",
            deviation=f"{observed.case.name} {code or ('no code' if closing else 'no close frame')}",
            expected=f"close {' or '.join(map(str, observed.case.codes))}",
            seen=seen,
            section="7.1.7",
        )


def missing_pong(contract: Contract, observed: FrameObservation) -> Iterator[Finding]:  # noqa: ARG001
    """Yield when a ping was not answered by a pong with the same payload."""
    pongs = [item.payload for item in observed.probed.frames if item.opcode == Opcode.PONG]
    if observed.case.payload not in pongs:
        yield observed.finding(
            "the pong has another payload" if pongs else "no pong came",
            deviation=f"{observed.case.name} {'payload' if pongs else 'none'}",
            expected=f"a pong with {len(observed.case.payload)} bytes",
            seen=f"a pong with {len(pongs[0])} bytes" if pongs else _ending(observed),
            section=f"{observed.case.section}, 5.5.3" if pongs else observed.case.section,
        )


def refused_fragments(contract: Contract, observed: FrameObservation) -> Iterator[Finding]:  # noqa: ARG001
    """Yield when a message in fragments was not understood, or a handshake in small pieces."""
    probed = observed.probed
    if observed.case.demand is Demand.ANSWER:
        understood = any(item.opcode in (Opcode.TEXT, Opcode.BINARY) for item in probed.frames)
    else:
        understood = probed.opened
    if not understood and probed.end is not End.UNREACHED:
        yield observed.finding(
            "what was sent in pieces was not understood",
            deviation=observed.case.name,
            expected="what the whole leads to",
            seen=_ending(observed),
            section="5.4",
        )


def unanswered_close(contract: Contract, observed: FrameObservation) -> Iterator[Finding]:  # noqa: ARG001
    """Yield when the server did not answer a close frame, or left the connection open after it."""
    probed = observed.probed
    if probed.closing is None or probed.end is End.NOTHING:
        answered = probed.closing is not None
        yield observed.finding(
            "the connection stayed open" if answered else "no close frame came back",
            deviation="open" if answered else "no close frame",
            expected="a close frame, and the end of the connection",
            seen=_ending(observed),
        )


def reserved_close_code(contract: Contract, observed: FrameObservation) -> Iterator[Finding]:  # noqa: ARG001
    """Yield when the server closed with a code that no endpoint may send, or with half of one."""
    closing = observed.probed.closing
    if closing is None or closing.size == 0:
        return
    code = closing.code
    if code is None or not (code in _REGISTERED or code in _LIBRARIES_AND_PRIVATE):
        yield observed.finding(
            f"the server closed with {'half a code' if code is None else code}",
            deviation=str(code or "half"),
            expected="1000 to 1003, 1007 to 1014, or 3000 to 4999",
            seen=str(code or "one byte"),
            section="5.5.1" if code is None else "7.4",
        )


def broken_server_frame(contract: Contract, observed: FrameObservation) -> Iterator[Finding]:  # noqa: ARG001
    """Yield when the server sent a frame that no server may send."""
    negotiated = bool(observed.probed.header("sec-websocket-extensions"))
    told: set[str] = set()
    for item in observed.probed.frames:
        for wrong, section in _mistakes(item, compressed=negotiated):
            if wrong not in told:
                told.add(wrong)
                yield observed.finding(
                    f"the server sent {wrong}",
                    deviation=wrong,
                    expected="a frame of section 5.2",
                    seen=f"opcode {item.opcode}, {item.size} bytes",
                    section=section,
                )


def unbounded_message(contract: Contract, observed: FrameObservation) -> Iterator[Finding]:  # noqa: ARG001
    """Yield when the server takes a message of very many bytes."""
    if observed.probed.end is End.NOTHING and observed.probed.taken:
        yield observed.finding(
            "the message was taken",
            deviation=observed.case.name,
            expected="close 1009",
            seen=f"open after {observed.probed.seconds:.1f} s",
        )


def lingering_connection(contract: Contract, observed: FrameObservation) -> Iterator[Finding]:  # noqa: ARG001
    """Yield when the server kept a connection whose client had ended it without a closing handshake."""
    if observed.probed.end is End.NOTHING:
        yield observed.finding(
            "the server kept its half of the connection",
            deviation="open",
            expected="the end of the connection",
            seen=f"open after {observed.probed.seconds:.1f} s",
        )


def unkept_heartbeat(contract: Contract, observed: FrameObservation) -> Iterator[Finding]:  # noqa: ARG001
    """Yield when a client that answers no ping is not given up as the contract promises."""
    probed = observed.probed
    pinged = any(item.opcode == Opcode.PING for item in probed.frames)
    code = probed.closing.code if probed.closing else None
    if not pinged or code not in observed.beats:
        yield observed.finding(
            f"{'pings came' if pinged else 'no ping came'}, and then {_ending(observed)}",
            pointer=f"{observed.channel.place}/x-session/heartbeat",
            deviation=f"{'ping' if pinged else 'no ping'} {code or probed.end}",
            expected=f"a ping, then close {' or '.join(map(str, observed.beats))}",
            seen=_ending(observed),
        )


def _mistakes(item: ServerFrame, *, compressed: bool) -> Iterator[tuple[str, str]]:
    if item.masked:
        yield "a masked frame", "5.1"
    if item.reserved & ~(RESERVED_1 if compressed else 0):
        yield "a frame with a reserved bit", "5.2"
    if item.opcode not in tuple(Opcode):
        yield "a frame with a reserved opcode", "5.2"
    if item.opcode in _CONTROL and item.size > _MOST_CONTROL:
        yield "a control frame of more than 125 bytes", "5.5"
    if item.opcode in _CONTROL and not item.final:
        yield "a control frame in fragments", "5.5"


def _ending(observed: FrameObservation) -> str:
    probed = observed.probed
    if not probed.opened:
        return f"status {probed.status}" if probed.status else probed.detail
    if probed.closing is not None:
        return f"close {probed.closing.code or 'without a code'}" + (
            ", left open" if probed.end is End.NOTHING else ""
        )
    return f"open after {probed.seconds:.1f} s" if probed.end is End.NOTHING else str(probed.end)


def _demands(*demands: Demand) -> Callable[[FrameObservation], bool]:
    """Let a rule look at open connections of which this is demanded."""
    return lambda observed: observed.case.demand in demands and observed.probed.opened


def _handshake(demand: Demand) -> Callable[[FrameObservation], bool]:
    return lambda observed: observed.case.demand is demand


def _named(name: str) -> Callable[[FrameObservation], bool]:
    return lambda observed: observed.case.name == name


def _explains(observed: FrameObservation) -> bool:
    return _demands(Demand.FAIL)(observed) and not observed.case.optional


def _in_pieces(observed: FrameObservation) -> bool:
    return observed.case.opening.singly or _demands(Demand.ANSWER)(observed)


def _bombed(observed: FrameObservation) -> bool:
    """Let a rule look at large messages; a bomb is one only where its extension was negotiated."""
    offered, header = observed.case.opening.extensions, observed.probed.header("sec-websocket-extensions")
    return _demands(Demand.BOUND)(observed) and (offered is None or offered in (header or ""))


def _upgraded(observed: FrameObservation) -> bool:
    return observed.probed.opened and observed.case.demand is not Demand.REFUSE


def _opened(observed: FrameObservation) -> bool:
    return observed.probed.opened


RULES: tuple[Rule, ...] = (
    Rule(function=accepted_broken_handshake, subject=Subject.FRAME, when=_handshake(Demand.REFUSE)),
    Rule(
        function=unannounced_version,
        subject=Subject.FRAME,
        # A MUST of 4.2.2 and 4.4, but 4.2.1 lets a server answer any error before it comes to that.
        severity=Severity.NOTE,
        when=_named("bad-version"),
    ),
    Rule(
        function=accepted_foreign_origin,
        subject=Subject.FRAME,
        severity=Severity.NOTE,
        when=_handshake(Demand.JUDGE),
    ),
    Rule(function=malformed_upgrade_response, subject=Subject.FRAME, when=_upgraded),
    Rule(function=unoffered_negotiation, subject=Subject.FRAME, when=_opened),
    Rule(function=tolerated_broken_frame, subject=Subject.FRAME, when=_demands(Demand.FAIL)),
    Rule(function=unexplained_failure, subject=Subject.FRAME, severity=Severity.WARNING, when=_explains),
    Rule(function=missing_pong, subject=Subject.FRAME, when=_demands(Demand.PONG)),
    Rule(function=refused_fragments, subject=Subject.FRAME, when=_in_pieces),
    Rule(function=unanswered_close, subject=Subject.FRAME, when=_demands(Demand.CLOSE)),
    Rule(function=reserved_close_code, subject=Subject.FRAME, when=_opened),
    Rule(function=broken_server_frame, subject=Subject.FRAME, when=_opened),
    Rule(function=unbounded_message, subject=Subject.FRAME, severity=Severity.NOTE, when=_bombed),
    Rule(
        function=lingering_connection,
        subject=Subject.FRAME,
        severity=Severity.NOTE,
        when=_demands(Demand.LEAVE),
    ),
    Rule(function=unkept_heartbeat, subject=Subject.FRAME, when=_demands(Demand.HEARTBEAT)),
)
