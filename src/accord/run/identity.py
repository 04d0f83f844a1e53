"""Who calls: from the settings of an identity to the credential of a request."""

from __future__ import annotations

import base64
import shlex
import subprocess
import time
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlencode, urljoin, urlsplit

import orjson

from accord.cases.credential import Credential, bearer
from accord.cases.request import Request
from accord.config import IdentitySettings
from accord.contract.contract import Contract
from accord.contract.media_type import FORM, JSON
from accord.contract.openapi import Operation, SecurityScheme
from accord.errors import CredentialError
from accord.exchange.client import Client
from accord.exchange.secrets import Secrets
from accord.run.hooks import Hooks

_BEARER_TYPES = ("oauth2", "openIdConnect")
_COMMAND_SECONDS = 30
_FRESH_SECONDS = 600

EXPIRING = "expiring"
"""The identity whose tokens expire while a session is open."""


class Identities:
    """The configured callers; each logs in when it is first needed, and again when it has grown old."""

    def __init__(
        self,
        contract: Contract,
        client: Client,
        settings: Mapping[str, IdentitySettings],
        secrets: Secrets,
        hooks: Hooks,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Bind *settings*, by name, to the security schemes of *contract*.

        *headers*, given on the command line, are the credential of ``default`` instead of its settings.
        """
        self._given = dict(headers or {})
        for value in self._given.values():
            secrets.add(value.split(" ")[-1])
        self._contract = contract
        self._client = client
        self._settings = settings
        self._secrets = secrets
        self._hooks = hooks
        self._tokens: dict[str, tuple[str, float]] = {}
        for identity in settings.values():
            for secret in (identity.password, identity.token, identity.api_key):
                if secret:
                    secrets.add(secret)

    def names(self) -> tuple[str, ...]:
        """Return the names of the configured identities."""
        return tuple(self._settings)

    def scopes(self) -> Mapping[str, tuple[str, ...]]:
        """Return the scopes of each identity of which they are known."""
        return {name: item.scopes for name, item in self._settings.items() if item.scopes is not None}

    def secrets(self) -> frozenset[str]:
        """Return what no answer may tell of the callers: passwords, keys, and tokens in use."""
        given = {value.split(" ")[-1] for value in self._given.values()}
        tokens = {token for token, _ in self._tokens.values()}
        settings = self._settings.values()
        kept = {secret for item in settings for secret in (item.password, item.token, item.api_key) if secret}
        return frozenset(given | tokens | kept)

    def credential(self, operation: Operation, name: str = "default") -> Credential:
        """Return what *operation* is called with as *name*; nothing where nobody needs a credential."""
        if not operation.secured:
            return Credential()
        given = self._hooks.credential_for(name, operation.id)
        if given is not None:
            for value in given.headers.values():
                self._secrets.add(value.split(" ")[-1])
            return given
        if name == "default" and self._given:
            return Credential(headers=self._given)
        identity = self._settings.get(name)
        if identity is None:
            return Credential()
        headers: dict[str, str] = {}
        query: dict[str, str] = {}
        for scheme in self._alternative(operation, identity):
            shown = self._shown(name, identity, scheme)
            if "Cookie" in headers and "Cookie" in shown.headers:
                shown = Credential(headers={"Cookie": f"{headers['Cookie']}; {shown.headers['Cookie']}"})
            headers.update(shown.headers)
            query.update(shown.query)
        return Credential(headers=headers, query=query)

    def _alternative(self, operation: Operation, identity: IdentitySettings) -> list[SecurityScheme]:
        """Return the schemes of the first alternative that *identity* can satisfy, else of the first."""
        known = self._contract.security_schemes
        alternatives = [[known[name] for name in names if name in known] for names in operation.security]
        fitting = (item for item in alternatives if all(_fits(identity, scheme) for scheme in item))
        return next(fitting, alternatives[0])

    def token(self, name: str = "default") -> str | None:
        """Return the bearer token of *name*, None when there is no such identity or it has none."""
        given = self._given.get("Authorization", "") if name == "default" else ""
        if given.lower().startswith("bearer "):
            return given.split(" ", 1)[1]
        identity = self._settings.get(name)
        if identity is None or identity.api_key is not None:
            return None
        if identity.username is None:
            return self._token(name, identity, None)
        scheme = next(
            (item for item in self._contract.security_schemes.values() if _token_url(item) is not None), None
        )
        return self._token(name, identity, scheme) if scheme is not None else None

    def short_token(self) -> tuple[str, float] | None:
        """Return a new token and the seconds after which it expires at the latest, None without a way to one.

        It comes from the hook ``short_token``, else from the identity ``expiring``.
        """
        given = self._hooks.short_token_of("default")
        if given is not None:
            self._take(EXPIRING, given[0], "hook short_token")
            return given
        identity = self._settings.get(EXPIRING)
        if identity is None or identity.lifetime is None:
            return None
        self._tokens.pop(EXPIRING, None)
        token = self.token(EXPIRING)
        return None if token is None else (token, identity.lifetime)

    def inputs(self) -> Mapping[str, str]:
        """Return what a workflow may ask for by name: username, password and token of the default identity."""
        identity = self._settings.get("default")
        if identity is None:
            return {}
        known = {"username": identity.username, "password": identity.password, "token": identity.token}
        return {name: value for name, value in known.items() if value is not None}

    def _shown(self, name: str, identity: IdentitySettings, scheme: SecurityScheme) -> Credential:
        definition = scheme.definition
        if scheme.type == "apiKey":
            key = identity.api_key or self._token(name, identity, scheme)
            match definition.get("in"):
                case "query":
                    return Credential(query={definition["name"]: key})
                case "cookie":
                    return Credential(headers={"Cookie": f"{definition['name']}={key}"})
                case _:
                    return Credential(headers={definition["name"]: key})
        if scheme.type == "http" and str(definition.get("scheme", "")).lower() == "basic":
            if identity.username is None:
                raise _unusable(name, scheme, "Give username and password.")
            pair = f"{identity.username}:{identity.password}".encode()
            return Credential(headers={"Authorization": f"Basic {base64.b64encode(pair).decode()}"})
        if scheme.type in _BEARER_TYPES or scheme.type == "http":
            return bearer(self._token(name, identity, scheme))
        raise _unusable(
            name, scheme, "accord has no way to use this kind of scheme; give the hook `credential`."
        )

    def _token(self, name: str, identity: IdentitySettings, scheme: SecurityScheme | None) -> str:
        kept = self._tokens.get(name)
        if kept is not None and time.monotonic() - kept[1] < _FRESH_SECONDS:
            return kept[0]
        if identity.token is not None:
            token = identity.token
        elif identity.command is not None:
            token = _command(name, identity.command)
        elif identity.username is not None and scheme is not None:
            token = self._log_in(name, identity, scheme)
        else:
            raise _unusable(name, scheme, "Give a token, a command or the hook `credential`.")
        self._take(name, token, f"[tool.accord.identities.{name}]")
        return token

    def _take(self, name: str, token: str, place: str) -> None:
        """Keep *token* for a while, and out of what is shown."""
        self._secrets.add(token)
        if not (token and token.isascii() and token.isprintable()):
            raise CredentialError(
                "the token is empty or holds characters that no header can carry",
                place=place,
                next_step="Give the token alone, on one line.",
            )
        self._tokens[name] = (token, time.monotonic())

    def _log_in(self, name: str, identity: IdentitySettings, scheme: SecurityScheme) -> str:
        """Return a token by the password grant (RFC 6749, 4.3) at the scheme's token URL."""
        url = _token_url(scheme)
        if url is None:
            raise _unusable(name, scheme, "Give a token, a command or the hook `credential`.")
        form = {"grant_type": "password", "username": identity.username, "password": identity.password}
        if identity.scopes is not None:
            form["scope"] = " ".join(identity.scopes)
        request = Request(
            method="POST",
            url=_at_service(self._client.base_url, url, name),
            headers=(("Content-Type", FORM), ("Accept", JSON)),
            body=urlencode(form).encode(),
        )
        exchange = self._client.send(request)
        place = f"[tool.accord.identities.{name}]"
        if exchange.response is None or exchange.lapse is not None:
            raise CredentialError(
                f"the login at {url} got no answer ({exchange.lapse}): {exchange.detail}",
                place=place,
                next_step="Check that the service is up.",
            )
        token = _access_token(exchange.response.body)
        if exchange.response.status >= 300 or token is None:
            raise CredentialError(
                f"the service refuses the login at {url} with status {exchange.response.status}",
                place=place,
                next_step="Check username and password.",
            )
        return token


def split_headers(
    contract: Contract, headers: tuple[tuple[str, str], ...]
) -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    """Return those of *headers* that show who calls, by their usual names, and the others.

    A credential must not go with every request: some are there to be refused without one.
    """
    names = {"authorization": "Authorization", "cookie": "Cookie"}
    for scheme in contract.security_schemes.values():
        if scheme.type == "apiKey" and scheme.definition.get("in") == "header":
            names[str(scheme.definition["name"]).lower()] = str(scheme.definition["name"])
    credential = {names[name.lower()]: value for name, value in headers if name.lower() in names}
    return credential, tuple((name, value) for name, value in headers if name.lower() not in names)


def _unusable(name: str, scheme: SecurityScheme | None, advice: str) -> CredentialError:
    kind = f"security scheme {scheme.name!r} ({scheme.type})" if scheme else "this contract"
    return CredentialError(
        f"identity {name!r} does not fit {kind}", place=f"[tool.accord.identities.{name}]", next_step=advice
    )


def _token_url(scheme: SecurityScheme) -> str | None:
    flows = cast("dict[str, Any]", scheme.definition.get("flows") or {})
    password = flows.get("password") or {}
    url = password.get("tokenUrl")
    return str(url) if url else None


def _fits(identity: IdentitySettings, scheme: SecurityScheme) -> bool:
    """Tell whether *identity* has what *scheme* asks for, before anybody logs in."""
    has_token = identity.token is not None or identity.command is not None
    kind = str(scheme.definition.get("scheme", "")).lower() if scheme.type == "http" else scheme.type
    match kind:
        case "basic":
            return identity.username is not None
        case "apiKey":
            return identity.api_key is not None or has_token
        case "mutualTLS":
            return False
        case _:
            return has_token or (identity.username is not None and _token_url(scheme) is not None)


def _at_service(base_url: str, url: str, name: str) -> str:
    """Return the token URL at the target; another origin than the target's gets no password."""
    place = f"[tool.accord.identities.{name}]"
    try:
        target = urljoin(f"{base_url}/", url) if not url.startswith("/") else _root(base_url) + url
        same = _origin(target) == _origin(base_url)
    except ValueError as error:
        raise CredentialError(
            f"the token URL {url!r} is no URL", place=place, next_step="Correct tokenUrl in the contract."
        ) from error
    if not same:
        raise CredentialError(
            f"the token URL {url} is at another origin than the target",
            place=place,
            next_step="Give a token or a command for this identity.",
        )
    return target


def _root(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _origin(url: str) -> tuple[str, str | None, str | None, int | None]:
    """Return the origin of *url* (RFC 6454, 4), and who is named in it."""
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.username, parts.hostname, port


def _access_token(body: bytes) -> str | None:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    token = value.get("access_token") if isinstance(value, dict) else None
    return token if isinstance(token, str) and token else None


def _command(name: str, command: str) -> str:
    place = f"[tool.accord.identities.{name}] command"
    advice = "Give a command that prints the token, and nothing else, within half a minute."
    try:
        result = subprocess.run(  # noqa: S603 - the user's own command, from the user's own settings
            shlex.split(command),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_COMMAND_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        # Its text would tell the arguments, among which a secret may be.
        raise CredentialError(
            f"the command did not end within {_COMMAND_SECONDS} s", place=place, next_step=advice
        ) from None
    except (OSError, ValueError, IndexError) as error:
        raise CredentialError(f"the command cannot be run: {error}", place=place, next_step=advice) from error
    token = result.stdout.strip()
    if result.returncode != 0 or not token:
        raise CredentialError(
            f"the command ended with {result.returncode} and {'no token' if not token else 'a token'}",
            place=place,
            next_step=advice,
        )
    return token
