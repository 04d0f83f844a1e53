"""What both sides are asked, scene by scene: a chain of requests, the workflows, the sessions of a channel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import TypeAlias

from accord.cases.aim import Intent
from accord.contract.asyncapi import Channel
from accord.contract.contract import Contract
from accord.contract.openapi import Operation
from accord.exchange.values import Session
from accord.findings.regression.take import Take
from accord.run.corpus.stored import Corpus, StoredCase, name_of
from accord.run.regression.sessions import played_scripts

Answer: TypeAlias = Take | Session
Answers: TypeAlias = Mapping[str, Answer]
"""What one play of a scene came to, by key; a key that was not reached is not in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A stored case: what it sends last is what it is about."""

    operation: Operation
    case: StoredCase

    @property
    def name(self) -> str:
        """Return what the scene is called in every run and recording."""
        return f"{self.operation.id}/{name_of(self.case)}"

    @property
    def is_look(self) -> bool:
        """Tell whether it only looks, right at first, and the service showed something."""
        only = len(self.case.steps) == 1 and self.case.steps[0].method == "GET"
        return only and self.case.status < 300 and self.case.aim.intent is not Intent.CREDENTIAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflows:
    """All workflows of the contract; each step is a key."""

    name: str = "workflows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """The sessions of one channel, and the workflows that are played meanwhile; each script is a key."""

    channel: Channel

    @property
    def name(self) -> str:
        """Return what the scene is called in every run and recording."""
        return f"websocket/{self.channel.id}"


Scene: TypeAlias = Chain | Workflows | Conversation


def scenes(
    contract: Contract, corpus: Corpus, *, only: str | None, operations: tuple[str, ...]
) -> Iterator[Scene]:
    """Yield what is asked: the chains of *corpus* for the *operations*, then workflows and sessions.

    *only* is one of the stages ``rest``, ``workflows`` and ``websocket``.
    """
    if only in (None, "rest"):
        for operation in contract.operations:
            if not operations or operation.id in operations:
                chains = (
                    Chain(operation=operation, case=case) for case in corpus.cases.get(operation.id, ())
                )
                # Two cases may be after different things and send the same.
                yield from {chain.name: chain for chain in chains}.values()
    if operations:
        return
    if only in (None, "workflows") and contract.workflows:
        yield Workflows()
    if only in (None, "websocket"):
        for channel in contract.channels:
            if not channel.obstacle and played_scripts(contract, channel):
                yield Conversation(channel=channel)


def broadly(scenes: Iterable[Scene]) -> list[Scene]:
    """Return *scenes* so that each operation has its first before any has its second: time may be short."""
    seen: Counter[str] = Counter()
    ranked: list[tuple[int, Scene]] = []
    for scene in scenes:
        name = scene.operation.id if isinstance(scene, Chain) else scene.name
        ranked.append((seen[name], scene))
        seen[name] += 1
    return [scene for _, scene in sorted(ranked, key=itemgetter(0))]
