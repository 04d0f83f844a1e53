"""Facts about one question: what is asked of a service, what its answer is held against, who is told."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import yaml
from receivers import SECRET, document, refused_port

from accord.config import Settings
from accord.errors import ConfigurationError, ContractError, TargetError
from accord.findings.finding import Severity
from accord.run.compare import Options, compare_sides
from accord.run.document import Fetcher
from accord.run.drift.destination import read_destinations
from accord.run.drift.document import Wanted
from accord.run.drift.history import history
from accord.run.drift.published import committed, published
from accord.run.drift.question import Question, ask
from accord.run.drift.settings import read_drift
from accord.run.drift.watch import Rhythm, watch

WIDER = ["integer", "null"]
OVERLAY = """
overlay: 1.0.0
info: {title: Errors, version: 0.1.0}
actions:
  - target: $
    update: {x-errors: {default: {schema: {type: object, required: [detail]}}}}
  - target: $.paths['/things'].get
    update: {responses: {"404": {description: None.}}}
"""
MESSAGES = {
    "$defs": {
        "Thing": {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}},
        "Hello": {"type": "object"},
    }
}
ASYNCAPI = """
asyncapi: 3.0.0
info: {title: Things, version: "1"}
channels:
  events:
    address: /ws
    messages:
      thing: {payload: {$ref: "messages.schema.json#/$defs/Thing"}}
      hello: {payload: {$ref: "messages.schema.json#/$defs/Hello"}}
operations:
  tell: {action: send, channel: {$ref: "#/channels/events"}}
