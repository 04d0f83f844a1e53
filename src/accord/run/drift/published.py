"""What a service publishes of itself, put in the place of the documents that its contract has of it.

What the service does not publish stays as it is committed: overlays, channels, schemas of messages.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from accord.contract.contract import SUFFIXES, Contract, load
from accord.contract.document import read_document
from accord.contract.remote import Fetch
from accord.errors import ContractError
from accord.run.drift.addition import lay, with_definitions
from accord.run.drift.document import Found, Wanted, found, shown
from accord.run.source.side import Side, write_with_references

_VARIABLE = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The contract as it is committed, and with what the service publishes in it.

    ``files`` are the documents that differ in that, as they would be committed, by their names;
    ``notices`` lines that the user should read.
    """

    committed: Side
    current: Side
    files: Mapping[str, bytes]
    notices: tuple[str, ...] = ()


@contextmanager
def published(wanted: Wanted, before: Side, fetch: Fetch) -> Iterator[Published]:
    """Ask for what the service publishes, and give it beside the contract *before*; it is gone afterwards.

    Raises ``TargetError`` where nothing answers, ``ContractError`` where no document is, or one that
    cannot be read, and ``ConfigurationError`` for a contract that has no place for it.
    """
    documents = found(wanted, before.contract)
    with tempfile.TemporaryDirectory(prefix="accord-") as path:
        folder = Path(path).resolve()
        try:
            made = _assembled(wanted, before, documents, folder, fetch)
        except ContractError as error:
            place = error.place.removeprefix(f"{folder}/").removeprefix(str(folder))
            raise ContractError(
                f"what the service publishes cannot be read: {error.reason}",
                place=f"{wanted.name} {place}".strip(),
                next_step=error.next_step,
            ) from None
        yield made


def _assembled(
    wanted: Wanted, before: Side, documents: Mapping[str, Found], folder: Path, fetch: Fetch
) -> Published:
    """Put *documents* in the place of those of the contract *before*, in a copy of it in *folder*."""
    _copy(before.contract, wanted.contract, folder)
    for name, item in documents.items():
        (folder / name).write_bytes(item.data)
        write_with_references(name, _given(name, item), folder)
    notices = [*with_definitions(wanted, before.contract, folder)]
    files = _changed(wanted.contract, folder)
    left_out = tuple(lay(folder, before.contract.openapi))
    # Of a part nobody expects that it has all that the contract adds to.
    notices += () if wanted.partial else left_out
    path = folder / wanted.contract.name if wanted.contract.is_file() else folder
    after = load(path, judging=False, fetch=fetch)
    if wanted.partial:
        before = replace(before, contract=_part(before.contract, after))
    places = {name: item.place for name, item in documents.items()}
    side = Side(name=wanted.name, folder=before.folder, contract=after, paths=places)
    return Published(committed=before, current=side, files=files, notices=tuple(notices))


def committed(wanted: Wanted, fetch: Fetch) -> Side:
    """Return the contract as it is committed; raises ``ContractError``."""
    path = wanted.contract
    if not path.exists():
        raise ContractError(
            "there is no contract yet",
            place=shown(path),
            next_step=f"`accord accept` makes one of what {wanted.name} publishes; or name another with --contract.",
        )
    folder = path.parent if path.is_file() else path
    prefix = "" if folder == Path() else f"{shown(folder)}/"
    return Side(name=shown(path), folder=prefix, contract=load(path, judging=False, fetch=fetch))


def _given(name: str, item: Found) -> Callable[[str], bytes | None]:
    return lambda other: item.data if other == name else item.beside(other)


def _copy(contract: Contract, path: Path, folder: Path) -> None:
    """Write the documents of the contract at *path* to *folder*; workflows are none that are compared."""
    source = path.parent if path.is_file() else path
    names = [path.name] if path.is_file() else [item.name for item in sorted(path.iterdir())]
    for name in names:
        if not (source / name).is_file() or Path(name).suffix not in SUFFIXES:
            continue
        document = contract.library.documents.get(name) or read_document(source / name, name=name)
        if "arazzo" not in document.data:

            def content(other: str) -> bytes | None:
                return (source / other).read_bytes() if (source / other).is_file() else None

            write_with_references(name, content, folder)


def _changed(path: Path, folder: Path) -> dict[str, bytes]:
    """Return the files of *folder* that differ from those of the contract at *path*."""
    source = path.parent if path.is_file() else path
    found = {}
    for item in sorted(folder.rglob("*")):
        name = item.relative_to(folder).as_posix()
        if item.is_file():
            content = item.read_bytes()
            if not (source / name).is_file() or (source / name).read_bytes() != content:
                found[name] = content
    return found


def _part(contract: Contract, current: Contract) -> Contract:
    """Return *contract* without the operations of which *current* says nothing.

    It says of a path without methods that it is not there, of one with some nothing of the others.
    """
    data = current.library.document(current.openapi).data if current.openapi else {}
    paths = data.get("paths")
    named = {(item.method, unnamed(item.path)) for item in current.operations}
    full = {path for _, path in named}
    empty = (
        {unnamed(path) for path in paths if unnamed(path) not in full} if isinstance(paths, dict) else set()
    )
    kept = tuple(
        item
        for item in contract.operations
        if (item.method, unnamed(item.path)) in named or unnamed(item.path) in empty
    )
    return replace(contract, operations=kept)


def unnamed(path: str) -> str:
    """Return *path* with the names of its variables left out: they are nothing that is promised."""
    return _VARIABLE.sub("{}", path)
