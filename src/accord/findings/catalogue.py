"""The catalogue: every rule that accord can hold against a service."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points

from accord.errors import ConfigurationError
from accord.findings.checks import (
    declaration,
    envelope,
    frame,
    judged,
    law_kept,
    law_list,
    law_pair,
    law_thing,
    law_write,
    leak,
    message,
    model,
    promise,
    reach,
    refusal,
    response,
    schema,
    session,
    step,
    tenant,
    traffic_absence,
    traffic_breach,
    traffic_stranger,
    union,
)
from accord.findings.rule import Rule

GROUP = "accord.rules"

CATALOGUE: tuple[Rule, ...] = (
    *response.RULES,
    *envelope.RULES,
    *leak.RULES,
    *judged.RULES,
    *refusal.RULES,
    *tenant.RULES,
    *law_list.RULES,
    *law_thing.RULES,
    *law_kept.RULES,
    *law_write.RULES,
    *law_pair.RULES,
    *step.RULES,
    *message.RULES,
    *session.RULES,
    *frame.RULES,
    *model.RULES,
    *reach.RULES,
    *union.RULES,
    *schema.RULES,
    *promise.RULES,
    *declaration.RULES,
    *traffic_breach.RULES,
    *traffic_stranger.RULES,
    *traffic_absence.RULES,
)


@cache
def rules() -> tuple[Rule, ...]:
    """Return the catalogue and the rules of others, from the entry points of the group ``accord.rules``.

    An entry point names one ``Rule``. Raises ``ConfigurationError`` for one that does not load, is
    no rule, or has the id of another.
    """
    found = {rule.id: rule for rule in CATALOGUE}
    for entry in sorted(entry_points(group=GROUP), key=lambda item: item.name):
        place = f"entry point {entry.name} of {GROUP}"
        try:
            rule = entry.load()
        except Exception as error:
            raise ConfigurationError(
                f"cannot be loaded: {type(error).__name__}: {error}", place=place
            ) from error
        if not isinstance(rule, Rule):
            raise ConfigurationError(
                "is not a rule", place=place, next_step="Decorate the function with accord.rule."
            )
        if rule.id in found:
            raise ConfigurationError(f"rule {rule.id!r} exists already", place=place, next_step="Rename it.")
        found[rule.id] = rule
    return tuple(found.values())


def by_id() -> dict[str, Rule]:
    """Return every rule by its id."""
    return {rule.id: rule for rule in rules()}
