"""Scripts of WebSocket sessions: what a client says, made from the rules of any channel."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import TypeAlias, cast

from accord.cases.credential import bearer, forgeries
from accord.contract import pointer as pointers
from accord.contract.asyncapi import Channel, Message
from accord.contract.library import Library
from accord.contract.pointer import Json
from accord.contract.session import Authentication, SessionRules

PATIENCE = 3.0
"""Seconds within which a server that has to answer or to close does so."""
LINGER = 0.3
"""Seconds for which a client stays where nothing has to happen."""
SILENCE = 15.0
"""Seconds for which a client stays silent at most, to see a time limit pass."""

GOOD, BAD = "good", "bad"
EXPIRY, SHUTDOWN, SLOW = "token-expired", "shutdown", "slow-reader"
LEGAL = frozenset({"open", "accepted-token", "silence", EXPIRY})
"""The names of the scripts in which a client keeps to the contract."""
_NO_IDENTITY = "no identity called 'default' is configured ([tool.accord.identities.default])"
_MAXIMUM_FRAME = 16 * 1024 * 1024
_DEEP = 50_000
_OF_HTTP_ONLY = ("no-token", "malformed-header")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """The access tokens at hand, as far as identities for them are configured."""

    good: str | None = None
    expired: str | None = None
    revoked: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Send one message: text as str, binary as bytes."""

    data: str | bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Hear:
    """Wait until one of the messages of these names has come."""

    names: tuple[str, ...]


