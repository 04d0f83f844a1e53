"""Text that is safe to show: values as a reader sees them, never as a terminal obeys them."""

from __future__ import annotations

from datetime import UTC, datetime


def printable(text: str, *, limit: int | None = None) -> str:
    r"""Return *text* with every character that does not print spelt as an escape such as ``\x1b``.

    That covers C0 and C1 controls, line separators, bidirectional overrides, zero-width
    characters, lone surrogates and noncharacters, so the result is one line. Text longer than
    *limit* characters is cut; an ellipsis and the whole length follow.
    """
    if limit is None or len(text) <= limit:
        return _escaped(text)
    return f"{_escaped(text[:limit])}… ({len(text):,} characters)"


def count(number: int, noun: str, plural: str = "") -> str:
    """Return *number* and its noun, as in ``1 case`` or ``1,204 cases``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def duration(seconds: float) -> str:
    """Return *seconds* as people say it: ``12 ms``, ``3.4 s``, ``2 min 05 s``, ``1 h 04 min``."""
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600:,} h {whole % 3600 // 60:02} min"


def moment(seconds: float) -> str:
    """Return *seconds* since the epoch as ``2026-11-22 03:40:05 UTC``."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _escaped(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )
