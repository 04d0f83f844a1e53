"""A message of the server is exactly one of those that the contract describes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from session_cases import hold, observe, queue

from accord.contract.contract import load
from accord.exchange.values import Opened, Received, Session
from accord.findings.checks import message
from accord.findings.evidence import SessionObservation
from accord.findings.finding import Finding

TIME = "2024-05-01T10:00:00Z"


def job(**members: Any) -> dict[str, Any]:
    """Return an event about a job, with members of the job changed; None takes one away."""
    told = {"id": 7, "status": "queued", "created_at": TIME, "updated_at": TIME, "steps": [], **members}
    return {"type": "job_changed", "job": {name: value for name, value in told.items() if value is not None}}


def found(*messages: Any) -> list[tuple[str, Finding]]:
    """Return what the rules about messages find in *messages* of the server."""
    events = [["opened"], *(["received", item] for item in messages), ["closed", 1000, "client"]]
    return hold(message.RULES, {"script": "events", "events": events})


def places(findings: list[tuple[str, Finding]]) -> list[tuple[str, str, str]]:
    """Return contract place, place in the message and deviation of each finding."""
    return [(item.pointer, item.evidence_pointer, item.deviation) for _, item in findings]


def test_violation_names_both_places() -> None:
    """A broken keyword is told with its place in the contract and in the message."""
    base = "channel.yaml#/components/schemas/Job"
    assert [
        (f"{base}/properties/created_at/format", "/job/created_at", "format"),
        (f"{base}/properties/id/type", "/job/id", "type"),
    ] == sorted(places(found(job(id="seven", created_at="today"))))


def test_each_missing_member_is_a_finding_of_its_own() -> None:
    """Two members that are missing from one object have two fingerprints."""
    findings = found(job(id=None, status=None))
    assert {"required id", "required status"} == {item.deviation for _, item in findings}
    assert 2 == len({item.fingerprint for _, item in findings})


def test_items_of_an_array_are_told_once() -> None:
    """A thousand items that break the schema alike are one finding."""
    steps = [{"name": "x", "status": "ajar"}] * 1000
    assert ["enum"] == [item.deviation for _, item in found(job(steps=steps))]


def test_fingerprint_does_not_depend_on_values() -> None:
    """Another wrong value at the same place is the same finding."""
    first, second = (found(job(id=value))[0][1] for value in ("seven", "eight"))
    assert first.fingerprint == second.fingerprint


def test_violation_in_a_nullable_object_is_told_where_it_is() -> None:
    """Of ``anyOf: [object, null]``, the object's branch is told for an object."""
    base = "channel.yaml#/components/schemas/Job/properties/worker/anyOf"
    ((_, finding),) = found(job(worker={}))
    assert (f"{base}/0/required", "/job/worker", "required name") == (
        finding.pointer, finding.evidence_pointer, finding.deviation,
    )  # fmt: skip
    ((_, finding),) = found(job(worker=3))
    assert (base, "anyOf") == (finding.pointer, finding.deviation)


def test_unknown_discriminant_is_not_guessed() -> None:
    """A value of the discriminant that no message has is undeclared, whatever else is in it."""
    unknown = job() | {"type": "job_moved"}
    ((rule, finding),) = found(unknown)
    assert ("undeclared-message", "unknown type") == (rule, finding.deviation)


@pytest.mark.parametrize(
    ("value", "deviation"),
    [
        ([], "not-an-object array"),
        ("null", "not-an-object null"),
        ("3", "not-an-object number"),
        ("true", "not-an-object boolean"),
        ('"text"', "not-an-object string"),
        ({}, "no-discriminant"),
        ({"type": None}, "unknown type"),
        ({"type": ["job_changed"]}, "unknown type"),
        ({"type": "JOB_CHANGED"}, "unknown type"),
    ],
)
def test_undeclared_messages_are_told_apart(value: Any, deviation: str) -> None:
    """What is none of the messages is told by what is wrong with its discriminant."""
    ((rule, finding),) = found(value)
    assert ("undeclared-message", deviation) == (rule, finding.deviation)


def test_message_without_a_discriminant_is_recognised_by_its_members() -> None:
    """A variant without constants is taken when it fits."""
    assert [] == found({"type": "plain", "text": "hello"})


def test_client_messages_are_not_for_the_server() -> None:
    """What only the client may send is undeclared when the server sends it."""
    assert ["undeclared-message"] == [rule for rule, _ in found({"type": "login", "token": "t"})]


def test_every_fault_of_json_is_malformed_alone() -> None:
    """A message that is not JSON is nothing else."""
    findings = found("{", '{"a": NaN}', '{"a": 1, "a": 2}', r'{"text": "\udc00"}', "[" * 60_000)
    assert ["malformed-message"] * 5 == [rule for rule, _ in findings]
    assert ["syntax", "constant", "duplicate-member", "unpaired-surrogate", "depth"] == [
        item.deviation for _, item in findings
    ]


def test_only_one_message_is_asked_about() -> None:
    """With the note ``only``, messages of other names are passed over."""
    events = [["opened"], ["received", job(id="seven")], ["received", {"type": "welcome"}]]
    observed = observe({"script": "events", "events": events})
    asked = SessionObservation(
        channel=observed.channel, session=observed.session, script="events", notes=(("only", "welcome"),)
    )
    assert ["required team"] == [item.deviation for item in message.message_schema_violation(queue(), asked)]


def test_rules_are_not_reached_without_a_message() -> None:
    """A session in which the server said nothing shows nothing about messages."""
    observed = observe({"script": "silence", "events": [["opened"], ["closed", 4408, "server"]]})
    assert [] == [rule.id for rule in message.RULES if rule.when(observed)]


UNTAGGED = """
asyncapi: 3.0.0
info: {title: Ticks, version: "1"}
channels:
  ticks:
    address: /ticks
    messages:
      tick:
        payload: {type: object, required: [at], properties: {at: {type: integer}}}
"""


@pytest.mark.parametrize(
    ("text", "rules"), [('{"at": 1}', []), ('{"at": "1"}', ["message-schema-violation"])]
)
def test_channel_of_one_message_needs_no_discriminant(tmp_path: Path, text: str, rules: list[str]) -> None:
    """Where there is one message only, everything is held against that, with or without ``x-session``."""
    path = tmp_path / "asyncapi.yaml"
    path.write_text(UNTAGGED, encoding="utf-8")
    contract = load(path)
    session = Session(
        id="1",
        channel="ticks",
        url="ws://127.0.0.1/ticks",
        script="open",
        identity=None,
        events=(Opened(at=0.0), Received(at=0.1, data=text)),
        started=0.0,
    )
    observed = SessionObservation(channel=contract.channels[0], session=session, script="open")
    found = [
        rule.id for rule in message.RULES if rule.when(observed) for _ in rule.function(contract, observed)
    ]
    assert rules == found


def test_long_values_are_not_told_in_full() -> None:
    """What a finding shows of a message stays short, however long the message is."""
    for value in ("x" * 1_000_000, [1] * 1_000_000, {"type": "x" * 1_000_000}, job(id="x" * 1_000_000)):
        text = value if isinstance(value, dict) else {"type": value}
        for _, finding in found(text):
            assert len(finding.message + finding.seen + finding.expected) < 1500


def test_message_of_many_members_is_read_in_time() -> None:
    """A member that stands twice among very many is found without comparing all with all."""
    text = "{" + ",".join(f'"m{number}": 1' for number in range(200_000)) + ', "m0": 2}'
    assert ["duplicate-member"] == [finding.deviation for _, finding in found(text)]
