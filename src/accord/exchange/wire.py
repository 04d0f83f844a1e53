"""A request in the bytes that HTTP has for it: origin, target, header lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from accord.cases.request import Request

Headers = tuple[tuple[str, str], ...]

_URL = re.compile(
    r"(?P<scheme>https?)://(?P<authority>[^/?#]*)(?P<path>[^?#]*)(?P<query>\?[^#]*)?(?:#.*)?", re.IGNORECASE
)
_PRINTABLE = re.compile(r"[!-~]*")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FORBIDDEN = re.compile(rb"[\x00\n\r\v\f]")
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_ENCODINGS = "gzip, deflate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a URL leads: scheme, host and port (RFC 6454, section 4)."""

    scheme: str
    host: str
    port: int

    @property
    def authority(self) -> str:
        """The value of the Host header: the port only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _default_port(self.scheme) else f"{host}:{self.port}"

    def __str__(self) -> str:
        """Give the origin as the start of a URL."""
        return f"{self.scheme}://{self.authority}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A URL taken apart; ``path`` and ``query`` stay as they were written."""

    origin: Origin
    path: str
    query: str | None

    @property
    def target(self) -> str:
        """The request target in origin form (RFC 9112, section 3.2.1)."""
        return self.path if self.query is None else f"{self.path}?{self.query}"


def address(url: str) -> Address:
    """Take *url* apart.

    Raises ``ValueError`` for anything but an absolute, percent-encoded http or https URL without
    user information.
    """
    if not _PRINTABLE.fullmatch(url):
        raise ValueError("the URL is not percent-encoded")
    match = _URL.fullmatch(url)
    if match is None:
        raise ValueError("the URL is not absolute, or not http")
    query = match["query"]
    return Address(
        origin=_origin(match["scheme"].lower(), match["authority"]),
        path=match["path"] or "/",
        query=None if query is None else query[1:],
    )


@lru_cache(maxsize=64)
def _origin(scheme: str, authority: str) -> Origin:
    if "@" in authority:
        raise ValueError("the URL carries user information")
    parts = urlsplit(f"//{authority}")
    if not parts.hostname:
        raise ValueError("the URL names no host")
    port = parts.port
    return Origin(scheme=scheme, host=parts.hostname, port=_default_port(scheme) if port is None else port)


def _default_port(scheme: str) -> int:
    return 443 if scheme in {"https", "wss"} else 80


def with_defaults(headers: Headers, defaults: Headers) -> Headers:
    """Return *headers* and those of *defaults* that they do not set."""
    given = {name.lower() for name, _ in headers}
    return headers + tuple(item for item in defaults if item[0].lower() not in given)


def encode_headers(headers: Headers) -> list[tuple[bytes, bytes]]:
    """Return *headers* as bytes: Latin-1 where that can say them, else UTF-8.

    Raises ``ValueError`` for a name that is no token and for a value that would end its line
    (RFC 9110, sections 5.1 and 5.5).
    """
    return [(_header_name(name), _header_value(name, value)) for name, value in headers]


def _header_name(name: str) -> bytes:
    if not _TOKEN.fullmatch(name):
        raise ValueError(f"a header cannot be named {name[:100]!r}")
    return name.encode("ascii")


def _header_value(name: str, value: str) -> bytes:
    try:
        data = value.encode("latin-1")
    except UnicodeEncodeError:
        try:
            data = value.encode()
        except UnicodeEncodeError:
            raise ValueError(f"the value of header {name} is not text") from None
    if _FORBIDDEN.search(data):
        raise ValueError(f"the value of header {name} has a line break or another forbidden character")
    return data.strip(b" \t")


def request_headers(request: Request, origin: Origin) -> list[tuple[bytes, bytes]]:
    """Return the header lines of *request*, with those that the transport owes.

    These are Host, Accept, Accept-Encoding, User-Agent and Content-Length (RFC 9110, section 8.6).
    Raises ``ValueError`` where the request cannot be framed as it asks to be.
    """
    if not _TOKEN.fullmatch(request.method):
        raise ValueError(f"{request.method[:100]!r} is not a method")
    length = str(len(request.body))
    for name, value in request.headers:
        lowered = name.lower()
        if lowered == "transfer-encoding" or (lowered == "content-length" and value.strip() != length):
            raise ValueError(f"header {name} contradicts the body")
    owed: Headers = (
        ("host", origin.authority),
        ("accept", "*/*"),
        ("accept-encoding", _ENCODINGS),
        ("user-agent", "accord"),
    )
    if request.body or request.method in _WITH_BODY:
        owed += (("content-length", length),)
    return encode_headers(with_defaults(request.headers, owed))
