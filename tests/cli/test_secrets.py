"""Tokens and passwords never leave accord, whatever the service does with them."""

from __future__ import annotations

import pytest

PASSWORD, TOKEN, EXPIRED, OTHER, KEY = (
    "pass/word 42&more",
    "opaque-token-4711",
    "expired-token-0815",
    "other-token-3141",
    "given-key-2718",
)

# Echoes what it is shown in bodies, keys of objects, headers, URLs and the text of errors.
ECHO = f"""

def echo(scope, body):
    if scope["path"] == "/login":
        if b"grant_type" not in body:
            raise RuntimeError("what is " + repr(body))
        login = {{"access_token": "{TOKEN}", "token_type": "bearer", "for": "{PASSWORD}"}}
        return 200, login, {{"x-echo": "{PASSWORD}"}}
    headers = {{name.decode(): text.decode("latin-1") for name, text in scope["headers"]}}
    shown = headers.get("authorization", "")
    if not shown:
        return 401, {{"error": "{TOKEN}"}}, {{}}
    token = shown.split()[-1]
    status, value, more = answer(scope, body)
    if status == 422:
        raise RuntimeError(f"cannot serve {{shown}} of {PASSWORD} with " + headers.get("x-api-key", ""))
    if status < 300:
        value = {{"id": token, "name": {{"{PASSWORD}": token}}, token: headers.get("x-api-key"), "n": 1}}
    return status, value, {{**more, "x-echo": shown, "location": f"/things?token={{token}}&again={PASSWORD}"}}


echoing = served(echo)
"""
SCHEME = """
  securitySchemes:
    login: {type: oauth2, flows: {password: {tokenUrl: /login, scopes: {}}}}
"""


@pytest.fixture
def echoing(project):
    """Give a project whose service echoes every credential, with all kinds of identities."""
    project.replace("openapi.yaml", "info:", "security: [{login: []}]\ninfo:")
    project.replace("openapi.yaml", "\ncomponents:", f"\ncomponents:{SCHEME.rstrip()}")
    project.append("app.py", ECHO)
    project.environment["ACCORD_TEST_PASSWORD"] = PASSWORD
    project.append("pyproject.toml", 'username = "me"\npassword = "${ACCORD_TEST_PASSWORD}"\n')
    project.append("pyproject.toml", f'[tool.accord.identities.expired]\ntoken = "{EXPIRED}"\n')
    project.append("pyproject.toml", f'[tool.accord.identities.other]\ntoken = "{OTHER}"\n')
    return project


def _assert_nothing_leaks(project, done, names=()):
    texts = {"stdout": done.out, "stderr": done.err}
    texts |= {name: (project.folder / name).read_text("utf-8") for name in names}
    quoted = "pass%2Fword", "pass\\/word"
    leaks = [
        (secret, name)
        for secret in (PASSWORD, *quoted, TOKEN, EXPIRED, OTHER, KEY)
        for name, text in texts.items()
        if secret in text
    ]
    assert leaks == [], done


@pytest.mark.parametrize("detail", ["--quiet", "--verbose"])
def test_an_echoing_service_makes_no_secret_known(detail, echoing):
    """Findings are told without the values of credentials: on the terminal, in reports, in the recording."""
    files = ("--report", "json=report.json", "--report", "junit=report.xml", "--record", "record")
    done = echoing.verify("app:echoing", detail, *files, "-H", f"X-API-Key: {KEY}")

    assert done.code == 1, done
    rules = {item["rule"] for item in echoing.report()["findings"]}
    assert {"response-schema-violation", "unanswered-request"} <= rules
    _assert_nothing_leaks(echoing, done, ("report.json", "report.xml", "record"))
    assert "[secret]" in (echoing.folder / "record").read_text()


def test_an_error_makes_no_secret_known(echoing):
    """What stops a run is told without the password that the service put into its own error."""
    echoing.replace("app.py", 'if b"grant_type" not in body:', "if True:")

    done = echoing.verify("app:echoing")
    assert done.code == 2, done
    assert "RuntimeError" in done.err, done
    _assert_nothing_leaks(echoing, done)


def test_a_credential_of_the_command_line_is_not_repeated(echoing):
    """The command to run again leaves the values of headers to the reader."""
    done = echoing.verify("app:echoing", "-qH", f"Authorization: Bearer {KEY}", f"--header=X-Auth: {KEY}")

    assert done.code == 1, done
    assert "Run again" in done.out, done
    _assert_nothing_leaks(echoing, done)
