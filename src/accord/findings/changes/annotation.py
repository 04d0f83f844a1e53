"""What a schema says that no validator asks for: defaults, encodings, who sends a member.

No value shows such a change, so nothing proves that it breaks a client, and nothing that it does not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from accord.findings.changes.change import Effect, Sender
from accord.findings.changes.node import Conjunct, Shape
from accord.findings.changes.walk import Difference, Pair

_CONTENT = {
    "contentEncoding": "changed-content-encoding",
    "contentMediaType": "changed-content-media-type",
    "contentSchema": "changed-content-schema",
}


def unasked(pair: Pair, old: Shape, new: Shape) -> Iterator[Difference]:
    """Yield what two alternatives of one type say differently of their values."""
    if old.type == "string":
        for keyword, rule in _CONTENT.items():
            if _said(old, keyword) != _said(new, keyword):
                yield _differing(rule, keyword, old, new, "what a text holds is not asked for by validators")
    before, after = _said(old, "default"), _said(new, "default")
    # Only who receives a value fills in a default, and one that is told for the first time takes nothing back.
    if pair.sender is Sender.CLIENT and before and before != after:
        yield _differing(
            "changed-default", "default", old, new, "what stands for an absent value is seen in no value"
        )


def direction(pair: Pair, old: Shape, new: Shape, name: str) -> Iterator[Difference]:
    """Yield that the member called *name* is newly, or no longer, kept from being sent this way."""
    word, rule = (
        ("readOnly", "changed-read-only")
        if pair.sender is Sender.CLIENT
        else ("writeOnly", "changed-write-only")
    )
    before, after = _marked(old, name, word), _marked(new, name, word)
    if (before is None) == (after is None):
        return
    effect = Effect.NARROWED if before is None else Effect.WIDENED
    harmless = pair.sender is Sender.SERVER
    yield Difference(
        rule=rule,
        effect=effect,
        keyword=word,
        old_uri=before.below("properties", name, word) if before else old.uri,
        new_uri=after.below("properties", name, word) if after else new.uri,
        old=f"{word}: true" if before else "",
        new=f"{word}: true" if after else "",
        name=name,
        reason=""
        if harmless
        else "whether a member that should not be sent is refused or ignored is not said",
        opens=harmless,
        valueless=True,
    )


def _marked(shape: Shape, name: str, word: str) -> Conjunct | None:
    for conjunct, properties in shape.all("properties"):
        schema = properties.get(name)
        if isinstance(schema, dict) and schema.get(word) is True:
            return conjunct
    return None


def _said(shape: Shape, keyword: str) -> tuple[str, ...]:
    return tuple(sorted({json.dumps(value, sort_keys=True) for _, value in shape.all(keyword)}))


def _differing(rule: str, keyword: str, old: Shape, new: Shape, reason: str) -> Difference:
    return Difference(
        rule=rule,
        effect=Effect.OTHER,
        keyword=keyword,
        old_uri=old.at(keyword),
        new_uri=new.at(keyword),
        old=" and ".join(_said(old, keyword)),
        new=" and ".join(_said(new, keyword)),
        old_shape=old,
        new_shape=new,
        reason=reason,
        valueless=True,
    )
