"""Documents of a contract fetched from the network: one at its URL, or what a running service publishes."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from accord.contract.document import MAXIMUM_BYTES
from accord.errors import ConfigurationError, ContractError
from accord.exchange.client import Client, Limits, open_client
from accord.exchange.values import Exchange
from accord.exchange.wire import address
from accord.run.discovery import PLACES, ask, is_document
from accord.run.source import Copy

_MESSAGES = ("/asyncapi.json", "/asyncapi.yaml")
_PLAIN = re.compile(r"[^A-Za-z0-9._-]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetcher:
    """Fetches documents; an answer may take so many *seconds*."""

    seconds: float

    def __call__(self, url: str, folder: Path) -> Copy:
        """Write the document at *url* to *folder*, or those that the service there publishes.

        Raises ``TargetError`` where nothing answers, ``ContractError`` where no document is.
        """
        try:
            origin = address(url).origin
        except ValueError as error:
            raise ConfigurationError(
                str(error), place=url[:300], next_step="Write it as http://host/path."
            ) from None
        limits = Limits(seconds=self.seconds, bytes=MAXIMUM_BYTES)
        client = open_client(str(origin), limits=limits)
        try:
            return _written(client, url, folder)
        finally:
            client.close()


def _written(client: Client, url: str, folder: Path) -> Copy:
    exchange = ask(client, url)
    if _is_given(exchange) and _is_text(exchange):
        path = urlsplit(url).path
        target = _write(folder, path, exchange)
        return Copy(path=target, place=url.partition("?")[0].removesuffix(posixpath.basename(path)))
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


def _write_if_there(client: Client, url: str, place: str, folder: Path) -> bool:
    exchange = ask(client, url)
    there = is_document(exchange) and exchange.lapse is None
    if there:
        _write(folder, place, exchange)
    return there


def _write(folder: Path, place: str, exchange: Exchange) -> Path:
    name = _PLAIN.sub("_", posixpath.basename(place.rstrip("/"))).lstrip(".")[:100] or "openapi"
    if not name.endswith((".json", ".yaml", ".yml")):
        name += ".json"
    target = folder / name
    target.write_bytes(exchange.response.body if exchange.response is not None else b"")
    return target


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
