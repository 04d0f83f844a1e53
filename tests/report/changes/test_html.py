"""The page of a comparison."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from accord.cases.request import Request
from accord.findings.changes.change import Delivered, Witness
from accord.findings.changes.result import Told
from accord.findings.finding import Severity
from accord.report.changes.html import MAXIMUM_CARDS, MAXIMUM_LINES, render

BOUNDED = settings(max_examples=25, derandomize=True, deadline=None)
UNPRINTABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202e\ufffe]")


class Page(HTMLParser):
    """The elements of a page and its text."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


@BOUNDED
@given(data=st.data())
def test_any_comparison_has_a_page_of_one_script_that_prints(comparisons, data) -> None:
    """Nothing that a contract says is an element, runs, or is fetched."""
    page = Page(render(data.draw(comparisons), fail_on=data.draw(st.none() | st.sampled_from(Severity))))
    tags = [tag for tag, _ in page.elements]
    assert (1, 1, 0) == (tags.count("script"), tags.count("style"), tags.count("img"))
    assert not UNPRINTABLE.search(page.text)
    links = [attributes.get("href") or "" for tag, attributes in page.elements if tag in ("a", "link")]
    assert all(link.startswith(("#", "data:,")) for link in links)


@BOUNDED
@given(data=st.data())
def test_every_name_on_a_page_is_its_own_and_every_link_leads_to_one(comparisons, data) -> None:
    """Two causes may have one fingerprint: where the same change is approved at one place and not at another."""
    compared = data.draw(comparisons)
    twice = tuple(replace(told, approval="owner: why") for told in compared.changes)
    page = Page(render(replace(compared, changes=(*compared.changes, *twice)), fail_on=None))
    names = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(set(names)) == len(names)
    links = {(attributes.get("href") or "") for tag, attributes in page.elements if tag == "a"}
    assert {f"#{name}" for name in names} >= {link for link in links if link.startswith("#")}


def test_a_page_shows_so_many_causes_and_says_how_many_more_there_are(compared) -> None:
    """A browser is not asked to hold thousands; the gravest are shown, and all are in the JSON."""
    told = compared.changes[0]
    changes = tuple(
        replace(told, change=replace(told.change, message=f"member{number}")) for number in range(1_234)
    )
    page = Page(render(replace(compared, changes=changes), fail_on=None))
    assert MAXIMUM_CARDS == sum(tag == "details" for tag, _ in page.elements)
    assert "There are 734 further causes" in page.text
    assert "--report json=PATH writes them all" in page.text


def test_of_what_a_cause_reaches_so_much_is_shown(compared) -> None:
    """A change of what every operation shares is not a list of thousands of operations."""
    told = compared.changes[0]
    change = replace(told.change, reaches=tuple(f"GET /thing{number}" for number in range(1_234)))
    page = Page(render(replace(compared, changes=(replace(told, change=change),)), fail_on=None))
    assert MAXIMUM_LINES + 1 == page.text.count("GET /thing")
    assert "and 1233 more" in page.text
    assert "and 1,134 more: --report json=PATH has them all" in page.text


def test_both_sides_the_witness_and_the_reach_are_told(compared) -> None:
    """Each cause has a card with what stood there, what stands there, what proves it and what it reaches."""
    page = Page(render(compared, fail_on=Severity.ERROR))
    cards = [attributes for tag, attributes in page.elements if tag == "details"]
    assert {told.change.fingerprint for told in compared.changes} >= {card["id"] for card in cards}
    for told in compared.changes:
        for text in (told.change.old, told.change.new, told.change.reason, *told.change.reaches):
            assert text in page.text


def test_the_answer_is_that_of_the_threshold(compared) -> None:
    """What does not count does not make the answer no."""
    page = render(replace(compared, changes=()), fail_on=Severity.ERROR).decode()
    assert 'class="answer yes"' in page
    assert "Nothing that clients can tell has changed." in page


def test_what_the_service_sends_stands_under_a_heading_of_its_own(compared) -> None:
    """A reader sees who speaks, and nothing to run against the service."""
    request = Request(method="POST", url="https://receiver.example/", headers=(("X-Sum", "a"),), body=b"{}")
    delivered = Delivered(kind="webhook", method="POST", path="paid", request=request)
    change = replace(
        compared.changes[0].change, witness=Witness(value={}, root="webhook", delivered=delivered)
    )
    page = Page(render(replace(compared, changes=(Told(change=change),)), fail_on=None))
    assert "The service sends tomorrow" in page.text
    assert "POST paid\nX-Sum: a\n{}" in page.text
    assert "curl" not in page.text
