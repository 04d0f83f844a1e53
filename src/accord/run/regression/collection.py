"""Marks collected into differences: one for each cause, with how many cases show it and the first that did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from accord.contract.contract import Contract
from accord.exchange.values import Exchange, Session
from accord.findings.regression.contrast import Restless
from accord.findings.regression.difference import Difference, Kind, Mark, Part, Standing
from accord.findings.regression.latency import Latency
from accord.findings.regression.plays import Plays, of_answers, of_sessions
from accord.findings.regression.standing import Judged, judge_exchange, judge_session
from accord.findings.regression.take import Take
from accord.run.regression.scene import Answer, Chain, Scene, Workflows

# So often a difference may go away when it is looked at again, and nobody looks any more.
_PATIENCE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A mark with where it was found; two of one ``group`` have one cause."""

    place: str
    status: str
    key: str
    mark: Mark

    @property
    def group(self) -> tuple[str, ...]:
        """Return what it has in common with others of its cause."""
        return (self.place, self.status, *self.mark.group)


@dataclass(slots=True, kw_only=True)
class Collection:
    """What was found so far; ``values`` whether to compare them.

    ``shared`` tells whether both sides know an id, ``changed`` whether asking has changed what it is of.
    """

    contract: Contract
    shared: Callable[[str], bool]
    changed: Callable[[str], bool]
    values: bool = True
    differences: dict[tuple[str, ...], Difference] = field(default_factory=dict)
    _restless: dict[tuple[str, str], Restless] = field(default_factory=dict)
    _vanished: Counter[tuple[str, ...]] = field(default_factory=Counter)

    @property
    def settled(self) -> int:
        """Return how many differences did not come again."""
        return len([group for group in self._vanished if group not in self.differences])

    @property
    def restless(self) -> int:
        """Return how many places change by themselves."""
        return sum(len(item.places) for item in self._restless.values())

    def marks(self, scene: Scene, played: dict[str, Plays[Answer]]) -> list[Found]:
        """Return what differs in the plays of *scene*, but for what goes away again and again."""
        found = [item for key, plays in played.items() for item in self._of_key(scene, key, plays)]
        return [
            item for item in found if self._vanished[item.group] < _PATIENCE or item.group in self.differences
        ]

    def is_known(self, found: Found) -> bool:
        """Tell whether a difference of the same cause was confirmed before."""
        return found.group in self.differences

    def vanish(self, before: list[Found], after: list[Found]) -> None:
        """Note what of *before* is not there *after* both sides were asked again."""
        left = {item.group for item in after}
        self._vanished.update({item.group for item in before} - left)

    def add(self, found: Found, plays: Plays[Answer]) -> None:
        """Add *found*, which the last plays show."""
        known = self.differences.get(found.group)
        if known is not None:
            self.differences[found.group] = replace(known, cases=known.cases + 1)
            return
        before = _shown(plays.first or plays.second, found.status)
        after = _shown(plays.candidate, "" if found.mark.kind is Kind.STATUS else found.status)
        judged = self._judged(found, before, after)
        self.differences[found.group] = Difference(
            place=found.place,
            status=found.status,
            mark=found.mark,
            standing=judged.standing,
            reason=judged.reason,
            contract=judged.contract,
            baseline=before,
            candidate=after,
        )

    def beside(self, shared: Callable[[str], bool], changed: Callable[[str], bool]) -> Collection:
        """Return an empty collection that knows what changes by itself as this one does."""
        return Collection(
            contract=self.contract,
            shared=shared,
            changed=changed,
            values=self.values,
            _restless=self._restless,
        )

    def keep(self, again: Iterable[tuple[str, ...]]) -> int:
        """Drop what is not *again* there, and return how many; how long answers take was measured often enough."""
        groups, before = {*again}, len(self.differences)
        for group, found in tuple(self.differences.items()):
            if group not in groups and found.mark.kind is not Kind.LATENCY:
                del self.differences[group]
                self._vanished[group] += 1
        return before - len(self.differences)

    def slower(self, measured: Latency) -> None:
        """Add that an operation has become slower."""
        mark = Mark(
            part=Part.ANSWER,
            kind=Kind.LATENCY,
            pointer="",
            baseline=f"{measured.baseline * 1000:.1f} ms",
            candidate=f"{measured.candidate * 1000:.1f} ms, {measured.ratio:.2f} times as long "
            f"({measured.low:.2f} to {measured.high:.2f}, {measured.pairs} pairs)",
        )
        self.differences[measured.operation, "", *mark.group] = Difference(
            place=measured.operation,
            status="",
            mark=mark,
            standing=Standing.UNCOVERED,
            reason="the contract says nothing of how long an answer takes",
            contract=self.contract.operation(measured.operation).place,
        )

    def _of_key(self, scene: Scene, key: str, plays: Plays[Answer]) -> Iterator[Found]:
        if not plays.candidate or not (plays.first or plays.second):
            if plays.first and plays.second and not isinstance(scene, Chain):
                yield _unreached(key)
            return
        if isinstance(plays.candidate[0], Session):
            if not isinstance(scene, Chain | Workflows):
                restless = self._known(key, "")
                said = _sessions(plays)
                marks = of_sessions(said, scene.channel, self.shared, restless, values=self.values)
                yield from (Found(place=key, status="", key=key, mark=mark) for mark in marks)
            return
        takes = _takes(plays)
        place = takes.candidate[0].last.operation or key
        status, marks = of_answers(
            takes,
            self.shared,
            lambda status: self._known(place, status),
            values=self.values,
            changed=self.changed,
        )
        yield from (Found(place=place, status=status, key=key, mark=mark) for mark in marks)

    def _known(self, place: str, status: str) -> Restless:
        return self._restless.setdefault((place, status), Restless())

    def _judged(
        self, found: Found, before: Exchange | Session | None, after: Exchange | Session | None
    ) -> Judged:
        if isinstance(before, Exchange) and isinstance(after, Exchange):
            operation = self.contract.operation(found.place)
            return judge_exchange(self.contract, operation, found.mark, before, after)
        if isinstance(before, Session) and isinstance(after, Session):
            channel = next(item for item in self.contract.channels if item.id == before.channel)
            return judge_session(self.contract, channel, found.mark, (before, after))
        return Judged(
            standing=Standing.BREAKS, reason="a workflow of the contract does not get there any more"
        )


def _unreached(key: str) -> Found:
    mark = Mark(part=Part.ANSWER, kind=Kind.STEP, pointer="", baseline="reached", candidate="not reached")
    return Found(place=key, status="", key=key, mark=mark)


def _shown(answers: Sequence[Answer], status: str) -> Exchange | Session | None:
    """Return what shows a difference: the last answer with *status*, else the last."""
    said = [answer if isinstance(answer, Session) else answer.last for answer in answers]
    fitting = [
        item
        for item in said
        if isinstance(item, Exchange) and item.response is not None and str(item.response.status) == status
    ]
    return (fitting or said)[-1] if said else None


def _takes(plays: Plays[Answer]) -> Plays[Take]:
    first, second, candidate = (
        tuple(item for item in side if isinstance(item, Take))
        for side in (plays.first, plays.second, plays.candidate)
    )
    return Plays(first=first, second=second, candidate=candidate)


def _sessions(plays: Plays[Answer]) -> Plays[Session]:
    first, second, candidate = (
        tuple(item for item in side if isinstance(item, Session))
        for side in (plays.first, plays.second, plays.candidate)
    )
    return Plays(first=first, second=second, candidate=candidate)
