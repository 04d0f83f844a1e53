"""Where one side of a comparison comes from: a file, a folder, a revision of git, a URL or a running service."""

from __future__ import annotations

import posixpath
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from accord.contract.contract import Contract, load
from accord.contract.document import MAXIMUM_BYTES, Document, parse_document
from accord.contract.remote import Fetch, url_of
from accord.contract.traversal import objects, reference, written_references
from accord.errors import ConfigurationError, ContractError
from accord.run.source.discovery import is_url
from accord.run.source.git import Repository

_REVISION = re.compile(r"(?P<revision>[^:]+):(?P<path>.+)", re.DOTALL)
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|/|\\")
_MAXIMUM_FILES = 1_000
_BEGINNING = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One contract of a comparison, and what its user calls it; ``folder`` is what its places begin with.

    ``paths`` says where those documents are that are not in that folder, or have another name there.
    """

    name: str
    folder: str
    contract: Contract
    paths: Mapping[str, str] = field(default_factory=dict)

    def place(self, place: str) -> str:
        """Return ``path:line#/pointer`` of a ``file#/pointer`` of the contract, as the user may open it."""
        file, _, pointer = place.partition("#")
        line = self.contract.line(place)
        return f"{self.path(file)}:{line}#{pointer}" if line else f"{self.path(file)}#{pointer}"

    def path(self, file: str) -> str:
        """Return the path of a document of the contract, as the user may open it."""
        return url_of(file) or self.paths.get(file) or f"{self.folder}{file}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A document or folder copied to *path*; *place* is what the user's names of its files begin with."""

    path: Path
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """What sides have of the network: ``copied`` writes what a URL gives to a folder, ``fetch`` gives a text."""

    copied: Callable[[str, Path], Copy]
    fetch: Fetch


def read_side(name: str, network: Network, other: Contract | None = None) -> Side:
    """Return the contract that *name* stands for; where the *other* side was read from the same text, that one.

    Raises ``ConfigurationError`` for what is none of these, and ``ContractError`` for a contract that cannot be read.
    """
    path = Path(name)

    def read(there: Path) -> Contract:
        if other is not None and _is_text_of(other, there):
            return replace(other, folder=there.parent)
        return load(there, judging=False, fetch=network.fetch)

    if is_url(name):
        return _copied(name, lambda folder: network.copied(name, folder), read)
    if _is_stream(path):
        return _copied(name, lambda folder: _drained(path, folder), read)
    if _is_there(path):
        return _side(name, path, read)
    given = _REVISION.fullmatch(name)
    if given is None:
        raise ConfigurationError(
            "does not exist",
            place=name[:300],
            next_step="Name a file, a folder, an http(s) URL, or REVISION:PATH, such as main:contracts/mine.",
        )
    repository, inside, commit = _revision(name, given["revision"], given["path"])
    return _copied(name, lambda folder: _materialised(repository, commit, inside, folder), read)


def _is_text_of(contract: Contract, path: Path) -> bool:
    """Tell whether the file at *path* is the one document of *contract*, to the letter, by any name it may have.

    Then it is as good as that, and need not be parsed and checked again, which takes most of the time.
    """
    document, *others = contract.library.documents.values()
    # JSON Schemas that stand alone may be called by their folder.
    if others or not (contract.openapi or contract.asyncapi):
        return False
    try:
        size = path.stat().st_size if path.is_file() else 0
        if not len(document.text) <= size <= MAXIMUM_BYTES:
            return False
        with path.open(encoding="utf-8-sig") as stream:
            # Of two versions of a large document, the beginning tells.
            if not document.text.startswith(stream.read(_BEGINNING)):
                return False
        if document.text != path.read_text("utf-8-sig"):
            return False
    except (OSError, ValueError):
        return False
    return document.name == path.name or _is_alone(document)


def _is_alone(document: Document) -> bool:
    """Tell whether *document* surely refers to nothing by a name, so that it means the same by any of its own."""
    return "$self" not in document.text and all(
        target.startswith("#") for target in written_references(document.data)
    )


def _renamed(contract: Contract, path: Path, prefix: str) -> dict[str, str]:
    """Return where the document of *contract* is, where the file at *path* has it by another name."""
    names = contract.library.documents
    return {} if path.name in names or not path.is_file() else {next(iter(names)): f"{prefix}{path.name}"}


def is_revision(name: object) -> bool:
    """Tell whether *name* is a contract at a revision, ``git:REVISION:PATH``."""
    return isinstance(name, str) and name.lower().startswith("git:")


def read_revision(name: str) -> Contract:
    """Return the contract that *name*, ``git:REVISION:PATH``, stands for.

    Raises ``ConfigurationError`` for what git does not know, and ``ContractError`` for a contract that cannot be read.
    """
    given = _REVISION.fullmatch(name[len("git:") :])
    if given is None:
        raise ConfigurationError(
            "is no revision and path",
            place=name[:300],
            next_step="Write git:REVISION:PATH, such as git:v1.4:contracts/mine.",
        )
    repository, inside, commit = _revision(name[len("git:") :], given["revision"], given["path"])

    def write(folder: Path) -> Copy:
        return _materialised(repository, commit, inside, folder)

    return _loaded(write)


def beside_revision(name: str) -> Path | None:
    """Return where the contract that *name*, ``git:REVISION:PATH``, stands for is by now; None when it is gone."""
    given = _REVISION.fullmatch(name[len("git:") :])
    if given is None:
        return None
    repository, inside, _ = _revision(name[len("git:") :], given["revision"], given["path"])
    path = repository.folder / inside
    return path if _is_there(path) else None


