"""The trial of a slow reader: a client takes no message while many come; the server waits, or closes as promised."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from accord.cases.script import GOOD, SLOW
from accord.contract.contract import Contract
from accord.exchange.client import Connection
from accord.exchange.values import Closed, Received, Side
from accord.findings.checks import entity
from accord.findings.evidence import SessionObservation
from accord.run.websocket.listening import authenticated, watch
from accord.run.websocket.sessions import Played, Sessions

_RULE = "missing-close"
_TOGETHER = 6
_MOMENT = 0.05
# What the application may have handed over besides: one message that is taken in, one under way.
_UNDER_WAY = 2


def read_slowly(sessions: Sessions) -> Played:
    """Let somebody read nothing while the workflows are played, again and again where that costs nothing."""
    player = sessions.context.player
    slow, reason = authenticated(sessions, SLOW, "default")
    fast, _ = authenticated(sessions, SLOW, "default")
    reason = reason or ("" if player else "nothing is played whose events could be left unread")
    if slow is None or fast is None or player is None or reason:
        for connection in filter(None, (slow, fast)):
            connection.close()
        return Played(rule=_RULE, reason=reason)
    # Asked for before it is narrow: what is said of it later takes in what waits.
    since = time.time() - slow.session().started
    slow.narrow()
    press = Press(sessions=sessions, player=player)
    told = watch(press.play, [fast], press.note)
    overfull = _overfull(sessions, press.heard)
    heard = _drain(slow, sessions.context.patience, expected=None if overfull else press.heard)
    for connection in (fast, slow):
        connection.close()
    if told:
        return Played(rule=_RULE, reason=told)
    theirs = sessions.observe(fast, SLOW, GOOD)
    mine = sessions.observe(slow, SLOW, GOOD, (("provoked", f"{SLOW} {since}"),))
    if _gave_up(mine) or _missed(sessions.context.contract, mine, theirs) or overfull:
        return Played(observation=mine)
    reason = f"{press.heard} messages were too few for the server to give up"
    return Played(rule=_RULE, reason=reason if heard else "no message came that could be left unread")


@dataclass(slots=True, kw_only=True)
class Press:
    """Plays the workflows until more messages have come than the server promises to keep, or time is up.

    A service on the network is not played with: its workflows run once.
    """

    sessions: Sessions
    player: Callable[[], object]
    heard: int = 0
    begun: float = field(default_factory=time.monotonic)

    def note(self, event: Received | Closed | None) -> None:
        """Count what comes to the one who reads."""
        self.heard += isinstance(event, Received)

    def play(self) -> None:
        """Play once, and then several at a time."""
        self.player()
        while self._goes_on():
            problems: list[BaseException] = []
            threads = [threading.Thread(target=self._once, args=(problems,)) for _ in range(_TOGETHER)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            if problems:
                raise problems[0]

    def _once(self, problems: list[BaseException]) -> None:
        try:
            self.player()
        except BaseException as problem:  # noqa: BLE001 - raised again by the one who waits
            problems.append(problem)

    def _goes_on(self) -> bool:
        context, rules = self.sessions.context, self.sessions.rules
        limit = context.silence
        most = rules.most_waiting if rules else None
        served = context.client.endpoint(self.sessions.channel.address) is not None
        late = time.monotonic() - self.begun > limit
        return not (served or late or most is None or not self.heard or self.heard > most + _UNDER_WAY)


def _drain(slow: Connection, seconds: float, *, expected: int | None) -> int:
    """Read at last until the end, or for a moment once all that is *expected* has come; return how many did."""
    heard, until = 0, time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        event = slow.receive(left)
        if isinstance(event, Closed):
            break
        if event is not None:
            heard += 1
            until = time.monotonic() + (_MOMENT if heard == expected else seconds)
    return heard


def _gave_up(mine: SessionObservation) -> bool:
    end = mine.session.events[-1]
    return isinstance(end, Closed) and end.by is Side.SERVER


def _missed(contract: Contract, mine: SessionObservation, theirs: SessionObservation) -> bool:
    """Tell whether the slow client was never told of an end that the other one was told of."""
    ends = [
        {
            (item.lifecycle.name, item.key, item.status())
            for item in entity.snapshots(contract, observed)
            if item.status() in item.lifecycle.final
        }
        for observed in (mine, theirs)
    ]
    return bool(ends[1] - ends[0])


def _overfull(sessions: Sessions, heard: int) -> bool:
    """Tell whether the server must have kept more than it promises; what a network holds, nobody knows."""
    most = sessions.rules.most_waiting if sessions.rules else None
    served = sessions.context.client.endpoint(sessions.channel.address) is not None
    return most is not None and not served and heard > most + _UNDER_WAY
