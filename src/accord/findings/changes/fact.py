"""Facts: what two contracts say otherwise of one thing beside its schemas, and what that does to a client."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from accord.contract import library as libraries
from accord.findings.changes.change import Change, Effect, Sender, Verdict, Witness, breaks


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a fact stands in the two contracts, as addresses, empty where one has nothing, and what it reaches."""

    old: str = ""
    new: str = ""
    reaches: tuple[str, ...] = ()

    def at(self, old: str | None = None, new: str | None = None) -> Spot:
        """Return the same with other addresses."""
        return replace(self, old=self.old if old is None else old, new=self.new if new is None else new)


def fact(  # noqa: PLR0913 - the parts of one value
    rule: str,
    effect: Effect,
    sender: Sender | None,
    spot: Spot,
    *,
    old: str = "",
    new: str = "",
    message: str = "",
    witness: Witness | None = None,
    reason: str = "",
    allowed: str = "",
) -> Change:
    """Return a change with the verdict that its effect, its sender and what is known of it lead to.

    *witness* shows what one side takes and the other refuses; *reason* says why nothing does; with
    *allowed*, the policy lets it pass for that reason. What nobody sends (*sender* None) can only be lost.
    """
    harmful = (
        effect is not Effect.WIDENED if sender is None else effect is Effect.OTHER or breaks(effect, sender)
    )
    if not harmful or allowed:
        verdict, said = Verdict.SAFE, allowed
    elif witness is not None:
        verdict, said = Verdict.BREAKING, ""
    else:
        verdict, said = Verdict.UNPROVEN, reason
    return Change(
        rule=rule,
        effect=effect,
        verdict=verdict,
        sender=sender,
        old_place=_place(spot.old),
        new_place=_place(spot.new),
        message=message,
        old=old,
        new=new,
        reaches=spot.reaches,
        witness=witness if verdict is Verdict.BREAKING else None,
        reason=said,
    )


def merged(facts: Iterable[Change]) -> tuple[Change, ...]:
    """Return *facts*, those that say the same of the same places made one with all that they reach."""
    told: dict[tuple[object, ...], Change] = {}
    for item in facts:
        key = (
            item.rule,
            item.effect,
            item.verdict,
            item.sender,
            item.old_place,
            item.new_place,
            item.old,
            item.new,
        )
        before = told.get(key)
        told[key] = item if before is None else _joined(before, item)
    return tuple(told.values())


def _joined(first: Change, second: Change) -> Change:
    return replace(first, reaches=tuple(dict.fromkeys((*first.reaches, *second.reaches))))


def _place(address: str) -> str:
    return libraries.place(address) if address else ""
