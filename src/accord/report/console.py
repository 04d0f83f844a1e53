"""A console for one stream: whether it is a terminal, whether it takes colour, what it can spell."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TextIO

from rich.console import Console

_ASCII = str.maketrans({"→": "->", "…": "...", "×": "x", "│": "|"})


def console_for(
    stream: TextIO,
    *,
    no_color: bool = False,
    environ: Mapping[str, str] | None = None,
    width: int | None = None,
) -> Console:
    """Return a console that writes to *stream* and interprets no markup.

    Colour goes by *no_color*, then ``NO_COLOR``, then ``FORCE_COLOR``, then whether *stream* is a
    terminal; a terminal that calls itself dumb (``TERM``) counts as none. *environ* is
    ``os.environ`` unless given; *width* is in columns and asked of the terminal unless given.
    """
    environ = os.environ if environ is None else environ
    terminal = stream.isatty() and environ.get("TERM", "").lower() not in {"dumb", "unknown"}
    color = not no_color and _wants_color(environ, terminal=terminal)
    return Console(
        file=stream,
        color_system="standard" if color else None,
        no_color=not color,
        force_terminal=terminal,
        force_interactive=terminal,
        markup=False,
        emoji=False,
        highlight=False,
        width=width,
    )


def _wants_color(environ: Mapping[str, str], *, terminal: bool) -> bool:
    if environ.get("NO_COLOR"):
        return False
    return terminal or environ.get("FORCE_COLOR", "0") not in {"", "0"}


def encodable(text: str, console: Console) -> str:
    """Return *text* in characters that the encoding of *console* has; others become escapes."""
    if console.encoding.startswith("utf"):
        return text
    plain = text.translate(_ASCII)
    return plain.encode(console.encoding, "backslashreplace").decode(console.encoding)
