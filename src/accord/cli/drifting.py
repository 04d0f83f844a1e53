"""What the verbs about drift share: the question as settings and options put it, and its answer in words."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from accord.errors import ConfigurationError

if TYPE_CHECKING:
    from accord.config import Settings
    from accord.findings.finding import Severity
    from accord.run.drift.outbox import Posted
    from accord.run.drift.question import Asked, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the options say; None where they leave it to the settings."""

    target: str | None = None
    contract: Path | None = None
    headers: tuple[tuple[str, str], ...] = ()
    policy: str | None = None
    approvals: Path | None = None
    partial: bool = False
    timeout: float | None = None
    hosts: tuple[str, ...] = ()
    state: Path | None = None
    fail_on: str | None = None
    remind: str | None = None
    webhooks: tuple[str, ...] = ()
    receivers: tuple[str, ...] = ()
    chats: tuple[str, ...] = ()
    alerts: bool = True


def question(settings: Settings, given: Given) -> Question:
    """Return the question that *given* and *settings* put; raises ``ConfigurationError``."""
    from accord.findings.changes.policy import Policy  # noqa: PLC0415 - heavy, and not needed for --help
    from accord.run.compare import Options  # noqa: PLC0415
    from accord.run.drift.destination import given_destinations, read_destinations  # noqa: PLC0415
    from accord.run.drift.document import Wanted  # noqa: PLC0415
    from accord.run.drift.question import Question as Put  # noqa: PLC0415
    from accord.run.drift.settings import THRESHOLDS, read_drift  # noqa: PLC0415
    from accord.run.duration import seconds  # noqa: PLC0415
    from accord.run.opening import chosen_target  # noqa: PLC0415
    from accord.run.severities import read_severities  # noqa: PLC0415

    drift = read_drift(settings)
    if given.fail_on is not None:
        drift = replace(drift, fail_on=THRESHOLDS[given.fail_on])
    if given.remind is not None:
        drift = replace(drift, remind=seconds(given.remind, place="--remind"))
    drift = replace(drift, state=given.state or drift.state, timeout=given.timeout or drift.timeout)
    severities, off = read_severities(settings)
    destinations = (
        *(read_destinations(drift) if given.alerts else ()),
        *given_destinations(given.webhooks, given.receivers, given.chats, drift),
    )
    target = str(chosen_target(given.target, settings))
    return Put(
        wanted=Wanted(
            target=target,
            contract=contract_path(settings, given.contract),
            documents=drift.documents,
            headers=(*given.headers, *drift.headers),
            seconds=drift.timeout,
            partial=given.partial or drift.partial,
        ),
        options=Options(
            policy=Policy(given.policy) if given.policy else drift.policy,
            seconds=drift.timeout,
            approvals=given.approvals or drift.approvals,
            hosts=frozenset(given.hosts),
            severities=severities,
            off=off,
        ),
        drift=drift,
        destinations=destinations,
        accept=_accept(target, given),
        tells=given.alerts,
    )


def _accept(target: str, given: Given) -> str:
    """Return the command that takes what is published as the contract, with the options that matter to it."""
    words = ["accord", "accept", target.partition("?")[0] if "://" in target else target]
    words += ["--contract", str(given.contract)] if given.contract is not None else []
    words += ["--partial"] if given.partial else []
    return shlex.join(words)


def contract_path(settings: Settings, given: Path | None) -> Path:
    """Return where the committed contract is; raises ``ConfigurationError`` where there is none."""
    path = given or settings.contract
    if isinstance(path, Path):
        return path
    raise ConfigurationError(
        "the contract is what the service publishes, so it cannot leave it"
        if path
        else "no contract is named",
        place="[tool.accord] contract",
        next_step="Name the folder of a contract that you keep; `accord accept --contract FOLDER` makes one.",
    )


def counted(asked: Asked, fail_on: Severity | None) -> int:
    """Return the exit code: 2 where nothing was asked or remembered, 1 for drift, 0 for none that counts."""
    if asked.compared is None or asked.state is not None:
        return 2
    return 1 if asked.compared.counted(fail_on) else 0


def told(asked: Asked) -> Iterator[str]:
    """Yield what came of the facts and of those who are to be told, in lines."""
    from accord.report.text import count, printable  # noqa: PLC0415

    noted = asked.noted
    if noted is not None and noted.late:
        yield "Facts        nothing noted: another watcher has asked since"
    elif noted is not None:
        tally: dict[str, int] = {}
        for event, _ in noted.events:
            tally[event] = tally.get(event, 0) + 1
        words = ", ".join(f"{number:,} {event}" for event, number in tally.items()) or "as they were"
        yield f"Facts        {words}; {len(noted.since):,} standing"
    for item in asked.posted:
        yield from posted(item)
    for notice in asked.notices:
        yield f"Note         {printable(notice, limit=500)}"
    if noted is not None and noted.alerts and not asked.posted:
        yield f"Alerts       {count(noted.alerts, 'alert')} written"


def posted(item: Posted) -> Iterator[str]:
    """Yield what became of the alerts to one destination, in lines; none where there was nothing."""
    from accord.report.text import count, moment, printable  # noqa: PLC0415

    name = printable(item.destination, limit=100)
    if item.sent:
        yield f"Alerts       {name}: {count(item.sent, 'message')} sent"
    if item.wait:
        why = f" ({printable(item.problem, limit=300)})" if item.problem else ""
        again = f", tried again from {moment(item.due)}" if item.problem else ""
        yield f"Alerts       {name}: {count(item.wait, 'alert')} not taken yet{why}{again}"
