"""How much each rule matters, as the settings have it: rules of verify and of compare alike."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from accord.config import Settings
from accord.errors import ConfigurationError
from accord.findings.finding import Severity

STRICT = ("undeclared-response-field",)
"""The rules whose findings are errors in a strict run, unless the settings give them a severity."""


def read_severities(settings: Settings) -> tuple[dict[str, Severity], frozenset[str]]:
    """Return the severities that *settings* override, and the rules that they switch off."""
    known = _known() if settings.rules else frozenset()
    severities = dict.fromkeys(STRICT, Severity.ERROR) if settings.strict else {}
    off: set[str] = set()
    for rule, value in settings.rules.items():
        place = f"[tool.accord.rules] {rule}"
        if rule not in known:
            advice = near(rule, known) or "See docs/rules for the ids."
            raise ConfigurationError(f"there is no rule {rule!r}", place=place, next_step=advice)
        if value == "off":
            off.add(rule)
        elif value in list(Severity):
            severities[rule] = Severity(value)
        else:
            raise ConfigurationError(
                f"{value!r} is not a severity", place=place, next_step="Use error, warning, note or off."
            )
    return severities, frozenset(off)


def _known() -> frozenset[str]:
    from accord.findings.catalogue import by_id  # noqa: PLC0415 - takes long, and few settings name a rule
    from accord.findings.changes.catalogue import CATALOGUE  # noqa: PLC0415

    return frozenset({*by_id(), *(item.id for item in CATALOGUE)})


def near(name: str, known: Iterable[str]) -> str:
    """Return the advice to take one of the *known* names that is nearly *name*; empty when none is."""
    near = get_close_matches(name, sorted(known), n=1)
    return f"Did you mean {near[0]!r}?" if near else ""
