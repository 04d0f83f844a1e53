"""What was said, in a form that a person can say again: a curl command, a script of a session."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from accord.cases.request import Request
from accord.contract.pointer import Json
from accord.exchange.secrets import MASK, Secrets, is_secret_header, masked_credentials
from accord.exchange.values import Closed, Event, Opened, Sent, Session, Side
from accord.exchange.wire import encode_headers

_PLAIN = re.compile(rb"[A-Za-z0-9_@%+=:,./-]+")
_FIRST_PRINTABLE, _LAST_PRINTABLE = 0x20, 0x7E
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SHELL_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_NAMED_ESCAPES = {0x0A: r"\n", 0x0D: r"\r", 0x09: r"\t", 0x27: r"\'", 0x5C: r"\\"}
_LONGEST_ARGUMENT = 100_000
_LONGEST_EXPECTATION = 2_000
_SILENCE = 1.0
_ABNORMAL = 1006
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Padding:
    """``count`` zero bytes that stand at byte ``at`` of a body, too many to be kept."""

    at: int
    count: int


def curl(request: Request, *, secrets: Secrets | None, padding: Padding | None = None) -> str:
    """Return one line for a shell that sends *request*, with *padding* in its body.

    It is POSIX, but where bytes need bash's ``$'...'``. With *secrets*, the values of headers with
    credentials are shell variables, ``$TOKEN`` for that of Authorization, and other secrets are
    masked.
    """
    masked = request if secrets is None else secrets.mask_request(request)
    words = ["curl", *_method(masked), *_url_options(masked.url)]
    for given, shown in zip(request.headers, masked.headers, strict=True):
        words += _header(given, shown, as_variable=secrets is not None)
    feed = ""
    if masked.body or masked.method in _WITH_BODY:
        if masked.header("content-type") is None:
            words += ["-H", "Content-Type:"]
        feed, data = _data(masked.body) if padding is None else _padded(request.body, secrets, padding)
        words += data
    words.append(_quoted(masked.url.encode(errors="replace")))
    return feed + " ".join(words)


def script(session: Session, *, secrets: Secrets | None) -> str:
    """Return *session* as lines of JSON: what the client does, and what it is to expect.

    A message is ``{"json": value}`` where it is JSON, else ``{"text": ...}`` or ``{"base64": ...}``;
    a long one that is expected is only begun, as ``{"begins": ...}``. ``accord ws`` plays it, with
    secrets from the environment: the line that sends one has ``${TOKEN}``.
    """
    return dialogue([("", session)], secrets=secrets)


def dialogue(sessions: Sequence[tuple[str, Session]], *, secrets: Secrets | None) -> str:
    """Return *sessions* as one script, in the order of time, each on the connection that it is given."""
    timed: list[tuple[float, Json]] = []
    for name, session in sessions:
        masked = session if secrets is None else secrets.mask_session(session)
        on: dict[str, Json] = {"on": name} if name else {}
        timed += [(masked.started + at, {**on, **line}) for at, line in _lines(masked)]
    return "\n".join(_written(line) for _, line in sorted(timed, key=lambda item: item[0]))


def _lines(session: Session) -> Iterator[tuple[float, dict[str, Json]]]:
    """Yield the lines of one session, each with its time in it; a long silence is one to be expected."""
    yield 0.0, {"connect": session.url}
    before = 0.0
    for event in session.events:
        silence = round(event.at - before - 0.05, 1)
        if silence >= _SILENCE and isinstance(event, Sent | Closed) and _by_client(event):
            yield event.at, {"expect": {"nothing": silence}}
        yield event.at, _line(event)
        before = event.at


def _by_client(event: Sent | Closed) -> bool:
    return isinstance(event, Sent) or event.by is Side.CLIENT


def _written(line: Json) -> str:
    """Write *line*; what is to be sent has a variable in the place of a secret."""
    text = json.dumps(line, ensure_ascii=False)
    sent = isinstance(line, dict) and ("send" in line or "connect" in line)
    return text.replace(MASK, "${TOKEN}") if sent else text


def _method(request: Request) -> list[str]:
    if request.method == "GET" and not request.body:
        return []
    if request.method == "HEAD":
        # With -X HEAD, curl would wait for a body that never comes.
        return ["--head"] if not request.body else ["-X", "HEAD", "--ignore-content-length"]
    return ["-X", _quoted(request.method.encode(errors="replace"))]


def _url_options(url: str) -> list[str]:
    """Keep curl from reading brackets as ranges and from resolving dots."""
    globbing = ["--globoff"] if re.search(r"[\[\]{}]", url) else []
    return [*globbing, "--path-as-is"] if "/." in url else globbing


def _header(given: tuple[str, str], shown: tuple[str, str], *, as_variable: bool) -> list[str]:
    name, value = given
    if name.lower() == "content-length":
        return []
    if as_variable and value.strip() and is_secret_header(name) and _SHELL_NAME.fullmatch(name):
        variable = "$TOKEN" if name.lower() == "authorization" else f"${name.upper().replace('-', '_')}"
        if name.lower().endswith("authorization"):
            variable = masked_credentials(value, variable)
        return ["-H", f'"{name}: {variable}"']
    try:
        ((key, data),) = encode_headers((shown,))
    except ValueError:
        key, data = (text.encode(errors="replace") for text in shown)
    # A header without a value is spelled with a semicolon; "Name:" would remove it.
    return ["-H", _quoted(key + b": " + data if data else key + b";")]


def _data(body: bytes) -> tuple[str, list[str]]:
    """Return what is piped into curl, if anything, and the options for *body*."""
    if b"\0" in body or len(body) > _LONGEST_ARGUMENT or not _is_text(body):
        return f"printf %s {base64.b64encode(body).decode()} | base64 -d | ", ["--data-binary", "@-"]
    # After --data-binary, a leading @ names a file.
    return "", ["--data-raw" if body.startswith(b"@") else "--data-binary", _quoted(body)]


def _padded(body: bytes, secrets: Secrets | None, padding: Padding) -> tuple[str, list[str]]:
    """Return what is piped into curl, and the options, for *body* with *padding* in it."""
    ends = [body[: padding.at], body[padding.at :]]
    if secrets is not None:
        ends = [secrets.mask_data(end) for end in ends]
    first, last = (f"printf %s {base64.b64encode(end).decode()} | base64 -d" for end in ends)
    feed = f"{{ {first}; head -c {padding.count} /dev/zero; {last}; }} | "
    return feed, ["--data-binary", "@-"]


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _quoted(data: bytes) -> str:
    """Return *data* as one shell word: bare, in single quotes, or in bash's ``$'...'``."""
    if _PLAIN.fullmatch(data):
        return data.decode()
    if _is_text(data) and not _CONTROL.search(text := data.decode()):
        return "'" + text.replace("'", "'\\''") + "'"
    return "$'" + "".join(map(_escaped, data)) + "'"


