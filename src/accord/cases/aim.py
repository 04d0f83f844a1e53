"""Why a request is sent: what it is meant to show."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Intent(StrEnum):
    """The kind of question that a case asks."""

    VALID = "valid"
    """Everything about it is as the contract says."""
    INVALID = "invalid"
    """Something about it breaks the contract, somewhere."""
    INVALID_PLACE = "invalid-place"
    """Exactly one named place breaks exactly one named keyword."""
    CREDENTIAL = "credential"
    """Valid, but for the credential."""
    FOREIGN_CALLER = "foreign-caller"
    """Valid, but asked by another tenant than the one that the thing belongs to."""
    FORBIDDEN_CALLER = "forbidden-caller"
    """Valid, but asked by an identity that lacks the right; ``keyword`` is what says so, if anything does."""
    REPEATED = "repeated"
    """Valid, and sent again right after it succeeded: the state that it needs may be gone."""
    NO_CREDENTIAL = "no-credential"
    """Valid, and without a credential, of an operation that needs none."""
    UNKNOWN_ID = "unknown-id"
    """Valid, but it names something that does not exist."""
    MALFORMED_BODY = "malformed-body"
    """The body does not parse as its media type."""
    MEDIA_TYPE = "media-type"
    """The body is sent under a media type that the operation does not take."""
    SHAPE = "shape"
    """Malformed on purpose as HTTP: an undeclared method, an odd content type."""
    ODD = "odd"
    """Unusual, and nothing says that it must be refused: it may be taken or not, and breaks nothing."""
    LIMITED = "limited"
    """Asked sooner than the service allows; the same was asked again later."""
    STEP = "step"
    """A step of a workflow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What one case is after.

    ``location`` (``path``, ``query``, ``header``, ``cookie``, ``body``) and ``path`` (member names
    and indexes below it) name the one place that is wrong; ``keyword`` what it breaks there.
    ``variant`` tells cases of one intent apart, such as the kinds of credential.
    """

    intent: Intent
    phase: str = ""
    location: str = ""
    path: tuple[str | int, ...] = ()
    keyword: str = ""
    variant: str = ""

    @property
    def place(self) -> str:
        """Return the wrong place in words: ``body.items.0.name``."""
        return ".".join(str(step) for step in (self.location, *self.path) if step != "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One failure that schemathesis saw, without its types: its class name and what it says.

    ``subject`` is what the failure is about (a status, a media type, a header, a method).
    """

    kind: str
    message: str
    expected: str = ""
    seen: str = ""
    subject: str = ""
