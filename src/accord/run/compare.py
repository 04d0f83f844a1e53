"""``accord compare`` without its command line: two sides read, compared, and the answer put together."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from accord.exchange import recording
from accord.exchange.wire import Headers
from accord.findings.approval import read_approvals
from accord.findings.changes.approval import approved
from accord.findings.changes.change import Change, Sender, Verdict
from accord.findings.changes.policy import Policy
from accord.findings.changes.result import Compared, Told
from accord.findings.changes.unchanged import is_unchanged
from accord.findings.finding import Severity
from accord.run.source.side import Network, Side, read_side

if TYPE_CHECKING:  # the client takes longer to import than most files to compare, and few need it
    from accord.run.source.document import Fetcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a comparison is asked; see ``accord compare --help`` for each."""

    policy: Policy = Policy.OPEN
    seconds: float = 30.0
    approvals: Path | None = None
    hosts: frozenset[str] = frozenset()
    sender: Sender | None = None
    """Who sends the messages of JSON Schemas that stand alone; None for both sides."""
    usage: Path | None = None
    replay: str | None = None
    headers: Headers = ()
    severities: Mapping[str, Severity] = field(default_factory=dict)
    off: frozenset[str] = frozenset()
    months: int = 0
    """For how many months after its announced sunset a thing must stay."""
    today: date = field(default_factory=lambda: datetime.now(UTC).date())


def compare(old: str, new: str, options: Options) -> Compared:
    """Compare what *old* and *new* name: a file, a folder, a URL, a service or ``revision:path``.

    Raises an ``AccordError`` when one of them cannot be read.
    """
    began = time.monotonic()
    network = _network(options)
    with uncollected():
        before = read_side(old, network)
        compared = compare_sides(before, read_side(new, network, before.contract), options)
    return replace(compared, seconds=time.monotonic() - began)


def compare_sides(old: Side, new: Side, options: Options) -> Compared:
    """Compare two contracts that have been read; raises an ``AccordError`` as ``compare`` does."""
    began = time.monotonic()
    approvals = read_approvals(options.approvals) if options.approvals is not None else ()
    before, after = _sent(old, options), _sent(new, options)
    same = is_unchanged(before.contract, after.contract)
    changes = _weighed(() if same else _changes(before, after, options), options)
    told, notices = approved(tuple(_told(changes, before, after)), approvals, options.today)
    if options.usage is not None:
        from accord.findings.changes.usage import with_usage  # noqa: PLC0415 - as long as what compares

        told = with_usage(told, recording.read(options.usage), before.contract)
    if options.replay is not None:
        from accord.run.rehearsal import rehearsed  # noqa: PLC0415

        told = rehearsed(told, options.replay, seconds=options.seconds, headers=options.headers)
    return Compared(
        accord=version("accord"),
        old=old.name,
        new=new.name,
        old_title=_title(before),
        new_title=_title(after),
        policy=options.policy,
        changes=told,
        notices=notices,
        seconds=time.monotonic() - began,
    )


def _changes(old: Side, new: Side, options: Options) -> tuple[Change, ...]:
    from accord.findings.changes import contracts  # noqa: PLC0415 - its validators take long to import

    return contracts.compare(
        old.contract, new.contract, options.policy, months=options.months, today=options.today
    )


def _network(options: Options) -> Network:
    """Return the network, whose client is imported when a side is there."""

    @cache
    def fetcher() -> Fetcher:
        from accord.run.source.document import Fetcher  # noqa: PLC0415

        return Fetcher(seconds=options.seconds, hosts=options.hosts)

    return Network(
        copied=lambda url, folder: fetcher().copied(url, folder),
        fetch=lambda url, place: fetcher().referenced(url, place),
    )


def _weighed(changes: Iterable[Change], options: Options) -> tuple[Change, ...]:
    """Return *changes* with the severities of the settings, the gravest first; what is safe stays a note."""
    weighed = (
        change
        if change.verdict is Verdict.SAFE
        else replace(change, severity=options.severities.get(change.rule, change.severity))
        for change in changes
        if change.rule not in options.off
    )
    return tuple(sorted(weighed, key=lambda change: change.severity.rank))


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the collector of cycles still: documents are large and hold none, and it takes a third of the time."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _sent(side: Side, options: Options) -> Side:
    """Return *side* with the sender that *options* give to schemas with no document around them."""
    contract = side.contract
    if options.sender is None or contract.openapi or contract.asyncapi:
        return side
    client, server = options.sender is Sender.CLIENT, options.sender is Sender.SERVER
    channels = tuple(
        replace(
            channel,
            messages=tuple(
                replace(item, from_client=client, from_server=server) for item in channel.messages
            ),
        )
        for channel in contract.channels
    )
    return replace(side, contract=replace(contract, channels=channels))


def _title(side: Side) -> str:
    return f"{side.contract.title} {side.contract.version}".strip()


def _told(changes: Iterable[Change], old: Side, new: Side) -> Iterable[Told]:
    for change in changes:
        old_path, old_line, old_column = _where(old, change.old_place)
        new_path, new_line, new_column = _where(new, change.new_place)
        yield Told(
            change=change,
            old_path=old_path,
            old_line=old_line,
            old_column=old_column,
            new_path=new_path,
            new_line=new_line,
            new_column=new_column,
        )


def _where(side: Side, place: str) -> tuple[str, int | None, int | None]:
    """Return path, line and column of ``file#/pointer``."""
    file = place.partition("#")[0]
    return (side.path(file) if file else "", *((side.contract.mark(place) if file else None) or (None, None)))
