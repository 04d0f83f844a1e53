"""From the settings of an identity to what a request shows, at a small application in process."""

from __future__ import annotations

import base64
import json
import shlex
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs

import pytest

from accord.cases.credential import Credential
from accord.config import IdentitySettings
from accord.contract.contract import Contract, load
from accord.errors import CredentialError
from accord.exchange.client import Client, open_client
from accord.exchange.secrets import Secrets
from accord.exchange.values import Exchange, Session
from accord.run import identity as identities_module
from accord.run.hooks import Hooks
from accord.run.identity import Identities

PASSWORD = "hunter2-the-password"


class Service:
    """An application that gives tokens for the right password, and counts."""

    def __init__(self) -> None:
        self.logins: list[dict[str, list[str]]] = []
        self.answer: tuple[int, bytes] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        body = (await receive()).get("body", b"")
        form = parse_qs(body.decode())
        self.logins.append(form | {"path": [scope["path"]]})
        status, content = self.answer or self.judged(form)
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [(b"content-type", b"application/json")],
            }
        )
        await send({"type": "http.response.body", "body": content})

    def judged(self, form: dict[str, list[str]]) -> tuple[int, bytes]:
        """Return the answer to a login."""
        if (
            form.get("username") == ["ann@x"]
            and form.get("password") == [PASSWORD]
            and form["grant_type"] == ["password"]
        ):
            return 200, json.dumps({"access_token": f"token-{len(self.logins)}"}).encode()
        return 401, b'{"detail": "no"}'


@pytest.fixture
def service() -> Service:
    """Return the service of one test."""
    return Service()


@pytest.fixture
def client(service: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """Return a client of the service in process."""
    module = ModuleType("identity_service")
    module.app = service  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "identity_service", module)
    opened = open_client("identity_service:app")
    yield opened
    opened.close()


def password_flow(url: str) -> dict[str, Any]:
    """Return an OAuth2 scheme with a password flow."""
    return {"type": "oauth2", "flows": {"password": {"tokenUrl": url, "scopes": {}}}}


SCHEMES: dict[str, Any] = {
    "login": password_flow("/auth/token"),
    "bearer": {"type": "http", "scheme": "Bearer"},
    "basic": {"type": "http", "scheme": "basic"},
    "header": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "query": {"type": "apiKey", "in": "query", "name": "key"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "sid"},
    "cookie2": {"type": "apiKey", "in": "cookie", "name": "csrf"},
    "certificate": {"type": "mutualTLS"},
    "other-origin": password_flow("https://login.example.com/token"),
    "no-password": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/t", "scopes": {}}}},
    "discovery": {"type": "openIdConnect", "openIdConnectUrl": "https://example.com/.well-known"},
}
ANN = IdentitySettings(username="ann@x", password=PASSWORD)
Make = Callable[..., Identities]


@pytest.fixture
def make(client: Client, tmp_path: Path) -> Make:
    """Return a function that makes the identities of a contract with one operation, secured by *alternatives*."""

    def made(
        *alternatives: object, schemes: Any = SCHEMES, hooks: Hooks = Hooks(), **settings: IdentitySettings
    ) -> Identities:
        operation = {"responses": {"200": {"description": "x"}}, "security": list(alternatives)}
        document = {
            "openapi": "3.1.0", "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"get": operation}}, "components": {"securitySchemes": schemes},
        }  # fmt: skip
        (tmp_path / "openapi.json").write_text(json.dumps(document))
        return Identities(load(tmp_path), client, settings, Secrets(), hooks)

    return made


def contract(identities: Identities) -> Contract:
    """Return the contract of *identities*."""
    return identities._contract


def test_secrets_are_those_of_the_callers(make: Make) -> None:
    """Passwords, keys and tokens in use are secrets; who somebody is, is none."""
    identities = make({"login": []}, default=ANN, other=IdentitySettings(api_key="a-key"))
    assert {PASSWORD, "a-key"} == identities.secrets()
    shown(identities)
    assert {PASSWORD, "a-key", "token-1"} == identities.secrets()


def shown(identities: Identities, name: str = "default") -> Credential:
    """Return what the one operation is called with."""
    return identities.credential(contract(identities).operations[0], name)


