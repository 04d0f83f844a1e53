"""What goes on the wire: targets as they were written, headers that cannot escape their line."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.cases.request import Request
from accord.exchange.wire import Origin, address, encode_headers, request_headers, with_defaults

ORIGIN = Origin(scheme="http", host="h", port=80)


@pytest.mark.parametrize(
    ("url", "origin", "target"),
    [
        ("http://h", "http://h", "/"),
        ("http://h:80/", "http://h", "/"),
        ("HTTPS://H:8443/a", "https://h:8443", "/a"),
        ("http://[::1]:8000/a", "http://[::1]:8000", "/a"),
        ("http://h//a//b/../c/./d", "http://h", "//a//b/../c/./d"),
        ("http://h/a%2Fb%00%ff?x=%20&y='\"[]{}|^`", "http://h", "/a%2Fb%00%ff?x=%20&y='\"[]{}|^`"),
        ("http://h?", "http://h", "/?"),
        ("http://h/a?b?c#d", "http://h", "/a?b?c"),
    ],
)
def test_a_target_stays_as_it_was_written(url: str, origin: str, target: str) -> None:
    """Percent-encoding, dots, doubled slashes and odd queries reach the service unchanged."""
    place = address(url)
    assert (origin, target) == (str(place.origin), place.target)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/a",
        "ftp://h/",
        "http://",
        "http:///a",
        "http://u:p@h/",
        "http://h/a b",
        "http://h/é",
        "http://h/\r\nX: 1",
        "http://h:99999/",
        "http://h:x/",
        "http://[::1/",
    ],
)
def test_what_is_no_url_is_refused(url: str) -> None:
    """A URL that HTTP cannot carry is an error of the sender, and is told as one."""
    with pytest.raises(ValueError, match=r"\w"):
        address(url)


@given(st.text() | st.from_regex(r"[a-z]{1,3}(:[0-9]{1,6})?(/[a-z%20;=]*)?(\?[a-z=&/?]*)?", fullmatch=True))
def test_any_text_is_taken_apart_or_refused(url: str) -> None:
    """What is taken is what the standard library makes of it; nothing but ValueError comes out of the rest."""
    try:
        found = address("http://" + url)
    except ValueError:
        return
    expected = urlsplit("http://" + url)
    assert (expected.path or "/", expected.query) == (found.path, found.query or "")


@given(st.text(), st.text())
def test_a_header_never_leaves_its_line(name: str, value: str) -> None:
    """Whatever is encoded has no line break and no NUL (RFC 9110, section 5.5)."""
    try:
        ((key, data),) = encode_headers(((name, value),))
    except ValueError:
        return
    assert not set(key + data) & set(b"\r\n\0")
    assert data == data.strip(b" \t")


def test_header_values_are_latin_1_where_that_will_do() -> None:
    """A value of Latin-1 is sent as such, any other as UTF-8."""
    assert [(b"A", b"caf\xe9"), (b"B", b"\xe2\x82\xac")] == encode_headers((("A", "café"), ("B", "€")))


def test_defaults_do_not_replace_what_is_set() -> None:
    """A default header is added only where its name, in any case, is not there."""
    assert (("authorization", "x"), ("B", "2")) == with_defaults(
        (("authorization", "x"),), (("Authorization", "y"), ("B", "2"))
    )


@pytest.mark.parametrize(
    ("method", "body", "length"),
    [
        ("GET", b"", None),
        ("GET", b"x", b"1"),
        ("POST", b"", b"0"),
        ("PATCH", b"12345", b"5"),
        ("DELETE", b"", None),
    ],
)
def test_a_body_is_announced(method: str, body: bytes, length: bytes | None) -> None:
    """Content-Length is there for a body, and for methods that are expected to have one (RFC 9110, 8.6)."""
    headers = dict(request_headers(Request(method=method, url="http://h/", body=body), ORIGIN))
    assert length == headers.get(b"content-length")


@pytest.mark.parametrize(
    "request_",
    [
        Request(method="GET", url="http://h/", headers=(("Content-Length", "5"),)),
        Request(method="GET", url="http://h/", headers=(("Transfer-Encoding", "chunked"),)),
        Request(method="GE T", url="http://h/"),
        Request(method="", url="http://h/"),
        Request(method="GET", url="http://h/", headers=(("X", "\ud800"),)),
    ],
)
def test_a_request_that_cannot_be_framed_is_refused(request_: Request) -> None:
    """Nobody gets to smuggle a second request behind a wrong length."""
    with pytest.raises(ValueError, match=r"\w"):
        request_headers(request_, ORIGIN)
