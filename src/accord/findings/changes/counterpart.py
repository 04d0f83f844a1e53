"""What the other contract needs of a whole: it is there too, so that nothing but the difference is refused."""

from __future__ import annotations

from dataclasses import dataclass

from accord.contract.library import Library
from accord.contract.openapi import Answer, MediaType, Operation, Parameter, nearest
from accord.findings.changes.form_field import form_fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterpart:
    """The same operation in the other contract."""

    library: Library
    operation: Operation

    def needs(self, parameter: Parameter) -> bool:
        """Tell whether *parameter* must be there."""
        return any(
            item.required and item.location == parameter.location and _is_same(item, parameter)
            for item in self.operation.parameters
        )

    @property
    def needs_body(self) -> bool:
        """Tell whether a request must have a body."""
        return self.operation.body is not None and self.operation.body.required

    def headers(self, answer: Answer | None) -> frozenset[str]:
        """Return the headers that a response must have, in lower case."""
        return (
            frozenset(item.name.lower() for item in answer.headers if item.required)
            if answer
            else frozenset()
        )

    def part_headers(self, answer: Answer | None, media_type: str) -> dict[str, frozenset[str]]:
        """Return the headers that parts must have, by the name of the part, of a response or else of a request."""
        body = self.operation.body
        known: tuple[MediaType, ...] = answer.media_types if answer else body.media_types if body else ()
        found = nearest(media_type, known)
        if found is None:
            return {}
        return {
            name: frozenset(item.name.lower() for item in field.headers if item.required)
            for name, field in form_fields(self.library, found).items()
        }


def _is_same(one: Parameter, other: Parameter) -> bool:
    if one.location == "header":
        return one.name.lower() == other.name.lower()
    return one.name == other.name
