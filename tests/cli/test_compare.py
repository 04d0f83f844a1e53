"""``accord compare`` as users run it: what it takes, what it prints, how it ends."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys

import jsonschema
import pytest
from projects import HEAD, request_of

from accord.report.changes.json_report import schema

# The change of the contract, and the line of it that the answer must show.
STRICTER = ("maxLength: 20", "maxLength: 5")
LOOSER = ("maxLength: 20", "maxLength: 50")


def git(folder, *arguments):
    own = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *own, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def changed(project):
    """Return what makes ``new.yaml``, which differs from ``openapi.yaml`` by one replacement."""

    def made(old, new):
        shutil.copy(project.folder / "openapi.yaml", project.folder / "new.yaml")
        project.replace("new.yaml", old, new)
        return project

    return made


def report(project):
    return json.loads((project.folder / "out.json").read_text("utf-8"))


def test_a_break_is_told_with_both_sides_and_its_witness(changed):
    """The exit code is 1; the place on each side has file and line, the witness is a value of 6 to 20 characters."""
    done = changed(*STRICTER).accord("compare", "openapi.yaml", "new.yaml")

    assert 1 == done.code, done
    assert "1 change: 1 breaking." in done.out
    assert "changed-max-length  narrowed, sent by the client" in done.out
    assert "openapi.yaml:49#/components/schemas/NewThing/properties/name/maxLength  maxLength: 20" in done.out
    assert "new.yaml:49#/components/schemas/NewThing/properties/name/maxLength  maxLength: 5" in done.out
    assert "a client that sends this today is refused tomorrow" in done.out
    assert "POST /things" in done.out
    assert "raise the major version" in done.out


def test_what_is_safe_ends_well(changed):
    """A looser request breaks nobody: exit code 0, and a line that tells it."""
    done = changed(*LOOSER).accord("compare", "openapi.yaml", "new.yaml")

    assert 0 == done.code, done
    assert "1 change: 1 safe." in done.out
    assert "raise the minor version" in done.out


def test_the_same_contract_has_no_change(project):
    """Nothing is told of a document compared with itself, and no version is asked for."""
    done = project.accord("compare", "openapi.yaml", "openapi.yaml")

    assert 0 == done.code, done
    assert "Nothing that clients can tell has changed." in done.out


@pytest.mark.parametrize(
    ("replacement", "fail_on", "code"),
    [
        (STRICTER, "none", 0),
        (STRICTER, "breaking", 1),
        (STRICTER, "error", 1),
        (LOOSER, "unproven", 0),
        (LOOSER, "warning", 0),
        (LOOSER, "note", 1),
    ],
)
def test_fail_on_decides_the_exit_code(replacement, fail_on, code, changed):
    """A verdict or its severity may be named; ``none`` never fails."""
    done = changed(*replacement).accord("compare", "openapi.yaml", "new.yaml", "--fail-on", fail_on)

    assert code == done.code, done


def test_the_json_report_is_valid_and_says_what_was_found(changed):
    """It validates under its published schema, and holds the one change with its proof."""
    project = changed(*STRICTER)
    project.accord("compare", "openapi.yaml", "new.yaml", "--report", "json=out.json")
    found = report(project)

    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(found, schema())
    assert [("changed-max-length", "error", "breaking", "narrowed")] == [
        (item["rule"], item["severity"], item["verdict"], item["effect"]) for item in found["changes"]
    ]
    assert 5 < len(found["changes"][0]["witness"]["value"]["name"]) <= 20
    assert {"file": "new.yaml", "line": 49} == {
        key: found["changes"][0]["new_place"][key] for key in ("file", "line")
    }
    assert ("major", True) == (found["bump"], found["failed"])


def test_a_policy_changes_the_verdict(changed):
    """The length of a text can still be parsed: the policy ``wire`` lets it pass."""
    done = changed(*STRICTER).accord("compare", "openapi.yaml", "new.yaml", "--policy", "wire")

    assert 0 == done.code, done


@pytest.mark.parametrize(("severity", "code"), [("note", 0), ("warning", 0), ("error", 1), ("off", 0)])
def test_the_settings_say_how_much_a_rule_matters(severity, code, changed):
    """As for the rules of verify, and in the same table; a rule that is off tells nothing."""
    project = changed(*STRICTER)
    project.append("pyproject.toml", f'\n[tool.accord.rules]\nchanged-max-length = "{severity}"\n')
    done = project.accord("compare", "openapi.yaml", "new.yaml")

    assert code == done.code, done
    assert ("Nothing that clients can tell" in done.out) == (severity == "off")


@pytest.mark.parametrize(
    ("setting", "options", "code"),
    [("", (), 0), ("", ("--months", "1200"), 1), ("1200", (), 1), ("1200", ("--months", "0"), 0)],
    ids=["at once", "by the option", "by the settings", "the option before the settings"],
)
def test_what_was_announced_to_go_may_go_after_the_months(setting, options, code, project):
    """From the sunset on a removal is safe, unless the option or the settings ask for a hundred years more."""
    head = 'openapi: 3.1.0\ninfo: {title: Little, version: "1"}\n'
    gone = "get: {deprecated: true, x-sunset: '2026-01-31', responses: {'200': {description: ok}}}"
    project.write("old.yaml", f"{head}paths:\n  /a:\n    {gone}\n")
    project.write("new.yaml", f"{head}paths: {{}}\n")
    if setting:
        project.append("pyproject.toml", f"\nsunset-months = {setting}\n")
    done = project.accord("compare", "old.yaml", "new.yaml", *options)

    assert code == done.code, done
    assert ("it was to stay until 2126-01-31" in done.out) == (code == 1)


def test_an_approved_break_does_not_fail_until_its_day_is_over(changed):
    """Its fingerprint comes from the report; an approval that has ended says so."""
    project = changed(*STRICTER)
    project.accord("compare", "openapi.yaml", "new.yaml", "--report", "json=out.json")
    entry = (
        "approvals:\n"
        f"  - fingerprint: '{report(project)['changes'][0]['fingerprint']}'\n"
        "    owner: team-api\n    reason: nobody sends more\n    until: {day}\n"
    )
    project.write("approvals.yaml", entry.format(day="2999-12-31"))
    good = project.accord("compare", "openapi.yaml", "new.yaml", "--approvals", "approvals.yaml")
    project.write("approvals.yaml", entry.format(day="2020-12-31"))
    ended = project.accord("compare", "openapi.yaml", "new.yaml", "--approvals", "approvals.yaml")

    assert (0, 1) == (good.code, ended.code), (good, ended)
    assert "approved by team-api until 2999-12-31: nobody sends more" in good.out
    assert "the approval by team-api ended on 2020-12-31" in ended.out


def test_a_recording_tells_whom_a_break_hits(changed):
    """The exchanges of its operation are counted by client."""
    project = changed(*STRICTER)
    line = {
        "kind": "exchange", "id": "1", "operation": "create_thing",
        "request": {"method": "POST", "url": "http://h/things", "headers": [["User-Agent", "app/7"]], "body": {"text": ""}},
        "response": {"status": 201, "headers": [], "body": {"text": ""}},
        "lapse": None, "detail": "", "started": 0, "seconds": 0,
    }  # fmt: skip
    project.write("said.ndjson", json.dumps(line) + "\n")
    done = project.accord("compare", "openapi.yaml", "new.yaml", "--usage", "said.ndjson")
    missing = project.accord("compare", "openapi.yaml", "new.yaml", "--usage", "none.ndjson")

    assert (1, 2) == (done.code, missing.code), (done, missing)
    assert "hits         1 of what was recorded, from app/7 (1)" in done.out


def test_a_report_on_standard_output_is_alone_there(changed):
    """What people read goes to the other stream."""
    done = changed(*STRICTER).accord("compare", "openapi.yaml", "new.yaml", "--report", "json=-")

    assert "breaking" == json.loads(done.out)["changes"][0]["verdict"]
    assert "1 change: 1 breaking." in done.err


def test_a_revision_is_compared_with_the_working_directory(project):
    """``main:openapi.yaml`` is what was committed; a folder works as a file does."""
    git(project.folder, "init")
    git(project.folder, "add", "openapi.yaml")
    git(project.folder, "commit", "-m", "First")
    project.replace("openapi.yaml", *STRICTER)
    done = project.accord("compare", "main:openapi.yaml", "openapi.yaml")
    folders = project.accord("compare", "HEAD:.", "openapi.yaml")

    assert (1, 1) == (done.code, folders.code), (done, folders)
    assert "main:openapi.yaml:49#/components/schemas/NewThing/properties/name/maxLength" in done.out


def test_a_running_service_is_compared_by_what_it_publishes(changed, serve):
    """A URL of the service is enough: its document is found where frameworks publish it."""
    project = changed(*STRICTER)
    document = (project.folder / "new.yaml").read_bytes()

    def handle(connection: socket.socket) -> None:
        while head := request_of(connection):
            path = head.split()[1]
            if path == b"/openapi.yaml":
                connection.sendall(HEAD % len(document) + document)
            else:
                connection.sendall(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")

    url = serve(handle)
    service = project.accord("compare", "openapi.yaml", url)
    direct = project.accord("compare", "openapi.yaml", f"{url}/openapi.yaml")

    assert (1, 1) == (service.code, direct.code), (service, direct)
    assert f"{url}/openapi.yaml:49#/components/schemas/NewThing" in service.out
    assert f"{url}/openapi.yaml:49#/components/schemas/NewThing" in direct.out


@pytest.mark.parametrize(
    ("side", "words"),
    [
        ("nowhere.yaml", ("nowhere.yaml: does not exist", "REVISION:PATH")),
        ("main:openapi.yaml", ("main:openapi.yaml: is no file", "no repository of git")),
        (
            "http://127.0.0.1:1/openapi.json",
            ("127.0.0.1:1", "does not accept connections", "Start the service"),
        ),
        ("a" * 5000, ("does not exist",)),
    ],
)
def test_a_side_that_is_not_there_is_told_with_a_next_step(side, words, project):
    """One message and exit code 2."""
    done = project.accord("compare", "openapi.yaml", side)

    assert 2 == done.code, done
    for word in words:
        assert word in done.err


def test_a_revision_that_git_does_not_have_is_told(project):
    """An unknown revision, a path that is not there and one that leads out are told apart."""
    git(project.folder, "init")
    git(project.folder, "add", "openapi.yaml")
    git(project.folder, "commit", "-m", "First")
    expected = {
        "nothing:openapi.yaml": "git knows no revision 'nothing' here",
        "main:other.yaml": "is not there at that revision",
        "main:../openapi.yaml": "leads out of the repository",
        "--help:openapi.yaml": "",
    }
    for side, words in expected.items():
        done = project.accord("compare", "openapi.yaml", side)
        assert 2 == done.code, done
        assert words in done.err


def test_no_report_of_an_unknown_format_is_written(project):
    """The formats are named."""
    done = project.accord("compare", "openapi.yaml", "openapi.yaml", "--report", "text=x")

    assert 2 == done.code, done
    assert "json=PATH" in done.err


def test_messages_are_compared_by_who_sends_them(project):
    """What the server may now send as well breaks a client; what it may now take does not."""
    document = """