def test_password_grant(make: Make, service: Service) -> None:
    """Username and password are given to the token URL as RFC 6749, 4.3.2, says; the token is shown as a bearer's."""
    identities = make({"login": []}, default=ANN)
    assert shown(identities) == Credential(headers={"Authorization": "Bearer token-1"})
    assert [
        {"grant_type": ["password"], "username": ["ann@x"], "password": [PASSWORD], "path": ["/auth/token"]}
    ] == service.logins
    assert identities.token() == "token-1"


def test_scopes_are_asked_for_at_the_login(make: Make, service: Service) -> None:
    """An identity of known scopes logs in for these (RFC 6749, 4.3.2)."""
    make({"login": []}, default=replace(ANN, scopes=("read", "list"))).token()
    assert [["read list"]] == [form["scope"] for form in service.logins]


def test_token_is_kept_until_it_is_old(make: Make, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """One login serves many requests; after ten minutes there is another."""
    identities = make({"login": []}, default=ANN)
    now = [1000.0]
    monkeypatch.setattr(identities_module.time, "monotonic", lambda: now[0])
    assert {"Bearer token-1"} == {shown(identities).headers["Authorization"] for _ in range(5)}
    now[0] += 601
    assert shown(identities).headers["Authorization"] == "Bearer token-2"
    assert len(service.logins) == 2


@pytest.mark.parametrize("url", ["/auth/token", "auth/token", "./auth/token", "{base}/auth/token"])
def test_token_url_is_at_the_target(make: Make, service: Service, client: Client, url: str) -> None:
    """A token URL may be absolute at the same origin, or relative."""
    identities = make(
        {"login": []}, schemes={"login": password_flow(url.format(base=client.base_url))}, default=ANN
    )
    shown(identities)
    assert ["/auth/token"] == service.logins[0]["path"]


@pytest.mark.parametrize(
    "url",
    [
        "https://login.example.com/token",
        "http://127.0.0.1:1/token",
        "ftp://x/token",
        "http://ann:p@{host}/token",
        "http://[::1",
        "http://x:y/t",
    ],
)
def test_password_goes_to_no_other_origin(make: Make, service: Service, client: Client, url: str) -> None:
    """A token URL elsewhere, or that is none, is refused before anything is sent."""
    url = url.format(host=client.base_url.partition("://")[2])
    identities = make({"login": []}, schemes={"login": password_flow(url)}, default=ANN)
    with pytest.raises(CredentialError, match="the token URL") as caught:
        shown(identities)
    assert_quiet(caught.value)
    assert service.logins == []


def assert_quiet(error: CredentialError) -> None:
    """Hold that *error* names the identity and a next step, and no secret."""
    assert error.place.startswith("[tool.accord.identities.default]")
    assert error.next_step
    assert PASSWORD not in str(error)
    assert PASSWORD not in repr(error.__cause__)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "status 401"),
        ((200, b"{}"), "status 200"),
        ((200, b"no json"), "status 200"),
        ((200, b'["access_token"]'), "status 200"),
        ((200, b'{"access_token": 5}'), "status 200"),
        ((200, b'{"access_token": ""}'), "status 200"),
        ((500, b'{"access_token": "t"}'), "status 500"),
        ((307, b'{"access_token": "t"}'), "status 307"),
        ((200, b'{"access_token": "a\\nX-Evil: b"}'), "no header can carry"),
        ((200, '{"access_token": "\u2603"}'.encode()), "no header can carry"),
    ],
)
def test_failed_login_is_an_error(
    make: Make, service: Service, answer: tuple[int, bytes] | None, words: str
) -> None:
    """A refused login, and an answer without a usable token, end the run without telling the password."""
    service.answer = answer
    password = PASSWORD if answer else f"{PASSWORD}-wrong"
    identities = make({"login": []}, default=IdentitySettings(username="ann@x", password=password))
    with pytest.raises(CredentialError, match=words) as caught:
        shown(identities)
    assert_quiet(caught.value)


def test_service_that_crashes_at_login_is_an_error(make: Make, service: Service) -> None:
    """A login without an answer names the reason, and not what was sent."""

    def crash(_: object) -> tuple[int, bytes]:
        raise ZeroDivisionError

    service.judged = crash  # type: ignore[method-assign]
    with pytest.raises(CredentialError, match="got no answer") as caught:
        shown(make({"login": []}, default=ANN))
    assert_quiet(caught.value)


