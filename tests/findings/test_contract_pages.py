"""The pages of the rules about contracts: every case that they show is true."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from contract_cases import read_case
from rule_cases import RULES_FOLDER, read_page

from accord.contract import pointer as pointers
from accord.contract.contract import load
from accord.errors import ContractError
from accord.findings.catalogue import CATALOGUE
from accord.findings.rule import Subject

NAMES = sorted(rule.id for rule in CATALOGUE if rule.subject is Subject.CONTRACT)
BLOCKS = {
    heading: [
        pytest.param(name, block, id=f"{name}-{number}")
        for name in NAMES
        for number, block in enumerate(
            read_page(RULES_FOLDER / f"{name}.md").blocks(heading, "yaml"), start=1
        )
    ]
    for heading in ("Fires", "Stays silent")
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("heading", ["Fires", "Stays silent"])
def test_page_shows_both_sides(name: str, heading: str) -> None:
    """A page has a case that fires and one that does not."""
    assert read_page(RULES_FOLDER / f"{name}.md").blocks(heading, "yaml")


@pytest.mark.parametrize(("name", "block"), BLOCKS["Fires"])
def test_case_that_fires_is_found_by_its_rule_alone(name: str, block: str, tmp_path: Path) -> None:
    """Each case under Fires makes its rule find, once, with the words that the page shows, and no other rule."""
    case = read_case(block)
    findings = case.hold(tmp_path)
    assert sorted({name, *case.found_by}) == sorted({finding.rule for finding in findings})
    (mine,) = [finding for finding in findings if finding.rule == name]
    assert case.finds
    assert case.finds in mine.message
    assert mine.advice
    assert mine.deviation


@pytest.mark.parametrize(("name", "block"), BLOCKS["Stays silent"])
def test_case_that_stays_silent_is_not_found(name: str, block: str, tmp_path: Path) -> None:
    """Each case under Stays silent leaves every rule silent."""
    case = read_case(block)
    assert set(case.found_by) == {finding.rule for finding in case.hold(tmp_path)}
    assert name not in case.found_by


@pytest.mark.parametrize(("name", "block"), BLOCKS["Fires"])
def test_finding_leads_to_its_line(name: str, block: str, tmp_path: Path) -> None:
    """A finding names what stands in the document, and a line of it that is within the case."""
    case = read_case(block)
    for finding in case.hold(tmp_path):
        file, _, pointer = finding.pointer.partition("#")
        assert case.name == file
        pointers.lookup(yaml.safe_load(case.text), pointer)
        assert finding.line is not None
        assert 3 <= finding.line <= len(case.text.splitlines())


@pytest.mark.parametrize(("name", "block"), BLOCKS["Fires"])
def test_witness_is_json(name: str, block: str, tmp_path: Path) -> None:
    """The value that proves a finding is told as JSON; what overlaps has one."""
    witnesses = {finding.rule: finding.witness for finding in read_case(block).hold(tmp_path)}
    for rule, text in witnesses.items():
        assert not text or json.loads(text) is not False
        assert text or not rule.startswith("overlapping")


@pytest.mark.parametrize(
    ("name", "words"), [("dangling-reference", "leads nowhere"), ("duplicate-operation-id", "already used")]
)
def test_what_lint_tells_first_keeps_a_run_from_starting(name: str, words: str, tmp_path: Path) -> None:
    """What the page says is true: such a contract cannot be loaded."""
    (block,) = read_page(RULES_FOLDER / f"{name}.md").blocks("Fires", "yaml")
    read_case(block).hold(tmp_path)
    with pytest.raises(ContractError, match=words):
        load(tmp_path)
