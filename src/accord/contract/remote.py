"""Documents that a contract refers to by http(s) URL, where its reader is given a way to fetch them.

Such a document is called ``https:/host/path`` in the library, and what refers to it is rewritten to a
relative reference to that name: everything else reads it as one more file.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias, cast
from urllib.parse import quote

from accord.contract.document import Document
from accord.contract.pointer import Json
from accord.contract.traversal import reference, rewritten

Fetch: TypeAlias = Callable[[str, str], str]
"""Gives the text at a URL; the second argument is the place that refers to it, for an error."""

_URL = re.compile(r"(?P<scheme>https?)://(?P<rest>[^#]+)(?P<fragment>#.*)?", re.IGNORECASE)
_NAME = re.compile(r"(?P<scheme>https?):/(?P<rest>.+)")


def url_of(name: str) -> str | None:
    """Return the URL of the document called *name*, None where it is a file of the contract."""
    found = _NAME.fullmatch(name)
    return f"{found['scheme']}://{found['rest']}" if found else None


def with_names(document: Document) -> Document:
    """Return *document* with each reference to a URL as one to the name of what is there."""

    def changed(value: dict[str, Json], _at: str) -> Json:
        found = _URL.fullmatch(reference(value) or "")
        if found is not None:
            name = posixpath.normpath(f"{found['scheme'].lower()}:/{found['rest']}")
            path = posixpath.relpath(name, posixpath.dirname(document.name) or ".")
            value["$ref"] = f"{quote(path)}{found['fragment'] or ''}"
        return value

    return replace(document, data=cast("dict[str, Json]", rewritten(document.data, changed)))
