"""The door to schemathesis: what is drawn, how it is sent, and what is told of it."""

from __future__ import annotations

import importlib
import inspect
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from accord.cases import judgement as judgements
from accord.cases import shrinking
from accord.cases.aim import Aim, Intent, Judgement
from accord.cases.change import Changes
from accord.cases.credential import Credential
from accord.cases.engine import Budget, Engine, Unanswered
from accord.cases.request import Request
from accord.cases.wrong import ABSENT, Wrong
from accord.errors import ConfigurationError
from accord.exchange.values import Response

INTEGER = {"type": "integer"}
OK: dict[str, Any] = {"200": {"description": "x"}}
JSON_REPLY = Response(status=200, headers=(("Content-Type", "application/json"),), body=b"{}")
GOOD = Credential(headers={"Authorization": "Bearer good"})


def body_of(schema: object, media_type: str = "application/json") -> dict[str, Any]:
    """Return a required request body."""
    return {"requestBody": {"required": True, "content": {media_type: {"schema": schema}}}, "responses": OK}


def thing(**properties: object) -> dict[str, Any]:
    """Return the schema of an object that needs all *properties*."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def parameter(name: str, location: str, schema: object = INTEGER) -> dict[str, Any]:
    """Return a required parameter."""
    return {"name": name, "in": location, "required": True, "schema": schema}


def document(paths: object) -> dict[str, Any]:
    """Return an OpenAPI document with one security scheme."""
    schemes = {"token": {"type": "http", "scheme": "bearer"}}
    return {
        "openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": paths, "components": {"securitySchemes": schemes},
    }  # fmt: skip


PLAIN = document(
    {
        "/a": {"post": body_of(thing(n=INTEGER, s={"type": "string"}))},
        "/b": {"post": body_of(thing(n=INTEGER))},
    }
)


@dataclass(slots=True)
class Play:
    """An engine, the service that it talks to, and what both were told."""

    document: dict[str, Any]
    answer: Callable[[str, Request], Response] = lambda label, request: JSON_REPLY
    judge: Callable[[str, Aim, Request], list[str]] = lambda label, aim, request: []
    options: dict[str, Any] = field(default_factory=dict)
    sent: list[tuple[str, Request]] = field(default_factory=list)
    told: list[tuple[str, Aim, Sequence[Judgement], Request]] = field(default_factory=list)
    waiting: list[Request] = field(default_factory=list)

    def engine(self) -> Engine:
        """Return a fresh engine."""
        options = {
            "base_url": "http://service", "credentials": lambda _: Credential(), "values": lambda *_: (), "settings": {},
            "seed": 0, "budget": Budget(max_examples=20, chains=10), **self.options,
        }  # fmt: skip
        return Engine(self.document, wire=self.wire, **options)

    def wire(self, label: str, request: Request) -> tuple[Response, float]:
        """Answer as the service does."""
        self.sent.append((label, request))
        self.waiting.append(request)
        return self.answer(label, request), 0.0

    def observe(self, label: str, aim: Aim, found: Sequence[Judgement]) -> list[str]:
        """Take a played case as the runner does: its first request is the case itself."""
        request = self.waiting[0]
        self.waiting.clear()
        self.told.append((label, aim, found, request))
        return self.judge(label, aim, request)

    def all(self) -> str:
        """Play every phase of every operation; returns why something could not be played."""
        engine = self.engine()
        reasons = []
        for label in engine.labels():
            engine.examples(label, self.observe)
            engine.coverage(label, self.observe)
            reasons.append(engine.fuzzing(label, self.observe))
        return "".join(reasons)


VERSION = "4.32"
MOVED = (
    f"accord reads schemathesis {VERSION} from the inside. {{}} is not what it was: mend accord.cases.engine and"
    " accord.cases.judgement, then name the new version here and in pyproject.toml."
)


def test_version_of_schemathesis_is_the_one_that_is_known() -> None:
    """The names below are not public: another version must be looked at before it is used."""
    found = version("schemathesis")
    assert f"{VERSION}." == found[: len(VERSION) + 1], MOVED.format(f"The version, now {found},")
    assert f"schemathesis>={VERSION}" in Path(__file__).parents[2].joinpath("pyproject.toml").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("schemathesis.Config.from_dict", {"data"}),
        (
            "schemathesis.Response",
            {"status_code", "headers", "content", "request", "elapsed", "verify", "encoding"},
        ),
        ("schemathesis.openapi.from_dict", {"schema", "config"}),
        ("schemathesis.config.ConfigError", set()),
        ("schemathesis.core.errors.HookError", set()),
        ("schemathesis.core.errors.SchemathesisError", set()),
        ("schemathesis.core.failures.Failure", {"title", "message"}),
        ("schemathesis.core.failures.FailureGroup", set()),
        ("schemathesis.generation.GenerationMode", set()),
        (
            "schemathesis.generation.drivers.CoverageGenerator",
            {"operation", "generation_modes", "generation_config", "auth_storage", "override", "feedback"},
        ),
        (
            "schemathesis.generation.drivers.ExamplesGenerator",
            {"operation", "override", "feedback", "fill_missing"},
        ),
        ("schemathesis.generation.feedback.NO_FEEDBACK", set()),
        (
            "schemathesis.generation.meta.CoveragePhaseData",
            {"scenario", "description", "parameter", "parameter_location"},
        ),
        ("schemathesis.generation.meta.REQUEST_SHAPE_PROBES", set()),
        ("schemathesis.generation.overrides.Override", set()),
        ("schemathesis.transport.requests.RequestsTransport.serialize_case", {"case"}),
        ("schemathesis.transport.requests.RequestsTransport._copy_serializers_from", set()),
        ("schemathesis.transport.requests.REQUESTS_TRANSPORT", set()),
        ("schemathesis.Case.validate_response", {"response", "transport_kwargs"}),
        ("schemathesis.Case.derive", set()),
        ("schemathesis.Case.call", {"base_url"}),
        (
            "schemathesis.generation.stateful.state_machine.APIStateMachine.validate_response",
            {"response", "case"},
        ),
        ("schemathesis.generation.stateful.state_machine.APIStateMachine.get_call_kwargs", {"case"}),
        ("schemathesis.generation.stateful.state_machine.APIStateMachine.call", {"case"}),
    ],
)
def test_name_inside_schemathesis_is_still_there(name: str, needed: set[str]) -> None:
    """Each name that accord takes from inside schemathesis exists and takes the arguments that it is given."""
    steps = name.split(".")
    for cut in range(len(steps), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(steps[:cut]))
        except ImportError:
            continue
        break
    for step in steps[cut:]:
        assert hasattr(found, step), MOVED.format(name)
        found = getattr(found, step)
    if needed:
        assert needed <= set(inspect.signature(found).parameters), MOVED.format(name)


def _failures() -> dict[str, Any]:
    modules = (
        "schemathesis.core.failures",
        "schemathesis.openapi.checks",
        "schemathesis.specs.openapi.checks",
    )
    members = [member for name in modules for member in vars(importlib.import_module(name)).items()]
    return {key: value for key, value in members if inspect.isclass(value)}


@pytest.mark.parametrize("table", ["_SUBJECTS", "_EXPECTED", "_SEEN"])
def test_failure_of_schemathesis_has_the_attributes_that_are_read(table: str) -> None:
    """Each failure class that accord translates exists, with the attribute that accord reads."""
    for kind, attribute in getattr(judgements, table).items():
        assert kind in _failures(), MOVED.format(f"The failure {kind}")
        known = inspect.signature(_failures()[kind].__init__).parameters
        assert attribute in known, MOVED.format(f"{kind}.{attribute}")


SCRIPT = """
import hashlib, importlib.util, sys
spec = importlib.util.spec_from_file_location("engines", sys.argv[1])
module = importlib.util.module_from_spec(spec)
sys.modules["engines"] = module
spec.loader.exec_module(module)
play = module.Play(module.STATEFUL, options={"credentials": lambda _: module.GOOD, "seed": int(sys.argv[2])}, answer=module.shop)
play.all()
play.engine().stateful(play.observe)
print(len(play.sent), hashlib.sha256(repr(play.sent).encode()).hexdigest())
"""

PATH_ID = parameter("id", "path", {"type": "string"})
STATEFUL = document(
    {
        "/things": {
            "post": {
                **body_of(thing(n=INTEGER)),
                "operationId": "make",
                "security": [{"token": []}],
                "responses": {
                    "201": {
                        "description": "x",
                        "content": {"application/json": {"schema": thing(id={"type": "string"})}},
                        "links": {
                            "read": {"operationId": "read", "parameters": {"id": "$response.body#/id"}}
                        },
                    }
                },
            }
        },
        "/things/{id}": {
            "get": {"operationId": "read", "parameters": [PATH_ID, parameter("q", "query")], "responses": OK},
            "delete": {
                "operationId": "drop",
                "parameters": [PATH_ID],
                "responses": OK,
                "security": [{"token": []}],
            },
        },
    }
)


def shop(label: str, _: Request) -> Response:
    """Answer like a service that makes things with the id ``seven``."""
    if label == "POST /things":
        return Response(status=201, headers=JSON_REPLY.headers, body=b'{"id": "seven"}')
    return JSON_REPLY


def test_seed_decides_every_byte() -> None:
    """The same seed sends the same requests in another process with another hash seed; another seed sends others."""
    runs = []
    for hash_seed, seed in (("1", "7"), ("2", "7"), ("1", "8")):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        command = [sys.executable, "-c", SCRIPT, __file__, seed]
        runs.append(subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True))
    first, again, other = (run.communicate(timeout=100)[0] for run in runs)
    assert [0, 0, 0] == [run.returncode for run in runs]
    assert first == again
    assert first != other
    assert int(first.split()[0]) > 100


def test_operation_is_drawn_by_itself() -> None:
    """The cases of an operation do not depend on what was played before it, by this engine or another."""
    alone, after = Play(PLAIN), Play(PLAIN)
    alone.engine().fuzzing("POST /b", alone.observe)
    engine = after.engine()
    engine.fuzzing("POST /a", after.observe)
    engine.coverage("POST /b", after.observe)
    before = len(after.sent)
    engine.fuzzing("POST /b", after.observe)
    assert alone.sent == after.sent[before:]


def number(request: Request) -> int | None:
    """Return the member ``n`` of the body."""
    try:
        value = json.loads(request.body)
    except ValueError:
        return None
    found = value.get("n") if isinstance(value, dict) else None
    return found if type(found) is int else None


def test_finding_shrinks_to_the_smallest() -> None:
    """What is found is drawn again, smaller, down to the boundary of the bug."""
    play = Play(
        PLAIN,
        judge=lambda _, __, request: ["too-big"] if (number(request) or 0) >= 10 else [],
        options={"budget": Budget(max_examples=50)},
    )
    assert play.engine().fuzzing("POST /b", play.observe) == ""
    found = [number(request) or 0 for *_, request in play.told]
    assert min(value for value in found if value >= 10) == 10


def test_two_bugs_are_both_found() -> None:
    """Two rules that find at once are both shrunk: neither hides the other.

    Hypothesis looks for a second bug for a while only, so that one of some seeds must show it.
    """

    def judge(_: str, __: Aim, request: Request) -> list[str]:
        value = number(request) or 0
        return ["positive"] if value > 5 else ["negative"] if value < -5 else []

    def found(seed: int) -> set[int | None]:
        play = Play(PLAIN, judge=judge, options={"budget": Budget(max_examples=50), "seed": seed})
        assert play.engine().fuzzing("POST /b", play.observe) == ""
        return {number(request) for *_, request in play.told}

    assert any({6, -6} <= found(seed) for seed in range(8))


def test_shrinking_ends() -> None:
    """A service that answers everything wrong is asked a bounded number of times, with few cases and with many."""
    for examples, most in ((1, 51), (20, 101)):
        options = {"budget": Budget(max_examples=examples)}
        play = Play(PLAIN, judge=lambda _, __, request: [f"rule-{len(request.body) % 7}"], options=options)
        assert play.engine().fuzzing("POST /a", play.observe) == ""
        assert examples <= len(play.told) <= most


def test_shrinking_may_end_where_findings_are_played_once_more() -> None:
    """When hypothesis tells its findings together, the end of the shrinking may be among them."""

    def told_together() -> None:
        raise BaseExceptionGroup("2 distinct failures", [shrinking.Found(), shrinking.Enough()])

    assert "" == shrinking.absorb(told_together)


def test_deep_schema_has_a_bounded_number_of_boundaries() -> None:
    """Of a body with thousands of boundaries the most different are asked, and it is said that there are more."""
    names = [f"member_{at}" for at in range(25)]
    inner = thing(**{name: {"type": "string", "minLength": 2, "maxLength": 9} for name in names})
    play = Play(document({"/a": {"post": body_of(thing(inner=inner))}}))
    assert "no more than 200 boundary cases are asked of one operation" == play.engine().coverage(
        "POST /a", play.observe
    )
    assert 200 == len(play.told)
    wrong = [aim.variant for _, aim, *_ in play.told if aim.intent is Intent.INVALID]
    assert [] == [name for name in names if not any(name in words for words in wrong)]


def test_place_in_a_body_is_no_media_type() -> None:
    """What is wrong about a body is told with the words of the case, not with the media type as a place."""
    play = Play(PLAIN)
    play.engine().coverage("POST /a", play.observe)
    bodies = [aim for _, aim, *_ in play.told if aim.location == "body"]
    assert {"body"} == {aim.place for aim in bodies}
    assert any(aim.intent is Intent.INVALID and aim.variant for aim in bodies)


def test_boundaries_of_a_usual_operation_are_all_asked() -> None:
    """What is within the bound is asked whole, and nothing is said."""
    play = Play(PLAIN)
    assert "" == play.engine().coverage("POST /a", play.observe)
    assert 10 < len(play.told) < 100


@pytest.mark.parametrize("when", [1, 3])
def test_bug_of_the_observer_is_no_finding(when: int) -> None:
    """An exception that is no finding comes out, also when it comes only once."""
    calls: list[int] = []

    def judge(*_: object) -> list[str]:
        calls.append(1)
        if len(calls) == when:
            raise ZeroDivisionError
        return []

    play = Play(PLAIN, judge=judge)
    with pytest.raises(ZeroDivisionError):
        play.engine().fuzzing("POST /b", play.observe)


def test_finding_that_does_not_come_again_is_no_error() -> None:
    """A service that misbehaves once only makes hypothesis doubt, not fail."""
    calls: list[int] = []
    play = Play(PLAIN, judge=lambda *_: ["once"] if calls.append(1) or len(calls) == 3 else [])  # type: ignore[func-returns-value]
    assert play.engine().fuzzing("POST /b", play.observe) == ""


def test_silence_is_judged_and_not_raised() -> None:
    """A service that never answers whole is told of for each case, in every phase."""

    def silent(_: str, __: Request) -> Response:
        raise Unanswered

    play = Play(STATEFUL, answer=silent, options={"credentials": lambda _: GOOD})
    assert play.all() == ""
    play.engine().stateful(play.observe)
    assert len(play.told) > 50
    assert {("Unanswered",)} == {tuple(item.kind for item in found) for _, _, found, _ in play.told}


def test_silence_to_a_repeated_request_is_judged() -> None:
    """A check that sends the request again may get no answer; the case is told of all the same."""
    calls: list[int] = []

    def sometimes(_: str, __: Request) -> Response:
        calls.append(1)
        if len(calls) % 2:
            return JSON_REPLY
        raise Unanswered

    play = Play(STATEFUL, answer=sometimes, options={"credentials": lambda _: GOOD})
    assert play.all() == ""
    assert any("Unanswered" in [item.kind for item in found] for _, _, found, _ in play.told)


def test_chain_follows_a_link() -> None:
    """What one operation answers is what the next is asked for."""
    play = Play(STATEFUL, answer=shop, options={"credentials": lambda _: GOOD})
    assert play.engine().stateful(play.observe) == ""
    assert any(
        label == "GET /things/{id}" and urlsplit(request.url).path == "/things/seven"
        for label, request in play.sent
    )
    assert {"stateful"} == {aim.phase for _, aim, _, _ in play.told}


def test_chains_without_links_are_not_played() -> None:
    """Without links the reason says so."""
    assert "link" in Play(PLAIN).engine().stateful(lambda *_: [])


def test_credential_stays_with_its_operations() -> None:
    """A public operation never gets the credential of another, in chains neither; a valid case of a secured one has it."""

    def credentials(label: str) -> Credential:
        return Credential() if label == "GET /things/{id}" else GOOD

    play = Play(STATEFUL, answer=shop, options={"credentials": credentials})
    play.all()
    play.engine().stateful(play.observe)
    public = [request for label, request in play.sent if label == "GET /things/{id}"]
    assert len(public) > 30
    assert not any("good" in repr(request.headers) for request in public)
    valid = [
        request
        for label, aim, _, request in play.told
        if aim.intent is Intent.VALID and not label.startswith("GET")
    ]
    assert len(valid) > 10
    assert {"Bearer good"} == {request.header("Authorization") for request in valid}


WHOLE = document(
    {
        "/a/{id}": {
            "put": {
                "parameters": [
                    PATH_ID,
                    parameter("q", "query"),
                    parameter("X-H", "header", {"type": "string"}),
                ],
                **body_of(thing(n=INTEGER, s={"type": "string"})),
            }
        }
    }
)
LABEL = "PUT /a/{id}"


@pytest.fixture
def whole() -> tuple[Engine, Any]:
    """Return an engine and a valid case of an operation with every kind of parameter."""
    credentials = Credential(headers={"Authorization": "Bearer good"}, query={"key": "good"})
    engine = Play(WHOLE, options={"credentials": lambda _: credentials}).engine()
    return engine, engine.valid(LABEL)


def wrong(location: str, *path: str, value: object) -> Changes:
    """Return the change that puts *value* at one place."""
    return Changes(wrong=Wrong(location=location, path=path, keyword="k", value=value))


def test_unchanged_request_is_valid(whole: tuple[Engine, Any]) -> None:
    """Without changes, the request has every required thing and the operation's own credential."""
    request = whole[0].request(LABEL, whole[1], Changes())
    assert request.method == "PUT"
    assert request.url.startswith("http://service/a/")
    assert {"q", "key"} == set(parse_qs(urlsplit(request.url).query))
    assert ("Bearer good", "application/json") == (
        request.header("authorization"),
        request.header("content-type"),
    )
    assert {"n", "s"} == set(json.loads(request.body))
    assert request.header("X-H") is not None
    assert request.header("User-Agent") is None


