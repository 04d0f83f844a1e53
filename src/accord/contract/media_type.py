"""What the name of a media type, or a Content-Type, says of a body (RFC 9110, section 8.3.1)."""

from __future__ import annotations

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


def essence(name: str | None) -> str:
    """Return *name* without its parameters, in lower case; empty where there is none."""
    return (name or "").partition(";")[0].strip().lower()


def is_json(name: str | None) -> bool:
    """Tell whether a body of *name* is one JSON text (RFC 8259; RFC 6839, section 3.1, for ``+json``)."""
    return essence(name).endswith(("/json", "+json"))


def may_be_json(name: str) -> bool:
    """Tell whether what falls under *name*, a media type or a range of them, may be JSON."""
    return is_json(name) or essence(name) in ("application/*", "*/*")


def falls_under(name: str, other: str) -> bool:
    """Tell whether *name*, a media type or a range of them, falls under *other*; parameters do not count."""
    mine, theirs = essence(name), essence(other)
    return theirs in ("*/*", mine) or (theirs.endswith("/*") and mine.startswith(theirs[:-1]))
