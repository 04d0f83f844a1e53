"""A contract: everything that a folder of documents promises, loaded and resolved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from accord.contract.arazzo import Workflow, read_workflows
from accord.contract.asyncapi import Channel, check_asyncapi, read_channels
from accord.contract.bundle import check_brought
from accord.contract.dialect import modernise, modernise_drafts, without_dialect
from accord.contract.document import Document, parse_document, read_document
from accord.contract.dynamic import settled
from accord.contract.envelope import read_errors
from accord.contract.law import Laws
from accord.contract.law_reader import read_laws
from accord.contract.library import Library, read_library
from accord.contract.mark import Mark
from accord.contract.message_bundle import check_bundle, has_union, looks_like_bundle, read_bundle
from accord.contract.openapi import (
    Answer,
    MediaType,
    Operation,
    SecurityScheme,
    read_operations,
    read_security_schemes,
)
from accord.contract.overlay import apply_overlay
from accord.contract.pattern import with_escapes
from accord.contract.published import check_document
from accord.contract.remote import Fetch
from accord.contract.schema_bundle import is_schema, read_schemas, renewed_documents
from accord.contract.self_name import beside, by_path
from accord.errors import ContractError

if TYPE_CHECKING:  # pydantic takes long to import, and few contracts have models
    from accord.contract.models import Models

KINDS = ("openapi", "asyncapi", "arazzo", "overlay")
SUFFIXES = (".yaml", ".yml", ".json")


@dataclass(frozen=True, kw_only=True)
class Contract:
    """What a team has promised.

    ``openapi``, ``asyncapi`` and ``bundle`` are the names of those documents in ``library``, None without
    one; a bundle of messages is read only where there is neither of the others.
    ``errors`` is what ``x-errors`` says of any operation's errors, by status, range or ``default``.
    ``laws`` are what ``x-accord`` says of meaning.
    ``models`` are the generated ones, where a run is to use them.
    """

    folder: Path
    title: str
    version: str
    library: Library
    openapi: str | None
    asyncapi: str | None
    operations: tuple[Operation, ...]
    security_schemes: Mapping[str, SecurityScheme]
    errors: Mapping[str, Answer]
    channels: tuple[Channel, ...]
    workflows: tuple[Workflow, ...]
    bundle: str | None = None
    laws: Laws = field(default_factory=Laws)
    models: Models | None = None

    def operation(self, id_: str) -> Operation:
        """Return the operation with that id; raises ``KeyError``."""
        for item in self.operations:
            if item.id == id_:
                return item
        raise KeyError(id_)

    def line(self, place: str) -> int | None:
        """Return the line of ``file#/pointer``, None when the document is not part of the contract."""
        mark = self.mark(place)
        return mark[0] if mark else None

    def mark(self, place: str) -> Mark | None:
        """Return line and column of ``file#/pointer``, None when the document is not part of the contract."""
        name, _, pointer = place.partition("#")
        document = self.library.documents.get(name)
        return document.mark(pointer) if document else None


def load(path: Path | str, *, judging: bool = True, fetch: Fetch | None = None) -> Contract:
    """Load the contract at *path*: a folder, one OpenAPI or AsyncAPI document, or a bundle of messages.

    Documents are told apart by their root member (``openapi``, ``asyncapi``, ``arazzo``,
    ``overlay``); overlays are applied, OpenAPI 3.0 is read in the terms of later ones, older drafts of JSON
    Schema in those of 2020-12, and each document is held against its published JSON Schema. When it is
    not for *judging* what a service says, laws are not read, whether every schema can be used is left
    open, and JSON Schemas alone are a contract as well. Remote documents are what *fetch* gives;
    without it there are none. Raises ``ContractError``.
    """
    path = Path(path)
    folder, names = _names(path)
    given, beside_them = _given(path, folder, names)
    schemas = [] if judging or _promised(given) else [name for name in names if is_schema(given[name])]
    if schemas:
        return _of_schemas(folder, schemas, given)
    found = _kinds(given, str(path))
    every = [name for listed in found.values() for name in listed]
    documents = read_library(folder, every, {**given, **beside_them}, fetch)
    foreign = set(read_library(folder, found["asyncapi"] + found["arazzo"], documents, fetch))
    foreign -= {*found["openapi"]}
    return _loaded(folder, documents, found, foreign, judging=judging)


def load_text(text: str, *, name: str, judging: bool = True) -> Contract:
    """Load the one document *text*, as a service publishes it at the path *name*.

    What it refers to must stand in it. Raises ``ContractError`` as ``load`` does.
    """
    documents = by_path({name: parse_document(text, name=name)})
    found = _kinds(documents, name)
    return _loaded(Path(name), documents, found, set(), judging=judging)


