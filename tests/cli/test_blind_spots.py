"""`accord blind-spots`, as it is run."""

from __future__ import annotations

import json


def test_a_recording_shows_what_the_contract_would_not_see(project):
    """Place and line, an example, and the line to add; the score decides the exit code only where it is asked to."""
    project.replace("openapi.yaml", "required: [id, name]", "required: [name]")
    recorded = project.verify("--only", "rest", "--record", "said.ndjson")
    assert recorded.code in (0, 1), recorded
    done = project.accord("blind-spots", "said.ndjson", "--report", "json=spots.json")

    assert done.code == 0, done
    assert "the contract refuses" in done.out, done
    (place,) = [
        item for item in project.report("spots.json")["places"] if "a member missing" in item["accepted"]
    ]
    assert place["place"].startswith("openapi.yaml#/"), place
    assert place["line"] > 1
    assert any("id" in line for line in place["lines"]), place
    assert f"openapi.yaml:{place['line']}#" in done.out, done
    assert project.accord("blind-spots", "said.ndjson", "--min-score", "100").code == 1


def test_without_anything_good_there_is_no_verdict(project):
    """Nothing recorded is no score of 100; a recording that is none is told with its line."""
    project.write("empty.ndjson", "")
    project.write("bad.ndjson", "{}\n")
    none = project.accord("blind-spots", "empty.ndjson")
    bad = project.accord("blind-spots", "bad.ndjson")
    lost = project.accord("blind-spots", "lost.ndjson")

    assert (2, "No verdict: nothing was recorded that the contract accepts.\n") == (none.code, none.out)
    assert bad.code == 2, bad
    assert "accord: bad.ndjson:1" in bad.err, bad
    assert lost.code == 2, lost
    assert "cannot be read" in lost.err, lost


def test_a_report_on_standard_output_stands_there_alone(project):
    """People read the other stream then."""
    project.write("empty.ndjson", "")
    done = project.accord("blind-spots", "empty.ndjson", "--report", "json=-")

    assert json.loads(done.out)["score"] is None
    assert "No verdict" in done.err, done
