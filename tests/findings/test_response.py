"""Rules about one answer: what the pages do not show."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rule_cases import hold, library, read_case

from accord.cases.aim import Aim, Intent
from accord.cases.request import Request
from accord.contract import pointer as pointers
from accord.contract.contract import Contract, load
from accord.exchange.values import Exchange, Lapse, Response
from accord.findings.body import is_valid_answer
from accord.findings.checks import response
from accord.findings.evidence import Observation
from accord.findings.finding import Finding
from accord.findings.tally import Tally

NAMES = st.text(alphabet="abc/~0é ", min_size=1, max_size=6)


def contract(folder: Path, responses: dict[str, Any], *, version: str = "3.1.0", **schemas: Any) -> Contract:
    """Return a contract of one operation, ``GET /thing``, with *responses*, and components."""
    document = {
        "openapi": version,
        "info": {"title": "t", "version": "1"},
        "paths": {"/thing": {"get": {"operationId": "read", "responses": responses}}},
        "components": {"schemas": schemas},
    }
    (folder / "openapi.json").write_text(json.dumps(document))
    return load(folder)


def answer(
    promised: Contract, status: int, body: Any = None, *, method: str = "GET", **headers: str
) -> Observation:
    """Return an answer to ``GET /thing``; *body* is sent as JSON unless it is bytes."""
    data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    fields = {"content_type": "application/json", **headers}
    return Observation(
        operation=promised.operations[0],
        aim=Aim(intent=Intent.VALID),
        exchange=Exchange(
            id="1",
            operation="read",
            request=Request(method=method, url="http://127.0.0.1/thing"),
            response=Response(
                status=status,
                headers=tuple((name.replace("_", "-"), value) for name, value in fields.items() if value),
                body=data,
            ),
            started=0,
            seconds=0,
        ),
    )


def found(promised: Contract, observed: Observation) -> list[Finding]:
    """Return the findings of all rules about one answer."""
    tally = Tally(
        contract=promised, rules=response.RULES, severities={}, reproduce=lambda _: "", mask=lambda item: item
    )
    tally.take(observed)
    return [finding for outcome in tally.outcomes("") for finding in outcome.findings]


def body_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the responses of an operation that answers 200 with JSON of *schema*."""
    return {"200": {"description": "d", "content": {"application/json": {"schema": schema}}}}


@example(first="0", second="00", value=-1)
@given(first=NAMES, second=NAMES, value=st.integers(-99, -1))
def test_keys_of_a_map_make_one_finding(first: str, second: str, value: int) -> None:
    """Two keys of one map, of any spelling, with the same defect have one fingerprint; pointers stay exact."""
    told = []
    for name in (first, second):
        text = json.dumps({"id": 1, "title": "x", "copies": {name: value}})
        case = read_case(f"GET /books/7\n> 200\n> Content-Type: application/json\n>\n> {text}\n")
        told.append(hold(case.observed)["response-schema-violation"])
        assert value == pointers.lookup(json.loads(text), told[-1].evidence_pointer)
    assert told[0].fingerprint == told[1].fingerprint
    assert "/copies/*" == told[0].evidence_pattern


def test_property_with_the_name_of_a_keyword_is_no_map(tmp_path: Path) -> None:
    """A property called ``additionalProperties`` or ``items`` keeps its name, one in a map does not."""
    schema = {
        "properties": {
            "additionalProperties": {"properties": {"items": {"type": "integer"}}},
            "map": {
                "patternProperties": {"^x": {"items": {"properties": {"patternProperties": {"minimum": 1}}}}}
            },
        }
    }
    body = {"additionalProperties": {"items": "a"}, "map": {"xy": [{}, {"patternProperties": 0}]}}
    promised = contract(tmp_path, body_schema(schema))
    assert {"/additionalProperties/items", "/map/*/1/patternProperties"} == {
        finding.evidence_pattern for finding in found(promised, answer(promised, 200, body))
    }


