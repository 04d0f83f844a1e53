"""Pages: whatever a service says stays text, and a page asks for nothing."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.exchange.values import Exchange
from accord.findings.finding import Finding, Severity
from accord.findings.result import Run
from accord.report.html.page import shown
from accord.report.html.verification import render

BOUNDED = settings(max_examples=25, derandomize=True, deadline=None)
HOSTILE = (
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><style>body{display:none}</style>",
    "</pre></details><iframe src=//example.com></iframe>",
    "javascript:alert(1)",
    "\u202etxt.exe\u2066",
    "{{ 7 * 7 }}{% raw %}",
    "<!--",
)
UNPRINTABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


class Page(HTMLParser):
    """What a browser makes of a page: its elements, their attributes, and the text."""

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

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.elements)


def expected_of(sample: Run, text: str) -> Run:
    finding = Finding(
        rule="response-schema-violation",
        operation=text,
        message=text,
        pointer=text,
        expected=text,
        seen=text,
        reproduce=text,
        settle=text,
        advice=text,
        witness=text,
        showings=(text,),
        evidence=next(item.evidence for item in sample.findings if isinstance(item.evidence, Exchange)),
    )
    return replace(sample, contract=text, target=text, findings=(finding,))


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_service_says_stays_text(sample: Run, text: str) -> None:
    """No value makes an element or an attribute; the text of the page is the value, spelt out."""
    plain, page = (Page(render(expected_of(sample, said), fail_on=Severity.ERROR)) for said in ("x", text))
    assert [tag for tag, _ in plain.elements] == [tag for tag, _ in page.elements]
    assert [set(attributes) for _, attributes in plain.elements] == [
        set(attributes) for _, attributes in page.elements
    ]
    assert UNPRINTABLE.sub("", text) in UNPRINTABLE.sub("", page.text) or "\\u202e" in page.text


@BOUNDED
@given(data=st.data())
def test_any_run_has_a_page_of_one_script_that_prints(
    runs: st.SearchStrategy[Run], data: st.DataObject
) -> None:
    """A page has one style and one script, links to itself alone, and no character that does not print."""
    page = Page(render(data.draw(runs), fail_on=Severity.ERROR))
    assert (1, 1) == (page.count("script"), page.count("style"))
    assert not UNPRINTABLE.search(page.text)
    addresses = [
        value
        for _, attributes in page.elements
        for name, value in attributes.items()
        if name in ("src", "href", "action", "data", "srcset", "poster")
    ]
    assert [] == [value for value in addresses if not (value or "").startswith(("#", "data:,"))]
    assert [] == [name for _, attributes in page.elements for name in attributes if name.startswith("on")]


def test_the_policy_of_the_page_lets_its_own_script_run_and_nothing_else(sample: Run) -> None:
    """The policy has the hash of the script that stands there (CSP 3, section 8.5), and no other source."""
    page = render(sample, fail_on=Severity.ERROR).decode()
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy


def test_every_finding_can_be_linked_to(sample: Run) -> None:
    """The first finding of each cause has an element with its fingerprint, and each id is one element's."""
    page = Page(render(sample, fail_on=Severity.ERROR))
    names = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(set(names)) == len(names)
    assert {finding.fingerprint for finding in sample.findings} & set(names)


def test_each_table_and_field_says_what_it_is(sample: Run) -> None:
    """Tables have captions and scoped headings, fields have labels, and there is one first heading."""
    page = render(sample, fail_on=Severity.ERROR).decode()
    parsed = Page(page.encode())
    assert parsed.count("table") == parsed.count("caption")
    assert [] == [tag for tag, attributes in parsed.elements if tag == "th" and "scope" not in attributes]
    assert [] == re.findall(r"(?<!> )(?<!\w )<(?:input|select)", page)
    assert 1 == parsed.count("h1")
    assert {"lang": "en"} == dict(parsed.elements)["html"]


def test_a_megabyte_is_cut_with_its_length() -> None:
    """A long text shows its beginning and says how long it is."""
    text = shown("a" * 1_000_000)
    assert text.startswith("aaaa")
    assert text.endswith("… (1,000,000 characters)")
    assert len(text) < 21_000


def test_two_thousand_findings_stay_a_page(sample: Run) -> None:
    """The page of many findings has each of them, and is no larger than what they say."""
    findings = tuple(
        Finding(rule="response-schema-violation", message=f"finding {number}", pointer=f"a.yaml#/{number}")
        for number in range(2_000)
    )
    page = render(replace(sample, findings=findings), fail_on=Severity.ERROR)
    assert 2_000 == page.count(b'<details class="card"')
    assert len(page) < 4_000_000
