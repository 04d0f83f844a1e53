"""``accord drift``, ``accord history`` and ``accord accept`` as users run them."""

from __future__ import annotations

import json
import shutil
import socket

import pytest
import yaml
from projects import HEAD, request_of

# The change of what is published: a break for whoever reads the answer.
WIDER = ("id: {type: integer}", "id: {type: [integer, 'null']}")
LOOSER = ("maxLength: 20", "maxLength: 50")
SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"


@pytest.fixture
def saved(project):
    """Return what makes ``saved.yaml``, which differs from the contract by one replacement."""

    def made(old, new):
        shutil.copy(project.folder / "openapi.yaml", project.folder / "saved.yaml")
        project.replace("saved.yaml", old, new)
        return project

    return made


def settle(project, text):
    project.append("pyproject.toml", text)


def test_drift_is_told_with_its_proof_and_the_command_that_ends_it(saved):
    """The exit code is 1; both places, and in the last line what takes it."""
    done = saved(*WIDER).accord("drift", "saved.yaml")
    assert 1 == done.code, done
    assert "1 change: 1 breaking." in done.out
    assert "changed-type  widened, sent by the server" in done.out
    assert "openapi.yaml:54#/components/schemas/Thing/properties/id  integer" in done.out
    assert "saved.yaml:54#/components/schemas/Thing/properties/id  null or integer" in done.out
    assert "Facts        1 new; 1 standing" in done.out
    assert done.out.endswith("Accept       accord accept saved.yaml\n")


def test_what_is_known_is_not_new_again(saved):
    """Nor is the exit code another one while it stands."""
    project = saved(*WIDER)
    project.accord("drift", "saved.yaml")
    done = project.accord("drift", "saved.yaml", "-q")
    assert 1 == done.code, done
    assert "Facts        as they were; 1 standing" in done.out


@pytest.mark.parametrize(
    ("change", "fail_on", "code"),
    [(WIDER, "none", 0), (LOOSER, "note", 1)],
)
def test_fail_on_decides_the_exit_code(saved, change, fail_on, code):
    """As option and as setting."""
    project = saved(*change)
    assert code == project.accord("drift", "saved.yaml", "--fail-on", fail_on).code
    settle(project, f'[tool.accord.drift]\nfail-on = "{fail_on}"\n')
    assert code == project.accord("drift", "saved.yaml").code


def test_a_service_is_asked_with_the_headers_of_the_settings(project, serve):
    """They come from the environment, and are in no output."""
    asked = []

    def handle(connection: socket.socket) -> None:
        while head := request_of(connection):
            asked.append(head.decode())
            body = (project.folder / "openapi.yaml").read_bytes()
            connection.sendall(HEAD % len(body) + body)

    url = serve(handle)
    settle(project, '[tool.accord.drift.headers]\nAuthorization = "Bearer ${STAGING}"\n')
    project.environment["STAGING"] = "a-token-of-staging"
    done = project.accord("drift", url)
    assert 0 == done.code, done
    assert "authorization: bearer a-token-of-staging" in asked[0].lower()
    assert "a-token-of-staging" not in done.out + done.err
    del project.environment["STAGING"]
    missing = project.accord("drift", url)
    assert 2 == missing.code
    assert "environment variable STAGING is not set" in missing.err


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("http://127.0.0.1:1", "does not accept connections"),
        ("nowhere:app", "no module named 'nowhere'"),
        ("app:healthy", "publishes no contract at the usual places"),
        ("pyproject.toml", "is not valid YAML"),
    ],
)
def test_what_cannot_be_asked_is_no_drift(project, target, words):
    """The exit code is 2, and the reason says more than that."""
    done = project.accord("drift", target)
    assert 2 == done.code, done
    assert words in done.err
    assert "accord:" in done.err


def test_wrong_settings_are_told_with_place_and_remedy(project):
    """The exit code is 2, and nobody is asked."""
    settle(project, '[tool.accord.drift]\nremin = "7d"\n')
    done = project.accord("drift", "http://127.0.0.1:1")
    assert 2 == done.code, done
    assert "[tool.accord.drift]: unknown key 'remin'" in done.err
    assert "Did you mean 'remind'?" in done.err


