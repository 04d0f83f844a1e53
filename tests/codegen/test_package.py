"""What is generated from contracts of several shapes."""

from __future__ import annotations

import ast
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter, ValidationError

from accord.codegen import generate
from accord.contract.contract import load
from accord.errors import ContractError

DATA = Path(__file__).parent / "data"
Modules = dict[str, ModuleType]
Texts = Callable[[str], Mapping[str, str]]
Package = Callable[[str], Modules]
Generated = Callable[[dict[str, str]], Modules]


def accepts(model: Any, value: Any) -> bool:
    """Tell whether *model* takes *value*."""
    try:
        TypeAdapter(model).validate_python(value)
    except ValidationError:
        return False
    return True


def openapi(schemas: dict[str, Any]) -> str:
    """Return an OpenAPI document that has *schemas*."""
    return json.dumps(
        {
            "openapi": "3.1.0",
            "info": {"title": "t", "version": "1"},
            "paths": {},
            "components": {"schemas": schemas},
        },
        ensure_ascii=False,
    )


def test_a_contract_without_channels_has_no_messages(package: Package) -> None:
    """An OpenAPI document alone gives api.py and the scalars."""
    assert ["api", "scalars"] == list(package("petstore.yaml"))


def test_a_contract_without_operations_has_no_api(package: Package) -> None:
    """An AsyncAPI document alone gives messages.py and the scalars."""
    assert ["messages", "scalars"] == list(package("signups.yaml"))


def test_responses_name_the_model_of_each_json_body(package: Package) -> None:
    """Each operation and status with a JSON body has a row; a text and no body have none."""
    rows = {key: model.__name__ for key, model in package("petstore.yaml")["api"].RESPONSES.items()}
    assert {
        ("list-pets", "200"): "ListPetsResponse200",
        ("list-pets", "4XX"): "ProblemResponse",
        ("createPet", "201"): "CreatePetResponse201Any",
        ("GET /pets/{id}/owner", "200"): "OwnerOut",
    } == rows


def test_requests_name_the_model_of_each_media_type(package: Package) -> None:
    """Each media type of a request body has a row, forms too."""
    rows = {key: model.__name__ for key, model in package("petstore.yaml")["api"].REQUESTS.items()}
    assert {
        ("createPet", "application/json"): "CreatePetRequest",
        ("createPet", "application/x-www-form-urlencoded"): "CreatePetRequest2",
    } == rows


def test_schemas_are_found_by_their_place(package: Package) -> None:
    """A name that is no class name can still be looked up."""
    schemas = package("petstore.yaml")["api"].SCHEMAS
    assert schemas["petstore.yaml#/components/schemas/owner-out"].__name__ == "OwnerOut"


@pytest.mark.parametrize(
    ("expected", "place", "value"),
    [
        (True, "Pet", {"kind": "cat", "lives": 9.0}),
        (False, "Pet", {"kind": "cat", "lives": "9"}),
        (False, "Pet", {"kind": "cat", "lives": 10}),
        (True, "Pet", {"kind": "wolf", "good-boy": True}),
        (False, "Pet", {"kind": "wolf", "good_boy": True}),
        (False, "Pet", {"kind": "bird"}),
        (False, "Dog", {"kind": "dog", "walks": []}),
        (True, "Cat", {"kind": "cat", "lives": 1, "more": 1}),
        (True, "owner-out", None),
        (True, "owner-out", {"name": "x", "friends": [None, {"name": "y"}]}),
        (False, "owner-out", {"name": None}),
        (True, "AnyPet", {"kind": "dog"}),
    ],
)
def test_models_of_openapi_3_0_agree_with_their_schemas(
    package: Package, expected: bool, place: str, value: Any
) -> None:
    """Bounds, null, closed and open objects, aliases and unions mean what the document means."""
    model = package("petstore.yaml")["api"].SCHEMAS[f"petstore.yaml#/components/schemas/{place}"]
    assert expected == accepts(model, value)


