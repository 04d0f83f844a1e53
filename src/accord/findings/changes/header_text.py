"""Values of headers of responses and parts, as text."""

from __future__ import annotations

import json
import re

from accord.cases.step_request import delimited
from accord.contract.library import Library
from accord.contract.openapi import Header
from accord.contract.pointer import Json
from accord.findings.changes.sample import UnbuildableError

_FIELD_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


def header_text(library: Library, header: Header, value: Json) -> str:
    """Return *value* in the style ``simple``, the only one of headers (OpenAPI 3.1, 4.8.21).

    Raises ``UnbuildableError`` for what no header can carry.
    """
    data = library.object(header.uri)[1]
    if "content" in data:
        return json.dumps(value, separators=(",", ":"))
    text = delimited(value, explode=bool(data.get("explode")))
    if not _FIELD_VALUE.fullmatch(text) or text != text.strip():
        raise UnbuildableError(f"no header carries the value of {header.name}")
    return text
