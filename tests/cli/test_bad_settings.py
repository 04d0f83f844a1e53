"""``accord verify`` with settings, options and targets that mean nothing: one message, exit code 2."""

from __future__ import annotations

import pytest

# Lines added to the settings, and what the message must hold.
SETTINGS = {
    "unknown key": ('traget = "app:healthy"', ("[tool.accord]", "'traget'", "Did you mean 'target'?")),
    "far-off key": ("colour = 1", ("[tool.accord]", "'colour'", "Known keys: contract")),
    "wrong type": ("hooks = 1", ("[tool.accord]", "'hooks' is not a string")),
    "not TOML": ("hooks =", ("pyproject.toml", "not valid TOML", "line 4")),
    "variable not set": (
        'username = "me"\npassword = "${ACCORD_TEST_ABSENT}"',
        ("[tool.accord] password", "ACCORD_TEST_ABSENT is not set", "Set ACCORD_TEST_ABSENT"),
    ),
    "half a login": ('username = "me"', ("[tool.accord]", "only one of username and password", "Give both")),
    "unknown rule": (
        '[tool.accord.rules]\nserver-eror = "off"',
        ("[tool.accord.rules] server-eror", "no rule", "Did you mean 'server-error'?"),
    ),
    "unknown severity": (
        '[tool.accord.rules]\nserver-error = "loud"',
        ("[tool.accord.rules] server-error", "'loud' is not a severity", "Use error, warning, note or off"),
    ),
    "unknown setting of schemathesis": (
        "[tool.accord.schemathesis]\nfoo = 1",
        ("[tool.accord.schemathesis]", "Unknown properties: - 'foo'"),
    ),
}

OPTIONS = {
    "report of no kind": (("--report", "foo=bar"), ("--report: 'foo=bar' is not a report", "json=PATH")),
    "report without a path": (("--report", "json="), ("--report", "json=PATH")),
    "recording nowhere": (
        ("--record", "absent/folder/file"),
        ("absent/folder/file", "cannot be written", "Name"),
    ),
    "unknown operation": (("--operation", "read_thng"), ("'read_thng'", "Did you mean 'read_thing'?")),
    "far-off operation": (("--operation", "x"), ("'x'", "Known operations: create_thing, read_thing")),
    "stage without a trial": (("--only", "websocket"), ("nothing to verify in the stage websocket", "Check")),
    "no such stage": (("--only", "soap"), ("--only", "'soap'", "'websocket'")),
    "no such severity": (("--fail-on", "doom"), ("--fail-on", "'doom'")),
    "header without a colon": (
        ("--header", "X-Name value"),
        ("--header: a header has no colon", "Name: value"),
    ),
    "header with a bad name": (("-H", "X Name: value"), ("--header: a header cannot be named 'X Name'",)),
    "header with two lines": (("-H", "X: a\r\nY: b"), ("--header", "line break")),
    "header of the framing": (
        ("-H", "Content-Length: 5"),
        ("--header: Content-Length follows", "Leave it out"),
    ),
    "time limit of nothing": (("--timeout", "0"), ("--timeout", "0.1")),
    "time limit without end": (("--timeout", "inf"), ("--timeout", "86400")),
    "seed that is no number": (("--seed", "x"), ("--seed", "valid integer")),
    "no such option": (("--tagret", "x"), ("--tagret",)),
}

TARGETS = {
    "nobody there": (
        "http://127.0.0.1:9",
        ("http://127.0.0.1:9: ", "Connection refused", "Start the service"),
    ),
    "no such host": ("http://absent.invalid", ("absent.invalid is not known", "correct the URL")),
    "other scheme": ("ftp://127.0.0.1", ("'ftp://127.0.0.1'", "http://")),
    "password in the URL": ("http://me:pa55word@127.0.0.1:9", ("a password in a URL",)),
    "no such module": ("absent:app", ("absent:app: no module named 'absent'", "Check the spelling")),
    "no such attribute": (
        "app:healhty",
        ("app:healhty: module app has no 'healhty'", "Did you mean healthy"),
    ),
    "import fails": ("broken:app", ("importing broken failed: ZeroDivisionError", "broken.py:1")),
    "import exits": ("leaving:app", ("importing leaving failed: SystemExit",)),
    "no application": (
        "targets:number",
        ("number is neither an ASGI nor a WSGI application but a value of type int",),
    ),
    "factory raises": ("targets:factory", ("factory raised RuntimeError: no database", "targets.py:5")),
    "startup fails": ("targets:unwilling", ("the startup of the application failed: no database",)),
    "startup hangs": ("targets:hanging", ("did not finish within 0.5 s",)),
}

MODULE = """import asyncio

number = 3
def factory():
    raise RuntimeError("no database")

async def unwilling(scope, receive, send):
    await receive()
    await send({"type": "lifespan.startup.failed", "message": "no database"})

async def hanging(scope, receive, send):
    await asyncio.Event().wait()
"""


def _assert_refused(done, words):
    assert done.code == 2, done
    assert all(word in done.err for word in words), done
    assert done.out == "", done


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_that_means_nothing_is_refused(name, project):
    """The table and the key are named, and what to write instead."""
    lines, words = SETTINGS[name]
    project.append("pyproject.toml", f"{lines}\n")

    _assert_refused(project.verify(), words)


@pytest.mark.parametrize("name", OPTIONS)
def test_an_option_that_means_nothing_is_refused(name, project):
    """The option is named, and what it takes."""
    arguments, words = OPTIONS[name]

    _assert_refused(project.verify(*arguments), words)


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_that_cannot_be_opened_is_refused(name, project):
    """The target is named with the reason, and what hangs is left."""
    target, words = TARGETS[name]
    project.write("broken.py", "1 / 0\n")
    project.write("leaving.py", "raise SystemExit(0)\n")
    project.write("targets.py", MODULE)

    done = project.verify(target, *(("--timeout", "0.5") if name == "startup hangs" else ()))
    _assert_refused(done, words)
    assert "pa55word" not in done.err


def test_without_settings_the_target_is_asked_for(project):
    """A folder without a pyproject.toml is told what to name."""
    (project.folder / "pyproject.toml").unlink()

    _assert_refused(project.verify(), ("no target is named", "set target in pyproject.toml"))


def test_without_a_contract_it_is_asked_for(project):
    """Settings that name no contract are told what to name."""
    project.write("pyproject.toml", '[tool.accord]\ntarget = "app:healthy"\n')

    _assert_refused(project.verify(), ("[tool.accord] contract: no contract is named", "--contract"))


def test_a_report_that_cannot_be_written_does_not_lose_what_was_found(project):
    """The findings are told all the same, and the exit code says that something went wrong."""
    done = project.verify("app:faulty", "--report", "json=app.py/report.json", "--operation", "read_thing")
    assert done.code == 2, done
    assert "accord: app.py/report.json: the report cannot be written" in done.err, done
    assert "Not in accord: 1 error." in done.out, done
