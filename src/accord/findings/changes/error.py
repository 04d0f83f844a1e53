"""What an error looks like, whichever operation gives it: ``x-errors`` in both contracts."""

from __future__ import annotations

from collections.abc import Iterator

from accord.findings.changes.call import Sides
from accord.findings.changes.change import Change, Effect, Sender, Witness
from accord.findings.changes.fact import Spot, fact
from accord.findings.changes.prove import Root
from accord.findings.changes.walk import Pair


def changes(sides: Sides) -> Iterator[Change | Root]:
    """Yield which errors are described no longer, or newly, and the roots of their schemas."""
    old, new = sides.old.errors, sides.new.errors
    for status in dict.fromkeys((*old, *new)):
        before, after = old.get(status), new.get(status)
        name = f"error {status}"
        spot = Spot(old=before.uri if before else "", new=after.uri if after else "", reaches=(name,))
        if before is None or after is None:
            # What is described no longer may look like anything.
            effect = Effect.WIDENED if after is None else Effect.NARROWED
            yield fact(
                "changed-error",
                effect,
                Sender.SERVER,
                spot,
                message=status,
                old="described" if before else "anything",
                new="described" if after else "anything",
                witness=Witness(value=None, root=name, said=f"an answer {status} with any body"),
            )
            continue
        types = before.media_types[0], after.media_types[0]
        if types[0].name.lower() != types[1].name.lower():
            yield fact(
                "changed-response-media-type",
                Effect.OTHER,
                Sender.SERVER,
                spot,
                message=types[1].name,
                old=types[0].name,
                new=types[1].name,
                witness=Witness(
                    value=None, root=name, said=f"an answer {status} with Content-Type: {types[1].name}"
                ),
            )
        nodes = tuple((item.schema,) if item.schema else () for item in types)
        yield Root(name=name, pair=Pair(old=nodes[0], new=nodes[1], sender=Sender.SERVER))
