"""Facts about the reports that other tools read: each is what its readers take, whatever a service says."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from accord.errors import ConfigurationError
from accord.findings.finding import Severity
from accord.findings.result import Location
from accord.report.files import FORMATS, parse, write

BOUNDED = settings(max_examples=20, derandomize=True, deadline=None)
SARIF = json.loads((Path(__file__).parent / "data" / "sarif-2.1.0.json").read_text("utf-8"))
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202e]")
GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string"},
            "check_name": {"type": "string"},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {"lines": {"properties": {"begin": {"type": "integer", "minimum": 1}}}},
            },
        },
    },
}
"""What GitLab's documentation asks of an issue."""
TAGS = {
    "h2",
    "p",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "code",
    "ul",
    "li",
    "details",
    "summary",
    "pre",
}


class Tags(HTMLParser):
    """The names of the tags of a page, and its text."""

    def __init__(self) -> None:
        """Begin with none."""
        super().__init__()
        self.names: set[str] = set()
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the name; an attribute spoils it, but for the alignment of a cell."""
        self.names.add(f"{tag} {attrs}" if [name for name, _ in attrs if name != "style"] else tag)

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.text.append(data)


def page(text: str) -> Tags:
    """Return what a reader of Markdown makes of *text*, HTML in it included."""
    found = Tags()
    found.feed(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))
    return found


def rendered(kind, run, fail_on=Severity.ERROR):
    return FORMATS[kind](run, fail_on)


@pytest.fixture(scope="module")
def placed(sample):
    """Return the sample with a place for what it found first."""
    place = Location(
        path="contracts/a b/openapi.yaml", line=12, column=5, pointer="/paths/~1products/post/responses"
    )
    crash = next(item for item in sample.findings if item.rule == "undocumented-status")
    return replace(sample, locations={crash.fingerprint: place})


@BOUNDED
@given(data=st.data())
def test_sarif_is_valid_under_its_published_schema(runs, data):
    """The schema is that of OASIS; a URI in it is one; a fingerprint tells each result from the others."""
    run = data.draw(runs)
    report = json.loads(rendered("sarif", run))
    assert [] == list(jsonschema.Draft4Validator(SARIF).iter_errors(report))
    told = (*run.findings, *(item.finding for item in run.approved))
    assert {item.fingerprint for item in told} == {
        item["partialFingerprints"]["accord/v1"] for item in report["runs"][0]["results"]
    }


@BOUNDED
@given(data=st.data())
def test_gitlab_takes_each_issue(runs, data):
    """No control character is in it, and no two issues have one fingerprint."""
    text = rendered("gitlab", data.draw(runs)).decode("ascii")
    issues = json.loads(text)
    assert [] == list(jsonschema.Draft202012Validator(GITLAB).iter_errors(issues))
    assert len(issues) == len({item["fingerprint"] for item in issues})
    assert not any(CONTROL.search(item["description"] + item["location"]["path"]) for item in issues)


@BOUNDED
@given(data=st.data())
def test_github_has_one_command_a_line(runs, data):
    """Nothing that a service says makes a command of its own, and no control character reaches the log."""
    text = rendered("github", data.draw(runs)).decode()
    assert not CONTROL.search(text)
    for line in text.splitlines():
        assert re.match(r"::(error|warning|notice) (file=[^,:]+,line=\d+,(col=\d+,)?)?title=[^,:]*::", line)


@BOUNDED
@given(data=st.data())
def test_markdown_holds_no_markup_of_a_service(runs, data):
    """A reader of Markdown makes of it the elements of the report and no others."""
    text = rendered("markdown", data.draw(runs)).decode()
    assert not CONTROL.search(text)
    assert page(text).names <= TAGS


@pytest.mark.parametrize(
    "words", ["<img src=x>", "| a |", "`|`", "</details><b>", "[a](http://b)", "a\n\n<i>b", "```\n<b>"]
)
def test_markdown_shows_what_was_said(words, placed):
    """Whatever looks like markup comes out as text."""
    crash = replace(placed.findings[1], message=words, seen=words, reproduce=words)
    found = page(rendered("markdown", replace(placed, findings=(crash,), outcomes=())).decode())
    assert found.names <= TAGS
    assert words.splitlines()[-1] in "".join(found.text)


def test_sarif_tells_rule_place_and_proof(placed):
    """The file is percent-encoded, the line and column are those of the contract."""
    run = json.loads(rendered("sarif", placed))["runs"][0]
    (result,) = [item for item in run["results"] if item["ruleId"] == "undocumented-status"]
    (place,) = result["locations"]
    assert {"uri": "contracts/a%20b/openapi.yaml"} == place["physicalLocation"]["artifactLocation"]
    assert {"startLine": 12, "startColumn": 5} == place["physicalLocation"]["region"]
    assert "error" == result["level"]
    assert result["message"]["text"].startswith("create_product: The service answered with a status")
    rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert "undocumented-status" == rule["id"]
    assert rule["help"]["markdown"].startswith("# undocumented-status")


def test_github_annotates_the_gravest_first(placed):
    """An error at its file, line and column; the verdict comes last."""
    lines = rendered("github", placed).decode().splitlines()
    assert ["::error", "::error", "::warning", "::notice"] == [line.partition(" ")[0] for line in lines]
    assert any(
        line.startswith(
            "::error file=contracts/a b/openapi.yaml,line=12,col=5,title=undocumented-status create_product::"
        )
        for line in lines
    )
    assert lines[-1] == "::notice title=accord::Not in accord: 2 errors, 1 warning."


def test_gitlab_names_file_and_line(placed):
    """An issue of which no line is known stands at the first."""
    issues = {item["check_name"]: item for item in json.loads(rendered("gitlab", placed))}
    assert {"path": "contracts/a b/openapi.yaml", "lines": {"begin": 12}} == issues["undocumented-status"][
        "location"
    ]
    assert {"path": "contracts/shop", "lines": {"begin": 1}} == issues["message-before-auth"]["location"]


def test_markdown_begins_with_the_verdict_and_folds_the_proof(placed):
    """One row for each cause; what reproduces it is behind the row."""
    text = rendered("markdown", placed).decode()
    assert text.startswith("## Not in accord: 2 errors, 1 warning.\n")
    assert 3 == text.count("\n| ") - 2
    assert "contracts/a b/openapi.yaml:12" in text
    assert "curl -X POST http://127.0.0.1:8000/products" in "".join(page(text).text)


@pytest.mark.parametrize("item", ["json", "json=", "xml=out", "=x", "json=a\0b"])
def test_what_names_no_report_is_refused(item):
    """The formats are named."""
    with pytest.raises(ConfigurationError, match="is not a report") as caught:
        parse(item)
    assert all(f"{kind}=PATH" in caught.value.next_step for kind in FORMATS)


def test_a_dash_is_standard_output(sample, capfdbinary):
    """A report goes there as it would to a file."""
    write("gitlab=-", sample, fail_on=Severity.ERROR)
    assert rendered("gitlab", sample) == capfdbinary.readouterr().out


def test_a_long_script_leaves_room_on_the_page_of_a_job(placed) -> None:
    """Of what reproduces a finding the first lines stand there, and how many more there are."""
    script = "\n".join(f'{{"expect": {{"json": {number}}}}}' for number in range(2_000))
    long = replace(placed, findings=(replace(placed.findings[0], reproduce=script),))
    page = FORMATS["markdown"](long, Severity.ERROR)
    assert 12_000 > len(page)
    assert "more lines; the other reports have them all" in page.decode()
    assert "{&quot;expect&quot;: {&quot;json&quot;: 0}}&#10;" in page.decode()
