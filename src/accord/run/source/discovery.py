"""The contract that a service publishes of itself, found at the places where frameworks put it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urljoin, urlsplit

from accord.cases.request import Request
from accord.contract.contract import Contract, load_text
from accord.errors import ConfigurationError, ContractError
from accord.exchange.values import Exchange
from accord.exchange.wire import Headers, address

if TYPE_CHECKING:  # a comparison of files asks here whether they are URLs, and imports no client
    from accord.exchange.client import Client

PLACES = (
    "/openapi.json",
    "/openapi.yaml",
    "/api/openapi.json",
    "/api/openapi.yaml",
    "/api/v1/openapi.json",
    "/v3/api-docs",
    "/schema/",
    "/api/schema/",
    "/docs/openapi.json",
    "/api-docs",
    # Where the OGC's APIs have it.
    "/api",
    "/openapi",
    "/swagger/v1/swagger.json",
    "/swagger.json",
    "/api/swagger.json",
)
"""Where frameworks publish their document, in the order in which they are asked; Swagger 2.0 last."""

_ACCEPT = "application/vnd.oai.openapi+json, application/json, application/yaml;q=0.8, */*;q=0.1"
_MARK = re.compile(rb"""(?:^|[{,\s])["']?(?:openapi|swagger|asyncapi)["']?\s*:""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A contract that the service publishes at the path *place*."""

    contract: Contract
    place: str

    @property
    def notice(self) -> str:
        """Return what was found, and where, in one line."""
        title = f"{self.contract.title} {self.contract.version}".rstrip()
        number = len(self.contract.operations)
        size = "1 operation" if number == 1 else f"{number} operations"
        return f"contract: {title}, {size}, as the service publishes it at {self.place}"


def is_url(contract: object) -> bool:
    """Tell whether *contract* names a document on the network."""
    return isinstance(contract, str) and contract.lower().startswith(("http://", "https://"))


def obtain(named: str | None, client: Client, headers: Headers) -> Published:
    """Return the contract at the URL *named*, else the one at a usual place; raises an ``AccordError``."""
    return discover(client, headers) if named is None else fetch(client, named, headers)


def discover(client: Client, headers: Headers) -> Published:
    """Return the contract at the first of ``PLACES`` where the service of *client* publishes one.

    *headers* go with each question. Raises ``ConfigurationError`` when there is none, and
    ``ContractError`` for one that cannot be read.
    """
    seen: list[str] = []
    for place in PLACES:
        exchange = ask(client, f"{client.base_url}{place}", headers)
        if exchange.response is not None and is_document(exchange):
            return _read(client, exchange)
        came = str(exchange.lapse or cast("Any", exchange.response).status)
        seen.append(f"{came}: {exchange.detail}" if exchange.detail else came)
        if exchange.response is None:
            break
    raise ConfigurationError(
        f"no contract is named, and the service publishes none at {len(seen)} usual places "
        f"({PLACES[0]} was answered with {seen[0]})",
        place="[tool.accord] contract",
        next_step="Name the folder of your contract in pyproject.toml, or give --contract: "
        "a folder, a document, or the URL where the service publishes it.",
    )


def fetch(client: Client, url: str, headers: Headers) -> Published:
    """Return the contract that the service of *client* publishes at *url*.

    Raises ``ConfigurationError`` for another origin than the service's: what another host says is
    not what this one promises, and gets none of *headers*.
    """
    if not _same_origin(url, client.base_url):
        raise ConfigurationError(
            "the contract is at another origin than the target",
            place=_shown(url),
            next_step="Save the document, and name the file.",
        )
    exchange = ask(client, url, headers)
    if exchange.response is None or exchange.lapse is not None or exchange.response.status != 200:
        came = exchange.detail or (f"status {exchange.response.status}" if exchange.response else "nothing")
        raise ContractError(
            f"cannot be fetched: {came}",
            place=_shown(url),
            next_step="Check the URL, and that the service is up.",
        )
    return _read(client, exchange)


def _shown(url: str) -> str:
    """Return *url* without what may be secret in it: user information and query."""
    return re.sub("//[^/]*@", "//", url.partition("?")[0])


def ask(client: Client, url: str, headers: Headers = ()) -> Exchange:
    """Ask for the document at *url*."""
    return client.send(Request(method="GET", url=url, headers=(("Accept", _ACCEPT), *headers)))


def is_document(exchange: Exchange) -> bool:
    """Tell whether the answer looks like a document of a contract; a page about it is none."""
    response = exchange.response
    if response is None or response.status != 200:
        return False
    return not response.body.lstrip().startswith(b"<") and _MARK.search(response.body) is not None


def _read(client: Client, exchange: Exchange) -> Published:
    # Not its query: a key may stand there.
    place = urlsplit(exchange.request.url).path
    name = place.strip("/") or "openapi"
    if exchange.lapse is not None or exchange.response is None:
        raise ContractError(
            f"cannot be fetched: {exchange.detail}", place=place, next_step="Save it, and name the file."
        )
    try:
        text = exchange.response.body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ContractError(
            f"is not UTF-8 text (byte {error.start})", place=place, next_step="Publish it as UTF-8."
        ) from error
    contract = load_text(text, name=name)
    client.base_url = _base(contract, client.base_url)
    return Published(contract=_without(contract, exchange.request.url, client.base_url), place=place)


def _without(contract: Contract, url: str, base_url: str) -> Contract:
    """Return *contract* without the operation that publishes it, which has been asked already."""
    kept = tuple(item for item in contract.operations if base_url + item.path != url.partition("?")[0])
    return replace(contract, operations=kept) if kept else contract


def _base(contract: Contract, base_url: str) -> str:
    """Return where the paths of *contract* begin: at its first server, when that is this service.

    A target with a path of its own says so itself (OpenAPI 3.1, 4.8.5).
    """
    if urlsplit(base_url).path or contract.openapi is None:
        return base_url
    for server in _servers(contract):
        url = _joined(base_url, server)
        if _same_origin(url, base_url) and address(url).query is None:
            return url.partition("#")[0].rstrip("/")
    return base_url


def _servers(contract: Contract) -> Iterator[str]:
    data = cast("dict[str, Any]", contract.library.document(cast("str", contract.openapi)).data)
    for server in data.get("servers") or ():
        url = server.get("url") if isinstance(server, dict) else None
        if isinstance(url, str) and "{" not in url:
            yield url


def _joined(base_url: str, url: str) -> str:
    try:
        return urljoin(f"{base_url}/", url)
    except ValueError:
        return ""


def _same_origin(one: str, other: str) -> bool:
    """Tell whether both are URLs of one origin (RFC 6454, 4); another one, or no URL, is none."""
    try:
        return address(one).origin == address(other).origin
    except ValueError:
        return False
