"""The rules about a whole session, where the pages do not show them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from session_cases import CHANNEL, hold, observe, queue

from accord.contract.contract import Contract, load
from accord.findings.checks import message, session
from accord.findings.finding import Finding
from accord.findings.transcript import transcript

RULES = (*message.RULES, *session.RULES)
TIME = "2024-05-01T10:00:00Z"
LOGIN = ["sent", {"type": "login", "token": "t"}]
WELCOME = ["received", {"type": "welcome", "team": "red"}]
REJECTED = ["received", {"type": "rejected", "reason": "no"}]
END = ["closed", 1000, "client"]


def job(status: str = "queued", **members: Any) -> list[Any]:
    """Return the event that a job has a status."""
    told = {"id": 7, "status": status, "created_at": TIME, "updated_at": TIME, "steps": [], **members}
    return ["received", {"type": "job_changed", "job": told}]


def found(*events: list[Any], contract: Contract | None = None, **more: Any) -> list[Finding]:
    """Return what all rules find in a session of these events."""
    case = {"script": "", "events": [["opened"], *events], **more}
    return [finding for _, finding in hold(RULES, case, contract)]


def rules(*events: list[Any], contract: Contract | None = None, **more: Any) -> list[str]:
    """Return the rules that find something in a session of these events."""
    case = {"script": "", "events": [["opened"], *events], **more}
    return [rule for rule, _ in hold(RULES, case, contract)]


def changed(folder: Path, **changes: str) -> Contract:
    """Return the contract of the queue with texts replaced."""
    text = CHANNEL.read_text(encoding="utf-8")
    for before, after in changes.items():
        assert before in text
        text = text.replace(before, after, 1)
    path = folder / "channel.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path)


@pytest.fixture
def silent(tmp_path: Path) -> Contract:
    """Return the contract without any promise about close codes."""
    text = CHANNEL.read_text(encoding="utf-8")
    head, rest = text.split("      closes:\n")
    contract = head + rest[rest.index("      entities:") :]
    path = tmp_path / "channel.yaml"
    path.write_text(contract.replace("{ close: 4429 }", "{ next: judging }"), encoding="utf-8")
    return load(path)


@pytest.mark.parametrize(
    "events",
    [
        (LOGIN, WELCOME, job(), job("running"), job("done"), END),
        (LOGIN, REJECTED, ["closed", 4401, "server"]),
        (LOGIN, WELCOME, LOGIN, ["closed", 4429, "server"]),
        (LOGIN, WELCOME, LOGIN, job(), ["closed", 4429, "server"]),
        (LOGIN, WELCOME, ["sent-binary", "x"], ["closed", 1003, "server"]),
        (["sent-long", 5000], ["closed", 1009, "server"]),
        (["wait", 5], ["closed", 4408, "server"]),
        (LOGIN, WELCOME, ["closed", 1000, "server"]),
        (LOGIN, WELCOME, ["wait", 60], END),
        (LOGIN, WELCOME),
        (END,),
    ],
)
def test_session_as_it_should_be_has_no_findings(events: tuple[list[Any], ...]) -> None:
    """What the contract allows is found by no rule."""
    assert [] == found(*events)


@pytest.mark.parametrize(
    ("sent", "cause", "code"),
    [
        (["sent", "["], "malformed-message syntax", 4400),
        (["sent", "[NaN]"], "malformed-message constant", 4400),
        (["sent", "[" * 4000], "malformed-message depth", 4400),
        (["sent", {}], "malformed-message undeclared", 4400),
        (["sent", {"type": "login"}], "malformed-message schema", 4400),
        (["sent-binary", "{}"], "binary-frame", 1003),
        (["sent-long", 4097], "message-too-big", 1009),
    ],
)
def test_each_mistake_of_the_client_has_its_code(sent: list[Any], cause: str, code: int) -> None:
    """Before and after the authentication, a mistake ends with the code of its cause and no other."""
    for before in ((), (LOGIN, WELCOME)):
        assert [] == found(*before, sent, ["closed", code, "server"])
        (finding,) = found(*before, sent, ["closed", 4429, "server"])
        assert f"{cause} 4429" == finding.deviation
        (finding,) = found(*before, sent, ["wait", 4], END)
        assert cause == finding.deviation


def test_short_wait_shows_no_missing_close() -> None:
    """A client that leaves at once cannot say that the server would not have closed."""
    assert [] == found(["sent", "["], ["wait", 1], END)


def test_wrong_code_is_told_at_its_promise() -> None:
    """A finding about a close code points to the cause in ``closes``, or to the time limit."""
    (finding,) = found(["sent", "["], ["closed", 1011, "server"])
    assert "channel.yaml#/channels/progress/x-session/closes/malformed-message" == finding.pointer
    (finding,) = found(["wait", 5], ["closed", 1011, "server"])
    assert "channel.yaml#/channels/progress/x-session/states/waiting/timeout" == finding.pointer


def test_two_causes_allow_both_codes() -> None:
    """Which of two mistakes the server reads first is not promised."""
    for code in (4400, 1003):
        assert [] == found(["sent", "["], ["sent-binary", "x"], ["closed", code, "server"])
    assert ["wrong-close-code"] == rules(["sent", "["], ["sent-binary", "x"], ["closed", 4429, "server"])


@pytest.mark.parametrize("code", [1000, 1003, 1007, 1008, 4000])
def test_unpromised_cause_may_end_in_any_code(silent: Contract, code: int) -> None:
    """Where ``closes`` says nothing about a cause, no code is wrong and none is missing."""
    for sent in (["sent", "["], ["sent-binary", "x"], ["sent", {"type": "zzz"}]):
        assert [] == found(sent, ["closed", code, "server"], contract=silent)
        assert [] == found(sent, ["wait", 4], END, contract=silent)


@pytest.mark.parametrize(
    "text", [r'{"type": "login", "token": "\ud800"}', '{"type": "login", "token": 1, "token": "t"}']
)
def test_disputed_json_of_the_client_may_be_read_either_way(text: str) -> None:
    """Where readers differ about what the client sent, each answer to it is allowed."""
    assert [] == found(["sent", text], ["closed", 4400, "server"])
    assert [] == found(["sent", text], REJECTED, ["closed", 4401, "server"])
    assert [] == found(["sent", text], WELCOME, END)


def test_events_on_their_way_are_not_out_of_turn() -> None:
    """What the server sent before it read the client's next message is judged by the state before."""
    assert [] == found(LOGIN, WELCOME, LOGIN, job(), job("running"), ["closed", 4429, "server"])


