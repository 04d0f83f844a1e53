"""The documents that a service publishes of itself, each by the committed document that it stands for."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

from accord.contract.contract import SUFFIXES, Contract
from accord.contract.document import MAXIMUM_BYTES, read_document
from accord.errors import ConfigurationError, ContractError
from accord.exchange.client import Client, Limits, open_client
from accord.exchange.values import Exchange
from accord.exchange.wire import Headers, address
from accord.run.source.discovery import PLACES, ask, is_document, is_url

_MESSAGES = ("/asyncapi.json", "/asyncapi.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to ask for: ``documents`` are the places of committed files, by their names; none for the usual ones.

    A place is a path or URL of the service, or ``#/pointer``: there, in the OpenAPI document that the
    service publishes, stand the definitions of the committed schema. With *partial*, what is published
    is a part of the contract: paths that it does not name are not missing.
    """

    target: str
    contract: Path
    documents: Mapping[str, str]
    headers: Headers = ()
    seconds: float = 30.0
    partial: bool = False

    @property
    def name(self) -> str:
        """The target as it may be told: without its query, where a key may stand."""
        return self.target.partition("?")[0][:300] if is_url(self.target) else self.target[:300]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One published document: its bytes, where it was, and what gives the files that it refers to."""

    data: bytes
    place: str
    beside: Callable[[str], bytes | None]


def found(wanted: Wanted, contract: Contract) -> dict[str, Found]:
    """Return what is published, by the name of the committed document that it stands for."""
    here = Path(wanted.target)
    if not is_url(wanted.target) and here.exists():
        return _saved(here, contract)
    with _asked(wanted) as client:
        plain = any(not place.startswith("#") for place in wanted.documents.values())
        return _named(client, wanted) if plain else _usual(client, wanted, contract)


def first(wanted: Wanted) -> dict[str, Found]:
    """Return what is published where nothing has been committed yet, by the names that it should get."""
    with _asked(wanted) as client:
        return {"openapi.json": _openapi(client, wanted), **_channels(client, wanted, "asyncapi.json")}


@contextmanager
def _asked(wanted: Wanted) -> Iterator[Client]:
    """Give a client of the target; it is closed afterwards."""
    if is_url(wanted.target):
        try:
            address(wanted.target)
        except ValueError as error:
            raise ConfigurationError(
                str(error), place="the target", next_step="Write it as http://host/path."
            ) from None
    # A document has a name of its own behind the origin, and no base URL has a query.
    opened = wanted.target.partition("?")[0] if is_url(wanted.target) else wanted.target
    limits = Limits(seconds=wanted.seconds, bytes=MAXIMUM_BYTES)
    client = open_client(opened, limits=limits, headers=wanted.headers)
    try:
        yield client
    finally:
        client.close()


def _named(client: Client, wanted: Wanted) -> dict[str, Found]:
    documents: dict[str, Found] = {}
    for name, place in wanted.documents.items():
        if place.startswith("#"):
            continue
        url = urljoin(f"{client.base_url}/", place)
        if address(url).origin != address(client.base_url).origin:
            raise ConfigurationError(
                "is at another origin than the target, which would get its headers",
                place=f"[tool.accord.drift.documents] {name}",
                next_step="Give the path alone, and name that origin as the target.",
            )
        exchange = ask(client, url)
        if not _is_given(exchange):
            raise _missing(f"there is no document at {urlsplit(url).path} ({_came(exchange)})", wanted)
        documents[name] = _taken(client, url, exchange, wanted)
    return documents


def _usual(client: Client, wanted: Wanted, contract: Contract) -> dict[str, Found]:
    documents: dict[str, Found] = {}
    if contract.openapi:
        documents[contract.openapi] = _openapi(client, wanted)
    documents.update(_channels(client, wanted, contract.asyncapi) if contract.asyncapi else {})
    if not documents:
        raise _missing("it publishes nothing that the contract has", wanted)
    return documents


def _channels(client: Client, wanted: Wanted, name: str) -> dict[str, Found]:
    """Return the AsyncAPI document that is published, as *name*; empty where none is."""
    for place in _MESSAGES:
        url = f"{client.base_url}{place}"
        exchange = ask(client, url)
        if _is_given(exchange) and is_document(exchange):
            return {name: _taken(client, url, exchange, wanted)}
    return {}


def _openapi(client: Client, wanted: Wanted) -> Found:
    first = ""
    for place in ("", *PLACES):
        # The target may be the document itself; an application has none at its root.
        if not place and not (is_url(wanted.target) and urlsplit(wanted.target).path.strip("/")):
            continue
        url = f"{client.base_url}{place}" if place else wanted.target
        exchange = ask(client, url)
        if _is_given(exchange) and is_document(exchange):
            return _taken(client, url, exchange, wanted)
        first = first or _came(exchange)
        if exchange.response is None or exchange.lapse is not None:
            break  # it would not answer more quickly elsewhere
    raise _missing(f"it publishes no contract at the usual places ({first})", wanted)


def _taken(client: Client, url: str, exchange: Exchange, wanted: Wanted) -> Found:
    home = url.partition("?")[0]
    home = home.removesuffix(posixpath.basename(urlsplit(home).path))

    def beside(name: str) -> bytes | None:
        other = ask(client, home + quote(name))
        return other.response.body if _is_given(other) and other.response is not None else None

    body = exchange.response.body if exchange.response is not None else b""
    place = url.partition("?")[0]
    # An application in process has no address: what stands for one leads nowhere.
    place = place if is_url(wanted.target) else f"{wanted.name}{urlsplit(place).path}"
    return Found(data=body, place=place, beside=beside)


def _saved(path: Path, contract: Contract) -> dict[str, Found]:
    """Return the documents of a file or folder, by what they are: what a build has saved of a service."""
    folder = path.parent if path.is_file() else path
    names = (
        [path.name]
        if path.is_file()
        else sorted(item.name for item in path.iterdir() if item.is_file() and item.suffix in SUFFIXES)
    )
    documents: dict[str, Found] = {}
    for name in names:
        document = read_document(folder / name, name=str(folder / name))
        stands_for = {"openapi": contract.openapi, "asyncapi": contract.asyncapi}
        own = next((stands_for[kind] for kind in stands_for if kind in document.data), None)
        own = own or (name if name in contract.library.documents else None)
        if own is None:
            continue

        def beside(other: str) -> bytes | None:
            file = folder / other
            inside = file.resolve().is_relative_to(folder.resolve()) and file.is_file()
            return file.read_bytes() if inside else None

        documents[own] = Found(data=(folder / name).read_bytes(), place=shown(folder / name), beside=beside)
    if not documents:
        raise ContractError(
            "holds no document that the contract has",
            place=str(path),
            next_step="Name the folder or file to which the published document was saved.",
        )
    return documents


def _is_given(exchange: Exchange) -> bool:
    return exchange.response is not None and exchange.lapse is None and exchange.response.status == 200


def _came(exchange: Exchange) -> str:
    if exchange.response is None or exchange.lapse is not None:
        return exchange.detail or str(exchange.lapse)
    return f"status {exchange.response.status}"


def _missing(reason: str, wanted: Wanted) -> ContractError:
    return ContractError(
        reason,
        place=wanted.name,
        next_step="Check the service, or name its places in [tool.accord.drift.documents].",
    )


def shown(path: Path) -> str:
    """Return *path* as the user may open it from where he is."""
    try:
        return path.absolute().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()
