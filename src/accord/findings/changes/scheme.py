"""Security schemes: how a credential is got and shown (OpenAPI 3.1, 4.8.27)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from accord.contract.openapi import SecurityScheme
from accord.findings.changes.call import Call, Sides
from accord.findings.changes.change import Change, Effect, Sender, Witness
from accord.findings.changes.fact import Spot, fact
from accord.findings.changes.security import meaning, renamed
from accord.findings.changes.sunset import announcements

_REASON = "whether the old address still answers, no contract says"
_URLS = ("authorizationUrl", "deviceAuthorizationUrl", "tokenUrl", "refreshUrl")


def changes(sides: Sides, calls: list[Call]) -> Iterator[Change]:
    """Yield how the schemes are defined otherwise, each with the operations that ask for it."""
    names = renamed(sides)
    for name, new in sides.new.security_schemes.items():
        old = sides.old.security_schemes.get(names.get(name, name))
        if old is not None:
            users = [call for call in calls if any(old.name in group for group in call.old.security)]
            yield from _both(old, new, users)


def _both(old: SecurityScheme, new: SecurityScheme, users: list[Call]) -> Iterator[Change]:
    before, after = meaning(old.definition), meaning(new.definition)
    spot = Spot(
        old=old.uri,
        new=new.uri,
        reaches=tuple(call.name for call in users) or (f"security scheme {old.name}",),
    )
    yield from announcements(spot, old.definition, new.definition)
    shown = tuple(_shown(item) for item in (before, after))
    if shown[0] != shown[1]:
        # A scheme that no operation asks for opens nothing, so nobody can miss it.
        witness = (
            users[0].witness(Effect.NARROWED, f"{users[0].name} with {shown[0]}", schemes=(old.name,))
            if users
            else None
        )
        yield fact(
            "changed-security-scheme",
            Effect.OTHER,
            Sender.CLIENT,
            spot,
            message=old.name,
            old=shown[0],
            new=shown[1],
            witness=witness,
            allowed="" if users else "no operation asks for it",
        )
        return
    for keyword in ("openIdConnectUrl", "oauth2MetadataUrl"):
        urls = tuple(str(item.get(keyword, "")) for item in (before, after))
        if urls[0] != urls[1]:
            yield _moved(spot, old.name, keyword, *urls)
    yield from _flows(spot, old.name, before.get("flows") or {}, after.get("flows") or {})


def _shown(definition: Mapping[str, Any]) -> str:
    """Return how the credential is shown in a request."""
    kind = str(definition.get("type"))
    if kind == "apiKey":
        return f"apiKey in {definition.get('in')} {definition.get('name')}"
    return f"http {definition.get('scheme')}" if kind == "http" else kind


def _flows(spot: Spot, name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for flow in dict.fromkeys((*old, *new)):
        mine, theirs = old.get(flow), new.get(flow)
        if mine is None or theirs is None:
            effect = Effect.NARROWED if theirs is None else Effect.WIDENED
            yield fact(
                "changed-flow",
                effect,
                Sender.CLIENT,
                spot,
                message=name,
                old=", ".join(old),
                new=", ".join(new),
                witness=Witness(value=None, root=name, said=f"a token got by the flow {flow}"),
            )
            continue
        for keyword in _URLS:
            if mine.get(keyword) != theirs.get(keyword):
                yield _moved(spot, name, keyword, str(mine.get(keyword, "")), str(theirs.get(keyword, "")))
        yield from _scopes(spot, name, flow, mine, theirs)


def _scopes(
    spot: Spot, name: str, flow: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[Change]:
    before, after = (set(item.get("scopes") or {}) for item in (old, new))
    for effect, lost in ((Effect.NARROWED, before - after), (Effect.WIDENED, after - before)):
        if lost:
            yield fact(
                "changed-flow-scopes",
                effect,
                Sender.CLIENT,
                spot,
                message=name,
                old=", ".join(sorted(before)),
                new=", ".join(sorted(after)),
                witness=Witness(
                    value=None, root=name, said=f"a token for {min(lost)} asked for by the flow {flow}"
                ),
            )


def _moved(spot: Spot, name: str, keyword: str, old: str, new: str) -> Change:
    return fact(
        "changed-flow-address",
        Effect.OTHER,
        Sender.CLIENT,
        spot,
        message=name,
        old=f"{keyword}: {old}",
        new=f"{keyword}: {new}",
        reason=_REASON,
    )