"""


@pytest.fixture
def folder(tmp_path):
    """Give the folder of a contract."""
    (tmp_path / "contract").mkdir()
    (tmp_path / "contract" / "openapi.json").write_text(json.dumps(document()))
    return tmp_path / "contract"


@pytest.fixture
def put(folder, publisher, hook):
    """Give the question to the publisher, with one webhook."""
    settings = Settings(
        root=folder.parent,
        drift={
            "alerts": {"team": {"webhook": hook.url, "secret": SECRET}},
            "headers": {"X-Api-Key": "sesame-sesame"},
        },
    )
    drift = read_drift(settings)
    return Question(
        wanted=Wanted(
            target=publisher.url, contract=folder, documents=drift.documents, headers=drift.headers, seconds=5
        ),
        options=Options(),
        drift=drift,
        destinations=read_destinations(drift),
        accept=f"accord accept {publisher.url}",
    )


def rules(wanted):
    """Return the rules and verdicts of what differs."""
    fetch = Fetcher(seconds=5).referenced
    with published(wanted, committed(wanted, fetch), fetch) as found:
        compared = compare_sides(found.committed, found.current, Options())
        return found, sorted((item.change.rule, item.change.verdict.value) for item in compared.changes)


def test_drift_is_found_noted_and_told(put, hook, publisher):
    """The answer has the break with both places; the alert comes once, signed, and names the command that ends it."""
    publisher.document = document(a=WIDER, c=None)
    asked = ask(put)
    ask(put)
    assert {("changed-type", "breaking"), ("changed-required", "breaking"), ("removed-property", "safe")} == {
        (item.change.rule, item.change.verdict.value) for item in asked.compared.changes
    }
    assert f"{publisher.url}/openapi.json" == asked.compared.changes[0].new_path
    assert [("new", "c: c required became c optional"), ("new", "integer became null or integer")] == sorted(
        hook.events()
    )
    assert f"accord accept {publisher.url}" == json.loads(hook.heard[0][1])["data"]["accept"]
    assert {"sesame-sesame"} == {headers["x-api-key"] for headers in publisher.asked}
    publisher.document = document()
    assert () == ask(put).compared.changes
    assert ["new", "new", "over", "over"] == [event for event, _ in hook.events()]
    assert [True] * 3 == [span.went is not None for span in history(put.drift.state)]


def test_an_overlay_is_laid_over_what_is_published(put, folder, publisher):
    """What the team adds is not gone because the service does not say it; an action that finds nothing is named."""
    (folder / "overlay.yaml").write_text(OVERLAY)
    found, differing = rules(put.wanted)
    assert [] == differing
    assert () == found.notices
    assert {} == {name: 0 for name in found.files if name == "overlay.yaml"}
    other = document()
    other["paths"]["/others"] = other["paths"].pop("/things")
    publisher.document = other
    found, differing = rules(put.wanted)
    assert [("added-operation", "safe"), ("removed-operation", "breaking")] == differing
    assert ("overlay.yaml: action 1 finds nothing in what is published, and is left out",) == found.notices


def test_channels_stay_and_their_messages_are_those_that_are_published(put, folder, publisher):
    """Where the settings say so, definitions are taken from the published document, by their names."""
    (folder / "asyncapi.yaml").write_text(ASYNCAPI)
    (folder / "messages.schema.json").write_text(json.dumps(MESSAGES))
    publisher.document = document(a=WIDER)
    _, plain = rules(put.wanted)
    assert [("changed-type", "breaking")] == plain
    places = {"openapi.json": "/openapi.json", "messages.schema.json": "#/components/schemas"}
    found, differing = rules(replace(put.wanted, documents=places))
    assert 2 == differing.count(("changed-type", "breaking"))
    assert (
        "messages.schema.json: the service publishes no Hello, so nothing is known of that",
    ) == found.notices


def test_an_application_in_process_needs_no_network(put, tmp_path, monkeypatch):
    """It is asked as a service is, and its places are told by its name."""
    (tmp_path / "drifting_app.py").write_text(
        "import json\n"
        f"BODY = json.dumps({document(a=WIDER)!r}).encode()\n"
        "async def app(scope, receive, send):\n"
        "    assert scope['type'] == 'http'\n"
        "    status = 200 if scope['path'] == '/openapi.json' else 404\n"
        "    await send({'type': 'http.response.start', 'status': status, 'headers': []})\n"
        "    await send({'type': 'http.response.body', 'body': BODY})\n"
        "def make():\n"
        "    return app\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    asked = ask(replace(put, wanted=replace(put.wanted, target="drifting_app:make")))
    assert "drifting_app:make/openapi.json" == asked.compared.changes[0].new_path


def test_a_saved_document_is_a_target(put, folder, tmp_path):
    """A file, or a folder of them, whatever the file is called."""
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "saved.yaml").write_text(yaml.safe_dump(document(a=WIDER)))
    for target in ("build", "build/saved.yaml"):
        _, differing = rules(replace(put.wanted, target=str(tmp_path / target)))
        assert [("changed-type", "breaking")] == differing


def test_a_part_says_nothing_of_what_it_does_not_name(put, publisher, folder):
    """A path with other methods, or none at all, is left alone; one that is named without methods is gone."""
    whole = document()
    whole["paths"]["/gone/{id}"] = {
        **whole["paths"]["/things"],
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
    }
    whole["paths"]["/others"] = json.loads(
        json.dumps(whole["paths"]["/things"]).replace("list_things", "others")
    )
    whole["paths"]["/gone/{id}"]["get"] = {**whole["paths"]["/things"]["get"], "operationId": "gone"}
    (folder / "openapi.json").write_text(json.dumps(whole))
    part = document(a=WIDER)
    part["paths"]["/gone/{other}"] = {}
    publisher.document = part
    _, differing = rules(replace(put.wanted, partial=True))
    assert [("changed-type", "breaking"), ("removed-operation", "breaking")] == differing


def test_a_service_that_is_down_is_no_drift_and_told_after_some_tries(put, hook):
    """Three times by default; once, and again when it is back: what stood before stands on."""
    down = replace(put, wanted=replace(put.wanted, target=f"http://127.0.0.1:{refused_port()}"))
    for number in (1, 2, 3, 4):
        asked = ask(down)
        assert isinstance(asked.problem, TargetError)
        assert (None, number) == (asked.compared, asked.failures)
        assert number >= 3 or not hook.heard
    (body,) = [json.loads(body) for _, body in hook.heard]
    assert "cannot be asked" in body["data"]["summary"]
    assert "service" == body["data"]["facts"][0]["kind"]


def test_the_end_of_a_silence_is_told(put, hook, publisher):
    """503 is a silence as well; the drift that stood before it is not over because of it."""
    publisher.document = document(a=WIDER)
    ask(put)
    publisher.status = 503
    for _ in range(3):
        assert isinstance(ask(put).problem, ContractError)
    publisher.status = 200
    ask(put)
    assert ["new", "new", "over"] == [event for event, _ in hook.events()]
    kinds = [json.loads(body)["data"]["facts"][0]["kind"] for _, body in hook.heard]
    assert ["published", "service", "service"] == kinds


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"<html></html>",
        b"{}",
        b'{"openapi": "3.1.0"}',
        b'{"openapi": "2.0"}',
        b"[" * 100_000,
        b"\xff\xfe{",
    ],
)
def test_a_document_that_cannot_be_read_is_no_drift(put, publisher, text, monkeypatch):
    """Whatever is published, nobody knows more than that it could not be read."""
    monkeypatch.setattr("receivers.json.dumps", lambda _: text.decode("latin-1"))
    asked = ask(put)
    assert asked.problem is not None
    assert asked.compared is None


def test_a_broken_contract_is_the_users_own(put, folder):
    """It is no silence of the service: it is raised, and nothing is noted."""
    (folder / "openapi.json").write_text("{")
    with pytest.raises(ContractError, match=r"not valid|holds"):
        ask(put)
    assert not put.drift.state.exists()


def test_another_origin_gets_no_headers(put):
    """A document of the contract can only be had from the target itself."""
    wanted = replace(put.wanted, documents={"openapi.json": "http://127.0.0.1:1/openapi.json"})
    with pytest.raises(ConfigurationError, match="another origin"):
        ask(replace(put, wanted=wanted))


def test_a_webhook_that_hangs_or_fails_keeps_its_alert(put, hook, publisher):
    """It is tried within its time, then later; nothing is lost when it answers again."""
    publisher.document = document(a=WIDER)
    now = [1000.0]
    put = replace(put, clock=lambda: now[0], post_seconds=0.3)
    hook.hangs.set()
    (posted,) = ask(put).posted
    assert (0, 1) == (posted.sent, posted.wait)
    assert "0.3 s" in posted.problem
    hook.hangs.clear()
    hook.status = 500
    now[0] += 60
    assert "status 500" == ask(put).posted[0].problem
    hook.status = 204
    now[0] += 60
    assert (1, 0) == ((asked := ask(put)).posted[0].sent, asked.posted[0].wait)
    assert 1 == len(set(hook.ids()))


def test_a_state_file_that_cannot_be_used_does_not_hide_the_answer(put, publisher):
    """The comparison is there, the error beside it, and nothing was told."""
    publisher.document = document(a=WIDER)
    put.drift.state.mkdir(parents=True)
    asked = ask(put)
    assert 1 == len(asked.compared.changes)
    assert asked.state is not None
    assert () == asked.posted


def test_secrets_of_the_settings_reach_nobody(put, hook, publisher):
    """Keys that the service echoes, parts of a webhook's URL, and passwords in URLs are masked."""
    made = document()
    made["paths"]["/things"]["get"]["parameters"] = [
        {"name": "sesame-sesame", "in": "query", "required": True, "schema": {"type": "string"}},
        {"name": "qu3ry-part", "in": "query", "required": True, "schema": {"type": "string"}},
    ]
    publisher.document = made
    ask(put)
    said = b"".join(body for _, body in hook.heard) + put.drift.state.read_bytes()
    assert 2 == len(hook.heard)
    assert b"[secret]" in said
    for secret in (b"sesame-sesame", b"qu3ry-part", b"T0KEN-part", SECRET.encode()):
        assert secret not in said