def test_pattern_follows_references_and_branches(tmp_path: Path) -> None:
    """The way to a wrong value may lead through ``$ref``, ``allOf``, ``if`` and ``dependentSchemas``."""
    schema = {
        "allOf": [
            {"$ref": "#/components/schemas/Part"},
            {
                "if": True,
                "then": {
                    "dependentSchemas": {"b": {"prefixItems": [True], "properties": {"b": {"minimum": 5}}}}
                },
            },
        ]
    }
    promised = contract(tmp_path, body_schema(schema), Part={"additionalProperties": {"type": "integer"}})
    findings = found(promised, answer(promised, 200, {"b": 1, "é/": "x"}))
    assert {("/b", "200 minimum"), ("/*", "200 type")} == {
        (finding.evidence_pattern, finding.deviation) for finding in findings
    }


def test_each_missing_member_is_a_finding(tmp_path: Path) -> None:
    """Two members that are missing at one place are two defects."""
    promised = contract(tmp_path, body_schema({"required": ["a", "b", "c"]}))
    findings = found(promised, answer(promised, 200, {"b": 1}))
    assert ["200 required a", "200 required c"] == sorted(finding.deviation for finding in findings)
    assert 2 == len({finding.fingerprint for finding in findings})


def test_branches_that_say_the_same_make_one_finding(tmp_path: Path) -> None:
    """One member of a wrong type is one finding, however many branches ask for the type; another demand is another."""
    kind = {"type": "object", "required": ["id"]}
    promised = contract(
        tmp_path, body_schema({"allOf": [kind, dict(kind), {"type": "object", "required": ["name"]}]})
    )
    assert ["200 type"] == [item.deviation for item in found(promised, answer(promised, 200, "x"))]
    assert ["200 required id", "200 required name"] == sorted(
        item.deviation for item in found(promised, answer(promised, 200, {}))
    )


def test_a_value_of_another_type_is_told_once(tmp_path: Path) -> None:
    """That it is no member of the enumeration either follows; of the right type, that is what is wrong."""
    promised = contract(
        tmp_path, body_schema({"properties": {"a": {"type": "string", "enum": ["x"], "const": "x"}}})
    )
    assert ["200 type"] == [item.deviation for item in found(promised, answer(promised, 200, {"a": None}))]
    wrong = found(promised, answer(promised, 200, {"a": "y"}))
    assert ["200 const", "200 enum"] == sorted(item.deviation for item in wrong)


@pytest.mark.parametrize(
    ("schema", "body"),
    [
        ({"type": "integer", "maximum": 18446744073709552000}, b"36893488147419103232"),
        ({"enum": [18446744073709551616, 36893488147419103232]}, b"1"),
        ({"const": -(2**70)}, b"1180591620717411303424"),
    ],
)
def test_numbers_of_more_than_64_bits_are_told(tmp_path: Path, schema: dict[str, Any], body: bytes) -> None:
    """A bound or a value that no machine word holds is shown as it is written in the contract."""
    content = {"application/json": {"schema": schema}}
    promised = contract(tmp_path, {"200": {"description": "ok", "content": content}})
    (finding,) = found(promised, answer(promised, 200, body))
    assert all(text in finding.expected for text in re.findall(r"\d+", json.dumps(schema)))


def test_findings_of_one_body_are_bounded(tmp_path: Path) -> None:
    """A body that is wrong everywhere does not drown the run, nor does one huge value fill the report."""
    schema = {"properties": {f"p{number}": {"type": "integer"} for number in range(100)}}
    promised = contract(tmp_path, body_schema(schema))
    findings = found(promised, answer(promised, 200, {f"p{number}": "x" * 5000 for number in range(100)}))
    assert 20 == len(findings)
    assert all(len(finding.message) < 400 and len(finding.seen) < 400 for finding in findings)


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"type": "integer"}, ["5", "-1", "1.0"], ["x", "", "1.5", "5 apples"]),
        ({"type": "boolean"}, ["true"], ["yes", "1"]),
        ({"type": "string", "pattern": "^[0-9]{4}$"}, ["0012", "9999"], ["12", "abcd"]),
        ({"type": "array", "items": {"type": "integer"}}, ["1", "1, 2", "1,2,3"], ["1, x"]),
        ({"type": "array", "items": {"enum": ["a", "b"]}, "maxItems": 2}, ["a, b"], ["a, b, a", "c"]),
        (
            {"type": "object", "properties": {"R": {"type": "integer"}}, "required": ["R"]},
            ["R,100,G,200", "R=100,G=200"],
            ["R,x", "G=2"],
        ),
        ({"type": ["string", "null"], "maxLength": 4}, ["abcd", "null"], ["abcde"]),
    ],
)
def test_header_is_read_as_its_schema_means(
    tmp_path: Path, schema: dict[str, Any], good: list[str], bad: list[str]
) -> None:
    """A header holds numbers, lists and objects in the style ``simple`` (OpenAPI 3.1, 4.8.12.3)."""
    promised = contract(tmp_path, {"204": {"description": "d", "headers": {"X-Thing": {"schema": schema}}}})
    for text in good:
        assert [] == found(promised, answer(promised, 204, content_type="", X_Thing=text)), text
    for text in bad:
        observed = answer(promised, 204, content_type="", X_Thing=text)
        told = found(promised, replace(observed, exchange=with_header(observed.exchange, "X-Thing", text)))
        assert ["204 x-thing"] == [finding.deviation for finding in told], text


