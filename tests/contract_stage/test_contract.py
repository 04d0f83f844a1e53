"""Contracts loaded from a folder: which documents they are, and what holds them together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from accord.contract.contract import Contract, load
from accord.errors import ContractError

Contracts = Callable[[Mapping[str, object]], Contract]
Refusals = Callable[[Mapping[str, object]], ContractError]

OPENAPI: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": "2"},
    "paths": {"/a": {"get": {"operationId": "read", "responses": {"200": {"description": "x"}}}}},
}
ASYNCAPI: dict[str, Any] = {"asyncapi": "3.0.0", "info": {"title": "Events", "version": "1"}, "channels": {}}


def overlay(*actions: object, **members: object) -> dict[str, object]:
    """Return an overlay."""
    return {"overlay": "1.0.0", "info": {"title": "o", "version": "1"}, "actions": list(actions), **members}


def test_documents_are_told_by_their_root_member(contract: Contracts) -> None:
    """Files may have any name; the other files of the folder are left alone."""
    loaded = contract(
        {
            "one.yml": "asyncapi: 3.0.0\ninfo: {title: E, version: '1'}\nchannels: {}",
            "two.json": OPENAPI,
            "notes.md": "#",
        }
    )
    assert ("two.json", "one.yml", "Shop", "2") == (
        loaded.openapi,
        loaded.asyncapi,
        loaded.title,
        loaded.version,
    )
    assert "read" == loaded.operation("read").id
    with pytest.raises(KeyError):
        loaded.operation("other")


def test_one_file_is_a_contract(write: Callable[[Any], Path]) -> None:
    """A document may be named itself: the other documents of its folder do not count then."""
    folder = write({"openapi.json": OPENAPI, "old.json": OPENAPI, "asyncapi.json": ASYNCAPI})
    assert ("openapi.json", None) == (
        load(folder / "openapi.json").openapi,
        load(folder / "openapi.json").asyncapi,
    )
    assert load(str(folder / "asyncapi.json")).title == "Events"


def test_document_without_operations_is_a_contract(contract: Contracts) -> None:
    """OpenAPI 3.1 allows a document of components only."""
    loaded = contract({"openapi.json": {"openapi": "3.1.0", "info": OPENAPI["info"], "components": {}}})
    assert ((), {}, ()) == (loaded.operations, loaded.security_schemes, loaded.channels)


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({}, "neither an OpenAPI nor an AsyncAPI document"),
        ({"a.json": {"arazzo": "1.0.1"}}, "neither"),
        ({"a.json": OPENAPI, "b.yaml": "openapi: 3.1.0"}, "2 OpenAPI documents: a.json, b.yaml"),
        ({"a.json": ASYNCAPI, "b.json": ASYNCAPI}, "2 AsyncAPI documents"),
        ({"a.json": {"swagger": "2.0"}}, "Swagger 2.0"),
        ({"a.json": {**OPENAPI, "openapi": "3.3.0"}}, "OpenAPI 3.3.0; accord reads 3.0, 3.1 and 3.2"),
        ({"a.json": {**OPENAPI, "openapi": "2.0"}}, "accord reads 3.0, 3.1 and 3.2"),
        ({"a.json": {**OPENAPI, "openapi": ["3.1.0"]}}, "accord reads 3.0, 3.1 and 3.2"),
        ({"a.json": {**OPENAPI, "openapi": "3.10.0"}}, "3.10.0"),
        ({"a.json": {**OPENAPI, "openapi": "3.20.0"}}, "3.20.0"),
        ({"a.json": "[1]"}, "not a mapping"),
        ({"a.json": OPENAPI, "b.json": "{"}, "not valid YAML or JSON"),
        (
            {"a.json": OPENAPI, "b.json": overlay({"target": "$.no", "remove": True})},
            "names nothing in a.json",
        ),
        (
            {"a.json": OPENAPI, "b.json": overlay({"target": "$", "update": {}}, extends="c.json")},
            "extends 'c.json'",
        ),
        ({"a.json": OPENAPI, "b.json": overlay()}, "not valid overlay"),
        (
            {"a.json": OPENAPI, "b.json": overlay({"target": "$.info.title", "update": {"x": 1}})},
            "not both objects",
        ),
        (
            {"a.json": OPENAPI, "b.json": overlay({"target": "$.info", "update": {"version": 5}})},
            "not valid openapi 3.1",
        ),
    ],
)
def test_folder_that_is_no_contract_is_refused(
    refusal: Refusals, files: dict[str, object], reason: str
) -> None:
    """What cannot be read as one contract is an error with its reason, its place and a next step."""
    error = refusal(files)
    assert reason in error.reason
    assert error.place
    assert error.next_step


def test_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A missing folder is an error that names it."""
    with pytest.raises(ContractError, match="does not exist") as caught:
        load(tmp_path / "nothing")
    assert caught.value.place == str(tmp_path / "nothing")


