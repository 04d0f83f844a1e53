"""Which rules look at what says little: refusals for asking too much, and answers to odd bodies."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from rule_cases import RULES_FOLDER, hold, read_case

from accord.cases.aim import Aim, Intent
from accord.exchange.values import Lapse
from accord.findings.catalogue import CATALOGUE
from accord.findings.evidence import Observation
from accord.findings.scope import ABOUT_FAILURE, ABOUT_THE_FORM


def observed(status: int, aim: str = "valid", *, lapse: Lapse | None = None) -> Observation:
    """Return the answer to a request for a book."""
    made = read_case(
        f'# aim: {aim}\nPOST /books\nContent-Type: application/json\n\n{{"title": "x"}}\n> {status}\n'
    ).observed
    assert isinstance(made, Observation)
    return replace(made, exchange=replace(made.exchange, lapse=lapse))


def test_scopes_name_rules_of_the_catalogue() -> None:
    """A rule that is renamed has to be renamed there too."""
    assert {rule.id for rule in CATALOGUE} >= ABOUT_THE_FORM | ABOUT_FAILURE


@pytest.mark.parametrize(
    "aim", ["valid", "invalid body.title", "unknown-id path.book", "credential no-token"]
)
def test_refusal_for_asking_too_much_is_no_finding(aim: str) -> None:
    """Whatever was asked, 429 says nothing about it."""
    assert {} == hold(observed(429, aim))


def test_refusal_that_was_waited_out_is_no_failure() -> None:
    """A 503 after which the same was asked again is not a server error, but owes what errors owe."""
    limited = replace(observed(503), aim=Aim(intent=Intent.LIMITED))
    assert {"missing-error-header"} == set(hold(limited))
    assert {"missing-error-header", "server-error"} == set(hold(observed(503)))


@pytest.mark.parametrize(
    ("status", "rules"), [(200, set()), (201, set()), (400, set()), (418, set()), (500, {"server-error"})]
)
def test_odd_body_shows_failures_alone(status: int, rules: set[str]) -> None:
    """Taken or refused, with whatever status: only falling over is a finding."""
    assert rules == set(hold(observed(status, "odd utf-16")))


def test_withheld_request_is_no_finding() -> None:
    """What was not sent got no answer, and that is nobody's fault."""
    assert {} == hold(observed(200, lapse=Lapse.WITHHELD))
    assert {"unanswered-request"} == set(hold(observed(200, lapse=Lapse.CLOSED)))


def test_fault_categories_are_those_of_the_page() -> None:
    """The table of the documentation lists each rule that has a fault code, under that code, and no other."""
    text = (RULES_FOLDER / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d{3}) \| [^|]+ \| (.+) \|$", text, re.MULTILINE)
    told = {(name, int(code)) for code, names in rows for name in re.findall(r"`([a-z-]+)`", names)}
    assert told == {(rule.id, rule.fault_code) for rule in CATALOGUE if rule.fault_code is not None}


def test_fault_categories_exist() -> None:
    """Each code is one of Web Fuzzing Commons 0.6.0."""
    published = {*range(100, 105), *range(200, 211)}
    assert published >= {rule.fault_code for rule in CATALOGUE if rule.fault_code is not None}
