"""What a rule looks at: an answer, a step, a session or its frames, each with what it was after."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from accord.cases.aim import Aim, Judgement
from accord.cases.frame_case import FrameCase
from accord.contract import library as libraries
from accord.contract.asyncapi import Channel
from accord.contract.openapi import Operation
from accord.exchange.frame_probe import Probed
from accord.exchange.values import Exchange, Session
from accord.findings.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One exchange, why it was sent, and what schemathesis says of it.

    ``unknown`` are the answers to the same question about things that do not exist, where they were
    asked for. ``secrets`` are what no answer may tell: passwords, keys and tokens of the callers.
    ``reproduce`` is the command that says the same, where the exchange does not hold all that was said.
    """

    operation: Operation
    aim: Aim
    exchange: Exchange
    judgements: tuple[Judgement, ...] = ()
    unknown: tuple[Exchange, ...] = ()
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    reproduce: str = ""

    @property
    def status(self) -> int | None:
        """Return the status of the answer, None when no whole answer came."""
        if self.exchange.response is None or self.exchange.lapse is not None:
            return None
        return self.exchange.response.status

    def finding(self, message: str, **details: Any) -> Finding:
        """Return a finding about this exchange; its place is the operation unless *details* say otherwise."""
        details.setdefault("pointer", self.operation.place)
        details.setdefault("reproduce", self.reproduce)
        return Finding(operation=self.operation.id, evidence=self.exchange, message=message, **details)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepObservation:
    """One step of a workflow: what was expected of it and what came.

    ``failure`` is empty when the step went as the workflow says; ``pointer`` is the criterion that
    failed, else the step itself, as ``file#/pointer``.
    """

    workflow: str
    step: str
    operation: Operation | None
    pointer: str
    failure: str
    expected: str
    seen: str
    exchange: Exchange | None

    def finding(self, message: str, **details: Any) -> Finding:
        """Return a finding about this step."""
        details.setdefault("pointer", self.pointer)
        operation = self.operation.id if self.operation else f"{self.workflow}/{self.step}"
        return Finding(operation=operation, evidence=self.exchange, message=message, **details)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readback:
    """What a read over HTTP answered about a thing that a message had told of.

    ``entity`` is its name in ``x-session``, ``key`` what tells it from others. ``after`` is how many
    events of the session had come when it was asked; ``quiet`` that no more were to be expected.
    """

    entity: str
    key: str
    exchange: Exchange
    after: int
    quiet: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionObservation:
    """One WebSocket session and the script that was played.

    ``identity`` is who the client said to be; ``notes`` is what else the player knows, by name,
    such as the ids that another organisation owns; ``readbacks`` what it read over HTTP meanwhile.
    ``earlier`` are the sessions of the same client before this one, ``refetches`` what it read when it
    came back. ``reproduce`` is the script that says the same, where this session alone does not show it.
    """

    channel: Channel
    session: Session
    script: str
    identity: str | None = None
    notes: tuple[tuple[str, str], ...] = ()
    readbacks: tuple[Readback, ...] = ()
    earlier: tuple[Session, ...] = ()
    refetches: tuple[Readback, ...] = ()
    reproduce: str = ""

    def finding(self, message: str, **details: Any) -> Finding:
        """Return a finding about this session; its place is the channel unless *details* say otherwise."""
        details.setdefault("pointer", self.channel.place)
        details.setdefault("reproduce", self.reproduce)
        return Finding(channel=self.channel.id, evidence=self.session, message=message, **details)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameObservation:
    """One connection of raw bytes: the case that was played, and what came of it.

    ``known`` are the close codes that the contract names anywhere, ``beats`` those with which the
    server gives up a silent client. ``reproduce`` is a command that sends the same bytes, empty
    where they hold a secret.
    """

    channel: Channel
    case: FrameCase
    probed: Probed
    known: frozenset[int] = frozenset()
    beats: tuple[int, ...] = ()
    reproduce: str = ""

    def finding(self, message: str, **details: Any) -> Finding:
        """Return a finding about this connection; its place is the channel unless *details* say otherwise."""
        details.setdefault("pointer", self.channel.place)
        message = (
            f"{self.case.name}: {message} (RFC 6455, section {details.pop('section', self.case.section)})."
        )
        return Finding(channel=self.channel.id, message=message, reproduce=self.reproduce, **details)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusObservation:
    """How often a whole run saw a documented ``status`` of an operation, and the ``reason`` why never."""

    operation: Operation
    status: str
    count: int
    reason: str

    def finding(self, message: str, **details: Any) -> Finding:
        """Return a finding about this status; its place is where it is described."""
        details.setdefault("pointer", libraries.place(self.operation.answers[self.status].uri))
        return Finding(operation=self.operation.id, message=message, **details)


def stamped(finding: Finding, **stamps: Any) -> Finding:
    """Return *finding* with what only the catalogue and the run know."""
    return replace(finding, **stamps)