def _escaped(byte: int) -> str:
    if byte in _NAMED_ESCAPES:
        return _NAMED_ESCAPES[byte]
    return chr(byte) if _FIRST_PRINTABLE <= byte <= _LAST_PRINTABLE else f"\\x{byte:02x}"


def _line(event: Event) -> dict[str, Json]:
    match event:
        case Opened():
            return {"expect": {"opened": event.subprotocol}}
        case Sent():
            return {"send": _message(event.data)}
        case Closed(by=Side.CLIENT, code=code) if code == _ABNORMAL:
            return {"break": "reset"}
        case Closed(by=Side.CLIENT):
            return {"close": {"code": event.code, "reason": event.reason}}
        case Closed():
            return {"expect": {"closed": event.code, "reason": event.reason, "status": event.status}}
        case _:
            return {"expect": _expectation(event.data)}


def _expectation(data: str | bytes) -> Json:
    if isinstance(data, str) and len(data) > _LONGEST_EXPECTATION:
        return {"begins": data[:_LONGEST_EXPECTATION]}
    return _message(data)


def _message(data: str | bytes) -> Json:
    if isinstance(data, bytes):
        return {"base64": base64.b64encode(data).decode()}
    try:
        value: Json = json.loads(data, object_pairs_hook=_without_duplicates, parse_constant=_no_constant)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return {"text": data}
    return {"json": value}


def _without_duplicates(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    """Make an object of *pairs*; one with a name twice would not be the message that was sent."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name occurs twice")
    return members


def _no_constant(name: str) -> Json:
    raise ValueError(f"{name} is no JSON")
