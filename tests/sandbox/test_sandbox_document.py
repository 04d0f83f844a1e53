"""The OpenAPI document that the sandbox publishes."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox_talk import Talk

STATUSES = {
    "login_access_token": "200 400 401 422",
    "test_token": "200 401",
    "read_user_me": "200 401",
    "list_products": "200 401 422",
    "create_product": "200 400 401 403 422",
    "read_product": "200 401 404 422",
    "upload_product_image": "200 400 401 403 404 413 415 422",
    "list_shootings": "200 401 422",
    "create_shooting": "200 400 401 403 404 422",
    "read_shooting": "200 401 404 422",
    "add_look": "200 400 401 403 404 409 422",
    "list_shots": "200 401 422",
    "read_shot": "200 401 404 422",
    "generate_shot": "200 400 401 403 404 409 422",
    "approve_shot": "200 400 401 403 404 409 422",
    "reject_shot": "200 400 401 403 404 409 422",
    "read_generation": "200 401 404 422",
    "list_brands": "200 401 422",
    "list_subjects": "200 401 422",
    "list_styles": "200 401 422",
    "list_shot_types": "200 401 422",
    "list_generation_models": "200 422",
    "get_websocket_message": "200",
}
PUBLIC = {"login_access_token", "list_generation_models", "get_websocket_message"}


@pytest.fixture
def document(unchanged: Talk) -> Any:
    """Give the published document."""
    return unchanged.get("/openapi.json").json()


def operations(document: Any) -> dict[str, Any]:
    """Return the operations by their ids."""
    return {
        operation["operationId"]: operation
        for item in document["paths"].values()
        for operation in item.values()
    }


def references(node: Any) -> set[str]:
    """Return every reference in a document."""
    if isinstance(node, list):
        return set().union(*map(references, node))
    if not isinstance(node, dict):
        return set()
    own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
    return own.union(*map(references, node.values()))


def test_it_names_the_api(document: Any) -> None:
    """Title and version are those of the backend."""
    assert "Sartiq Backend Server" == document["info"]["title"]
    assert "0.1.0" == document["info"]["version"]


def test_it_declares_every_status(document: Any) -> None:
    """Each operation declares what it can answer, and no more."""
    assert STATUSES == {
        name: " ".join(sorted(operation["responses"])) for name, operation in operations(document).items()
    }


def test_it_says_what_is_secured(document: Any) -> None:
    """All operations but three ask for the OAuth2 token, and their 401 has its header."""
    for name, operation in operations(document).items():
        security: Any = [{"OAuth2PasswordBearer": []}]
        assert (None if name in PUBLIC else security) == operation.get("security")
        if "401" in operation["responses"]:
            assert "WWW-Authenticate" in operation["responses"]["401"]["headers"]


def test_every_reference_leads_somewhere(document: Any) -> None:
    """No schema is missing, and the name with a hyphen is kept."""
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert references(document) <= known
    assert "#/components/schemas/ErrorCategory-Output" in references(document)


def test_it_has_the_messages_of_the_websocket(document: Any, unchanged: Talk) -> None:
    """GET /schema answers with a message, of a union without a discriminator."""
    union = document["components"]["schemas"]["WebSocketMessage"]["properties"]["data"]
    assert ["GenerationMessage", "ShotMessage", "AuthSuccessMessage", "AuthErrorMessage"] == [
        choice["$ref"].rpartition("/")[2] for choice in union["anyOf"]
    ]
    assert {"data"} == set(unchanged.get("/schema").json())


def test_bodies_are_declared(document: Any) -> None:
    """JSON, form and multipart bodies are each required, with their constraints."""
    schemas = document["components"]["schemas"]
    assert {"username", "password"} == set(schemas["Body_login_access_token"]["required"])
    assert {"file", "type"} == set(schemas["Body_upload_product_image"]["required"])
    assert schemas["LookCreate"]["properties"]["shot_type_ids"]["uniqueItems"]
    count = schemas["GenerateShot"]["properties"]["num_predictions"]
    assert ("integer", 1, 8, 1) == tuple(count[name] for name in ("type", "minimum", "maximum", "default"))
    uuid = {"type": "string", "format": "uuid"}
    assert uuid.items() <= schemas["ShootingCreate"]["properties"]["brand_id"].items()
    for operation in operations(document).values():
        assert operation.get("requestBody", {"required": True})["required"]


def test_the_docs_are_served(unchanged: Talk) -> None:
    """The page at /docs names the document."""
    assert "/api/v1/openapi.json" in unchanged.get("http://sandbox.test/docs").text