@pytest.mark.parametrize(
    ("alternatives", "settings", "headers", "query"),
    [
        ([{"bearer": []}], IdentitySettings(token="t0ken"), {"Authorization": "Bearer t0ken"}, {}),
        ([{"login": []}], IdentitySettings(token="t0ken"), {"Authorization": "Bearer t0ken"}, {}),
        ([{"discovery": []}], IdentitySettings(token="t0ken"), {"Authorization": "Bearer t0ken"}, {}),
        ([{"header": []}], IdentitySettings(api_key="k3y"), {"X-Key": "k3y"}, {}),
        ([{"query": []}], IdentitySettings(api_key="k3y"), {}, {"key": "k3y"}),
        ([{"cookie": []}], IdentitySettings(api_key="k3y"), {"Cookie": "sid=k3y"}, {}),
        ([{"header": []}], IdentitySettings(token="t0ken"), {"X-Key": "t0ken"}, {}),
        ([{"cookie": [], "cookie2": []}], IdentitySettings(api_key="k"), {"Cookie": "sid=k; csrf=k"}, {}),
        ([{"header": [], "query": []}], IdentitySettings(api_key="k"), {"X-Key": "k"}, {"key": "k"}),
        ([{"bearer": []}, {"header": []}], IdentitySettings(api_key="k"), {"X-Key": "k"}, {}),
        (
            [{"certificate": []}, {"bearer": []}],
            IdentitySettings(token="t"),
            {"Authorization": "Bearer t"},
            {},
        ),
        ([{"no-password": []}, {"login": []}], ANN, {"Authorization": "Bearer token-1"}, {}),
        ([{"header": []}, {}], IdentitySettings(api_key="k"), {}, {}),
        ([], IdentitySettings(api_key="k"), {}, {}),
    ],
)
def test_credential_fits_the_scheme(
    make: Make,
    alternatives: list[Any],
    settings: IdentitySettings,
    headers: dict[str, str],
    query: dict[str, str],
) -> None:
    """What is shown stands where the scheme wants it, for the first alternative that the identity can satisfy."""
    assert Credential(headers=headers, query=query) == shown(make(*alternatives, default=settings))


def test_basic_authentication(make: Make) -> None:
    """Username and password are encoded as RFC 7617, 2, says, in UTF-8."""
    found = shown(make({"basic": []}, default=IdentitySettings(username="Aladdin", password="open sesame")))
    assert found.headers == {"Authorization": "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="}
    found = shown(make({"basic": []}, default=IdentitySettings(username="é", password="☃")))
    assert base64.b64decode(found.headers["Authorization"].removeprefix("Basic ")).decode() == "é:☃"


@pytest.mark.parametrize(
    ("scheme", "settings"),
    [
        ("bearer", ANN),
        ("bearer", IdentitySettings(api_key="k")),
        ("no-password", ANN),
        ("header", ANN),
        ("basic", IdentitySettings(token="t")),
        ("certificate", IdentitySettings(token="t")),
    ],
)
def test_identity_that_does_not_fit_is_an_error(make: Make, scheme: str, settings: IdentitySettings) -> None:
    """Where no alternative can be satisfied, the error names the scheme and what to give."""
    with pytest.raises(CredentialError, match=f"does not fit security scheme '{scheme}'") as caught:
        shown(make({scheme: []}, default=settings))
    assert_quiet(caught.value)


def test_identity_that_is_not_configured_shows_nothing(make: Make) -> None:
    """Without settings there is no credential, and no error."""
    identities = make({"bearer": []})
    assert shown(identities) == shown(identities, "other") == Credential()
    assert (identities.token(), identities.token("other"), identities.names()) == (None, None, ())


def python(code: str) -> str:
    """Return a command that runs *code*."""
    return shlex.join([sys.executable, "-c", code])


