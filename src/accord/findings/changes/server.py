"""Servers: the addresses at which a document, a path or an operation is promised to answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from accord.findings.changes.call import Call
from accord.findings.changes.change import Change, Effect, Sender
from accord.findings.changes.fact import Spot, fact
from accord.findings.changes.server_url import holder_of, is_among, possible


def changes(call: Call) -> Iterator[Change]:
    """Yield which addresses an operation no longer has, or newly has."""
    if call.asker is not Sender.CLIENT:
        # Of a callback, the client chooses the address.
        return
    before_at, before = holder_of(call.sides.old.library, call.old)
    after_at, after = holder_of(call.sides.new.library, call.new)
    spot = call.at(before_at, after_at)
    old, new = _all(before), _all(after)
    for effect, these, those in ((Effect.NARROWED, old, new), (Effect.WIDENED, new, old)):
        lost = sorted(url for url in these if not is_among(url, those))
        if lost:
            yield fact(
                "removed-server" if effect is Effect.NARROWED else "added-server",
                effect,
                Sender.CLIENT,
                spot,
                old=", ".join(sorted(old)) if effect is Effect.NARROWED else "",
                new=", ".join(sorted(new)) if effect is Effect.WIDENED else "",
                message=", ".join(lost),
                witness=call.witness(
                    effect, f"{call.name} at {lost[0] or '/'}", url=lost[0].replace("{}", "a")
                )
                if effect is Effect.NARROWED
                else None,
            )
    yield from _defaults(spot, before, after)


def _all(servers: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    return frozenset(url for server in servers for url in possible(server))


def _defaults(
    spot: Spot, old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]
) -> Iterator[Change]:
    known = {str(item.get("url")): item.get("variables") or {} for item in old}
    for server in new:
        before = known.get(str(server.get("url")), {})
        for name, variable in (server.get("variables") or {}).items():
            values = (before.get(name) or {}).get("default"), variable.get("default")
            if name in before and values[0] != values[1]:
                yield fact(
                    "changed-server-variable",
                    Effect.OTHER,
                    Sender.CLIENT,
                    spot,
                    message=name,
                    old=f"{name}: {values[0]}",
                    new=f"{name}: {values[1]}",
                    reason="both addresses are promised; who leaves the choice to the contract now goes elsewhere",
                )
