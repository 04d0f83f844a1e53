"""What a framework does by itself is held lower and told once; whatever differs in the least is not."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from accord.cases.aim import Aim, Intent, Judgement
from accord.cases.request import Request
from accord.contract.contract import Contract, load_text
from accord.exchange.values import Exchange, Response
from accord.findings.catalogue import CATALOGUE
from accord.findings.evidence import Observation
from accord.findings.finding import Finding, Severity
from accord.findings.habit import held, joined
from accord.findings.profile import Profile
from accord.findings.profiles import DJANGO_REST, FASTAPI, FLASK
from accord.findings.tally import Tally

OK = {"200": {"description": "x", "content": {"application/json": {"schema": {"type": "object"}}}}}
TEXT = {"type": "string"}
DRAFT = {"type": "object", "properties": {"title": TEXT, "count": {"type": "integer"}}}
BODY = {
    "content": {
        kind: {"schema": DRAFT}
        for kind in ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")
    }
}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "t", "version": "1"},
    "paths": {
        "/a": {
            "get": {"operationId": "read", "responses": OK},
            "post": {"operationId": "write", "requestBody": BODY, "responses": OK},
        }
    },
}
PAGE = "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>The requested URL</p>\n"
DJANGO_PAGE = "\n<!doctype html>\n<body>\n  <h1>Not Found</h1><p>The requested resource was not found on this server.</p>\n"
LOCATED = {"detail": [{"type": "missing", "loc": ["body"], "msg": "Field required", "input": None}]}
AJAR = Aim(intent=Intent.SHAPE, variant="unspecified_http_method")


@pytest.fixture(scope="module")
def contract() -> Contract:
    """Give a contract of two operations that document 200 alone."""
    return load_text(json.dumps(DOCUMENT), name="openapi.json")


def answer(status: int, body: Any, kind: str = "application/json", **headers: str) -> Response:
    """Return an answer; *body* is written as JSON unless it is a text."""
    text = body if isinstance(body, str) else json.dumps(body, separators=(",", ":"))
    pairs = (("Content-Type", kind), *((name, value) for name, value in headers.items()))
    return Response(status=status, headers=pairs, body=text.encode())


def told(
    contract: Contract,
    profile: Profile | None,
    response: Response,
    *,
    at: str = "read",
    body: bytes = b"",
    kind: str = "application/json",
    aim: Aim = Aim(intent=Intent.VALID),
    judged: str = "",
) -> list[Finding]:
    """Return what a run finds about one answer."""
    operation = contract.operation(at)
    method = operation.method if aim is not AJAR else "DELETE"
    request = Request(method=method, url="http://127.0.0.1/a", headers=(("Content-Type", kind),), body=body)
    exchange = Exchange(id="1", operation=at, request=request, response=response, started=0.0, seconds=0.0)
    judgements = (Judgement(kind=judged, message="m", subject=str(response.status)),) if judged else ()
    tally = Tally(
        contract=contract,
        rules=CATALOGUE,
        severities={},
        reproduce=lambda _: "",
        mask=lambda item: item,
        profile=profile,
    )
    tally.take(Observation(operation=operation, aim=aim, exchange=exchange, judgements=judgements))
    return [
        item
        for outcome in tally.outcomes("p")
        for item in outcome.findings
        if item.rule != "missing-challenge"
    ]


@pytest.mark.parametrize(
    ("profile", "response"),
    [
        (FASTAPI, answer(401, {"detail": "Not authenticated"})),
        (FASTAPI, answer(404, {"detail": "Item not found"})),
        (FASTAPI, answer(405, {"detail": "Method Not Allowed"})),
        (FASTAPI, answer(400, {"detail": "There was an error parsing the body"})),
        (FASTAPI, answer(400, {"detail": "Invalid multipart data."})),
        (FASTAPI, answer(400, {"detail": 'The Content-Disposition header field "name" must be provided.'})),
        (FASTAPI, answer(422, LOCATED)),
        (FLASK, answer(404, PAGE, "text/html; charset=utf-8")),
        (FLASK, answer(404, {"code": 404, "status": "Not Found"})),
        (FLASK, answer(422, {"code": 422, "status": "Unprocessable Entity", "errors": {"json": {"a": ["b"]}}})),
        (DJANGO_REST, answer(401, {"detail": "Authentication credentials were not provided."})),
        (DJANGO_REST, answer(415, {"detail": 'Unsupported media type "text/plain" in request.'})),
        (DJANGO_REST, answer(400, {"detail": "JSON parse error - Expecting value"})),
        (DJANGO_REST, answer(400, {"title": ["This field is required."], "non_field_errors": ["No."]})),
        (DJANGO_REST, answer(404, DJANGO_PAGE, "text/html; charset=utf-8")),
    ],
)  # fmt: skip
def test_an_error_of_the_framework_is_a_warning_about_the_document(
    contract: Contract, profile: Profile, response: Response
) -> None:
    """It names the status, belongs to no operation, and brings the lines that settle it."""
    (finding,) = told(contract, profile, response)
    assert (Severity.WARNING, "undocumented-status", None) == (
        finding.severity,
        finding.rule,
        finding.operation,
    )
    assert "openapi.json#/paths" == finding.pointer
    assert str(response.status) in finding.message
    overlay = yaml.safe_load(finding.settle)
    assert [str(response.status)] == list(overlay["actions"][0]["update"]["x-errors"])


@pytest.mark.parametrize(
    ("profile", "response"),
    [
        (FASTAPI, answer(409, {"detail": "It is sold"})),
        (FASTAPI, answer(418, {"detail": "A teapot"})),
        (FASTAPI, answer(400, {"detail": "Incorrect password"})),
        (FASTAPI, answer(404, {"error": "no such item"})),
        (FASTAPI, answer(404, {"detail": "no such item", "query": "SELECT"})),
        (FASTAPI, answer(404, {"detail": {"code": 7}})),
        (FASTAPI, answer(404, "not json")),
        (FASTAPI, answer(404, {"detail": "x"}, "text/plain")),
        (FASTAPI, answer(422, {"detail": "wrong"})),
        (FASTAPI, answer(204, "")),
        (FLASK, answer(404, "<h1>Gone fishing</h1>", "text/html")),
        (FLASK, answer(409, {"code": 409, "status": "Conflict"})),
        (FLASK, answer(404, {"code": "404", "status": "Not Found"})),
        (DJANGO_REST, answer(404, {"detail": "x", "code": "y"})),
        (DJANGO_REST, answer(409, {"detail": "taken"})),
        (DJANGO_REST, answer(400, {"title": "required"})),
        (DJANGO_REST, answer(404, "<h1>Not here</h1>", "text/html")),
        (None, answer(404, {"detail": "Item not found"})),
    ],
)  # fmt: skip
def test_another_error_stays_one_of_its_operation(
    contract: Contract, profile: Profile | None, response: Response
) -> None:
    """Another status, another member, another type: somebody wrote that, and it is an error as before."""
    found = {(item.rule, item.severity, item.operation) for item in told(contract, profile, response)}
    assert ("undocumented-status", Severity.ERROR, "read") in found


def test_a_page_of_flask_under_a_documented_status_is_a_warning() -> None:
    """The status is promised as JSON, and the framework writes a page."""
    paths = json.loads(json.dumps(DOCUMENT["paths"]))
    paths["/a"]["get"]["responses"]["404"] = OK["200"]
    documented = load_text(json.dumps({**DOCUMENT, "paths": paths}), name="openapi.json")
    (finding,) = told(documented, FLASK, answer(404, PAGE, "text/html; charset=utf-8"))
    assert (Severity.WARNING, "undocumented-media-type") == (finding.severity, finding.rule)
    assert {"content": {"text/html": {}}} == yaml.safe_load(finding.settle)
    (own,) = told(documented, FLASK, answer(404, "<h1>Ours</h1>", "text/html"))
    assert Severity.ERROR is own.severity


def test_the_same_habit_at_two_operations_is_one_finding(contract: Contract) -> None:
    """Fingerprints are equal, and joined they name every status and operation, whatever the order."""
    (one,) = told(contract, FASTAPI, answer(401, {"detail": "a"}))
    (other,) = told(contract, FASTAPI, answer(404, {"detail": "b"}), at="write")
    assert one.fingerprint == other.fingerprint
    both = joined(one, other)
    assert ("401 read", "404 write") == both.showings == joined(other, one).showings
    assert "FastAPI gives 401, 404 by itself, and the document does not tell of it" == both.message
    assert "401 at 1, 404 at 1 operations" == both.seen
    assert both.settle == joined(other, one).settle
    assert {"401", "404"} == set(yaml.safe_load(both.settle)["actions"][0]["update"]["x-errors"])


def test_pages_and_json_of_one_status_settle_together(contract: Contract) -> None:
    """Where a framework writes both, the entry allows both."""
    (page,) = told(contract, DJANGO_REST, answer(404, DJANGO_PAGE, "text/html"))
    (plain,) = told(contract, DJANGO_REST, answer(404, {"detail": "No."}), at="write")
    entry = yaml.safe_load(joined(page, plain).settle)["actions"][0]["update"]["x-errors"]["404"]
    assert "*/*" == entry["mediaType"]
    assert "schema" in entry
    alone = yaml.safe_load(page.settle)["actions"][0]["update"]["x-errors"]["404"]
    assert {"mediaType": "text/html"} == alone


def test_a_lax_reading_is_a_note(contract: Contract) -> None:
    """A text for a whole number is the framework's; a text that is none is a defect."""
    accepted, aim = answer(200, {}), Aim(intent=Intent.INVALID)
    (note,) = told(
        contract, FASTAPI, accepted, at="write", body=b'{"count":"7"}', aim=aim, judged="AcceptedNegativeData"
    )
    assert (Severity.NOTE, "accepted-invalid-request", None) == (note.severity, note.rule, note.operation)
    (error,) = told(
        contract, FASTAPI, accepted, at="write", body=b'{"count":"x"}', aim=aim, judged="AcceptedNegativeData"
    )
    assert (Severity.ERROR, "write") == (error.severity, error.operation)
    place = Aim(intent=Intent.INVALID_PLACE, location="body", path=("count",), keyword="type")
    for body, severity in ((b'{"count":true}', Severity.NOTE), (b'{"count":[]}', Severity.ERROR)):
        (finding,) = told(contract, FASTAPI, accepted, at="write", body=body, aim=place)
        assert ("accepted-invalid-field", severity) == (finding.rule, finding.severity)


