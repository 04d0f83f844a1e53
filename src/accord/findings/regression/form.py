"""What a text looks like, whatever it says: an id, a moment, an address, or just a text."""

from __future__ import annotations

import re

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_FORMS = (
    ("a UUID", _UUID),
    ("a UUID in capitals", re.compile(r"[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}", re.ASCII)),
    ("a UUID without hyphens", re.compile(r"[0-9a-fA-F]{32}", re.ASCII)),
    ("a date", re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)),
    ("an e-mail address", re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")),
    ("an address", re.compile(r"(?:https?://|\{origin\})\S*")),
    ("an address without a host", re.compile(r"/\S*")),
)
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d(?P<between>[Tt ])\d\d:\d\d:\d\d(?:[.,](?P<fraction>\d+))?(?P<offset>[Zz]|[+-]\d\d:?\d\d)?",
    re.ASCII,
)
_WORD = re.compile(r"[A-Za-z]{1,20}(?:[_ -][A-Za-z]{1,20}){0,3}", re.ASCII)
_PRECISIONS = ("whole seconds", "milliseconds", "microseconds", "nanoseconds")
_LONGEST = 2_000

TEXT = "a text"


def form_of(text: str) -> str:
    """Return what *text* looks like, in words; ``TEXT`` when it looks like nothing in particular."""
    if len(text) > _LONGEST:
        return TEXT
    if is_moment(text):
        return _moment(text)
    return next((name for name, pattern in _FORMS if pattern.fullmatch(text)), TEXT)


def is_moment(text: str) -> bool:
    """Tell whether *text* is a date and a time (RFC 3339, 5.6), or nearly one."""
    return len(text) < 64 and _MOMENT.fullmatch(text) is not None


def is_word(text: str) -> bool:
    """Tell whether *text* is one of a few words that a service chooses from, such as a status."""
    return _WORD.fullmatch(text) is not None


def _moment(text: str) -> str:
    found = _MOMENT.fullmatch(text)
    if found is None:
        return TEXT
    digits = len(found["fraction"] or "")
    precision = _PRECISIONS[min((digits + 2) // 3, 3)]
    offset = {"": "without an offset", "Z": "in UTC"}.get(
        (found["offset"] or "").upper(), "with an offset of its own"
    )
    spelling = " with a space" if found["between"] == " " else ""
    return f"a moment{spelling} in {precision} {offset}"
