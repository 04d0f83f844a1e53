"""The pages of the rules: every case that they show is true."""

from __future__ import annotations

import re
from dataclasses import replace

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_cases import HEADINGS, RULES_FOLDER, hold, library, read_case, read_page
from session_cases import hold as hold_session
from session_cases import queue

from accord.contract import pointer as pointers
from accord.contract.models import load_models
from accord.exchange.values import Exchange
from accord.findings.catalogue import CATALOGUE
from accord.findings.evidence import Observation, StatusObservation
from accord.findings.rule import Subject

RULES = {rule.id: rule for rule in CATALOGUE}
PAGES = {path.stem: path for path in sorted(RULES_FOLDER.glob("*.md")) if path.stem != "README"}
# The pages of the rules about sessions, frames, laws and contracts show something else; modules of their own play them.
SHOWN_HERE = sorted(
    name for name in PAGES if name in RULES and RULES[name].subject in (Subject.ANSWER, Subject.STEP)
)
BLOCKS = {
    heading: [
        pytest.param(name, block, id=f"{name}-{number}")
        for name in SHOWN_HERE
        for number, block in enumerate(read_page(PAGES[name]).blocks(heading), start=1)
    ]
    for heading in ("Fires", "Stays silent")
}


def rows() -> dict[str, tuple[str, str]]:
    """Return severity and sentence of each row of the index, by rule id."""
    text = (RULES_FOLDER / "README.md").read_text(encoding="utf-8")
    return {
        name: (severity, words)
        for name, severity, words in re.findall(
            r"^\| \[(.+?)\]\(\1\.md\) \| (\w+) \| (.+) \|$", text, re.MULTILINE
        )
    }


@pytest.mark.parametrize(("name", "block"), BLOCKS["Fires"])
def test_case_that_fires_is_found_by_its_rule_alone(name: str, block: str) -> None:
    """Each case under Fires makes its rule find, with the words that the page shows, and no other rule."""
    case = read_case(block)
    found = hold(case.observed)
    assert sorted({name, *case.found_by}) == sorted(found)
    assert case.finds in found[name].message


@pytest.mark.parametrize(("name", "block"), BLOCKS["Stays silent"])
def test_case_that_stays_silent_is_not_found(name: str, block: str) -> None:
    """Each case under Stays silent leaves its rule silent; another rule finds it only where the page says so."""
    case = read_case(block)
    assert name not in case.found_by
    assert sorted(case.found_by) == sorted(hold(case.observed))


@pytest.mark.parametrize(("name", "block"), BLOCKS["Fires"])
def test_pointers_of_a_finding_lead_somewhere(name: str, block: str) -> None:
    """A finding points to what stands in the contract, and to what stands in the answer."""
    case = read_case(block)
    finding = hold(case.observed)[name]
    file, _, pointer = finding.pointer.partition("#")
    documents = library().library.documents
    data = documents[file].data if file in documents else None
    pointers.lookup(data, pointer)
    if finding.evidence_pointer:
        assert not isinstance(case.observed, StatusObservation)
        assert case.observed.exchange is not None
        assert case.observed.exchange.response is not None
        pointers.lookup(orjson.loads(case.observed.exchange.response.body), finding.evidence_pointer)


@pytest.mark.parametrize(("name", "block"), BLOCKS["Fires"])
def test_deviation_holds_no_value(name: str, block: str) -> None:
    """The class of a deviation names nothing that stands in a body, and no id of the URL."""
    case = read_case(block)
    finding = hold(case.observed)[name]
    assert finding.deviation
    if isinstance(case.observed, StatusObservation):
        return
    assert case.observed.exchange is not None
    values = {text for text in texts(case.observed.exchange) if len(text) > 2}  # 7 is in 417
    assert set() == {text for text in values if text in finding.deviation}


@pytest.mark.parametrize(("name", "block"), BLOCKS["Fires"])
@settings(max_examples=10)
@given(words=st.text(max_size=40), number=st.integers(0, 10**9))
def test_same_defect_has_the_same_fingerprint(name: str, block: str, words: str, number: int) -> None:
    """Ids, times, addresses and the words of schemathesis make no other finding."""
    observed = read_case(block).observed
    if isinstance(observed, StatusObservation):
        again = replace(observed, reason=words)
        assert hold(observed)[name].fingerprint == hold(again)[name].fingerprint
        return
    exchange = observed.exchange
    assert exchange is not None
    request = replace(exchange.request, url=f"http://127.0.0.2:{number}/{number}")
    moved = replace(exchange, id=str(number), started=number / 3, seconds=number / 7, request=request)
    again = replace(observed, exchange=moved)
    if isinstance(again, Observation):
        named = name == "failed-custom-check"  # the one judgement whose subject stands in its words
        judgements = [
            replace(item, message=item.message if named else words, expected=words)
            for item in again.judgements
        ]
        again = replace(again, judgements=tuple(judgements))
    assert hold(observed)[name].fingerprint == hold(again)[name].fingerprint