def test_command_gives_a_token(make: Make) -> None:
    """What a command prints is the token, run once and without a shell."""
    identities = make({"bearer": []}, default=IdentitySettings(command=python("print('  t0ken  ')")))
    assert shown(identities).headers == {"Authorization": "Bearer t0ken"}
    assert identities.token() == "t0ken"
    quoted = make({"bearer": []}, default=IdentitySettings(command=python("print('$HOME;')")))
    assert quoted.token() == "$HOME;"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (python("raise SystemExit(3)"), "ended with 3 and no token"),
        (python("print('t'); raise SystemExit(1)"), "ended with 1 and a token"),
        (python("pass"), "no token"),
        (python("print('a'); print('b')"), "no header can carry"),
        (python("import sys; sys.stdout.buffer.write(b'\\xff')"), "cannot be run"),
        ("/nothing/there", "cannot be run"),
        ("'unclosed", "cannot be run"),
        ("   ", "cannot be run"),
        (python(f"import time; {PASSWORD!r}; time.sleep(60)"), "did not end within"),
        (python("print(input())"), "ended with 1 and no token"),
    ],
)
def test_failed_command_is_an_error(
    make: Make, monkeypatch: pytest.MonkeyPatch, command: str, words: str
) -> None:
    """A command that gives no token is an error in bounded time, which does not tell its arguments."""
    monkeypatch.setattr(identities_module, "_COMMAND_SECONDS", 1 if "sleep" in command else 30)
    with pytest.raises(CredentialError, match=words) as caught:
        shown(make({"bearer": []}, default=IdentitySettings(command=command)))
    assert_quiet(caught.value)


def test_hook_goes_before_the_settings(make: Make) -> None:
    """A hook's headers are the credential; None leaves it to the settings."""

    def hook(name: str, operation: str) -> dict[str, str] | None:
        return {"X-Mine": f"{name} {operation}"} if name == "default" else None

    identities = make(
        {"bearer": []}, hooks=Hooks(credential=hook), default=ANN, other=IdentitySettings(token="t")
    )
    assert shown(identities).headers == {"X-Mine": "default GET /a"}
    assert shown(identities, "other").headers == {"Authorization": "Bearer t"}
    assert shown(make({}, hooks=Hooks(credential=hook))) == Credential()


def test_workflow_knows_the_default_identity(make: Make) -> None:
    """Username, password and token are there by name, the others are not."""
    assert make(default=ANN).inputs() == {"username": "ann@x", "password": PASSWORD}
    assert make(default=IdentitySettings(token="t")).inputs() == {"token": "t"}
    assert make(other=ANN).inputs() == {}


def test_secrets_are_known_before_they_are_told(make: Make, client: Client) -> None:
    """Every secret of the settings, and every token that was given, is masked."""
    secrets = Secrets()
    base = make({"login": []}, default=ANN)
    settings = {
        "default": ANN,
        "b": IdentitySettings(token="static-token"),
        "c": IdentitySettings(api_key="api-key-1"),
    }
    identities = Identities(contract(base), client, settings, secrets, Hooks())
    shown(identities)
    text = f"x {PASSWORD} y static-token z api-key-1 w token-1"
    masked = secrets.mask(text)
    assert not any(item in masked for item in (PASSWORD, "static-token", "api-key-1", "token-1"))


def test_login_is_observed_like_every_exchange(service: Service, make: Make) -> None:
    """The login is part of the recording: it went to the service."""
    said: list[Exchange | Session] = []
    opened = open_client("identity_service:app", observe=said.append)
    try:
        Identities(contract(make({"login": []})), opened, {"default": ANN}, Secrets(), Hooks()).token()
    finally:
        opened.close()
    assert ["/auth/token"] == [
        item.request.url.removeprefix(opened.base_url) for item in said if isinstance(item, Exchange)
    ]
    assert len(service.logins) == 1


def test_short_token_is_made_anew_each_time(make: Make, service: Service) -> None:
    """The identity ``expiring`` logs in for each token, and says how long it lives; others have no such token."""
    identities = make(expiring=replace(ANN, lifetime=2.0))
    for count in (1, 2):
        token, seconds = identities.short_token() or ("", 0.0)
        assert (count, True, 2.0) == (len(service.logins), bool(token), seconds)


def test_short_token_of_the_hook_is_kept_secret(make: Make) -> None:
    """The hook goes before the identity, and its token is masked."""
    identities = make(hooks=Hooks(short_token=lambda identity: (f"very-short-{identity}", 3)))
    assert ("very-short-default", 3.0) == identities.short_token()
    assert "very-short-default" in identities.secrets()
    assert make().short_token() is None
