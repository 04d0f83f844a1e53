"""Scripts of sessions are made from the rules of a channel, whatever its messages are called."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from accord.cases.script import BAD, GOOD, SILENCE, Hear, Say, Script, Tokens, example, scripts
from accord.contract.contract import Contract, load
from accord.contract.session import read_session

ROOT = Path(__file__).resolve().parents[2]
CHANNEL = ROOT / "docs" / "rules" / "cases" / "channel.yaml"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmVk"
TOKENS = Tokens(good=TOKEN, expired="old", revoked="left")


def played(contract: Contract, tokens: Tokens = TOKENS, **options: Any) -> dict[str, Script]:
    """Return the scripts of the contract's channel by name."""
    (channel,) = contract.channels
    made = scripts(contract.library, channel, read_session(channel), tokens, **options)
    assert len(made) == len({script.name for script in made})
    return {script.name: script for script in made}


def changed(folder: Path, **changes: str) -> Contract:
    """Return the contract of the queue with texts replaced."""
    text = CHANNEL.read_text(encoding="utf-8")
    for before, after in changes.items():
        assert before in text
        text = text.replace(before, after, 1)
    path = folder / "channel.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path)


@pytest.fixture(scope="module")
def queue() -> Contract:
    """Return the contract of the job queue."""
    return load(CHANNEL)


def login(token: str) -> dict[str, str]:
    """Return the authenticating message of the queue."""
    return {"type": "login", "token": token}


def said(script: Script) -> list[Any]:
    """Return the JSON values that *script* says."""
    return [json.loads(step.data) for step in script.steps if isinstance(step, Say)]


@pytest.mark.parametrize("path", [CHANNEL, ROOT / "contracts" / "sartiq"])
def test_names_do_not_depend_on_tokens(path: Path) -> None:
    """Trials can be named before anybody has logged in."""
    contract = load(path)
    assert list(played(contract)) == list(played(contract, Tokens()))


def test_good_token_is_said_and_an_answer_awaited(queue: Contract) -> None:
    """The first script authenticates and waits for one of the two replies."""
    script = played(queue)["accepted-token"]
    assert [login(TOKEN)] == said(script)
    assert Hear(names=("welcome", "rejected")) == script.steps[-1]
    assert (GOOD, ()) == (script.token, script.codes)


def test_bad_tokens_are_not_the_good_one(queue: Contract) -> None:
    """Every token that must be refused differs from the good one, and from the others."""
    tokens = [said(script)[0]["token"] for script in played(queue).values() if script.token == BAD]
    assert {"", "garbage", "old", "left"} < set(tokens)
    assert 6 == len(set(tokens))
    assert TOKEN not in tokens


def test_refused_token_ends_with_the_code_of_the_contract(queue: Contract) -> None:
    """What a script ends in is taken from ``closes``."""
    script = played(queue)["garbage-token"]
    assert ("authentication-failed", (4401,), None) == (script.cause, script.codes, script.seconds)


def test_second_authentication_is_said_after_the_first_was_answered(queue: Contract) -> None:
    """The same message is said twice, with the reply in between."""
    script = played(queue)["repeated-authentication"]
    assert [Say, Hear, Say] == [type(step) for step in script.steps]
    assert [login(TOKEN), login(TOKEN)] == said(script)


def is_login(text: str | bytes) -> bool:
    """Tell whether *text* is a message that the client may send, as another validator and parser see it."""
    try:
        value = json.loads(text, parse_constant=lambda name: 1 / 0)
    except (ValueError, ZeroDivisionError, RecursionError):
        return False
    document = yaml.safe_load(CHANNEL.read_text(encoding="utf-8"))
    schema = document["components"]["messages"]["login"]["payload"]
    return bool(jsonschema.Draft202012Validator(schema).is_valid(value))


def test_no_malformed_frame_is_a_message(queue: Contract) -> None:
    """A frame after which the session has to end as malformed is nothing that the contract allows."""
    frames = [
        script.steps[-1].data
        for script in played(queue).values()
        if script.cause == "malformed-message" and isinstance(script.steps[-1], Say)
    ]
    assert 22 == len(frames)
    assert [] == [frame for frame in frames if is_login(frame)]


def test_only_the_size_of_an_oversized_frame_is_wrong(queue: Contract) -> None:
    """It is a valid message of one byte more than the server takes."""
    (step,) = played(queue)["oversized-frame"].steps
    assert isinstance(step, Say)
    assert isinstance(step.data, str)
    assert 4097 == len(step.data.encode())
    assert is_login(step.data)


def test_only_the_kind_of_a_binary_frame_is_wrong(queue: Contract) -> None:
    """It is a valid message in a binary frame."""
    (step,) = played(queue)["binary-frame"].steps
    assert isinstance(step, Say)
    assert isinstance(step.data, bytes)
    assert is_login(step.data)


