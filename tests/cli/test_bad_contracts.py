"""``accord verify`` with contracts that cannot be used: one message with place, reason and next step, exit code 2."""

from __future__ import annotations

import pytest

MINIMAL = 'openapi: 3.1.0\ninfo: {title: Little, version: "1"}\n'

# What is replaced in the contract by what, and what the message must hold; LINE is where that stands.
CHANGED = {
    "invalid YAML": ('version: "1.0"', "version: ]", ("openapi.yaml:LINE:", "not valid YAML", "Correct")),
    "invalid OpenAPI": (
        "in: path",
        "in: pth",
        (
            "openapi.yaml:LINE#/paths/~1things~1{thing_id}/get/parameters/0/in:",
            "not valid openapi 3.1",
            "Correct",
        ),
    ),
    "dangling reference": (
        'schemas/NewThing"',
        'schemas/NoThing"',
        (
            "openapi.yaml:LINE#/paths/~1things/post/requestBody/content/application~1json/schema:",
            "leads nowhere",
        ),
    ),
    "remote reference": (
        "#/components/schemas/NewThing",
        "https://example.com/things.yaml#/NewThing",
        (
            "openapi.yaml:LINE#/paths/~1things/post",
            "https://example.com/things.yaml",
            "Copy that document into the folder",
        ),
    ),
    "OpenAPI 3.3": ("openapi: 3.1.0", "openapi: 3.3.0", ("openapi.yaml:LINE#/openapi:", "3.3.0", "3.2")),
    "version is a number": ("openapi: 3.1.0", "openapi: 3.1", ("openapi.yaml:LINE#/openapi:", "string")),
    "null byte": ("title: Things", "title: Thi\0ngs", ("openapi.yaml:", "control characters")),
    "one operationId twice": (
        "get:\n      operationId: read_thing",
        "get:\n      operationId: create_thing",
        ("openapi.yaml:LINE#/paths/~1things~1{thing_id}/get:", "create_thing", "of its own"),
    ),
    "bad pattern in a request": (
        "minLength: 1,",
        "minLength: 1, pattern: '[',",
        ("openapi.yaml:", "#/components/schemas/NewThing", "not a usable JSON Schema", "Correct"),
    ),
    "bad pattern in an answer": (
        "name: {type: string}",
        "name: {type: string, pattern: '('}",
        ("openapi.yaml:", "#/components/schemas/Thing", "not a usable JSON Schema", "Correct"),
    ),
}

# The whole text of the contract, and what the message must hold.
WHOLE = {
    "empty": ("", ("openapi.yaml", "not a mapping")),
    "not UTF-8": (bytes(range(128, 256)), ("openapi.yaml", "not UTF-8", "Save it as UTF-8")),
    "Swagger 2.0": (
        'swagger: "2.0"\ninfo: {title: Old, version: "1"}\npaths: {}\n',
        ("openapi.yaml", "Swagger 2.0", "Convert"),
    ),
    "no paths": (f"{MINIMAL}paths: {{}}\n", ("nothing to verify", "Check")),
    "deep nesting": (f"{MINIMAL}paths: {'[' * 100_000}\n", ("openapi.yaml:3", "nested deeper")),
}


@pytest.mark.parametrize("name", CHANGED)
def test_a_contract_that_is_wrong_at_one_place_is_refused_with_that_place(name, project):
    """File, line and pointer of what is wrong are named, with the next step."""
    old, new, words = CHANGED[name]
    before = project.replace("openapi.yaml", old, new)

    done = project.verify()
    assert done.code == 2, done
    line = str(before.count("\n") + 1)
    assert all(word.replace("LINE", line) in done.err for word in words), done
    assert done.out == ""


@pytest.mark.parametrize("name", WHOLE)
def test_a_document_that_is_no_contract_is_refused(name, project):
    """What is not an OpenAPI document that accord reads ends the run before anything is sent."""
    text, words = WHOLE[name]
    project.write("openapi.yaml", text)

    done = project.verify()
    assert done.code == 2, done
    assert all(word in done.err for word in words), done


@pytest.mark.parametrize("contract", ["absent", "empty"])
def test_a_folder_without_a_contract_is_refused(contract, project):
    """A folder that is not there, or holds no contract, is named."""
    project.write("empty/notes.txt", "none")

    done = project.verify("--contract", contract)
    assert done.code == 2, done
    assert done.err.startswith(f"accord: {contract}: "), done
    assert len(done.err.splitlines()) == 2, done


def test_an_operation_without_responses_is_verified_against_what_there_is(project):
    """No status is documented, so the one that comes is found."""
    project.write("openapi.yaml", f"{MINIMAL}paths: {{/things/1: {{get: {{operationId: read}}}}}}\n")

    done = project.verify("--quiet")
    assert done.code == 1, done
    assert "undocumented-status  read → 200" in done.out, done


def test_a_body_that_no_value_satisfies_is_told_as_not_reached(project):
    """Nobody can make a valid request, which is no defect of the service."""
    project.replace("openapi.yaml", "minLength: 1, maxLength: 20", "minLength: 20, maxLength: 1")

    done = project.verify("--operation", "create_thing")
    assert done.code == 0, done
    assert "no valid request could be made from the contract" in done.out, done
