"""The state machine that draws conversations: it knows in which state each connection ought to be."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import cast

import hypothesis
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from accord.cases.conversation import CONNECTIONS, LONGEST, Conversation, Deed, Move, Player, after
from accord.cases.shrinking import absorb, settings
from accord.contract.session import SessionRules

_CONNECTION = st.integers(0, CONNECTIONS - 1)


class Clients(RuleBasedStateMachine):
    """The clients of one conversation, which is played when it is whole, so that it can be shortened.

    ``places`` are the states of the connections by the contract, None for one that is not open.
    """

    def __init__(
        self, made: Sequence[Move], rules: SessionRules, play: Callable[[Conversation], None]
    ) -> None:
        super().__init__()
        self._made = made
        self._rules = rules
        self._play = play
        self.said: list[tuple[int, Move]] = []
        self.places: list[str | None] = [None] * CONNECTIONS

    def timely(self) -> list[tuple[int, Move]]:
        """Return what the contract lets each connection say now."""
        return self._messages(ends=False)

    def untimely(self) -> list[tuple[int, Move]]:
        """Return the messages that each connection may not say now, or that end it."""
        return self._messages(ends=True)

    def nonsense(self) -> list[Move]:
        """Return what no server understands, and what nobody may say."""
        return [move for move in self._made if not move.message and move.deed is None]

    def broken(self) -> list[Move]:
        """Return the messages that are wrong in one place."""
        return [move for move in self._made if move.message and not move.right]

    def open_(self) -> list[int]:
        """Return the connections that ought to be open."""
        return [number for number, place in enumerate(self.places) if place is not None]

    @rule(turn=st.runner().flatmap(lambda clients: st.sampled_from(clients.timely())))
    @precondition(lambda clients: bool(clients.timely()))
    def keep_to_the_contract(self, turn: tuple[int, Move]) -> None:
        """Say what may be said now."""
        number, move = turn
        self._do(number, move, after(self._rules, self.places[number], move.message))

    @rule(turn=st.runner().flatmap(lambda clients: st.sampled_from(clients.timely())))
    @precondition(lambda clients: bool(clients.timely()))
    def hurry(self, turn: tuple[int, Move]) -> None:
        """Say what may be said now, and do not wait for an answer."""
        number, move = turn
        step = self._rules.states[self.places[number] or self._rules.initial].client[move.message]
        self._do(number, replace(move, deed=Deed.HURRY), step.next)

    @rule(turn=st.runner().flatmap(lambda clients: st.sampled_from(clients.untimely())))
    @precondition(lambda clients: bool(clients.untimely()))
    def speak_out_of_turn(self, turn: tuple[int, Move]) -> None:
        """Say a right message at the wrong time, such as one that authenticates again."""
        self._do(*turn, None)

    @rule(number=_CONNECTION, move=st.runner().flatmap(lambda clients: st.sampled_from(clients.nonsense())))
    @precondition(lambda clients: bool(clients.nonsense()))
    def talk_nonsense(self, number: int, move: Move) -> None:
        """Say what is never right."""
        self._do(number, move, None)

    @rule(number=_CONNECTION, move=st.runner().flatmap(lambda clients: st.sampled_from(clients.broken())))
    @precondition(lambda clients: bool(clients.broken()))
    def break_a_message(self, number: int, move: Move) -> None:
        """Say a message that is wrong in one place."""
        self._do(number, move, None)

    @rule(number=_CONNECTION)
    def stay_silent(self, number: int) -> None:
        """Say nothing for a moment."""
        self._do(number, _done(Deed.WAIT), self.places[number] or self._rules.initial)

    @rule(
        number=st.runner().flatmap(lambda clients: st.sampled_from(clients.open_())),
        deed=st.sampled_from([Deed.LEAVE, Deed.LOSE]),
    )
    @precondition(lambda clients: bool(clients.open_()))
    def go_away(self, number: int, deed: Deed) -> None:
        """Close a connection or lose it; what is said on it next is said on a new one."""
        self._do(number, _done(deed), None)

    def teardown(self) -> None:
        """Play the conversation, unless hypothesis has given it up half-way."""
        if sys.exc_info()[0] is None and self.said:
            self._play(tuple(self.said))

    def _do(self, number: int, move: Move, place: str | None) -> None:
        self.said.append((number, move))
        self.places[number] = place

    def _messages(self, *, ends: bool) -> list[tuple[int, Move]]:
        return [
            (number, move)
            for number in range(CONNECTIONS)
            for move in self._made
            if move.right and (after(self._rules, self.places[number], move.message) is None) is ends
        ]


def converse(
    made: Sequence[Move], rules: SessionRules, play: Player, *, name: str, seed: int, examples: int
) -> tuple[dict[str, Conversation], str]:
    """Draw conversations of *made* moves from the states of *rules*, and play them.

    The same *seed* and *name* draw the same. Returns, for each rule that found something, the shortest
    that it found something in, and why nothing could be drawn.
    """
    failed: dict[str, Conversation] = {}

    def told(said: Conversation) -> None:
        for found in play(said):
            if len(said) < len(failed.get(found, (*said, None))):
                failed[found] = said

    reason = _draw(made, rules, told, seed=zlib.crc32(f"{seed} {name}".encode()), examples=examples)
    return failed, reason


def _draw(
    made: Sequence[Move],
    rules: SessionRules,
    play: Callable[[Conversation], None],
    *,
    seed: int,
    examples: int,
) -> str:
    """Draw conversations and play each; returns why nothing could be drawn."""

    def clients() -> Clients:
        return Clients(made, rules, play)

    # It says that it wants the class, and takes whatever makes a machine.
    seeded = cast("type[Clients]", hypothesis.seed(seed)(clients))
    return absorb(lambda: run_state_machine_as_test(seeded, settings=settings(examples, steps=LONGEST)))


def _done(deed: Deed) -> Move:
    return Move(name=deed, deed=deed)
