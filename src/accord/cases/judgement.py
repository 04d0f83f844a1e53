"""Schemathesis' failures told in accord's own words."""

from __future__ import annotations

import re
from typing import Any

from accord.cases.aim import Judgement

# What each failure is about, in the attributes that schemathesis 4.32 gives it.
_SUBJECTS = {
    "UndefinedStatusCode": "status_code",
    "MissingHeaders": "missing_headers",
    "UndefinedContentType": "content_type",
    "MalformedMediaType": "actual",
    "RejectedPositiveData": "status_code",
    "AcceptedNegativeData": "status_code",
    "MissingHeaderNotRejected": "header_name",
    "UnsupportedMethodResponse": "method",
    "AllowHeaderMismatch": "allow_header",
    "UseAfterFree": "usage",
    "EnsureResourceAvailability": "not_available_with",
}
_EXPECTED = {
    "UndefinedStatusCode": "defined_status_codes",
    "UndefinedContentType": "defined_content_types",
    "MalformedMediaType": "defined",
    "RejectedPositiveData": "allowed_statuses",
    "MissingHeaderNotRejected": "expected_statuses",
    "AllowHeaderMismatch": "missing_methods",
}
# An empty line stands where a full stop would.
_PARAGRAPH = re.compile(r"(?<=[^.:;,!?\s])\n\s*\n")
_SEEN = {
    "MissingHeaderNotRejected": "status_code",
    "UnsupportedMethodResponse": "status_code",
}


def judgement(failure: Any) -> Judgement:
    """Return *failure*, one of schemathesis' ``Failure`` values, as a ``Judgement``."""
    kind = type(failure).__name__
    subject = _words(getattr(failure, _SUBJECTS.get(kind, ""), ""))
    return Judgement(
        kind=kind,
        message=_one_line(f"{failure.title}. {failure.message}" if failure.message else str(failure.title)),
        expected=_words(getattr(failure, _EXPECTED.get(kind, ""), "")),
        seen=_words(getattr(failure, _SEEN.get(kind, ""), "")) or subject,
        subject=subject,
    )


def _words(value: Any) -> str:
    if isinstance(value, list | tuple | set):
        return ", ".join(str(item) for item in value)
    return str(value)


def _one_line(text: str) -> str:
    return " ".join(_PARAGRAPH.sub(". ", text).split())[:400]