def test_unasked_reply_is_out_of_turn() -> None:
    """A reply to an authentication that nobody sent has no place."""
    (finding,) = found(WELCOME, END)
    assert "welcome in waiting" == finding.deviation


def test_reply_to_each_authentication_is_out_of_turn() -> None:
    """A second reply is as wrong after a second authentication."""
    assert ["message-out-of-turn"] == rules(LOGIN, WELCOME, LOGIN, WELCOME, ["closed", 4429, "server"])


def test_events_before_authentication_may_be_allowed(tmp_path: Path) -> None:
    """With ``first: false``, a state alone says what may come before the reply."""
    contract = changed(
        tmp_path,
        **{
            "failure: rejected\n": "failure: rejected\n        first: false\n",
            "login: { next: judging }\n": "login: { next: judging }\n          server: { note: { next: waiting } }\n",
        },
    )
    note = ["received", {"text": "hello"}]
    assert [] == found(note, LOGIN, WELCOME, END, contract=contract)
    assert ["message-out-of-turn"] == rules(job(), LOGIN, WELCOME, END, contract=contract)


def test_every_event_after_the_refusal_is_told_once() -> None:
    """Several events of one kind after a refusal are one fingerprint."""
    findings = found(LOGIN, REJECTED, job(), job("running"), ["closed", 4401, "server"])
    assert 1 == len({finding.fingerprint for finding in findings})


def test_refusal_without_a_message_is_no_wrong_code() -> None:
    """A close with the right code, but without the failure message, lacks the message only."""
    assert ["missing-authentication-reply"] == rules(LOGIN, ["closed", 4401, "server"], token="bad")
    both = rules(LOGIN, ["closed", 1008, "server"], token="bad")
    assert ["missing-authentication-reply", "wrong-close-code"] == both


def test_crash_is_told_once_for_each_place_in_the_code() -> None:
    """The class of a crash is the exception and the function, not its message; no other rule speaks."""
    first, second = (
        found(["sent", "["], ["closed", 1006, "server"], crash=f"app.Odd: {text} (app.py:{line} in read)")
        for text, line in (("a (b) in c", 3), ("d", 4))
    )
    assert ["app.Odd read"] == [finding.deviation for finding in first]
    assert [first[0].fingerprint] == [finding.fingerprint for finding in second]


def test_crash_without_a_place_has_its_type() -> None:
    """An exception that names no place is known by its type."""
    assert ["SystemExit"] == [
        item.deviation for item in found(["closed", 1006, "server"], crash="SystemExit")
    ]


def test_missing_close_frame_is_no_wrong_code() -> None:
    """A broken connection is told once, with what came before it."""
    (finding,) = found(LOGIN, REJECTED, ["closed", 1006, "server"])
    assert "1006 authentication-failed" == finding.deviation


@pytest.mark.parametrize("code", [1002, 1007])
def test_only_a_failed_connection_is_a_violation_of_the_protocol(code: int) -> None:
    """A client that fails the connection says why; one that closes does not."""
    assert ["websocket-protocol-violation"] == rules(LOGIN, WELCOME, ["closed", code, "client", "bad frame"])
    assert [] == rules(LOGIN, WELCOME, ["closed", 1008, "client", "too many messages"])


