"""Conversations are drawn from what the channel knows: right and wrong moves, the same for the same seed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from accord.cases.conversation import (
    Conversation,
    Deed,
    Move,
    after,
    good_trace,
    mistakes,
    moves,
    reconnections,
    shortest,
)
from accord.cases.machine import converse
from accord.cases.script import Tokens
from accord.contract.contract import load
from accord.contract.session import SessionRules, read_session

CHANNEL = Path(__file__).resolve().parents[2] / "docs" / "rules" / "cases" / "channel.yaml"
TOKENS = Tokens(good="good")


def queue() -> SessionRules:
    """Return what the queue promises."""
    rules = read_session(load(CHANNEL).channels[0])
    assert rules is not None
    return rules


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
    assert [Deed.WAIT, Deed.LEAVE, Deed.LOSE] == [move.deed for move in found[1:4]]
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


def drawn(
    seed: int, fails: Callable[[list[tuple[int, str]]], bool] = lambda _: False, *, examples: int = 30
) -> tuple[list[Conversation], Conversation | None]:
    """Return every conversation that was played, and the shortest of those of which *fails* holds."""
    played: list[Conversation] = []

    def play(talk: Conversation) -> list[str]:
        played.append(talk)
        return ["wrong-close-code"] if fails(said(talk)) else []

    failed, reason = converse(made(), queue(), play, name="x", seed=seed, examples=examples)
    assert "" == reason
    found = failed.get("wrong-close-code")
    return played, found and shortest(found, lambda less: fails(said(less)))


def said(found: Conversation) -> list[tuple[int, str]]:
    """Return connections and names of what was said and done."""
    return [(number, move.name) for number, move in found]


def test_same_seed_draws_the_same() -> None:
    """Two runs say the same, and another seed something else."""
    assert drawn(1)[0] == drawn(1)[0]
    assert drawn(1)[0] != drawn(2)[0]


def test_both_connections_are_used() -> None:
    """Some conversations use two connections."""
    assert any({0, 1} == {number for number, _ in said} for said in drawn(1)[0])


@pytest.mark.parametrize("seed", range(3))
def test_what_is_found_is_shrunk_to_one_move(seed: int) -> None:
    """Of a conversation with one bad move, that move is left, on the first connection."""
    _, found = drawn(seed, lambda talk: "binary-frame" in [name for _, name in talk], examples=100)
    assert found is not None
    assert [(0, "binary-frame")] == said(found)


@pytest.mark.parametrize("seed", range(3))
def test_two_connections_are_shrunk_to_one_word_on_each(seed: int) -> None:
    """What needs a login on both connections ends with these two logins."""
    _, found = drawn(seed, lambda talk: {(0, "login"), (1, "login")} <= set(talk))
    assert found is not None
    assert [(0, "login"), (1, "login")] == sorted(said(found))


@pytest.mark.parametrize("deed", [Deed.LEAVE, Deed.LOSE])
def test_reconnect_is_shrunk_to_what_was_said_around_it(deed: Deed) -> None:
    """What needs a login after a connection was given up ends with three moves on one connection."""

    def fails(talk: list[tuple[int, str]]) -> bool:
        mine = [name for number, name in talk if number == 0]
        return deed in mine and "login" in mine[mine.index(deed) :] and "login" in mine[: mine.index(deed)]

    _, found = drawn(0, fails, examples=150)
    assert found is not None
    assert [(0, "login"), (0, deed), (0, "login")] == said(found)


def test_every_move_is_drawn_and_most_sessions_begin_well() -> None:
    """Some two hundred conversations hold every move, and many a login that may come."""
    played = [said(found) for seed in range(8) for found in drawn(seed)[0]]
    assert {move.name for move in made()} == {name for talk in played for _, name in talk}
    assert len(played) / 3 < sum("login" in [name for _, name in talk] for talk in played)


def test_states_say_what_follows() -> None:
    """A login leads to listening, since the server welcomes the client; a second one ends the session."""
    rules = queue()
    assert "listening" == after(rules, None, "login")
    assert after(rules, "listening", "login") is None
    assert after(rules, "listening", "unheard-of") is None


def test_each_mistake_is_made_at_first_and_after_a_good_beginning() -> None:
    """A message that is wrong in one place is said in both states without any luck."""
    found = [said(talk) for talk in mistakes(made(), good_trace(made(), queue()))]
    assert [(0, "login /token type")] in found
    assert [(0, "login"), (0, "login /token type")] in found
    assert [(Deed.HURRY, "login"), (None, "login")] == [
        (move.deed, move.name) for _, move in next(mistakes(made(), good_trace(made(), queue())))
    ]
    broken = [move for move in made() if not move.deed and not move.right]
    assert 2 * len(broken) + 1 == len(found)
    assert len(broken) == len(list(mistakes(made(), ())))


def test_good_trace_is_cut_at_each_of_its_places() -> None:
    """A trace of one message is cut before it, right after it and after its answer, by both ways of leaving."""
    trace = good_trace(made(), queue())
    assert ["login"] == [move.name for move in trace]
    cut = [[(move.name, move.deed) for _, move in found] for found in reconnections(trace)]
    login = ("login", None)
    assert [
        [("wait", Deed.WAIT), ("leave", Deed.LEAVE), login],
        [("login", Deed.LEAVE), login],
        [login, ("leave", Deed.LEAVE), login],
    ] == cut[:3]
    assert [Deed.LOSE] == [deed for _, deed in cut[4] if deed]
    assert 6 == len(cut)