@pytest.mark.parametrize(
    ("response", "severity"),
    [
        (answer(405, {"detail": "Method Not Allowed"}, Allow="GET"), Severity.NOTE),
        (answer(405, {"detail": "Method Not Allowed"}, Allow="PATCH"), Severity.WARNING),
        (answer(405, {"detail": "Method Not Allowed"}, Allow="GET, PATCH"), Severity.WARNING),
        (answer(405, {"detail": "not that one"}, Allow="GET"), Severity.WARNING),
    ],
)
def test_the_allow_of_a_route_is_a_note(contract: Contract, response: Response, severity: Severity) -> None:
    """It names some of the methods of the path; one that the path has not is a defect."""
    found = told(contract, FASTAPI, response, aim=AJAR, judged="AllowHeaderMismatch")
    assert [("allow-header-mismatch", severity)] == [(item.rule, item.severity) for item in found]


@pytest.mark.parametrize(
    ("response", "severity"),
    [
        (answer(405, {"code": 405, "status": "Method Not Allowed"}), Severity.NOTE),
        (answer(405, {"message": "no"}), Severity.WARNING),
        (answer(200, {"code": 405, "status": "Method Not Allowed"}), Severity.WARNING),
        (answer(405, {"code": 405, "status": "Method Not Allowed"}, Allow="PATCH"), Severity.WARNING),
    ],
)
def test_a_missing_allow_of_flask_is_a_note(
    contract: Contract, response: Response, severity: Severity
) -> None:
    """Of the refusal that flask-smorest writes, and of no other answer."""
    found = told(contract, FLASK, response, aim=AJAR, judged="UnsupportedMethodResponse")
    assert severity in {item.severity for item in found if item.rule == "unsupported-method"}
    assert not (severity is Severity.WARNING and any(item.severity is Severity.NOTE for item in found))