def test_close_after_the_limit_with_another_code_is_wrong() -> None:
    """After the time limit, its code is the only one."""
    (finding,) = found(["wait", 5.2], ["closed", 4401, "server"])
    assert "authentication-timeout 4401" == finding.deviation


def test_limit_counts_from_the_state(tmp_path: Path) -> None:
    """The time of a state begins when the session comes into it."""
    limit = "        judging:\n          timeout: { seconds: 2, close: 4408 }\n"
    contract = changed(tmp_path, **{"        judging:\n": limit})
    events = (["wait", 4], LOGIN, ["wait", 1], WELCOME, ["wait", 30], END)
    assert [] == rules(*events, contract=contract)


def test_unknown_status_is_out_of_order(tmp_path: Path) -> None:
    """A status that neither ``order`` nor an enumeration knows is told, without its value."""
    contract = changed(
        tmp_path, **{"status: { enum: [queued, running, done, failed] }": "status: { type: string }"}
    )
    (finding,) = found(LOGIN, WELCOME, job("lost"), END, contract=contract)
    assert "undeclared" == finding.deviation


def test_things_are_told_apart_by_their_key() -> None:
    """What one job did says nothing about another."""
    assert [] == rules(LOGIN, WELCOME, job("done"), job("queued", id=8), END)


def test_nested_things_have_a_life_of_their_own() -> None:
    """A step that goes back is told at its place in the message, whatever its index."""
    steps = [{"name": "a", "status": "closed"}, {"name": "b", "status": "open"}]
    later = [{"name": "b", "status": "closed"}, {"name": "a", "status": "open"}]
    (finding,) = found(LOGIN, WELCOME, job(steps=steps), job(steps=later), END)
    assert ("/job/steps/1/status", "closed to open") == (finding.evidence_pointer, finding.deviation)
    assert finding.pointer.endswith("/x-session/entities/job/nested/step/order")


def test_invalid_messages_tell_nothing_of_things() -> None:
    """A message that breaks its schema is told as that, and not followed further."""
    assert ["message-schema-violation"] == rules(LOGIN, WELCOME, job("done"), job("queued", steps=None), END)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("2024-05-01T10:00:00Z", "2024-05-01T12:00:00+02:00", []),
        ("2024-05-01T10:00:00.123456789Z", "2024-05-01T10:00:00.123457Z", []),
        ("2024-05-01T10:00:00Z", "2024-05-01T11:59:59+02:00", ["decreasing-update-time"]),
        ("2024-05-01T10:00:00.2Z", "2024-05-01T10:00:00.1Z", ["decreasing-update-time"]),
    ],
)
def test_times_are_compared_as_instants(first: str, second: str, expected: list[str]) -> None:
    """Offsets and fractions of a second are taken into account."""
    assert expected == rules(LOGIN, WELCOME, job(updated_at=first), job(updated_at=second), END)


def test_foreign_event_is_found_only_after_authentication() -> None:
    """An event that comes to somebody who has not authenticated yet is told as that alone."""
    notes = {"foreign": ["job 7"], "token": "good"}
    assert ["message-before-authentication"] == rules(job(), LOGIN, WELCOME, END, **notes)
    assert ["foreign-event"] == rules(LOGIN, WELCOME, job(), END, **notes)


def test_rules_need_what_they_look_at() -> None:
    """A refused handshake shows nothing about what would have come after it."""
    observed = observe({"script": "open", "events": [["refused", 403]]})
    reached = {rule.id for rule in RULES if rule.when(observed)}
    assert {
        "refused-handshake",
        "crashed-session",
        "websocket-protocol-violation",
        "missing-close-code",
    } == reached


def test_deviations_name_no_values() -> None:
    """Ids, texts and times of the messages stand in no fingerprint."""
    findings = found(
        LOGIN, WELCOME, job("done", id=4711, created_at="2024-01-01T00:00:00Z"), job("queued", id=4711), END
    )
    assert {"change-after-final-status", "changed-fixed-value"} == set(
        rules(LOGIN, WELCOME, job("done", created_at="2024-01-01T00:00:00Z"), job("queued"), END)
    )
    assert not [item for item in findings if "4711" in item.deviation or "2024" in item.deviation]


def test_states_stay_possible_until_the_server_shows_one() -> None:
    """After a message of the client, the server may not have read it yet."""
    case = {"script": "", "events": [["opened"], LOGIN, WELCOME, END]}
    lines = transcript(queue(), queue().channels[0], observe(case).session)
    assert [{"waiting"}, {"waiting"}, {"waiting", "judging"}, {"listening"}] == [
        set(line.states) for line in lines
    ]
