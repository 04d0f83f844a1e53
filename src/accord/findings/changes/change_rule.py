"""A rule about changes: its row in the catalogue."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRule:
    """One row: the id, what it is about, and which fields of which objects it looks at.

    A field is ``object.field`` in the words of the published schemas of OpenAPI 3.1 and 3.2, ``schema.keyword``
    of JSON Schema 2020-12, or a field of AsyncAPI or ``x-session``.
    """

    id: str
    about: str
    looks: tuple[str, ...] = ()
