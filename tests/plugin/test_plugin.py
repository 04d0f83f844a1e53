"""The pytest plugin as projects use it: a suite of one line, run by the real pytest."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from accord.report.json_report import schema

ITEMS = [
    "contract/schemas",
    *(f"rest/create_thing/{name}" for name in ("examples", "coverage", "fuzzing")),
    *(
        f"rest/create_thing/{name}"
        for name in ("invalid-field", "malformed-body", "foreign-media-type", "odd-body")
    ),
    *(
        f"rest/read_thing/{name}"
        for name in ("examples", "coverage", "fuzzing", "unknown-id", "invalid-field")
    ),
    "rest/chains",
    *(f"rest/{name}/no-credential" for name in ("create_thing", "read_thing")),
]


@pytest.fixture
def suite(project):
    """Give a project with the suite of one line."""
    project.write("test_things.py", "from accord.suite import test_contract\n")
    return project


def _items(done):
    """Return the ids of the items that were listed."""
    return re.findall(r"^test_things\.py::test_contract\[(.+)\]$", done.out, re.MULTILINE)


def _findings(project, name):
    """Return what a report found, without what differs from run to run."""
    report = project.report(name)
    jsonschema.Draft202012Validator(schema()).validate(report)
    findings = [
        {key: value for key, value in item.items() if key != "exchange"} for item in report["findings"]
    ]
    # How often is another matter: each process sees for itself where its probes can start.
    seen = {
        operation: {
            kind: {status: number > 0 for status, number in table.items()} for kind, table in kinds.items()
        }
        for operation, kinds in report["coverage"]["operations"].items()
    }
    told = sorted(json.dumps(item, sort_keys=True) for item in findings)
    return told, report["rules"], seen, report["wrong_places"]


@pytest.mark.parametrize("seed", ["0", "5"])
def test_the_suite_has_one_item_for_each_trial(seed, suite):
    """Ids are those of the plan, in its order, whatever the seed."""
    assert _items(suite.pytest("--collect-only", "-q", "--accord-seed", seed)) == ITEMS


def test_a_healthy_service_passes(suite):
    """Every item passes or is skipped with a reason; the verdict stands at the end."""
    done = suite.pytest("-rs")

    assert done.code == 0, done
    assert "In accord: nothing found at error or above." in done.out, done
    assert re.search(r"SKIPPED \[1\] .*: the parameter is not an id", done.out), done
    assert re.search(r"SKIPPED \[\d\] .*: the contract gives nothing to ask", done.out), done


def test_a_finding_fails_its_item_with_its_text_alone(suite):
    """The block of the finding is shown, no traceback, and the reports are written."""
    reports = ("--accord-report", "json=report.json", "--accord-report", "junit=report.xml")
    done = suite.pytest("--accord-target", "app:faulty", *reports)

    assert done.code == 1, done
    assert "1  error  response-schema-violation  read_thing → 200" in done.out, done
    assert "reproduce    curl" in done.out, done
    assert "FAILED test_things.py::test_contract[rest/read_thing/coverage] - Failed: 1" in done.out, done
    assert "Traceback" not in done.out
    assert "suite.py" not in done.out
    assert "pytest_plugin" not in done.out
    assert len(_findings(suite, "report.json")[0]) == 1
    assert int(ET.fromstring((suite.folder / "report.xml").read_bytes()).get("failures", "0")) > 0


def test_the_threshold_decides_what_fails(suite):
    """A finding below ``--accord-fail-on`` passes and is told in the summary."""
    suite.append("pyproject.toml", '[tool.accord.rules]\nresponse-schema-violation = "warning"\n')
    arguments = ("--accord-target", "app:faulty", "-k", "read_thing and coverage")
    lenient, strict = suite.pytest(*arguments), suite.pytest(*arguments, "--accord-fail-on", "warning")

    assert lenient.code == 0, lenient
    assert "warning response-schema-violation at openapi.yaml#/components/schemas/Thing" in lenient.out, (
        lenient
    )
    assert strict.code == 1, strict


@pytest.mark.parametrize("workers", ["0", "1"])
def test_what_the_baseline_knows_may_stand(workers, suite):
    """A file that ``accord verify`` wrote lets the suite pass, is told, and stands in the report."""
    suite.verify("app:faulty", "--operation", "read_thing", "--baseline", "baseline.yaml", "--write-baseline")
    given = ("--accord-target", "app:faulty", "--accord-report", "json=report.json", "-k", "read_thing")
    given += ("-n", workers)
    done = suite.pytest(*given, "--accord-baseline", "baseline.yaml")
    assert done.code == 0, done
    assert done.out.count("approved: 1 finding of the baseline may stand") == 1, done
    report = suite.report("report.json")
    assert [] == report["findings"]
    assert ["response-schema-violation"] == [item["finding"]["rule"] for item in report["approved"]]


def test_the_baseline_of_the_settings_counts_to_its_day(suite):
    """Afterwards the finding fails again and the end is told; of a part nothing is said to be gone."""
    suite.verify("app:faulty", "--operation", "read_thing", "--baseline", "baseline.yaml", "--write-baseline")
    suite.append("pyproject.toml", 'baseline = "baseline.yaml"\n')
    part = ("--accord-target", "app:faulty", "-k", "read_thing and coverage")
    assert suite.pytest(*part).code == 0
    other = suite.pytest("--accord-target", "app:faulty", "-k", "create_thing and coverage")
    assert (other.code, "not found any more" in other.out) == (0, False), other
    text = (suite.folder / "baseline.yaml").read_text()
    until = next(line for line in text.splitlines() if "until:" in line)
    suite.write("baseline.yaml", text.replace(until, '    until: "2020-01-31"'))
    done = suite.pytest(*part)
    assert done.code == 1, done
    assert "ended on 2020-01-31" in done.out, done


def test_a_baseline_that_is_none_stops_the_suite(suite):
    """Before anything is asked, with the file and what to do."""
    done = suite.pytest("--accord-baseline", "openapi.yaml")
    assert done.code == 4, done
    assert "openapi.yaml:1" in done.err, done
    assert "Write `approvals:` and a list below it." in done.err, done


TARGETS = {
    "application": "import app\n    return app.faulty()",
    "factory": "import app\n    return app.faulty",
    "name": "return 'app:faulty'",
}


@pytest.mark.parametrize("kind", TARGETS)
def test_the_fixture_of_the_target_can_be_overridden(kind, suite):
    """A conftest gives an application, its factory or a name instead of the settings' target."""
    suite.write(
        "conftest.py",
        f"import pytest\n\n@pytest.fixture(scope='session')\ndef accord_target():\n    {TARGETS[kind]}\n",
    )

    done = suite.pytest("-k", "read_thing and coverage")
    assert done.code == 1, done
    assert "response-schema-violation" in done.out, done


