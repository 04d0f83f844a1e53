"""Schemas with no contract around them: bundles compared definition by definition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from accord.contract.library import Library, uri
from accord.contract.pointer import join
from accord.findings.changes.catalogue import severity_of
from accord.findings.changes.change import Change, Effect, Sender, Witness
from accord.findings.changes.decide import Comparison
from accord.findings.changes.fact import Spot, fact
from accord.findings.changes.node import Schemas
from accord.findings.changes.policy import Policy
from accord.findings.changes.prove import Root
from accord.findings.changes.walk import Pair

_DEFINITIONS = ("$defs", "definitions")
_KEYWORDS = frozenset(
    {"$ref", "type", "properties", "allOf", "anyOf", "oneOf", "enum", "const", "items", "not", "if"}
)


def compare_schemas(
    old: Library, new: Library, policy: Policy = Policy.OPEN, *, senders: Sequence[Sender] = tuple(Sender)
) -> tuple[Change, ...]:
    """Return every change between the schemas of two libraries, the breaking ones first.

    Who sends the values, a bundle does not say: without *senders*, each change is decided for both.
    """
    comparison = Comparison(old=Schemas(old), new=Schemas(new), policy=policy)
    before, after = dict(_schemas(old)), dict(_schemas(new))
    roots = [
        Root(name=name, pair=Pair(old=(before[name],), new=(after[name],), sender=sender))
        for name in before
        if name in after
        for sender in senders
    ]
    lonely = [
        _lonely(name, before.get(name, ""), after.get(name, ""))
        for name in dict.fromkeys((*before, *after))
        if (name in before) != (name in after)
    ]
    changes = map(severity_of, (*lonely, *comparison.changes(roots)))
    return tuple(sorted(changes, key=lambda item: (item.severity.rank, item.place)))


def _schemas(library: Library) -> Iterator[tuple[str, str]]:
    """Yield name and address of each document that is a schema, and of each of its definitions."""
    for name, document in library.documents.items():
        if _KEYWORDS & document.data.keys():
            yield name, uri(name)
        for keyword in _DEFINITIONS:
            definitions = document.data.get(keyword)
            for key in definitions if isinstance(definitions, dict) else ():
                # A definition means the same under either keyword.
                yield f"{name} {key}", uri(name, join("", keyword, key))


def _lonely(name: str, old: str, new: str) -> Change:
    spot = Spot(old=old, new=new, reaches=(name,))
    if new:
        return fact("added-definition", Effect.WIDENED, None, spot, new=name)
    witness = Witness(value=None, root=name, said=f"a reference to {name}")
    return fact("removed-definition", Effect.NARROWED, None, spot, old=name, witness=witness)
