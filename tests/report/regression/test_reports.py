"""Facts about how differences are told: the same in every format, nothing of a service taken for markup."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from accord.cases.request import Request
from accord.errors import ConfigurationError
from accord.exchange.values import Exchange, Response
from accord.findings.finding import Severity
from accord.findings.regression.difference import Difference, Kind, Mark, Part, Standing
from accord.findings.regression.latency import latency
from accord.findings.regression.result import Regression
from accord.findings.result import Location
from accord.report.console import console_for
from accord.report.regression import github, json_report, junit, markdown
from accord.report.regression.files import parse, write
from accord.report.regression.terminal import Detail, tell


def exchange(body):
    return Exchange(
        id="e",
        operation="list",
        request=Request(method="GET", url="http://h/things"),
        response=Response(status=200, body=body),
        started=0,
        seconds=0,
    )


def difference(place="list", standing=Standing.UNCOVERED, kind=Kind.GONE, pointer="/a|b"):
    mark = Mark(part=Part.BODY, kind=kind, pointer=pointer, baseline='"\x1b[31mx"', candidate="nothing")
    return Difference(
        place=place,
        status="200",
        mark=mark,
        standing=standing,
        reason="it is <b>not</b> named",
        contract="openapi.yaml#/x",
        baseline=exchange(b'{"a|b": "\x1b[31mx"}'),
        candidate=exchange(b"{}"),
        reproduce=("curl http://h/things", "curl http://g/things"),
    )


def regression(*differences):
    return Regression(
        accord="1",
        baseline="http://h",
        candidate="http://g",
        contract="T 1",
        seed=3,
        seconds=1.5,
        cases=9,
        plays=30,
        differences=differences,
        skipped={"why": 2},
        latencies=(latency("list", [(0.1, 0.2)] * 20),),
        notices=("look",),
    )


FOUND = regression(
    difference(), difference(place="read"), difference(standing=Standing.ALLOWED, pointer="/c")
)


def told(found, detail=Detail.NORMAL):
    stream = io.StringIO()
    tell(found, console_for(stream, no_color=True, width=200), fail_on=Severity.WARNING, detail=detail)
    return stream.getvalue()


def test_json_follows_its_schema():
    """Every member is described; both sides have what was said and a command."""
    jsonschema.Draft202012Validator.check_schema(json_report.schema())
    for found in (FOUND, regression()):
        jsonschema.validate(json.loads(json_report.render(found, fail_on=None)), json_report.schema())
    side = json.loads(json_report.render(FOUND, fail_on=Severity.NOTE))["differences"][0]["baseline"]
    assert {"seen", "said", "reproduce"} == set(side)


@pytest.mark.parametrize(
    ("fail_on", "failures"), [(Severity.ERROR, 0), (Severity.WARNING, 2), (Severity.NOTE, 3), (None, 0)]
)
def test_junit_counts_what_fails(fail_on, failures):
    """A difference below the threshold is a test that passed."""
    root = ET.fromstring(junit.render(FOUND, fail_on=fail_on))
    assert (str(failures), "3") == (root.get("failures"), root.get("tests"))
    assert "1" == ET.fromstring(junit.render(regression(), fail_on=fail_on)).get("tests")


def test_markdown_takes_nothing_for_markup():
    """A bar or a bracket that a service says ends no cell and begins no tag."""
    text = markdown.render(FOUND, fail_on=Severity.WARNING).decode()
    assert "/a\\|b" in text
    assert "## Allowed by the contract" in text
    assert "\x1b" not in text


def test_annotations_stand_in_the_contract():
    """A cause is one command at its line, what is allowed has none, and nothing of a service ends a line."""
    where = {difference().fingerprint: Location(path="contracts/x/openapi.yaml", line=7, column=3)}
    said = github.render(replace(FOUND, locations=where), fail_on=Severity.WARNING).decode()
    first, last = said.splitlines()
    assert first.startswith(
        "::warning file=contracts/x/openapi.yaml,line=7,col=3,title=uncovered list → 200::/a|b: gone ("
    )
    assert ". Not covered by the contract: it is <b>not</b> named. Also at read → 200. Fingerprint " in first
    assert "::notice title=accord regress::Changed: 2 that it does not cover, 1 that it allows." == last
    assert "\x1b" not in said


def test_the_same_at_two_operations_is_told_once():
    """One block with both sides, and where else it is so; what is allowed is a line."""
    text = told(FOUND)
    assert 1 == text.count("/a|b: gone")
    assert "also at         read → 200" in text
    assert "Changed: 2 that it does not cover, 1 that it allows." in text
    assert "\x1b" not in text
    assert "curl http://g/things" in text


def test_details_are_told_when_asked():
    """Quiet is a line each, verbose has what both sides said."""
    assert "{}" in told(FOUND, Detail.VERBOSE)
    assert "reproduce" not in told(FOUND, Detail.QUIET)
    assert "No difference in 9 cases." in told(regression(), Detail.QUIET)


def test_a_report_is_named_by_its_format(tmp_path):
    """An unknown format and a path that cannot be written are said so."""
    with pytest.raises(ConfigurationError, match="is not a report"):
        parse("yaml=x")
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        write(f"json={tmp_path}/file/x", FOUND, fail_on=None)
    write(f"junit={tmp_path}/new/x.xml", FOUND, fail_on=None)
    assert (tmp_path / "new/x.xml").exists()