def with_header(said: Exchange, name: str, value: str) -> Exchange:
    """Return *said* with the header, also an empty one."""
    assert said.response is not None
    return replace(said, response=replace(said.response, headers=((name, value),)))


@pytest.mark.parametrize(
    ("documented", "silent", "wrong"),
    [(["200", "4XX"], [200, 404, 499], [201, 302]), (["default"], [200, 404], [])],
)
def test_range_and_default_document_a_status(
    tmp_path: Path, documented: list[str], silent: list[int], wrong: list[int]
) -> None:
    """A status is documented by its code, its range or the default (OpenAPI 3.1, 4.8.16)."""
    promised = contract(tmp_path, {status: {"description": "d"} for status in documented})
    assert [] == [status for status in silent if found(promised, answer(promised, status, content_type=""))]
    for status in wrong:
        (finding,) = found(promised, answer(promised, status, content_type=""))
        assert (str(status), "openapi.json#/paths/~1thing/get/responses") == (
            finding.deviation,
            finding.pointer,
        )


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"[1,]", b"Infinity", b'"\\ud800"', b"\xef\xbb\xbf{}", b"{} {}", b"'a'"]
)
def test_bodies_that_are_no_json(tmp_path: Path, body: bytes) -> None:
    """What RFC 8259 does not allow is malformed, also where a lenient reader would take it; told once."""
    promised = contract(tmp_path, body_schema({}))
    assert ["200 json"] == [finding.deviation for finding in found(promised, answer(promised, 200, body))]


def test_deep_body_is_no_traceback(tmp_path: Path) -> None:
    """A body of 100,000 levels is a finding like any other malformed one."""
    promised = contract(tmp_path, body_schema({}))
    assert 1 == len(found(promised, answer(promised, 200, b"[" * 100_000 + b"]" * 100_000)))


def test_answer_to_head_has_no_body(tmp_path: Path) -> None:
    """HEAD is answered with the headers of GET alone (RFC 9110, 9.3.2)."""
    promised = contract(tmp_path, body_schema({"type": "object"}))
    assert [] == found(promised, answer(promised, 200, b"", method="HEAD"))


def test_part_of_an_answer_is_not_judged() -> None:
    """Of a response that is not whole, nothing but that is told."""
    observed = read_case("GET /books/7\n> 418\n> Content-Type: text/html\n>\n> {\n").observed
    assert isinstance(observed, Observation)
    for lapse in set(Lapse) - {Lapse.UNSENT, Lapse.WITHHELD}:
        broken = replace(observed, exchange=replace(observed.exchange, lapse=lapse))
        assert ["unanswered-request"] == list(hold(broken))


def test_media_type_of_any_length_is_told_in_short(tmp_path: Path) -> None:
    """A header is the service's to fill: what is told of it is bounded."""
    promised = contract(tmp_path, body_schema({}))
    (finding,) = found(promised, answer(promised, 200, b"x", content_type="a/" + "b" * 9000))
    assert max(len(finding.message), len(finding.seen), len(finding.deviation)) < 400


def test_pointer_of_a_keyword_behind_a_reference_is_in_the_component() -> None:
    """A keyword is named where it stands, not where it is referred to."""
    observed = read_case(
        'GET /books/7\n> 200\n> Content-Type: application/json\n>\n> {"id": 0, "title": "x"}\n'
    ).observed
    finding = hold(observed)["response-schema-violation"]
    assert "openapi.yaml#/components/schemas/Book/properties/id/minimum" == finding.pointer
    assert 1 == pointers.lookup(
        library().library.document("openapi.yaml").data, finding.pointer.partition("#")[2]
    )


