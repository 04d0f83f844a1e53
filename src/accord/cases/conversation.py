"""Drawn conversations: what clients of a channel say, rightly and wrongly, in any order, on two connections."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
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
_LONGEST = 6


class Deed(StrEnum):
    """What a client does besides speaking."""

    WAIT = "wait"
    """Stay silent for a moment."""
    LEAVE = "leave"
    """Close, and connect anew when there is something to say again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One move: a message, or a deed; ``name`` says what is right or wrong about it."""

    name: str
    data: str | bytes | None = None
    deed: Deed | None = None


Conversation: TypeAlias = tuple[tuple[int, Move], ...]
"""Moves in their order, each with the number of its connection."""
Player: TypeAlias = Callable[[Conversation], Sequence[str]]
"""Plays a conversation and returns the rules that found something."""


def moves(library: Library, channel: Channel, rules: SessionRules, tokens: Tokens) -> tuple[Move, ...]:
    """Return every move that a client can make, the right ones first: what is found shrinks towards them."""
    made = [*_right(library, channel, rules, tokens), *_deeds(), *_wrong(library, channel, rules, tokens)]
    return tuple({move.data if move.deed is None else move.deed: move for move in reversed(made)}.values())[
        ::-1
    ]


def converse(made: Sequence[Move], play: Player, *, name: str, seed: int, examples: int) -> str:
    """Draw conversations of *made* moves and play them, shrinking what is found to the shortest.

    The same *seed* and *name* draw the same. Returns why nothing could be drawn.
    """
    import hypothesis  # noqa: PLC0415 - only runs that draw need it
    from hypothesis import strategies as st  # noqa: PLC0415

    from accord.cases.shrinking import absorb, found_by  # noqa: PLC0415

    turn = st.tuples(st.integers(0, CONNECTIONS - 1), st.sampled_from(made))

    def test(said: list[tuple[int, Move]]) -> None:
        rules = play(tuple(said))
        if rules:
            raise found_by(min(rules))

    given = hypothesis.given(said=st.lists(turn, min_size=1, max_size=_LONGEST))(test)
    seeded = hypothesis.seed(zlib.crc32(f"{seed} {name}".encode()))(given)
    runner = hypothesis.settings(
        max_examples=examples,
        database=None,
        derandomize=False,
        deadline=None,
        print_blob=False,
        report_multiple_bugs=True,
        verbosity=hypothesis.Verbosity.quiet,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=(hypothesis.Phase.generate, hypothesis.Phase.shrink),
    )(seeded)
    return absorb(runner)


def _right(library: Library, channel: Channel, rules: SessionRules, tokens: Tokens) -> Iterator[Move]:
    authentication = rules.authentication
    for message in channel.sent_by_client():
        if authentication is not None and message.name == authentication.message:
            text = authenticate(library, channel, authentication, tokens.good or "")
            if text is not None and tokens.good is not None:
                yield Move(name=message.name, data=text)
        else:
            value = example(library, message)
            if value is not None:
                yield Move(name=message.name, data=json.dumps(value))


def _deeds() -> Iterator[Move]:
    for deed in Deed:
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
            yield Move(name=f"{message.name} {place} {wrong.keyword}".strip(), data=json.dumps(whole))
