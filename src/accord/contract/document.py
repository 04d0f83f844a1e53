"""A document of a contract: YAML or JSON text with the line of every value.

YAML is read event by event, so that depth, aliases and size are bounded before anything is built.
Scalars follow YAML 1.2's core schema: ``on`` and ``2024-01-15`` are strings, as OpenAPI expects.
"""

from __future__ import annotations

import math
import re
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from accord.contract.events import events
from accord.contract.json_text import MAXIMUM_DEPTH, MAXIMUM_DIGITS, MAXIMUM_NODES, parse_json
from accord.contract.mark import Mark, marks
from accord.contract.pointer import Json
from accord.contract.position import positions
from accord.errors import ContractError

MAXIMUM_BYTES = 64 * 1024 * 1024

_INTEGER = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One parsed document; ``name`` is its path relative to the contract, ``text`` what was read."""

    name: str
    data: dict[str, Json]
    text: str = field(repr=False, compare=False)
    # Kept here as well: to find them by a long text again, one would have to compare it.
    _marks: dict[str, Mark] = field(default_factory=dict, repr=False, compare=False)

    def line(self, pointer: str) -> int | None:
        """Return the line, counted from 1, of what *pointer* names, or of its nearest parent."""
        mark = self.mark(pointer)
        return mark[0] if mark else None

    def mark(self, pointer: str) -> Mark | None:
        """Return line and column of what *pointer* names, or of its nearest parent."""
        if self.text.startswith("{"):
            # As a rule it is JSON; YAML in braces is read event by event.
            with suppress(ValueError, RecursionError):
                return positions(self.text).mark(pointer)
        if not self._marks:
            self._marks.update(marks(self.text))
        while pointer not in self._marks and pointer:
            pointer = pointer.rpartition("/")[0]
        return self._marks.get(pointer)

    def place(self, pointer: str) -> str:
        """Return ``file:line#/pointer`` for an error message."""
        line = self.line(pointer)
        return f"{self.name}:{line}#{pointer}" if line else f"{self.name}#{pointer}"


def read_document(path: Path, *, name: str | None = None) -> Document:
    """Read the YAML or JSON object at *path*.

    Raises ``ContractError`` that names file and line when it cannot be read, is no mapping, has a
    member twice, or passes the limits on size, depth and aliases.
    """
    name = name or path.name
    try:
        if path.stat().st_size > MAXIMUM_BYTES:
            raise ContractError(
                f"the document is larger than {MAXIMUM_BYTES // 1024 // 1024} MB",
                place=name,
                next_step="Split it into files that refer to each other.",
            )
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ContractError(
            f"cannot be read: {error.strerror or error}",
            place=str(path),
            next_step="Check the path and its rights.",
        ) from error
    except UnicodeDecodeError as error:
        raise ContractError(
            f"is not UTF-8 text (byte {error.start})", place=str(path), next_step="Save it as UTF-8."
        ) from error
    return parse_document(text, name=name)


def parse_document(text: str, *, name: str) -> Document:
    """Parse *text*; raises ``ContractError`` as ``read_document`` does."""
    try:
        known = parse_json(text)
        data = _build(text, name) if known is None else known
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f":{mark.line + 1}" if mark else ""
        raise ContractError(
            f"is not valid YAML or JSON: {error.problem or error.context}",
            place=f"{name}{line}",
            next_step="Correct the syntax at that line.",
        ) from error
    except yaml.YAMLError as error:
        raise ContractError(f"is not valid YAML or JSON: {str(error).splitlines()[0]}", place=name) from error
    if not isinstance(data, dict):
        raise ContractError(
            "is not a mapping of members", place=name, next_step="A contract document is an object."
        )
    return Document(name=name, data=data, text=text)


