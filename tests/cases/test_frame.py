"""Frames are bytes that another implementation reads as they are meant, and refuses where they are wrong."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.extensions import Extension
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame
from websockets.protocol import Protocol, Side

from accord.cases.frame import Opcode, bomb, close, fragments, frame, length
from accord.cases.frame_case import KEY, LARGE, Demand, FrameCase, Put, frame_cases

CASES = {case.name: case for case in frame_cases(b'{"a": "\xc3\xa9"}', 4.0, allowed=15.0)}


def read(data: bytes, *extensions: Extension, **more: Any) -> tuple[list[Frame], Protocol]:
    """Return the frames that the server of an open connection reads, and the server."""
    protocol = Protocol(Side.SERVER, **more)
    protocol.extensions = list(extensions)
    protocol.receive_data(data)
    return [event for event in protocol.events_received() if isinstance(event, Frame)], protocol


@given(opcode=st.sampled_from([Opcode.TEXT, Opcode.BINARY]), payload=st.binary(max_size=70_000))
def test_frame_is_read_as_it_was_written(opcode: Opcode, payload: bytes) -> None:
    """Whatever the length, a masked frame brings its payload over."""
    (found,), protocol = read(frame(opcode, payload))
    assert (opcode, payload, True) == (found.opcode, bytes(found.data), found.fin)
    assert protocol.close_sent is None


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536, LARGE])
def test_length_takes_the_least_bytes(size: int) -> None:
    """The length of a payload is told as short as the protocol asks for."""
    whole = Frame(Opcode.BINARY, bytes(size)).serialize(mask=False)
    assert whole[1 : len(whole) - size] == length(size, masked=False)


@given(payload=st.text(max_size=40).map(str.encode))
def test_fragments_make_the_message(payload: bytes) -> None:
    """Fragments of one byte, with empty ones between, are one message."""
    frames, protocol = read(fragments(payload))
    assert payload == b"".join(bytes(item.data) for item in frames)
    assert [Opcode.TEXT] + [Opcode.CONTINUATION] * (2 * len(payload) + 1) == [item.opcode for item in frames]
    assert [False] * (2 * len(payload) + 1) == [item.fin for item in frames[:-1]]
    assert protocol.close_sent is None


def test_bomb_unpacks_to_all_of_it() -> None:
    """A few KB are so many MiB, and a reader without a limit takes them."""
    data = bomb(40)
    assert len(data) < 64_000
    extension = PerMessageDeflate(
        remote_no_context_takeover=False,
        local_no_context_takeover=False,
        remote_max_window_bits=15,
        local_max_window_bits=15,
    )
    (found,), protocol = read(data, extension, max_size=None)
    assert b" " * (40 << 20) == bytes(found.data)
    assert protocol.close_sent is None


FAILING = [case for case in CASES.values() if case.demand is Demand.FAIL]


@pytest.mark.parametrize("case", FAILING, ids=lambda case: case.name)
def test_broken_frames_are_refused_by_another_implementation(case: FrameCase) -> None:
    """A server that keeps the protocol fails the connection, with a code that the case has."""
    data = b"".join(act.data for act in case.acts if isinstance(act, Put))
    _, protocol = read(data, max_size=2**20)
    if "utf8" in case.name and case.section == "8.1":
        # Whether text is UTF-8 is for who reads the message.
        with pytest.raises(UnicodeDecodeError):
            b"".join(bytes(item.data) for item in read(data)[0]).decode()
    else:
        assert protocol.close_sent is not None
        assert protocol.close_sent.code in case.codes


@pytest.mark.parametrize(
    "case", [case for case in CASES.values() if case.demand is Demand.PONG], ids=lambda case: case.name
)
def test_pings_are_answered_by_another_implementation(case: FrameCase) -> None:
    """The pong brings the payload of the case back."""
    _, protocol = read(b"".join(act.data for act in case.acts if isinstance(act, Put)))
    (sent,) = protocol.data_to_send()
    assert Frame(Opcode.PONG, case.payload).serialize(mask=False) == sent


def test_close_is_read_with_its_reason() -> None:
    """A close frame has code and reason."""
    _, protocol = read(close(4400, b"why"))
    assert protocol.close_rcvd is not None
    assert (4400, "why") == (protocol.close_rcvd.code, protocol.close_rcvd.reason)


def test_names_do_not_depend_on_what_is_known() -> None:
    """The plan of a run is the same without a token and a heartbeat; such cases then have a reason."""
    bare = {case.name: case.reason for case in frame_cases(None, None, allowed=15.0)}
    assert list(CASES) == list(bare)
    assert {"message-in-fragments", "no-pong"} == {name for name, reason in bare.items() if reason}
    assert not any(case.reason for case in CASES.values())
    (kept,) = (case for case in frame_cases(b"{}", 0.2, allowed=15.0) if case.name == "no-pong")
    assert (frame(Opcode.TEXT, b"{}"),) == tuple(act.data for act in kept.acts)
    (slow,) = (case.reason for case in frame_cases(b"", 40.0, allowed=15.0) if case.name == "no-pong")
    assert "40 s, longer than the 15 s" in slow


def test_every_handshake_but_those_to_be_refused_is_good() -> None:
    """Only the cases about handshakes have a wrong one."""
    wrong = {
        case.name
        for case in CASES.values()
        if (case.opening.method, case.opening.version, case.opening.key) != ("GET", "13", KEY)
    }
    assert {"bad-version", "bad-key", "post"} == wrong
