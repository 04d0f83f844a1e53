"""The REST stage, played against a small strict service in process, and against one that takes everything."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, unquote

import jsonschema
import pytest

from accord.config import IdentitySettings, Settings
from accord.exchange.values import Exchange
from accord.findings.finding import Verdict
from accord.findings.tally import Tally
from accord.run.opening import opened
from accord.run.options import Options
from accord.run.rest import stage as rest
from accord.run.verification import Verification

IDS = ("seven", "eight")
THING = {
    "type": "object",
    "required": ["name", "size"],
    "properties": {
        "name": {"type": "string", "minLength": 2, "maxLength": 8},
        "size": {"type": "integer", "minimum": 1},
    },
    "example": {"name": "bolt", "size": 3},
}
ERROR = {
    "description": "x",
    "content": {"application/json": {"schema": {"type": "object", "required": ["detail"]}}},
}
REPLY = {"description": "x", "content": {"application/json": {"schema": {"type": "object"}}}}
PATH = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}, "example": "seven"}
KEY = {"name": "key", "in": "query", "required": True, "schema": {"type": "string", "minLength": 3}}
PAGE = {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Things", "version": "1"},
    "paths": {
        "/things/{id}": {
            "put": {
                "operationId": "put_thing",
                "security": [{"token": []}],
                "parameters": [PATH, PAGE],
                "requestBody": {"required": True, "content": {"application/json": {"schema": THING}}},
                "responses": {"200": REPLY, **dict.fromkeys(("400", "401", "404", "415", "422"), ERROR)},
            }
        },
        "/keyed": {
            "get": {
                "operationId": "keyed",
                "security": [{"key": []}],
                "parameters": [KEY],
                "responses": {"200": REPLY, "401": ERROR, "422": ERROR},
            }
        },
        "/open": {"get": {"operationId": "open", "responses": {"200": REPLY}}},
    },
    "components": {
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer"},
            "key": {"type": "apiKey", "in": "query", "name": "key"},
        }
    },
}


class Service:
    """The service of DOCUMENT: strict, or taking everything."""

    def __init__(self, *, strict: bool) -> None:
        self.strict = strict

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one scope."""
        if scope["type"] == "lifespan":
            for kind in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{kind}.complete"})
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
        status = self.status(scope, headers, body) if self.strict else 200
        content = b"{}" if status == 200 else json.dumps({"detail": "no"}).encode()
        more = {401: (b"www-authenticate", b"Bearer"), 405: (b"allow", self.allowed(scope).encode())}
        sent = [(b"content-type", b"application/json"), *([more[status]] if status in more else [])]
        await send({"type": "http.response.start", "status": status, "headers": sent})
        await send({"type": "http.response.body", "body": content})

    def allowed(self, scope: Any) -> str:
        """Return the one method of a path."""
        return "PUT" if scope["path"].startswith("/things/") else "GET"

    def status(self, scope: Any, headers: dict[str, str], body: bytes) -> int:
        """Return the status of a strict answer."""
        query = parse_qs(scope["query_string"].decode(), keep_blank_values=True)
        if scope["method"] != self.allowed(scope):
            return 405
        if scope["path"] == "/open":
            return 200
        if scope["path"] == "/keyed":
            return 200 if query.get("key") == ["the-key"] else 401
        if headers.get("authorization") != "Bearer good":
            return 401
        if headers.get("content-type", "").partition(";")[0] != "application/json":
            return 415
        return self.judged(unquote(scope["path"].removeprefix("/things/")), query, body)

    def judged(self, id_: str, query: dict[str, list[str]], body: bytes) -> int:
        """Return the status for a request of somebody who may."""
        pages = query.get("page", ["1"])
        if len(pages) > 1 or not pages[0].isdecimal() or int(pages[0]) < 1:
            return 422
        try:
            value = json.loads(body)
        except ValueError:
            return 400
        if not jsonschema.Draft202012Validator(THING).is_valid(value):
            return 422
        return 200 if id_ in IDS else 404


Open = Callable[..., AbstractContextManager[tuple[Verification, list[Exchange]]]]


