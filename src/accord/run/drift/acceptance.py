"""What a service publishes taken as its contract: documents written as people read them, whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import yaml

from accord.contract.document import parse_document, read_document
from accord.contract.openapi import ADDITIONAL, METHODS
from accord.contract.pointer import Json
from accord.errors import ConfigurationError, ContractError
from accord.run.drift.patch import patched
from accord.run.drift.published import unnamed
from accord.run.source.side import Side

_METHODS = frozenset({*METHODS, ADDITIONAL})


def readable(name: str, content: bytes) -> bytes:
    """Return the document *content* as a file called *name* should hold it: in lines, and in the order it has.

    What would not be the same document afterwards stays as it is.
    """
    try:
        data = parse_document(content.decode("utf-8-sig"), name=name).data
        text = _text(name, data, content)
        same = parse_document(text, name=name).data == data
        return text.encode() if same else content
    except (UnicodeError, ContractError, yaml.YAMLError, RecursionError):
        return content


def _text(name: str, data: Mapping[str, Json], content: bytes) -> str:
    if name.endswith(".json"):
        return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    if content.lstrip().startswith(b"{"):
        return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=110)
    return content.decode("utf-8-sig")


def differing(files: Mapping[str, bytes], folder: Path) -> dict[str, bytes]:
    """Return those of *files* that *folder* does not hold as they are, each as it should be held.

    A YAML document that differs at some places only is changed there.
    """
    found = {}
    for name, content in files.items():
        path = folder / name
        made = _edited(name, content, path) or readable(name, content)
        if not path.is_file() or path.read_bytes() != made:
            found[name] = made
    return found


def _edited(name: str, content: bytes, path: Path) -> bytes | None:
    """Return the file at *path* with what *content* says otherwise; None where it had to be another file."""
    if path.suffix == ".json" or not path.is_file():
        return None
    try:
        data = parse_document(content.decode("utf-8-sig"), name=name).data
        text = patched(path.read_bytes().decode(), data, name=name)
    except (UnicodeError, ContractError, RecursionError):
        return None
    return text.encode() if text is not None else None


def parted(files: Mapping[str, bytes], committed: Side) -> dict[str, bytes]:
    """Return *files* with the OpenAPI document as that of *committed* with the part in it.

    A path of the part without methods is taken out, the methods of another one put in; components
    of the part take the place of those of their names.
    """
    name = committed.contract.openapi or ""
    if name not in files:
        return dict(files)
    path = committed.contract.folder / name
    whole, part = read_document(path, name=name).data, parse_document(files[name].decode(), name=name).data
    paths = _object(whole, "paths")
    known = {unnamed(item): item for item in paths}
    for item, value in _object(part, "paths").items():
        own = known.get(unnamed(item), item)
        if not _METHODS & set(value if isinstance(value, dict) else ()):
            paths.pop(own, None)
        else:
            paths[own] = _joined(_object(paths, own), _object({"": value}, ""))
    components = _object(whole, "components")
    for section, values in _object(part, "components").items():
        components[section] = {**_object(components, section), **_object({"": values}, "")}
    whole = {**whole, "paths": paths, "components": components}
    return {**files, name: json.dumps(whole, ensure_ascii=False).encode()}


def _joined(item: dict[str, Json], part: dict[str, Json]) -> dict[str, Json]:
    """Return a path item with the methods of another one put in."""
    more = {**_object(item, ADDITIONAL), **_object(part, ADDITIONAL)}
    return {**item, **part, **({ADDITIONAL: more} if more else {})}


def _object(data: Mapping[str, Json], name: str) -> dict[str, Json]:
    value = data.get(name)
    return dict(value) if isinstance(value, dict) else {}


def losses(files: Mapping[str, bytes], folder: Path) -> Iterator[str]:
    """Yield a line for each file of *folder* that has comments, of which *files* have none."""
    for name, content in files.items():
        path = folder / name
        if path.suffix == ".json" or not path.is_file():
            continue
        comments = _comments(path.read_bytes())
        if comments and not comments & _comments(content):
            yield f"{name} is written anew, as it differs at many places: its comments and its order are lost"


def _comments(content: bytes) -> set[bytes]:
    return {line.strip() for line in content.splitlines() if line.lstrip().startswith(b"#")}


def write(files: Mapping[str, bytes], folder: Path) -> None:
    """Put *files* into *folder*, each whole or not at all, and none before all are on the disk.

    Raises ``ConfigurationError`` where that cannot be done; what was there is then still there.
    """
    waiting: list[tuple[Path, Path]] = []
    try:
        for name, content in files.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            waiting.append((_put_beside(target, content), target))
        for path, target in waiting:
            path.replace(target)
    except OSError as error:
        raise ConfigurationError(
            f"the contract cannot be written: {error.strerror or error}",
            place=str(folder),
            next_step="Make it writable, and room on the disk.",
        ) from error
    finally:
        for path, _ in waiting:
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _put_beside(target: Path, content: bytes) -> Path:
    """Write *content* beside *target*, on the disk, with the rights that *target* has; returns where."""
    number, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    path = Path(name)
    try:
        with os.fdopen(number, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        path.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o644)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return path
