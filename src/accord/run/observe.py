"""``accord observe`` without its command line: traffic counted by the places of a contract, and held against it."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from accord.contract.asyncapi import Channel
from accord.contract.contract import Contract
from accord.errors import ConfigurationError
from accord.exchange import har
from accord.exchange.message_lines import Form, form_of, read_lines
from accord.exchange.secrets import Secrets
from accord.exchange.spoken import read_spoken
from accord.findings import catalogue
from accord.findings.finding import Outcome, Severity, Verdict
from accord.findings.observed.observation import CLIENT, SERVER, Observation
from accord.findings.observed.place import Atlas
from accord.findings.observed.sight import ASKED, LEAST, TrafficObservation, sights
from accord.findings.observed.watcher import Watcher
from accord.findings.result import Counts, Coverage, Run
from accord.findings.rule import Subject
from accord.findings.tally import Tally, distinct

STAGE = "traffic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """What messages that stand alone in a file are: of which channel, sent by which side, and which message."""

    channel: str | None = None
    side: str = SERVER
    message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """The rules about traffic that are switched on, and their severities.

    From ``least`` values on it is told what never came; ``clients`` tells that what they say is held
    against the contract as well.
    """

    severities: Mapping[str, Severity] = field(default_factory=dict)
    switched_off: frozenset[str] = frozenset()
    least: int = LEAST
    clients: bool = False


def observe(contract: Contract, sources: Iterable[Path], naming: Naming) -> Observation:
    """Return what *sources* show of *contract*: HAR files, recordings, or files of one message a line.

    Raises ``RecordingError`` for a source that cannot be read, ``ConfigurationError`` where nothing
    says what the messages are.
    """
    watcher = Watcher(contract)
    with _without_collection():
        for path in sources:
            _watch(watcher, path, naming)
        return watcher.finish()


def _watch(watcher: Watcher, path: Path, naming: Naming) -> None:
    form = form_of(path)
    if form is Form.HAR:
        for said in har.read(path, skip=watcher.skip):
            watcher.take(said)
    elif form is Form.RECORDING:
        for heard in read_spoken(path):
            watcher.take(heard)
    else:
        channel = _channel(watcher.contract, path, naming)
        watcher.messages(read_lines(path), channel, naming.side, name=naming.message)


def _channel(contract: Contract, path: Path, naming: Naming) -> Channel:
    known = [item.id for item in contract.channels]
    if not known:
        raise ConfigurationError(
            "holds messages, and the contract describes none",
            place=str(path),
            next_step="Name the contract of the messages with --contract.",
        )
    name = naming.channel or (known[0] if len(known) == 1 else None)
    if name not in known:
        raise ConfigurationError(
            f"there is no channel {name!r}" if name else "nothing says of which channel the messages are",
            place="--channel",
            next_step=f"Name one of {', '.join(known)}.",
        )
    channel = next(item for item in contract.channels if item.id == name)
    names = [item.name for item in channel.messages]
    if naming.message is not None and naming.message not in names:
        raise ConfigurationError(
            f"channel {name} has no message {naming.message!r}",
            place="--message",
            next_step=f"Name one of {', '.join(names)}.",
        )
    return channel


@contextmanager
def _without_collection() -> Iterator[None]:
    """Keep Python from looking for circles: parsed JSON has none, and there is much of it."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def hold(contract: Contract, observation: Observation, holding: Holding, *, sources: str) -> Run:
    """Return what the rules about traffic find in *observation*; *sources* is where it comes from, in words."""
    started, clock = time.time(), time.monotonic()
    outcomes = tuple(_outcomes(contract, observation, holding))
    statuses: dict[str, dict[str, int]] = {}
    for (operation, status), number in observation.exchanges.items():
        statuses.setdefault(operation, {})[status or "none"] = number
    return Run(
        accord=version("accord"),
        contract=f"{contract.title} {contract.version}".strip(),
        target=sources,
        seed=0,
        started=started,
        seconds=time.monotonic() - clock,
        findings=distinct(outcomes),
        outcomes=outcomes,
        coverage=Coverage(statuses=statuses, undocumented={}, messages=_messages(observation)),
        counts=Counts(
            operations=len(statuses),
            cases=sum(observation.exchanges.values()),
            messages=observation.messages(),
        ),
    )


def _messages(observation: Observation) -> dict[str, int]:
    return {
        f"{root.owner}/{root.form}": count.seen
        for root, count in sorted(observation.bodies.items(), key=lambda item: item[0])
        if root.part in (SERVER, CLIENT)
    }


def _outcomes(contract: Contract, observation: Observation, holding: Holding) -> Iterator[Outcome]:
    rules = [
        rule
        for rule in catalogue.rules()
        if rule.subject is Subject.TRAFFIC and rule.id not in holding.switched_off
    ]
    mask = Secrets().mask
    reached: set[str] = set()
    for place, parts in _parts(contract, observation, holding):
        tally = Tally(
            contract=contract,
            rules=rules,
            severities=holding.severities,
            reproduce=lambda _: "",
            mask=lambda evidence: evidence,
            mask_text=mask,
        )
        for part in parts:
            tally.take(part)
        outcomes = tally.outcomes(f"{STAGE}/{place}")
        reached |= {outcome.rule for outcome in outcomes}
        yield from outcomes
    for rule in rules:
        if rule.id not in reached:
            reason = f"the traffic shows nothing of it, or fewer than {holding.least} values"
            yield Outcome(rule=rule.id, place=STAGE, verdict=Verdict.NOT_REACHED, reason=reason)


def _parts(
    contract: Contract, observation: Observation, holding: Holding
) -> Iterator[tuple[str, list[TrafficObservation]]]:
    """Yield the name of each part of the contract, with what is observed of it."""
    atlas, least = Atlas(contract.library), holding.least
    seen: dict[str, list[TrafficObservation]] = {}
    for sight in sights(contract, atlas, observation):
        if sight.root.part in ASKED and not holding.clients:
            continue
        part = TrafficObservation(whole=observation, part=sight, least=least)
        seen.setdefault(sight.root.owner, []).append(part)
    yield "all", [TrafficObservation(whole=observation, part=None, least=least)]
    for operation in contract.operations:
        own = TrafficObservation(whole=observation, part=operation, least=least)
        yield operation.id, [own, *seen.get(operation.id, [])]
    speaking = (SERVER, CLIENT) if holding.clients else (SERVER,)
    for channel in contract.channels:
        sides = [
            TrafficObservation(whole=observation, part=(channel, side), least=least) for side in speaking
        ]
        yield channel.id, [*sides, *seen.get(channel.id, [])]
