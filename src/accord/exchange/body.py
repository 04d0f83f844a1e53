"""A response body as it arrives: its content encoding removed, and never more of it than a limit."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from accord.exchange.values import Lapse

_PIECE = 64 * 1024
_GZIP, _ZLIB, _RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS
_WIDTHS = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": _ZLIB}
_MOST_CODINGS = 4


class Body:
    """Collects a body of at most *limit* bytes, before and after decoding.

    *encoding* is the value of Content-Encoding (RFC 9110, section 8.4). A body that does not decode
    is kept as it came. ``lapse`` and ``detail`` say why the body is not whole, if it is not.
    """

    def __init__(self, limit: int, encoding: str = "") -> None:
        self.lapse: Lapse | None = None
        self.detail = ""
        self._limit = limit
        self._pieces: list[bytes] = []
        self._room = limit
        codings = (name.strip().lower() for name in encoding.split(","))
        self._codings = [name for name in codings if name not in {"", "identity"}]

    def feed(self, data: bytes) -> None:
        """Take *data*, as much of it as the limit leaves room for."""
        if len(data) > self._room:
            self._give_up(Lapse.TOO_LARGE, f"the body passes {self._limit} bytes")
            data = data[: self._room]
        self._pieces.append(data)
        self._room -= len(data)

    def finish(self) -> bytes:
        """Return the body without its encoding."""
        raw = b"".join(self._pieces)
        if not self._codings or not raw:
            return raw
        if len(self._codings) > _MOST_CODINGS or not all(name in _WIDTHS for name in self._codings):
            names = ", ".join(self._codings)[:100]
            self._give_up(Lapse.PROTOCOL, f"the content encoding {names!r} is unknown")
            return raw
        try:
            return self._decode(raw)
        except (zlib.error, EOFError) as problem:
            self._give_up(Lapse.PROTOCOL, f"the content encoding does not decode: {problem}")
            return raw

    def _decode(self, raw: bytes) -> bytes:
        pieces: Iterable[bytes] = (raw,)
        for name in reversed(self._codings):
            pieces = _at_most(self._limit + 1, _inflate(pieces, _WIDTHS[name]))
        decoded = b"".join(pieces)
        if len(decoded) > self._limit:
            self._give_up(Lapse.TOO_LARGE, f"the decoded body passes {self._limit} bytes")
        return decoded[: self._limit]

    def _give_up(self, lapse: Lapse, detail: str) -> None:
        if self.lapse is None:
            self.lapse, self.detail = lapse, detail


def _at_most(size: int, pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        yield piece[:size]
        size -= len(piece)
        if size <= 0:
            return


def _inflate(pieces: Iterable[bytes], width: int) -> Iterator[bytes]:
    """Undo one coding in small pieces, so that nothing large is ever held."""
    stream, begun = zlib.decompressobj(width), False
    for data in pieces:
        rest = data
        while rest:
            if stream.eof:
                if width != _GZIP:
                    raise zlib.error("data after its end")
                stream = zlib.decompressobj(width)
            if not begun and width == _ZLIB and not _has_zlib_header(rest):
                # "deflate" without its zlib wrapper is wrong and common (RFC 9110, section 8.4.1.2).
                stream = zlib.decompressobj(_RAW)
            begun = True
            yield stream.decompress(rest, _PIECE)
            rest = stream.unused_data if stream.eof else stream.unconsumed_tail
    while not stream.eof:
        piece = stream.decompress(b"", _PIECE)
        if not piece:
            raise EOFError("it ends too early")
        yield piece


def _has_zlib_header(data: bytes) -> bool:
    return data[0] & 0x0F == zlib.DEFLATED and (len(data) < 2 or (data[0] << 8 | data[1]) % 31 == 0)
