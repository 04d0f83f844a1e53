"""A side that runs: every scene is played as a run of the suite would, and the ids that it shows are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from accord.contract.openapi import Operation
from accord.errors import AccordError
from accord.exchange.values import Exchange, Lapse, Session
from accord.findings.regression.take import IDENTITY, Take, identities
from accord.findings.regression.talk import identities_of
from accord.run.corpus.learning import SAFE
from accord.run.corpus.replay import LostError, play_chain
from accord.run.regression.scene import Answer, Answers, Chain, Scene, Workflows
from accord.run.regression.sessions import play_sessions, play_workflows
from accord.run.verification import Verification

# A case that stays refused after that is not waited for again.
_WAITS = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)
_BUSY = 409
_MOST_KEPT = 512 * 1024 * 1024
_PATIENT = 2
_WITHHELD = (Lapse.WITHHELD, Lapse.UNSENT)


@dataclass(slots=True, kw_only=True)
class Live:
    """An opened service; ``sent`` counts what it was asked.

    ``known`` are the ids that it has shown, ``changed`` those that it was asked to change. ``patient`` are the
    scenes by operation in which a service at work is waited for, ``busy`` those in which that was in vain; ``lost``
    says why scenes came to nothing.
    """

    verification: Verification
    known: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    sent: int = 0
    room: int = _MOST_KEPT
    busy: set[str] = field(default_factory=set)
    patient: dict[str, set[str]] = field(default_factory=dict)
    lost: dict[str, str] = field(default_factory=dict)

    @property
    def operations(self) -> Mapping[str, Operation]:
        """Return the operations of the contract by their ids."""
        return {item.id: item for item in self.verification.context.contract.operations}

    def play(self, scene: Scene) -> Answers:
        """Play *scene* and return what came; ``lost`` says why a scene came to nothing.

        Raises an ``AccordError`` for a credential that the service refuses.
        """
        context = self.verification.context
        if isinstance(scene, Chain):
            return self._chain(scene)
        if isinstance(scene, Workflows):
            found: list[tuple[str, Answer]] = list(play_workflows(context))
        else:
            found = list(play_sessions(context, scene.channel))
        return dict(self._noted(key, answer) for key, answer in found)

    def mask(self, evidence: Exchange | Session) -> Exchange | Session:
        """Return *evidence* without its secrets."""
        return self.verification.context.mask(evidence)

    def reproduce(self, evidence: Exchange | Session) -> str:
        """Return the command that says the same again, without its secrets."""
        return self.verification.context.reproduce(evidence)

    def _chain(self, scene: Chain) -> Answers:
        context = self.verification.context
        waits = _WAITS if self._is_patient(scene) else ()
        try:
            exchanges = play_chain(scene.case, self.operations, context, waits=waits)
        except LostError as problem:
            self.busy.add(scene.name)
            self.lost[scene.name] = str(problem)
            return {}
        except AccordError as problem:
            self.verification.stopped = problem
            raise
        if any(item.response is not None and item.response.status == _BUSY for item in exchanges):
            self.busy.add(scene.name)
        if exchanges[-1].lapse in _WITHHELD:
            self.lost[scene.name] = exchanges[-1].detail
            return {}
        self.room -= sum(len(item.response.body) for item in exchanges if item.response is not None)
        if self.room < 0:
            self.lost[scene.name] = f"what was answered before takes {_MOST_KEPT} bytes already"
            return {}
        key, take = self._noted(scene.name, Take(exchanges=exchanges))
        return {key: take}

    def _is_patient(self, scene: Chain) -> bool:
        """Tell whether *scene* is waited for: some for each operation are, for work takes time."""
        chosen = self.patient.setdefault(scene.operation.id, set())
        if len(chosen) < _PATIENT and scene.case.status < 300:
            chosen.add(scene.name)
        return scene.name in chosen and scene.name not in self.busy

    def _noted(self, key: str, answer: Answer) -> tuple[str, Answer]:
        if isinstance(answer, Session):
            self.sent += 1
            self.known |= identities_of(answer)
        else:
            self.sent += len(answer.exchanges)
            for exchange in answer.exchanges:
                self.known |= identities(exchange)
                if exchange.request.method not in SAFE:
                    self.changed |= {item.lower() for item in IDENTITY.findall(exchange.request.url)}
        return key, answer