class _Builder:
    """The state of one pass over the events of a document."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.anchors: dict[str, tuple[Json, int]] = {}
        self.open: list[tuple[Any, Any, str | None, int]] = []
        self.merges: list[list[dict[str, Json]]] = []
        self.nodes = 0
        self.root: Json = None
        self.key: Any = _NO_KEY

    def fail(self, reason: str, event: Any, next_step: str) -> ContractError:
        return ContractError(reason, place=f"{self.name}:{event.start_mark.line + 1}", next_step=next_step)

    def count(self, size: int, event: Any) -> None:
        self.nodes += size
        if self.nodes > MAXIMUM_NODES:
            raise self.fail("has too many values, counting aliases", event, "Replace YAML aliases by $ref.")

    def start(self, container: dict[str, Json] | list[Json], event: Any) -> None:
        if len(self.open) >= MAXIMUM_DEPTH:
            raise self.fail(f"is nested deeper than {MAXIMUM_DEPTH} levels", event, "Flatten it with $ref.")
        self.open.append((container, self.key, event.anchor, self.nodes))
        self.merges.append([])
        self.key = _NO_KEY

    def end(self, event: Any) -> None:
        container, self.key, anchor, before = self.open.pop()
        for merged in self.merges.pop():
            self.count(len(merged), event)
            for name, value in merged.items():
                container.setdefault(name, value)
        if anchor:
            self.anchors[anchor] = (container, self.nodes - before + 1)
        self.add(container, event)

    def alias(self, event: Any) -> None:
        if event.anchor not in self.anchors:
            raise self.fail(
                f"alias *{event.anchor} stands inside or before its anchor", event, "Use $ref instead."
            )
        value, size = self.anchors[event.anchor]
        self.count(size, event)
        self.add(value, event)

    def scalar(self, event: Any) -> None:
        if self.open and isinstance(self.open[-1][0], dict) and self.key is _NO_KEY:
            self.take_key(event)
            return
        try:
            value = _scalar(event)
        except OverflowError as error:
            raise self.fail(
                str(error), event, "Write a number that JSON readers take, or quote it."
            ) from error
        if event.anchor:
            self.anchors[event.anchor] = (value, 1)
        self.add(value, event)

    def take_key(self, event: Any) -> None:
        if event.value == "<<" and event.implicit[0]:
            self.key = _MERGE
            return
        if event.value in self.open[-1][0]:
            raise self.fail(f"member {event.value!r} appears twice", event, "Keep one of the two.")
        if event.anchor:
            self.anchors[event.anchor] = (event.value, 1)
        self.key = event.value

    def add(self, value: Json, event: Any) -> None:
        self.count(1, event)
        if not self.open:
            self.root = value
            return
        container = self.open[-1][0]
        if isinstance(container, list):
            container.append(value)
            return
        if self.key is _NO_KEY:
            raise self.fail("a member name is not a plain string", event, "Quote it or give it a name.")
        if self.key is _MERGE:
            self.merges[-1].extend(self.merged(value, event))
        else:
            container[self.key] = value
        self.key = _NO_KEY

    def merged(self, value: Json, event: Any) -> list[dict[str, Json]]:
        """Return the mappings that a merge key names: YAML 1.1, but many documents are written so."""
        found = [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict)]
        if not found or (isinstance(value, list) and len(found) != len(value)):
            raise self.fail("merge key << names no mapping", event, "Name a mapping, or several in a list.")
        return found


_NO_KEY: Any = object()
_MERGE: Any = object()


def _build(text: str, name: str) -> Json:
    builder = _Builder(name)
    documents = 0
    for event in events(text):
        match event:
            case yaml.ScalarEvent():
                builder.scalar(event)
            case yaml.MappingStartEvent():
                builder.start({}, event)
            case yaml.SequenceStartEvent():
                builder.start([], event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                builder.end(event)
            case yaml.AliasEvent():
                builder.alias(event)
            case yaml.DocumentStartEvent():
                documents += 1
                if documents > 1:
                    raise builder.fail(
                        "holds more than one YAML document", event, "Keep one document in a file."
                    )
    return builder.root


def _scalar(event: Any) -> Json:
    text: str = event.value
    if event.tag in (None, "!") and not event.implicit[0]:
        return text
    if event.tag == "tag:yaml.org,2002:str":
        return text
    if text in _WORDS:
        return _WORDS[text]
    return _number(text) if text[0] in "+-.0123456789" else text


def _number(text: str) -> int | float | str:
    """Return the number that *text* spells, else *text*; raises ``OverflowError`` when no JSON reader takes it."""
    for pattern, base in ((_INTEGER, 10), (_OCTAL, 8), (_HEXADECIMAL, 16)):
        if pattern.fullmatch(text):
            if len(text) > MAXIMUM_DIGITS:
                raise OverflowError(f"holds a number of {len(text)} digits")
            return int(text if base == 10 else text[2:], base)
    if not _FLOAT.fullmatch(text):
        return text
    value = float(text)
    if math.isinf(value):
        raise OverflowError(f"holds the number {text[:40]}, which is too large")
    return value
