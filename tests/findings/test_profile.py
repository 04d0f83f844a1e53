"""The marks of a framework, in documents and answers that it writes."""

from __future__ import annotations

import json

import jsonschema
import pytest

from accord.errors import ConfigurationError
from accord.findings.profiles import PROFILES, named


@pytest.mark.parametrize(
    ("expected", "document"),
    [
        ("fastapi", '{"schema":{"$ref":"#/components/schemas/HTTPValidationError"}}'),
        ("flask", '{"default":{"$ref":"#/components/responses/DEFAULT_ERROR"}}'),
        ("django-rest", "cookieAuth:\n  type: apiKey\n  in: cookie\n  name: sessionid\n"),
        ("django-rest", '{"type": "apiKey", "in": "cookie", "name": "sessionid"}'),
        ("django-rest", 'description: Token-based authentication with required prefix "Token"'),
        ("django-rest", json.dumps({"description": 'Token-based authentication with required prefix "Token"'})),
        (None, "openapi: 3.1.0\ninfo: {title: t, version: v}\npaths: {/session: {}}\n"),
        (None, ""),
    ],
)  # fmt: skip
def test_a_document_shows_its_framework(expected: str | None, document: str) -> None:
    """By what the framework alone writes; a document written by hand shows none."""
    assert [expected] * (expected is not None) == [item.name for item in PROFILES if item.wrote(document)]


@pytest.mark.parametrize(
    ("expected", "missing", "options"),
    [
        ("fastapi", '404\ncontent-type: application/json\n\n{"detail":"Not Found"}', ""),
        ("flask", "404\nserver: Werkzeug/3.1.3 Python/3.11\n\nno", ""),
        ("flask", '404\ncontent-type: application/json\n\n{"code":404,"status":"Not Found"}', ""),
        ("django-rest", "404\n\n\n<h1>Not Found</h1><p>The requested resource was not found on this server.</p>", ""),
        ("django-rest", "", '403\n\n\n{"detail":"Authentication credentials were not provided."}'),
        (None, '404\n\n\n{"detail":"Not Found","status_code":404}', ""),
        (None, "404\n\n\n{}", "200\nallow: GET\n\n"),
        (None, "", ""),
    ],
)  # fmt: skip
def test_an_answer_shows_its_framework(expected: str | None, missing: str, options: str) -> None:
    """By a form that no other framework has."""
    found = [item.name for item in PROFILES if item.gave(missing=missing, options=options)]
    assert [expected] * (expected is not None) == found


def test_every_form_of_an_error_is_a_schema_or_a_pattern() -> None:
    """The schemas are valid, and none takes every body: that would excuse everything."""
    for error in (error for profile in PROFILES for error in profile.errors):
        assert (error.media_type == "application/json") is (error.schema is not None)
        assert error.schema is not None or error.pattern
        if error.schema is not None:
            jsonschema.Draft202012Validator.check_schema(error.schema)
            for body in ({}, {"a": 1}, [], "x", {"detail": 1}, {"error": "x", "detail": "y", "z": 1}):
                assert not jsonschema.Draft202012Validator(error.schema).is_valid(body)


def test_a_profile_is_found_by_its_name() -> None:
    """``none`` is no profile, and another word is an error that lists the names."""
    assert ["fastapi", "flask", "django-rest"] == [named(item.name).name for item in PROFILES]
    assert named("none") is None
    with pytest.raises(ConfigurationError, match="no profile 'Flask'") as caught:
        named("Flask")
    assert "flask" in caught.value.next_step
