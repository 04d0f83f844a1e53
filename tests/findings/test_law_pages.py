"""The pages of the rules about laws: every case that they show is true."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from law_cases import depot, hold_laws, read_law_case
from rule_cases import RULES_FOLDER, read_page

from accord.contract import pointer as pointers
from accord.findings.catalogue import CATALOGUE
from accord.findings.rule import Subject

NAMES = sorted(rule.id for rule in CATALOGUE if rule.subject is Subject.LAW)
BLOCKS = {
    heading: [
        pytest.param(name, block, id=f"{name}-{number}")
        for name in NAMES
        for number, block in enumerate(read_page(RULES_FOLDER / f"{name}.md").blocks(heading), start=1)
    ]
    for heading in ("Fires", "Stays silent")
}


@pytest.mark.parametrize(("name", "block"), BLOCKS["Fires"])
def test_case_that_fires_is_found_by_its_rule_alone(name: str, block: str) -> None:
    """Each case under Fires makes its rule find, with the words that the page shows, and no other rule."""
    case = read_law_case(block)
    found = hold_laws(case.observed)
    assert sorted({name, *case.found_by}) == sorted(found)
    assert case.finds in found[name].message


@pytest.mark.parametrize(("name", "block"), BLOCKS["Stays silent"])
def test_case_that_stays_silent_is_not_found(name: str, block: str) -> None:
    """Each case under Stays silent is held, and leaves its rule silent."""
    case = read_law_case(block)
    rule = next(rule for rule in CATALOGUE if rule.id == name)
    assert name not in case.found_by
    assert sorted(case.found_by) == sorted(hold_laws(case.observed))
    assert rule.when(case.observed)


@pytest.mark.parametrize(("name", "block"), BLOCKS["Fires"])
def test_pointers_of_a_finding_lead_somewhere(name: str, block: str) -> None:
    """A finding points to what stands in the contract, and to what stands in the answer."""
    finding = hold_laws(read_law_case(block).observed)[name]
    file, _, pointer = finding.pointer.partition("#")
    assert pointers.lookup(depot().library.documents[file].data, pointer) is not None
    if finding.evidence_pointer:
        parent, _, member = finding.evidence_pointer.rpartition("/")
        held = pointers.lookup(json.loads(finding.evidence.response.body), parent)
        assert member in (held if isinstance(held, dict) else map(str, range(len(held))))


@pytest.mark.parametrize(("name", "block"), BLOCKS["Fires"])
def test_finding_is_about_the_exchange_that_proves_it(name: str, block: str) -> None:
    """The evidence of a finding is one of the exchanges, its operation the one that was asked."""
    observed = read_law_case(block).observed
    finding = hold_laws(observed)[name]
    proof = next(heard for heard in observed.heard if heard.exchange == finding.evidence)
    assert (proof.operation or observed.operation).id == finding.operation


@pytest.mark.parametrize(("name", "block"), BLOCKS["Fires"])
def test_same_defect_has_the_same_fingerprint(name: str, block: str) -> None:
    """Times and addresses of the exchanges make no other finding, and no value stands in a deviation."""
    observed = read_law_case(block).observed
    moved = tuple(
        replace(heard, exchange=replace(heard.exchange, id="9", started=7.0)) for heard in observed.heard
    )
    first, second = hold_laws(observed)[name], hold_laws(replace(observed, heard=moved))[name]
    assert first.fingerprint == second.fingerprint
    assert first.deviation
    assert not {"books", "Bücher", "2031"} & set(first.deviation.split())


@pytest.mark.parametrize("name", NAMES)
def test_page_shows_both_sides(name: str) -> None:
    """A page has a case that fires and one that does not."""
    page = read_page(RULES_FOLDER / f"{name}.md")
    assert page.blocks("Fires")
    assert page.blocks("Stays silent")