def _loaded(write: Callable[[Path], Copy]) -> Contract:
    """Return the contract that *write* puts into a folder, held against its own rules."""
    with tempfile.TemporaryDirectory(prefix="accord-") as folder:
        copy = write(Path(folder).resolve())
        inside = copy.path.parent if copy.path.is_file() else copy.path
        try:
            return load(copy.path)
        except ContractError as error:
            place = error.place.removeprefix(f"{inside}/").removeprefix(str(inside))
            raise ContractError(
                error.reason, place=f"{copy.place}{place}", next_step=error.next_step
            ) from None


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name too long, a null byte
        return False


def _is_stream(path: Path) -> bool:
    """Tell whether *path* is a pipe, such as that of ``<(command)`` in a shell."""
    try:
        return path.is_fifo()
    except (OSError, ValueError):
        return False


def _drained(path: Path, folder: Path) -> Copy:
    """Write what comes out of the pipe at *path* to *folder*; what is too long is refused by its reader."""
    target = folder / path.name
    with path.open("rb") as stream:
        target.write_bytes(stream.read(MAXIMUM_BYTES + 1))
    return Copy(path=target, place=f"{path.parent}/")


def _side(name: str, path: Path, read: Callable[[Path], Contract]) -> Side:
    folder = path.parent if path.is_file() else path
    prefix = "" if folder == Path() else f"{folder.as_posix().rstrip('/')}/"
    try:
        contract = read(path)
    except ContractError as error:
        raise _moved(error, prefix, folder) from None
    return Side(name=name, folder=prefix, contract=contract, paths=_renamed(contract, path, prefix))


def _moved(error: ContractError, prefix: str, folder: Path) -> ContractError:
    """Return *error* with its place as the user may open it."""
    place = error.place
    if place.startswith(("http://", "https://")):
        return error
    if not place.startswith(str(folder)) or folder == Path():
        place = f"{prefix}{place}"
    return ContractError(error.reason, place=place, next_step=error.next_step)


def _copied(name: str, write: Callable[[Path], Copy], read: Callable[[Path], Contract]) -> Side:
    """Load what *write* puts into a folder of its own, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="accord-") as folder:
        copy = write(Path(folder).resolve())
        inside = copy.path.parent if copy.path.is_file() else copy.path
        try:
            contract = read(copy.path)
        except ContractError as error:
            place = error.place.removeprefix(f"{inside}/").removeprefix(str(inside))
            raise ContractError(
                error.reason, place=f"{copy.place}{place}", next_step=error.next_step
            ) from None
        paths = _renamed(contract, copy.path, copy.place)
        return Side(name=name, folder=copy.place, contract=contract, paths=paths)


def _revision(name: str, revision: str, path: str) -> tuple[Repository, str, str]:
    """Return the repository, the path from its top, and the commit that *name*, ``revision:path``, means."""
    top, here = Repository(folder=Path.cwd(), place=name[:300]).top()
    repository = Repository(folder=top, place=name[:300])
    if path.startswith(("./", "../")):
        path = posixpath.join(here, path)
    path = posixpath.normpath(path)
    if path.startswith(("../", "/")) or path == ".." or "\0" in path:
        raise ConfigurationError(
            "leads out of the repository",
            place=name[:300],
            next_step="Name a path from the top of the repository.",
        )
    return repository, path, repository.commit(revision)


def _materialised(repository: Repository, commit: str, path: str, folder: Path) -> Copy:
    """Write what *path* is at *commit* to *folder*."""
    kind = "tree" if path == "." else repository.kind(f"{commit}:{path}")
    if kind == "tree" and repository.copy(commit, folder, below=path):
        return Copy(path=folder / path, place=f"{repository.place.rstrip('/')}/")
    if kind != "blob":
        raise ConfigurationError(
            "is not there at that revision" if kind is None else "holds no document at that revision",
            place=repository.place,
            next_step="Check the path: it begins at the top of the repository, or with ./ at the working directory.",
        )

    def content(name: str) -> bytes | None:
        there = repository.kind(f"{commit}:{name}") == "blob"
        return repository.content(f"{commit}:{name}") if there else None

    write_with_references(path, content, folder)
    revision = repository.place.partition(":")[0]
    return Copy(path=folder / path, place=f"{revision}:{path.removesuffix(posixpath.basename(path))}")


def write_with_references(path: str, content: Callable[[str], bytes | None], folder: Path) -> None:
    """Write the file *path* to *folder*, and those below its own folder that it refers to, directly or not.

    *content* gives a file, None where there is none: reading the copy tells that, with the place.
    """
    waiting, met = [path], {path}
    home = posixpath.dirname(path)
    while waiting and len(met) <= _MAXIMUM_FILES:
        name = waiting.pop()
        data = content(name)
        if data is None:
            continue
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        for other in _named_files(data, name):
            if (not home or other.startswith(f"{home}/")) and other not in met:
                met.add(other)
                waiting.append(other)


def _named_files(content: bytes, name: str) -> Iterator[str]:
    """Yield the paths of the files that the document *content* refers to; none of one that cannot be read."""
    try:
        document = parse_document(content.decode("utf-8-sig"), name=name)
    except (ContractError, UnicodeDecodeError):
        return
    for _, value in objects(document.data):
        address = (reference(value) or "").partition("#")[0]
        if address and not _ABSOLUTE.match(address):
            found = posixpath.normpath(posixpath.join(posixpath.dirname(name), address))
            if not found.startswith("../"):
                yield found