def texts(exchange: Exchange) -> set[str]:
    """Return what stands in the bodies of *exchange*, and the ids of its URL."""
    bodies = [exchange.request.body, exchange.response.body if exchange.response else b""]
    found = set(re.findall(r"/(\d+)", exchange.request.url))
    for body in bodies:
        try:
            found |= set(leaves(orjson.loads(body)))
        except orjson.JSONDecodeError:
            found.add(body.decode())
    return found


def leaves(value: object) -> list[str]:
    """Return the texts and numbers of a JSON value, but for ``loc``, which holds names."""
    if isinstance(value, dict):
        return [text for name, item in value.items() if name != "loc" for text in leaves(item)]
    if isinstance(value, list):
        return [text for item in value for text in leaves(item)]
    return [str(value)]


def test_every_rule_has_a_page() -> None:
    """No rule is without a page; those about sessions have theirs when one of them has."""
    sessions = {rule.id for rule in CATALOGUE if rule.subject is Subject.SESSION}
    wanted = set(RULES) if sessions & set(PAGES) else set(RULES) - sessions
    assert set() == wanted - set(PAGES)


def test_every_page_has_a_rule() -> None:
    """No page is without a rule."""
    assert set() == set(PAGES) - set(RULES)


@pytest.mark.parametrize("name", PAGES)
def test_page_has_its_four_headings(name: str) -> None:
    """A page is the rule's id, one sentence, and four headings in their order."""
    page = read_page(PAGES[name])
    assert name == page.title
    assert HEADINGS == tuple(page.sections)
    assert re.fullmatch(r"[^.\n]+(\.\S[^.\n]*)*\.", page.sentence)
    assert all(text.strip() for text in page.sections.values())


@pytest.mark.parametrize("name", SHOWN_HERE)
def test_page_shows_both_sides(name: str) -> None:
    """A page has a case that fires and one that does not."""
    page = read_page(PAGES[name])
    assert page.blocks("Fires")
    assert page.blocks("Stays silent")


def test_index_has_a_row_for_every_rule() -> None:
    """The index names every rule in the order of the alphabet, with its severity."""
    assert {name: str(rule.severity) for name, rule in sorted(RULES.items())} == {
        name: severity for name, (severity, _) in rows().items()
    }
    assert sorted(rows()) == list(rows())


@pytest.mark.parametrize("name", PAGES)
def test_index_says_what_the_page_says(name: str) -> None:
    """The sentence of the index is that of the page."""
    assert read_page(PAGES[name]).sentence == rows()[name][1]


@pytest.mark.parametrize("name", RULES)
def test_rule_id_names_the_defect(name: str) -> None:
    """An id is the defect's name, not an order."""
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
    assert not name.startswith(("check-", "no-", "must-", "validate-"))


@pytest.mark.parametrize(("heading", "found"), [("Fires", ["lossy-message-model"]), ("Stays silent", [])])
def test_model_of_a_message_is_held_against_sessions(heading: str, found: list[str]) -> None:
    """The cases about generated models of messages are played with models of their own."""
    models = load_models(RULES_FOLDER / "cases" / "channel_models")
    (block,) = read_page(PAGES["lossy-message-model"]).blocks(heading, "json")
    rules = [rule for rule in CATALOGUE if rule.subject is Subject.SESSION]
    findings = hold_session(rules, orjson.loads(block), replace(queue(), models=models))
    assert found == [name for name, _ in findings]


def test_case_reads_into_an_observation() -> None:
    """A block gives operation, aim, request and answer."""
    case = read_case(
        "# aim: invalid-place body.authors.0.name minLength\n# finds: x\nPOST /books?a=b\nA: b\n\n{\n}\n> 201\n> C: d\n>\n> {}\n"
    )
    assert isinstance(case.observed, Observation)
    assert ("add_book", "POST", b"{\n}") == (
        case.observed.operation.id,
        case.observed.exchange.request.method,
        case.observed.exchange.request.body,
    )
    assert ("body", ("authors", 0, "name"), "minLength") == (
        case.observed.aim.location,
        case.observed.aim.path,
        case.observed.aim.keyword,
    )
    assert (("C", "d"),) == case.observed.exchange.response.headers  # type: ignore[union-attr]
    assert (b"{}", 201) == (case.observed.exchange.response.body, case.observed.status)  # type: ignore[union-attr]
    assert "x" == case.finds