def test_the_fixture_of_the_target_may_serve_it(suite):
    """A conftest that starts a server gives its URL."""
    suite.write(
        "conftest.py",
        "import socket, threading, time\nimport pytest, uvicorn\nimport app\n\n"
        "@pytest.fixture(scope='session')\ndef accord_target():\n"
        "    listening = socket.create_server(('127.0.0.1', 0))\n"
        "    server = uvicorn.Server(uvicorn.Config(app.faulty(), log_level='error'))\n"
        "    thread = threading.Thread(target=server.run, kwargs={'sockets': [listening]})\n"
        "    thread.start()\n"
        "    yield f'http://127.0.0.1:{listening.getsockname()[1]}'\n"
        "    server.should_exit = True\n"
        "    thread.join()\n"
        "    listening.close()\n",
    )

    done = suite.pytest("-k", "read_thing and coverage")
    assert done.code == 1, done
    assert re.search(r"exchange     GET http://127\.0\.0\.1:\d+/things/", done.out), done


def test_distributed_items_give_one_report_of_the_same(suite):
    """With ``-n 2`` the findings, the rules and the coverage are those of one process."""
    for name, workers in (("one.json", "0"), ("two.json", "2")):
        done = suite.pytest("--accord-target", "app:faulty", "--accord-report", f"json={name}", "-n", workers)
        assert done.code == 1, done
        assert done.out.count("Not in accord: 1 error.") == 1, done

    one, two = _findings(suite, "one.json"), _findings(suite, "two.json")
    assert one == two
    assert {"create_thing", "read_thing"} == {place["operation"] for place in one[3]}


def test_a_safe_suite_skips_what_writes(suite):
    """With ``--accord-safe`` the items of operations that write are skipped, and say why; reads are played."""
    done = suite.pytest(
        "-rs", "--accord-safe", "--accord-rate", "1000/s", "--accord-report", "json=report.json"
    )

    assert done.code == 0, done
    assert re.search(r"SKIPPED \[\d\] .*: a safe run sends no POST", done.out), done
    asked = suite.report("report.json")["coverage"]["operations"]
    assert 0 == sum(asked["create_thing"]["documented"].values())
    assert 0 < sum(asked["read_thing"]["documented"].values())


@pytest.mark.parametrize("workers", ["0", "2"])
def test_what_no_worker_reached_is_told_once_for_all(workers, suite):
    """A documented status that nobody saw fails the session, when that is required and all was asked."""
    document = (suite.folder / "openapi.yaml").read_text()
    conflict = '        "409": {description: Taken.}\n        "422":'
    suite.write("openapi.yaml", document.replace('        "422":', conflict, 1))
    done = suite.pytest("--accord-require-reach", "-n", workers)
    assert done.code == 1, done
    assert done.out.count("error unreached-status at openapi.yaml#/paths/~1things/post/responses/409") == 1, (
        done
    )
    assert "failed" not in done.out.splitlines()[-1], done
    part = suite.pytest("--accord-require-reach", "-n", workers, "-k", "create_thing")
    assert part.code == 0, part
    assert "unreached-status" not in part.out, part


@pytest.mark.parametrize("workers", ["0", "2"])
def test_an_unreachable_target_stops_the_session(workers, suite):
    """Exit code 2 and the reason, once, also from the workers of a distributed run."""
    done = suite.pytest("--accord-target", "http://127.0.0.1:9", "-n", workers)

    assert done.code == 2, done
    assert (done.out + done.err).count("does not accept connections") == 1, done
    assert "Traceback" not in done.out + done.err