def test_a_request_that_was_not_sent_is_nobodys_fault() -> None:
    """What accord itself could not write as HTTP says nothing of the service."""
    said = read_case("GET /books/7\n> 200\n").observed
    unsent = replace(
        said, exchange=replace(said.exchange, response=None, lapse=Lapse.UNSENT, detail="a line break")
    )
    assert {} == hold(unsent)


LOG = {"type": "object", "required": ["level"], "properties": {"level": {"type": "integer"}}}


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/jsonl", b'{"level": 1}\n{"level": "two"}\n{}\n'),
        ("application/json-seq", b'\x1e{"level": 1}\n\x1e{"level": "two"}\n\x1e{}\n'),
    ],
)
def test_each_item_of_a_sequence_is_judged(tmp_path: Path, content_type: str, body: bytes) -> None:
    """Each broken item is found at its place in the sequence and in the schema of an item (OpenAPI 3.2)."""
    content = {content_type: {"itemSchema": LOG}}
    promised = contract(tmp_path, {"200": {"content": content}}, version="3.2.0")
    findings = found(promised, answer(promised, 200, body, content_type=content_type))
    assert [("response-schema-violation", "/1/level"), ("response-schema-violation", "/2")] == [
        (item.rule, item.evidence_pointer) for item in findings
    ]
    assert findings[0].pointer.endswith("/itemSchema/properties/level/type")


def test_good_sequence_is_silent(tmp_path: Path) -> None:
    """What is said of the whole and of each item holds."""
    content = {
        "text/event-stream": {"schema": {"maxItems": 2}, "itemSchema": {"required": ["data", "event"]}}
    }
    promised = contract(tmp_path, {"200": {"content": content}}, version="3.2.0")
    body = b"event: a\ndata: 1\n\n: still here\n\nevent: b\ndata: 2\n\n"
    observed = answer(promised, 200, body, content_type="text/event-stream")
    assert [] == found(promised, observed)
    assert is_valid_answer(promised, observed)


def test_whole_sequence_is_judged_as_a_list(tmp_path: Path) -> None:
    """The schema of a sequence is that of the list of its items; too long a one is one defect of the whole."""
    content = {"application/jsonl": {"schema": {"type": "array", "maxItems": 1}}}
    promised = contract(tmp_path, {"200": {"content": content}}, version="3.2.0")
    (finding,) = found(promised, answer(promised, 200, b"1\n2\n", content_type="application/jsonl"))
    assert ("response-schema-violation", "") == (finding.rule, finding.evidence_pointer)


def test_sequence_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """The item that is none is named, and those before it are judged all the same."""
    content = {"application/jsonl": {"itemSchema": LOG}}
    promised = contract(tmp_path, {"200": {"content": content}}, version="3.2.0")
    findings = found(promised, answer(promised, 200, b"{}\n{\n", content_type="application/jsonl"))
    assert {"malformed-response-body", "response-schema-violation"} == {item.rule for item in findings}
    assert any("line 2 is not JSON" in item.message for item in findings)


def test_sequence_is_judged_since_3_2_only(tmp_path: Path) -> None:
    """Before, no specification said what the schema of a sequence is held against."""
    content = {"application/jsonl": {"schema": {"type": "object"}}}
    promised = contract(tmp_path, {"200": {"description": "x", "content": content}})
    assert [] == found(promised, answer(promised, 200, b"1\n{\n", content_type="application/jsonl"))


def test_multipart_is_not_judged_by_its_parts(tmp_path: Path) -> None:
    """The parts of ``multipart/mixed`` are not read, and nothing is said of them."""
    promised = contract(
        tmp_path,
        {"200": {"content": {"multipart/mixed": {"itemSchema": {"type": "integer"}}}}},
        version="3.2.0",
    )
    assert [] == found(promised, answer(promised, 200, b"--b--", content_type="multipart/mixed; boundary=b"))


def test_endless_sequence_gives_one_finding(tmp_path: Path) -> None:
    """However many items are broken in one way, that is one defect."""
    promised = contract(
        tmp_path, {"200": {"content": {"application/jsonl": {"itemSchema": LOG}}}}, version="3.2.0"
    )
    assert 1 == len(
        found(promised, answer(promised, 200, b"{}\n" * 100_000, content_type="application/jsonl"))
    )
