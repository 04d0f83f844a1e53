"""Bodies: decoded as RFC 9110 says, and never larger than the limit."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.exchange.body import Body
from accord.exchange.values import Lapse


def deflate_raw(data: bytes) -> bytes:
    """Compress without the zlib wrapper."""
    squeezer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return squeezer.compress(data) + squeezer.flush()


ENCODERS = {
    "": bytes,
    "identity": bytes,
    "gzip": gzip.compress,
    "X-GZIP": gzip.compress,
    "deflate": zlib.compress,
    "deflate ": deflate_raw,
    "gzip, deflate": lambda data: zlib.compress(gzip.compress(data)),
    "identity,gzip": gzip.compress,
    "gzip ": lambda data: gzip.compress(data[:3]) + gzip.compress(data[3:]),
}


def collected(limit: int, encoding: str, *pieces: bytes) -> tuple[bytes, Lapse | None]:
    """Feed *pieces* to a body and return what it makes of them."""
    body = Body(limit, encoding)
    for piece in pieces:
        body.feed(piece)
    return body.finish(), body.lapse


@given(st.sampled_from(sorted(ENCODERS)), st.binary(max_size=2000), st.integers(1, 50))
def test_what_was_encoded_is_decoded(encoding: str, data: bytes, size: int) -> None:
    """Every coding that is asked for is undone, however the bytes arrive."""
    encoded = ENCODERS[encoding](data)
    pieces = [encoded[at : at + size] for at in range(0, len(encoded), size)]
    assert (data, None) == collected(100_000, encoding, *pieces)


@given(
    st.sampled_from(["gzip", "deflate", "gzip, gzip", "br", "gzip, gzip, gzip, gzip, gzip"]),
    st.binary(min_size=1),
)
def test_garbage_is_kept_as_it_came(encoding: str, data: bytes) -> None:
    """A body that does not decode is a protocol error, and its bytes are the evidence."""
    body, lapse = collected(1000, encoding, data)
    assert lapse is None or (body, lapse) == (data, Lapse.PROTOCOL)


def test_a_cut_off_body_is_a_protocol_error() -> None:
    """A gzip stream without its end is not a whole body."""
    encoded = gzip.compress(b"hello " * 1000)
    assert Lapse.PROTOCOL is collected(100_000, "gzip", encoded[:-9])[1]


@pytest.mark.parametrize("encoding", ["", "gzip", "deflate", "gzip, gzip"])
def test_nothing_passes_the_limit(encoding: str) -> None:
    """A body, and a bomb, ends at the limit with what had been read."""
    encoded = bytes(30_000_000)
    for _ in range(encoding.count("gzip")):
        encoded = gzip.compress(encoded)
    if encoding == "deflate":
        encoded = zlib.compress(encoded)
    body, lapse = collected(50_000, encoding, encoded)
    assert (bytes(50_000), Lapse.TOO_LARGE) == (body, lapse)


def test_an_empty_body_needs_no_decoding() -> None:
    """A response without content may still name an encoding, as one to HEAD does."""
    assert (b"", None) == collected(10, "gzip")
