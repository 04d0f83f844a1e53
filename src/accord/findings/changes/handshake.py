"""How a connection to a channel is opened: where, by which method, with what query, headers and credentials."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from accord.contract.asyncapi import Channel
from accord.contract.contract import Contract
from accord.contract.library import Library, split, uri
from accord.contract.pointer import join
from accord.findings.changes.call import Sides
from accord.findings.changes.change import Change, Effect, Sender, Witness
from accord.findings.changes.fact import Spot, fact
from accord.findings.changes.prove import Root
from accord.findings.changes.security import meaning
from accord.findings.changes.server_url import address_of, is_among, possible
from accord.findings.changes.walk import Pair

_METHOD = "GET"
"""What a handshake asks with where nothing is said (RFC 6455, 4.1)."""
_CHOICE = "both values are promised; who leaves the choice to the contract now goes elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Door:
    """One channel of one contract."""

    library: Library
    document: str
    channel: Channel

    def objects(self, at: str, key: str) -> dict[str, tuple[str, dict[str, Any]]]:
        """Return address and members of each object below *key* of the object at *at*, by name or index."""
        value = self.library.object(at)[1].get(key)
        if not isinstance(value, dict | list):
            return {}
        names = list(value) if isinstance(value, dict) else list(map(str, range(len(value))))
        return {name: self.library.object(join(f"{self.library.object(at)[0]}", key, name)) for name in names}

    @property
    def parameters(self) -> dict[str, tuple[str, dict[str, Any]]]:
        return self.objects(self.channel.uri, "parameters")

    @property
    def binding(self) -> tuple[str, dict[str, Any]]:
        """Return address and members of what is said of the handshake."""
        return self.objects(self.channel.uri, "bindings").get("ws", (self.channel.uri, {}))

    @property
    def servers(self) -> tuple[str, dict[str, tuple[str, dict[str, Any]]]]:
        """Return where its servers are listed, and them: all of the document where it names none (3.0, 4.1.7)."""
        own = self.objects(self.channel.uri, "servers")
        if own:
            return f"{self.channel.uri}/servers", own
        return f"{uri(self.document)}/servers", self.objects(uri(self.document), "servers")

    @property
    def credentials(self) -> dict[str, str]:
        """Return what lets a client in, one of which is enough, by what it means, and how it is told."""
        found: dict[str, str] = {}
        for at, _ in self.servers[1].values():
            for _, scheme in self.objects(at, "security").values():
                said = {key: value for key, value in meaning(scheme).items() if key != "scopes"}
                scopes = sorted(map(str, scheme.get("scopes") or ()))
                text = " ".join((str(scheme.get("type")), *scopes))
                found[json.dumps([said, scopes], sort_keys=True)] = text
        return found


def changes(sides: Sides, spot: Spot, old: Channel, new: Channel) -> Iterator[Change | Root]:
    """Yield how the connection to a channel is opened otherwise, and the roots of what is sent with it."""
    before, after = _door(sides.old, old), _door(sides.new, new)
    if before is None or after is None:
        return
    yield from _servers(spot, before, after)
    yield from _credentials(spot, before, after)
    yield from _parameters(spot, before, after)
    yield from _binding(spot, before, after)


def _door(contract: Contract, channel: Channel) -> _Door | None:
    document = split(channel.uri)[0]
    if contract.asyncapi is None:
        return None
    return _Door(library=contract.library, document=document, channel=channel)


def _witness(spot: Spot, said: str) -> Witness:
    return Witness(value=None, root=", ".join(spot.reaches), said=said)


def _servers(spot: Spot, before: _Door, after: _Door) -> Iterator[Change]:
    """Yield at which hosts a channel is promised no longer, or newly, and what is chosen for it otherwise."""
    (old_at, old), (new_at, new) = before.servers, after.servers
    here = spot.at(old_at, new_at)
    urls = _urls(old), _urls(new)
    for effect, rule, these, those in (
        (Effect.NARROWED, "removed-server", urls[0], urls[1]),
        (Effect.WIDENED, "added-server", urls[1], urls[0]),
    ):
        lost = sorted(url for url in these if not is_among(url, those))
        # A document without servers says nothing of where it is served.
        if lost and all(urls):
            yield fact(
                rule,
                effect,
                Sender.CLIENT,
                here,
                old=", ".join(sorted(urls[0])) if effect is Effect.NARROWED else "",
                new=", ".join(sorted(urls[1])) if effect is Effect.WIDENED else "",
                message=", ".join(lost),
                witness=Witness(value=None, root="servers", said=f"a connection to {lost[0]}"),
            )
    known = {address_of(item): item for _, item in old.values()}
    for _, server in new.values():
        earlier = known.get(address_of(server), {}).get("variables") or {}
        for name, variable in (server.get("variables") or {}).items():
            values = (earlier.get(name) or {}).get("default"), variable.get("default")
            if name in earlier and values[0] != values[1]:
                yield _chosen("changed-server-variable", here, name, *values)


def _urls(servers: Mapping[str, tuple[str, dict[str, Any]]]) -> frozenset[str]:
    return frozenset(
        url
        for _, item in servers.values()
        for url in possible({"url": address_of(item), "variables": item.get("variables")})
    )


def _chosen(rule: str, spot: Spot, name: str, old: Any, new: Any) -> Change:
    return fact(
        rule,
        Effect.OTHER,
        Sender.CLIENT,
        spot,
        message=name,
        old=f"{name}: {old}",
        new=f"{name}: {new}",
        reason=_CHOICE,
    )


def _credentials(spot: Spot, before: _Door, after: _Door) -> Iterator[Change]:
    """Yield that what was enough to be let in no longer is, or that something else is."""
    old, new = before.credentials, after.credentials
    here = spot.at(before.servers[0], after.servers[0])
    for effect, these, those in ((Effect.NARROWED, old, new), (Effect.WIDENED, new, old)):
        # Where nothing is asked for, every credential is enough.
        lost = [text for key, text in these.items() if key not in those] if those else []
        lost += ["no credential"] if those and not these else []
        if lost:
            yield fact(
                "changed-security",
                effect,
                Sender.CLIENT,
                here,
                old=" or ".join(old.values()) or "no credential",
                new=" or ".join(new.values()) or "no credential",
                witness=_witness(spot, f"a connection with {lost[0]}"),
            )


def _parameters(spot: Spot, before: _Door, after: _Door) -> Iterator[Change]:
    """Yield which values in the address are no longer promised, or newly."""
    # Names of parameters are on no wire: they are the same where they stand at the same place.
    for (_, (old_at, old)), (name, (new_at, new)) in zip(_in_order(before), _in_order(after), strict=False):
        here = spot.at(old_at, new_at)
        values = [[str(item) for item in data.get("enum") or ()] for data in (old, new)]
        ways = ((Effect.NARROWED, values[0], values[1]), (Effect.WIDENED, values[1], values[0]))
        for effect, these, those in ways:
            lost = [item for item in these or ["any other value"] if item not in those] if those else []
            if lost:
                yield fact(
                    "changed-channel-parameter",
                    effect,
                    Sender.CLIENT,
                    here,
                    message=name,
                    old=", ".join(values[0]) or "any value",
                    new=", ".join(values[1]) or "any value",
                    witness=_witness(
                        spot, f"a connection to {before.channel.address} with {name}: {lost[0]}"
                    ),
                )
        if old.get("default") != new.get("default"):
            yield _chosen("changed-channel-parameter", here, name, old.get("default"), new.get("default"))


def _in_order(door: _Door) -> list[tuple[str, tuple[str, dict[str, Any]]]]:
    return sorted(door.parameters.items(), key=lambda item: door.channel.address.find(f"{{{item[0]}}}"))


def _binding(spot: Spot, before: _Door, after: _Door) -> Iterator[Change | Root]:
    """Yield what the handshake is asked with, and the roots of its query and headers."""
    (old_at, old), (new_at, new) = before.binding, after.binding
    methods = [str(data.get("method") or _METHOD) for data in (old, new)]
    if methods[0] != methods[1]:
        yield fact(
            "changed-handshake",
            Effect.OTHER,
            Sender.CLIENT,
            spot.at(old_at, new_at),
            old=methods[0],
            new=methods[1],
            witness=_witness(spot, f"{methods[0]} {before.channel.address}"),
        )
    for key in ("query", "headers"):
        if key in old or key in new:
            yield Root(
                name=f"{', '.join(spot.reaches)} handshake {key}",
                pair=Pair(
                    old=(f"{old_at}/{key}",) if key in old else (),
                    new=(f"{new_at}/{key}",) if key in new else (),
                    sender=Sender.CLIENT,
                ),
            )