def test_a_union_of_disjoint_constants_is_discriminated(package: Package) -> None:
    """The error of one variant is told alone, not one for each variant."""
    api = package("petstore.yaml")["api"]
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(api.Pet).validate_python({"kind": "cat"})
    assert [("cat", "lives")] == [error["loc"] for error in caught.value.errors()]


def test_original_names_are_kept_as_aliases(package: Package) -> None:
    """A member that is no Python name is written back under its own."""
    dog = package("petstore.yaml")["api"].Dog.model_validate({"kind": "dog", "good-boy": True})
    assert {"kind": "dog", "good-boy": True} == dog.model_dump(mode="json", by_alias=True, exclude_unset=True)


def test_defaults_are_members_of_their_enumeration(package: Package) -> None:
    """A default is the value that the member would be read as."""
    api = package("petstore.yaml")["api"]
    assert api.CreatePetRequestStatus.new is api.CreatePetRequest(name="x", tag=None).status


def test_messages_name_their_models(package: Package) -> None:
    """Each message has a row, and each side of a channel the union of what it sends."""
    messages = package("signups.yaml")["messages"]
    assert {"userSignedUp": "UserSignedUp", "userLeft": "UserLeft", "subscribe": "Subscribe"} == {
        key: model.__name__ for key, model in messages.MESSAGES.items()
    }
    assert {("sign-ups", "client"): "Subscribe", ("sign-ups", "server"): "SignUpsFromServer"} == {
        key: model.__name__ for key, model in messages.CHANNELS.items()
    }


def test_what_a_side_sends_is_read_as_its_variant(package: Package) -> None:
    """The union of a channel's side finds the variant by its constant."""
    messages = package("signups.yaml")["messages"]
    left = {"type": "user_left", "at": "2024-01-15T10:00:00Z"}
    assert isinstance(messages.SignUpsFromServer.model_validate(left).root, messages.UserLeft)


@pytest.mark.parametrize(
    "dialect", ["http://json-schema.org/draft-07/schema#", "https://json-schema.org/draft/2020-12/schema"]
)
def test_a_bundle_of_messages_has_models(generated_from: Generated, dialect: str) -> None:
    """A JSON Schema that is the union of all messages is enough: each message has its model."""
    bundle = {
        "$schema": dialect,
        "title": "Events",
        "anyOf": [{"$ref": "#/definitions/Started"}, {"$ref": "#/definitions/Ended"}],
        "definitions": {
            name: {
                "type": "object",
                "required": ["type", "at"],
                "properties": {"type": {"const": name.lower()}, "at": {"$ref": "#/definitions/Moment"}},
            }
            for name in ("Started", "Ended")
        }
        | {"Moment": {"type": "string", "format": "date-time"}},
    }
    messages = generated_from({"messages.schema.json": json.dumps(bundle)})["messages"]
    assert {"Started": messages.Started, "Ended": messages.Ended} == messages.MESSAGES
    told = {"type": "ended", "at": "2024-01-15T10:00:00Z"}
    assert accepts(messages.CHANNELS["messages", "server"], told)
    assert not accepts(messages.CHANNELS["messages", "server"], {**told, "type": "other"})


def test_a_message_schema_is_defined_once(package: Package) -> None:
    """The API takes the messages' models, also where both have a schema of one name."""
    modules = package("twins")
    api, messages = modules["api"], modules["messages"]
    assert issubclass(api.Shot, messages.Shot)
    assert api.RESPONSES["read_shot", "202"] is messages.Shot
    assert api.RESPONSES["read_shot", "200"] is api.Shot
    either = api.Either.model_validate({"type": "shot_created", "id": 1}).root
    assert type(either) is messages.Shot