@pytest.fixture
def opening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Return a context manager that opens a verification of the service, and tells what was exchanged."""

    @contextmanager
    def open_(
        *, strict: bool = True, identities: bool = True, **settings: Any
    ) -> Iterator[tuple[Verification, list[Exchange]]]:
        (tmp_path / "openapi.json").write_text(json.dumps(DOCUMENT))
        module = ModuleType("rest_service")
        module.app = Service(strict=strict)  # type: ignore[attr-defined]
        module.values = lambda _, location, name: list(IDS) if (location, name) == ("path", "id") else None  # type: ignore[attr-defined]
        module.credential = (  # type: ignore[attr-defined]
            lambda _, operation: (
                {"put_thing": {"Authorization": "Bearer good"}}.get(operation) if identities else None
            )
        )
        monkeypatch.setitem(sys.modules, "rest_service", module)
        known = {"default": IdentitySettings(api_key="the-key")} if identities else {}
        chosen = Settings(
            root=tmp_path, contract=tmp_path, hooks="rest_service", identities=known, **settings
        )
        with opened("rest_service:app", chosen, Options(max_examples=5)) as verification:
            exchanges: list[Exchange] = []
            send = verification.context.client.send

            def watched(*arguments: Any, **named: Any) -> Exchange:
                exchanges.append(send(*arguments, **named))
                return exchanges[-1]

            monkeypatch.setattr(verification.context.client, "send", watched)
            yield verification, exchanges

    return open_


def play(verification: Verification, name: str) -> Tally:
    """Play one trial."""
    (trial,) = [trial for trial in verification.trials if trial.id == name]
    return verification.play(trial)


def found(tally: Tally) -> set[str]:
    """Return the rules that found something."""
    return {item.rule for item in tally.outcomes("here") if item.verdict is Verdict.FOUND}


def test_plan_names_every_question(opening: Open) -> None:
    """The trials are those of every operation, in the contract's order, and no other than apply."""
    with opening() as (verification, _):
        assert [trial.id for trial in verification.trials if trial.stage == "rest"] == [
            "rest/put_thing/foreign-caller",
            *(f"rest/put_thing/{name}" for name in ("examples", "coverage", "fuzzing")),
            *(f"rest/put_thing/{name}" for name in ("bad-credential", "unknown-id", "invalid-field", "malformed-body", "foreign-media-type", "odd-body")),
            *(f"rest/keyed/{name}" for name in ("examples", "coverage", "fuzzing", "bad-credential", "invalid-field")),
            *(f"rest/open/{name}" for name in ("examples", "coverage", "fuzzing")),
            "rest/chains",
            "rest/open/no-credential",
        ]  # fmt: skip
        assert not any(rest.plan(verification.context.contract, lambda _: False))


@pytest.mark.parametrize(
    "name", ["bad-credential", "unknown-id", "invalid-field", "malformed-body", "foreign-media-type"]
)
def test_strict_service_refuses_and_is_left_in_peace(opening: Open, name: str) -> None:
    """A service that refuses each bad request as its contract says has no findings, and was asked something."""
    with opening() as (verification, exchanges):
        tally = play(verification, f"rest/put_thing/{name}")
        assert found(tally) == set()
        assert exchanges
        assert tally.cases == len(exchanges)
        assert all(item.response is not None and item.response.status >= 400 for item in exchanges)


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("bad-credential", "unauthenticated-access"),
        ("unknown-id", "answered-unknown-id"),
        ("invalid-field", "accepted-invalid-field"),
        ("malformed-body", "accepted-malformed-body"),
        ("foreign-media-type", "accepted-foreign-media-type"),
    ],
)
def test_service_that_takes_everything_is_told_of(opening: Open, name: str, rule: str) -> None:
    """A service that answers 200 to everything breaks the rule of each kind of refusal."""
    with opening(strict=False) as (verification, _):
        assert rule in found(play(verification, f"rest/put_thing/{name}"))