def test_an_alert_that_is_not_taken_is_told_and_kept(saved):
    """The exit code is that of the drift; the line names the destination, never its address."""
    project = saved(*WIDER)
    settle(
        project,
        f'[tool.accord.drift.alerts.team]\nwebhook = "http://127.0.0.1:1/secret"\nsecret = "{SECRET}"\n',
    )
    done = project.accord("drift", "saved.yaml")
    assert 1 == done.code, done
    assert "Alerts       team: 1 alert not taken yet (127.0.0.1:1 does not accept connections" in done.out
    assert "/secret" not in done.out + done.err
    quiet = project.accord("drift", "saved.yaml", "--no-alerts")
    assert "team" not in quiet.out


def test_a_foreign_state_file_is_left_alone(saved):
    """The drift is told all the same; the exit code is 2, because nothing was remembered."""
    project = saved(*WIDER)
    project.write("mine.txt", "no database\n" * 100)
    done = project.accord("drift", "saved.yaml", "--state", "mine.txt")
    assert 2 == done.code, done
    assert "1 change: 1 breaking." in done.out
    assert "mine.txt: cannot be used: file is not a database" in done.err
    assert "no database\n" * 100 == (project.folder / "mine.txt").read_text()


def test_a_watch_says_one_line_an_answer_and_more_when_something_comes(saved):
    """It ends after its runs with the exit code of the last answer."""
    done = saved(*WIDER).accord("drift", "saved.yaml", "--watch", "--every", "0.01s", "--max-runs", "2")
    assert 1 == done.code, done
    first, event, facts, accept, second = done.out.splitlines()
    assert first.endswith("1 change: 1 breaking.")
    assert second.endswith("1 change: 1 breaking.")
    assert event.startswith("  NEW  breaking  changed-type: integer became null or integer, POST /things")
    assert ("  Facts        1 new; 1 standing", "  Accept       accord accept saved.yaml") == (facts, accept)


def test_the_history_tells_when_each_fact_came_and_went(saved):
    """For people and as JSON; without a state file there is none."""
    project = saved(*WIDER)
    none = project.accord("history")
    assert 2 == none.code
    assert "nothing has been asked yet" in none.err
    project.accord("drift", "saved.yaml")
    project.replace("saved.yaml", *reversed(WIDER))
    project.accord("drift", "saved.yaml")
    told = project.accord("history")
    assert "saved.yaml and openapi.yaml: 0 of 1 fact standing" in told.out
    assert "breaking  changed-type: integer became null or integer" in told.out
    (fact,) = json.loads(project.accord("history", "--json").out)["facts"]
    assert ["new", "over"] == [item["event"] for item in fact["moments"]]
    assert fact["came"] <= fact["went"]
    assert [] == json.loads(project.accord("history", "--json", "--standing").out)["facts"]
    assert [] == json.loads(project.accord("history", "other", "--json").out)["facts"]


def test_a_page_draws_when_facts_came_and_went(saved):
    """That of the drift draws the history of this service below its changes, that of the history is all of it."""
    project = saved(*WIDER)
    project.accord("drift", "saved.yaml", "--report", "html=drift.html")
    page = (project.folder / "drift.html").read_text()
    assert 1 == page.count('class="strip stay error open"')
    project.replace("saved.yaml", *reversed(WIDER))
    project.accord("drift", "saved.yaml")
    told = project.accord("history", "--report", "html=history.html", "--report", "json=history.json")
    assert 0 == told.code, told
    page = (project.folder / "history.html").read_text()
    assert "0 of 1 fact of drift stand." in page
    assert (1, 0) == (page.count('class="strip stay error"'), page.count('class="strip stay error open"'))
    assert 1 == len(json.loads((project.folder / "history.json").read_text())["facts"])
    wrong = project.accord("history", "--report", "pdf=x")
    assert (2, True) == (wrong.code, "Give html=PATH, json=PATH." in wrong.err)


def test_a_broken_state_file_hides_no_drift_from_a_page(saved):
    """The changes are on the page, without a history; the error stands beside it."""
    project = saved(*WIDER)
    project.write("broken", "no database" * 1000)
    done = project.accord("drift", "saved.yaml", "--state", "broken", "--report", "html=drift.html")
    assert 2 == done.code, done
    page = (project.folder / "drift.html").read_text()
    assert (True, False) == ("integer became null or integer" in page, 'id="history"' in page)