Step: TypeAlias = Say | Hear


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What a client does in one session, and what then has to happen.

    ``cause`` is why the session ends, as ``closes`` of ``x-session`` calls it, and ``codes`` the
    close codes that may come; none where nothing is promised. ``seconds`` is how long the client
    waits for that, None for as long as a server that has to answer may take. ``token`` tells a good
    token from a bad one. ``rule`` is what the script is meant to show; one that cannot be played
    has a ``reason``.
    """

    name: str
    steps: tuple[Step, ...] = ()
    cause: str = ""
    codes: tuple[int, ...] = ()
    seconds: float | None = LINGER
    token: str = ""
    rule: str = "wrong-close-code"
    reason: str = ""


def scripts(
    library: Library,
    channel: Channel,
    rules: SessionRules | None,
    tokens: Tokens,
    *,
    silence: float = SILENCE,
) -> tuple[Script, ...]:
    """Return the scripts for *channel*, the longest last; names and order do not depend on *tokens*."""
    if rules is None:
        return (Script(name="open", rule="refused-handshake"),)
    return (
        *_authentications(library, channel, rules, tokens),
        *_malformed(library, channel, rules, tokens),
        *_unprovoked(rules),
        _silence(rules, silence),
    )


def authenticate(
    library: Library, channel: Channel, authentication: Authentication, token: str
) -> str | None:
    """Return the text of the authenticating message with *token*, None when none can be made."""
    value = example(library, channel.message(authentication.message))
    changed = _with(value, authentication.token, token)
    return None if changed is None else json.dumps(changed)


def example(library: Library, message: Message) -> Json:
    """Return a valid *message*: an example of the contract, or the least that its schema asks for.

    None when neither is valid.
    """
    _, definition = library.follow(message.uri)
    examples = definition.get("examples") if isinstance(definition, dict) else None
    given = [item.get("payload") for item in cast("list[Json]", examples or []) if isinstance(item, dict)]
    for value in [*given, _least(library, message.schema)]:
        if isinstance(value, dict) and library.validator(message.schema).is_valid(value):
            return value
    return None


def _authentications(
    library: Library, channel: Channel, rules: SessionRules, tokens: Tokens
) -> Iterator[Script]:
    authentication = rules.authentication
    if authentication is None:
        yield Script(name="open", rule="refused-handshake")
        return
    replies = Hear(names=(authentication.success, authentication.failure))

    def said(token: str) -> tuple[Step, ...]:
        text = authenticate(library, channel, authentication, token)
        return () if text is None else (Say(data=text), replies)

    unmade = "" if said("") else _unmade(authentication)
    missing = unmade or ("" if tokens.good else _NO_IDENTITY)
    rule = "refused-good-credential-on-socket"
    yield Script(name="accepted-token", steps=said(tokens.good or ""), token=GOOD, rule=rule, reason=missing)
    for name, token, reason in _bad_tokens(tokens):
        script = Script(name=name, steps=said(token or ""), token=BAD, reason=unmade or reason)
        rule = "accepted-bad-credential-on-socket"
        yield _ending(replace(script, rule=rule), rules, "authentication-failed")
    # Whether such a text is JSON is in dispute (RFC 8259, 8.2); it must not bring the service down.
    yield Script(name="unpaired-surrogate-token", steps=said("\ud800"), rule="crashed-session", reason=unmade)
    twice = (*said(tokens.good or ""), *said(tokens.good or "")[:1])
    script = Script(name="repeated-authentication", steps=twice, token=GOOD, reason=missing)
    yield _ending(script, rules, "repeated-authentication")


def _bad_tokens(tokens: Tokens) -> Iterator[tuple[str, str | None, str]]:
    yield "empty-token", "", ""
    good = bearer(tokens.good or "none")
    for forgery in forgeries(good, expired=tokens.expired, revoked=tokens.revoked):
        if forgery.name in _OF_HTTP_ONLY:
            continue
        header = forgery.credential.headers.get("Authorization", "") if forgery.credential else ""
        made_of_good = forgery.credential is None and forgery.name in ("other-signature", "unsigned")
        reason = _NO_IDENTITY if made_of_good and not tokens.good else forgery.reason
        yield forgery.name, header.removeprefix("Bearer "), reason


def _unmade(authentication: Authentication) -> str:
    return f"no valid {authentication.message} can be made from the contract"


def _ending(script: Script, rules: SessionRules, cause: str) -> Script:
    codes = rules.closes.get(cause, ())
    return replace(script, cause=cause, codes=codes, seconds=None if codes else LINGER)


def _malformed(library: Library, channel: Channel, rules: SessionRules, tokens: Tokens) -> Iterator[Script]:
    frames = tuple(bad_frames(library, channel, rules))
    for name, data, cause in frames:
        yield _ending(Script(name=name, steps=(Say(data=data),)), rules, cause)
    authentication = rules.authentication
    if authentication is None:
        return
    text = authenticate(library, channel, authentication, tokens.good or "")
    reason = _unmade(authentication) if text is None else "" if tokens.good else _NO_IDENTITY
    first = (Say(data=text or ""), Hear(names=(authentication.success, authentication.failure)))
    for name, data, cause in frames:
        script = Script(
            name=f"authenticated-{name}", steps=(*first, Say(data=data)), token=GOOD, reason=reason
        )
        yield _ending(script, rules, cause)


def bad_frames(
    library: Library, channel: Channel, rules: SessionRules
) -> Iterator[tuple[str, str | bytes, str]]:
    """Yield frames that no server understands: a name, the payload, the cause of the end."""
    messages = channel.sent_by_client()
    name = rules.authentication.message if rules.authentication else messages[0].name if messages else None
    whole = example(library, channel.message(name)) if name else None
    value: dict[str, Json] = whole if isinstance(whole, dict) else {}
    text = json.dumps(value)
    malformed = "malformed-message"
    yield "empty-frame", "", malformed
    yield "bad-json", text[:-1], malformed
    yield "not-a-number", f'{text[:-1]}{", " if value else ""}"accord": NaN}}', malformed
    yield "deep-json", "[" * min(_DEEP, rules.maximum_bytes or _DEEP), malformed
    for kind, changed in _changed(channel, rules, name, value):
        if not any(library.validator(message.schema).is_valid(changed) for message in messages):
            yield kind, json.dumps(changed), malformed
    yield "binary-frame", text.encode(), "binary-frame"
    if rules.maximum_bytes is not None and rules.maximum_bytes <= _MAXIMUM_FRAME:
        yield (
            "oversized-frame",
            text[:-1] + " " * (rules.maximum_bytes + 1 - len(text)) + "}",
            "message-too-big",
        )


def _changed(
    channel: Channel, rules: SessionRules, name: str | None, value: dict[str, Json]
) -> Iterator[tuple[str, Json]]:
    yield "not-an-object", [value]
    tag = channel.message(name).discriminant if name else None
    if tag is not None and isinstance(value.get(tag), str):
        yield f"unknown-{tag}", {**value, tag: "accord-unknown"}
        yield f"missing-{tag}", {key: item for key, item in value.items() if key != tag}
        yield f"null-{tag}", {**value, tag: None}
        yield f"wrong-case-{tag}", {**value, tag: cast("str", value[tag]).swapcase()}
    if rules.authentication:
        yield "missing-token", _with(value, rules.authentication.token, None, remove=True)
        yield "numeric-token", _with(value, rules.authentication.token, 1)


def _unprovoked(rules: SessionRules) -> Iterator[Script]:
    if rules.heartbeat:
        yield Script(name="heartbeat", codes=rules.heartbeat, reason="accord answers every ping")


def _silence(rules: SessionRules, allowed: float) -> Script:
    limit = rules.states[rules.initial].timeout
    if limit is None:
        return Script(name="silence")
    reason = f"the time limit of {limit.seconds:g} s is longer than the {allowed:g} s that a run waits"
    return Script(
        name="silence",
        cause="authentication-timeout" if rules.authentication else "timeout",
        codes=tuple(dict.fromkeys((limit.close, *rules.closes.get("authentication-timeout", ())))),
        seconds=limit.seconds,
        rule="missing-close",
        reason=reason if limit.seconds > allowed else "",
    )


def _with(value: Json, pointer: str, new: Json, *, remove: bool = False) -> Json:
    """Return a copy of *value* with *new* at *pointer*, or nothing there; None where nothing can stand."""
    copied = deepcopy(value)
    *above, last = pointers.tokens(pointer) or ("",)
    try:
        parent = pointers.lookup(copied, pointers.join("", *above))
    except LookupError:
        return None
    if not isinstance(parent, dict):
        return None
    if remove:
        parent.pop(last, None)
    else:
        parent[last] = new
    return copied


def _least(library: Library, uri: str, depth: int = 8) -> Json:
    """Return the required members of the schema at *uri*: constants, else an empty value of the type."""
    address, schema = library.follow(uri)
    if not isinstance(schema, dict) or not depth:
        return None
    if "const" in schema:
        return schema["const"]
    values = schema.get("enum")
    if isinstance(values, list) and values:
        return values[0]
    if "properties" not in schema:
        kind = schema.get("type")
        empty: dict[str, Json] = {"string": "", "integer": 0, "number": 0, "boolean": False, "array": []}
        return empty.get(str(kind))
    properties = cast("dict[str, Json]", schema["properties"])
    return {
        name: _least(library, address + pointers.join("/properties", name), depth - 1)
        for name in cast("list[str]", schema.get("required", []))
        if name in properties
    }
