"""Frames of RFC 6455 as bytes: right ones, and ones that no endpoint may send."""

from __future__ import annotations

import struct
import zlib
from enum import IntEnum

RESERVED_1, RESERVED_2, RESERVED_3 = 0x40, 0x20, 0x10
"""The reserved bits of a first byte; RSV1 marks a compressed message (RFC 7692, section 6)."""

_FIN, _MASKED = 0x80, 0x80
_SHORT, _MEDIUM = 126, 127
_KEY = b"\x37\xfa\x21\x3d"


class Opcode(IntEnum):
    """What a frame is (section 5.2)."""

    CONTINUATION = 0
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


def frame(
    opcode: int, payload: bytes = b"", *, final: bool = True, reserved: int = 0, masked: bool = True
) -> bytes:
    """Return one frame of a client (section 5.2).

    The key of the mask is always the same: the bytes that are sent must not change from run to run.
    """
    head = bytes([(_FIN if final else 0) | reserved | opcode])
    head += length(len(payload), masked=masked)
    return head + _KEY + mask(payload) if masked else head + payload


def length(size: int, *, masked: bool = True) -> bytes:
    """Return the bytes that tell the length of a payload, the least that can (section 5.2)."""
    bit = _MASKED if masked else 0
    if size < _SHORT:
        return bytes([bit | size])
    if size < 1 << 16:
        return bytes([bit | _SHORT]) + struct.pack("!H", size)
    return bytes([bit | _MEDIUM]) + struct.pack("!Q", size)


def mask(payload: bytes) -> bytes:
    """Return *payload* under the key of every frame (section 5.3)."""
    size = len(payload)
    key = int.from_bytes((_KEY * (size // 4 + 1))[:size])
    return (int.from_bytes(payload) ^ key).to_bytes(size)


def fragments(payload: bytes) -> bytes:
    """Return a text message of *payload* in fragments of one byte, with an empty one around each."""
    pieces = [piece for byte in payload for piece in (bytes([byte]), b"")]
    inside = b"".join(frame(Opcode.CONTINUATION, piece, final=False) for piece in pieces)
    return frame(Opcode.TEXT, final=False) + inside + frame(Opcode.CONTINUATION)


def close(code: int, reason: bytes = b"") -> bytes:
    """Return the frame that closes (section 5.5.1)."""
    return frame(Opcode.CLOSE, struct.pack("!H", code) + reason)


def bomb(mebibytes: int) -> bytes:
    """Return a compressed text message of so many MiB of spaces (RFC 7692, section 7.2.1)."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    # After a full flush nothing refers back: the same bytes say the same again.
    one = deflate.compress(b" " * (1 << 20)) + deflate.flush(zlib.Z_FULL_FLUSH)
    return frame(Opcode.TEXT, (one * mebibytes).removesuffix(b"\x00\x00\xff\xff"), reserved=RESERVED_1)