@pytest.mark.parametrize(
    ("changes", "differs"),
    [
        (wrong("body", "n", value="text"), {"body"}),
        (wrong("body", "n", value=ABSENT), {"body"}),
        (wrong("query", "q", value="text"), {"query"}),
        (wrong("query", "q", value=ABSENT), {"query"}),
        (wrong("path", "id", value="x y?z"), {"path"}),
        (wrong("header", "X-H", value="text"), {"X-H"}),
        (wrong("header", "X-H", value=ABSENT), {"X-H"}),
        (Changes(credential=Credential()), {"query", "Authorization"}),
        (
            Changes(credential=Credential(headers={"Authorization": "Bearer bad"}, query={"key": "good"})),
            {"Authorization"},
        ),
        (Changes(body=b"{", content_type="application/json"), {"body"}),
        (Changes(body=b"x", content_type="text/plain"), {"body", "Content-Type"}),
    ],
    ids=range(11),
)
def test_change_changes_one_thing(whole: tuple[Engine, Any], changes: Changes, differs: set[str]) -> None:
    """Each change shows in its own place only, and the case itself stays as it was."""
    engine, case = whole
    before = engine.request(LABEL, case, Changes())
    after = engine.request(LABEL, case, changes)
    assert before == engine.request(LABEL, case, Changes())

    def parts(request: Request) -> dict[str, object]:
        url = urlsplit(request.url)
        headers = {name: request.header(name) for name in ("X-H", "Authorization", "Content-Type")}
        return {"path": url.path, "query": url.query, "body": request.body, **headers}

    one, two = parts(before), parts(after)
    assert differs == {name for name in one if one[name] != two[name]}
    assert after.header("Content-Length") == str(len(after.body))


