"""The words in which every report tells a change: what it is, where it stands, what it does to a client."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from urllib.parse import urlsplit

from accord.contract import pointer as pointers
from accord.exchange.reproduce import curl
from accord.findings.changes.change import Change, Effect, Sender, Verdict
from accord.findings.changes.result import Bump, Compared, Told
from accord.report.text import count

MAXIMUM_WITNESS = 2_000
MAXIMUM_CLIENTS = 5
LONGEST_WHOLE = 400
"""Of a longer witness, the part that makes the difference is shown; the JSON report has all of it."""

VERSION = {
    Bump.MAJOR: "raise the major version",
    Bump.MINOR: "raise the minor version",
    Bump.PATCH: "raise the patch version",
    Bump.NONE: "nothing asks for a new one",
}


def headline(change: Change, name: str = "") -> str:
    """Return what changed in one line, without its rule: ``kind: "a, b" became "a"``.

    *name* is what it is about, where the change itself does not say so.
    """
    name = change.message or name
    known = any(text == name or text.startswith(f"{name} ") for text in (change.old, change.new))
    about = f"{name}: " if name and not known else ""
    if change.old and change.new:
        return f"{about}{change.old} became {change.new}"
    if change.new:
        return f"{about}{change.new} is new"
    return f"{about}{change.old} is gone" if change.old else change.message or change.rule


def title(same: Sequence[Told]) -> str:
    """Return the headline of a cause, with the member or definition that all changes of it are in."""
    around = {_subject(told.change) for told in same}
    return headline(same[0].change, around.pop() if len(around) == 1 else "")


def _subject(change: Change) -> str:
    """Return the member or definition that *change* is in, by its place; empty outside of schemas."""
    _, _, pointer = change.place.partition("#")
    steps = [pointers.unescape(step) for step in pointer.split("/")]
    named = [
        name for word, name in pairwise(steps) if word in {"properties", "schemas", "$defs", "definitions"}
    ]
    return named[-1] if named else ""


def direction(change: Change) -> str:
    """Return its effect and who sends what it is about."""
    if change.sender is None:
        return str(change.effect)
    return f"{change.effect}, sent by the {change.sender}"


def consequence(change: Change) -> str:
    """Return what a break does to a client that is out there; empty for what is no proven break."""
    if change.verdict is not Verdict.BREAKING or change.witness is None:
        return ""
    if change.witness.means:
        return change.witness.means
    if change.sender is Sender.SERVER:
        return "a client that reads all that was promised until now meets this tomorrow"
    return "a client that sends this today is refused tomorrow"


def shown_witness(change: Change) -> str:
    """Return the witness in one line; empty without one."""
    witness = change.witness
    if witness is None:
        return ""
    if witness.said:
        return witness.said
    text = json.dumps(witness.value, ensure_ascii=False)
    if not witness.pointer:
        return f"{witness.root}: {text}"
    if len(text) <= LONGEST_WHOLE:
        return f"{witness.root}: {text} (at {witness.pointer})"
    try:
        part = json.dumps(pointers.lookup(witness.value, witness.pointer), ensure_ascii=False)
    except LookupError:
        part = text
    return f"{witness.root}, with {part} at {witness.pointer}"


def command(change: Change) -> str:
    """Return what sends the witness again, a command for a shell; empty where no client sends it."""
    request = change.witness.request if change.witness is not None else None
    return curl(request, secrets=None) if request is not None else ""


def message(change: Change) -> tuple[str, tuple[str, ...]]:
    """Return what the service sends, or a client answers to it, as a label and lines; both empty without one.

    No command sends it: a webhook or callback goes to an address that a client gave.
    """
    witness = change.witness
    if witness is not None and witness.delivered is not None:
        sent = witness.delivered
        query = urlsplit(sent.request.url).query
        start = f"{sent.method} {sent.address}{f'?{query}' if query else ''}"
        return "sends", (start, *_rest(sent.request.headers, sent.request.body))
    if witness is not None and witness.answered is not None and witness.answered.kind:
        response = witness.answered.response
        return "answers", (str(response.status), *_rest(response.headers, response.body))
    return "", ()


def _rest(headers: Iterable[tuple[str, str]], body: bytes) -> Iterator[str]:
    for name, value in headers:
        yield f"{name}: {value}"
    if body:
        yield body.decode("utf-8", "replace")


def unlifted(change: Change) -> str:
    """Return why no whole request or response shows a break; empty where one does, or none could."""
    alone = change.witness.alone if change.witness is not None else ""
    return f"none: {alone}" if alone else ""


def used(told: Told) -> str:
    """Return whom the change hits; empty where nobody has looked."""
    usage = told.usage
    if usage is None:
        return ""
    if not usage.exchanges:
        return "none of what was recorded"
    shown = ", ".join(f"{name} ({number:,})" for name, number in usage.clients[:MAXIMUM_CLIENTS])
    more = (
        f" and {len(usage.clients) - MAXIMUM_CLIENTS:,} more" if len(usage.clients) > MAXIMUM_CLIENTS else ""
    )
    return f"{usage.exchanges:,} of what was recorded, from {shown}{more}"


def location(path: str, line: int | None) -> str:
    """Return ``path:line``, as terminals and editors link it."""
    return f"{path}:{line}" if path and line is not None else path


def groups(changes: Iterable[Told]) -> list[list[Told]]:
    """Return *changes* with those of one cause together, the gravest first.

    One cause is the same change in the same words at several places: a schema written out in many.
    """
    found: dict[tuple[object, ...], list[Told]] = {}
    for told in changes:
        change = told.change
        leaf = change.place.rpartition("/")[2]
        key = (
            change.rule,
            change.effect,
            change.sender,
            change.verdict,
            change.message,
            change.old,
            change.new,
        )
        found.setdefault((*key, leaf, bool(told.approval)), []).append(told)
    return sorted(found.values(), key=lambda same: (same[0].change.severity.rank, bool(same[0].approval)))


def verdict(compared: Compared) -> str:
    """Return the answer in one sentence."""
    if not compared.changes:
        return "Nothing that clients can tell has changed."
    tally = Counter(told.change.verdict for told in compared.changes)
    words = ", ".join(f"{tally[item]:,} {item}" for item in Verdict if tally[item])
    approved = sum(1 for told in compared.changes if told.approval)
    return (
        f"{count(len(compared.changes), 'change')}: {words}{f'; {approved:,} approved' if approved else ''}."
    )


def reached(same: Sequence[Told]) -> tuple[str, ...]:
    """Return all that the changes of one cause reach, each once."""
    return tuple(dict.fromkeys(name for told in same for name in told.change.reaches))


def is_growth(change: Change) -> bool:
    """Tell whether *change* adds what nobody had before: for release notes."""
    return change.verdict is Verdict.SAFE and change.effect is Effect.WIDENED
