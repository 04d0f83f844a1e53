"""Writes docs/commands.md, the reference of the command line, from the command line itself."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from accord.cli import app

PAGE = Path(__file__).with_name("commands.md")
_HEAD = """# Commands

Each verb of `accord`, with its arguments and options. `python docs/commands.py` writes this page from the command line
itself.

Exit codes: 0 nothing found at or above `--fail-on`, 1 something found, 2 accord could not ask, 130 interrupted.
"""


def page() -> str:
    """Return the whole page."""
    group = typer.main.get_command(app)
    return _HEAD + "".join(_verb(command, words) for words, command in _verbs(group, ("accord",)))


def _verbs(command: Any, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield each verb below *command*, with the words that lead to it."""
    for name, below in sorted(getattr(command, "commands", {}).items()):
        yield from _verbs(below, (*words, name))
    if not hasattr(command, "commands"):
        yield words, command


def _verb(command: Any, words: tuple[str, ...]) -> str:
    first, _, examples = inspect.cleandoc(command.help or "").partition("\b")
    context = typer.Context(command, info_name=" ".join(words))
    records = [parameter.get_help_record(context) for parameter in command.params if not parameter.hidden]
    rows = [f"| `{_cell(name)}` | {_cell(words)} |" for name, words in filter(None, records)]
    lines = [f"\n## {' '.join(words)}\n", " ".join(first.split()) + "\n"]
    if examples.strip():
        lines.append(f"```text\n{examples.strip()}\n```\n")
    if rows:
        lines += ["| option | what it does |", "| --- | --- |", *rows, ""]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
