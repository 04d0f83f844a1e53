"""The values of runtime expressions, and criteria over them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.cases.criterion import compare, judge
from accord.cases.expression import ABSENT, Context, Message, UnresolvedError, evaluate, read_body, resolve
from accord.contract.workflow import Criterion

CONTEXT = Context(
    inputs={"user": {"name": "Ann", "tags": ["a", "b"]}, "user.name": "dotted", "x-key": "k", "none": None},
    outputs={"out": 1},
    steps={"log-in": {"token": "t0", "pets": [{"id": 7}]}},
    workflow_inputs={"other": {"a": 1}},
    workflow_outputs={"other": {"b": {"c": 2}}},
    sources={"shop": "https://shop.test/openapi.yaml"},
    components={"page": 3, "who": "$inputs.x-key", "self": "$components.parameters.self"},
    message=Message(
        url="https://shop.test/a?b=1",
        method="GET",
        request_headers=(("Accept", "text/html"),),
        query={"b": 1},
        path={"id": "p"},
        request_body={"a/b": {"~": True}},
        status=404,
        response_headers=(("X-Rate-Limit", "5"), ("Content-Type", "application/json")),
        response_body={"id": 12, "Name": "Straße", "items": [{"price": 9.5}], "null": None, "": "empty"},
    ),
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$url", "https://shop.test/a?b=1"),
        ("$method", "GET"),
        ("$statusCode", 404),
        ("$request.header.accept", "text/html"),
        ("$request.query.b", 1),
        ("$request.path.id", "p"),
        ("$request.body#/a~1b/~0", True),
        ("$response.header.x-rate-limit", "5"),
        ("$response.body#/items/0/price", 9.5),
        ("$response.body.items[0].price", 9.5),
        ("$response.body#/null", None),
        ("$response.body#/", "empty"),
        ("$inputs.user.name", "dotted"),
        ("$inputs.user.tags[1]", "b"),
        ("$inputs.user#/name", "Ann"),
        ("$inputs.x-key", "k"),
        ("$outputs.out", 1),
        ("$steps.log-in.outputs.pets#/0/id", 7),
        ("$steps.log-in.outputs.pets[0].id", 7),
        ("$workflows.other.inputs.a", 1),
        ("$workflows.other.outputs.b#/c", 2),
        ("$sourceDescriptions.shop.url", "https://shop.test/openapi.yaml"),
        ("$components.parameters.page", 3),
        ("$components.parameters.who", "k"),
    ],
)
def test_expressions_have_values(text: str, value: object) -> None:
    """Each source gives its value, of its own type."""
    found = evaluate(text, CONTEXT)
    assert value == found
    assert type(value) is type(found)


@pytest.mark.parametrize(
    "text",
    [
        "$response.body#/nothing",
        "$response.body#/items/1",
        "$response.body#/items/-1",
        "$response.body#/items/00",
        "$response.body#/id/0",
        "$response.body.items[9]",
        "$response.header.X-None",
        "$request.query.c",
        "$inputs.nobody",
        "$steps.none.outputs.a",
        "$steps.log-in.outputs.none",
        "$workflows.none.outputs.a",
        "$components.parameters.self",
        "$response.body#/items/\u0660",
    ],
)
def test_expressions_without_a_value_say_so(text: str) -> None:
    """A value that is not there is told apart from null."""
    with pytest.raises(UnresolvedError):
        evaluate(text, CONTEXT)


def test_a_missing_output_names_its_step() -> None:
    """Who lacks an output learns which step should have given it."""
    with pytest.raises(UnresolvedError) as caught:
        evaluate("$steps.log-in.outputs.none", CONTEXT)
    assert caught.value.step == "log-in"


def test_values_are_resolved_inside() -> None:
    """A whole expression keeps its type; an embedded one becomes text; the rest stays."""
    value: Any = {
        "a": ["$statusCode", "Bearer {$steps.log-in.outputs.token}", "$5", "{x}"],
        "b": "{$inputs.none}",
    }
    assert resolve(value, CONTEXT) == {"a": [404, "Bearer t0", "$5", "{x}"], "b": "null"}


@settings(deadline=None, derandomize=True)
@given(st.text())
def test_text_embedded_in_json_comes_back(text: str) -> None:
    """Whatever a service says, it cannot break out of the JSON template that quotes it."""
    context = Context(inputs={"x": text})
    made = resolve('{"a": "{$inputs.x}"}', context, media_type="application/json")
    assert json.loads(str(made)) == {"a": text}


@settings(deadline=None, derandomize=True)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3)
    )
)
def test_a_json_body_comes_back(value: object) -> None:
    """A JSON body means what was written."""
    assert read_body((("Content-Type", "application/problem+json"),), json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        (b"", ABSENT),
        (b"{", "{"),
        (b"NaN", "NaN"),
        (b"\xff", "\ufffd"),
        (b"[" * 100_000, "[" * 100_000),
        (b"[" * 300 + b"]" * 300, "[" * 300 + "]" * 300),
        (b"1" * 10_000, "1" * 10_000),
    ],
)
def test_a_hostile_body_is_text(body: bytes, seen: object) -> None:
    """A body that is no JSON, or too deep or large a JSON, is text."""
    assert seen == read_body((("Content-Type", "application/json"),), body)


def simple(condition: str) -> bool:
    """Hold a simple condition against the context."""
    return judge(Criterion(condition=condition, pointer="f#/0"), CONTEXT).held


@pytest.mark.parametrize(
    ("condition", "held"),
    [
        ("$statusCode == 404", True),
        ("$statusCode==404", True),
        ("{$statusCode == 404}", True),
        ("$statusCode != 404", False),
        ("$statusCode >= 400 && $statusCode < 500", True),
        ("$statusCode == 200 || $statusCode == 404", True),
        ("true || false && false", True),
        ("(true || false) && false", False),
        ("!($statusCode == 200)", True),
        ("!!$response.body#/id", True),
        ("!true == false", True),
        ("$response.body#/Name == 'STRASSE'", True),
        ("$response.body#/Name != 'strasse'", False),
        ("'B' > 'a'", True),
        ("$response.header.X-Rate-Limit > 4", True),
        ("$response.header.X-Rate-Limit == 5.0", True),
        ("$response.header.X-Rate-Limit == '5'", True),
        ("$response.body#/id == '12'", True),
        ("$response.body#/null == null", True),
        ("$response.body#/nothing == null", True),
        ("$response.body#/nothing == 'x'", False),
        ("$response.body#/nothing < 1", False),
        ("$response.body#/items > 1", False),
        ("$response.body#/items", True),
        ("$response.body.items[0].price <= 9.5", True),
        ("$request.body#/a~1b/~0 == true", True),
        ("$request.body#/a~1b/~0 == 'TRUE'", True),
        ("1 == true", False),
        ("0 == false", False),
        ("null == false", False),
        ("'it''s' == 'IT''S'", True),
        ("'a == b' == 'A == B'", True),
        ("-1 < 1e2", True),
        ("9007199254740993 == 9007199254740992", False),
    ],
)
def test_simple_conditions(condition: str, held: bool) -> None:
    """Literals, operators, precedence and loose comparisons are those of the specification."""
    assert held is simple(condition)


@pytest.mark.parametrize(
    ("type_", "context", "condition", "held"),
    [
        ("regex", "$statusCode", "^404$", True),
        ("regex", "$statusCode", "^40$", False),
        ("regex", "$response.header.X-None", ".*", False),
        ("regex", "$url", "/a(?=[?])", True),
        ("jsonpath", "$response.body", "$.items[?@.price > 9]", True),
        ("jsonpath", "$response.body", "$.items[?@.price > 10]", False),
        ("jsonpath", "$response.body", "$[?count(@.*) > 0]", True),
        ("jsonpath", "$response.body", "$[?match(@, 'Stra.e')]", True),
        ("jsonpath", "$response.body", "$[?match(@, 'Stra')]", False),
        ("jsonpath", "$response.body", "$['null']", True),
        ("jsonpath", "$response.body#/none", "$", False),
    ],
)
def test_other_conditions(type_: str, context: str, condition: str, held: bool) -> None:
    """A regular expression matches anywhere; a JSONPath query holds when it selects something."""
    assert (
        held
        is judge(Criterion(condition=condition, type=type_, context=context, pointer="f#/0"), CONTEXT).held
    )


def test_a_judgement_shows_what_it_saw() -> None:
    """A criterion that does not hold tells the values it was about, cut short."""
    judgement = judge(Criterion(condition="$statusCode == 200 && $response.body#/x", pointer="f#/0"), CONTEXT)
    assert judgement.seen == "$statusCode is 404, $response.body#/x has no value"
    long = judge(Criterion(condition="$inputs.x == 1", pointer="f#/0"), Context(inputs={"x": "y" * 9999}))
    assert len(long.seen) < 300


JSON_SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()


@settings(deadline=None, derandomize=True)
@given(JSON_SCALARS, JSON_SCALARS)
def test_comparison_has_its_laws(left: Any, right: Any) -> None:
    """Equality is reflexive and symmetric, != is its opposite, and < is > seen from the other side."""
    assert compare(left, "==", left)
    assert compare(left, "==", right) is compare(right, "==", left)
    assert compare(left, "!=", right) is not compare(left, "==", right)
    assert compare(left, "<", right) is compare(right, ">", left)
    assert not (compare(left, "<", right) and compare(left, ">=", right))


@settings(deadline=None, derandomize=True)
@given(st.text())
def test_strings_compare_without_case(text: str) -> None:
    """A string equals itself in upper case wherever Unicode folds the two together."""
    assert compare(text, "==", text.upper()) is (text.casefold() == text.upper().casefold())
