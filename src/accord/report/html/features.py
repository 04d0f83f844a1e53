"""What of each schema was seen, as a tree: definitions, their properties, and the values that those can have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from accord.findings.result import Feature
from accord.report.text import count

# A browser holds as many well; a JSON report has all.
MAXIMUM_FEATURES = 4_000


@dataclass(slots=True, kw_only=True)
class Branch:
    """A definition, a property or one of its values: how much of it was ``seen`` of how much in ``total``."""

    label: str
    words: str = ""
    seen: int = 0
    total: int = 0
    below: dict[str, Branch] = field(default_factory=dict)

    @property
    def look(self) -> str:
        """Return the class of the style."""
        return "good" if self.seen == self.total else "warning" if self.seen else "idle"


def tree(features: Sequence[Feature]) -> list[Branch]:
    """Return a branch for each definition, of very many features the first."""
    roots: dict[str, Branch] = {}
    for feature in features[:MAXIMUM_FEATURES]:
        seen = bool(feature.answers or feature.messages)
        above = roots.setdefault(feature.owner, Branch(label=feature.owner))
        for branch in _way(above, feature):
            branch.total += 1
            branch.seen += seen
        branch.words = words(feature)
    return list(roots.values())


def _way(branch: Branch, feature: Feature) -> Iterator[Branch]:
    """Yield the branches from the definition to the feature, made where they are missing."""
    yield branch
    steps = [(name, "each item" if name == "*" else name) for name in feature.path.split(".") if feature.path]
    if feature.kind != "property":
        sign = {"member": "= ", "branch": "as "}.get(feature.kind, "")
        steps.append((f"{feature.kind} {feature.value}", f"{sign}{feature.value}"))
    for key, label in steps:
        branch = branch.below.setdefault(key, Branch(label=label))
        yield branch


def words(feature: Feature) -> str:
    """Return where *feature* was seen, or that it was not."""
    told = [
        count(number, noun)
        for number, noun in ((feature.answers, "answer"), (feature.messages, "message"))
        if number
    ]
    return " and ".join(told) or "never"
