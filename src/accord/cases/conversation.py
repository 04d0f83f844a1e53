"""The moves of a conversation: what clients of a channel say and do, rightly and wrongly, on two connections."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from accord.cases.script import Tokens, authenticate, bad_frames, example
from accord.cases.wrong import put, wrong_bodies
from accord.contract import pointer as pointers
from accord.contract.asyncapi import Channel
from accord.contract.library import Library
from accord.contract.session import SessionRules

CONNECTIONS = 2
"""How many connections a conversation has at most, each of one session after the other."""
LONGEST = 7
"""How many moves a conversation has at most."""


class Deed(StrEnum):
    """What a client does besides speaking."""

    WAIT = "wait"
    """Stay silent for a moment."""
    LEAVE = "leave"
    """Close, and connect anew when there is something to say again."""
    LOSE = "lose"
    """Break the connection off, and connect anew when there is something to say again."""
    HURRY = "hurry"
    """Say the next thing before anything can be heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One move: a message, or a deed; ``name`` says what is right or wrong about it.

    ``message`` is the message that it is meant to be, empty for none; ``right`` whether it is one. A
    message with a deed is said, and the deed done before anything can be heard.
    """

    name: str
    message: str = ""
    right: bool = False
    data: str | bytes | None = None
    deed: Deed | None = None


Conversation: TypeAlias = tuple[tuple[int, Move], ...]
"""Moves in their order, each with the number of its connection."""
Player: TypeAlias = Callable[[Conversation], Sequence[str]]
"""Plays a conversation and returns the rules that found something; the same again for the same."""


def moves(library: Library, channel: Channel, rules: SessionRules, tokens: Tokens) -> tuple[Move, ...]:
    """Return every move that a client can make, the right ones first: what is found shrinks towards them."""
    made = [*_right(library, channel, rules, tokens), *_deeds(), *_wrong(library, channel, rules, tokens)]
    return tuple({move.data if move.deed is None else move.deed: move for move in reversed(made)}.values())[
        ::-1
    ]


def shortest(said: Conversation, fails: Callable[[Conversation], bool]) -> Conversation:
    """Return what is left of *said* when each move is taken away without which it still *fails*.

    Nothing is said in a hurry that need not be, and all is on one connection if it can be.
    """
    calm = tuple((number, _calm(move)) for number, move in said)
    said = calm if calm != said and fails(calm) else said
    size = max(1, len(said) // 2)
    while True:
        fewer = (said[:at] + said[at + size :] for at in range(0, len(said), size))
        shorter = next((less for less in fewer if less and fails(less)), None)
        if shorter is not None:
            said = shorter
        elif size > 1:
            size //= 2
        else:
            alone = tuple((0, move) for _, move in said)
            return alone if alone != said and fails(alone) else said


def good_trace(made: Sequence[Move], rules: SessionRules) -> tuple[Move, ...]:
    """Return what a client says that takes each step of the states which the server lets it take, once."""
    said: list[Move] = []
    place, taken = rules.initial, set[tuple[str, str]]()
    while True:
        steps = ((place, move.message) for move in made if move.right)
        step = next((item for item in steps if item not in taken and after(rules, *item) is not None), None)
        if step is None:
            return tuple(said)
        taken.add(step)
        said.append(next(move for move in made if move.right and move.message == step[1]))
        place = after(rules, *step) or place


def _calm(move: Move) -> Move:
    return replace(move, deed=None) if move.deed is Deed.HURRY else move


def mistakes(made: Sequence[Move], trace: Sequence[Move]) -> Iterator[Conversation]:
    """Yield whatever is wrong, as the first thing that is said and after a good *trace*.

    Each message of the trace is also said twice, the second time before the first can be answered.
    """
    for index, move in enumerate(trace):
        yield _alone([*trace[:index], replace(move, deed=Deed.HURRY), move])
    for move in made:
        if move.deed is None and not move.right:
            yield _alone([move])
            if trace:
                yield _alone([*trace, move])


def reconnections(trace: Sequence[Move]) -> Iterator[Conversation]:
    """Yield *trace* said again after it was cut off, at each of its places, by a close and by a loss."""
    silence = Move(name=Deed.WAIT, deed=Deed.WAIT)
    for deed in (Deed.LEAVE, Deed.LOSE):
        gone = Move(name=deed, deed=deed)
        yield _alone([silence, gone, *(trace or [silence])])
        for index, move in enumerate(trace):
            yield _alone([*trace[:index], replace(move, deed=deed), *trace])
            yield _alone([*trace[: index + 1], gone, *trace])


def _alone(said: Sequence[Move]) -> Conversation:
    return tuple((0, move) for move in said)


def after(rules: SessionRules, place: str | None, message: str) -> str | None:
    """Return the state that follows when a client says *message* in state *place*, None where that ends it.

    What authenticates is answered at once, and with success.
    """
    step = rules.states[rules.initial if place is None else place].client.get(message)
    if step is None or step.next is None:
        return None
    authentication = rules.authentication
    if authentication is None or message != authentication.message:
        return step.next
    answer = rules.states[step.next].server.get(authentication.success)
    return step.next if answer is None else answer.next


def _right(library: Library, channel: Channel, rules: SessionRules, tokens: Tokens) -> Iterator[Move]:
    authentication = rules.authentication
    for message in channel.sent_by_client():
        if authentication is not None and message.name == authentication.message:
            text = authenticate(library, channel, authentication, tokens.good or "")
            if text is not None and tokens.good is not None:
                yield Move(name=message.name, message=message.name, right=True, data=text)
        else:
            value = example(library, message)
            if value is not None:
                yield Move(name=message.name, message=message.name, right=True, data=json.dumps(value))


def _deeds() -> Iterator[Move]:
    for deed in (Deed.WAIT, Deed.LEAVE, Deed.LOSE):
        yield Move(name=deed, deed=deed)


def _wrong(library: Library, channel: Channel, rules: SessionRules, tokens: Tokens) -> Iterator[Move]:
    authentication = rules.authentication
    if authentication is not None:
        text = authenticate(library, channel, authentication, "garbage")
        if text is not None:
            yield Move(name="garbage-token", data=text)
    for name, data, _ in bad_frames(library, channel, rules):
        yield Move(name=name, data=data)
    for message in channel.sent_by_client():
        right = authentication is not None and message.name == authentication.message
        value = example(library, message)
        for wrong in wrong_bodies(library, message.schema, value):
            place = pointers.from_path(wrong.path)
            whole = put(value, wrong.path, wrong.value)
            if right and authentication is not None and tokens.good and place != authentication.token:
                # Whether a server looks at the token first must not hide what else is wrong.
                path = pointers.tokens(authentication.token)
                whole = put(whole, path, tokens.good) if isinstance(whole, dict) else whole
            name = f"{message.name} {place} {wrong.keyword}".strip()
            yield Move(name=name, message=message.name, data=json.dumps(whole))