@pytest.mark.parametrize("version", ["3.2.0", "3.1.0", "3.0.3"])
@pytest.mark.parametrize("extends", [{}, {"extends": "openapi.json"}, {"extends": "./openapi.json"}])
def test_overlay_is_applied(contract: Contracts, version: str, extends: dict[str, str]) -> None:
    """An overlay changes the document that it extends, by default the OpenAPI one, before it is read."""
    answer = {"$ref": "#/components/responses/Gone"}
    actions = [
        {"target": "$.paths['/a'].get.responses", "update": {"410": answer}},
        {"target": "$", "update": {"components": {"responses": {"Gone": {"description": "x"}}}}},
        {"target": "$.paths['/a'].get.operationId", "remove": True},
    ]
    document = {**OPENAPI, "openapi": version}
    (operation,) = contract(
        {"openapi.json": document, "overlay.json": overlay(*actions, **extends)}
    ).operations
    assert ("GET /a", ["200", "410"]) == (operation.id, list(operation.answers))


def test_overlay_may_bring_another_file(contract: Contracts) -> None:
    """A reference in an overlay is one of the document that it is laid over."""
    update = {"400": {"$ref": "parts/answers.json#/bad"}}
    files = {
        "openapi.json": OPENAPI,
        "overlay.json": overlay({"target": "$.paths['/a'].get.responses", "update": update}),
        "parts/answers.json": {"bad": {"description": "x"}},
    }
    assert "400" in contract(files).operations[0].answers


def test_overlay_of_asyncapi_is_applied(contract: Contracts) -> None:
    """An overlay may extend the AsyncAPI document."""
    action = {"target": "$.channels", "update": {"events": {"address": "/ws"}}}
    files = {"asyncapi.json": ASYNCAPI, "overlay.json": overlay(action, extends="asyncapi.json")}
    assert ["/ws"] == [item.address for item in contract(files).channels]


def test_line_of_a_place(contract: Contracts) -> None:
    """A place as findings name it has its line; one in no document has none."""
    loaded = contract({"openapi.yaml": "openapi: 3.1.0\ninfo:\n  title: t\n  version: '1'\npaths: {}\n"})
    assert (3, 5, None) == (
        loaded.line("openapi.yaml#/info/title"),
        loaded.line("openapi.yaml#/paths"),
        loaded.line("x#/"),
    )


def test_extension_may_refer_as_it_likes(contract: Contracts) -> None:
    """What ``$ref`` means inside an extension, only its reader knows."""
    assert contract({"openapi.json": {**OPENAPI, "x-mine": {"a": {"$ref": "#/nothing"}}}}).title == "Shop"


def test_files_of_a_3_0_document_are_of_3_0(contract: Contracts) -> None:
    """The schemas that an OpenAPI 3.0 document refers to are in its terms, those of AsyncAPI are not."""
    old = {"type": "integer", "nullable": True, "minimum": 1, "exclusiveMinimum": True}
    content = {"application/json": {"schema": {"$ref": "old.json"}}}
    paths = {"/a": {"get": {"responses": {"200": {"description": "x", "content": content}}}}}
    channel = {"address": "/", "messages": {"m": {"payload": {"$ref": "new.json"}}}}
    loaded = contract(
        {
            "openapi.json": {**OPENAPI, "openapi": "3.0.3", "paths": paths},
            "asyncapi.json": {**ASYNCAPI, "channels": {"c": channel}},
            "old.json": old,
            "new.json": {"$ref": "#/$defs/a", "minimum": 5, "$defs": {"a": {"type": "integer"}}},
        }
    )
    accepts = loaded.library.validator(
        str(loaded.operations[0].answers["200"].media_types[0].schema)
    ).is_valid
    assert [True, False, True] == [accepts(value) for value in (None, 1, 2)]
    accepts = loaded.library.validator(loaded.channels[0].messages[0].schema).is_valid
    assert [False, True] == [accepts(value) for value in (4, 5)]
