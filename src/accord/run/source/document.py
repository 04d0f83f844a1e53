"""Documents of a contract fetched from the network: one at its URL, or what a running service publishes."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from accord.contract.document import MAXIMUM_BYTES
from accord.errors import ConfigurationError, ContractError
from accord.exchange.client import Client, Limits, open_client
from accord.exchange.values import Exchange
from accord.exchange.wire import address
from accord.run.source.discovery import PLACES, ask, is_document
from accord.run.source.side import Copy, write_with_references

_MESSAGES = ("/asyncapi.json", "/asyncapi.yaml")
_MAXIMUM_REMOTE = 100
_PLAIN = re.compile(r"[^A-Za-z0-9._-]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetcher:
    """Fetches documents; an answer may take so many *seconds*, and references may lead to *hosts* alone.

    Redirections are not followed: where they lead, nobody has allowed.
    """

    seconds: float
    hosts: frozenset[str] = frozenset()
    _fetched: list[str] = field(default_factory=list)

    def copied(self, url: str, folder: Path) -> Copy:
        """Write the document at *url* to *folder*, or those that the service there publishes.

        Raises ``TargetError`` where nothing answers, ``ContractError`` where no document is.
        """
        try:
            origin = address(url).origin
        except ValueError as error:
            raise ConfigurationError(
                str(error), place=url[:300], next_step="Write it as http://host/path."
            ) from None
        client = self._client(str(origin))
        try:
            return _written(client, url, folder)
        finally:
            client.close()

    def referenced(self, url: str, place: str) -> str:
        """Return the text at *url*, which *place* refers to; raises ``ContractError`` for a host not allowed."""
        try:
            origin = address(url).origin
        except ValueError as error:
            raise ContractError(
                f"refers to {url[:200]}: {error}", place=place, next_step="Correct the reference."
            ) from None
        if not self.hosts & {origin.host, f"{origin.host}:{origin.port}"}:
            raise ContractError(
                f"refers to {url[:200]}, and documents of {origin.host} are not allowed",
                place=place,
                next_step=f"Copy the document into the folder, or add --allow-remote {origin.authority}.",
            )
        self._fetched.append(url)
        if len(self._fetched) > _MAXIMUM_REMOTE:
            raise ContractError(
                f"refers to more than {_MAXIMUM_REMOTE} remote documents", place=place, next_step="Copy them."
            )
        client = self._client(str(origin))
        try:
            return _text(ask(client, url), url)
        finally:
            client.close()

    def _client(self, origin: str) -> Client:
        return open_client(origin, limits=Limits(seconds=self.seconds, bytes=MAXIMUM_BYTES))


def _text(exchange: Exchange, url: str) -> str:
    if not _is_given(exchange) or exchange.response is None:
        raise ContractError(
            f"cannot be fetched: {_came(exchange)}", place=url[:300], next_step="Check the reference."
        )
    try:
        return exchange.response.body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ContractError(
            f"is not UTF-8 text (byte {error.start})", place=url[:300], next_step="Publish it as UTF-8."
        ) from None


def _written(client: Client, url: str, folder: Path) -> Copy:
    exchange = ask(client, url)
    if _is_given(exchange) and _is_text(exchange):
        return _with_references(client, url, exchange, folder)
    base = url.partition("?")[0].rstrip("/")
    place = next(
        (place for place in PLACES if _write_if_there(client, f"{base}{place}", place, folder)), None
    )
    if place is None:
        raise ContractError(
            f"no contract is there ({_came(exchange)}), and none at {len(PLACES)} usual places below it",
            place=url[:300],
            next_step="Name the URL of the document itself, or save it and name the file.",
        )
    any(_write_if_there(client, f"{base}{place}", place, folder) for place in _MESSAGES)
    return Copy(path=folder, place=f"{base}{posixpath.dirname(place).rstrip('/')}/")


def _with_references(client: Client, url: str, exchange: Exchange, folder: Path) -> Copy:
    """Write the document that *exchange* gave, and those beside or below it that it refers to."""
    path = urlsplit(url).path
    home = url.partition("?")[0].removesuffix(posixpath.basename(path))
    name = _file_name(path)

    def content(other: str) -> bytes | None:
        given = exchange if other == name else ask(client, home + quote(other))
        return given.response.body if _is_given(given) and given.response is not None else None

    write_with_references(name, content, folder)
    return Copy(path=folder / name, place=home)


def _write_if_there(client: Client, url: str, place: str, folder: Path) -> bool:
    exchange = ask(client, url)
    there = is_document(exchange) and exchange.lapse is None
    if there:
        body = exchange.response.body if exchange.response is not None else b""
        (folder / _file_name(place)).write_bytes(body)
    return there


def _file_name(place: str) -> str:
    name = _PLAIN.sub("_", posixpath.basename(place.rstrip("/"))).lstrip(".")[:100] or "openapi"
    return name if name.endswith((".json", ".yaml", ".yml")) else f"{name}.json"


def _is_given(exchange: Exchange) -> bool:
    return exchange.response is not None and exchange.lapse is None and exchange.response.status == 200


def _is_text(exchange: Exchange) -> bool:
    """Tell whether the answer may be a document; a page about one is none."""
    body = exchange.response.body.lstrip() if exchange.response is not None else b""
    return not body.startswith(b"<") and (body.startswith((b"{", b"---")) or b":" in body)


def _came(exchange: Exchange) -> str:
    if exchange.response is None or exchange.lapse is not None:
        return exchange.detail or str(exchange.lapse)
    location = exchange.response.header("location")
    return f"status {exchange.response.status}{f', to {location[:200]}' if location else ''}"