def test_a_watch_asks_again_and_less_often_while_nobody_answers(put, hook, publisher):
    """Every minute, two, four, eight; jitter is a tenth. It ends after its runs and returns the last answer."""
    now = [1000.0]
    waits = []

    def wait(seconds):
        waits.append(seconds)
        now[0] += seconds

    publisher.status = 503
    told = []
    rhythm = Rhythm(every=60.0, runs=6, wait=wait)
    last = watch(replace(put, clock=lambda: now[0]), rhythm, told.append, lambda _: None)
    assert 6 == len(told)
    assert last is told[-1]
    for seconds, expected in zip(waits, [120, 240, 480, 480, 480], strict=True):
        assert expected * 0.9 <= seconds <= expected * 1.1


def test_a_watch_sends_again_before_it_asks_again(put, hook, publisher):
    """An alert that was not taken does not wait for the next question."""
    now = [1000.0]

    def wait(seconds):
        now[0] += seconds
        hook.status = 204

    publisher.document = document(a=WIDER)
    hook.status = 500
    later = []
    rhythm = Rhythm(every=600.0, runs=2, wait=wait)
    watch(replace(put, clock=lambda: now[0]), rhythm, lambda _: None, later.append)
    assert [(1, 0)] == [(item.sent, item.wait) for item in later]
    assert 2 == len(publisher.asked)


def test_a_watch_goes_on_when_the_contract_breaks_meanwhile(put, folder, publisher):
    """The first question would have raised it; later ones say so and ask again."""
    text = (folder / "openapi.json").read_text()
    told = []

    def tell(asked):
        told.append(asked)
        (folder / "openapi.json").write_text("{" if len(told) == 1 else text)

    watch(put, Rhythm(every=1.0, runs=3, wait=lambda _: None), tell, lambda _: None)
    assert [True, False, True] == [asked.compared is not None for asked in told]


def test_a_watch_does_not_begin_with_a_file_of_another_program(put):
    """That is an error before anything is asked."""
    put.drift.state.mkdir(parents=True)
    with pytest.raises(Exception, match="cannot be used"):
        watch(put, Rhythm(every=1.0, runs=1), lambda _: None, lambda _: None)


def test_the_threshold_is_that_of_the_exit_code(put):
    """Unless a destination says another one."""
    assert [Severity.ERROR] == [item.receiver.listener.threshold for item in put.destinations]
    drift = replace(put.drift, fail_on=Severity.NOTE)
    assert [Severity.NOTE] == [item.receiver.listener.threshold for item in read_destinations(drift)]
