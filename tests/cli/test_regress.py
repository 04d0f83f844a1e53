"""``accord regress`` and ``accord record`` as users run them: what they take, what they print, how they end."""

from __future__ import annotations

import json
import re
import subprocess
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from accord.report.regression.json_report import schema

FEW = ("--max-examples", "1", "--slower", "0", "--only", "rest", "--operation", "create_thing", "--no-color")
LATER = '''
import json

from app import healthy


async def later(scope, receive, send):
    """Answer as the healthy application does, with one member more in each answer that is an object."""
    async def told(message):
        if message["type"] == "http.response.body":
            try:
                value = json.loads(message.get("body", b""))
            except ValueError:
                value = None
            if isinstance(value, dict) and "name" in value:
                message = {**message, "body": json.dumps({**value, "nick\\x1b[31m": "x"}).encode()}
        if message["type"] == "http.response.start":
            headers = [pair for pair in message["headers"] if pair[0] != b"content-length"]
            message = {**message, "headers": headers}
        await send(message)

    await healthy(scope, receive, told if scope["type"] == "http" else send)
'''


@pytest.fixture
def versions(project):
    """Return a project with ``later:later``, a later version of ``app:healthy``."""
    project.write("later.py", LATER)
    return project


def test_the_same_build_twice_ends_well(project):
    """Exit code 0, and the answer says how much was compared."""
    done = project.accord("regress", "app:healthy", "app:healthy", *FEW)
    assert 0 == done.code, done
    assert "No difference in " in done.out


def test_a_difference_is_told_in_every_report(versions):
    """Exit code 1; terminal and reports tell the same, and no control character gets through."""
    kinds = ("json", "junit", "markdown", "github")
    reports = [part for kind in kinds for part in ("--report", f"{kind}=out.{kind}")]
    done = versions.accord("regress", "app:healthy", "later:later", *FEW, "-v", *reports)
    assert 1 == done.code, done
    assert "that it does not cover" in done.out
    assert "curl" in done.out
    assert "\x1b" not in done.out
    report = versions.report("out.json")
    jsonschema.validate(report, schema())
    assert {"uncovered"} == {item["standing"] for item in report["differences"]}
    assert {"new"} == {item["kind"] for item in report["differences"]}
    root = ET.parse(versions.folder / "out.junit").getroot()
    assert len(report["differences"]) == int(root.get("failures"))
    assert "## Not covered by the contract" in (versions.folder / "out.markdown").read_text()
    commands = (versions.folder / "out.github").read_text().splitlines()
    assert len(report["differences"]) == len(commands) - 1
    lines = (versions.folder / "openapi.yaml").read_text().splitlines()
    (line,) = {int(re.search(r"file=openapi.yaml,line=(\d+)", item)[1]) for item in commands[:-1]}
    assert "#/components/schemas/Thing" in lines[line - 1]


def test_fail_on_decides_the_exit_code(versions):
    """What is not covered is no failure where only breaks are one; a report on standard output stands there alone."""
    given = ("--fail-on", "breaks", "-q", "--report", "json=-")
    done = versions.accord("regress", "app:healthy", "later:later", *FEW, *given)
    assert 0 == done.code, done
    assert json.loads(done.out)["failed"] is False
    assert "within what was asked" in done.err


def test_a_recording_is_compared_with_an_application(versions):
    """``accord record`` writes it; the recording takes the place of the service."""
    few = [item for item in FEW if item not in ("--slower", "0")]
    recorded = versions.accord("record", "app:healthy", "-o", "old.ndjson", *few)
    assert 0 == recorded.code, recorded
    assert "Recorded " in recorded.out
    assert 1 == versions.accord("regress", "old.ndjson", "later:later", *FEW, "-q").code
    assert 0 == versions.accord("regress", "old.ndjson", "app:healthy", *FEW, "-q").code


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("http://127.0.0.1:9", "app:healthy"), "does not accept connections"),
        (("app:healthy", "missing.ndjson"), "cannot be read"),
        (("app:healthy", "app:nothing"), "has no 'nothing'"),
        (("app:healthy", "app:healthy", "--report", "yaml=x"), "is not a report"),
        (("app:healthy", "app:healthy", "--budget", "soon"), "is no time"),
        (("app:healthy", "app:healthy", "--operation", "fly"), "not in the contract"),
        (("app:healthy", "app:healthy", "--contract", "git:HEAD:openapi.yaml"), "no repository of git"),
        (("app:healthy", "app:healthy", "--contract", "git:openapi.yaml"), "no revision and path"),
    ],
)
def test_what_cannot_be_asked_ends_with_2(project, arguments, words):
    """The reason stands there, with what to do, and no traceback."""
    done = project.accord("regress", *arguments, *FEW)
    assert 2 == done.code, done
    assert words in done.err


def git(folder, *arguments):
    own = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *own, *arguments], cwd=folder, check=True, capture_output=True)


def test_the_contract_of_a_revision_is_held_against_the_code(project):
    """The working directory says something else by now: the old contract finds it, and its operations come first."""
    git(project.folder, "init")
    git(project.folder, "add", "openapi.yaml")
    git(project.folder, "commit", "-m", "Agree")
    project.replace("openapi.yaml", "maxLength: 20", "maxLength: 5")
    few = ("--only", "rest", "--operation", "create_thing", "-q")
    old = project.verify("app:healthy", "--contract", "git:HEAD:openapi.yaml", *few)
    new = project.verify("app:healthy", "--contract", "openapi.yaml", *few)
    assert 0 == old.code, old
    assert 1 == new.code, new
    both = project.verify("--contract", "git:HEAD:openapi.yaml", "--changed-since", "HEAD")
    assert 2 == both.code, both


def test_a_budget_ends_a_run_and_tells_what_was_left_out(project):
    """Nothing is asked after it, and the report has the reason; with --max-time it makes no sense."""
    done = project.verify("app:healthy", "--budget", "0.001s")
    assert 2 == done.code, done
    assert "the time of --budget was spent" in done.out
    assert 2 == project.verify("app:healthy", "--budget", "5s", "--max-time", "5s").code
