"""Facts about blind spots: what is made wrong, what of it counts, and that the lines told close the hole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from accord.cases.request import Request
from accord.contract import pointer as pointers
from accord.contract.contract import Contract, load
from accord.exchange.values import Exchange, Received, Response, Session
from accord.findings.blindness.hole import Blindness, Wrong
from accord.findings.blindness.measure import measure

IDS = [
    "7b1f9d3e-5a0c-4c1e-9f5e-2f6a4c8d1e0b",
    "0f8fad5b-d9cb-469f-a165-70867728950e",
    "7c9e6679-7425-40de-944b-e07fc1f90ae7",
]
HEAD = """
openapi: 3.1.0
info: { title: Pages, version: "1" }
paths:
  /page:
    get:
      operationId: read
      responses:
        "200":
          description: A page
          content: { application/json: { schema: { $ref: "#/components/schemas/Page" } } }
components: { schemas: { Page: %s } }
"""
PAGE = "openapi.yaml#/components/schemas/Page"
TALK = """
asyncapi: 3.0.0
info: { title: Talk, version: "1" }
channels:
  talk:
    address: /ws
    messages:
      any: { payload: { type: object, required: [type], properties: { type: { type: string }, text: { type: string }, level: { type: integer, minimum: 0 } } } }
"""


def contract(folder: Path, schema: object) -> Contract:
    """Return a contract in which a page is what *schema* says."""
    (folder / "openapi.yaml").write_text(HEAD % json.dumps(schema))
    return load(folder / "openapi.yaml")


def answer(value: object, status: int = 200) -> Exchange:
    """Return an answer to ``read``."""
    return Exchange(
        id="x",
        operation="read",
        request=Request(method="GET", url="http://127.0.0.1/page"),
        response=Response(
            status=status, headers=(("content-type", "application/json"),), body=json.dumps(value).encode()
        ),
        started=0.0,
        seconds=0.0,
    )


def measured(folder: Path, schema: object, *values: object) -> Blindness:
    """Return the blindness of *schema* for the answers *values*."""
    return measure(contract(folder, schema), [answer(value) for value in values])


def found(result: Blindness) -> dict[str, tuple[set[Wrong], tuple[str, ...]]]:
    """Return by the pointer below the page what was accepted there, and the lines to add."""
    return {hole.place.removeprefix(PAGE): (set(hole.accepted), hole.lines) for hole in result.holes}


STRING = {"type": "string"}
CASES = {
    "a member that was always there": (
        {"type": "object", "properties": {"a": STRING, "b": STRING}, "required": ["b"]},
        [{"a": "x y", "b": "p q"}, {"a": "z", "b": "r s"}],
        {"": ({Wrong.MISSING}, ("required: [b, a]",))},
    ),
    "a value without a type": (
        {"type": "object", "properties": {"a": {}}, "required": ["a"]},
        [{"a": "x y"}, {"a": "z"}],
        {"/properties/a": ({Wrong.TYPE, Wrong.NULL}, ("type: string",))},
    ),
    "a format that nothing says": (
        {"type": "object", "properties": {"id": STRING}, "required": ["id"]},
        [{"id": item} for item in IDS],
        {"/properties/id": ({Wrong.FORMAT}, ("format: uuid",))},
    ),
    "one of a few words": (
        {
            "type": "object",
            "properties": {"state": STRING, "n": {"type": "integer", "minimum": 0}},
            "required": ["state", "n"],
        },
        [
            {"state": word, "n": number}
            for number, word in enumerate(["open", "done", "open", "done", "open", "done"])
        ],
        {"/properties/state": ({Wrong.WORD}, ("enum: [done, open]",))},
    ),
    "a number below zero": (
        {"type": "object", "properties": {"total": {"type": "integer"}}, "required": ["total"]},
        [{"total": 0}, {"total": 7}],
        {"/properties/total": ({Wrong.RANGE}, ("minimum: 0",))},
    ),
    "items of a list": (
        {"type": "array", "items": {"type": "object", "properties": {"a": STRING}}},
        [[{"a": "x y"}, {"a": "z w"}]],
        {"/items": ({Wrong.MISSING}, ("required: [a]",))},
    ),
    "a tag that no member goes with": (
        {
            "type": "object",
            "required": ["kind"],
            "properties": {
                "kind": {"enum": ["note", "alarm"], "type": "string"},
                "text": STRING,
                "level": {"type": "integer", "minimum": 0},
            },
        },
        [
            {"kind": "note", "text": "x y"},
            {"kind": "note", "text": "z"},
            {"kind": "alarm", "level": 1},
            {"kind": "alarm", "level": 2},
        ],
        {
            "": (
                {Wrong.VARIANT},
                (
                    "# a variant of its own: { required: [kind, text], properties: { kind: { const: note } } }",
                    "# a variant of its own: { required: [kind, level], properties: { kind: { const: alarm } } }",
                ),
            )
        },
    ),
}


@pytest.mark.parametrize(("schema", "values", "expected"), CASES.values(), ids=CASES)
def test_a_hole_is_told_with_its_place_and_what_closes_it(schema, values, expected, tmp_path):
    """One weakness of the contract is one place, and nothing else is."""
    assert expected == found(measured(tmp_path, schema, *values))


@pytest.mark.parametrize("name", [name for name in CASES if "tag" not in name])
def test_the_lines_told_close_the_hole(name, tmp_path):
    """With them, the contract refuses every mutant, and accepts all that it accepted."""
    schema, values, _ = CASES[name]
    before = measured(tmp_path, schema, *values)
    closed = json.loads(json.dumps(schema))
    for hole in before.holes:
        part = pointers.lookup(closed, hole.place.removeprefix(PAGE))
        part.update(yaml.safe_load("\n".join(hole.lines)))
    after = measured(tmp_path, closed, *values)

    assert 100 == after.score
    assert before.values == after.values
    assert before.score < 100


CLOSED = {"type": "object", "required": ["a"], "properties": {"a": {"type": ["string", "null"]}}}


@pytest.mark.parametrize(
    ("schema", "values"),
    [
        pytest.param(CLOSED, [{"a": "x y"}, {"a": "z"}], id="null allowed by its name"),
        pytest.param(
            {**CLOSED, "properties": {"a": {"type": ["string", "integer", "null"]}}},
            [{"a": "x y"}, {"a": "z"}],
            id="another type allowed by its name",
        ),
        pytest.param(
            {**CLOSED, "properties": {"a": {"type": ["string", "null"]}, "b": STRING}},
            [{"a": "x y"}, {"a": "z w", "b": "p q"}],
            id="a member that may be missing",
        ),
        pytest.param(
            {"type": "object", "additionalProperties": STRING},
            [{"x": "a b"}, {"x": "c d"}],
            id="the names of a map",
        ),
        pytest.param({"type": "object"}, [{"x": 1}, {"y": 2}], id="members that are data"),
    ],
)
def test_what_the_contract_allows_on_purpose_is_no_hole(schema, values, tmp_path):
    """What stands there by its name, and what differs from value to value, counts for nothing."""
    assert {} == found(measured(tmp_path, schema, *values))


def test_an_answer_without_a_schema_is_all_hole(tmp_path):
    """Every member is told with its type, at the place where its declaration would stand."""
    result = measured(tmp_path, {}, *[{"id": item, "total": 3} for item in IDS])
    assert 0 == result.score
    lines = {hole.place.removeprefix(PAGE): hole.lines for hole in result.holes}
    assert ("type: string", "format: uuid") == lines["/properties/id"]
    assert ("type: integer", "minimum: 0") == lines["/properties/total"]
    assert ("required: [id, total]", "type: object") == lines[""]


def test_messages_are_made_wrong_as_answers_are(tmp_path):
    """A message whose tag is that of another is accepted where no variant ties the two."""
    (tmp_path / "asyncapi.yaml").write_text(TALK)
    said = [
        {"type": "note", "text": "a b"},
        {"type": "alarm", "level": 1},
        {"type": "note", "text": "c"},
        {"type": "alarm", "level": 2},
    ]
    session = Session(
        id="s",
        channel="talk",
        url="ws://127.0.0.1/ws",
        script="silence",
        identity=None,
        events=tuple(Received(at=0.0, data=json.dumps(item)) for item in said),
        started=0.0,
    )
    holes = measure(load(tmp_path), [session]).holes
    assert [{Wrong.VARIANT}] == [set(hole.accepted) for hole in holes]
    assert ("talk",) == holes[0].shown
    assert holes[0].line == 8


def test_what_cannot_be_made_wrong_is_counted(tmp_path):
    """What the contract does not describe, refuses or cannot read has a reason."""
    bad = [
        answer({"a": 1}),
        answer({"a": "x"}, status=500),
        Exchange(
            id="x",
            operation="other",
            request=Request(method="GET", url="http://x"),
            response=None,
            started=0.0,
            seconds=0.0,
        ),
    ]
    result = measure(contract(tmp_path, CLOSED), bad)
    assert result.score is None
    assert {
        "not valid by the contract": 1,
        "an answer that the contract does not describe": 1,
        "an answer to no operation of the contract": 1,
    } == result.passed_over


def test_the_work_is_bounded(tmp_path):
    """More mutants than that are not tried, and the result says so."""
    loose = contract(tmp_path, {"type": "object"})
    wide = [answer({f"m{number}": [number] * 50 for number in range(200)}) for _ in range(3)]
    wide += [answer({**{f"m{number}": [] for number in range(200)}, "again": index}) for index in range(3)]
    result = measure(loose, wide, most=50)
    assert (50, True) == (result.mutants, result.spent)


def test_deep_values_do_no_harm(tmp_path):
    """Beyond a depth nothing is looked at; nothing is raised."""
    deep: object = "x"
    for _ in range(150):
        deep = [deep]
    assert measured(tmp_path, {}, {"a": deep}, {"a": deep, "b": 1}).values == 2
