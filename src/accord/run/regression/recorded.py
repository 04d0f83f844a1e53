"""A side that was recorded: its answers by scene, and how to ask another side the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from accord.cases.aim import Aim, Intent
from accord.contract.contract import Contract
from accord.contract.description import digest
from accord.contract.openapi import Operation
from accord.errors import RecordingError
from accord.exchange.recording import Mark, read_marked
from accord.exchange.reproduce import curl, script
from accord.exchange.secrets import MASK, Secrets, is_secret_header
from accord.exchange.values import Exchange, Session
from accord.findings.regression.take import Take, identities
from accord.findings.regression.talk import identities_of
from accord.run.corpus.learning import DEFAULT, NOBODY
from accord.run.corpus.origin import Origins
from accord.run.corpus.stored import Corpus, Step, StoredCase, collected, read_case
from accord.run.regression.scene import Answer, Chain, Scene

_MAXIMUM_BYTES = 1024 * 1024 * 1024
_RECORD = "Record it anew with `accord record`."


END = Mark(name="the end of the recording")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A recording: for each key the answers, one for each time that it was asked.

    ``corpus`` are the cases that were played; ``marked`` tells a recording of cases from one of a run, of
    which ``left_out`` exchanges cannot be asked again by themselves.
    """

    path: Path
    corpus: Corpus
    answers: Mapping[str, tuple[Answer, ...]]
    known: frozenset[str]
    marked: bool
    left_out: int = 0

    def keys(self, scene: Scene) -> tuple[str, ...]:
        """Return the keys of *scene* in this recording."""
        if isinstance(scene, Chain):
            return (scene.name,) if scene.name in self.answers else ()
        return tuple(key for key in self.answers if key.startswith(f"{scene.name}/"))

    def mask(self, evidence: Exchange | Session) -> Exchange | Session:
        """Return *evidence*: it was masked before it was written."""
        return evidence

    def reproduce(self, evidence: Exchange | Session) -> str:
        """Return the command that says the same again."""
        if isinstance(evidence, Exchange):
            return curl(evidence.request, secrets=Secrets())
        return script(evidence, secrets=Secrets())


def is_recording(name: object) -> bool:
    """Tell whether *name* is a file, and so a recording, and no service."""
    if not isinstance(name, str):
        return False
    try:
        return Path(name).is_file() or name.endswith((".ndjson", ".jsonl"))
    except (OSError, ValueError):
        return False


def read_recording(path: Path, contract: Contract) -> Recorded:
    """Return the recording at *path*.

    Raises ``RecordingError`` for one that cannot be read, that is of another contract, or that ends too early.
    """
    cases: dict[str, StoredCase] = {}
    said: dict[str, list[Answer]] = {}
    runs: dict[str, list[Exchange]] = {}
    loose: list[Exchange] = []
    known: set[str] = set()
    name = ""
    _check_size(path)
    for number, item in enumerate(read_marked(path), 1):
        if isinstance(item, Mark):
            _finish(name, cases, said, runs, path)
            name = item.name
            if item.case is not None:
                cases[name] = read_case(orjson.dumps(item.case), f"{path}:{number}")
        elif isinstance(item, Session):
            known |= identities_of(item)
            said.setdefault(name or f"websocket/{item.channel}/{item.script}", []).append(item)
        else:
            known |= identities(item)
            (runs.setdefault(name, []) if name else loose).append(item)
    _finish(name, cases, said, runs, path)
    if name not in ("", END.name):
        raise RecordingError("was cut off: its end is missing", place=str(path), next_step=_RECORD)
    _check(path, contract, [*cases.values()], loose, said)
    left_out = 0
    if not cases:
        found = tuple(_of_run(contract, loose))
        left_out = len(loose) - len(found)
        for case, exchange in found:
            chain = Chain(operation=contract.operation(case.operation), case=case)
            cases[chain.name] = case
            said.setdefault(chain.name, []).append(Take(exchanges=(exchange,)))
    return Recorded(
        path=path,
        corpus=collected(cases.values()),
        answers={key: tuple(items) for key, items in said.items()},
        known=frozenset(known),
        marked=bool(cases) and not loose,
        left_out=left_out,
    )


