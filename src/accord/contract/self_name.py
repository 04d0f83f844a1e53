"""Documents that name themselves: ``$self`` is what references to them are written by (OpenAPI 3.2, 4.1).

Such references are rewritten to the paths of the files, by which everything else reads them.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import cast
from urllib.parse import quote, urljoin

from accord.contract.document import Document, read_document
from accord.contract.pointer import Json
from accord.contract.remote import url_of
from accord.contract.traversal import is_address, reference, rewritten
from accord.errors import ContractError

SELF = "$self"
# Where files lie as far as relative names of documents are concerned: nothing is ever asked there.
_RETRIEVED = "https://contract.invalid/"


def by_path(documents: Mapping[str, Document]) -> dict[str, Document]:
    """Return *documents* with each reference to the ``$self`` of one of them as one to its path.

    A document whose ``$self`` is valid comes back without it. Other references stay as they are.
    """
    own = {name: base for name, item in documents.items() if (base := _own(item)) is not None}
    names = {base: name for name, base in own.items()}
    if not names:
        return dict(documents)
    found: dict[str, Document] = {}
    for name, item in documents.items():
        base = own.get(name, _retrieved(item))
        # Of two that have one name, what a document says of it is meant of itself.
        found[name] = _by_path(item, base, {**names, base: name} if name in own else names)
    for name in own:
        del found[name].data[SELF]
    return found


def beside(path: Path, document: Document, suffixes: Collection[str]) -> dict[str, Document]:
    """Return by their names the documents that name themselves and lie beside *document*, read at *path*, if it does.

    Those that cannot be read are passed over: it may not refer to them.
    """
    if SELF not in document.data:
        return {}
    found: dict[str, Document] = {}
    for item in sorted(path.parent.iterdir()):
        if item.suffix in suffixes and item.is_file() and item != path and not item.is_symlink():
            with suppress(ContractError):
                document = read_document(item)
                if SELF in document.data:
                    found[item.name] = document
    return found


def _retrieved(document: Document) -> str:
    return url_of(document.name) or _RETRIEVED + quote(document.name)


def _own(document: Document) -> str | None:
    """Return the URI by which *document* is known, None when it names none: it is checked elsewhere."""
    written = document.data.get(SELF)
    is_known = str(document.data.get("openapi", "")).startswith("3.2")
    if not is_known or not isinstance(written, str) or "#" in written:
        return None
    return _joined(_retrieved(document), written)


def _joined(base: str, address: str) -> str | None:
    try:
        return urljoin(base, address)
    except ValueError:
        return None


def _by_path(document: Document, base: str, names: Mapping[str, str]) -> Document:
    def led(text: str) -> str:
        address, mark, fragment = text.partition("#")
        name = names.get(_joined(base, address) or "") if address else None
        if name is None:
            return text
        path = posixpath.relpath(name, posixpath.dirname(document.name) or ".")
        return f"{'' if name == document.name else quote(path)}{mark or '#'}{fragment}"

    def changed(value: dict[str, Json], _at: str) -> Json:
        target = reference(value)
        if target is not None:
            value["$ref"] = led(target)
        needed = value.get("security")
        if isinstance(needed, list):
            value["security"] = [
                {led(key) if is_address(key) else key: scopes for key, scopes in item.items()}
                if isinstance(item, dict)
                else item
                for item in needed
            ]
        return value

    return replace(document, data=cast("dict[str, Json]", rewritten(document.data, changed)))
