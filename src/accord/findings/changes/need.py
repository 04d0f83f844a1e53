"""What a schema asks of every object, so far as that is seen at once: members, and constants of some of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accord.contract.pointer import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Names of members that an object must have, and for some of them texts of which a text there is one."""

    members: frozenset[str] = frozenset()
    texts: tuple[tuple[str, frozenset[str]], ...] = ()

    def refuses(self, value: Mapping[str, Json]) -> bool:
        """Tell whether a member is missing, or has a text that is none of these."""
        for name, texts in self.texts:
            said = value.get(name)
            if isinstance(said, str) and said not in texts:
                return True
        return not self.members <= value.keys()


NOTHING = Need()


def need(schema: Mapping[str, Any]) -> Need:
    """Return what *schema* itself says so."""
    texts = [
        (name, frozenset(item for item in listed if isinstance(item, str)))
        for name, member in (schema.get("properties") or {}).items()
        if isinstance(member, dict)
        for listed in (member.get("enum"), [member["const"]] if "const" in member else None)
        if listed is not None
    ]
    return Need(members=frozenset(schema.get("required", ())), texts=tuple(texts))


def both(one: Need, other: Need) -> Need:
    """Return what two schemas ask that both hold."""
    if other is NOTHING:
        return one
    return Need(members=one.members | other.members, texts=(*one.texts, *other.texts))
