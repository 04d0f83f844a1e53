"""Conversations are drawn from what the channel knows: right and wrong moves, the same for the same seed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from accord.cases.conversation import Conversation, Deed, Move, converse, moves
from accord.cases.script import Tokens
from accord.contract.contract import load
from accord.contract.session import read_session

CHANNEL = Path(__file__).resolve().parents[2] / "docs" / "rules" / "cases" / "channel.yaml"
TOKENS = Tokens(good="good")


def made(tokens: Tokens = TOKENS) -> tuple[Move, ...]:
    """Return the moves of the queue's clients."""
    contract = load(CHANNEL)
    channel = contract.channels[0]
    rules = read_session(channel)
    assert rules is not None
    return moves(contract.library, channel, rules, tokens)


def test_moves_are_what_a_client_may_do_and_may_not() -> None:
    """The right message comes first, then silence and leave, then each thing that may be wrong."""
    found = made()
    assert {"type": "login", "token": "good"} == json.loads(found[0].data or "")
    assert [Deed.WAIT, Deed.LEAVE] == [move.deed for move in found[1:3]]
    names = {move.name for move in found}
    assert {"garbage-token", "empty-frame", "bad-json", "binary-frame", "oversized-frame"} < names
    assert {"unknown-type", "null-type", "wrong-case-type", "missing-type", "login /token type"} < names


def test_each_move_is_there_once() -> None:
    """What two makers make alike is one move."""
    said = [move.data for move in made() if move.deed is None]
    assert len(said) == len(set(said))


def test_what_is_wrong_elsewhere_carries_a_good_token() -> None:
    """A server that looks at the token first is asked about the other mistake."""
    wrong = next(
        move for move in made() if move.name.startswith("login /type") and "required" not in move.name
    )
    assert "good" == json.loads(wrong.data or "")["token"]


def test_without_a_token_nothing_right_can_be_said() -> None:
    """Only wrong moves and deeds are left."""
    found = made(Tokens())
    assert Deed.WAIT is found[0].deed
    assert "garbage-token" in {move.name for move in found}


def drawn(seed: int, wanted: str = "") -> tuple[list[Conversation], list[Conversation]]:
    """Return every conversation that was played, and those in which *wanted* was said."""
    played: list[Conversation] = []
    hits: list[Conversation] = []

    def play(said: Conversation) -> list[str]:
        played.append(said)
        found = wanted and any(move.name == wanted for _, move in said)
        hits.extend([said] if found else [])
        return ["wrong-close-code"] if found else []

    assert "" == converse(made(), play, name="x", seed=seed, examples=30)
    return played, hits


def test_same_seed_draws_the_same() -> None:
    """Two runs say the same, and another seed something else."""
    assert drawn(1)[0] == drawn(1)[0]
    assert drawn(1)[0] != drawn(2)[0]


def test_both_connections_are_used() -> None:
    """Some conversations use two connections."""
    assert any({0, 1} == {number for number, _ in said} for said in drawn(1)[0])


@pytest.mark.parametrize("seed", range(3))
def test_what_is_found_is_shrunk_to_one_move(seed: int) -> None:
    """The shortest conversation that fails is the last one of those that failed."""
    _, hits = drawn(seed, "binary-frame")
    assert [(0, "binary-frame")] == [(number, move.name) for number, move in hits[-1]]
