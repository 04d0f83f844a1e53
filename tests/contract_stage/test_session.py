"""What ``x-session`` on a channel says is read, and held against the channel."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from accord.contract.contract import load
from accord.contract.session import Authentication, SessionRules, Timeout, check_session, read_session
from accord.errors import ContractError

ROOT = Path(__file__).resolve().parents[2]
CHANNEL = ROOT / "docs" / "rules" / "cases" / "channel.yaml"


def rules(folder: Path, **changes: str) -> SessionRules:
    """Return the rules of the queue's channel, with each text (``_`` is a space) replaced by another."""
    text = CHANNEL.read_text(encoding="utf-8")
    for before, after in changes.items():
        assert before in text
        text = text.replace(before, after, 1)
    path = folder / "channel.yaml"
    path.write_text(text, encoding="utf-8")
    contract = load(path)
    check_session(contract.library, contract.channels[0])
    found = read_session(contract.channels[0])
    assert found is not None
    return found


def test_rules_are_read(tmp_path: Path) -> None:
    """States, authentication, close codes and isolation come out as they stand in the document."""
    found = rules(tmp_path)
    assert "waiting" == found.initial
    assert Timeout(seconds=5, close=4408) == found.states["waiting"].timeout
    assert "judging" == found.states["waiting"].client["login"].next
    assert 4401 == found.states["judging"].server["rejected"].close
    assert (
        Authentication(message="login", token="/token", success="welcome", failure="rejected", first=True)
        == found.authentication
    )
    assert (1001, 1012) == found.closes["shutdown"]
    assert ((1009,), 4096) == (found.closes["message-too-big"], found.maximum_bytes)
    assert ("team", "/team") == (found.party, found.party_at)


def test_every_code_is_documented(tmp_path: Path) -> None:
    """The documented codes are those of the causes, the steps, the time limits and the heartbeat."""
    text = "{ frame: ping, interval: 20, timeout: 20, close: [1011, 4000] }\n      isolation:"
    found = rules(tmp_path, **{"isolation:": f"heartbeat: {text}"})
    assert {4401, 4408, 4429, 4400, 1003, 1009, 1001, 1012, 1011, 4000} == found.documented()


def test_channel_without_rules_has_none(tmp_path: Path) -> None:
    """A channel without ``x-session`` is no error."""
    path = tmp_path / "channel.yaml"
    path.write_text(CHANNEL.read_text(encoding="utf-8").replace("x-session:", "x-other:"), encoding="utf-8")
    contract = load(path)
    check_session(contract.library, contract.channels[0])
    assert None is read_session(contract.channels[0])


def test_sartiq_rules_can_be_read() -> None:
    """The contract of this repository passes."""
    contract = load(ROOT / "contracts" / "sartiq")
    check_session(contract.library, contract.channels[0])


def test_rules_are_read_once() -> None:
    """Every rule asks for them after every session, and a contract does not change."""
    channel = load(ROOT / "contracts" / "sartiq").channels[0]
    assert read_session(channel) is read_session(channel)


def test_reachable_statuses_are_the_transitive_closure(tmp_path: Path) -> None:
    """A status may be followed by what any path leads to, as Warshall's algorithm has it."""
    order = "{ a: [b, c], b: [d], c: [c], d: [a], e: [] }"
    lines = "queued: [running]\n            running: [done, failed]\n            done: []\n            failed: []\n"
    states = "{ enum: [queued, running, done, failed] }"
    found = rules(
        tmp_path,
        **{
            f"order:\n            {lines}": f"order: {order}\n",
            states: "{ enum: [a, b, c, d, e] }",
            "final: [done, failed]": "final: [e]",
        },
    )
    edges = {("a", "b"), ("a", "c"), ("b", "d"), ("c", "c"), ("d", "a")}
    for middle, first, last in itertools.product("abcde", repeat=3):
        if (first, middle) in edges and (middle, last) in edges:
            edges.add((first, last))
    assert edges == {
        (first, last) for first, lasts in found.lifecycles[0].reachable.items() for last in lasts
    }


def test_things_stand_where_the_pattern_says(tmp_path: Path) -> None:
    """A nested thing is found in every item, with its place; the entity is the message itself."""
    entity, nested = rules(tmp_path).lifecycles
    message = {"job": {"steps": [{"name": "a"}, {"name": "b"}]}}
    assert [("", message)] == list(entity.things(message))
    assert [("/job/steps/0", {"name": "a"}), ("/job/steps/1", {"name": "b"})] == list(nested.things(message))
    assert [] == list(nested.things({"job": {"steps": 3}}))
    assert [] == list(nested.things(["job"]))


@pytest.mark.parametrize(
    ("before", "after", "pointer", "reason"),
    [
        ("initial: waiting", "initial: nowhere", "/initial", "no state 'nowhere'"),
        (
            "login: { next: judging }",
            "login: { next: nowhere }",
            "/states/waiting/client/login/next",
            "no state 'nowhere'",
        ),
        (
            "login: { close: 4429 }",
            "hello: { close: 4429 }",
            "/states/judging/client/hello",
            "no message 'hello'",
        ),
        (
            "login: { close: 4429 }",
            "note: { close: 4429 }",
            "/states/judging/client/note",
            "that the client sends",
        ),
        ("success: welcome", "success: login", "/authentication/success", "that the server sends"),
        ("messages: [jobChanged]", "messages: [jobs]", "/entities/job", "no message 'jobs'"),
        ("queued: [running]", "queued: [walking]", "/entities/job/order/queued/0", "'walking' has no entry"),
        (
            "open: [closed]",
            "ajar: [closed]",
            "/entities/job/nested/step/order/ajar",
            "'ajar' is not in the schema",
        ),
        ("final: [done, failed]", "final: [running]", "/entities/job/final", "'running' is final"),
        ("close: 4408 }", "close: 1006 }", "/states/waiting/timeout/close", "not valid session"),
        ("token: /token", "tokens: /token", "/authentication", "not valid session"),
    ],
)
def test_wrong_name_is_told_with_its_place(
    tmp_path: Path, before: str, after: str, pointer: str, reason: str
) -> None:
    """A name that means nothing is an error with file, line and pointer."""
    with pytest.raises(ContractError) as caught:
        rules(tmp_path, **{before: after})
    place, _, told = caught.value.place.partition("#")
    lines = (tmp_path / "channel.yaml").read_text(encoding="utf-8").splitlines()
    key = pointer.rsplit("/", 1)[-1]
    assert f"/channels/progress/x-session{pointer}" == told
    assert reason in caught.value.reason
    name, line = place.split(":")
    assert "channel.yaml" == name
    assert key in lines[int(line) - 1] or key.isdigit()


def test_status_is_free_where_the_schema_lists_none(tmp_path: Path) -> None:
    """Where the schema allows any text, every status may stand in ``order``."""
    found = rules(
        tmp_path, **{"{ enum: [open, closed] }": "{ type: string }", "open: [closed]": "ajar: [closed]"}
    )
    assert {"ajar", "closed"} == set(found.lifecycles[1].order)


def test_status_is_looked_up_through_references_and_unions(tmp_path: Path) -> None:
    """An enumeration is found behind ``$ref`` and beside ``null``."""
    nullable = '{ anyOf: [{ enum: [open, closed] }, { type: "null" }] }'
    with pytest.raises(ContractError, match="'ajar' is not in the schema"):
        rules(tmp_path, **{"{ enum: [open, closed] }": nullable, "open: [closed]": "ajar: [closed]"})
