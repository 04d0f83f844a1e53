"""``accord verify`` as it is used every day: exit codes, reports, recordings, seeds, severities, hooks."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from accord.exchange.recording import load
from accord.report.json_report import schema

FAULT = "openapi.yaml#/components/schemas/Thing/properties/id/type"

# The service with what is a warning by default: methods that the path does not declare are not refused.
LAX = """

def lax_answer(scope, body):
    declared = scope["method"] in ("GET", "POST")
    return answer(scope, body) if declared else (200, {"id": 1, "name": "thing"}, {})


lax = served(lax_answer)
"""

# The service with a member in its answers that nobody declared.
EXTRA = """

def extra_answer(scope, body):
    status, value, headers = answer(scope, body)
    return status, {**value, "secret_plan": 1} if status == 200 else value, headers


talkative = served(extra_answer)
"""

HOOKS = """import pathlib

def note(word):
    with pathlib.Path("notes").open("a") as file:
        print(word, file=file)

def before_run(base_url):
    note(f"before {base_url}")

def after_run(base_url):
    note(f"after {base_url}")
"""


def _requests(path):
    """Return the requests of a recording as they went over the wire."""
    return [json.loads(line)["request"] for line in path.read_bytes().splitlines()]


def test_a_healthy_service_is_in_accord(project):
    """Nothing is found: exit code 0, the verdict on stdout, and every documented status was seen."""
    done = project.verify(
        "--report", "json=report.json", "--report", "junit=report.xml", "--record", "record"
    )

    assert done.code == 0, done
    assert done.out.startswith("In accord: nothing found at error or above.\n"), done
    report = project.report()
    assert report["findings"] == []
    assert {"held"} == {key for rule in report["rules"] for key in ("held", "found") if rule[key]}
    jsonschema.Draft202012Validator(schema()).validate(report)
    suites = ET.fromstring((project.folder / "report.xml").read_bytes())
    assert ("0", "0") == (suites.get("failures"), suites.get("errors"))
    lines = (project.folder / "record").read_bytes().splitlines()
    assert report["counts"]["cases"] == len([load(line) for line in lines])


def test_a_fault_is_found_and_its_place_is_named(project):
    """Exit code 1, the rule, the operation, the pointer into the contract and a command on stdout."""
    reports = (
        "--report",
        "json=report.json",
        "--report",
        "junit=deep/er/report.xml",
        "--report",
        "gitlab=quality.json",
    )
    done = project.verify("app:faulty", *reports)

    assert done.code == 1, done
    assert done.out.startswith("Not in accord: 1 error.\n"), done
    assert all(
        word in done.out for word in ("response-schema-violation", "read_thing → 200", FAULT, "curl")
    ), done
    report = project.report()
    jsonschema.Draft202012Validator(schema()).validate(report)
    assert [("response-schema-violation", "read_thing", FAULT, "/id")] == [
        (item["rule"], item["operation"], item["pointer"], item["evidence_pointer"])
        for item in report["findings"]
    ]
    suites = ET.fromstring((project.folder / "deep/er/report.xml").read_bytes())
    failures = {case.get("classname") for case in suites.iter("testcase") if case.find("failure") is not None}
    assert failures <= {"rest", "rest.read_thing"}
    assert int(suites.get("failures", "0")) == len(list(suites.iter("failure"))) > 0
    (issue,) = project.report("quality.json")
    line = (
        (project.folder / "openapi.yaml")
        .read_text("utf-8")
        .splitlines()[issue["location"]["lines"]["begin"] - 1]
    )
    assert "openapi.yaml" == issue["location"]["path"]
    assert FAULT.rpartition("/")[2] in line


@pytest.mark.parametrize(("threshold", "code"), [("error", 0), ("warning", 1), ("note", 1)])
def test_the_threshold_decides_the_exit_code(threshold, code, project):
    """A warning counts from ``--fail-on warning`` on, and is told in any case."""
    project.append("app.py", LAX)

    done = project.verify("app:lax", "--operation", "read_thing", "--fail-on", threshold)
    assert code == done.code, done
    assert "warning  unsupported-method  read_thing" in done.out, done


@pytest.mark.parametrize(
    ("value", "code", "told"), [("off", 0, 0), ("note", 0, 1), ("warning", 0, 1), ("error", 1, 1)]
)
def test_the_settings_of_a_rule_decide_what_it_weighs(value, code, told, project):
    """A rule may be switched off or given another severity."""
    project.append("pyproject.toml", f'[tool.accord.rules]\nresponse-schema-violation = "{value}"\n')

    done = project.verify("app:faulty", "--operation", "read_thing", "--report", "json=report.json")
    assert code == done.code, done
    severities = [item["severity"] for item in project.report()["findings"]]
    assert severities == [value] * told


def test_what_was_not_reached_is_a_note_or_an_error(project):
    """A documented status that was never seen is noted; ``--require-reach`` or the setting fails the run for it."""
    document = (project.folder / "openapi.yaml").read_text()
    conflict = '        "409": {description: Taken.}\n        "422":'
    project.write("openapi.yaml", document.replace('        "422":', conflict, 1))
    told = "no answer with status 409 was seen: no workflow leads to a state that conflicts with it"
    noted = project.verify()
    assert noted.code == 0, noted
    assert told in noted.out, noted
    required = project.verify("--require-reach")
    assert required.code == 1, required
    assert told in required.out, required
    part = project.verify("--require-reach", "--operation", "create_thing")
    assert part.code == 0, part
    assert told not in part.out, part
    settings = (project.folder / "pyproject.toml").read_text()
    project.write("pyproject.toml", f"{settings}\nrequire-reach = true\n")
    assert project.verify().code == 1


def test_the_same_seed_sends_the_same_bytes_and_another_seed_others(project):
    """Two runs with one seed have byte-identical requests and the same findings."""
    runs = {}
    for name, seed in (("first", "7"), ("again", "7"), ("other", "8")):
        done = project.verify("app:faulty", "--seed", seed, "--record", name, "--report", f"json={name}.json")
        assert done.code == 1, done
        findings = {item["fingerprint"] for item in project.report(f"{name}.json")["findings"]}
        runs[name] = _requests(project.folder / name), findings

    assert runs["first"] == runs["again"]
    assert runs["first"][0] != runs["other"][0]


def test_how_much_is_told_is_chosen(project):
    """Quiet tells one line a finding, verbose tells the answer's body too."""
    arguments = ("app:faulty", "--operation", "read_thing")
    quiet, verbose = project.verify(*arguments, "-q"), project.verify(*arguments, "--verbose")

    assert len(quiet.out.splitlines()) == 3, quiet
    assert quiet.out.splitlines()[1].startswith("error  response-schema-violation  read_thing → 200: "), quiet
    assert '{"id": "1", "name": "thing"}' in verbose.out, verbose
    assert "response-schema-violation: " in verbose.out, verbose