def _loaded(
    folder: Path,
    documents: dict[str, Document],
    found: dict[str, list[str]],
    foreign: set[str],
    *,
    judging: bool,
) -> Contract:
    documents = with_escapes(_overlaid(documents, found["overlay"], found["openapi"]))
    openapi = _only(found["openapi"], "OpenAPI", folder)
    asyncapi = _only(found["asyncapi"], "AsyncAPI", folder)
    if openapi:
        documents = _checked_openapi(documents, openapi, foreign)
    for name in found["asyncapi"]:
        check_asyncapi(documents[name])
    bundle = _only(found["bundle"], "message bundle", folder)
    if bundle:
        check_bundle(documents[bundle])
    documents = settled(_of_drafts(documents))
    # What an overlay refers to, it refers to in the document that it is laid over.
    library = Library(
        documents={name: item for name, item in documents.items() if name not in found["overlay"]}
    )
    library.check()
    if openapi:
        check_brought(library, openapi)
    overlays = [documents[name] for name in found["overlay"]]
    information = cast("dict[str, Any]", documents[openapi or asyncapi or cast("str", bundle)].data)
    information = cast("dict[str, Any]", information if bundle else information.get("info") or {})
    operations = read_operations(library, openapi) if openapi else ()
    schemes = read_security_schemes(library, openapi, operations) if openapi else {}
    _check_security(library, operations, schemes)
    contract = Contract(
        folder=folder,
        title=str(information.get("title", folder.name)),
        version=str(information.get("version", "")),
        library=library,
        openapi=openapi,
        asyncapi=asyncapi,
        operations=operations,
        security_schemes=schemes,
        errors=read_errors(library, openapi, overlays) if openapi else {},
        channels=_channels(library, asyncapi, bundle),
        bundle=bundle,
        workflows=_workflows(documents, found["arazzo"]),
        laws=read_laws(library, operations, overlays) if judging else Laws(),
    )
    # A schema that cannot be used is told now, not in the middle of a run.
    for uri in _schemas(contract) if judging else ():
        library.validator(uri)
    return contract


def _promised(documents: Mapping[str, Document]) -> bool:
    """Tell whether one of *documents* is an OpenAPI or AsyncAPI document, or one that is refused as such."""
    return any({"openapi", "asyncapi", "swagger"} & document.data.keys() for document in documents.values())


def _of_schemas(folder: Path, names: list[str], given: dict[str, Document]) -> Contract:
    """Return the contract that JSON Schemas alone are: each one is a message of its own."""
    documents = settled(renewed_documents(with_escapes(given)))
    library = Library(documents=documents)
    library.check()
    return Contract(
        folder=folder,
        title=str(documents[names[0]].data.get("title", names[0])) if len(names) == 1 else folder.name,
        version="",
        library=library,
        openapi=None,
        asyncapi=None,
        operations=(),
        security_schemes={},
        errors={},
        channels=read_schemas(documents, names),
        workflows=(),
    )


def draft(path: Path | str) -> Contract:
    """Return what is at *path* before anything in it is judged: its documents alone.

    References may lead nowhere there, and schemas be of no use. Raises ``ContractError`` for what
    cannot be read at all.
    """
    folder, names = _names(Path(path))
    given = by_path({name: read_document(folder / name, name=name) for name in names})
    found = _kinds(given, str(path))
    documents = read_library(
        folder, [name for names in found.values() for name in names], given, lenient=True
    )
    documents = _overlaid(documents, found["overlay"], found["openapi"])
    documents = settled(_of_drafts(documents))
    for name in found["openapi"]:
        if str(documents[name].data["openapi"]).startswith("3.0"):
            documents = _modernised(documents, {*found["asyncapi"], *found["arazzo"]})
    return Contract(
        folder=folder,
        title=folder.name,
        version="",
        library=Library(
            documents={name: item for name, item in documents.items() if name not in found["overlay"]}
        ),
        openapi=None,
        asyncapi=None,
        operations=(),
        security_schemes={},
        errors={},
        channels=(),
        workflows=(),
    )


def _schemas(contract: Contract) -> Iterator[str]:
    """Yield the URI of every schema that something is held against."""
    for operation in contract.operations:
        bodies = [operation.body] if operation.body else []
        for answer in operation.answers.values():
            yield from (header.schema for header in answer.headers if header.schema)
            yield from _of_bodies(answer.media_types)
        yield from (uri for body in bodies for uri in _of_bodies(body.media_types))
        yield from (item.schema for item in operation.parameters if item.schema)
    for channel in contract.channels:
        yield from (message.schema for message in channel.messages)


def _of_bodies(media_types: Iterable[MediaType]) -> Iterator[str]:
    for item in media_types:
        yield from (uri for uri in (item.schema, item.item) if uri is not None)


def _names(path: Path) -> tuple[Path, list[str]]:
    if path.is_file():
        return path.parent, [path.name]
    if not path.is_dir():
        raise ContractError(
            "does not exist",
            place=str(path),
            next_step="Name the contract folder in [tool.accord] of pyproject.toml.",
        )
    names = [item.name for item in sorted(path.iterdir()) if item.is_file() and item.suffix in SUFFIXES]
    for name in names:
        if not (path / name).resolve().is_relative_to(path.resolve()):
            raise ContractError(
                "is a link that leads out of the contract folder",
                place=str(path / name),
                next_step="Copy the document into the folder, or name it itself as the contract.",
            )
    return path, names


