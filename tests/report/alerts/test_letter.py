"""Facts about what an alert says: in words, as JSON, and never a secret."""

from __future__ import annotations

import json
from dataclasses import replace

from accord.exchange.secrets import Secrets
from accord.findings.changes.change import Change, Effect, Sender, Verdict, Witness
from accord.findings.changes.result import Told
from accord.findings.drift.lifecycle import Event
from accord.findings.drift.observed import facts as observed
from accord.findings.drift.published import facts
from accord.findings.drift.silence import silence
from accord.findings.finding import Finding, Severity
from accord.report.alerts.alert import Alert, Letter, subject
from accord.report.alerts.body import describe
from accord.report.alerts.payload import payload
from accord.report.alerts.words import text

CHANGE = Change(
    rule="changed-type",
    effect=Effect.WIDENED,
    verdict=Verdict.BREAKING,
    severity=Severity.ERROR,
    sender=Sender.SERVER,
    old_place="openapi.yaml#/old",
    new_place="openapi.yaml#/new",
    old="integer",
    new="string",
    reaches=("GET /things response 200",),
    witness=Witness(
        value={"a": "x"}, pointer="/a", root="GET /things response 200", said="a client meets it"
    ),
)
ACCEPT = "accord accept https://staging.example.com"


def body(change=CHANGE, secrets=()):
    (fact,) = facts(
        [Told(change=change, old_path="contract/openapi.yaml", old_line=7, new_path="u", new_line=1)]
    )
    return describe(fact, Secrets(secrets))


def letter(*alerts):
    return Letter(
        target="https://staging.example.com",
        contract="contracts/mine",
        accept=ACCEPT,
        written=1_795_000_000.0,
        alerts=alerts or (Alert(event=Event.NEW, body=body(), came=1_794_999_000.0),),
    )


def test_an_alert_in_words_has_the_proof_and_ends_with_the_command():
    """Both places, the witness itself, what it means and since when; the last line takes what is published."""
    said = text(letter())
    assert "NEW  breaking  changed-type: integer became string" in said
    assert "contract     contract/openapi.yaml:7#/old  integer" in said
    assert 'witness      GET /things response 200: {"a": "x"} (at /a)' in said
    assert "means        a client meets it" in said
    assert "since        2026-11-18 10:50:00 UTC" in said
    assert said.endswith(f"    {ACCEPT}\n")
    assert "accord: " not in subject(letter())
    assert (
        "drift new: breaking  changed-type: integer became string, GET /things response 200: https://staging.example.com"
        == subject(letter())
    )


def test_what_is_over_is_told_without_its_proof():
    """It is known again by the place in the contract and its fingerprint."""
    said = text(letter(Alert(event=Event.OVER, body=body(), came=0.0)))
    assert "OVER  breaking  changed-type" in said
    assert "fingerprint" in said
    assert "witness" not in said


def test_many_facts_of_one_letter_are_counted_and_all_of_them_told():
    """The first twenty with their proof, each of the others in one line."""
    alerts = [
        Alert(event=Event.NEW, body=body(replace(CHANGE, new=f"type {n}")), came=0.0) for n in range(25)
    ]
    said = text(letter(*alerts))
    assert "25 facts of drift: 25 new: https://staging.example.com" == subject(letter(*alerts))
    assert [1] * 25 == [said.count(f"integer became type {n}, GET /things response 200\n") for n in range(25)]
    assert 20 == said.count("witness      ")
    assert "and 5 more:" in said


def test_a_silence_is_no_drift():
    """It says that the service cannot be asked, and how to ask again."""
    for event, words in ((Event.NEW, "cannot be asked: "), (Event.OVER, "can be asked again: ")):
        made = letter(Alert(event=event, body=describe(silence("it refuses"), Secrets()), came=0.0))
        assert f"{words}https://staging.example.com" == subject(made)
        assert text(made).endswith("    accord drift https://staging.example.com\n")


def test_an_alert_as_json_is_the_same_bytes_each_time():
    """Type, time and data as Standard Webhooks has them; ASCII alone."""
    data = json.loads(payload(letter()))
    assert ["type", "timestamp", "data"] == list(data)
    assert ("drift.new", "2026-11-18T11:06:40Z") == (data["type"], data["timestamp"])
    (fact,) = data["data"]["facts"]
    assert ("new", "changed-type", "breaking", "2026-11-18T10:50:00Z") == tuple(
        fact[name] for name in ("event", "rule", "grade", "since")
    )
    assert ACCEPT == data["data"]["accept"]
    assert payload(letter()) == payload(letter())
    assert payload(letter()).isascii()


def test_facts_of_several_events_have_a_type_of_their_own():
    """A letter with something new and something over is neither."""
    made = letter(*(Alert(event=event, body=body(), came=0.0) for event in (Event.NEW, Event.OVER)))
    assert "drift.several" == json.loads(payload(made))["type"]


def test_no_secret_is_in_what_is_kept():
    """Known secrets, tokens by their form and passwords in URLs are masked wherever the service puts them."""
    jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
    hostile = replace(
        CHANGE,
        message=f"see https://user:hunter22@example.com/?token=abcdef {jwt}",
        reason="the key is known-secret",
    )
    made = json.dumps(body(hostile, ["known-secret"]))
    for secret in ("hunter22", "abcdef", jwt, "known-secret"):
        assert secret not in made


def test_what_a_service_says_makes_no_line_of_its_own():
    """Line breaks, terminal codes and writing that runs backwards are shown, not obeyed; length has an end."""
    hostile = replace(CHANGE, new="x\nBcc: all@example.com\x1b[31m\u202e\ud800" + "y" * 100_000)
    made = letter(Alert(event=Event.NEW, body=body(hostile), came=0.0))
    for said in (text(made), subject(made)):
        assert not {"\x1b", "\u202e", "\r"} & set(said)
        assert "\nBcc" not in said
        said.encode()
    assert len(text(made)) < 10_000
    assert len(subject(made)) < 400
    payload(made)


def test_what_was_observed_is_told_by_the_same_letter():
    """Where, what was expected and what was seen."""
    finding = Finding(
        rule="undeclared-status", message="418 came", operation="list", expected="200", seen="418"
    )
    (fact,) = observed([finding])
    said = text(letter(Alert(event=Event.NEW, body=describe(fact, Secrets()), came=0.0)))
    assert "NEW  breaking  undeclared-status: 418 came" in said
    assert "expected     200" in said
    assert "seen         418" in said