def _check_size(path: Path) -> None:
    if path.is_file() and path.stat().st_size > _MAXIMUM_BYTES:
        raise RecordingError(
            f"has more than {_MAXIMUM_BYTES} bytes",
            place=str(path),
            next_step="Record fewer operations, with --operation.",
        )


def _finish(
    name: str,
    cases: Mapping[str, StoredCase],
    said: dict[str, list[Answer]],
    runs: dict[str, list[Exchange]],
    path: Path,
) -> None:
    """Add the exchanges of the case that ends here; a case of which steps are missing was cut off."""
    exchanges = runs.pop(name, [])
    if name in cases and len(exchanges) < len(cases[name].steps):
        raise RecordingError(
            f"ends within the case {name!r}: {len(exchanges)} of {len(cases[name].steps)} requests are there",
            place=str(path),
            next_step=_RECORD,
        )
    if exchanges:
        said.setdefault(name, []).append(Take(exchanges=tuple(exchanges)))


def _check(
    path: Path,
    contract: Contract,
    cases: list[StoredCase],
    loose: list[Exchange],
    said: Mapping[str, list[Answer]],
) -> None:
    named = {case.operation for case in cases} | {item.operation for item in loose if item.operation}
    operations = {item.id for item in contract.operations}
    if not named and not said:
        raise RecordingError("holds nothing that could be asked again", place=str(path), next_step=_RECORD)
    foreign = named - operations
    if named and len(foreign) * 2 > len(named):
        raise RecordingError(
            f"is of another contract: {contract.title!r} has no operation {min(foreign)!r}",
            place=str(path),
            next_step="Name the contract that it was made for with --contract, or record again.",
        )


def _of_run(contract: Contract, exchanges: list[Exchange]) -> Iterator[tuple[StoredCase, Exchange]]:
    """Yield the exchanges of a run that stand by themselves, each as a case.

    Left out is what names an id that the service had given out, what holds a secret, and what was refused for a
    credential that nobody knows any more.
    """
    operations = {item.id: item for item in contract.operations}
    digests = {item.id: digest(contract, item) for item in contract.operations}
    origins = Origins()
    for exchange in exchanges:
        origins.hear(exchange)
        operation = operations.get(exchange.operation or "")
        status = exchange.response.status if exchange.response and exchange.lapse is None else None
        step = _step(operation, exchange) if operation and status and not origins.of(exchange) else None
        if step is None or operation is None or status is None:
            continue
        if step.caller == DEFAULT and status in (401, 403):
            continue
        case = StoredCase(
            operation=operation.id,
            description=digests[operation.id],
            aim=Aim(intent=Intent.STEP, phase="recording"),
            status=status,
            steps=(step,),
        )
        yield case, exchange


def _step(operation: Operation, exchange: Exchange) -> Step | None:
    request = exchange.request
    if request.method != operation.method or MASK.encode() in request.body or MASK in request.url:
        return None
    target = _target(operation, request.url)
    if target is None:
        return None
    shown = any(map(_is_credential, request.headers))
    try:
        body: str | bytes = request.body.decode().replace("${", "${}")
    except UnicodeDecodeError:
        body = request.body
    kept = tuple(
        pair
        for pair in request.headers
        if not _is_credential(pair) and pair[0].lower() not in ("content-length", "host")
    )
    return Step(
        operation=operation.id,
        caller=DEFAULT if shown else NOBODY,
        method=request.method,
        target=target.replace("${", "${}"),
        headers=kept,
        body=body,
    )


def _is_credential(header: tuple[str, str]) -> bool:
    name, value = header
    return is_secret_header(name) or MASK in value


def _target(operation: Operation, url: str) -> str | None:
    """Return what of *url* follows the address of the service: the path of *operation*, filled in, and the query."""
    address, question, query = url.partition("?")
    parts = (re.escape(part) for part in re.split(r"\{[^}]*\}", operation.path))
    found = re.search(f"(?:{'[^/]+'.join(parts)})$", address)
    return f"{found[0]}{question}{query}" if found else None