asyncapi: 3.0.0
info: {title: Events, version: "1"}
channels:
  events:
    address: /events
    messages:
      told: {payload: {type: object, required: [n], properties: {n: {type: integer, maximum: 5}}}}
      asked: {payload: {type: object, required: [n], properties: {n: {type: integer, maximum: 5}}}}
operations:
  tell: {action: send, channel: {$ref: "#/channels/events"}, messages: [{$ref: "#/channels/events/messages/told"}]}
  ask: {action: receive, channel: {$ref: "#/channels/events"}, messages: [{$ref: "#/channels/events/messages/asked"}]}
"""
    project.write("old.yaml", document)
    project.write("new.yaml", document.replace("maximum: 5", "maximum: 9"))
    project.accord("compare", "old.yaml", "new.yaml", "--report", "json=out.json")

    assert [("breaking", "server"), ("safe", "client")] == [
        (item["verdict"], item["sender"]) for item in report(project)["changes"]
    ]


@pytest.mark.parametrize(("sender", "code"), [("client", 0), ("server", 1), ("both", 1)])
def test_schemas_that_stand_alone_have_the_sender_that_is_named(sender, code, project):
    """A wider schema breaks whoever reads it; the two files may have different names."""
    text = '{"$schema": "http://json-schema.org/draft-07/schema#", "type": "string", "maxLength": 5}'
    project.write("one.json", text)
    project.write("two.json", text.replace("5", "9"))
    done = project.accord("compare", "one.json", "two.json", "--sender", sender)

    assert code == done.code, done


def test_an_overlay_counts(project):
    """A folder is what its overlay makes of it: the break that it takes back is none."""
    for name in ("old", "new"):
        shutil.copytree(
            project.folder,
            project.folder / name,
            ignore=shutil.ignore_patterns("old", "new", "*.py", "*.toml"),
        )
    project.replace("new/openapi.yaml", *STRICTER)
    assert 1 == project.accord("compare", "old", "new").code
    project.write(
        "new/overlay.yaml",
        'overlay: 1.0.0\ninfo: {title: O, version: "1"}\nactions:\n'
        "  - target: $.components.schemas.NewThing.properties.name\n    update: {maxLength: 20}\n",
    )
    done = project.accord("compare", "old", "new")

    assert 0 == done.code, done
    assert "Nothing that clients can tell has changed." in done.out


def test_openapi_3_0_and_3_1_say_the_same(project):
    """``nullable`` of the one is ``null`` of the other."""
    text = """
openapi: {version}
info: {{title: T, version: "1"}}
paths:
  /a:
    post:
      requestBody: {{content: {{application/json: {{schema: {schema}}}}}}}
      responses: {{"204": {{description: Done.}}}}
"""
    project.write("old.yaml", text.format(version="3.0.3", schema="{type: string, nullable: true}"))
    project.write("new.yaml", text.format(version="3.1.0", schema="{type: [string, 'null']}"))
    done = project.accord("compare", "old.yaml", "new.yaml", "--fail-on", "note")

    assert 0 == done.code, done


def test_two_sides_that_are_named_need_nothing_of_a_run():
    """What plans a run takes longer to import than most files to compare."""
    program = (
        "import sys; from accord.cli.compare import _sides; "
        "print(_sides('a', 'b', None), 'accord.run.plan' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "('a', 'b') False" == done.stdout.strip()
