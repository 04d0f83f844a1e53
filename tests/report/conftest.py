"""Runs to report on: one by hand, and a strategy that draws any other."""

from __future__ import annotations

import json
import string
from dataclasses import replace

import pytest
from hypothesis import strategies as st

from accord.cases.request import Request
from accord.exchange.values import (
    Closed,
    Exchange,
    Opened,
    Received,
    Response,
    Sent,
    Session,
    Side,
)
from accord.findings.finding import Finding, Outcome, Severity, Verdict
from accord.findings.result import (
    Approved,
    Counts,
    Coverage,
    Feature,
    Location,
    Place,
    Removal,
    Run,
    Throttling,
)
from accord.findings.timing import Stopwatch, Timing

HOSTILE = "a\x1b[31mb\x00c\x9b2Jd\u202ee\ud800f\r\ng\u2028h\ufffei<![CDATA[&]]>[bold]j[/bold]\u200bk:smile:"

_TEXT = st.text(st.one_of(st.characters(), st.sampled_from(HOSTILE)), max_size=12)
_NAME = st.text(string.ascii_lowercase + "-/", min_size=1, max_size=8)
_MOMENT = st.integers(0, 4_000_000_000).map(float)
_SPAN = st.floats(0, 100_000)
_NUMBER = st.integers(0, 10**12)
_HEADERS = st.lists(st.tuples(_NAME, st.text(string.printable, max_size=8)), max_size=2).map(tuple)
_DATA = st.one_of(_TEXT, st.binary(max_size=8))
_TABLE = st.dictionaries(_TEXT, _NUMBER, max_size=3)
_TABLES = st.dictionaries(_TEXT, _TABLE, max_size=3)


def _exchanges() -> st.SearchStrategy[Exchange]:
    url = st.just("http://127.0.0.1/x?y=%00")
    request = st.builds(Request, method=_NAME, url=url, headers=_HEADERS, body=st.binary(max_size=8))
    response = st.builds(Response, status=st.integers(100, 599), headers=_HEADERS, body=st.binary(max_size=8))
    return st.builds(
        Exchange,
        id=_NAME,
        operation=st.none() | _NAME,
        request=request,
        response=st.none() | response,
        detail=_TEXT,
        started=_MOMENT,
        seconds=_SPAN,
    )


def _sessions() -> st.SearchStrategy[Session]:
    events = st.one_of(
        st.builds(Opened, at=_SPAN, subprotocol=st.none() | _NAME),
        st.builds(Sent, at=_SPAN, data=_DATA),
        st.builds(Received, at=_SPAN, data=_DATA),
        st.builds(
            Closed, at=_SPAN, code=st.integers(1000, 4999), reason=_TEXT, status=st.none() | st.just(403)
        ),
    )
    return st.builds(
        Session,
        id=_NAME,
        channel=_NAME,
        url=_NAME,
        script=_NAME,
        identity=st.none() | _NAME,
        events=st.lists(events, max_size=4).map(tuple),
        started=_MOMENT,
        crash=_TEXT,
    )


def _findings() -> st.SearchStrategy[Finding]:
    # Few places, so that fingerprints meet.
    return st.builds(
        Finding,
        rule=st.sampled_from(["undocumented-status", "untyped-error"]),
        operation=st.none() | st.sampled_from(["read", "write"]),
        channel=st.none() | st.just("events"),
        pointer=st.just("openapi.yaml#/paths") | _TEXT,
        evidence_pointer=st.sampled_from(["", "/0", "/1", "/\ud800"]),
        deviation=st.sampled_from(["500", "type"]),
        message=_TEXT,
        expected=_TEXT,
        seen=_TEXT,
        evidence=st.none() | _exchanges() | _sessions(),
        reproduce=_TEXT,
        fault_code=st.none() | st.integers(100, 999),
        line=st.none() | st.integers(1, 9),
        witness=st.just("") | _TEXT.map(json.dumps),
        advice=_TEXT,
    )


def _outcomes() -> st.SearchStrategy[Outcome]:
    return st.builds(
        Outcome,
        rule=st.sampled_from(["undocumented-status", "untyped-error", "unauthenticated-access"]),
        place=st.sampled_from(["rest/read/fuzzing", "rest/write/coverage", "websocket/shot", ""]) | _TEXT,
        reason=st.sampled_from(["", "no identity", HOSTILE]),
        findings=st.lists(_findings(), max_size=2).map(tuple),
    )


