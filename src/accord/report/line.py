"""A line on a console: words with a style each, in characters that the console has, with nothing at its end."""

from __future__ import annotations

from typing import TypeAlias

from rich.console import Console
from rich.text import Text

from accord.findings.finding import Severity
from accord.report.console import encodable

Part: TypeAlias = tuple[str, str]
"""Some words and the style they are written in."""

COLOR = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.NOTE: "bold cyan"}


def write_line(console: Console, *parts: Part) -> None:
    """Write *parts* as one line, which is not broken."""
    text = Text.assemble(*[(encodable(words, console), style) for words, style in parts])
    text.rstrip()
    console.print(text, soft_wrap=True)
