"""The corpus: cases worth playing again, one a line of a file that people may read, commit and compare.

A stored case is a short chain of requests; the last one is the case, those before it make what it
needs. What the service itself gave out is never stored: ``${0#/id}`` stands for what the answer to
the first request of the chain has at ``/id``, and ``${}`` for ``${``.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeAlias, cast

import jsonschema_rs
import orjson

from accord.cases.aim import Aim, Intent, Judgement
from accord.contract.pointer import from_path
from accord.errors import ConfigurationError

MAXIMUM_BYTES = 16 * 1024 * 1024
MAXIMUM_CASES = 10_000
_ADVICE = "Restore the file, or delete it and let a run without --exploration none write it anew."
_FIRST_LINE = {"corpus": "accord", "version": 1}

_Object: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One request of a chain; ``target`` follows the base URL.

    ``caller`` is ``default``, ``nobody``, or the name of a bad credential: what showed it is left out.
    """

    operation: str
    caller: str
    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: str | bytes = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCase:
    """One case: why it was sent, what came, what schemathesis said of it, and how to send it again.

    ``description`` is the digest of what the contract said of the operation then; ``found`` names the
    rules that found something, which is why a failing case is kept.
    """

    operation: str
    description: str
    aim: Aim
    status: int
    judgements: tuple[Judgement, ...] = ()
    found: tuple[str, ...] = ()
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Stored cases by operation, in a fixed order."""

    cases: Mapping[str, tuple[StoredCase, ...]]

    def __len__(self) -> int:
        """Return how many cases there are."""
        return sum(map(len, self.cases.values()))


EMPTY = Corpus(cases={})


def stored(path: Path | None, *, needed: bool) -> Corpus:
    """Return the corpus at *path*, an empty one where there is none yet and none is *needed*."""
    if path is None or not (needed or path.exists()):
        return EMPTY
    return read_corpus(path)


def collected(cases: Iterable[StoredCase]) -> Corpus:
    """Return *cases* as a corpus: each once, in the order of their lines."""
    lines = {write_case(item): item for item in cases}
    table: dict[str, list[StoredCase]] = {}
    for line in sorted(lines, key=lambda line: (lines[line].operation, line)):
        table.setdefault(lines[line].operation, []).append(lines[line])
    return Corpus(cases={name: tuple(items) for name, items in table.items()})


def read_corpus(path: Path) -> Corpus:
    """Return the corpus at *path*.

    Raises ``ConfigurationError``, with file and line, for a file that is none or has no end.
    """
    try:
        with path.open("rb") as stream:
            text = stream.read(MAXIMUM_BYTES + 1)
    except OSError as problem:
        raise _refused(path, f"the corpus cannot be read: {problem.strerror}") from None
    lines = text.splitlines()
    if len(text) > MAXIMUM_BYTES or len(lines) > MAXIMUM_CASES + 1:
        raise _refused(path, f"the corpus has more than {MAXIMUM_BYTES} bytes or {MAXIMUM_CASES} cases")
    if not lines or _parsed(lines[0], f"{path}:1") != _FIRST_LINE:
        raise _refused(f"{path}:1", "is not the first line of a corpus that this version reads")
    return collected(read_case(line, f"{path}:{at}") for at, line in enumerate(lines[1:], 2) if line.strip())


def write_corpus(corpus: Corpus, path: Path) -> None:
    """Write *corpus* to *path*, whole or not at all; raises ``ConfigurationError`` when it cannot be."""
    first = orjson.dumps(_FIRST_LINE).decode()
    lines = [first, *(write_case(item) for items in corpus.cases.values() for item in items)]
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(("\n".join(lines) + "\n").encode())
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as problem:
        reason = f"the corpus cannot be written: {problem.strerror}"
        raise ConfigurationError(
            reason, place=str(path), next_step="Name a file in a directory that exists."
        ) from None


def name_of(case: StoredCase) -> str:
    """Return eight hex digits that name *case*: of what is sent, not of what came."""
    said = orjson.dumps([_dump_step(step) for step in case.steps])
    return hashlib.sha256(said).hexdigest()[:8]


def write_case(case: StoredCase) -> str:
    """Return *case* as one line, without its end."""
    aim = {"intent": case.aim.intent, "phase": case.aim.phase, "location": case.aim.location}
    more = {"path": list(case.aim.path), "keyword": case.aim.keyword, "variant": case.aim.variant}
    document = {
        "operation": case.operation,
        "aim": {name: value for name, value in {**aim, **more}.items() if value},
        "status": case.status,
        "description": case.description,
        "found": case.found,
        "judgements": [
            {"kind": item.kind, "message": item.message}
            | {"expected": item.expected, "seen": item.seen, "subject": item.subject}
            for item in case.judgements
        ],
        "steps": [_dump_step(step) for step in case.steps],
    }
    return orjson.dumps({name: value for name, value in document.items() if value}).decode()


def _dump_step(step: Step) -> _Object:
    body = {"text": step.body} if isinstance(step.body, str) else {"base64": base64.b64encode(step.body)}
    document: _Object = {"operation": step.operation, "caller": step.caller, "method": step.method}
    document |= {"target": step.target, "headers": step.headers}
    if step.body:
        document |= {
            name: value.decode() if isinstance(value, bytes) else value for name, value in body.items()
        }
    return {name: value for name, value in document.items() if value}


def read_case(line: bytes, place: str) -> StoredCase:
    """Return the case that *line* holds; raises ``ConfigurationError``, with *place*, for anything else."""
    document = _parsed(line, place)
    error = next(iter(_validator().iter_errors(document)), None)
    if error is not None:
        at = from_path(error.instance_path) or "its root"
        raise _refused(place, f"is not a case of a corpus: {error.message[:300]} at {at}")
    item = cast("_Object", document)
    aim = item["aim"]
    try:
        return StoredCase(
            operation=item["operation"],
            description=item["description"],
            aim=Aim(**{**aim, "intent": Intent(aim["intent"]), "path": tuple(aim.get("path", ()))}),
            status=int(item["status"]),
            judgements=tuple(Judgement(**entry) for entry in item.get("judgements", ())),
            found=tuple(item.get("found", ())),
            steps=tuple(_read_step(step) for step in item["steps"]),
        )
    except ValueError as problem:
        raise _refused(place, f"is not a case of a corpus: {problem}") from None


def _read_step(step: _Object) -> Step:
    body = base64.b64decode(step["base64"], validate=True) if "base64" in step else step.get("text", "")
    return Step(
        operation=step["operation"],
        caller=step["caller"],
        method=step["method"],
        target=step["target"],
        headers=tuple((name, value) for name, value in step.get("headers", ())),
        body=body,
    )


def _parsed(line: bytes, place: str) -> object:
    try:
        return cast("object", orjson.loads(line))
    except ValueError as problem:
        raise _refused(place, f"is not JSON: {problem}") from None


def _refused(place: object, reason: str) -> ConfigurationError:
    return ConfigurationError(reason, place=str(place), next_step=_ADVICE)


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    text = files("accord.run.corpus").joinpath("corpus.schema.json").read_bytes()
    return jsonschema_rs.Draft202012Validator(orjson.loads(text), mask="the value")
