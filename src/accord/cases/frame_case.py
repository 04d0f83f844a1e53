"""What a client of raw bytes does to a server, and what RFC 6455 then asks of the server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from accord.cases.frame import (
    RESERVED_1,
    RESERVED_2,
    RESERVED_3,
    Opcode,
    bomb,
    close,
    fragments,
    frame,
    length,
)

KEY = "YWNjb3JkLW9mLWZyYW1lcw=="
"""A good ``Sec-WebSocket-Key``: 16 bytes in base64."""
LARGE = 17 * 1024 * 1024
"""Bytes of a message that is larger than what most servers take."""
DEFLATE = "permessage-deflate"

_BOMB = 40
_MOST_CONTROL = 125
_PROTOCOL_ERROR, _INVALID_DATA, _TOO_BIG = 1002, 1007, 1009


class Demand(StrEnum):
    """What the server has to do."""

    REFUSE = "refuse"
    """Refuse the handshake."""
    JUDGE = "judge"
    """Look at where the client comes from."""
    FAIL = "fail"
    """End the connection, best with a close code."""
    PONG = "pong"
    """Answer the ping."""
    ANSWER = "answer"
    """Understand the message and answer it."""
    CLOSE = "close"
    """Answer the closing handshake and end the connection."""
    BOUND = "bound"
    """Not take without end."""
    LEAVE = "leave"
    """End what the client has ended."""
    HEARTBEAT = "heartbeat"
    """Find out that the client has gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The request of an opening handshake (section 4.1); ``singly`` sends it byte by byte."""

    method: str = "GET"
    version: str = "13"
    key: str = KEY
    origin: str | None = None
    extensions: str | None = None
    singly: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """Send bytes, one by one where ``singly``; ``repeated`` sends them as often as that."""

    data: bytes = field(repr=False)
    singly: bool = False
    repeated: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Shut:
    """Send no more: close this half of the connection."""


Act: TypeAlias = Put | Shut


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameCase:
    """One case: an opening handshake, what follows it, and what the server has to do.

    ``section`` is that of RFC 6455. ``until`` is the frame that settles the case, None where only
    the end does; ``codes`` are the close codes that name what was wrong. ``optional`` says that the
    server need not send one. ``payload`` is what a pong has to bring back.
    """

    name: str
    section: str
    demand: Demand
    opening: Opening = Opening()
    acts: tuple[Act, ...] = ()
    until: Opcode | None = None
    codes: tuple[int, ...] = ()
    optional: bool = False
    payload: bytes = b""
    seconds: float | None = None
    reason: str = ""


def frame_cases(message: bytes | None, heartbeat: float | None, *, allowed: float) -> tuple[FrameCase, ...]:
    """Return every case, in an order that depends on nothing.

    *message* is a text that the server answers at once, None where there is none; *heartbeat* the
    seconds after which it gives up a client that is silent, of which no more are waited for than
    *allowed*.
    """
    return (
        *_handshakes(),
        *_broken_frames(),
        *_broken_texts(),
        *_broken_closes(),
        *_pings(),
        _answered(message),
        *_ends(),
        *_large(),
        _heartbeat(message, heartbeat, allowed),
    )


def _handshakes() -> Iterator[FrameCase]:
    yield FrameCase(name="bad-version", section="4.2.2", demand=Demand.REFUSE, opening=Opening(version="12"))
    yield FrameCase(name="bad-key", section="4.2.1", demand=Demand.REFUSE, opening=Opening(key="YWNjb3Jk"))
    yield FrameCase(name="post", section="4.2.1", demand=Demand.REFUSE, opening=Opening(method="POST"))
    yield FrameCase(
        name="foreign-origin",
        section="10.2",
        demand=Demand.JUDGE,
        opening=Opening(origin="https://accord.invalid"),
        acts=(Put(data=close(1000)),),
        until=Opcode.CLOSE,
    )


def _failing(name: str, section: str, *data: bytes, codes: tuple[int, ...] = (_PROTOCOL_ERROR,)) -> FrameCase:
    acts = (Put(data=b"".join(data)),)
    return FrameCase(
        name=name,
        section=section,
        demand=Demand.FAIL,
        acts=acts,
        until=Opcode.CLOSE,
        codes=codes,
        optional=name == "unmasked",
    )


def _broken_frames() -> Iterator[FrameCase]:
    text, ping, more = Opcode.TEXT, Opcode.PING, Opcode.CONTINUATION
    yield _failing("unmasked", "5.1", frame(text, b"{}", masked=False))
    for number, bit in enumerate((RESERVED_1, RESERVED_2, RESERVED_3), start=1):
        yield _failing(f"reserved-bit-{number}", "5.2", frame(text, b"{}", reserved=bit))
    yield _failing("reserved-opcode", "5.2", frame(3, b"{}"))
    yield _failing("reserved-control-opcode", "5.2", frame(11))
    endless = bytes([0x80 | text]) + length(1 << 63) + bytes(8)
    yield _failing("impossible-length", "5.2", endless, codes=(_PROTOCOL_ERROR, _TOO_BIG))
    yield _failing("orphan-continuation", "5.4", frame(more, b"{}"))
    yield _failing("interleaved-message", "5.4", frame(text, b"{", final=False), frame(text, b"{}"))
    yield _failing("long-control", "5.5", frame(ping, bytes(_MOST_CONTROL + 1)))
    yield _failing("fragmented-control", "5.5", frame(ping, b"a", final=False))


def _broken_texts() -> Iterator[FrameCase]:
    text, more = Opcode.TEXT, Opcode.CONTINUATION
    codes = (_INVALID_DATA,)
    yield _failing("invalid-utf8", "8.1", frame(text, b"\xce\xba\xff"), codes=codes)
    split = (frame(text, b"\xe2\x82", final=False), frame(more, b"\x28"))
    yield _failing("invalid-utf8-in-two-frames", "8.1", *split, codes=codes)
    yield _failing("unfinished-utf8", "8.1", frame(text, b"\xe2\x82"), codes=codes)


def _broken_closes() -> Iterator[FrameCase]:
    codes = (_PROTOCOL_ERROR, _INVALID_DATA)
    yield _failing("close-1005", "7.4.1", close(1005), codes=codes)
    yield _failing("close-999", "7.4.2", close(999), codes=codes)
    yield _failing("close-of-one-byte", "5.5.1", frame(Opcode.CLOSE, b"\x03"), codes=codes)
    yield _failing("close-with-invalid-utf8", "5.5.1", close(1000, b"\xff"), codes=codes)


def _pings() -> Iterator[FrameCase]:
    begun = frame(Opcode.TEXT, b"{", final=False)
    cases = (
        ("ping", "5.5.2", b"", b"accord", False),
        ("empty-ping", "5.5.2", b"", b"", False),
        ("full-ping", "5.5.2", b"", bytes(range(_MOST_CONTROL)), False),
        ("ping-after-pong", "5.5.3", frame(Opcode.PONG, b"nobody asked"), b"accord", False),
        ("ping-in-message", "5.4", begun, b"accord", False),
        ("byte-by-byte", "5.5.2", b"", b"accord", True),
    )
    for name, section, before, payload, singly in cases:
        yield FrameCase(
            name=name,
            section=section,
            demand=Demand.PONG,
            opening=Opening(singly=singly),
            acts=(Put(data=before + frame(Opcode.PING, payload), singly=singly),),
            until=Opcode.PONG,
            payload=payload,
        )


def _answered(message: bytes | None) -> FrameCase:
    return FrameCase(
        name="message-in-fragments",
        section="5.4",
        demand=Demand.ANSWER,
        acts=(Put(data=fragments(message or b"")),),
        until=Opcode.TEXT,
        reason="" if message is not None else "no message is known that the server answers at once",
    )


def _ends() -> Iterator[FrameCase]:
    yield FrameCase(name="close", section="5.5.1", demand=Demand.CLOSE, acts=(Put(data=close(1000)),))
    yield FrameCase(name="half-close", section="7.1.1", demand=Demand.LEAVE, acts=(Shut(),))


def _large() -> Iterator[FrameCase]:
    size = 1 << 16
    # Under a key of zeros, zeros stay zeros.
    head = bytes([0x80 | Opcode.BINARY]) + length(LARGE) + bytes(4)
    yield FrameCase(
        name="large-message",
        section="10.4",
        demand=Demand.BOUND,
        acts=(Put(data=head), Put(data=bytes(size), repeated=LARGE // size)),
        until=Opcode.CLOSE,
        codes=(_TOO_BIG,),
    )
    yield FrameCase(
        name="deflate-bomb",
        section="10.4",
        demand=Demand.BOUND,
        opening=Opening(extensions=DEFLATE),
        acts=(Put(data=bomb(_BOMB)),),
        until=Opcode.CLOSE,
        codes=(_TOO_BIG,),
    )


def _heartbeat(message: bytes | None, seconds: float | None, allowed: float) -> FrameCase:
    reason = "the contract promises no heartbeat" if seconds is None else ""
    if seconds is not None and seconds > allowed:
        reason = f"the heartbeat takes {seconds:g} s, longer than the {allowed:g} s that a run waits"
    return FrameCase(
        name="no-pong",
        section="5.5.2",
        demand=Demand.HEARTBEAT,
        # Who does not authenticate is closed before a ping has to come.
        acts=() if message is None else (Put(data=frame(Opcode.TEXT, message)),),
        until=Opcode.CLOSE,
        seconds=seconds,
        reason=reason,
    )
