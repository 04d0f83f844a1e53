"""Rules about what answers give away: the inside of the service, secrets, and members that nobody promised.

They are few and exact: what merely repeats the request is no leak.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from urllib.parse import unquote_plus

import orjson

from accord.cases.request import Request
from accord.contract.contract import Contract
from accord.contract.envelope import FIRST_ERROR
from accord.contract.library import place
from accord.contract.media_type import FORM, essence, is_json
from accord.contract.pointer import Json, join
from accord.exchange.values import Response
from accord.findings.body import described, may_have_body, short
from accord.findings.evidence import Observation
from accord.findings.finding import Finding, Severity
from accord.findings.member import Member, members, parts
from accord.findings.rule import Rule, Subject

MAXIMUM_TEXT = 50_000
"""How much of a text is searched."""
_MAXIMUM_FINDINGS = 20
_MAXIMUM_VALUES = 20_000

_SHORTEST_SECRET = 8
# Statuses whose answers may show the input that they refuse.
_SHOWING_INPUT = (400, 422)

_SOURCES = (
    r"(?:pyc?|[mc]?[jt]sx?|java|class|jar|kt|scala|php|rb|go|cs|dll|rs"
    r"|cfg|ini|env|ya?ml|toml|sql|db|log|pem|key)"
)
_PATH = r"(?<![\w.:/~-])/"
INTERNALS = (
    (
        "a debug page",
        re.compile(
            r"You're seeing this error because you have <code>DEBUG = True|// Werkzeug Debugger</title>"
            r"|<title>Starlette Debugger|<title>Action Controller: Exception caught|\bWhoops\\Exception"
            r"|\bSymfony Exception\b|Server Error in '/[^'\n]{0,80}' Application"
        ),
    ),
    (
        "a stack trace",
        re.compile(
            r"Traceback \(most recent call last\):|\bFile \"[^\"\n]{1,300}\", line \d+, in \w"  # Python
            r"|\bat [\w.$/<>]{1,200}\((?:[\w$]{1,80}\.(?:java|kt|scala|groovy):\d+|Native Method|Unknown Source)\)"
            r"|(?:^|[\s>])at (?:[\w.<>$\[\] ]{1,100}\()?"  # JavaScript
            r"(?:file://|node:|/|[A-Z]:\\)[^\s()]{1,200}:\d+:\d+"
            r"|\bPHP (?:Fatal error|Parse error|Warning|Notice): |<b>(?:Fatal error|Warning|Notice)</b>: "
            r"|#\d+ /[^\n]{1,300}\.php\(\d+\): "
            r"|\.rb:\d+:in [`'][^\n]{1,100}'"  # Ruby
            r"|\bgoroutine \d+ \[\w[^\]\n]{0,40}\]:|\bpanic: runtime error: "  # Go
            r"|\bat [\w.`<>+]{1,200}\([^()\n]{0,200}\) in [^\n]{1,300}:line \d+"  # .NET
        ),
    ),
    (
        "SQL",
        re.compile(
            r"\bSQLSTATE\[|\bORA-\d{5}: |You have an error in your SQL syntax|\bsqlalchemy\.exc\.\w"
            r"|\bpsycopg2?\.errors\.\w|\basyncpg\.exceptions\.\w|\bsqlite3\.\w+Error\b|\bPG::\w+|\bjava\.sql\.SQL\w+|\bpymysql\.err\.\w"
            r"|duplicate key value violates unique constraint|\bUNIQUE constraint failed: \w+\.\w"
            r"|syntax error at or near \"|\brelation \"[\w.]+\" does not exist|\bno such (?:table|column): \w"
            r"|Unclosed quotation mark after the character string|Duplicate entry '[^'\n]{0,200}' for key '"
            r"|\bSELECT [\w.*,()\"`\s]{1,2000}? FROM [\"`\[]?\w|\bINSERT INTO [\"`\[]?\w[\w.\"`\]]{0,100} ?\("
            r"|\bUPDATE [\"`\[]?\w[\w.\"`\]]{0,100} SET [\"`\[]?\w+[\"`\]]? ?="
            r"|\bDELETE FROM [\"`\[]?\w[\w.\"`\]]{0,100} WHERE "
        ),
    ),
    (
        "a file path",
        re.compile(
            rf"{_PATH}(?:etc|home|opt|root|srv|tmp|usr|var|private/(?:tmp|var))/(?:[\w.@+ -]{{1,80}}/){{0,20}}"
            r"[\w@+-]{1,80}\.[A-Za-z]\w{0,9}\b"
            rf"|{_PATH}(?:app|code|src|workspace|Users)/(?:[\w.@+-]{{1,80}}/){{0,20}}[\w@+-]{{1,80}}\.{_SOURCES}\b"
            rf"|{_PATH}etc/(?:passwd|shadow|hosts|group)\b"
            r"|(?<!\w)[A-Z]:\\(?:[\w.@+ -]{1,80}\\){1,20}[\w@+-]{1,80}\.[A-Za-z]\w{0,9}\b"
        ),
    ),
)
_HASH = re.compile(
    r"\$argon2(?:id|i|d)\$(?:v=\d{1,4}\$)?m=\d{1,10},t=\d{1,10},p=\d{1,10}\$[A-Za-z0-9+/]{4,}\$[A-Za-z0-9+/]{4,}"
    r"|\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{53}"
    r"|\bpbkdf2[_:-]sha\d{1,3}[:$]\d{1,9}\$[^\s$\"]{1,200}\$[A-Za-z0-9+/=]{16,}"
    r"|\$pbkdf2(?:-sha\d{1,3})?\$\d{1,9}\$[./A-Za-z0-9]{1,200}\$[./A-Za-z0-9]{16,}"
    r"|\bscrypt:\d{1,9}:\d{1,9}:\d{1,9}\$[^\s$\"]{1,200}\$[0-9a-f]{32,}"
    r"|\$[56]\$(?:rounds=\d{1,9}\$)?[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{43,86}"
)
_PRIVATE_KEY = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----")
# What no answer holds, declared or not; what none holds that does not declare it; what may be a secret's name.
_HASH_NAME = re.compile(
    r"(?i)(?:password|passwd|pwd)_?(?:hash|digest|salt)(?:ed)?|(?:hashed|encrypted)_?(?:password|passwd|pwd)"
)
_PASSWORD_NAME = re.compile(
    r"(?i)password|passwd|pwd|passphrase|secret|client_?secret|secret_?key|private_?key"
)
_SECRET_NAME = re.compile(r"(?i)token|secret|key|password|jwt|credential|session")
_TOKEN_NAME = re.compile(r"(?i)(?:access|refresh|id)_?token|token|jwt")
_BLANK = re.compile(r"(?i)[\s*•x.-]*|\W*(?:redacted|hidden|masked|secret|null|none)\W*")


def leaked_internals(contract: Contract, observed: Observation) -> Iterator[Finding]:  # noqa: ARG001
    """Yield when an error tells of the inside: a stack trace, SQL, a file path, a framework's debug page."""
    response = observed.exchange.response
    texts = list(_texts(response)) if response is not None and may_have_body(observed) else []
    for kind, pattern in INTERNALS:
        for pointer, text in texts:
            found = _given_away(pattern, text, observed.exchange.request)
            if found:
                yield observed.finding(
                    f"the body of a {observed.status} gives away {kind}: {short(found, 120)}",
                    evidence_pointer=pointer,
                    expected="an error that says nothing of the inside of the service",
                    seen=short(found, 120),
                    deviation=f"{observed.status} {kind}",
                )
                # A stack trace has paths and statements in it: it is one leak.
                return


