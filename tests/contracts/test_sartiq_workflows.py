"""The Arazzo document: valid, and each step fits its operation."""

import json
import re
from typing import Any

import pytest

from .documents import SOME_ID, document, errors, operations, validator, vendored, workflow

STEPS = {step["stepId"]: step for step in workflow()["steps"]}
EXPRESSION = re.compile(r"\$steps\.(\w+)\.outputs\.(\w+)")


def test_the_document_is_valid() -> None:
    """The document is valid under the official schema."""
    assert [] == errors(vendored("arazzo-1.0.json"), document("workflows.arazzo.yaml"))


def test_the_source_is_the_openapi_document() -> None:
    """The workflow calls the operations of the OpenAPI document beside it."""
    (source,) = document("workflows.arazzo.yaml")["sourceDescriptions"]
    assert ("./openapi.yaml", "openapi") == (source["url"], source["type"])


def test_the_inputs_are_the_credentials() -> None:
    """The workflow needs a user name and a password."""
    assert ["username", "password"] == workflow()["inputs"]["required"]


@pytest.mark.parametrize("step_id", STEPS)
def test_every_step_gives_the_parameters_of_its_path(step_id: str) -> None:
    """A step calls an operation that exists and gives each parameter of its path."""
    step = STEPS[step_id]
    _, _, operation = operations()[step["operationId"]]
    given = {one["name"] for one in step.get("parameters", []) if one["in"] == "path"}
    assert {one["name"] for one in operation["parameters"] if one["in"] == "path"} == given


@pytest.mark.parametrize("step_id", STEPS)
def test_every_step_but_the_login_sends_the_token(step_id: str) -> None:
    """Each step but the first has the Authorization header."""
    headers = {one["name"] for one in STEPS[step_id].get("parameters", []) if one["in"] == "header"}
    assert (set() if step_id == "login" else {"Authorization"}) == headers


@pytest.mark.parametrize("step_id", STEPS)
def test_every_payload_is_valid(step_id: str) -> None:
    """The payload of a step, different ids put for its expressions, is valid for its operation."""
    step = STEPS[step_id]
    _, _, operation = operations()[step["operationId"]]
    assert ("requestBody" in step) == ("requestBody" in operation)
    if "requestBody" in step:
        media = operation["requestBody"]["content"][step["requestBody"]["contentType"]]
        assert [] == errors(validator(media["schema"]), filled(step["requestBody"]["payload"]))


def filled(payload: Any) -> Any:
    """Return a payload with a different id in place of each expression."""
    ids = (SOME_ID[:-3] + f"{number:03}" for number in range(1000))
    return json.loads(re.sub(r"\$(steps|inputs)[.\w]+", lambda _: next(ids), json.dumps(payload)))


def test_every_output_that_is_used_was_made_before() -> None:
    """A step uses outputs of the steps before it; three outputs are there for the reader only."""
    made: set[tuple[str, str]] = set()
    used: set[tuple[str, str]] = set()
    for step_id, step in STEPS.items():
        needed = set(EXPRESSION.findall(json.dumps(step)))
        assert needed <= made
        used |= needed
        made |= {(step_id, name) for name in step.get("outputs", {})}
    used |= set(EXPRESSION.findall(json.dumps(workflow()["outputs"])))
    assert used <= made
    assert {
        ("generateSecond", "generation"),
        ("awaitFirst", "image"),
        ("awaitSecond", "image"),
    } == made - used


def test_the_waits_end() -> None:
    """Each wait is repeated a limited number of times."""
    waits = {step_id: step["onFailure"] for step_id, step in STEPS.items() if "onFailure" in step}
    assert ["awaitFirst", "awaitSecond", "awaitAgain"] == list(waits)
    for (action,) in waits.values():
        assert "retry" == action["type"]
        assert action["retryLimit"] > 0
        assert action["retryAfter"] > 0
