"""`accord lint`, as it is run."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest

AMBIGUOUS = """asyncapi: 3.0.0
info: { title: Talk, version: "1" }
channels:
  talk:
    address: /ws
    messages:
      note: { payload: { type: object, required: [text], properties: { text: { type: string } } } }
      alarm: { payload: { type: object, required: [level], properties: { level: { type: integer } } } }
"""


def test_lint_needs_no_target_and_says_where_and_what_to_do(project):
    """What contradicts is told with its line, a value that proves it, and the next step."""
    project.write("talk.yaml", AMBIGUOUS)
    done = project.accord("lint", "talk.yaml")

    assert done.code == 1, done
    assert done.out.startswith("Not in accord: 1 error, 2 warnings."), done
    assert "one message is valid as note and as alarm" in done.out, done
    assert "contract     talk.yaml:8#/channels/talk/messages/alarm" in done.out, done
    assert 'witness      {"level": 0, "text": "text"}' in done.out, done
    assert "next step    Give both a required property" in done.out, done
    assert "Target" not in done.out, done


@pytest.mark.parametrize(("threshold", "code"), [("error", 0), ("warning", 1)])
def test_the_threshold_decides_the_exit_code(threshold, code, project):
    """Warnings fail only where they are asked to; the contract is that of the settings."""
    done = project.accord("lint", "--fail-on", threshold)

    assert done.code == code, done
    assert "warning" in done.out, done


def test_what_cannot_be_read_is_exit_code_2(project):
    """A contract that is none is no finding."""
    project.write("broken.yaml", "openapi: 3.1.0\n")
    done = project.accord("lint", "broken.yaml")

    assert done.code == 2, done
    assert "accord: broken.yaml:1" in done.err, done


def test_reports_of_lint_are_those_of_verify(project):
    """JSON and JUnit hold the witness, the line and the next step."""
    project.write("talk.yaml", AMBIGUOUS)
    done = project.accord(
        "lint", "talk.yaml", "--report", "json=lint.json", "--report", "junit=lint.xml", "-q"
    )

    assert done.code == 1, done
    finding = next(
        item for item in project.report("lint.json")["findings"] if item["rule"] == "overlapping-messages"
    )
    assert finding["witness"] == {"value": {"level": 0, "text": "text"}}
    assert finding["line"] == 8
    assert finding["advice"]
    failures = ET.parse(project.folder / "lint.xml").getroot().findall(".//failure")
    assert ["overlapping-messages"] == [failure.get("type") for failure in failures]


def test_a_run_tells_of_the_contract_before_it_asks(project):
    """`accord verify` has a stage of its own for what is wrong with the contract itself."""
    project.write("talk.yaml", AMBIGUOUS)
    done = project.verify("--contract", "talk.yaml", "--only", "contract")

    assert done.code == 1, done
    assert "error  overlapping-messages" in done.out, done


def test_rules_of_lint_take_another_severity(project):
    """A rule that is off finds nothing."""
    project.write("talk.yaml", AMBIGUOUS)
    project.write(
        "pyproject.toml",
        '[tool.accord]\nrules = { overlapping-messages = "off", undiscriminated-variant = "note" }\n',
    )
    done = project.accord("lint", "talk.yaml", "--fail-on", "warning")

    assert done.code == 0, done
    assert "2 notes" in done.out, done


def test_a_report_on_standard_output_stands_there_alone(project):
    """A program reads it; people read the other stream. A place is a file of the project, with line and column."""
    project.write("api/talk.yaml", AMBIGUOUS)
    done = project.accord("lint", "api/talk.yaml", "--report", "sarif=-", "--report", "github=notes.txt")

    assert done.code == 1, done
    results = json.loads(done.out)["runs"][0]["results"]
    (clash,) = [item for item in results if item["ruleId"] == "overlapping-messages"]
    physical = clash["locations"][0]["physicalLocation"]
    assert physical == {
        "artifactLocation": {"uri": "api/talk.yaml"},
        "region": {"startLine": 8, "startColumn": 7},
    }
    assert "Not in accord: 1 error" in done.err, done
    (first, *_) = (project.folder / "notes.txt").read_text("utf-8").splitlines()
    assert first.startswith("::error file=api/talk.yaml,line=8,col=7,title=overlapping-messages talk::")


def test_a_place_is_told_from_the_root_of_the_repository(project):
    """Code scanning and annotations know no other folder, wherever the command was run."""
    project.write("api/talk.yaml", AMBIGUOUS)
    (project.folder / ".git").mkdir()
    inner = type(project)(
        folder=project.folder / "api", starter=project.starter, environment=project.environment
    )
    done = inner.accord("lint", "talk.yaml", "--report", "gitlab=-")

    assert {"api/talk.yaml"} == {item["location"]["path"] for item in json.loads(done.out)}, done
