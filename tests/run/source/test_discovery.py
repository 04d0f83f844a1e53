"""The contract that a service publishes: where it is looked for, what is taken, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from accord.config import Settings
from accord.errors import AccordError, ConfigurationError, ContractError
from accord.exchange.client import Client, Limits, open_client
from accord.run.framework import profile_of
from accord.run.opening import opened
from accord.run.options import Options
from accord.run.source.discovery import PLACES, discover, fetch, is_url

OK = {"200": {"description": "x"}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": "2"},
    "paths": {"/items": {"get": {"operationId": "list", "responses": OK}}},
}
YAML = "openapi: 3.0.3\ninfo: {title: Shop, version: '2'}\npaths:\n  /items:\n    get: {responses: {'200': {description: x}}}\n"
SORTED = json.dumps(
    {"components": {"schemas": {"A" * 60: {"description": "x" * 9000}}}, **DOCUMENT}, sort_keys=True
)
PAGE = b"<!doctype html><title>openapi: the docs</title>"

Answers = dict[str, tuple[int, str, str | bytes]]
Opening = Callable[..., Client]


class Service:
    """An application that answers as told, 404 elsewhere, and keeps what it was asked."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            raise RuntimeError("HTTP alone")
        target = scope["path"] + (f"?{scope['query_string'].decode()}" if scope["query_string"] else "")
        self.asked.append(f"{scope['method']} {target}")
        self.headers.append({name.decode(): value.decode() for name, value in scope["headers"]})
        status, kind, body = self.answers.get(target, (404, "application/json", '{"detail":"Not Found"}'))
        data = body if isinstance(body, bytes) else body.encode()
        head = [(b"content-type", kind.encode())]
        await send({"type": "http.response.start", "status": status, "headers": head})
        await send({"type": "http.response.body", "body": data})


@pytest.fixture
def serve() -> Iterator[Callable[..., tuple[Service, Client]]]:
    """Give a way to serve answers in process."""
    clients: list[Client] = []

    def begin(answers: Answers, **limits: Any) -> tuple[Service, Client]:
        service = Service(answers)
        clients.append(open_client(service, limits=Limits(**limits)))
        return service, clients[-1]

    yield begin
    for client in clients:
        client.close()


def published(document: Any = DOCUMENT, place: str = "/openapi.json") -> Answers:
    return {
        place: (
            200,
            "application/json",
            document if isinstance(document, str | bytes) else json.dumps(document),
        )
    }


@pytest.mark.parametrize("place", PLACES)
def test_a_document_is_found_at_each_usual_place(place: str, serve: Any) -> None:
    """The places are asked in their order until one has a document."""
    service, client = serve(published(place=place))
    found = discover(client, ())
    assert (place, "Shop") == (found.place, found.contract.title)
    assert [f"GET {item}" for item in PLACES[: PLACES.index(place) + 1]] == service.asked


@pytest.mark.parametrize(
    "text", [YAML, SORTED, json.dumps(DOCUMENT, indent=4), "\ufeff" + json.dumps(DOCUMENT)]
)
def test_a_document_may_be_written_in_any_way(text: str, serve: Any) -> None:
    """YAML or JSON, its members in any order, with or without a mark at its start."""
    _, client = serve(published(text))
    assert ["/items"] == [item.path for item in discover(client, ()).contract.operations]


@pytest.mark.parametrize(
    "answer",
    [(200, "text/html", PAGE), (200, "application/json", "{}"), (500, "text/plain", "openapi: broken"), (200, "x/y", b"\xff")],
)  # fmt: skip
def test_what_is_no_document_is_passed_over(answer: Any, serve: Any) -> None:
    """A page for people, another resource and a failure are not taken for one."""
    _, client = serve({"/openapi.json": answer, **published(place="/v3/api-docs")})
    assert "/v3/api-docs" == discover(client, ()).place


def test_swagger_is_refused_with_the_name_of_a_converter(serve: Any) -> None:
    """Swagger 2.0 cannot be read; the reader learns what can be done."""
    _, client = serve(published({"swagger": "2.0"}, "/swagger.json"))
    with pytest.raises(ContractError, match=r"Swagger 2\.0") as caught:
        discover(client, ())
    assert "swagger2openapi" in caught.value.next_step


def test_a_newer_document_goes_before_swagger(serve: Any) -> None:
    """A service that publishes both is read by the one that can be read."""
    _, client = serve({**published({"swagger": "2.0"}, "/swagger.json"), **published(YAML, "/openapi.yaml")})
    assert "/openapi.yaml" == discover(client, ()).place


