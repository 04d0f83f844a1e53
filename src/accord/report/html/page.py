"""A page: a template filled with values that stay text, its style and its one script inside."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from accord.report.text import duration, printable

_LONGEST = 20_000


def render(template: str, **values: object) -> bytes:
    """Return the page that *template* makes of *values*, in UTF-8.

    Every value is escaped. The page's policy (Content Security Policy 3) lets a browser run the page's
    script, known by its hash, and fetch nothing.
    """
    script = _part("script.js")
    page = _environment().get_template(template)
    # Both are accord's own files: nothing of a service's is in them.
    text = page.render(
        **values,
        style=Markup(_part("style.css")),  # noqa: S704
        script=Markup(script),  # noqa: S704
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )
    return text.encode("utf-8", "backslashreplace")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("accord.report.html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["shown"] = shown
    environment.filters["line"] = line
    environment.filters["duration"] = duration
    return environment


@cache
def _part(name: str) -> str:
    return files("accord.report.html").joinpath("templates", name).read_text("utf-8")


def shown(text: str) -> str:
    """Return *text* in its lines, with what does not print spelt out, and cut where nobody reads on."""
    lines = "\n".join(printable(item) for item in text[:_LONGEST].split("\n"))
    return lines if len(text) <= _LONGEST else f"{lines}… ({len(text):,} characters)"


def line(text: str) -> str:
    """Return *text* in one line, with what does not print spelt out, and cut where nobody reads on."""
    return printable(text, limit=500)
