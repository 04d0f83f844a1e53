"""Frames of a server are read whatever they are, and however they are cut."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from accord.exchange.frame_reader import FrameReader, ServerFrame

PAYLOADS = st.binary(max_size=300) | st.binary(min_size=65_536, max_size=65_600)
KINDS = st.sampled_from([Opcode.TEXT, Opcode.BINARY, Opcode.CONT])
FRAMES = st.lists(
    st.tuples(
        st.builds(Frame, opcode=KINDS, data=PAYLOADS, fin=st.booleans()), st.sampled_from([0, 0x10, 0x60])
    ),
    max_size=5,
)


def written(item: Frame, reserved: int) -> bytes:
    """Return the frame as another implementation writes it, with reserved bits that it would not write."""
    data = item.serialize(mask=False)
    return bytes([data[0] | reserved]) + data[1:]


def read(data: bytes, *cuts: int) -> list[ServerFrame]:
    """Return the frames in *data*, which comes in pieces."""
    reader = FrameReader()
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [item for begin, end in itertools.pairwise(edges) for item in reader.feed(data[begin:end], 1.0)]


@given(frames=FRAMES, cuts=st.lists(st.integers(min_value=0), max_size=6))
def test_frames_are_read_as_another_implementation_writes_them(
    frames: list[tuple[Frame, int]], cuts: list[int]
) -> None:
    """Opcode, flags and length are those that were written, and of the payload the first KiB."""
    found = read(b"".join(written(*item) for item in frames), *cuts)
    assert [
        (item.opcode, item.fin, reserved, len(item.data), bytes(item.data)[:1024])
        for item, reserved in frames
    ] == [(item.opcode, item.final, item.reserved, item.size, item.payload) for item in found]


def test_masked_frame_is_read_as_one() -> None:
    """A frame that is masked against the rule is told as masked, and what follows is read."""
    (masked, plain) = read(b"\x8a\x81\x01\x02\x03\x04x" + b"\x8a\x00")
    assert (True, 1) == (masked.masked, masked.size)
    assert (False, 0) == (plain.masked, plain.size)


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"\x88\x00", None), (b"\x88\x01\x03", None), (b"\x88\x02\x03\xe8", 1000), (b"\x89\x02\x03\xe8", None)],
)
def test_code_is_that_of_a_close_frame(data: bytes, code: int | None) -> None:
    """Only a close frame with two bytes has a code."""
    (found,) = read(data)
    assert code == found.code


def test_half_a_frame_is_none() -> None:
    """A frame that has not come whole is not told."""
    whole = Frame(Opcode.TEXT, b"x" * 200).serialize(mask=False)
    assert [] == [item for end in range(len(whole)) for item in read(whole[:end])]


def test_endless_frame_takes_no_memory() -> None:
    """Of a frame of a terabyte no more than its first KiB is kept."""
    reader = FrameReader()
    assert [] == list(reader.feed(b"\x82\x7f" + (1 << 40).to_bytes(8), 0.0))
    for _ in range(100):
        assert [] == list(reader.feed(bytes(65_536), 0.0))
    assert 1024 == len(reader._buffer)