def test_every_wrong_place_is_asked_for_alone(opening: Open) -> None:
    """Each request of the trial differs from a valid one in one member or parameter; the credential stays good."""
    with opening() as (verification, exchanges):
        play(verification, "rest/put_thing/invalid-field")
        assert {"Bearer good"} == {item.request.header("Authorization") for item in exchanges}
        assert {422} == {item.response.status for item in exchanges if item.response}
        sent = [json.loads(item.request.body) for item in exchanges]
        assert None in sent, "the whole body"
        bodies = [body for body in sent if isinstance(body, dict)]
        good = {"name": "bolt", "size": 3}
        changed = [{name for name in good if body.get(name) != good[name]} for body in bodies]
        assert all(len(names) <= 1 for names in changed)
        assert {"name"} in changed
        assert {"size"} in changed
        assert set() in changed, "the page in the query"


def test_forged_credentials_are_all_refused(opening: Open) -> None:
    """Absence, garbage and a missing scheme are tried; what the owner must give is told as not reached."""
    with opening() as (verification, exchanges):
        tally = play(verification, "rest/put_thing/bad-credential")
        assert [None, "good", "Bearer garbage"] == [
            item.request.header("Authorization") for item in exchanges
        ]
        missed = {item.place for item in tally.outcomes("here") if item.verdict is Verdict.NOT_REACHED}
        assert {"here/other-signature", "here/unsigned", "here/expired-token", "here/revoked-user"} <= missed


def test_credential_is_no_wrong_parameter(opening: Open) -> None:
    """A query parameter that carries the key is not left out or broken in the trial about fields."""
    with opening() as (verification, exchanges):
        tally = play(verification, "rest/keyed/invalid-field")
        assert (["/keyed?key=the-key"], set()) == (
            [item.request.url.removeprefix("http://testserver") for item in exchanges],
            found(tally),
        )
        tally = play(verification, "rest/keyed/bad-credential")
        assert found(tally) == set()
        assert [401, 401] == [item.response.status for item in exchanges[1:] if item.response]


def test_unknown_id_is_of_the_right_form(opening: Open) -> None:
    """The id that is asked for is valid by the contract and none that is known, with everything else valid."""
    with opening() as (verification, exchanges):
        play(verification, "rest/put_thing/unknown-id")
        (asked,) = exchanges
        assert asked.response is not None
        assert asked.response.status == 404
        assert not any(asked.request.url.endswith(f"/{item}") for item in IDS)


def test_without_an_identity_only_absence_is_tried(opening: Open) -> None:
    """Nobody to be means one request without a credential, and a reason for the rest."""
    with opening(identities=False) as (verification, exchanges):
        tally = play(verification, "rest/put_thing/bad-credential")
        assert [None] == [item.request.header("Authorization") for item in exchanges]
        reasons = [item.reason for item in tally.outcomes("here") if item.verdict is Verdict.NOT_REACHED]
        assert any("no identity" in reason for reason in reasons)


@pytest.mark.parametrize("phase", ["examples", "coverage", "fuzzing"])
def test_drawn_cases_find_nothing_at_a_strict_service(opening: Open, phase: str) -> None:
    """What schemathesis draws finds nothing wrong with a service that keeps its contract."""
    with opening() as (verification, exchanges):
        tally = play(verification, f"rest/put_thing/{phase}")
        assert found(tally) == set()
        assert tally.cases == len(exchanges)
        assert exchanges


def test_example_of_the_contract_is_sent(opening: Open) -> None:
    """The examples phase says what the contract shows, with values that the team knows."""
    with opening() as (verification, exchanges):
        play(verification, "rest/put_thing/examples")
        assert {"name": "bolt", "size": 3} in [
            json.loads(item.request.body) for item in exchanges if item.request.body
        ]
        assert {200, 401} == {item.response.status for item in exchanges if item.response}, (
            "a check leaves the token out"
        )


def test_public_operation_gets_no_credential(opening: Open) -> None:
    """Nothing that is sent to an open operation shows who calls."""
    with opening() as (verification, exchanges):
        play(verification, "rest/open/coverage")
        play(verification, "rest/open/fuzzing")
        assert exchanges
        assert not any("good" in repr(item.request) or "the-key" in repr(item.request) for item in exchanges)


def test_same_seed_says_the_same(opening: Open) -> None:
    """Two runs with one seed send the same requests, byte by byte."""
    said = []
    for _ in range(2):
        with opening() as (verification, exchanges):
            for trial in verification.trials:
                verification.play(trial)
            said.append([item.request for item in exchanges])
    assert len(said[0]) > 100
    assert said[0] == said[1]