def test_changed_values_arrive(whole: tuple[Engine, Any]) -> None:
    """The wrong value is what is sent, percent-encoded where it must be."""
    engine, case = whole
    assert (
        urlsplit(engine.request(LABEL, case, wrong("path", "id", value="x y?z")).url).path == "/a/x%20y%3Fz"
    )
    assert json.loads(engine.request(LABEL, case, wrong("body", "n", value="text")).body)["n"] == "text"
    assert "n" not in json.loads(engine.request(LABEL, case, wrong("body", "n", value=ABSENT)).body)
    assert engine.request(LABEL, case, wrong("header", "X-H", value=ABSENT)).header("X-H") is None


def test_drawn_credential_is_not_shown() -> None:
    """Schemathesis draws credentials of its own; without a credential, a request shows none of these."""
    schemes = {
        "token": {"type": "http", "scheme": "bearer"}, "key": {"type": "apiKey", "in": "query", "name": "key"},
        "cookie": {"type": "apiKey", "in": "cookie", "name": "sid"}, "header": {"type": "apiKey", "in": "header", "name": "X-Key"},
    }  # fmt: skip
    security = [{name: [] for name in schemes}]
    data = document(
        {"/a": {"get": {"security": security, "parameters": [parameter("q", "query")], "responses": OK}}}
    )
    data["components"]["securitySchemes"] = schemes
    places = [("header", "Authorization"), ("query", "key"), ("cookie", "sid"), ("header", "X-Key")]
    engine = Play(data, options={"secured_by": lambda _: places}).engine()
    request = engine.request("GET /a", engine.valid("GET /a"), Changes())
    assert [None, None, None] == [request.header(name) for name in ("Authorization", "Cookie", "X-Key")]
    assert set(parse_qs(urlsplit(request.url).query)) == {"q"}


