"""Every page of a rule about frames shows the rule firing and silent, and is run here."""

from __future__ import annotations

import json
from typing import Any

import pytest
from frame_cases import hold, observe
from rule_cases import RULES_FOLDER, read_page

from accord.findings.checks import frame

RULES = {rule.id: rule for rule in frame.RULES}


def case(rule: str, heading: str) -> dict[str, Any]:
    """Return the one fenced case below *heading*."""
    (block,) = read_page(RULES_FOLDER / f"{rule}.md").blocks(heading, "json")
    return dict(json.loads(block))


@pytest.mark.parametrize("rule", RULES)
def test_page_says_what_the_rule_says(rule: str) -> None:
    """The sentence below the title is that of the rule's docstring."""
    words = str(RULES[rule].function.__doc__).removeprefix("Yield when ").split("\n")[0]
    assert f"{words[0].upper()}{words[1:]}" == read_page(RULES_FOLDER / f"{rule}.md").sentence


@pytest.mark.parametrize("rule", RULES)
def test_page_shows_the_rule_firing(rule: str) -> None:
    """In the case below Fires, the rule finds something, and no other rule but those that the page names."""
    told = case(rule, "Fires")
    found = hold(told)
    assert {rule, *told.get("found by", ())} == {name for name, _ in found}
    assert all("RFC 6455, section " in finding.message for _, finding in found)


@pytest.mark.parametrize("rule", RULES)
def test_page_shows_the_rule_silent(rule: str) -> None:
    """In the case below Stays silent, no rule finds anything, though the rule looks."""
    told = case(rule, "Stays silent")
    assert RULES[rule].when(observe(told))
    assert [] == hold(told)
