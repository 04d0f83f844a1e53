"""What accord says to a service: one HTTP request, ready for the wire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP request.

    ``url`` is absolute and percent-encoded; ``headers`` keep their order and spelling;
    ``body`` is what goes on the wire, empty for none.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Return the first value of header *name*, in any letter case."""
        return first_header(self.headers, name)


def first_header(headers: tuple[tuple[str, str], ...], name: str) -> str | None:
    """Return the first value of *name* in *headers*; names compare without case (RFC 9110, 5.1)."""
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), None)


class Reply(Protocol):
    """What a case generator needs to know of an answer."""

    @property
    def status(self) -> int:
        """The HTTP status code."""

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """The response headers, in order."""

    @property
    def body(self) -> bytes:
        """The decoded body."""
