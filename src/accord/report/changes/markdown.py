"""A changelog in Markdown for release notes: what breaks, what may, what is new, what else changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from accord.findings.changes.change import Verdict
from accord.findings.changes.result import Compared, Told
from accord.report.changes.words import (
    consequence,
    groups,
    is_growth,
    reached,
    shown_witness,
    title,
    used,
    verdict,
)
from accord.report.markup import code, text

_REACHES = 5


def render(compared: Compared) -> bytes:
    """Return *compared* as Markdown (CommonMark) in UTF-8; nothing of a contract is read as markup."""
    return ("\n".join(_lines(compared)).rstrip("\n") + "\n").encode("utf-8", "backslashreplace")


def _lines(compared: Compared) -> Iterator[str]:
    yield f"# {text(compared.old_title)} → {text(compared.new_title)}"
    yield ""
    yield f"{verdict(compared)} Suggested version bump: **{compared.bump}**. Policy: {compared.policy}."
    found = groups(compared.changes)
    sections = {
        "Breaking": [same for same in found if same[0].change.verdict is Verdict.BREAKING],
        "Perhaps breaking": [same for same in found if same[0].change.verdict is Verdict.UNPROVEN],
        "New": [same for same in found if is_growth(same[0].change)],
        "Other changes": [
            same for same in found if same[0].change.verdict is Verdict.SAFE and not is_growth(same[0].change)
        ],
    }
    for heading, causes in sections.items():
        if causes:
            yield from ("", f"## {heading}", "")
            for same in causes:
                yield from _item(same)


def _item(same: Sequence[Told]) -> Iterator[str]:
    told = same[0]
    change = told.change
    places = f" (at {len(same):,} places)" if len(same) > 1 else ""
    yield f"- {text(title(same))}{places} ({change.rule})"
    names = reached(same)
    more = f" and {len(names) - _REACHES:,} more" if len(names) > _REACHES else ""
    if names:
        yield f"  - Reaches {', '.join(code(name) for name in names[:_REACHES])}{more}"
    if change.verdict is Verdict.BREAKING and change.witness is not None:
        meaning = consequence(change)
        yield f"  - {meaning[:1].upper()}{meaning[1:]}: {code(shown_witness(change))}"
    if change.verdict is not Verdict.BREAKING and change.reason:
        yield f"  - {text(change.reason[:1].upper() + change.reason[1:])}"
    hits = f"hits {used(told)}" if told.usage is not None else ""
    for words in (hits, told.approval, told.expired):
        if words:
            yield f"  - {text(words[:1].upper() + words[1:])}"
