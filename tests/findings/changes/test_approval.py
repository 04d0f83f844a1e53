"""Facts about approvals: what counts as one, until when, and what is wrong with a file of them."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from accord.errors import ConfigurationError
from accord.findings.approval import read_approvals
from accord.findings.changes.approval import approved
from accord.findings.changes.change import Change, Effect, Verdict
from accord.findings.changes.policy import Policy
from accord.findings.changes.result import Compared, Told
from accord.findings.finding import Severity

CHANGE = Change(
    rule="removed-operation",
    effect=Effect.NARROWED,
    verdict=Verdict.BREAKING,
    severity=Severity.ERROR,
    old_place="openapi.yaml#/paths/~1a/get",
)
APPROVALS = """
approvals:
  - fingerprint: "{fingerprint}"
    owner: team-api
    reason: nobody calls it
    until: 2027-01-31
"""


@pytest.fixture
def written(tmp_path):
    """Return what writes a file of approvals and reads it."""

    def read(text):
        path = tmp_path / "approvals.yaml"
        path.write_text(text)
        return read_approvals(path)

    return read


def compared(told):
    return Compared(
        accord="0",
        old="a",
        new="b",
        old_title="A",
        new_title="B",
        policy=Policy.OPEN,
        changes=told,
        seconds=0,
    )


@pytest.mark.parametrize(
    ("today", "counted"),
    [(date(2026, 1, 1), 0), (date(2027, 1, 31), 0), (date(2027, 2, 1), 1)],
)
def test_an_approval_counts_up_to_its_day(today, counted, written):
    """That day is included; afterwards the change counts again, and says so."""
    changes, notices = approved(
        (Told(change=CHANGE),), written(APPROVALS.format(fingerprint=CHANGE.fingerprint)), today
    )

    assert () == notices
    assert counted == len(compared(changes).counted(Severity.ERROR))
    assert bool(counted) == ("ended on 2027-01-31" in changes[0].expired)


def test_an_approval_of_nothing_is_told(written):
    """It can be taken out."""
    _, notices = approved(
        (Told(change=CHANGE),), written(APPROVALS.format(fingerprint="0" * 16)), date(2026, 1, 1)
    )

    assert ("the approval of 0000000000000000 (team-api) fits no change: take it out",) == notices


GOOD = APPROVALS.format(fingerprint="a" * 16)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("other: []", 1, "is not a list of approvals"),
        ("approvals: {}", 1, "is not a list of approvals"),
        ("approvals: [1]", 1, "needs fingerprint, owner, reason, until"),
        (GOOD.replace("    owner: team-api\n", ""), 3, "needs fingerprint, owner, reason, until"),
        (GOOD + "    more: 1\n", 3, "nothing else"),
        (GOOD.replace("team-api", '" "'), 4, "is not a text"),
        (GOOD.replace('"aaaaaaaaaaaaaaaa"', "1234567890123456"), 3, "is not a text"),
        (GOOD.replace("aaaa", "zzzz"), 3, "is not a fingerprint"),
        (GOOD.replace("2027-01-31", "2027-02-31"), 6, "is not a day"),
        (GOOD + GOOD.replace("\napprovals:\n", ""), 7, "a second time"),
    ],
)
def test_what_is_wrong_with_an_approval_is_told_at_its_line(text, line, words, written):
    """Owner, reason and a last day are never left out."""
    with pytest.raises(ConfigurationError, match=words) as raised:
        written(text)
    assert f"approvals.yaml:{line}#" in raised.value.place


def test_the_example_of_the_guide_is_a_file_of_approvals(written):
    """What the documentation shows can be copied."""
    guide = (Path(__file__).parents[3] / "docs" / "compare.md").read_text("utf-8")
    (block,) = re.findall(r"^```yaml\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    assert [date(2027, 1, 31)] == [item.until for item in written(block)]
