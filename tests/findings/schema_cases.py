"""Cases with known answers: two schemas, and what a comparison has to say of them by who sends the values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from accord.contract.dialect import modernise
from accord.contract.document import Document
from accord.contract.library import Library, uri
from accord.findings.changes.change import Change, Sender
from accord.findings.changes.decide import Comparison
from accord.findings.changes.node import Schemas
from accord.findings.changes.policy import Policy
from accord.findings.changes.prove import Root
from accord.findings.changes.walk import Pair

FOLDER = Path(__file__).parent / "changes" / "schemas"


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaCase:
    """One pair; ``expected`` holds "verdict rule effect" of each change that a sender meets."""

    name: str
    old: Any
    new: Any
    policy: Policy
    expected: dict[Sender, list[str]]


def read_cases() -> Iterator[SchemaCase]:
    """Yield every case of the folder."""
    for path in sorted(FOLDER.glob("*.yaml")):
        for item in yaml.safe_load(path.read_text(encoding="utf-8")):
            sides = {
                side: modernise(item[side]) if item.get(f"{side}_dialect") == "3.0" else item[side]
                for side in ("old", "new")
            }
            yield SchemaCase(
                name=f"{path.stem}: {item['case']}",
                old=sides["old"],
                new=sides["new"],
                policy=Policy(item.get("policy", "open")),
                expected={sender: sorted(item[sender]) for sender in Sender},
            )


def library_of(schema: Any) -> Library:
    """Return a library of one document, the *schema* itself."""
    return Library(documents={"schema.yaml": Document(name="schema.yaml", data=schema, text="")})


def changes_of(old: Any, new: Any, sender: Sender, policy: Policy = Policy.OPEN) -> tuple[Change, ...]:
    """Return what changed between two schemas of a body that *sender* sends."""
    comparison = Comparison(old=Schemas(library_of(old)), new=Schemas(library_of(new)), policy=policy)
    root = (uri("schema.yaml"),)
    return tuple(comparison.changes([Root(name="body", pair=Pair(old=root, new=root, sender=sender))]))


def told(changes: Sequence[Change]) -> list[str]:
    """Return *changes* in the words of a case."""
    return sorted(f"{item.verdict} {item.rule} {item.effect}" for item in changes)
