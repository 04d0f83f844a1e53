"""What schemathesis is told of a run: the team's own settings, and what is accord's to say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accord.errors import ConfigurationError

# Schemathesis would apply these to some of the requests only.
_SAID_ELSEWHERE = {
    "seed": "the option --seed",
    "base-url": "the target of the command",
    "headers": "the option --header",
    "auth": "[tool.accord.identities]",
    "proxy": "a target that is reachable directly",
}


def configuration(settings: Mapping[str, Any], base_url: str, seed: int) -> dict[str, Any]:
    """Return *settings* with what is accord's to say: where the service is, the seed, that nothing is kept."""
    for key, instead in _SAID_ELSEWHERE.items():
        if key in settings:
            raise ConfigurationError(
                f"{key!r} is not schemathesis' to know",
                place="[tool.accord.schemathesis]",
                next_step=f"Use {instead}.",
            )
    generation = settings.get("generation", {})
    if isinstance(generation, Mapping):
        generation = {**generation, "database": "none"}
    own = {"seed": seed, "base-url": base_url, "generation": generation, "cache": {"enabled": False}}
    return {**settings, **own}
