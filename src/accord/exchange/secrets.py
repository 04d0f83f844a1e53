"""What must not be told: known secrets, and what looks like one, masked in all that leaves accord."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import replace

from accord.cases.request import Request
from accord.exchange.values import Closed, Event, Exchange, Opened, Response, Session
from accord.exchange.wire import Headers

MASK = "[secret]"

_SHORTEST = 4
"""Shorter secrets are not looked for in texts: they would eat them."""
_SHORTEST_BASE64 = 6
_WORDS = ("passw", "passphrase", "pwd", "secret", "key", "token", "authorization", "credential")
_NAMES = (
    r"[\w.-]{0,64}(?:password|passwd|passphrase|pwd|secret|(?:api|access|private)[-_]?key|token"
    r"|authorization|credentials?)"
)
_JWT = re.compile(r"(?<![\w-])eyJ[\w-]{5,}+\.[\w-]{5,}+\.[\w-]*+", re.ASCII)
# Tokens that tell by their form what they are, as their issuers promise, and private keys in PEM (RFC 7468).
_ISSUED = re.compile(
    r"(?<![\w-])(?:gh[oprsu]_[A-Za-z0-9]{36,255}|github_pat_\w{22,255}|xox[abeoprs]-[\w-]{10,255}"
    r"|[rs]k_(?:live|test)_[A-Za-z0-9]{10,255}|A[KS]IA[0-9A-Z]{16}|AIza[\w-]{35}|glpat-[\w-]{20,255})(?![\w-])",
    re.ASCII,
)
_ISSUERS = ("gh", "xox", "k_live_", "k_test_", "akia", "asia", "aiza", "glpat-")
_PRIVATE_KEY = re.compile(r"(-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----).*?(?=-----END|\Z)", re.DOTALL)
_BEARER = re.compile(r"\b(bearer\s{1,8})[A-Za-z0-9._~+/-]{16,}+={0,2}", re.IGNORECASE)
_JSON_MEMBER = re.compile(rf'("{_NAMES}"\s{{0,32}}:\s{{0,32}}")(?:[^"\\]|\\.)++', re.IGNORECASE | re.DOTALL)
_FORM_FIELD = re.compile(rf"((?:^|[?&;#\s\"']){_NAMES}=)[^&;\s\"'<>]++", re.IGNORECASE)
_MULTIPART = re.compile(
    rf'(name="{_NAMES}"[^\r\n]{{0,200}}\r\n(?:[^\r\n]{{1,200}}\r\n){{0,8}}\r\n)(?!\r\n--).*?(?=\r\n--|\Z)',
    re.IGNORECASE | re.DOTALL,
)
_USERINFO = re.compile(r"(://[^\s/@:\"']{0,256}:)[^\s/@\"']{1,256}(?=@)")
_BASIC = re.compile(r"\b(basic\s{1,8})([A-Za-z0-9+/_-]{4,}+={0,2})", re.IGNORECASE)
_CREDENTIALS = re.compile(r"\s*([A-Za-z][\w-]*)(\s+)\S")
_SECRET_HEADER = re.compile(
    r"(?:^|[-_])(?:api[-_]?key|auth|token|secret|password|passwd|credentials?|session(?:[-_]?id)?)$",
    re.IGNORECASE,
)
_AUTHORIZATION = frozenset({"authorization", "proxy-authorization"})
_COOKIES = frozenset({"cookie", "set-cookie"})
_JSON_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t"}


class Secrets:
    """The secrets of a run, given as literal *values*, and the art of leaving them out.

    Besides the literals, however they are encoded, everything is masked that looks like a JSON Web
    Token, a bearer token, a token of a known issuer or a private key, the values of headers that carry
    credentials, and the values of JSON members and form fields that are named like a secret.
    """

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._values: set[str] = set()
        self._literals: re.Pattern[str] | None = None
        for value in values:
            self.add(value)

    def add(self, value: str) -> None:
        """Add one secret; one of less than four characters is masked by its place only."""
        if len(value) >= _SHORTEST and value not in self._values:
            self._values.add(value)
            self._literals = None

    def mask(self, text: str) -> str:
        """Return *text* without secrets."""
        if self._values:
            text = self._pattern().sub(MASK, text)
        # Looking for words is a hundred times faster than for patterns, and most texts have none.
        lowered = text.lower()
        if "eyj" in lowered:
            text = _JWT.sub(MASK, text)
        if any(word in lowered for word in _ISSUERS):
            text = _ISSUED.sub(MASK, text)
        if "-----begin " in lowered:
            text = _PRIVATE_KEY.sub(rf"\g<1>{MASK}", text)
        if "bearer" in lowered:
            text = _BEARER.sub(rf"\g<1>{MASK}", text)
        if any(word in lowered for word in _WORDS):
            text = _JSON_MEMBER.sub(rf"\g<1>{MASK}", text)
            text = _MULTIPART.sub(rf"\g<1>{MASK}", text)
            text = _FORM_FIELD.sub(rf"\g<1>{MASK}", text)
        if "://" in text:
            text = _USERINFO.sub(rf"\g<1>{MASK}", text)
        return _BASIC.sub(_mask_basic, text) if "basic" in lowered else text

    def mask_data(self, data: bytes) -> bytes:
        """Return *data* without secrets, text or not."""
        try:
            return self.mask(data.decode()).encode()
        except UnicodeDecodeError:
            return self.mask(data.decode("latin-1")).encode("latin-1")

    def mask_headers(self, headers: Headers) -> Headers:
        """Return *headers* without secrets; the scheme of credentials and the names of cookies stay."""
        return tuple((self.mask(name), self._mask_header(name, value)) for name, value in headers)

    def mask_request(self, request: Request) -> Request:
        """Return *request* without secrets."""
        return Request(
            method=self.mask(request.method),
            url=self.mask(request.url),
            headers=self.mask_headers(request.headers),
            body=self.mask_data(request.body),
        )

    def mask_exchange(self, exchange: Exchange) -> Exchange:
        """Return *exchange* without secrets."""
        response = exchange.response
        if response is not None:
            response = Response(
                status=response.status,
                headers=self.mask_headers(response.headers),
                body=self.mask_data(response.body),
            )
        return replace(
            exchange,
            request=self.mask_request(exchange.request),
            response=response,
            detail=self.mask(exchange.detail),
        )

    def mask_session(self, session: Session) -> Session:
        """Return *session* without secrets."""
        return replace(
            session,
            url=self.mask(session.url),
            crash=self.mask(session.crash),
            events=tuple(self._mask_event(event) for event in session.events),
        )

    def _mask_header(self, name: str, value: str) -> str:
        lowered = name.lower()
        if lowered in _AUTHORIZATION:
            return masked_credentials(value)
        if lowered in _COOKIES:
            pairs = value.split(";", 1 if lowered == "set-cookie" else -1)
            attributes = pairs[1:] if lowered == "set-cookie" else []
            pairs = pairs[:1] if attributes else pairs
            return self.mask(";".join([*map(_mask_cookie, pairs), *attributes]))
        return MASK if value and is_secret_header(name) else self.mask(value)

    def _mask_event(self, event: Event) -> Event:
        match event:
            case Opened(subprotocol=str(name)):
                return replace(event, subprotocol=self.mask(name))
            case Opened():
                return event
            case Closed():
                return replace(event, reason=self.mask(event.reason), detail=self.mask(event.detail))
            case _:
                data = self.mask(event.data) if isinstance(event.data, str) else self.mask_data(event.data)
                return replace(event, data=data)

    def _pattern(self) -> re.Pattern[str]:
        if self._literals is None:
            longest_first = sorted(self._values, key=lambda value: (-len(value), value))
            self._literals = re.compile(
                "|".join(spelling for value in longest_first for spelling in _spellings(value))
            )
        return self._literals


def is_secret_header(name: str) -> bool:
    """Tell whether a header of this name carries credentials."""
    return name.lower() in _AUTHORIZATION | _COOKIES or _SECRET_HEADER.search(name) is not None


def masked_credentials(value: str, mask: str = MASK) -> str:
    """Return the value of an Authorization header with *mask* for all but its scheme (RFC 9110, 11.4)."""
    if not value.strip():
        return value
    match = _CREDENTIALS.match(value)
    return f"{match[1]} {mask}" if match else mask


def _mask_cookie(pair: str) -> str:
    name, equals, value = pair.partition("=")
    if not equals:
        return MASK if pair.strip() else pair
    return f"{name}={MASK}" if value else pair


def _mask_basic(match: re.Match[str]) -> str:
    """Mask what is base64 for ``user:password``, and leave English alone."""
    try:
        decoded = base64.b64decode(match[2] + "==", altchars=b"-_" if re.search("[-_]", match[2]) else None)
    except (binascii.Error, ValueError):
        return match[0]
    return f"{match[1]}{MASK}" if b":" in decoded else match[0]


def _spellings(value: str) -> list[str]:
    """Return patterns for *value* as it stands, escaped for URLs, forms or JSON, and in base64."""
    spellings = ["".join(_spelling(character) for character in value)]
    data = value.encode(errors="surrogatepass")
    for offset in range(3):
        # Of a text in base64, these are the characters that the secret alone decides.
        first, last = -(-offset * 8 // 6), (offset + len(data)) * 8 // 6
        core = base64.b64encode(bytes(offset) + data).decode()[first:last]
        if len(core) >= _SHORTEST_BASE64:
            spellings.append(re.escape(core))
            spellings.append(re.escape(core.replace("+", "-").replace("/", "_")))
    return list(dict.fromkeys(spellings))


def _spelling(character: str) -> str:
    plain = re.escape(character)
    if character.isascii() and (character.isalnum() or character in "-._~"):
        return plain
    ways = [plain]
    if character == " ":
        ways.append(r"\+")
    elif character in _JSON_ESCAPES:
        ways.append(re.escape("\\" + _JSON_ESCAPES[character]))
    data = character.encode(errors="surrogatepass")
    if not character.isascii():
        # UTF-8 read as Latin-1, as in a header or in what is no text as a whole.
        ways.append(re.escape(data.decode("latin-1")))
    percent = "".join(f"%{byte:02X}" for byte in data)
    units = character.encode("utf-16-be", errors="surrogatepass")
    escaped = "".join(rf"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
    ways += [f"(?i:{percent})", f"(?i:{escaped})"]
    return f"(?:{'|'.join(ways)})"
