"""Rules about the shape of errors: what the pages do not show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from accord.cases.aim import Aim, Intent
from accord.cases.request import Request
from accord.contract.contract import Contract, load
from accord.exchange.values import Exchange, Response
from accord.findings.checks import envelope, response
from accord.findings.evidence import Observation
from accord.findings.finding import Finding
from accord.findings.tally import Tally

PROBLEM = {"type": "object", "required": ["detail"], "properties": {"detail": {"type": "string"}}}
CODED = {"type": "object", "required": ["code"], "properties": {"detail": {"type": "string"}}}
WAIT = {"Retry-After": {"required": True, "schema": {"type": "integer"}}}


def contract(folder: Path, errors: dict[str, Any], **responses: Any) -> Contract:
    """Return a contract of one operation with these documented responses (``s404``) and errors."""
    documented = {name.removeprefix("s"): {"description": "x", **item} for name, item in responses.items()}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {
            "/a": {"get": {"operationId": "a", "responses": {"200": {"description": "x"}, **documented}}}
        },
        "x-errors": errors,
    }
    (folder / "openapi.json").write_text(json.dumps(document))
    return load(folder)


def told(
    promised: Contract, status: int, body: Any = None, *, method: str = "GET", **headers: str
) -> dict[str, list[Finding]]:
    """Return what the rules about answers and errors find, by rule."""
    data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    fields = {"content_type": "application/json", **headers}
    sent = tuple((name.replace("_", "-"), value) for name, value in fields.items() if value)
    exchange = Exchange(
        id="1",
        operation="a",
        request=Request(method=method, url="http://127.0.0.1/a"),
        response=Response(status=status, headers=sent, body=data),
        started=0,
        seconds=0,
    )
    tally = Tally(
        contract=promised,
        rules=(*response.RULES, *envelope.RULES),
        severities={},
        reproduce=lambda _: "",
        mask=lambda evidence: evidence,
    )
    tally.take(Observation(operation=promised.operations[0], aim=Aim(intent=Intent.VALID), exchange=exchange))
    return {item.rule: list(item.findings) for item in tally.outcomes("here") if item.findings}


def documented(schema: Any, **headers: Any) -> dict[str, Any]:
    """Return a documented response with a JSON body."""
    return {"content": {"application/json": {"schema": schema}}, "headers": headers}


def test_every_status_of_a_range_is_promised(tmp_path: Path) -> None:
    """An error of a range is documented, by the range, and has its shape."""
    promised = contract(tmp_path, {"4XX": {"schema": PROBLEM}})
    assert {} == told(promised, 418, {"detail": "x"})
    assert ["misshapen-error"] == list(told(promised, 418, {}))
    assert ["undocumented-status"] == list(told(promised, 302, {}))


def test_default_documents_no_status(tmp_path: Path) -> None:
    """A default says what an error looks like, not that it may come."""
    promised = contract(tmp_path, {"default": {"schema": PROBLEM}})
    assert ["undocumented-status"] == list(told(promised, 404, {"detail": "x"}))
    assert ["misshapen-error", "undocumented-status"] == sorted(told(promised, 404, {}))


def test_what_the_documented_schema_tells_is_told_once(tmp_path: Path) -> None:
    """Of what both ask, only the documented response speaks; of the rest, the envelope does."""
    promised = contract(tmp_path, {"404": {"schema": PROBLEM}}, s404=documented(PROBLEM))
    assert ["response-schema-violation"] == list(told(promised, 404, {}))
    promised = contract(tmp_path, {"404": {"schema": CODED}}, s404=documented(PROBLEM))
    found = told(promised, 404, {"detail": 5})
    assert ["/detail"] == [item.evidence_pointer for item in found["response-schema-violation"]]
    assert ["openapi.json#/x-errors/404/schema/required"] == [
        item.pointer for item in found["misshapen-error"]
    ]


def test_media_type_and_header_that_the_response_documents_are_told_once(tmp_path: Path) -> None:
    """The rules about documented responses speak first."""
    errors = {"503": {"headers": WAIT}}
    promised = contract(tmp_path, errors, s503=documented(PROBLEM, **WAIT))
    found = told(promised, 503, b"<p>", content_type="text/html")
    assert ["missing-response-header", "undocumented-media-type"] == sorted(found)
    promised = contract(tmp_path, errors, s503={"content": {"text/html": {}}})
    found = told(promised, 503, b"<p>", content_type="text/html")
    assert ["foreign-error-media-type", "missing-error-header"] == sorted(found)


def test_body_without_a_media_type_is_foreign(tmp_path: Path) -> None:
    """Nothing says what the body is, where JSON was promised."""
    found = told(contract(tmp_path, {"404": {}}), 404, b"{}", content_type="")
    assert ["no Content-Type header"] == [item.seen for item in found["foreign-error-media-type"]]


def test_range_of_media_types_allows_each(tmp_path: Path) -> None:
    """``application/*`` is JSON, and problem documents, and no HTML."""
    promised = contract(tmp_path, {"404": {"mediaType": "application/*", "schema": PROBLEM}})
    assert {} == told(promised, 404, {"detail": "x"}, content_type="application/problem+json")
    assert ["misshapen-error"] == list(told(promised, 404, {}, content_type="application/problem+json"))
    assert ["foreign-error-media-type"] == list(told(promised, 404, b"<p>", content_type="text/html"))


def test_value_of_a_header_is_held_against_its_schema(tmp_path: Path) -> None:
    """A header that is there with a wrong value is a violation of its schema, whoever describes it."""
    promised = contract(tmp_path, {"503": {"headers": WAIT}})
    assert {} == told(promised, 503, {}, retry_after="60")
    found = told(promised, 503, {}, retry_after="soon")
    assert ["openapi.json#/x-errors/503/headers/Retry-After/schema"] == [
        item.pointer for item in found["response-header-violation"]
    ]


@pytest.mark.parametrize("method", ["POST", "TRACE"])
def test_undeclared_method_is_answered_as_errors_are(tmp_path: Path, method: str) -> None:
    """A 405 answers for the path, and is an error like any other."""
    promised = contract(tmp_path, {"405": {"schema": PROBLEM, "headers": {"Allow": {"required": True}}}})
    assert ["misshapen-error", "missing-error-header"] == sorted(told(promised, 405, {}, method=method))


def test_answer_to_head_is_left_alone(tmp_path: Path) -> None:
    """HEAD has no body, and perhaps not the headers of one."""
    promised = contract(tmp_path, {"4XX": {"schema": PROBLEM, "headers": WAIT}})
    assert {} == told(promised, 404, method="HEAD", content_type="text/html")


def test_body_that_is_no_json_is_told_by_another_rule(tmp_path: Path) -> None:
    """What does not parse has no shape."""
    promised = contract(tmp_path, {"404": {"schema": PROBLEM}})
    assert ["malformed-response-body"] == list(told(promised, 404, b"{"))