def test_generating_again_elsewhere_gives_the_same(
    texts: Texts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No clock, no folder and no hash seed shows in the text."""
    shutil.copytree(DATA / "twins", tmp_path / "elsewhere")
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    monkeypatch.chdir(tmp_path)
    assert texts("twins") == generate(load(tmp_path / "elsewhere"))


def test_the_order_of_schemas_does_not_matter(texts: Texts, tmp_path: Path) -> None:
    """Schemas that only change places change nothing."""
    document = yaml.safe_load((DATA / "petstore.yaml").read_text(encoding="utf-8"))
    document["components"]["schemas"] = dict(reversed(document["components"]["schemas"].items()))
    (tmp_path / "petstore.yaml").write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    assert texts("petstore.yaml") == generate(load(tmp_path / "petstore.yaml"))


def test_every_module_says_that_it_is_generated(texts: Texts) -> None:
    """The first lines name the command, the documents, and that edits are lost."""
    for text in texts("twins").values():
        first, second, *_ = text.splitlines()
        assert first == "# Written by `accord generate` from asyncapi.yaml, events.json, openapi.yaml."
        assert second == "# Do not edit: change the contract and run the command again."


def test_a_contract_without_schemas_gives_an_empty_package(tmp_path: Path) -> None:
    """Nothing to generate is no fault."""
    path = tmp_path / "bare.yaml"
    path.write_text("openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {}\n", encoding="utf-8")
    assert ["__init__.py"] == list(generate(load(path)))


def test_names_that_clash_get_a_number(generated_from: Generated) -> None:
    """Two schemas whose names make one class name stay two models."""
    schemas = {"A-B": {"type": "string"}, "A_B": {"type": "integer"}, "RESPONSES": {"type": "boolean"}}
    api = generated_from({"openapi.json": openapi(schemas)})["api"]
    assert {"A-B": "AB", "A_B": "AB2", "RESPONSES": "RESPONSESModel"} == {
        place.rpartition("/")[2]: model.__name__ for place, model in api.SCHEMAS.items()
    }
    assert accepts(api.AB2, 1)


def test_names_of_the_generators_imports_are_usable(generated_from: Generated) -> None:
    """A schema called like something that the module imports does not take its place."""
    names = (
        "Any",
        "Field",
        "BaseModel",
        "UUID",
        "StrictInt",
        "date",
        "dict",
        "RootModel",
        "Literal",
        "Annotated",
    )
    schemas = {
        name: {
            "type": "object",
            "required": ["int"],
            "properties": {
                "int": {"type": "integer", "minimum": 1},
                "date": {"type": "string", "format": "date"},
                "UUID": {"type": "string", "format": "uuid"},
                "self": {},
                "model_config": {"const": "x"},
            },
        }
        for name in names
    }
    api = generated_from({"openapi.json": openapi(schemas)})["api"]
    for model in api.SCHEMAS.values():
        assert accepts(model, {"int": 1, "date": "2024-01-15", "self": None})
        assert not accepts(model, {"int": 0})
        assert not accepts(model, {"int": 1, "date": "soon"})


def test_nothing_in_a_contract_becomes_code(generated_from: Generated) -> None:
    """Texts stay texts, and keywords that the generator would import from are dropped."""
    hostile = 'x"""\nimport os\nraise SystemExit(9)\n\\"""\\'
    schemas = {
        "Victim": {
            "type": "object",
            "description": hostile,
            "title": hostile,
            "customTypePath": "os.system",
            "customBasePath": "os.system",
            "x-python-type": "os.system",
            "x-python-import": {"module": "os", "name": "system"},
            "properties": {
                hostile: {"type": "string", "description": hostile, "pattern": hostile, "default": hostile},
                "choice": {
                    "type": "string",
                    "enum": [hostile, "'''", "\\", ""],
                    "customTypePath": "os.system",
                },
            },
        },
    }
    api = generated_from({"openapi.json": openapi(schemas)})["api"]
    assert "system" not in vars(api)
    tree = ast.parse(Path(str(api.__file__)).read_text(encoding="utf-8"))
    imports = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imports <= {"__future__", "enum", "typing", "pydantic", "scalars"}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.Raise)]


def test_objects_are_open_unless_they_are_closed(generated_from: Generated) -> None:
    """A member that no schema names is kept, or refused where the schema says so."""
    part = {"type": "object", "properties": {"a": {"type": "integer"}}}
    closed = {**part, "additionalProperties": False}
    schemas: dict[str, Any] = {
        "Open": part,
        "Bare": {"type": "object"},
        "Merged": {"allOf": [part, {"type": "object", "properties": {"b": {"type": "integer"}}}]},
        "Closed": closed,
        "Nullable": {**closed, "type": ["object", "null"]},
        "Typed": {**part, "additionalProperties": {"type": "integer"}},
        "Finished": {"allOf": [{"$ref": "#/components/schemas/Open"}], "unevaluatedProperties": False},
    }
    api = generated_from({"openapi.json": openapi(schemas)})["api"]
    models = {place.rpartition("/")[2]: model for place, model in api.SCHEMAS.items()}
    value = {"a": 1, "more": "x"}
    assert {"Open", "Bare", "Merged"} == {name for name, model in models.items() if accepts(model, value)}
    for name in ("Open", "Bare", "Merged"):
        adapter = TypeAdapter(models[name])
        assert value == adapter.dump_python(adapter.validate_python(value), mode="json", exclude_unset=True)


def test_a_default_that_breaks_its_schema_is_left_out(generated_from: Generated) -> None:
    """A model never holds a value that its own schema refuses."""
    schemas = {
        "A": {"type": "object", "properties": {"size": {"type": "integer", "minimum": 1, "default": 0}}}
    }
    assert generated_from({"openapi.json": openapi(schemas)})["api"].A().size is None


def test_a_reference_that_leads_nowhere_is_told_with_its_place(tmp_path: Path) -> None:
    """What cannot be resolved stops the generation, and the error says what."""
    path = tmp_path / "openapi.json"
    path.write_text(openapi({"A": {"$ref": "#/components/schemas/B"}}), encoding="utf-8")
    with pytest.raises(ContractError, match=r"openapi.json#/components/schemas/B leads nowhere"):
        generate(load(path))


def test_a_reference_to_itself_is_told(tmp_path: Path) -> None:
    """A schema that is only another name of itself has no model."""
    path = tmp_path / "openapi.json"
    path.write_text(openapi({"A": {"$ref": "#/components/schemas/A"}}), encoding="utf-8")
    with pytest.raises(ContractError, match="leads back to itself"):
        generate(load(path))


def test_a_generator_that_gives_up_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure of datamodel-code-generator is an error of the contract, without a traceback."""
    monkeypatch.setattr(
        "accord.codegen.generator._OPTIONS", ("--input", "absent", "--input-file-type", "openapi")
    )
    path = tmp_path / "openapi.json"
    path.write_text(openapi({"A": {"type": "string"}}), encoding="utf-8")
    with pytest.raises(ContractError, match="gave up") as caught:
        generate(load(path))
    assert caught.value.place == "openapi.json"


def test_each_item_of_a_sequence_has_a_model(generated_from: Generated) -> None:
    """It stands among the schemas, by its place in the contract, also where a media type is referred to (OpenAPI 3.2)."""
    item = {"type": "object", "required": ["level"], "properties": {"level": {"type": "integer"}}}
    answer = {
        "content": {
            "application/jsonl": {"itemSchema": item},
            "text/event-stream": {"$ref": "#/components/mediaTypes/Events"},
        }
    }
    body = {
        "content": {
            "application/json-seq": {
                "itemSchema": {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}
            }
        }
    }
    document = {
        "openapi": "3.2.0",
        "info": {"title": "t", "version": "1"},
        "paths": {
            "/log": {"query": {"operationId": "log", "requestBody": body, "responses": {"200": answer}}}
        },
        "components": {
            "mediaTypes": {
                "Events": {"itemSchema": {"type": "object", "properties": {"data": {"type": "string"}}}}
            }
        },
    }
    api = generated_from({"openapi.json": json.dumps(document)})["api"]
    models = {place.rpartition("#")[2].split("/")[-2]: model for place, model in api.SCHEMAS.items()}
    assert ["Events", "application~1json-seq", "application~1jsonl"] == sorted(models)
    assert [True, False] == [
        accepts(models["application~1jsonl"], value) for value in ({"level": 1}, {"level": "1"})
    ]
    assert {"LogRequestItem", "LogResponse200Item"} < {model.__name__ for model in models.values()}