def _given(path: Path, folder: Path, names: list[str]) -> tuple[dict[str, Document], dict[str, Document]]:
    """Return the documents *names* of *folder*, and those that the one at *path* may know by ``$self``."""
    read = {name: read_document(folder / name, name=name) for name in names}
    known = by_path({**read, **(beside(path, read[path.name], SUFFIXES) if path.is_file() else {})})
    return {name: known.pop(name) for name in names}, known


def _kinds(documents: Mapping[str, Document], place: str) -> dict[str, list[str]]:
    """Return the names of *documents* by their kind; raises when nothing among them is promised."""
    found: dict[str, list[str]] = {kind: [] for kind in (*KINDS, "bundle")}
    for name, document in documents.items():
        if "swagger" in document.data:
            raise ContractError(
                "is Swagger 2.0, which accord does not read",
                place=name,
                next_step="Convert it to OpenAPI 3 first, for example with swagger2openapi.",
            )
        for kind in KINDS:
            if kind in document.data:
                found[kind].append(name)
    if not found["openapi"] and not found["asyncapi"]:
        found["bundle"] = _bundles(documents)
    if not any(found[kind] for kind in ("openapi", "asyncapi", "bundle")):
        raise ContractError(
            "holds neither an OpenAPI nor an AsyncAPI document",
            place=place,
            next_step="Put openapi.yaml or asyncapi.yaml there, or a JSON Schema that is the oneOf of all messages.",
        )
    return found


def _bundles(documents: Mapping[str, Document]) -> list[str]:
    """Return the names of what may be a bundle of messages: of several, those whose root is a union."""
    found = [
        name
        for name, document in documents.items()
        if not any(kind in document.data for kind in KINDS) and looks_like_bundle(document.data)
    ]
    return found if len(found) < 2 else [name for name in found if has_union(documents[name].data)]


def _only(names: list[str], kind: str, folder: Path) -> str | None:
    if len(names) > 1:
        raise ContractError(
            f"holds {len(names)} {kind} documents: {', '.join(names)}",
            place=str(folder),
            next_step="Keep one in the folder, or name the file itself as the contract.",
        )
    return names[0] if names else None


def _overlaid(documents: dict[str, Document], overlays: list[str], openapi: list[str]) -> dict[str, Document]:
    for name in overlays:
        check_document(documents[name], "overlay")
        extends = str(documents[name].data.get("extends", openapi[0] if openapi else ""))
        target = extends.removeprefix("./")
        if target not in documents:
            raise ContractError(
                f"extends {extends!r}, which is not in the contract",
                place=documents[name].place("/extends"),
                next_step="Name a document of the folder.",
            )
        documents[target] = apply_overlay(documents[target], documents[name])
    return documents


def _checked_openapi(documents: dict[str, Document], name: str, foreign: set[str]) -> dict[str, Document]:
    """Return *documents* in the terms of OpenAPI 3.1 and 3.2; what belongs to another kind, the *foreign* ones, is."""
    document = documents[name]
    version = str(document.data["openapi"])
    if version.startswith(("3.1", "3.2")):
        check_document(replace(document, data=without_dialect(document.data)), f"openapi-{version[:3]}")
        return documents
    if version.startswith("3.0"):
        check_document(document, "openapi-3.0")
        return _modernised(documents, foreign)
    raise ContractError(
        f"is OpenAPI {version[:20]}; accord reads 3.0, 3.1 and 3.2",
        place=document.place("/openapi"),
        next_step="Publish the document as OpenAPI 3.1 or 3.2.",
    )


def _of_drafts(documents: dict[str, Document]) -> dict[str, Document]:
    """Return *documents*, the schemas of all that may hold some of an older draft in the terms of 2020-12."""
    others = {"openapi", "arazzo", "overlay"}
    return {
        key: item if others & item.data.keys() else replace(item, data=modernise_drafts(item.data))
        for key, item in documents.items()
    }


def _channels(library: Library, asyncapi: str | None, bundle: str | None) -> tuple[Channel, ...]:
    if asyncapi:
        return read_channels(library, asyncapi)
    return read_bundle(library, bundle) if bundle else ()


def _modernised(documents: dict[str, Document], foreign: set[str]) -> dict[str, Document]:
    return {
        key: item if key in foreign else replace(item, data=modernise(item.data))
        for key, item in documents.items()
    }


def _check_security(
    library: Library, operations: tuple[Operation, ...], schemes: Mapping[str, SecurityScheme]
) -> None:
    for operation in operations:
        for name in {name for alternative in operation.security for name in alternative}:
            if name not in schemes:
                raise ContractError(
                    f"needs security scheme {name!r}, which is not declared",
                    place=library.place(operation.uri),
                    next_step="Declare it under components/securitySchemes, or correct the name.",
                )


def _workflows(documents: dict[str, Document], names: list[str]) -> tuple[Workflow, ...]:
    workflows: list[Workflow] = []
    for name in names:
        check_document(documents[name], "arazzo")
        workflows.extend(read_workflows(cast("Any", documents[name].data), place=name))
    return tuple(workflows)