def test_accept_shows_writes_and_ends_the_drift(saved):
    """Nobody is there to be asked, so it wants --yes; the contract keeps its name and becomes what is published."""
    project = saved(*WIDER)
    before = (project.folder / "openapi.yaml").read_text()
    refused = project.accord("accept", "saved.yaml")
    assert 2 == refused.code
    assert "or with --yes" in refused.err
    assert before == (project.folder / "openapi.yaml").read_text()
    done = project.accord("accept", "saved.yaml", "--yes")
    assert 0 == done.code, done
    assert "changed-type" in done.out
    now = yaml.safe_load((project.folder / "openapi.yaml").read_text())
    assert yaml.safe_load((project.folder / "saved.yaml").read_text()) == now
    assert 0 == project.accord("drift", "saved.yaml").code
    again = project.accord("accept", "saved.yaml")
    assert 0 == again.code
    assert "nothing is written" in again.out
    assert [] == [path.name for path in project.folder.iterdir() if ".part" in path.name]


def test_accept_keeps_comments_and_what_is_not_published(saved):
    """Where few places differ, only they are written; servers that the service does not name are no drift."""
    project = saved(*WIDER)
    agreed = "# Agreed in May.\nservers: [{url: https://api.example.com}]\n"
    before = agreed + (project.folder / "openapi.yaml").read_text()
    project.write("openapi.yaml", before)
    done = project.accord("accept", "saved.yaml", "--yes")
    assert 0 == done.code, done
    assert "removed-server" not in done.out
    assert "Note         what is published has no servers: those of the contract stay" in done.out
    now = (project.folder / "openapi.yaml").read_text()
    assert now.startswith(agreed)
    differing = [line for line in now.splitlines() if line not in before.splitlines()]
    assert 1 == len(differing), differing
    assert 0 == project.accord("drift", "saved.yaml").code


def test_accept_keeps_the_overlay_and_writes_the_models_anew(saved):
    """What the team adds stays as it is; the models are those of the new contract."""
    project = saved(*WIDER)
    (project.folder / "contract").mkdir()
    shutil.move(project.folder / "openapi.yaml", project.folder / "contract" / "openapi.yaml")
    overlay = (
        "overlay: 1.0.0\ninfo: {title: Errors, version: '1'}\nactions:\n"
        "  - target: $\n    update: {x-errors: {default: {schema: {type: object}}}}\n"
    )
    project.write("contract/overlay.yaml", overlay)
    project.write("pyproject.toml", '[tool.accord]\ncontract = "contract"\ngenerated = "models"\n')
    done = project.accord("accept", "saved.yaml", "--yes")
    assert 0 == done.code, done
    assert overlay == (project.folder / "contract" / "overlay.yaml").read_text()
    assert "x-errors" not in (project.folder / "contract" / "openapi.yaml").read_text()
    assert "id: StrictInt | None" in (project.folder / "models" / "api.py").read_text()
    assert 0 == project.accord("generate", "--check").code


def test_accept_of_a_part_leaves_the_rest(saved):
    """A path without methods goes, a method that is named is replaced, all else stays."""
    project = saved(*WIDER)
    part = {
        "openapi": "3.1.0",
        "info": {"title": "Part", "version": "1"},
        "paths": {"/things/{id}": {}},
        "components": {"schemas": {"NewThing": {"type": "object"}}},
    }
    project.write("part.yaml", yaml.safe_dump(part))
    drifted = project.accord("drift", "part.yaml", "--partial")
    assert 1 == drifted.code, drifted
    assert drifted.out.endswith("Accept       accord accept part.yaml --partial\n")
    assert 0 == project.accord("accept", "part.yaml", "--partial", "--yes").code
    now = yaml.safe_load((project.folder / "openapi.yaml").read_text())
    assert (["/things"], {"type": "object"}) == (list(now["paths"]), now["components"]["schemas"]["NewThing"])
    assert {"NewThing", "Thing", "Problem"} == set(now["components"]["schemas"])


def test_the_first_contract_is_what_a_service_publishes(project, serve):
    """Where there is none yet, accept makes one, and there is no drift from it."""

    def handle(connection: socket.socket) -> None:
        while head := request_of(connection):
            there = head.startswith(b"GET /openapi.json ")
            body = (project.folder / "openapi.yaml").read_bytes() if there else b"none"
            connection.sendall((HEAD if there else HEAD.replace(b"200 OK", b"404 No")) % len(body) + body)

    url = serve(handle)
    project.write("pyproject.toml", '[tool.accord]\ncontract = "contracts/mine"\n')
    missing = project.accord("drift", url)
    assert 2 == missing.code
    done = project.accord("accept", url, "--yes")
    assert 0 == done.code, done
    assert "Things 1.0, 2 operations" in done.out
    assert "3.1.0" == json.loads((project.folder / "contracts/mine/openapi.json").read_text())["openapi"]
    assert 0 == project.accord("drift", url).code
