"""The independent judge of bodies: read from their bytes as their media type has it, then judged as values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from accord.cases.request import first_header
from accord.contract.media_type import MULTIPART, essence, falls_under
from accord.contract.openapi import MediaType, nearest
from accord.contract.sequence import read_sequence
from accord.findings.changes.content import Piece, meanings, pieces_of
from accord.findings.changes.form_field import FormField, form_fields
from accord.findings.changes.header_judge import header_fault
from accord.findings.changes.judge import Judge
from accord.findings.changes.sequence_text import judged


def body_fault(values: Judge, media_types: Sequence[MediaType], kind: str, body: bytes) -> str | None:
    """Return why *body*, of the media type *kind*, is none of *media_types*, empty when it is one.

    None when *kind* is no media type among them.
    """
    known = nearest(kind, media_types)
    if known is None:
        return None
    if known.sequence:
        return judged(values, known, read_sequence(body, kind))
    fields = form_fields(values.library, known)
    if fields and essence(kind) == MULTIPART:
        fault = next(_part_faults(values, fields, kind, body), "")
        if fault:
            return fault
    found = None if known.schema is None else meanings(kind, body, fields)
    if known.schema is None or found is None:
        return ""
    if not found:
        return "its body cannot be read"
    taken = any(values.accepts((known.schema,), value) is not False for value in found)
    return "" if taken else "its body is not valid"


def _part_faults(values: Judge, fields: dict[str, FormField], kind: str, body: bytes) -> Iterator[str]:
    """Yield what is wrong with the content types and headers of parts."""
    try:
        pieces = pieces_of(kind, body.decode())
    except ValueError:
        return
    for piece in pieces:
        known = fields.get(piece.name)
        if known is not None:
            yield from _faults_of(values, piece, known)


def _faults_of(values: Judge, piece: Piece, known: FormField) -> Iterator[str]:
    # A part that does not say its content type is plain text (RFC 7578, 4.4).
    kind = piece.content_type or "text/plain"
    named = known.content_types if known.style is None else ()
    if named and not any(falls_under(kind, name) for name in named):
        yield f"its part {piece.name} may not be {kind}"
    for header in known.headers:
        fault = header_fault(values, header, first_header(piece.headers, header.name))
        if fault:
            yield f"of its part {piece.name}, {fault}"
