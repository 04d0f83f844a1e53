"""The pages of the rules about traffic: every case that they show is true."""

from __future__ import annotations

import pytest
from rule_cases import RULES_FOLDER, read_page
from traffic_cases import FOLDER, read_case, shop

from accord.contract import pointer as pointers
from accord.findings.catalogue import CATALOGUE
from accord.findings.rule import Subject

NAMES = sorted(rule.id for rule in CATALOGUE if rule.subject is Subject.TRAFFIC)
BLOCKS = {
    heading: [
        pytest.param(name, block, id=f"{name}-{number}")
        for name in NAMES
        for number, block in enumerate(
            read_page(RULES_FOLDER / f"{name}.md").blocks(heading, "traffic"), start=1
        )
    ]
    for heading in ("Fires", "Stays silent")
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("heading", ["Fires", "Stays silent"])
def test_page_shows_both_sides(name: str, heading: str) -> None:
    """A page has a case that fires and one that does not."""
    assert read_page(RULES_FOLDER / f"{name}.md").blocks(heading, "traffic")


@pytest.mark.parametrize(("name", "block"), BLOCKS["Fires"])
def test_case_that_fires_is_found_as_the_page_says(name: str, block: str) -> None:
    """Each case under Fires makes its rule find, with the words that the page shows, and names all others."""
    case = read_case(block)
    findings = case.hold()
    assert sorted({name, *case.found_by}) == sorted({finding.rule for finding in findings})
    mine = [finding for finding in findings if finding.rule == name and case.finds in finding.message]
    assert case.finds
    assert len(mine) == 1
    assert mine[0].deviation
    assert mine[0].advice
    assert "at 95 %" in mine[0].seen or "extreme" in mine[0].seen


@pytest.mark.parametrize(("name", "block"), BLOCKS["Stays silent"])
def test_case_that_stays_silent_is_not_found(name: str, block: str) -> None:
    """Each case under Stays silent leaves its rule silent, and names all others that are not."""
    case = read_case(block)
    assert set(case.found_by) == {finding.rule for finding in case.hold()}
    assert name not in case.found_by


@pytest.mark.parametrize(("name", "block"), BLOCKS["Fires"])
def test_a_finding_leads_into_the_contract(name: str, block: str) -> None:
    """The pointer of a finding names what stands in a document of the contract."""
    for finding in read_case(block).hold():
        file, _, pointer = finding.pointer.partition("#")
        assert (FOLDER / file).is_file()
        pointers.lookup(shop().library.documents[file].data, pointer)