BLANK = {"title": ["This field may not be blank."]}
PART = b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\n%s\r\n--b--\r\n'


@pytest.mark.parametrize(
    ("kind", "body", "refusal", "severity"),
    [
        ("application/json", b'{"title":""}', BLANK, Severity.NOTE),
        ("application/json", b'{"title":" \\t"}', BLANK, Severity.NOTE),
        ("application/x-www-form-urlencoded", b"title=&count=1", BLANK, Severity.NOTE),
        ("multipart/form-data; boundary=b", PART % b"", BLANK, Severity.NOTE),
        ("application/json", b'{"title":"a\\u0000"}', {"title": ["Null characters are not allowed."]}, Severity.NOTE),
        ("application/json", b'{"title":"-."}', {"title": ["A valid number is required."]}, Severity.NOTE),
        ("application/json", b'{"title":"1.5"}', {"title": ["A valid number is required."]}, Severity.ERROR),
        ("application/json", b'{"title":"Emma"}', BLANK, Severity.ERROR),
        ("multipart/form-data; boundary=b", PART % b"Emma", BLANK, Severity.ERROR),
        ("application/json", b'{"title":"Emma"}', {"title": ["Null characters are not allowed."]}, Severity.ERROR),
        ("application/json", b'{"title":""}', {"title": ["Too short."]}, Severity.ERROR),
        ("application/json", b'{"title":""}', {**BLANK, "count": ["Wrong."]}, Severity.ERROR),
        ("application/json", b'{"title":""}', {}, Severity.ERROR),
        ("application/json", b"[]", BLANK, Severity.ERROR),
    ],
)  # fmt: skip
def test_a_text_that_django_refuses_everywhere_is_a_note(
    contract: Contract, kind: str, body: bytes, refusal: Any, severity: Severity
) -> None:
    """The message is the framework's, and the text is such a one; else a good request was refused."""
    found = told(
        contract,
        DJANGO_REST,
        answer(400, refusal),
        at="write",
        body=body,
        kind=kind,
        judged="RejectedPositiveData",
    )
    assert severity in {item.severity for item in found if item.rule == "rejected-valid-request"}


