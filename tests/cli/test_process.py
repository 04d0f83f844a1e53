"""The command as a process: how fast it starts, how it is interrupted, what it prints where."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys

import jsonschema
import pytest
from projects import PATIENCE

from accord.exchange.recording import load
from accord.report.json_report import schema

# Not pydantic: typer itself is made of it.
HEAVY = {"schemathesis", "hypothesis", "datamodel_code_generator", "jsonschema_rs", "httpx", "rich"}

# Answers slowly enough for a signal to come in the middle, and says when it has been asked.
SLOW = """
import time

def slow_answer(scope, body):
    time.sleep(0.02)
    with open("asked", "a") as file:
        file.write(".")
    return answer(scope, body)


slow = served(slow_answer)
"""
HOOKS = """
def after_run(base_url):
    open("tidied", "w").close()
"""


def _interruptible() -> None:
    # Where the tests run in the background, SIGINT is ignored, and children inherit that.
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _start(project, *arguments, **options):
    command = [sys.executable, "-m", "accord", *arguments]
    return subprocess.Popen(
        command,
        cwd=project.folder,
        env=project.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=_interruptible,
        **options,
    )


def _interrupted(process, asked, *, after):
    """Interrupt *process* when its service was asked more than so many times; returns what it printed."""
    while not asked.exists() or asked.stat().st_size <= after:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.01)
    process.send_signal(signal.SIGINT)
    return process.communicate(timeout=PATIENCE)


def test_help_imports_nothing_heavy(project):
    """``--help`` comes at once, because nothing is imported for it that takes its time."""
    code = "import runpy, sys; sys.argv[1:] = ['verify', '--help']\ntry: runpy.run_module('accord', None, '__main__')\n"
    code += "except SystemExit: print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=project.folder,
        env=project.environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert "--max-examples" in done.stdout
    assert set() == HEAVY & set(done.stderr.split())


def test_without_a_verb_the_help_is_shown(project):
    """The verbs are listed, and nothing was asked."""
    done = project.accord()

    assert done.code == 2
    assert "verify" in done.out + done.err


def test_an_interrupted_run_is_reported(project):
    """Ctrl-C gives exit code 130, a valid report of what was found until then, and ``after_run`` is called."""
    project.append("app.py", SLOW)
    project.append("pyproject.toml", 'hooks = "hooks"\n')
    project.write("hooks.py", HOOKS)
    files = ("--report", "json=report.json", "--report", "junit=report.xml", "--record", "record")
    process = _start(project, "verify", "app:slow", *files, start_new_session=True)
    out, err = _interrupted(process, project.folder / "asked", after=5)

    assert process.returncode == 130, out + err
    assert b"Traceback" not in out + err
    assert out.startswith(b"No verdict: interrupted"), out
    report = project.report()
    jsonschema.Draft202012Validator(schema()).validate(report)
    assert report["interrupted"] is True
    assert report["counts"]["cases"] == len(
        [load(line) for line in (project.folder / "record").read_bytes().splitlines()]
    )
    assert (project.folder / "tidied").exists()


def test_time_is_spent_on_other_seeds(project):
    """A run with time to spare asks more than one without, for as long as it is let."""
    project.append("app.py", SLOW)
    asked = project.folder / "asked"
    few = ("app:slow", "--operation", "read_thing")
    assert project.verify(*few).code == 0
    once = asked.stat().st_size
    process = _start(project, "verify", *few, "--max-examples", "2", "--max-time", "8h")
    out, err = _interrupted(process, asked, after=2 * once)

    assert process.returncode == 130, out + err


def test_a_reader_that_leaves_does_not_change_the_exit_code(project):
    """``accord verify | head -0`` says with its exit code what was found."""
    process = _start(
        project, "verify", "--max-examples", "2", "--operation", "read_thing", "--report", "json=report.json"
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()

    assert process.wait(PATIENCE) == 0, err
    assert b"Traceback" not in err
    assert project.report()["findings"] == []


def test_closed_streams_do_not_change_the_exit_code(project):
    """A caller that gives neither stdout nor stderr gets the exit code all the same."""
    arguments = "-m accord verify --max-examples 1 --operation read_thing app:faulty"
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "$0" {arguments} >&- 2>&-', sys.executable],
        cwd=project.folder,
        env=project.environment,
        timeout=PATIENCE,
        check=False,
    )

    assert done.returncode == 1


def test_colours_are_for_terminals_that_want_them(project):
    """A terminal gets colours, unless ``--no-color`` or ``NO_COLOR`` says otherwise; a pipe gets no escape bytes."""
    arguments = ("verify", "--max-examples", "1", "--operation", "read_thing", "app:faulty")

    def shown(*more, **environment):
        variables = {**project.environment, "TERM": "xterm-256color", **environment}
        written = project.starter.run_on_terminal(
            "accord", *arguments, *more, folder=project.folder, environment=variables
        )
        assert b"Not in accord" in written
        return written

    assert b"\x1b[1;31m" in shown()
    assert not re.search(rb"\x1b\[[\d;]*3\dm", shown("--no-color"))
    assert not re.search(rb"\x1b\[[\d;]*3\dm", shown(NO_COLOR="1"))
    piped = project.accord(*arguments, "--verbose")
    assert "Not in accord" in piped.out
    assert "\x1b" not in piped.out + piped.err


def test_the_script_and_the_module_are_one(project):
    """``--version`` prints the version of the distribution."""
    process = _start(project, "--version")
    out, err = process.communicate(timeout=PATIENCE)

    assert (0, b"") == (process.returncode, err)
    assert out.startswith(b"accord ")
    assert json.dumps(out.decode().split()[1]).count(".") == 2
