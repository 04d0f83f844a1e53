"""What a program may import from accord: four names, and the entry point of rules."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import accord
from accord.findings.finding import Severity, Verdict
from accord.findings.rule import Rule, Subject

THINGS = Path(__file__).parent / "cli" / "data" / "things"

PINGS = """
openapi: 3.1.0
info: {title: Pings, version: "1"}
paths:
  /ping:
    get:
      operationId: ping
      responses:
        "200":
          description: A pong.
          content: {application/json: {schema: {type: object, required: [pong]}}}
"""

SHOUTING = '''
import accord

@accord.rule(severity="warning")
def shouting_name(contract, observed):
    """Yield when a name is written in capitals."""
    if observed.status == 200:
        yield observed.finding("a name shouts", deviation="capitals")

not_a_rule = 3
'''


def test_the_public_names_are_four():
    """Nothing else is promised."""
    assert set(accord.__all__) == {"Finding", "load", "rule", "verify"}
    assert set(accord.__all__) <= set(dir(accord))


def test_another_name_is_an_error_that_names_it():
    """A name that is not there is told as Python tells it."""
    with pytest.raises(AttributeError, match="module 'accord' has no attribute 'verfy'"):
        accord.verfy  # noqa: B018 - the access is what is tested


def test_load_reads_a_contract():
    """``load`` takes a folder or a document."""
    contract = accord.load(THINGS / "openapi.yaml")
    assert [item.id for item in contract.operations] == ["create_thing", "read_thing"]
    assert [item.id for item in accord.load(THINGS).operations] == ["create_thing", "read_thing"]


@pytest.fixture
def pings(tmp_path, monkeypatch):
    """Give a folder, which is the working directory, with a contract of one operation."""
    (tmp_path / "openapi.yaml").write_text(PINGS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def _lax(scope, receive, send):
    """Answer everything with 200 and an empty object."""
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]}
    )
    await send({"type": "http.response.body", "body": b"{}"})


def test_verify_takes_an_application_and_returns_the_run(pings):
    """The run holds findings, outcomes and counts; progress is told on the way."""
    told = []
    run = accord.verify(_lax, contract="openapi.yaml", max_examples=1, tell=told.append)

    assert isinstance(run.findings[0], accord.Finding)
    assert Severity.ERROR == run.worst()
    assert "response-schema-violation" in {finding.rule for finding in run.findings}
    assert Verdict.HELD in {outcome.verdict for outcome in run.outcomes}
    assert run.counts.operations == 1
    assert not run.interrupted
    assert ["StageStarted", "TrialStarted"] == [type(item).__name__ for item in told[:2]]


def test_verify_takes_the_target_and_the_contract_of_the_settings(pings, monkeypatch):
    """Without arguments, ``[tool.accord]`` of the working directory counts."""
    target = "test_public_api_target:application"
    (pings / "test_public_api_target.py").write_text(
        "async def application(scope, receive, send):\n"
        "    await send({'type': 'http.response.start', 'status': 500, 'headers': []})\n"
        "    await send({'type': 'http.response.body', 'body': b''})\n"
    )
    (pings / "pyproject.toml").write_text(f'[tool.accord]\ntarget = "{target}"\ncontract = "."\n')
    monkeypatch.syspath_prepend(pings)
    run = accord.verify(max_examples=1)

    assert target == run.target
    assert "server-error" in {finding.rule for finding in run.findings}


def test_a_decorated_function_is_a_rule():
    """Its id is the name with hyphens; subject and severity may be given as words."""

    @accord.rule(subject="session", severity="note", since="1.2")
    def quiet_server(contract, observed):
        yield observed.finding("nothing was said")

    assert isinstance(quiet_server, Rule)
    assert ("quiet-server", Subject.SESSION, Severity.NOTE, "1.2") == (
        quiet_server.id,
        quiet_server.subject,
        quiet_server.severity,
        quiet_server.since,
    )


def _installed(folder: Path, entry: str) -> dict[str, str]:
    """Return an environment in which a distribution with the entry point *entry* is installed in *folder*."""
    (folder / "shouting.py").write_text(SHOUTING)
    metadata = folder / "shouting-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: shouting\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[accord.rules]\n{entry}\n")
    return {"PATH": "", "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}


def _verify(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    arguments = ("--max-examples", "1", "--operation", "read_thing", "--fail-on", "warning", "--quiet")
    return subprocess.run(
        [sys.executable, "-m", "accord", "verify", *arguments],
        cwd=THINGS,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_rule_of_another_distribution_is_found_by_its_entry_point(tmp_path):
    """It is held like one of accord's own."""
    done = _verify(_installed(tmp_path, "shouting-name = shouting:shouting_name"))

    assert done.returncode == 1, done
    assert "warning  shouting-name  read_thing → 200: a name shouts" in done.stdout


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (
            "shouting-name = absent:rule",
            "entry point shouting-name of accord.rules: cannot be loaded: ModuleNotFoundError",
        ),
        ("number = shouting:not_a_rule", "entry point number of accord.rules: is not a rule"),
    ],
)
def test_an_entry_point_that_gives_no_rule_ends_the_run(entry, words, tmp_path):
    """The entry point is named, exit code 2."""
    done = _verify(_installed(tmp_path, entry))

    assert done.returncode == 2, done
    assert words in done.stderr
    assert "Traceback" not in done.stderr
