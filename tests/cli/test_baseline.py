"""`--baseline` and `--write-baseline`, as they are run."""

from __future__ import annotations

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
LINT = ("lint", "talk.yaml", "--baseline", "baseline.yaml")


@pytest.fixture
def ambiguous(project):
    """Give a project whose contract has an error and two warnings."""
    project.write("talk.yaml", AMBIGUOUS)
    return project


def test_a_baseline_lets_pass_what_was_known(ambiguous):
    """It is written once; from then on only what is new fails, and what has ended fails again."""
    assert ambiguous.accord(*LINT, "--write-baseline").code == 0
    text = (ambiguous.folder / "baseline.yaml").read_text("utf-8")
    assert "# error overlapping-messages talk: one message is valid as note and as alarm" in text
    passed = ambiguous.accord(*LINT, "--report", "json=lint.json")
    assert passed.code == 0, passed
    assert "Approved     1 finding of the baseline may stand" in passed.out, passed
    assert ["overlapping-messages"] == [
        item["finding"]["rule"] for item in ambiguous.report("lint.json")["approved"]
    ]
    ambiguous.replace("talk.yaml", "required: [text], ", "")
    assert ambiguous.accord(*LINT).code in (0, 1)

    until = next(line for line in text.splitlines() if "until:" in line)
    ambiguous.write("baseline.yaml", text.replace(until, '    until: "2020-01-31"'))
    ambiguous.write("talk.yaml", AMBIGUOUS)
    ended = ambiguous.accord(*LINT)
    assert ended.code == 1, ended
    assert "ended on 2020-01-31" in ended.out, ended


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("lint", "talk.yaml", "--write-baseline"), "--baseline FILE"),
        (LINT, "cannot be read"),
        (("lint", "talk.yaml", "--baseline", "talk.yaml"), "talk.yaml:1"),
    ],
)
def test_a_baseline_that_is_none_is_exit_code_2(arguments, words, ambiguous):
    """Before anything is asked."""
    done = ambiguous.accord(*arguments)
    assert done.code == 2, done
    assert words in done.err, done


def test_a_fault_of_a_service_may_stand(project):
    """`accord verify` knows its findings again by their fingerprints."""
    asked = ("app:faulty", "--operation", "read_thing", "--baseline", "baseline.yaml")
    assert project.verify(*asked, "--write-baseline").code == 0
    done = project.verify(*asked, "--seed", "5")
    assert done.code == 0, done
    assert "--write-baseline" not in done.out, done