def leaked_secret(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield for each secret in an answer: a known one, a hash, a private key, or a member that is for writing only."""
    body = list(_members(contract, observed))
    told: set[str] = set()
    for pattern, pointer, what in (*_secret_members(contract, body), *_secret_texts(observed, body)):
        if pointer in told or len(told) >= _MAXIMUM_FINDINGS:
            continue
        told.add(pointer)
        yield observed.finding(
            f"the body of a {observed.status} gives away {what} at {pointer or 'its top'}",
            evidence_pointer=pointer,
            evidence_pattern=pattern,
            expected="an answer without it",
            seen=what,
            deviation=f"{observed.status} {what}",
        )


def undeclared_response_field(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield for each member that no schema of the body declares, where none says that there may be others."""
    told: set[tuple[str, str]] = set()
    for member in _members(contract, observed):
        if not member.stray or (member.stray, member.name) in told or len(told) >= _MAXIMUM_FINDINGS:
            continue
        told.add((member.stray, member.name))
        yield observed.finding(
            f"the contract does not declare the member {short(member.name, 80)!r} of a {observed.status}",
            pointer=place(member.stray),
            evidence_pointer=member.pointer,
            evidence_pattern=member.pattern,
            expected="a declared member",
            seen="an undeclared one",
            deviation="undeclared",
        )


def _members(contract: Contract, observed: Observation) -> Iterator[Member]:
    """Yield the members of a successful JSON body, where the contract has a schema for it."""
    answer, body, content_type = described(observed)
    media_type = answer.media_type(content_type) if answer else None
    if observed.status is None or observed.status >= 300 or media_type is None or not is_json(content_type):
        return
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return
    yield from members(contract.library, media_type.schema, value)


def _secret_members(contract: Contract, body: list[Member]) -> Iterator[tuple[str, str, str]]:
    """Yield pattern, pointer and kind of each member of *body* that is a secret by its name or its schema."""
    for member in body:
        value = member.value
        if value is None or isinstance(value, bool) or (isinstance(value, str) and _BLANK.fullmatch(value)):
            continue
        place_ = (member.pattern, member.pointer)
        if any(
            part.get("writeOnly") is True for uri in member.schemas for part in parts(contract.library, uri)
        ):
            yield *place_, "a member that is for writing only"
        elif isinstance(value, str) and _HASH_NAME.fullmatch(member.name):
            yield *place_, "a password hash"
        elif isinstance(value, str) and member.stray and _PASSWORD_NAME.fullmatch(member.name):
            yield *place_, "a password or secret"


def _secret_texts(observed: Observation, body: list[Member]) -> Iterator[tuple[str, str, str]]:
    """Yield pattern, pointer and kind of each text that holds a secret by its value."""
    response = observed.exchange.response
    if response is None or not may_have_body(observed):
        return
    request = observed.exchange.request
    promised = {
        item.pointer
        for item in body
        if (item.schemas and _SECRET_NAME.search(item.name))
        or (not observed.operation.secured and _TOKEN_NAME.fullmatch(item.name))
    }
    texts = list(_texts(response))
    known = () if observed.status in _SHOWING_INPUT else tuple(_known(observed))
    # Nearly no answer has any of them: to look once is cheaper than in every text.
    together = "\n".join(text for _, text in texts)
    known = tuple(secret for secret in known if secret in together)
    patterns = {item.pointer: item.pattern for item in body}
    for pointer, text in texts:
        at = (patterns.get(pointer, ""), pointer)
        if _given_away(_HASH, text, request):
            yield *at, "a password hash"
        elif pointer not in promised and any(_holds(text, secret) for secret in known):
            yield *at, "a credential of a caller"
        elif pointer not in promised and _given_away(_PRIVATE_KEY, text, request):
            yield *at, "a private key"


def _known(observed: Observation) -> Iterator[str]:
    """Yield the secrets that nobody would write by chance: a password may be a word of the language.

    An error may not repeat the password of its own request either, as that form wrote it.
    """
    given = _asked_passwords(observed.exchange.request) if (observed.status or 0) >= FIRST_ERROR else ()
    for secret in (*observed.secrets, *given):
        if len(secret) >= _SHORTEST_SECRET and not secret.isalpha() and not secret.isdigit():
            yield secret


def _asked_passwords(request: Request) -> Iterator[str]:
    """Yield the passwords in a request that is a form or an object, plain and as they stand there."""
    content_type = request.header("content-type") or ""
    text = request.body[:MAXIMUM_TEXT].decode(errors="replace")
    if essence(content_type) == FORM:
        for name, _, value in (pair.partition("=") for pair in text.split("&")):
            if _PASSWORD_NAME.fullmatch(name):
                yield from (value, unquote_plus(value))
    elif is_json(content_type):
        with suppress(orjson.JSONDecodeError):
            value = orjson.loads(text)
            members_ = value.items() if isinstance(value, dict) else ()
            yield from (
                item for name, item in members_ if _PASSWORD_NAME.fullmatch(name) and isinstance(item, str)
            )


def _holds(text: str, secret: str) -> bool:
    """Tell whether *text* holds *secret*, and not as a part of a longer word."""
    at = text.find(secret)
    around = text[at - 1 : at] + text[at + len(secret) : at + len(secret) + 1]
    return at >= 0 and not any(character.isalnum() for character in around)


def _texts(response: Response) -> Iterator[tuple[str, str]]:
    """Yield the texts of a body: each string of a JSON one with its pointer, all of another that is text."""
    content_type = essence(response.header("content-type"))
    if is_json(content_type):
        try:
            yield from _strings(orjson.loads(response.body))
        except orjson.JSONDecodeError:
            pass
        else:
            return
    if (
        content_type.startswith("text/")
        or "xml" in content_type
        or "json" in content_type
        or not content_type
    ):
        yield "", html.unescape(response.body[:MAXIMUM_TEXT].decode(errors="replace"))


def _strings(value: Json) -> Iterator[tuple[str, str]]:
    waiting: list[tuple[str, Json]] = [("", value)]
    for pointer, item in waiting:
        if len(waiting) > _MAXIMUM_VALUES:
            return
        if isinstance(item, str):
            yield pointer, item[:MAXIMUM_TEXT]
        elif isinstance(item, dict):
            waiting.extend((join(pointer, name), below) for name, below in item.items())
        elif isinstance(item, list):
            waiting.extend((join(pointer, at), below) for at, below in enumerate(item))


def _given_away(pattern: re.Pattern[str], text: str, request: Request) -> str:
    """Return the first match of *pattern* in *text* that does not repeat what was asked, else nothing."""
    return next((match[0] for match in pattern.finditer(text) if _bare(match[0]) not in _asked(request)), "")


@lru_cache(maxsize=4)
def _asked(request: Request) -> str:
    """Return what the request says, in the spellings in which an answer may repeat it."""
    body = request.body[:MAXIMUM_TEXT].decode(errors="replace")
    said = [unquote_plus(request.url), body, unquote_plus(body), *(value for _, value in request.headers)]
    if is_json(request.header("content-type")):
        with suppress(orjson.JSONDecodeError):
            said.extend(text for _, text in _strings(orjson.loads(request.body)))
    return _bare("\n".join(said))


def _bare(text: str) -> str:
    """Return *text* without what changes when it is quoted."""
    return re.sub(r"[\s\\]+", "", text)


def _error(observed: Observation) -> bool:
    return observed.status is not None and observed.status >= FIRST_ERROR


def _answered(observed: Observation) -> bool:
    return observed.status is not None


def _successful(observed: Observation) -> bool:
    return observed.status is not None and observed.status < 300 and described(observed)[0] is not None


RULES = (
    Rule(function=leaked_internals, subject=Subject.ANSWER, when=_error, fault_code=209),
    Rule(function=leaked_secret, subject=Subject.ANSWER, when=_answered),
    Rule(
        function=undeclared_response_field, subject=Subject.ANSWER, severity=Severity.NOTE, when=_successful
    ),
)