def test_nothing_published_is_an_error_with_a_next_step(serve: Any) -> None:
    """Every place was asked once, and the reader is told how to name a contract."""
    service, client = serve({})
    with pytest.raises(ConfigurationError, match="answered with 404") as caught:
        discover(client, ())
    assert len(PLACES) == len(service.asked)
    assert "--contract" in caught.value.next_step


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (json.dumps({**DOCUMENT, "openapi": "4.0.0"}), "OpenAPI 4.0.0"),
        ('{"openapi": "3.1.0"', "not valid YAML or JSON"),
        ('{"openapi": ' + "[" * 5000 + "]" * 5000 + "}", "nested"),
        (json.dumps({**DOCUMENT, "paths": {"/a": {"$ref": "other.yaml#/a"}}}), "leads out of the contract"),
        (json.dumps({**DOCUMENT, "paths": {"/a": {"$ref": "http://127.0.0.2/a"}}}), "leads out of the contract"),
        (b'{"openapi": "3.1.0", "info": "\xff"}', "not UTF-8"),
    ],
)  # fmt: skip
def test_a_document_that_cannot_be_used_is_an_error(document: Any, words: str, serve: Any) -> None:
    """It is told at its place, and nothing else is fetched for it."""
    service, client = serve(published(document))
    with pytest.raises(ContractError, match=words):
        discover(client, ())
    assert ["GET /openapi.json"] == service.asked


def test_a_document_without_end_is_refused(serve: Any) -> None:
    """It is read up to the limit of every answer."""
    _, client = serve(published(json.dumps(DOCUMENT) + " " * 50_000), bytes=10_000)
    with pytest.raises(AccordError, match="cannot be fetched"):
        discover(client, ())


def test_a_silent_service_is_asked_once(serve: Any) -> None:
    """Thirteen time-outs in a row would be thirteen times the wait."""

    async def silent(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            asked.append(scope["path"])
            await receive()
            await receive()

    asked: list[str] = []
    client = open_client(silent, limits=Limits(seconds=0.1))
    with pytest.raises(ConfigurationError, match="answered with timeout"):
        discover(client, ())
    client.close()
    assert ["/openapi.json"] == asked


def test_headers_of_the_command_line_go_along(serve: Any) -> None:
    """A document may be for those alone who show a key."""
    service, client = serve(published())
    discover(client, (("X-Key", "k"),))
    assert "k" == service.headers[0]["x-key"]


def test_the_operation_that_publishes_the_document_is_not_verified(serve: Any) -> None:
    """It has been asked, and what it answers is the contract itself."""
    paths = {**DOCUMENT["paths"], "/schema/": {"get": {"responses": OK}}}
    _, client = serve(published({**DOCUMENT, "paths": paths}, "/schema/"))
    assert ["/items"] == [item.path for item in discover(client, ()).contract.operations]


@pytest.mark.parametrize(
    ("servers", "base_url"),
    [
        (["/api/v2"], "http://testserver/api/v2"),
        (["http://testserver/api/"], "http://testserver/api"),
        (["https://example.com/api", "/here"], "http://testserver/here"),
        (["https://example.com/api"], "http://testserver"),
        (["//example.com/api"], "http://testserver"),
        (["http://user:word@testserver/api"], "http://testserver"),
        (["http://[broken"], "http://testserver"),
        (["/{version}"], "http://testserver"),
        ([], "http://testserver"),
    ],
)
def test_paths_begin_at_the_server_that_the_document_names(
    servers: list[str], base_url: str, serve: Any
) -> None:
    """Where that is this service: no document sends the run to another host."""
    _, client = serve(published({**DOCUMENT, "servers": [{"url": url} for url in servers]}))
    discover(client, ())
    assert base_url == client.base_url


def test_a_target_with_a_path_says_itself_where_paths_begin(serve: Any) -> None:
    """What the user wrote counts more than what the document says."""
    _, client = serve(published({**DOCUMENT, "servers": [{"url": "/other"}]}, "/mine/openapi.json"))
    client.base_url = "http://testserver/mine"
    assert "/mine/openapi.json" == discover(client, ()).place
    assert "http://testserver/mine" == client.base_url


def test_a_named_document_is_fetched_from_the_service(serve: Any) -> None:
    """The URL may be any of its origin; its query, which may hold a key, is not told."""
    _, client = serve(published(place="/hidden/doc?v=2"))
    found = fetch(client, "http://testserver/hidden/doc?v=2", ())
    assert ("/hidden/doc", "hidden/doc") == (found.place, found.contract.openapi)
    assert "v=2" not in found.notice


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://testserver/nothing", "cannot be fetched: status 404"),
        ("http://127.0.0.1/openapi.json", "another origin"),
        ("https://testserver/openapi.json", "another origin"),
        ("http://testserver:81/openapi.json", "another origin"),
        ("http://testserver@127.0.0.1/openapi.json", "another origin"),
    ],
)
def test_a_named_document_elsewhere_is_refused(url: str, words: str, serve: Any) -> None:
    """Another host's document is not this service's promise, and its headers are not that host's."""
    service, client = serve(published())
    with pytest.raises(AccordError, match=words) as caught:
        fetch(client, url, (("Authorization", "secret"),))
    assert caught.value.next_step
    assert "GET /openapi.json" not in service.asked