MISUSES = {
    "no such contract": (("--accord-contract", "absent"), ("absent: does not exist",)),
    "report of no kind": (("--accord-report", "foo=bar"), ("--accord-report: 'foo=bar' is not a report",)),
    "no examples": (("--accord-max-examples", "0"), ("--accord-max-examples: 0 is less than 1",)),
    "no rate": (("--accord-rate", "often"), ("--accord-rate: 'often' is not a rate", "10/s")),
    "no such severity": (("--accord-fail-on", "doom"), ("--accord-fail-on", "doom")),
}


@pytest.mark.parametrize("name", MISUSES)
def test_a_bad_option_is_a_usage_error(name, suite):
    """Pytest's own exit code 4, one message and no traceback."""
    arguments, words = MISUSES[name]
    done = suite.pytest(*arguments)

    assert done.code == 4, done
    assert all(word in done.err for word in words), done
    assert "Traceback" not in done.out + done.err


def test_a_bad_setting_is_a_usage_error(suite):
    """The table and the key are named, as on the command line, also where warnings are errors."""
    suite.append("pyproject.toml", "traget = 1\n")
    done = suite.pytest("-W", "error")

    assert done.code == 4, done
    assert (
        "accord: pyproject.toml [tool.accord]: unknown key 'traget'\n  Did you mean 'target'?" in done.err
    ), done
    assert "Traceback" not in done.out + done.err


def test_tests_that_ask_for_no_trial_need_no_contract(suite):
    """Bad settings of accord are no matter of other tests."""
    suite.append("pyproject.toml", "traget = 1\n")
    suite.write("test_other.py", "def test_other():\n    pass\n")
    done = suite.pytest("test_other.py")

    assert done.code == 0, done
    assert "accord:" not in done.out + done.err


def test_a_report_that_cannot_be_written_is_told(suite):
    """Exit code 2 after all the results, and no break inside pytest."""
    done = suite.pytest("-k", "read_thing and coverage", "--accord-report", "json=app.py/report.json")

    assert done.code == 2, done
    assert "accord: app.py/report.json: the report cannot be written" in done.out, done
    assert "In accord" in done.out, done


def test_a_login_that_fails_stops_the_session(suite):
    """Credentials that are refused are no finding: exit code 2 and the reason."""
    scheme = "\n  securitySchemes: {key: {type: http, scheme: bearer}}"
    suite.replace("openapi.yaml", "info:", "security: [{key: []}]\ninfo:")
    suite.replace("openapi.yaml", "\ncomponents:", f"\ncomponents:{scheme}")
    suite.append("pyproject.toml", '[tool.accord.identities.default]\ncommand = "false"\n')
    done = suite.pytest()

    assert done.code == 2, done
    assert done.out.count("the command ended with 1 and no token") == 1, done
    assert "Traceback" not in done.out + done.err


def test_nothing_is_opened_when_nothing_is_selected(suite):
    """A deselected suite touches no service."""
    done = suite.pytest("-k", "nothing", "--accord-target", "http://127.0.0.1:9")

    assert done.code == 5, done
    assert f"{len(ITEMS)} deselected" in done.out, done


def test_the_plugin_works_without_xdist(suite):
    """pytest-xdist is not needed."""
    done = suite.pytest("-p", "no:xdist", "-k", "read_thing and coverage")

    assert done.code == 0, done


def test_a_failing_property_prints_its_values(suite):
    """The plugin of schemathesis takes hypothesis' printer for its own; other tests get it back."""
    suite.write(
        "test_property.py",
        "from hypothesis import given, settings, strategies as st\n\n"
        "@settings(database=None, derandomize=True)\n@given(number=st.integers(), word=st.just('abc'))\n"
        "def test_small(number, word):\n    assert number < 1000\n",
    )
    done = suite.pytest("test_property.py")

    assert done.code == 1, done
    assert "number=1000" in done.out, done
    assert "word='abc'" in done.out, done


def test_stored_cases_are_items_of_the_fixed_part(suite):
    """What ``accord verify`` has learned comes first; without exploration, there is nothing else of REST."""
    learned = suite.verify("--corpus", "corpus.ndjson")
    assert learned.code == 0, learned
    stored = ["rest/create_thing/corpus", "rest/read_thing/corpus"]
    given = ("--accord-corpus", "corpus.ndjson")

    collected = _items(suite.pytest("--collect-only", "-q", *given))
    assert [item for item in collected if not item.startswith("contract/")] == [
        *stored,
        *(item for item in ITEMS if not item.startswith("contract/")),
    ]
    done = suite.pytest("-rs", *given, "--accord-exploration", "none")

    assert done.code == 0, done
    assert "3 passed" in done.out, done


def test_the_fixed_part_without_a_corpus_is_a_wrong_setting(suite):
    """There is nothing to play, and the session says so."""
    done = suite.pytest("--accord-corpus", "none", "--accord-exploration", "none")

    assert done.code == 4, done
    assert "the corpus cannot be read" in done.out + done.err, done
