"""Arazzo documents as values, and what is wrong with those that no schema refuses."""

from __future__ import annotations

import contextlib
import copy
from typing import Any

import pytest

from accord.contract.arazzo import OperationReference, read_workflows
from accord.contract.condition import parse_condition
from accord.contract.expression import parse_expression, split_template
from accord.contract.query import TooCostlyError, has_match, selects
from accord.errors import ContractError

DOCUMENT: dict[str, Any] = {
    "arazzo": "1.0.1",
    "info": {"title": "Shop", "version": "1"},
    "sourceDescriptions": [{"name": "shop", "url": "openapi.yaml", "type": "openapi"}],
    "components": {
        "parameters": {"page": {"name": "page", "in": "query", "value": 1}},
        "inputs": {"login": {"type": "object", "properties": {"user": {"type": "string", "default": "ann"}}}},
        "successActions": {"stop": {"name": "stop", "type": "end"}},
        "failureActions": {"again": {"name": "again", "type": "retry", "retryAfter": 2, "retryLimit": 3}},
    },
    "workflows": [
        {
            "workflowId": "buy",
            "inputs": {"type": "object", "properties": {"sku": {"type": "string"}}},
            "parameters": [{"reference": "$components.parameters.page"}],
            "failureActions": [{"reference": "$components.failureActions.again"}],
            "steps": [
                {
                    "stepId": "find",
                    "operationId": "listProducts",
                    "parameters": [
                        {"reference": "$components.parameters.page", "value": 2},
                        {"name": "sku", "in": "query", "value": "$inputs.sku"},
                    ],
                    "successCriteria": [
                        {"condition": "$statusCode == 200"},
                        {"context": "$response.body", "type": "jsonpath", "condition": "$.items[?@.id]"},
                    ],
                    "outputs": {"id": "$response.body#/items/0/id"},
                },
                {
                    "stepId": "order",
                    "operationPath": "{$sourceDescriptions.shop.url}#/paths/~1products~1{id}~1orders/post",
                    "parameters": [{"name": "id", "in": "path", "value": "$steps.find.outputs.id"}],
                    "requestBody": {
                        "contentType": "application/json",
                        "payload": {"count": 1},
                        "replacements": [{"target": "/count", "value": 2}],
                    },
                    "onFailure": [{"name": "again", "type": "end"}],
                },
            ],
            "outputs": {"bought": "$steps.find.outputs.id"},
        }
    ],
}

WORKFLOW = ("workflows", 0)
FIND = (*WORKFLOW, "steps", 0)
ORDER = (*WORKFLOW, "steps", 1)
CRITERION = (*FIND, "successCriteria", 0)