def test_an_error_about_a_named_document_tells_no_secret_of_its_url(serve: Any) -> None:
    """User information and the query stay out of it."""
    _, client = serve({})
    for url in ("http://user:word@testserver/a?key=k", "http://testserver/a?key=k"):
        with pytest.raises(AccordError) as caught:
            fetch(client, url, ())
        assert "word" not in str(caught.value)
        assert "key=k" not in str(caught.value)


def test_a_url_is_told_from_a_path() -> None:
    """A path stays one, whatever it looks like."""
    assert [True, True, False, False, False] == [
        is_url(item) for item in ("http://a/b", "HTTPS://a/b", "contracts/http", Path("http://a"), None)
    ]


def test_a_run_without_a_contract_tells_where_it_found_one(tmp_path: Path) -> None:
    """The line names title, number of operations and place; the credential of the header is not among the rest."""
    service = Service(published())
    with opened(
        service, Settings(root=tmp_path, profile="none"), Options(headers=(("X-Tag", "t"),))
    ) as verification:
        assert (
            "contract: Shop 2, 1 operation, as the service publishes it at /openapi.json",
        ) == verification.notices
        assert (("X-Tag", "t"),) == verification.context.client.headers
        verification.run(lambda _: None)
    assert "t" == service.headers[-1]["x-tag"]


def test_a_url_in_the_settings_is_a_published_contract(tmp_path: Path) -> None:
    """``contract`` may be the URL of the service's document."""
    settings = Settings(root=tmp_path, contract="http://testserver/doc", profile="none")
    with opened(Service(published(place="/doc")), settings, Options()) as verification:
        assert "at /doc" in verification.notices[0]


def test_an_unknown_profile_is_refused_before_anything_is_started(tmp_path: Path) -> None:
    """The names are told, and the service is not asked."""
    service = Service(published())
    with (
        pytest.raises(ConfigurationError, match="no profile 'flusk'") as caught,
        opened(service, Settings(root=tmp_path, profile="flusk"), Options()),
    ):
        pytest.fail("it must not open")
    assert "auto, fastapi, flask, django-rest, none" in caught.value.next_step
    assert [] == service.asked


MARKED = {**DOCUMENT, "components": {"schemas": {"HTTPValidationError": {"type": "object"}}}}
TOKEN = {
    "type": "apiKey",
    "in": "header",
    "name": "Authorization",
    "description": 'Token-based authentication with required prefix "Token"',
}
DRF = {**DOCUMENT, "components": {"securitySchemes": {"tokenAuth": TOKEN}}}
WERKZEUG = "<p>The requested URL was not found on the server. If you entered the URL manually please check."
OPTIONS = '{"name":"Items","renders":["application/json"],"parses":["application/json"]}'
PLAIN = {"/a-path-that-accord-made-up": (404, "text/plain", "no")}


@pytest.mark.parametrize(
    ("document", "answers", "expected", "asked"),
    [
        (MARKED, {}, "fastapi", 1),
        (DRF, {}, "django-rest", 1),
        (DOCUMENT, {}, "fastapi", 3),
        (DOCUMENT, {"/a-path-that-accord-made-up": (404, "text/html", WERKZEUG)}, "flask", 3),
        (DOCUMENT, {**PLAIN, "/items": (200, "application/json", OPTIONS)}, "django-rest", 3),
        (DOCUMENT, PLAIN, None, 3),
        (DOCUMENT, {"/a-path-that-accord-made-up": (404, "application/json", '{"detail":"Not Found","a":1}')}, None, 3),
    ],
)  # fmt: skip
def test_a_framework_is_seen_in_its_document_or_two_answers(
    document: Any, answers: Answers, expected: str | None, asked: int, serve: Any
) -> None:
    """Both questions change nothing at the service, and neither is asked when the document tells."""
    service, client = serve({**published(document), **answers})
    found = discover(client, ())
    profile = profile_of(None, found.contract, client, published=True)
    assert expected == (profile.name if profile else None)
    assert asked == len(service.asked)
    assert {item.partition(" ")[0] for item in service.asked} <= {"GET", "OPTIONS"}


@pytest.mark.parametrize(
    ("setting", "document", "expected", "asked"),
    [
        (None, MARKED, "fastapi", 0),
        (None, DOCUMENT, None, 0),
        (None, {**MARKED, "x-errors": {"404": {}}}, None, 0),
        ("auto", {**MARKED, "x-errors": {"404": {}}}, "fastapi", 0),
        ("auto", DOCUMENT, "fastapi", 2),
        ("flask", MARKED, "flask", 0),
        ("none", MARKED, None, 0),
    ],
)
def test_a_contract_of_the_teams_own_is_left_to_its_words(
    setting: str | None, document: Any, expected: str | None, asked: int, serve: Any
) -> None:
    """Unless it says what errors look like, its framework may show in it; the service is asked for ``auto`` alone."""
    service, client = serve(published(document))
    contract = discover(client, ()).contract
    before = len(service.asked)
    profile = profile_of(setting, contract, client, published=False)
    assert expected == (profile.name if profile else None)
    assert asked == len(service.asked) - before
