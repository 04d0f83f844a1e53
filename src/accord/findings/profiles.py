"""The profiles that accord brings: FastAPI, Flask, Django REST framework."""

from __future__ import annotations

from typing import Any

from accord.errors import ConfigurationError
from accord.findings.profile import AUTO, NONE, OwnError, Profile, RefusedText

_TEXT: dict[str, Any] = {"type": "string"}


def _record(*required: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": properties,
        "additionalProperties": False,
    }


_DETAIL = _record("detail", detail=_TEXT)
_LOCATED = {
    "type": "object",
    "required": ["detail"],
    "properties": {
        "detail": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["loc", "msg", "type"],
                "properties": {
                    "loc": {"type": "array", "items": {"type": ["string", "integer"]}},
                    "msg": _TEXT,
                    "type": _TEXT,
                },
            },
        }
    },
    "additionalProperties": False,
}
_TEXTS = {"type": "array", "minItems": 1, "items": _TEXT}
_BY_FIELD = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": {
        "anyOf": [
            _TEXTS,
            {"type": "object", "additionalProperties": _TEXTS},
            {"type": "array", "items": {"type": "object", "additionalProperties": _TEXTS}},
        ]
    },
}
_WORKED_OUT = _record(
    "code", "status", code={"type": "integer"}, status=_TEXT, message=_TEXT, errors={"type": "object"}
)
_NUMBERS = frozenset({"integer from text", "number from text", "boolean from word", "boolean from number"})

# What FastAPI and Starlette say of a body that does not parse.
_UNREADABLE = (
    r'^\{"detail":"(There was an error parsing the body|Invalid multipart data\.|Missing boundary in multipart\.'
    r'|The Content-Disposition header field \\"name\\" must be provided\.'
    r"|Too many f(ile|ield)s\. Maximum number of f(ile|ield)s is \d+\."
    r'|(Field|Part) exceeded maximum size of \d+KB\.)"\}$'
)

FASTAPI = Profile(
    name="fastapi",
    title="FastAPI",
    marks=(r"\bHTTPValidationError\b",),
    missing=(r'^404\n(?s:.*)\n\n\{"detail":"Not Found"\}$',),
    errors=(
        OwnError(statuses=(401, 403, 404, 405), schema=_DETAIL),
        OwnError(statuses=(400,), schema=_DETAIL, pattern=_UNREADABLE),
        OwnError(statuses=(422,), schema=_LOCATED),
    ),
    # Of pydantic in its lax mode; a set is documented as an array of unique items.
    readings=_NUMBERS
    | {
        "integer from decimal",
        "integer from boolean",
        "number from boolean",
        "time from number",
        "set from list",
    },
    # Starlette answers for the first route that has the path, and a route has one method.
    allows="route",
    refusal=r'^405\n(?s:.*)\n\n\{"detail":"Method Not Allowed"\}$',
    # To pydantic a decimal may be any text in its schema, and only a number in its validation.
    refused_types=frozenset(
        {"decimal_parsing", "decimal_max_digits", "decimal_max_places", "decimal_whole_digits"}
    ),
    refused="those that are no such decimal number",
)

FLASK = Profile(
    name="flask",
    title="Flask",
    marks=(r"\bDEFAULT_ERROR\b",),
    missing=(
        r"(?im)^server: werkzeug/",
        r"The requested URL was not found on the server",
        r'^404\n(?s:.*)\n\n\{"code": ?404, ?"status": ?"Not Found"\}\s*$',
    ),
    errors=(
        OwnError(
            statuses=(400, 404, 405, 413, 415),
            media_type="text/html",
            pattern=r"^<!doctype html>\n<html lang=en>\n<title>4\d\d [\w ]+</title>\n<h1>[\w ]+</h1>\n<p>",
        ),
        OwnError(statuses=(400, 401, 403, 404, 405, 413, 415, 422), schema=_WORKED_OUT),
    ),
    # Of marshmallow's fields that are not strict.
    readings=_NUMBERS | {"integer from fraction"},
    # flask-smorest writes the body of a 405 anew and leaves the header out.
    allows="nothing",
    refusal=r'^405\n(?s:.*)\n\n\{"code": ?405, ?"status": ?"Method Not Allowed"\}\s*$',
)

DJANGO_REST = Profile(
    name="django-rest",
    title="Django REST framework",
    marks=(
        r'[Tt]oken-based authentication with required prefix \\?"Token\\?"',
        r"""\bname["']?: ?["']?sessionid\b""",
    ),
    missing=(r"<h1>Not Found</h1><p>The requested resource was not found on this server\.</p>",),
    options=(
        r'^200\n(?s:.*)\n\n\{"name":.*"renders":\[.*"parses":\[',
        r'^40[13]\n(?s:.*)\n\n\{"detail":"Authentication credentials were not provided\."\}$',
    ),
    errors=(
        OwnError(statuses=(401, 403, 404, 405, 406, 415), schema=_DETAIL),
        OwnError(
            statuses=(400,), schema=_DETAIL, pattern=r'^\{"detail":"JSON parse error', told={"type": "object"}
        ),
        OwnError(statuses=(400,), schema=_BY_FIELD, told={"type": "object"}),
        OwnError(
            statuses=(404,),
            media_type="text/html",
            pattern=r"<h1>Not Found</h1><p>The requested resource was not found on this server\.</p>",
        ),
    ),
    readings=_NUMBERS | {"integer from decimal", "number from boolean", "text from number"},
    refused_texts=(
        RefusedText(message="This field may not be blank.", pattern=r"^\s*$"),
        RefusedText(message="Null characters are not allowed.", pattern="\0"),
        # The pattern that a decimal has in the document takes these.
        RefusedText(message="A valid number is required.", pattern=r"^-?\.?$"),
    ),
    refused="blank ones and those with a null character",
)

PROFILES = (FASTAPI, FLASK, DJANGO_REST)


def named(name: str) -> Profile | None:
    """Return the profile called *name*, None for ``none``; raises ``ConfigurationError``."""
    for profile in PROFILES:
        if profile.name == name:
            return profile
    if name != NONE:
        known = ", ".join((AUTO, *(profile.name for profile in PROFILES), NONE))
        raise ConfigurationError(
            f"there is no profile {name!r}", place="[tool.accord] profile", next_step=f"Use one of {known}."
        )
    return None