def test_what_a_habit_explains_is_not_reported_as_found(contract: Contract) -> None:
    """Nothing shrinks towards it, so that it cannot stand in the way of another defect of the same rule."""
    operation = contract.operation("read")
    tally = Tally(
        contract=contract,
        rules=CATALOGUE,
        severities={},
        reproduce=lambda _: "",
        mask=lambda item: item,
        profile=FASTAPI,
    )
    for body, expected in (({"detail": "x"}, []), ({"error": "x"}, ["undocumented-status"])):
        request = Request(method="GET", url="http://127.0.0.1/a")
        exchange = Exchange(
            id="1", operation="read", request=request, response=answer(404, body), started=0.0, seconds=0.0
        )
        seen = Observation(operation=operation, aim=Aim(intent=Intent.VALID), exchange=exchange)
        assert expected == tally.take(seen)


def test_a_rule_that_the_team_made_a_note_stays_one(contract: Contract) -> None:
    """A habit only ever lowers what a finding weighs."""
    (finding,) = told(contract, None, answer(404, {"detail": "x"}))
    exchange = finding.evidence
    assert isinstance(exchange, Exchange)
    seen = Observation(operation=contract.operation("read"), aim=Aim(intent=Intent.VALID), exchange=exchange)
    lowered = Finding(rule=finding.rule, severity=Severity.NOTE, message="m")
    assert Severity.NOTE is held(FASTAPI, contract, seen, lowered).severity


def located(*items: tuple[str, Any]) -> Response:
    details = [{"type": kind, "loc": ["body", "price"], "msg": "m", "input": given} for kind, given in items]
    return answer(422, {"detail": details})


@pytest.mark.parametrize(
    ("response", "severity"),
    [
        (located(("decimal_parsing", "")), Severity.NOTE),
        (located(("decimal_max_digits", 123456789)), Severity.NOTE),
        (located(("decimal_parsing", []), ("decimal_parsing", "")), Severity.ERROR),
        (located(("decimal_parsing", ""), ("missing", "")), Severity.ERROR),
        (located(("string_too_short", "")), Severity.ERROR),
        (located(), Severity.ERROR),
    ],
)
def test_a_decimal_of_pydantic_is_a_note(contract: Contract, response: Response, severity: Severity) -> None:
    """Its schema lets it be any text; every other refusal of a good request is a defect."""
    found = told(contract, FASTAPI, response, at="write", body=b"{}", judged="RejectedPositiveData")
    assert severity in {item.severity for item in found if item.rule == "rejected-valid-request"}
