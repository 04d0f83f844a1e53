"""What a server sends after the opening handshake, taken apart into frames and judged by nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_KEPT = 1024
_SHORT, _MEDIUM = 126, 127
_HEAD, _KEY = 2, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFrame:
    """One frame as it came (RFC 6455, section 5.2): ``payload`` is its first KiB of ``size`` bytes.

    ``reserved`` holds the three reserved bits where they stand in the first byte; ``at`` is seconds
    since the start.
    """

    at: float
    opcode: int
    final: bool = True
    reserved: int = 0
    masked: bool = False
    size: int
    payload: bytes

    @property
    def code(self) -> int | None:
        """Return the status code of a close frame, None without one (section 5.5.1)."""
        return int.from_bytes(self.payload[:2]) if self.opcode == 8 and self.size >= 2 else None


class FrameReader:
    """Takes bytes as they come and gives whole frames; it holds no more than a frame's first KiB."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._head: ServerFrame | None = None
        self._left = 0

    def feed(self, data: bytes, at: float) -> Iterator[ServerFrame]:
        """Yield the frames that *data* completes, at the time *at*."""
        self._buffer += data
        while True:
            if self._head is None and not self._begin(at):
                return
            head = self._head
            if head is None or not self._take(head):
                return
            payload = bytes(self._buffer[: min(head.size, _KEPT)])
            del self._buffer[: len(payload)]
            self._head = None
            yield ServerFrame(
                at=at,
                opcode=head.opcode,
                final=head.final,
                reserved=head.reserved,
                masked=head.masked,
                size=head.size,
                payload=payload,
            )

    def _begin(self, at: float) -> bool:
        """Read the head of a frame; False where it has not come whole."""
        if len(self._buffer) < _HEAD:
            return False
        first, second = self._buffer[0], self._buffer[1]
        short = second & 0x7F
        more = {_SHORT: 2, _MEDIUM: 8}.get(short, 0)
        key = _KEY if second & 0x80 else 0
        if len(self._buffer) < _HEAD + more + key:
            return False
        size = int.from_bytes(self._buffer[_HEAD : _HEAD + more]) if more else short
        del self._buffer[: _HEAD + more + key]
        self._left = max(0, size - _KEPT)
        self._head = ServerFrame(
            at=at,
            opcode=first & 0x0F,
            final=bool(first & 0x80),
            reserved=first & 0x70,
            masked=bool(second & 0x80),
            size=size,
            payload=b"",
        )
        return True

    def _take(self, head: ServerFrame) -> bool:
        """Tell whether the payload is whole; what comes after its first KiB is dropped as it comes."""
        kept = min(head.size, _KEPT)
        dropped = min(self._left, max(0, len(self._buffer) - kept))
        del self._buffer[kept : kept + dropped]
        self._left -= dropped
        return self._left == 0 and len(self._buffer) >= kept
