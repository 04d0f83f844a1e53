"""The page of a comparison."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from accord.findings.finding import Severity
from accord.report.changes.html import render

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