def changed(path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    """Return the document with *value* at *path*."""
    document = copy.deepcopy(DOCUMENT)
    target: Any = document
    for token in path[:-1]:
        target = target[token]
    target[path[-1]] = value
    return document


def test_pointers_name_steps_and_criteria() -> None:
    """Every step and criterion knows its place in the file."""
    (workflow,) = read_workflows(DOCUMENT, place="shop.yaml")
    assert workflow.steps[1].pointer == "shop.yaml#/workflows/0/steps/1"
    assert workflow.steps[0].criteria[1].pointer == "shop.yaml#/workflows/0/steps/0/successCriteria/1"


def test_operations_are_referred_to_by_id_and_by_path() -> None:
    """An operationId belongs to the only source; an operationPath gives template and method."""
    (workflow,) = read_workflows(DOCUMENT, place="shop.yaml")
    assert workflow.steps[0].operation == OperationReference(source="shop", id="listProducts")
    assert workflow.steps[1].operation == OperationReference(
        source="shop", path="/products/{id}/orders", method="POST"
    )


@pytest.mark.parametrize(
    ("pointer", "method"),
    [("query", "QUERY"), ("additionalOperations/COPY", "COPY"), ("additionalOperations/mkcol", "mkcol")],
)
def test_operation_path_leads_to_any_method(pointer: str, method: str) -> None:
    """Also to those that OpenAPI 3.2 has beside the others, as they are sent."""
    path = f"{{$sourceDescriptions.shop.url}}#/paths/~1a/{pointer}"
    (workflow,) = read_workflows(changed((*ORDER, "operationPath"), path), place="shop.yaml")
    assert workflow.steps[1].operation == OperationReference(source="shop", path="/a", method=method)


def test_a_step_overrides_what_its_workflow_gives() -> None:
    """Parameters override by name and place, actions by name; the others are inherited."""
    (workflow,) = read_workflows(DOCUMENT, place="shop.yaml")
    find, order = workflow.steps
    assert [(item.name, item.value) for item in find.parameters] == [("page", 2), ("sku", "$inputs.sku")]
    assert [item.name for item in order.parameters] == ["id", "page"]
    assert [(item.type, item.retry_limit) for item in find.on_failure] == [("retry", 3)]
    assert [item.type for item in order.on_failure] == ["end"]


def test_an_operation_id_may_name_its_source() -> None:
    """$sourceDescriptions.name.id is the operation id in that source."""
    document = changed((*FIND, "operationId"), "$sourceDescriptions.shop.list.products")
    (workflow,) = read_workflows(document, place="shop.yaml")
    assert workflow.steps[0].operation == OperationReference(source="shop", id="list.products")


@pytest.mark.parametrize(
    ("path", "value", "pointer"),
    [
        ((*CRITERION, "condition"), "$statusCode = 200", "/workflows/0/steps/0/successCriteria/0/condition"),
        (
            (*CRITERION, "condition"),
            '$response.body#/a == "x"',
            "/workflows/0/steps/0/successCriteria/0/condition",
        ),
        ((*CRITERION, "condition"), "$status == 200", "/workflows/0/steps/0/successCriteria/0/condition"),
        (
            (*CRITERION, "condition"),
            "(" * 99 + "1" + ")" * 99,
            "/workflows/0/steps/0/successCriteria/0/condition",
        ),
        ((*CRITERION, "condition"), "$inputs.sko == 1", "/workflows/0/steps/0/successCriteria/0/condition"),
        (
            CRITERION,
            {"context": "$response.body", "type": "xpath", "condition": "//a"},
            "/workflows/0/steps/0/successCriteria/0/type",
        ),
        (
            CRITERION,
            {
                "context": "$response.body",
                "type": {"type": "xpath", "version": "xpath-10"},
                "condition": "//a",
            },
            "/workflows/0/steps/0/successCriteria/0/type",
        ),
        (
            CRITERION,
            {"context": "$response.body", "type": "regex", "condition": "["},
            "/workflows/0/steps/0/successCriteria/0/condition",
        ),
        (
            CRITERION,
            {"context": "$response.body", "type": "jsonpath", "condition": "items[0]"},
            "/workflows/0/steps/0/successCriteria/0/condition",
        ),
        (
            CRITERION,
            {"context": "$response.body", "type": {"type": "jsonpath", "version": "9"}, "condition": "$"},
            "/workflows/0/steps/0/successCriteria/0/type/version",
        ),
        (CRITERION, {"type": "regex", "condition": "a"}, "/workflows/0/steps/0/successCriteria/0"),
        (
            CRITERION,
            {"context": "body", "type": "regex", "condition": "a"},
            "/workflows/0/steps/0/successCriteria/0/context",
        ),
        ((*FIND, "stepId"), "order", "/workflows/0/steps/1/stepId"),
        ((*FIND, "outputs", "id"), "items/0", "/workflows/0/steps/0/outputs/id"),
        ((*FIND, "outputs"), {"ident": "$response.body"}, "/workflows/0/steps/1/parameters/0/value"),
        (
            (*FIND, "onSuccess"),
            [{"name": "x", "type": "goto", "stepId": "pay"}],
            "/workflows/0/steps/0/onSuccess/0/stepId",
        ),
        (
            (*FIND, "onSuccess"),
            [{"name": "x", "type": "goto", "workflowId": "pay"}],
            "/workflows/0/steps/0/onSuccess/0/workflowId",
        ),
        (
            (*FIND, "parameters", 0),
            {"reference": "$components.parameters.size"},
            "/workflows/0/steps/0/parameters/0/reference",
        ),
        (
            (*FIND, "parameters", 0),
            {"reference": "$components.successActions.stop"},
            "/workflows/0/steps/0/parameters/0/reference",
        ),
        ((*FIND, "parameters", 0), {"name": "q", "value": 1}, "/workflows/0/steps/0/parameters/0"),
        (
            (*ORDER, "operationPath"),
            "{$sourceDescriptions.shop.url}#/paths/~1a",
            "/workflows/0/steps/1/operationPath",
        ),
        (
            (*ORDER, "operationPath"),
            "{$sourceDescriptions.x.url}#/paths/~1a/get",
            "/workflows/0/steps/1/operationPath",
        ),
        (
            (*ORDER, "requestBody", "replacements", 0, "target"),
            "count",
            "/workflows/0/steps/1/requestBody/replacements/0/target",
        ),
        (
            (*ORDER, "requestBody", "payload"),
            {"a": ["x", "{$steps.none.outputs.a}"]},
            "/workflows/0/steps/1/requestBody/payload/a/1",
        ),
        ((*WORKFLOW, "dependsOn"), ["buy"], "/workflows/0/dependsOn"),
        ((*WORKFLOW, "dependsOn"), ["$sourceDescriptions.other.buy"], "/workflows/0/dependsOn/0"),
        ((*WORKFLOW, "inputs"), {"type": "nothing"}, "/workflows/0/inputs"),
        ((*WORKFLOW, "inputs"), {"$ref": "http://127.0.0.1:9/x"}, "/workflows/0/inputs"),
        ((*WORKFLOW, "outputs", "bought"), "$steps.find.outputs.", "/workflows/0/outputs/bought"),
        (
            ("sourceDescriptions",),
            [{"name": "a", "url": "a"}, {"name": "b", "url": "b"}],
            "/workflows/0/steps/0/operationId",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(path: tuple[str | int, ...], value: object, pointer: str) -> None:
    """What no schema can see stops the run with the pointer of the mistake and something to do."""
    with pytest.raises(ContractError) as caught:
        read_workflows(changed(path, value), place="shop.yaml")
    assert caught.value.place == f"shop.yaml#{pointer}"
    assert caught.value.next_step


@pytest.mark.parametrize(
    ("text", "source", "owner", "name", "pointer"),
    [
        ("$url", "url", "", "", None),
        ("$statusCode", "statusCode", "", "", None),
        ("$request.header.x-api-key", "request.header", "", "x-api-key", None),
        ("$request.body", "request.body", "", "", None),
        ("$request.body#/a~1b/c.d", "request.body", "", "", "/a~1b/c.d"),
        ("$response.body#", "response.body", "", "", ""),
        ("$response.body.items[0].id", "response.body", "", ".items[0].id", None),
        ("$inputs.a.b", "inputs", "", "a.b", None),
        ("$steps.log-in.outputs.pets#/0/id", "steps", "log-in", "pets", "/0/id"),
        ("$workflows.foo.inputs.user", "workflows.inputs", "foo", "user", None),
        ("$sourceDescriptions.shop.url", "sourceDescriptions", "shop", "url", None),
        ("$components.parameters.page", "components", "", "page", None),
    ],
)
def test_expressions_are_read(text: str, source: str, owner: str, name: str, pointer: str | None) -> None:
    """The forms of the specification's grammar come apart into their parts."""
    found = parse_expression(text)
    assert (source, owner, name, pointer) == (found.source, found.owner, found.name, found.pointer)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "$",
        "$foo",
        "$url.x",
        "$statusCode ",
        "$response.query.a",
        "$response.header.",
        "$request.header.a b",
        "$response.bodyguard",
        "$response.body#a",
        "$response.body#/~2",
        "$steps.a",
        "$steps.a.inputs.b",
        "$steps.a.outputs.",
        "$inputs.",
        "$components.inputs.a",
        "$response.body.a..b",
        "$sourceDescriptions.x",
    ],
)
def test_malformed_expressions_are_refused(text: str) -> None:
    """What the grammar does not produce is no expression."""
    with pytest.raises(ValueError, match=r"."):
        parse_expression(text)


def test_templates_come_apart() -> None:
    """Only braces around a runtime expression embed one."""
    parts = list(split_template("{a} Bearer {$inputs.t}-{$5}{$url}"))
    texts = [part if isinstance(part, str) else part.text for part in parts]
    assert texts == ["{a} Bearer ", "$inputs.t", "-{$5}", "$url", ""]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "==",
        "1 ==",
        "1 == 2 == 3",
        "(1",
        "1)",
        "{1)",
        "'a",
        "a",
        "1 & 2",
        "$url $url",
        "1a",
        "1 2",
        "!",
        "true && ",
        "'a' 'b'",
        "x" * 10_001,
    ],
)
def test_malformed_conditions_are_refused(text: str) -> None:
    """A condition that is cut off, unbalanced or ambiguous is refused."""
    with pytest.raises(ValueError, match=r"."):
        parse_condition(text)


