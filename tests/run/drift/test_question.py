"""Facts about one question: its answer, what is noted of it, and who is told."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from receivers import SECRET, WIDER, document, refused_port

from accord.errors import ContractError, TargetError
from accord.findings.finding import Severity
from accord.run.drift.destination import read_destinations
from accord.run.drift.history import history
from accord.run.drift.question import ask


def test_drift_is_found_noted_and_told(put, hook, publisher):
    """The answer has the break with both places; the alert comes once, signed, and names the command that ends it."""
    publisher.document = document(a=WIDER, c=None)
    asked = ask(put)
    ask(put)
    assert {("changed-type", "breaking"), ("changed-required", "breaking"), ("removed-property", "safe")} == {
        (item.change.rule, item.change.verdict.value) for item in asked.compared.changes
    }
    assert f"{publisher.url}/openapi.json" == asked.compared.changes[0].new_path
    assert [("new", "c required became c optional"), ("new", "integer became null or integer")] == sorted(
        hook.events()
    )
    assert f"accord accept {publisher.url}" == json.loads(hook.heard[0][1])["data"]["accept"]
    assert {"sesame-sesame"} == {headers["x-api-key"] for headers in publisher.asked}
    publisher.document = document()
    assert () == ask(put).compared.changes
    assert ["new", "new", "over", "over"] == [event for event, _ in hook.events()]
    assert [True] * 3 == [span.went is not None for span in history(put.drift.state)]


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


def test_the_threshold_is_that_of_the_exit_code(put):
    """Unless a destination says another one."""
    assert [Severity.ERROR] == [item.receiver.listener.threshold for item in put.destinations]
    drift = replace(put.drift, fail_on=Severity.NOTE)
    assert [Severity.NOTE] == [item.receiver.listener.threshold for item in read_destinations(drift)]
