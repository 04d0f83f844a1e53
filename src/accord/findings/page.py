"""The page of a rule: why it matters, when it fires, when it stays silent, what to do."""

from __future__ import annotations

import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

_TABLE_ROW = re.compile(r"^\| \[(?P<id>[a-z0-9-]+)\]\([^)]*\) \| [^|]* \| (?P<words>.*) \|$", re.MULTILINE)
_CHANGE_ROW = re.compile(
    r"^\| `(?P<id>[a-z0-9-]+)` \| [^|]* \| (?P<breaking>[^|]*) \| (?P<example>(?:[^|\\]|\\.)*) \|$",
    re.MULTILINE,
)


def change(id_: str) -> dict[str, str]:
    """Return when the change called *id_* breaks a client, and an example of it; empty where nothing is said."""
    installed = files("accord.findings").joinpath("changes.md")
    file = installed if installed.is_file() else Path(__file__).parents[3] / "docs" / "changes.md"
    text = file.read_text("utf-8") if file.is_file() else ""
    row = next((found for found in _CHANGE_ROW.finditer(text) if found["id"] == id_), None)
    return {key: row[key].replace("\\|", "|") for key in ("breaking", "example")} if row else {}


def page(id_: str) -> str | None:
    """Return the page of the rule called *id_*, None without one."""
    if not re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", id_):
        return None
    file = _folder().joinpath(f"{id_}.md")
    return file.read_text("utf-8") if file.is_file() else None


def sentences() -> dict[str, str]:
    """Return by rule id what the index of the pages says of it in one sentence."""
    index = _folder().joinpath("README.md")
    text = index.read_text("utf-8") if index.is_file() else ""
    return {found["id"]: found["words"] for found in _TABLE_ROW.finditer(text)}


def _folder() -> Traversable:
    """Return where the pages are: in the package, as installed, or in the documents of a checkout."""
    installed = files("accord.findings").joinpath("pages")
    return installed if installed.is_dir() else Path(__file__).parents[3] / "docs" / "rules"