def test_valid_case_has_the_known_values() -> None:
    """Where the team knows values that exist, a valid case names these, in path, query and body."""

    def values(label: str, location: str, name: str) -> list[Any]:
        assert label == LABEL
        return {("path", "id"): ["known/?"], ("query", "q"): [42], ("body", "n"): [7]}.get(
            (location, name), []
        )

    engine = Play(WHOLE, options={"values": values}).engine()
    request = engine.request(LABEL, engine.valid(LABEL), Changes())
    assert urlsplit(request.url).path == "/a/known%2F%3F"
    assert parse_qs(urlsplit(request.url).query) == {"q": ["42"]}
    assert json.loads(request.body)["n"] == 7


def test_valid_case_is_the_example() -> None:
    """The first example of the contract is the valid case, and the examples phase plays it as it stands."""
    body = body_of(thing(n=INTEGER) | {"example": {"n": 1234}})
    play = Play(document({"/a": {"post": body}}))
    engine = play.engine()
    assert engine.body(engine.valid("POST /a")) == {"n": 1234}
    engine.examples("POST /a", play.observe)
    assert [(1234, Intent.VALID, "examples")] == [
        (number(request), aim.intent, aim.phase) for _, aim, _, request in play.told
    ]


def test_example_that_breaks_the_contract_is_no_valid_case() -> None:
    """A valid case keeps the contract, even where the example of the contract does not."""
    engine = Play(
        document({"/a": {"post": body_of(thing(n=INTEGER) | {"example": {"n": "no number"}})}})
    ).engine()
    body = engine.body(engine.valid("POST /a"))
    assert isinstance(body, dict)
    assert isinstance(body["n"], int)