def test_a_costly_query_is_stopped() -> None:
    """A query whose cost multiplies is stopped instead of finished."""
    with pytest.raises(TooCostlyError):
        selects("$..*..*..*..nothing", [{"a": [index] * 10} for index in range(5000)])


def test_a_deep_value_stops_a_query() -> None:
    """Descending into a value that nests without end is stopped."""
    deep: Any = 0
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(TooCostlyError):
        selects("$..nothing", deep)


@pytest.mark.parametrize("pattern", [r"(a|a)*\1b", r"(?=(a+)+b\1)c|(a|aa)+\2$b"])
def test_a_backtracking_pattern_ends(pattern: str) -> None:
    """A pattern that would backtrack for ever either is stopped or answers no."""
    with contextlib.suppress(TooCostlyError):
        assert not has_match(pattern, "a" * 5000)


def test_a_query_reads_no_string_as_json() -> None:
    """A string is a value without children, whatever JSON it may hold."""
    assert not selects("$.a", '{"a": 1}')
    assert selects("$", '{"a": 1}')


def test_extensions_of_the_library_are_no_jsonpath() -> None:
    """Only RFC 9535 is understood."""
    for text in ("$.a | $.b", "$.~", "$[(@.length-1)]", ""):
        with pytest.raises(ValueError, match="no JSONPath query"):
            selects(text, {})
