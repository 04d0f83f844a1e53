"""Text in Markdown (CommonMark) that nothing reads as markup, whatever a contract or a service has in it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import accumulate

from accord.report.text import count, printable

_VALUE = 500
_WHOLE = 4_000
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~&])")


def text(words: str, *, limit: int = _VALUE) -> str:
    """Return *words* as prose."""
    return _SPECIAL.sub(r"\\\1", printable(words, limit=limit))


def code(words: str, *, limit: int = _VALUE) -> str:
    """Return *words* as a code span, with a fence longer than any row of backticks in it (CommonMark, 6.1)."""
    words = printable(words, limit=limit)
    longest = max(map(len, re.findall("`+", words)), default=0)
    fence = "`" * (longest + 1)
    room = " " if longest or not words else ""
    return f"{fence}{room}{words}{room}{fence}"


def cell(words: str, *, limit: int = _VALUE) -> str:
    """Return *words* as code within a table, where a bar in a code span would end the cell."""
    return f"<code>{text(words, limit=limit)}</code>"


def folded(title: str, *, limit: int = 120) -> Iterator[str]:
    """Yield the lines that begin what is folded under *title*; ``</details>`` after an empty line ends it.

    Up to the empty line this is HTML, in which no backslash escapes (CommonMark, 4.6).
    """
    yield f"<details><summary>{html.escape(printable(title, limit=limit))}</summary>"
    yield ""


def block(words: str, *, limit: int = _VALUE) -> str:
    """Return lines of *words* as preformatted HTML, which no fence in them can end."""
    lines = [printable(line, limit=limit) for line in words.split("\n")]
    kept = [line for line, length in zip(lines, accumulate(map(len, lines)), strict=True) if length <= _WHOLE]
    # The first line stands however long it is; a page of a job, or a comment, has little room for the rest.
    kept = kept or lines[:1]
    if len(kept) < len(lines):
        kept.append(f"… and {count(len(lines) - len(kept), 'more line')}; the other reports have them all")
    # An empty line would end the HTML block (CommonMark, 4.6).
    return f"<pre>{'&#10;'.join(html.escape(line) for line in kept)}</pre>"
