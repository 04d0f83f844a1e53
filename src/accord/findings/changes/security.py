"""Security requirements: each alternative as a set of schemes and scopes, so that what was enough still is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from accord.contract.contract import Contract
from accord.contract.openapi import Operation, requirements
from accord.findings.changes.call import Call, Sides
from accord.findings.changes.change import Change, Effect, Sender
from accord.findings.changes.fact import fact

_WORDS = ("description", "bearerFormat", "deprecated")
# (scheme, scope); the scope is empty for the scheme itself.
Alternative: TypeAlias = frozenset[tuple[str, str]]


def changes(call: Call) -> Iterator[Change]:
    """Yield that what was enough to be let in no longer is, or that less is enough."""
    names = renamed(call.sides)
    own = call.asker is Sender.CLIENT
    before = _alternatives(call.sides.old, call.old, {}, inherits=own)
    after = _alternatives(call.sides.new, call.new, names, inherits=own)
    for effect, these, those in ((Effect.NARROWED, before, after), (Effect.WIDENED, after, before)):
        lost = [item for item in these if not any(other <= item for other in those)]
        if lost:
            bare = [_schemes(item) for item in those]
            scoped = all(any(other <= _schemes(item) for other in bare) for item in lost)
            said = f"{call.name} with {_said(lost)}"
            yield fact(
                "changed-scopes" if scoped else "changed-security",
                effect,
                call.asker,
                call.spot,
                old=_said(before),
                new=_said(after),
                # No request shows for which scopes its token was given.
                witness=call.words(said)
                if scoped
                else call.witness(effect, said, schemes=_names(lost[0], call.asking({}, names))),
            )


def renamed(sides: Sides) -> Mapping[str, str]:
    """Return the old names of schemes that only have another name now."""
    old, new = sides.old.security_schemes, sides.new.security_schemes
    found: dict[str, str] = {}
    for name in new:
        if name not in old:
            same = [
                key
                for key in old
                if key not in new and meaning(old[key].definition) == meaning(new[name].definition)
            ]
            if same:
                found[name] = same[0]
    return found


def meaning(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a scheme counts: all but words for people; ``bearerFormat`` is a hint (4.8.27)."""
    said = {key: value for key, value in definition.items() if key not in _WORDS}
    if isinstance(said.get("scheme"), str):
        said["scheme"] = said["scheme"].lower()
    return {key: value for key, value in said.items() if not key.startswith("x-")}


def _alternatives(
    contract: Contract, operation: Operation, names: Mapping[str, str], *, inherits: bool
) -> list[Alternative]:
    listed = requirements(contract.library, contract.openapi or "", operation.uri, inherits=inherits)
    found = [
        frozenset(
            (names.get(name, name), scope) for name, scopes in item.items() for scope in ("", *(scopes or ()))
        )
        for item in listed
    ]
    return found or [frozenset()]


def _schemes(alternative: Alternative) -> Alternative:
    return frozenset((name, "") for name, _ in alternative)


def _names(alternative: Alternative, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return the schemes of *alternative*, of those in *names* the new name, where the old one is in it."""
    now = {old: new for new, old in names.items()}
    return tuple(sorted({now.get(name, name) for name, _ in alternative}))


def _said(alternatives: list[Alternative]) -> str:
    return " or ".join(_one(item) for item in alternatives)


def _one(alternative: Alternative) -> str:
    words = []
    for name in sorted({name for name, _ in alternative}):
        scopes = sorted(scope for key, scope in alternative if key == name and scope)
        words.append(f"{name} ({', '.join(scopes)})" if scopes else name)
    return " and ".join(words) or "no credential"
