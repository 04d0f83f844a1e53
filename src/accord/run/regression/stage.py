"""Both sides on stage: each scene played by all, again where they differ, and what is left of that."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from accord.contract.contract import Contract
from accord.errors import TargetError
from accord.exchange.values import Lapse
from accord.findings.regression.difference import Difference
from accord.findings.regression.latency import Latency
from accord.findings.regression.plays import Plays
from accord.findings.regression.take import Take
from accord.findings.result import Progress, StageFinished, StageStarted, TrialFinished, TrialStarted
from accord.run.deadline import Deadline
from accord.run.regression.collection import Collection
from accord.run.regression.live import Live
from accord.run.regression.look import compare_looks
from accord.run.regression.recorded import Recorded
from accord.run.regression.scene import Answer, Answers, Chain, Scene, broadly
from accord.run.regression.timing import timed
from accord.run.source.discovery import is_url

ROUNDS = 4
"""How often both sides are asked again before a difference counts."""

_SCENE_ROUNDS = 3
_SLOWER_SECONDS = 0.002
_SILENCES = 5
_WITNESSES = 2
# Three passes take about as long as each other, and asking again takes what is left.
_FIRST = 0.2
_PASSES = ("baseline", "candidate", "baseline again")
_LATE = "the time of --budget was spent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Both sides: the ``first`` and the ``second`` asking of the baseline, None for recordings, and the candidate."""

    first: Live | Recorded
    second: Live | None
    candidate: Live | Recorded

    def live(self) -> tuple[Live, ...]:
        """Return the sides that run, in the order in which they are asked."""
        return tuple(item for item in (self.first, self.candidate, self.second) if isinstance(item, Live))

    def recorded(self) -> tuple[Recorded, ...]:
        """Return the sides that were recorded."""
        return tuple(item for item in (self.first, self.candidate) if isinstance(item, Recorded))

    def changes(self, identity: str) -> bool:
        """Tell whether *identity* is of a thing that was changed while asking, and cannot be had anew."""
        return any(is_url(side.verification.target) and identity in side.changed for side in self.live())

    def shares(self, identity: str) -> bool:
        """Tell whether both sides know *identity*."""
        ours = identity in self.first.known or (self.second is not None and identity in self.second.known)
        return ours and identity in self.candidate.known


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """How it is played: what the sides are called, whether values count, and from which ratio on slower is told."""

    names: tuple[str, str]
    values: bool = True
    slower: float | None = None