def _places() -> st.SearchStrategy[Place]:
    return st.builds(
        Place,
        operation=_TEXT,
        location=st.sampled_from(["path", "body"]),
        pointer=st.just("/name") | _TEXT,
        keyword=st.sampled_from(["type", "maxLength"]),
        refused=_NUMBER,
        accepted=_NUMBER,
        undecided=_NUMBER,
    )


def _located(run: Run) -> st.SearchStrategy[Run]:
    places = st.builds(
        Location,
        path=st.just("contracts/openapi.yaml") | _TEXT,
        line=st.none() | st.integers(1, 999),
        column=st.none() | st.integers(1, 99),
        pointer=_TEXT,
    )
    names = [finding.fingerprint for finding in run.findings]
    return st.builds(
        lambda found, words, remarks: replace(
            run,
            locations=found,
            findings=run.findings[len(words) :],
            approved=tuple(
                Approved(finding=finding, words=text)
                for finding, text in zip(run.findings, words, strict=False)
            ),
            remarks=tuple(remarks),
        ),
        st.dictionaries(st.sampled_from(names), places),
        st.lists(_TEXT, max_size=1),
        st.lists(_TEXT, max_size=1),
    )


def _runs() -> st.SearchStrategy[Run]:
    return _bare_runs().flatmap(lambda run: _located(run) if run.findings else st.just(run))


def _key(feature: Feature) -> tuple[str, ...]:
    return feature.owner, feature.path, feature.kind, feature.value


def _features() -> st.SearchStrategy[Feature]:
    return st.builds(
        Feature,
        owner=_TEXT,
        path=_TEXT,
        kind=st.sampled_from(["property", "member", "null", "branch"]),
        value=_TEXT,
        answers=st.none() | _NUMBER,
        messages=st.none() | _NUMBER,
    )


def _timing(lengths: list[float]) -> Timing:
    watch = Stopwatch()
    for length in lengths:
        watch.note(length)
    found = watch.timing()
    assert found is not None
    return found


def _bare_runs() -> st.SearchStrategy[Run]:
    return st.builds(
        Run,
        accord=_NAME,
        contract=_TEXT,
        target=_TEXT,
        seed=st.integers(),
        started=_MOMENT,
        seconds=_SPAN,
        findings=st.lists(_findings(), max_size=3, unique_by=lambda item: item.fingerprint).map(tuple),
        outcomes=st.lists(_outcomes(), max_size=4).map(tuple),
        coverage=st.builds(
            Coverage,
            statuses=_TABLES,
            undocumented=_TABLES,
            messages=_TABLE,
            parts=st.dictionaries(st.sampled_from(["variants", "types", "edges"]), _TABLE, max_size=2),
            breaches=_TABLE.map(lambda table: {name: number + 1 for name, number in table.items()}),
            features=st.lists(_features(), max_size=3, unique_by=_key).map(
                lambda found: tuple(sorted(found, key=_key))
            ),
        ),
        timings=st.dictionaries(
            _NAME, st.lists(st.floats(0, 1e3), min_size=1, max_size=3).map(_timing), max_size=2
        ),
        counts=st.builds(Counts, operations=_NUMBER, cases=_NUMBER, sessions=_NUMBER, messages=_NUMBER),
        places=st.lists(
            _places(),
            max_size=3,
            unique_by=lambda item: (item.operation, item.location, item.pointer, item.keyword),
        ).map(tuple),
        throttling=st.builds(Throttling, limited=_NUMBER, waits=_NUMBER, seconds=_MOMENT),
        removal=st.none()
        | st.builds(Removal, created=_NUMBER, removed=_NUMBER, gone=_NUMBER, problems=_TABLE),
    )


@pytest.fixture(scope="session")
def hostile() -> str:
    """Return a text that tries to steer a terminal, a parser of markup and an encoder."""
    return HOSTILE


@pytest.fixture(scope="session")
def findings() -> st.SearchStrategy[Finding]:
    """Return a strategy for findings whose fingerprints often meet."""
    return _findings()


@pytest.fixture(scope="session")
def outcomes() -> st.SearchStrategy[Outcome]:
    """Return a strategy for outcomes whose rules and places often meet."""
    return _outcomes()


@pytest.fixture(scope="session")
def runs() -> st.SearchStrategy[Run]:
    """Return a strategy for runs with hostile values."""
    return _runs()


@pytest.fixture(scope="session")
def exchange() -> Exchange:
    """Return a POST that the service answered with an undocumented 500."""
    return Exchange(
        id="x1",
        operation="create_product",
        request=Request(
            method="POST",
            url="http://127.0.0.1:8000/products",
            headers=(("content-type", "application/json"),),
            body=b'{"name":"0"}',
        ),
        response=Response(
            status=500, headers=(("Content-Type", "text/plain"),), body=b"Internal Server Error"
        ),
        started=1_700_000_001.0,
        seconds=0.0123,
    )


