"""Every page of a rule about sessions shows the rule firing and silent, and is run here."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from session_cases import hold, observe

from accord.findings.checks import message, session

PAGES = Path(__file__).resolve().parents[2] / "docs" / "rules"
RULES = {rule.id: rule for rule in (*message.RULES, *session.RULES)}
HEADINGS = ["Why it matters", "Fires", "Stays silent", "What to do"]


def sections(rule: str) -> dict[str, str]:
    """Return the text of the page of *rule* by heading."""
    title, *parts = re.split(r"^## ", (PAGES / f"{rule}.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert title.startswith(f"# {rule}\n")
    return dict(part.split("\n", 1) for part in parts)


def case(rule: str, heading: str) -> dict[str, Any]:
    """Return the one fenced case below *heading*."""
    (block,) = re.findall(r"^```json\n(.*?)^```", sections(rule)[heading], flags=re.DOTALL | re.MULTILINE)
    return dict(json.loads(block))


@pytest.mark.parametrize("rule", RULES)
def test_page_has_the_four_headings(rule: str) -> None:
    """A page has the headings of every rule page, in their order, and text below each."""
    assert HEADINGS == list(sections(rule))
    assert all(text.strip() for text in sections(rule).values())


@pytest.mark.parametrize("rule", RULES)
def test_page_says_what_the_rule_says(rule: str) -> None:
    """The sentence below the title is that of the rule's docstring, without the words that all of them begin with."""
    opening = (PAGES / f"{rule}.md").read_text(encoding="utf-8").split("\n## ", 1)[0]
    words = str(RULES[rule].function.__doc__).removeprefix("Yield when ")
    assert f"# {rule}\n\n{words[0].upper()}{words[1:]}\n" == opening


@pytest.mark.parametrize("rule", RULES)
def test_page_shows_the_rule_firing(rule: str) -> None:
    """In the case below Fires, the rule finds something and no other rule does."""
    assert {rule} == {name for name, _ in hold(RULES.values(), case(rule, "Fires"))}


@pytest.mark.parametrize("rule", RULES)
def test_page_shows_the_rule_silent(rule: str) -> None:
    """In the case below Stays silent, no rule finds anything, though the rule looks."""
    assert [] == hold(RULES.values(), case(rule, "Stays silent"))


@pytest.mark.parametrize("rule", RULES)
def test_silent_case_can_show_the_defect(rule: str) -> None:
    """The rule is reached in the case in which it stays silent."""
    assert RULES[rule].when(observe(case(rule, "Stays silent")))