@dataclass(slots=True, kw_only=True)
class Stage:
    """Both sides on stage, and what was played and found so far; ``plays`` are by key."""

    sides: Sides
    contract: Contract
    showing: Showing
    deadline: Deadline
    tell: Callable[[Progress], None] = lambda _: None
    plays: dict[str, Plays[Answer]] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)
    latencies: list[Latency] = field(default_factory=list)
    collection: Collection = field(init=False)
    sent: int = 0
    interrupted: bool = False
    unsettled: int = 0
    """How many differences there was no time to ask for again."""
    _shown_by: dict[tuple[str, ...], list[Scene]] = field(default_factory=dict)
    _silences: int = 0

    def __post_init__(self) -> None:
        """Begin with nothing found."""
        self.collection = Collection(
            contract=self.contract,
            shared=self.sides.shares,
            changed=self.sides.changes,
            values=self.showing.values,
        )

    def perform(self, scenes: Sequence[Scene]) -> None:
        """Play *scenes*, and those again that differ; raises an ``AccordError`` when a side cannot be asked."""
        if self.deadline.seconds is not None:
            scenes = broadly(scenes)
        self._look(scenes)
        # What one side was asked is compared with nothing when no time is left for the other.
        played = list(self._passes(_PASSES[0], self.sides.first, scenes, self.deadline.share(_FIRST)))
        for name, side in zip(_PASSES[1:], (self.sides.candidate, self.sides.second), strict=True):
            if side is not None:
                try:
                    played = list(self._passes(name, side, played, self.deadline)) or played
                except KeyboardInterrupt:
                    # What both sides have answered until now is told.
                    self.interrupted = True
                    self.deadline.cut()
        # What changes by itself is learned from all of it before anything is held to be a difference.
        for _ in range(2):
            for scene in played:
                self.collection.marks(scene, self._of(scene))
        for scene in played:
            self._settle(scene)
        if self.showing.slower is not None:
            self._time(scenes, self.showing.slower)
        self.sent = sum(side.sent for side in self.sides.live())
        for side in self.sides.live():
            self.skipped.update(Counter(_short(reason) for reason in side.lost.values()))

    def repeat(self, fresh: Sides) -> None:
        """Play the scenes that showed a difference on *fresh* sides, and drop those that do not come again."""
        scenes = {scene.name: scene for shown in self._shown_by.values() for scene in shown}
        again = Stage(sides=fresh, contract=self.contract, showing=self.showing, deadline=self.deadline)
        again.collection = self.collection.beside(fresh.shares, fresh.changes)
        for scene in scenes.values():
            for recorded in fresh.recorded():
                again._pass(recorded, scene)
            for number in range(ROUNDS):
                for side in fresh.live() if number % 2 else reversed(fresh.live()):
                    again._pass(side, scene)
            for found in again.collection.marks(scene, again._of(scene)):
                again.collection.add(found, again.plays[found.key])
        for side in fresh.live():
            side.verification.clear_up()
        self.sent += sum(side.sent for side in fresh.live())
        left = self.collection.keep(again.collection.differences)
        if again.skipped[_LATE]:
            self.unsettled += left

    def compared(self) -> frozenset[str]:
        """Return the operations of which both sides answered something."""
        both = (plays for plays in self.plays.values() if plays.candidate and (plays.first or plays.second))
        answers = (plays.candidate[0] for plays in both)
        return frozenset(item.last.operation or "" for item in answers if isinstance(item, Take))

    def differences(self) -> tuple[Difference, ...]:
        """Return every difference once, without secrets, the gravest first."""
        found = [self._shown(item) for item in self.collection.differences.values()]
        return tuple(sorted(found, key=lambda item: (item.severity.rank, item.place, item.status)))

    def _shown(self, difference: Difference) -> Difference:
        before, after = difference.baseline, difference.candidate
        first, candidate = self.sides.first, self.sides.candidate
        commands = (
            first.reproduce(before) if before is not None else "",
            candidate.reproduce(after) if after is not None else "",
        )
        return replace(
            difference,
            baseline=first.mask(before) if before is not None else None,
            candidate=candidate.mask(after) if after is not None else None,
            reproduce=commands,
        )

    def _look(self, scenes: Sequence[Scene]) -> None:
        """Ask each operation that can be asked without more ado once, to see whether there is anything to compare."""
        looks: dict[str, Chain] = {}
        for scene in scenes:
            if isinstance(scene, Chain) and scene.is_look:
                looks.setdefault(scene.operation.id, scene)
        if not looks:
            looks = {scene.operation.id: scene for scene in scenes[:1] if isinstance(scene, Chain)}
        seen: list[dict[str, Answers]] = []
        for side in (self.sides.first, self.sides.candidate, self.sides.second):
            if isinstance(side, Live):
                seen.append({name: side.play(scene) for name, scene in looks.items()})
            elif side is not None:
                seen.append({name: _first(side, scene) for name, scene in looks.items()})
        values = self.showing.values
        compare_looks(seen[0], seen[1], names=self.showing.names, values=values)

    def _passes(
        self, name: str, side: Live | Recorded, scenes: Sequence[Scene], deadline: Deadline
    ) -> Iterator[Scene]:
        """Let *side* play *scenes* until *deadline*; yield those that came to something, telling how far it is."""
        since = time.monotonic()
        self.tell(StageStarted(stage=name, trials=len(scenes)))
        for scene in scenes:
            self.tell(TrialStarted(stage=name, trial=scene.name))
            if deadline.over():
                self.skipped[self._lateness()] += 1
            elif self._pass(side, scene):
                yield scene
            self.tell(TrialFinished(stage=name, trial=scene.name, outcomes=(), cases=1))
        self.tell(StageFinished(stage=name, seconds=time.monotonic() - since))

    def _pass(self, side: Live | Recorded, scene: Scene) -> bool:
        """Let *side* play *scene* once, or take all that was recorded of it; tell whether anything came."""
        if self.deadline.over():
            self.skipped[self._lateness()] += 1
            return False
        if isinstance(side, Recorded):
            keys = side.keys(scene)
            for key in keys:
                self._take_recorded(side, key, side.answers[key])
            return bool(keys)
        answers = side.play(scene)
        self._note(side, answers)
        for key, answer in answers.items():
            self._add(side, key, (answer,))
        return True

    def _lateness(self) -> str:
        return "the run was interrupted" if self.interrupted else _LATE

    def _take_recorded(self, side: Recorded, key: str, answers: tuple[Answer, ...]) -> None:
        plays = self.plays.get(key, Plays())
        if side is self.sides.candidate:
            self.plays[key] = replace(plays, candidate=answers)
        else:
            self.plays[key] = replace(plays, first=answers[:1], second=answers[1:])

    def _add(self, side: Live, key: str, answers: tuple[Answer, ...]) -> None:
        plays = self.plays.get(key, Plays())
        if side is self.sides.candidate:
            self.plays[key] = replace(plays, candidate=plays.candidate + answers)
        elif side is self.sides.first:
            self.plays[key] = replace(plays, first=plays.first + answers)
        else:
            self.plays[key] = replace(plays, second=plays.second + answers)

    def _of(self, scene: Scene) -> dict[str, Plays[Answer]]:
        if isinstance(scene, Chain):
            return {scene.name: self.plays[scene.name]} if scene.name in self.plays else {}
        return {key: plays for key, plays in self.plays.items() if key.startswith(f"{scene.name}/")}

    def _settle(self, scene: Scene) -> None:
        """Ask both sides again as long as they differ in what was not found before; add what stays."""
        before = self.collection.marks(scene, self._of(scene))
        after = before
        rounds = ROUNDS if isinstance(scene, Chain) else _SCENE_ROUNDS
        live = self.sides.live()
        for number in range(rounds if live else 0):
            if all(self.collection.is_known(item) for item in after):
                break
            if self.interrupted:
                break
            if self.deadline.over():
                # Seen once is not enough to say so.
                known = [item for item in after if self.collection.is_known(item)]
                self.unsettled += len({item.group for item in after} - {item.group for item in known})
                after = before = known
                break
            for side in live if number % 2 else reversed(live):
                self._pass(side, scene)
            after = self.collection.marks(scene, self._of(scene))
        self.collection.vanish(before, after)
        for item in after:
            self.collection.add(item, self.plays[item.key])
            shown = self._shown_by.setdefault(item.group, [])
            if len(shown) < _WITNESSES:
                shown.append(scene)

    def _time(self, scenes: Sequence[Scene], ratio: float) -> None:
        baseline, candidate = self.sides.first, self.sides.candidate
        if not isinstance(baseline, Live) or not isinstance(candidate, Live):
            return
        looks: dict[str, Chain] = {}
        for scene in scenes:
            if isinstance(scene, Chain) and scene.is_look:
                looks.setdefault(scene.operation.id, scene)
        self.latencies += timed(looks.values(), baseline, candidate, self.deadline.over)
        for measured in self.latencies:
            if measured.slower(ratio=ratio, seconds=_SLOWER_SECONDS):
                self.collection.slower(measured)

    def _note(self, side: Live, answers: Mapping[str, Answer]) -> None:
        """Count the answers that did not come one after the other; raises ``TargetError`` for too many."""
        silent = [
            answer
            for answer in answers.values()
            if isinstance(answer, Take) and answer.last.lapse is Lapse.NO_CONNECTION
        ]
        self._silences = self._silences + 1 if silent else 0
        if self._silences >= _SILENCES:
            raise TargetError(
                f"stopped answering: {silent[0].last.detail or 'no connection'}",
                place=side.verification.target[:300],
                next_step="See in its log why it went down, and ask again.",
            )


def _first(side: Recorded, scene: Chain) -> Answers:
    answers = side.answers.get(scene.name, ())
    return {scene.name: answers[0]} if answers else {}


def _short(reason: str) -> str:
    return reason.partition(":")[0][:200]
