"""The independent judge of headers of responses and of the parts of multipart bodies."""

from __future__ import annotations

from accord.contract.openapi import Header, Parameter
from accord.findings.changes.judge import Judge
from accord.findings.changes.reading import readings


def header_fault(values: Judge, header: Header, said: str | None) -> str:
    """Return why *said*, None for nothing, is none that *header* may say, empty when it is one."""
    if said is None:
        return f"the header {header.name} is missing" if header.required else ""
    if header.schema is None:
        return ""
    data = values.library.object(header.uri)[1]
    written = Parameter(
        name=header.name,
        location="header",
        required=header.required,
        schema=header.schema,
        style="simple",
        explode=bool(data.get("explode")),
        uri=header.uri,
    )
    for value in readings(written, said, is_json="content" in data):
        if values.accepts((header.schema,), value) is not False:
            return ""
    return f"the header {header.name} is not valid"