def test_one_operation_and_one_stage_can_be_chosen(project):
    """Only what was chosen is asked."""
    done = project.verify("--operation", "create_thing", "--only", "rest", "--record", "record")

    assert done.code == 0, done
    assert {"/things"} == {
        item["url"].removeprefix("http://testserver") for item in _requests(project.folder / "record")
    }


def test_a_header_goes_with_every_request(project):
    """``--header`` adds to what is sent; what it holds is not in the command to run again."""
    done = project.verify("-qH", "X-Tenant: blue-42", "--operation", "read_thing", "--record", "record")

    assert done.code == 0, done
    assert all(["X-Tenant", "blue-42"] in item["headers"] for item in _requests(project.folder / "record"))
    assert "blue-42" not in done.out, done


@pytest.mark.parametrize("target", ["app:healthy", "app:faulty"])
def test_hooks_are_called_around_a_run(target, project):
    """Each is called once with the base URL, whatever is found."""
    project.append("pyproject.toml", 'hooks = "hooks"\n')
    project.write("hooks.py", HOOKS)
    project.verify(target, "--operation", "read_thing")

    assert (project.folder / "notes").read_text() == "before http://testserver\nafter http://testserver\n"


def test_values_of_hooks_are_sent(project):
    """A valid case has the value that is known to exist."""
    project.append("pyproject.toml", 'hooks = "hooks"\n')
    project.write("hooks.py", HOOKS + "\ndef values(operation, location, name):\n    return [777]\n")
    done = project.verify("--operation", "read_thing", "--record", "record")

    assert done.code == 0, done
    assert "http://testserver/things/777" in {item["url"] for item in _requests(project.folder / "record")}


BAD_HOOKS = {
    "import fails": ("1 / 0\n", "hooks module 'hooks' cannot be imported: ZeroDivisionError", 0),
    "import exits": ("raise SystemExit(0)\n", "hooks module 'hooks' cannot be imported: SystemExit", 0),
    "nothing in it": ("x = 1\n", "hooks module 'hooks' defines none of", 0),
    "before_run raises": (
        "def before_run(url):\n    raise ValueError('no')\n",
        "before_run raised ValueError: no",
        0,
    ),
    "before_run exits": (
        "def before_run(url):\n    raise SystemExit(0)\n",
        "before_run raised SystemExit: 0",
        0,
    ),
    "after_run raises": (HOOKS + "    raise ValueError('no')\n", "hook after_run raised ValueError: no", 2),
    "values raises": (
        HOOKS + "def values(*place):\n    raise ValueError('no')\n",
        "values raised ValueError: no",
        2,
    ),
    "values of no kind": (
        HOOKS + "def values(*place):\n    return 5\n",
        "values returned a value of type int",
        2,
    ),
}