@pytest.fixture(scope="session")
def session() -> Session:
    """Return a session in which the server spoke before the client had authenticated."""
    return Session(
        id="s1",
        channel="events",
        url="ws://127.0.0.1:8000/ws",
        script="silence",
        identity="demo",
        events=(
            Opened(at=0.0),
            Received(at=0.1, data='{"type":"shot"}'),
            Closed(at=5.0, code=4401, reason="authentication required", by=Side.SERVER),
        ),
        started=1_700_000_002.0,
    )


@pytest.fixture(scope="session")
def sample(exchange: Exchange, session: Session) -> Run:
    """Return a run with three findings, rules that held and rules that were not reached."""
    wrong_type = Finding(
        rule="wrong-media-type",
        severity=Severity.WARNING,
        operation="read_shot",
        pointer="openapi.yaml#/paths/~1shots~1{id}/get/responses/404/content",
        evidence_pointer="",
        deviation="text/html",
        message="The contract does not document this media type for the status.",
        expected="application/json",
        seen="text/html",
    )
    crash = Finding(
        rule="undocumented-status",
        operation="create_product",
        pointer="openapi.yaml#/paths/~1products/post/responses",
        deviation="500",
        message="The service answered with a status that the contract does not document.",
        expected="one of 201, 401, 422",
        seen="500",
        evidence=exchange,
        fault_code=100,
        reproduce="curl -X POST http://127.0.0.1:8000/products -H 'content-type: application/json' "
        """-H 'authorization: Bearer ***' --data-raw '{"name":"0"}'""",
    )
    early = Finding(
        rule="message-before-auth",
        channel="events",
        pointer="asyncapi.yaml#/channels/events",
        evidence_pointer="/events/1",
        deviation="shot",
        message="The server sent [bold]a message[/bold] before the client had \x1b[31mauthenticated\x1b[0m.",
        expected="nothing, or an auth_error",
        seen='{"type":"shot"}',
        evidence=session,
        reproduce="accord replay silence --seed 7",
    )
    return Run(
        accord="0.1.0",
        contract="contracts/shop",
        target="http://127.0.0.1:8000",
        seed=7,
        started=1_700_000_000.0,
        seconds=34.2,
        findings=(wrong_type, crash, early),
        outcomes=(
            *(_found(wrong_type, "rest/read_shot/fuzzing"), _found(crash, "rest/create_product/fuzzing")),
            _found(early, "websocket/message-before-auth"),
            Outcome(rule="undocumented-status", place="rest/read_shot/fuzzing", verdict=Verdict.HELD),
            Outcome(rule="malformed-body", place="rest/read_shot/fuzzing", verdict=Verdict.HELD),
            _missed("foreign-access", "no second identity is configured"),
            _missed("leaked-resource", "no second identity is configured"),
            _missed("unknown-id", "the operation has no path parameter"),
        ),
        coverage=Coverage(
            statuses={"create_product": {"201": 4, "401": 0, "422": 9}, "read_shot": {"200": 0, "404": 3}},
            undocumented={"create_product": {"500": 1}},
            messages={"shot": 1},
            parts={
                "variants": {"events/shot": 1, "events/auth": 1},
                "edges": {"events: a, 5 s → close 4408": 0},
            },
            breaches={"events/shot": 1},
            features=(
                Feature(owner="Shot", path="status", kind="member", value="done", answers=3, messages=0),
                Feature(owner="Shot", path="status", kind="property", answers=3, messages=1),
            ),
        ),
        timings={"create_product": _timing([0.012, 0.02, 0.3]), "read_shot": _timing([0.004])},
        counts=Counts(operations=2, cases=1204, sessions=1, messages=1),
        places=(
            Place(
                operation="create_product", location="body", pointer="/name", keyword="maxLength", refused=2
            ),
            Place(operation="create_product", location="body", pointer="/name", keyword="type", accepted=1),
            Place(operation="read_shot", location="path", pointer="/id", keyword="format", undecided=1),
        ),
        throttling=Throttling(limited=3, waits=3, seconds=7.0),
        removal=Removal(created=14, removed=11, gone=1, problems={"DELETE was answered with 409": 2}),
    )


def _found(finding: Finding, place: str) -> Outcome:
    return Outcome(rule=finding.rule, place=place, verdict=Verdict.FOUND, findings=(finding,))


def _missed(rule: str, reason: str) -> Outcome:
    return Outcome(rule=rule, place="errors/create_product/any", verdict=Verdict.NOT_REACHED, reason=reason)