def test_every_malformed_frame_is_also_sent_after_authentication(queue: Contract) -> None:
    """What is sent before the authentication is sent once more by somebody who is authenticated."""
    made = played(queue)
    later = {name.removeprefix("authenticated-") for name in made if name.startswith("authenticated-")}
    assert {
        "bad-json",
        "deep-json",
        "not-a-number",
        "binary-frame",
        "oversized-frame",
        "unknown-type",
    } < later
    assert all(made[name].steps[-1:] == made[f"authenticated-{name}"].steps[-1:] for name in later)


def test_deep_json_stays_below_the_size_limit(queue: Contract) -> None:
    """Only the depth of deep JSON is too much, not its length."""
    (step,) = played(queue)["deep-json"].steps
    assert isinstance(step, Say)
    assert 4096 == len(step.data)


def test_cause_without_a_promise_expects_nothing(tmp_path: Path) -> None:
    """Where ``closes`` does not mention a cause, the script is played and no code expected."""
    contract = changed(tmp_path, **{"        malformed-message: 4400\n": ""})
    script = played(contract)["bad-json"]
    assert () == script.codes
    assert script.seconds is not None


def test_silence_comes_last_and_waits_for_the_time_limit(queue: Contract) -> None:
    """The script that says nothing waits for as long as the state may last."""
    *_, script = played(queue).values()
    assert ("silence", (), (4408,), 5, "") == (
        script.name, script.steps, script.codes, script.seconds, script.reason,
    )  # fmt: skip


def test_silence_that_takes_too_long_is_not_played(tmp_path: Path) -> None:
    """A time limit beyond what a run waits is a reason, and the limit can be set."""
    contract = changed(tmp_path, **{"seconds: 5,": "seconds: 16,"})
    assert "16 s is longer than the 15 s" in played(contract)["silence"].reason
    assert SILENCE < 16
    assert "" == played(contract, silence=20.0)["silence"].reason


def test_scripts_without_a_token_say_why(queue: Contract) -> None:
    """Without identities, what needs a token has a reason, and what does not is played."""
    made = played(queue, Tokens())
    unplayed = {name for name, script in made.items() if script.reason}
    assert {
        "accepted-token",
        "other-signature",
        "expired-token",
        "revoked-user",
        "repeated-authentication",
    } < unplayed
    assert {"garbage-token", "empty-token", "bad-json", "binary-frame", "silence"}.isdisjoint(unplayed)
    assert "'default'" in made["accepted-token"].reason
    assert "'expired'" in made["expired-token"].reason


def test_causes_that_cannot_be_provoked_say_why(tmp_path: Path) -> None:
    """A promise that accord cannot test is not passed over in silence."""
    beat = "heartbeat: { frame: ping, interval: 1, timeout: 1, close: 1011 }"
    contract = changed(tmp_path, **{"      initial: waiting": f"      {beat}\n      initial: waiting"})
    assert "accord answers every ping" == played(contract)["heartbeat"].reason


def test_channel_without_rules_is_only_opened(tmp_path: Path) -> None:
    """Without ``x-session`` nothing is known that could be said."""
    contract = changed(tmp_path, **{"x-session:": "x-other:"})
    assert ["open"] == list(played(contract))


def test_channel_without_authentication_is_opened_and_sent_malformed_frames(tmp_path: Path) -> None:
    """Where the handshake authenticates, the scripts about tokens are left out."""
    text = "authentication:\n        message: login\n        token: /token\n        success: welcome\n"
    contract = changed(tmp_path, **{f"      {text}        failure: rejected\n": ""})
    names = set(played(contract))
    assert {"open", "bad-json", "unknown-type", "binary-frame", "silence"} < names
    assert not [name for name in names if "token" in name or name.startswith("authenticated-")]


def test_example_of_the_contract_is_preferred(tmp_path: Path) -> None:
    """A message is the contract's own example where it has a valid one, else the least that is valid."""
    contract = changed(
        tmp_path,
        **{
            "    login:\n      payload:": "    login:\n      examples:\n"
            "        - payload: { type: logout, token: t }\n"
            "        - payload: { type: login, token: t, since: 4 }\n      payload:"
        },
    )
    message = contract.channels[0].message("login")
    assert {"type": "login", "token": "t", "since": 4} == example(contract.library, message)


def test_least_message_has_its_constants(queue: Contract) -> None:
    """Without an example, required members take their constant, or an empty value of their type."""
    assert {"type": "login", "token": ""} == example(queue.library, queue.channels[0].message("login"))


def test_message_that_cannot_be_made_is_a_reason(tmp_path: Path) -> None:
    """Where no valid message can be made, the scripts say so instead of sending rubbish."""
    contract = changed(
        tmp_path, **{"token: { type: string }": "token: { type: string, pattern: '^[a-z]{9}$' }"}
    )
    assert "no valid login can be made" in played(contract)["accepted-token"].reason
