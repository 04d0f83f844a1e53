"""``x-errors`` read from a document or an overlay, and refused at the line where it is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accord.contract.contract import Contract
from accord.contract.envelope import named_error, promised_error
from accord.errors import ContractError

PROBLEM = {"type": "object", "required": ["detail"]}


def document(errors: Any, version: str = "3.1.0") -> dict[str, Any]:
    """Return an OpenAPI document with these errors."""
    return {
        "openapi": version,
        "info": {"title": "t", "version": "1"},
        "paths": {"/a": {"get": {"operationId": "a", "responses": {"200": {"description": "x"}}}}},
        "components": {"schemas": {"Problem": PROBLEM}},
        **({} if errors is None else {"x-errors": errors}),
    }


def overlay(errors: Any, target: str = "$") -> dict[str, Any]:
    """Return an overlay that lays these errors on the document."""
    update = {"x-errors": errors} if target == "$" else errors
    return {
        "overlay": "1.0.0",
        "info": {"title": "t", "version": "1"},
        "actions": [
            {"target": "$.info", "update": {"version": "2"}},
            {"target": target, "update": update},
        ],
    }


def test_contract_without_errors_has_none(contract: Callable[..., Contract]) -> None:
    """Without ``x-errors`` nothing is promised of any status."""
    loaded = contract({"openapi.json": document(None)})
    assert {} == loaded.errors
    assert promised_error(loaded.errors, 404) is None


@pytest.mark.parametrize(
    "errors",
    [
        {"internal-error": {"description": "the platform", "resolution": "write to us"}},
        [{"http-code": 400, "title": "Bad Request"}],
        {"codes": ["E1", "E2"]},
        {"1000": {"description": "throttled", "link": "https://example.com"}},
    ],
)
def test_what_others_mean_by_the_name_is_left_alone(contract: Callable[..., Contract], errors: Any) -> None:
    """Published documents have extensions of this name with their own lists of error codes."""
    assert {} == contract({"openapi.json": document(errors)}).errors


@pytest.mark.parametrize(
    "errors",
    [{}, {"400x": {}}, {"Default": {}}, {"schema": {}}, {"fourxx": {"schema": {}}}, {"x": {"mediaType": 1}}],
)
def test_what_looks_like_an_error_is_not_left_alone(contract: Callable[..., Contract], errors: Any) -> None:
    """A slip of the pen would else mean that nothing is held against the errors."""
    with pytest.raises(ContractError, match="is not valid x-errors"):
        contract({"openapi.json": document(errors)})


def test_error_has_media_type_schema_and_headers(contract: Callable[..., Contract]) -> None:
    """An entry is read as a documented answer is; JSON is the media type when none is named."""
    errors = {
        "401": {
            "schema": {"$ref": "#/components/schemas/Problem"},
            "headers": {"WWW-Authenticate": {"required": True, "schema": {"const": "Bearer"}}, "X-Id": {}},
        },
        "5XX": {"mediaType": "application/problem+json"},
    }
    loaded = contract({"openapi.json": document(errors)})
    refusal, failure = loaded.errors["401"], loaded.errors["5XX"]
    assert ["application/json"] == [item.name for item in refusal.media_types]
    assert [("WWW-Authenticate", True), ("X-Id", False)] == [
        (item.name, item.required) for item in refusal.headers
    ]
    assert not loaded.library.validator(str(refusal.media_types[0].schema)).is_valid({})
    assert not loaded.library.validator(str(refusal.headers[0].schema)).is_valid("Basic")
    assert ("application/problem+json", None) == (failure.media_types[0].name, failure.media_types[0].schema)


@pytest.mark.parametrize(
    ("status", "promised", "named"),
    [
        (404, "404", "404"),
        (409, "4XX", "4XX"),
        (500, "default", None),
        (599, "default", None),
        (399, None, None),
        (200, None, None),
    ],
)
def test_most_exact_entry_wins(
    contract: Callable[..., Contract], status: int, promised: str | None, named: str | None
) -> None:
    """The status comes before its range, the range before the default, which is of errors only."""
    errors = contract({"openapi.json": document({"default": {}, "4XX": {}, "404": {}})}).errors
    found = promised_error(errors, status), named_error(errors, status)
    assert (promised, named) == tuple(item.status if item else None for item in found)


@pytest.mark.parametrize("target", ["$", "$.x-errors", "$['x-errors']"])
def test_overlay_lays_errors_on(contract: Callable[..., Contract], target: str) -> None:
    """What an overlay says is read as if the document said it, and its references are those of the document."""
    laid = {"404": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    below = None if target == "$" else {"404": {"description": "x"}}
    loaded = contract({"openapi.json": document(below), "overlay.json": overlay(laid, target)})
    assert not loaded.library.validator(str(loaded.errors["404"].media_types[0].schema)).is_valid({})


def test_schema_of_the_default_is_followed_into_other_files(contract: Callable[..., Contract]) -> None:
    """An entry called ``default`` is a description like the others, not a value."""
    loaded = contract(
        {
            "openapi.json": document({"default": {"schema": {"$ref": "more.json#/Problem"}}}),
            "more.json": {"Problem": PROBLEM},
        }
    )
    assert not loaded.library.validator(str(loaded.errors["default"].media_types[0].schema)).is_valid({})


def test_schema_of_openapi_3_0_means_what_it_means_there(contract: Callable[..., Contract]) -> None:
    """``nullable`` lets a member be null."""
    schema = {"type": "object", "properties": {"detail": {"type": "string", "nullable": True}}}
    loaded = contract({"openapi.json": document({"404": {"schema": schema}}, "3.0.3")})
    assert loaded.library.validator(str(loaded.errors["404"].media_types[0].schema)).is_valid(
        {"detail": None}
    )


WRONG: list[tuple[Any, str]] = [
    ([], ""),
    ({}, ""),
    ({"200": {}}, ""),
    ({"600": {}}, ""),
    ({"4xx": {}}, ""),
    ({"404": []}, "/404"),
    ({"404": {"body": {}}}, "/404"),
    ({"404": {"mediaType": "json"}}, "/404/mediaType"),
    ({"404": {"schema": 5}}, "/404/schema"),
    ({"404": {"schema": {"type": "strin"}}}, "/404/schema/type"),
    ({"404": {"schema": {"$ref": "#/components/schemas/No"}}}, "/404/schema"),
    ({"404": {"headers": {"Allow": {"required": "yes"}}}}, "/404/headers/Allow/required"),
    ({"404": {"headers": {"Allow": {"schema": {"pattern": "("}}}}}, "/404/headers/Allow/schema"),
    ({"404": {"headers": {"a b": {}}}}, "/404/headers"),
]


@pytest.mark.parametrize(("errors", "pointer"), WRONG)
def test_wrong_errors_are_refused_in_the_document(
    refusal: Callable[..., ContractError], errors: Any, pointer: str
) -> None:
    """A mistake is told at its place, with a reason and what to do."""
    error = refusal({"openapi.json": document(errors)})
    assert error.place is not None
    assert error.place.endswith(f"#/x-errors{pointer}")
    assert error.reason
    assert error.next_step


@pytest.mark.parametrize(("errors", "pointer"), WRONG)
def test_wrong_errors_of_an_overlay_are_refused_there(
    refusal: Callable[..., ContractError], errors: Any, pointer: str
) -> None:
    """The place is that of the overlay: the document has no line for it."""
    error = refusal({"openapi.json": document(None), "overlay.json": overlay(errors)})
    assert error.place is not None
    assert error.place.startswith("overlay.json:")
    assert error.place.endswith(f"#/actions/1/update/x-errors{pointer}")


def test_line_is_that_of_the_mistake(refusal: Callable[..., ContractError]) -> None:
    """File and line lead to what has to be corrected."""
    text = (
        "openapi: 3.1.0\n"
        "info: {title: t, version: '1'}\n"
        "paths: {}\n"
        "x-errors:\n"
        "  404:\n"
        "    description: x\n"
        "    mediaType: none\n"
    )
    assert "openapi.yaml:7#/x-errors/404/mediaType" == refusal({"openapi.yaml": text}).place