HOSTILE: dict[str, Any] = {
    "nothing": {"get": {"responses": OK}},
    "false": {"post": body_of(False)},
    "unsatisfiable": {"post": body_of({"type": "string", "minLength": 5, "maxLength": 2})},
    "endless": {"post": body_of({"$ref": "#/components/schemas/Endless"})},
    "huge": {
        "post": body_of(
            thing(
                s={"type": "string", "minLength": 10**6, "maxLength": 10**9},
                a={"type": "array", "minItems": 10**6, "items": {}},
            )
        )
    },
    "pattern": {
        "get": {"parameters": [parameter("q", "query", {"type": "string", "pattern": "(["})], "responses": OK}
    },
    "media": {"post": body_of({"type": "object"}, "application/x-unknown")},
    "bytes": {"post": body_of({}, "application/octet-stream")},
    "form": {"post": body_of(thing(a={"type": "string"}), "application/x-www-form-urlencoded")},
    "upload": {"post": body_of(thing(f={"type": "string", "format": "binary"}), "multipart/form-data")},
    "headers": {
        "get": {
            "parameters": [parameter("X-A", "header", {"type": "string"}), parameter("c", "cookie")],
            "responses": OK,
        }
    },
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_operation_ends(name: str) -> None:
    """An operation that no case satisfies, or that is huge, ends with a reason or with cases, and not with an error."""
    data = document({f"/{name}": HOSTILE[name]})
    data["components"]["schemas"] = {"Endless": thing(n={"$ref": "#/components/schemas/Endless"})}
    play = Play(data, options={"budget": Budget(max_examples=5, chains=3)})
    reason = play.all()
    assert reason or play.told
    assert all(len(request.body) < 2 * 10**7 for _, request in play.sent)
    engine = play.engine()
    for label in engine.labels():
        case = engine.valid(label)
        assert case is None or engine.request(label, case, Changes()).url.startswith("http://service/")


@pytest.mark.parametrize("data", [{"paths": {}}, {"components": {}}])
def test_contract_without_operations_has_no_labels(data: dict[str, Any]) -> None:
    """A document of components only makes no cases."""
    engine = Play({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, **data}).engine()
    assert engine.labels() == ()
    assert engine.stateful(lambda *_: []) != ""


@pytest.mark.parametrize(
    "settings", [{"unknown": 1}, {"generation": "x"}, {"hooks": "missing.py"}, {"generation": {"mode": "x"}}]
)
def test_settings_that_schemathesis_refuses_are_a_configuration_error(settings: dict[str, Any]) -> None:
    """What stands in [tool.accord.schemathesis] is held against schemathesis' own rules."""
    with pytest.raises(ConfigurationError) as caught:
        Play(PLAIN, options={"settings": settings}).engine()
    assert caught.value.place == "[tool.accord.schemathesis]"
    assert caught.value.next_step


@pytest.mark.parametrize("key", ["seed", "base-url", "headers", "auth", "proxy"])
def test_setting_that_is_accords_own_is_refused(key: str) -> None:
    """What accord says itself cannot be said a second time, and the error names where to say it."""
    with pytest.raises(ConfigurationError, match=key) as caught:
        Play(PLAIN, options={"settings": {key: "x"}}).engine()
    assert caught.value.next_step.startswith("Use ")


def test_settings_of_generation_are_kept() -> None:
    """What the team says of generation holds beside accord's own."""
    plain, modest = Play(PLAIN), Play(PLAIN, options={"settings": {"generation": {"mode": "positive"}}})
    for play in (plain, modest):
        play.engine().coverage("POST /a", play.observe)
        play.engine().fuzzing("POST /a", play.observe)
    assert len(modest.told) > 10


@pytest.mark.parametrize("value", [{"n": [1, None, True, 1.5, "x"]}, [], "text", 5, None])
def test_body_is_told_as_json(value: object) -> None:
    """The body of a case is told as JSON can say it; bytes become a text."""
    play = Play(PLAIN)
    engine = play.engine()
    case = engine.valid("POST /b")
    case.body = value
    assert value == engine.body(case)
    case.body = {"f": b"\xff"}
    assert engine.body(case) == {"f": "binary"}