@pytest.mark.parametrize("name", BAD_HOOKS)
def test_a_hook_that_raises_ends_the_run(name, project):
    """It is named with its error, exit code 2, and ``after_run`` is called once ``before_run`` was."""
    text, words, notes = BAD_HOOKS[name]
    project.append("pyproject.toml", 'hooks = "hooks"\n')
    project.write("hooks.py", text)

    done = project.verify("--operation", "read_thing")
    assert done.code == 2, done
    assert words in done.err, done
    noted = project.folder / "notes"
    assert notes == (len(noted.read_text().splitlines()) if noted.exists() else 0), done


def test_after_run_is_called_when_a_login_fails(project):
    """What was prepared is tidied up also when the question could not be asked."""
    scheme = "\n  securitySchemes: {key: {type: http, scheme: bearer}}"
    project.replace("openapi.yaml", "info:", "security: [{key: []}]\ninfo:")
    project.replace("openapi.yaml", "\ncomponents:", f"\ncomponents:{scheme}")
    project.append("pyproject.toml", 'hooks = "hooks"\n[tool.accord.identities.default]\ncommand = "false"\n')
    project.write("hooks.py", HOOKS)

    done = project.verify("--operation", "read_thing")
    assert done.code == 2, done
    assert "the command ended with 1 and no token" in done.err, done
    assert (project.folder / "notes").read_text() == "before http://testserver\nafter http://testserver\n"


def test_what_was_found_is_told_before_after_run_fails(project):
    """A hook that raises in the end costs the exit code, not the findings."""
    project.append("pyproject.toml", 'hooks = "hooks"\n')
    project.write("hooks.py", HOOKS + "    raise ValueError('no')\n")

    done = project.verify("app:faulty", "--operation", "read_thing", "--report", "json=report.json")
    assert done.code == 2, done
    assert "Not in accord: 1 error." in done.out, done
    assert len(project.report()["findings"]) == 1


def test_a_safe_run_sends_nothing_that_writes(project):
    """``--safe`` withholds every other method; what was left out is told, and found nothing."""
    done = project.verify("--safe", "--record", "record")

    assert done.code == 0, done
    assert {"GET", "HEAD", "OPTIONS"} >= {item["method"] for item in _requests(project.folder / "record")}
    assert "a safe run sends no POST" in done.out, done


def test_wrong_places_are_told(project):
    """The summary counts them, ``--verbose`` lists them, the JSON report has them all."""
    done = project.verify("--verbose", "--only", "rest", "--report", "json=report.json")
    places = project.report()["wrong_places"]
    line = next(item for item in done.out.splitlines() if item.startswith("Wrong places"))

    assert f"{len(places)} tried: " in line, done
    assert "create_thing body/name: refused " in done.out, done
    assert all(place["accepted"] == 0 for place in places)


def test_a_rate_that_is_none_is_refused(project):
    """A bad option ends with exit code 2 and how a rate is written, before anything is asked."""
    done = project.verify("--rate", "fast")

    assert done.code == 2, done
    assert done.err.startswith("accord: --rate: 'fast' is not a rate"), done
    assert "10/s" in done.err


def test_a_strict_run_fails_for_what_nobody_declared(project):
    """``--strict`` makes an error of a member that the contract does not declare; without it, it is a note."""
    project.append("app.py", EXTRA)

    assert project.verify("app:talkative", "--only", "rest").code == 0
    done = project.verify("app:talkative", "--only", "rest", "--strict")
    assert done.code == 1, done
    assert "error  undeclared-response-field" in done.out, done


def test_what_failed_last_time_comes_first(project):
    """The trials that found something are played before all others, and forgotten when they hold."""
    asked = ("--only", "rest", "--report", "json=report.json")
    project.verify("app:faulty", *asked)
    first = project.verify("app:faulty", *asked, "--last-failed", "--record", "record")
    kept = json.loads((project.folder / ".accord/last-failed.json").read_text("utf-8"))
    assert first.code == 1, first
    assert any(item.startswith("rest/read_thing/") for item in kept)
    opening = load((project.folder / "record").read_bytes().splitlines()[0])
    assert opening.operation in ("read_thing", "create_thing")
    assert first.err.startswith(f"rest: {len(kept)} trial"), first
    project.verify("app:healthy", *asked, "--last-failed")
    assert [] == json.loads((project.folder / ".accord/last-failed.json").read_text("utf-8"))
