"""A service that says what only OpenAPI 3.2 can describe, and keeps it or breaks it in one place."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs

import pytest

from accord.config import Settings
from accord.exchange.values import Exchange
from accord.findings.finding import Verdict
from accord.findings.tally import Tally
from accord.run.opening import opened
from accord.run.options import Options
from accord.run.verification import Verification

LOG = {
    "type": "object",
    "required": ["level"],
    "properties": {"level": {"type": "integer", "minimum": 0}},
}
REFUSED = {"summary": "refused", "content": {"application/json": {"schema": {"type": "object"}}}}
QUERY = {"type": "object", "properties": {"level": {"type": "integer", "minimum": 0, "maximum": 9}}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.2.0",
    "info": {"title": "Logs", "version": "1"},
    "paths": {
        "/logs": {
            "get": {
                "operationId": "list_logs",
                "parameters": [
                    {
                        "name": "whole",
                        "in": "querystring",
                        "content": {"application/x-www-form-urlencoded": {"schema": QUERY}},
                    }
                ],
                "responses": {
                    "200": {"content": {"application/jsonl": {"$ref": "#/components/mediaTypes/Logs"}}},
                    "422": REFUSED,
                },
            },
            "post": {
                "operationId": "add_logs",
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json-seq": {
                            "itemSchema": LOG,
                            "examples": {"two": {"dataValue": [{"level": 1}, {"level": 2}]}},
                        }
                    },
                },
                "responses": {"204": {}, "415": REFUSED, "422": REFUSED},
            },
            "query": {
                "operationId": "find_logs",
                "requestBody": {"required": True, "content": {"application/json": {"schema": LOG}}},
                "responses": {"200": {"content": {"text/event-stream": {"itemSchema": {"required": ["data"]}}}}, "422": REFUSED},
            },
            "additionalOperations": {"COPY": {"operationId": "copy_logs", "responses": {"204": {}}}},
        }
    },
    "components": {"mediaTypes": {"Logs": {"itemSchema": LOG}}},
}  # fmt: skip


def is_log(value: Any) -> bool:
    """Tell whether *value* is a log, by what JSON Schema calls an integer."""
    level = value.get("level") if isinstance(value, dict) else None
    return (
        isinstance(level, int | float) and not isinstance(level, bool) and level == int(level) and level >= 0
    )


class Service:
    """The service of DOCUMENT, which answers what it keeps."""

    def __init__(self, *, logs: bytes = b'{"level": 1}\n{"level": 2}\n') -> None:
        self.logs = logs

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one scope."""
        if scope["type"] == "lifespan":
            for kind in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{kind}.complete"})
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body")
        status, kind, content = self.answer(scope, dict(scope["headers"]), body)
        headers = [(b"content-type", kind.encode())] if content else []
        headers += [(b"allow", b"GET, POST, QUERY, COPY")] if status == 405 else []
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    def answer(self, scope: Any, headers: dict[bytes, bytes], body: bytes) -> tuple[int, str, bytes]:
        """Return status, media type and content."""
        match scope["method"]:
            case "GET":
                levels = parse_qs(scope["query_string"].decode(), keep_blank_values=True).get("level", ["0"])
                if len(levels) > 1 or levels[0] not in "0123456789" or not levels[0]:
                    return 422, "application/json", b"{}"
                return 200, "application/jsonl", self.logs
            case "POST" if headers.get(b"content-type") != b"application/json-seq":
                return 415, "application/json", b"{}"
            case "POST":
                return (204, "", b"") if all(map(self.reads, body.split(b"\x1e")[1:])) and body[:1] in b"\x1e" else (422, "application/json", b"{}")  # fmt: skip
            case "QUERY":
                return (200, "text/event-stream", b"data: a\n\n") if self.reads(body) else (422, "application/json", b"{}")  # fmt: skip
            case "COPY":
                return 204, "", b""
            case _:
                return 405, "application/json", b"{}"

    def reads(self, text: bytes) -> bool:
        """Tell whether *text* is a log."""
        try:
            return is_log(json.loads(text))
        except ValueError:
            return False


@pytest.fixture
def opening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a context manager that opens a verification of a service, and tells what was exchanged."""

    @contextmanager
    def open_(service: Service) -> Iterator[tuple[Verification, list[Exchange]]]:
        (tmp_path / "openapi.json").write_text(json.dumps(DOCUMENT))
        module = ModuleType("later_service")
        module.app = service  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "later_service", module)
        settings = Settings(root=tmp_path, contract=tmp_path)
        with opened("later_service:app", settings, Options(max_examples=5)) as verification:
            exchanges: list[Exchange] = []
            send = verification.context.client.send

            def watched(*arguments: Any, **named: Any) -> Exchange:
                exchanges.append(send(*arguments, **named))
                return exchanges[-1]

            monkeypatch.setattr(verification.context.client, "send", watched)
            yield verification, exchanges

    return open_


def play(verification: Verification, name: str) -> Tally:
    """Play one trial."""
    (trial,) = [trial for trial in verification.trials if trial.id == name]
    return verification.play(trial)


def found(tally: Tally) -> set[str]:
    """Return the rules that found something."""
    return {item.rule for item in tally.outcomes("here") if item.verdict is Verdict.FOUND}


@pytest.mark.parametrize("operation", ["list_logs", "add_logs", "find_logs"])
def test_service_that_keeps_the_contract_is_silent(opening: Any, operation: str) -> None:
    """Whole queries, sequences and QUERY are drawn, right and wrong, and nothing is found where all is well."""
    with opening(Service()) as (verification, exchanges):
        for phase in ("examples", "coverage", "fuzzing"):
            assert set() == found(play(verification, f"rest/{operation}/{phase}")), phase
    statuses = {item.response.status for item in exchanges if item.response is not None}
    assert statuses >= {204 if operation == "add_logs" else 200, 422}


def test_example_of_a_sequence_is_sent_as_its_items(opening: Any) -> None:
    """The value of an example is written as its media type wants it (RFC 7464)."""
    with opening(Service()) as (verification, exchanges):
        play(verification, "rest/add_logs/examples")
    assert b'\x1e{"level":1}\n\x1e{"level":2}\n' in {item.request.body for item in exchanges}


def test_item_that_breaks_the_contract_is_found(opening: Any) -> None:
    """Of an answer of several items, the one that is wrong."""
    with opening(Service(logs=b'{"level": 1}\n{"level": "two"}\n')) as (verification, _):
        tally = play(verification, "rest/list_logs/coverage")
    findings = [finding for outcome in tally.outcomes("here") for finding in outcome.findings]
    assert {("response-schema-violation", "/1/level")} == {
        (item.rule, item.evidence_pointer) for item in findings
    }


def test_operation_of_another_method_is_told_as_not_drawn(opening: Any) -> None:
    """What no case can be made for is not passed over in silence."""
    with opening(Service()) as (verification, exchanges):
        (outcome,) = play(verification, "rest/copy_logs/fuzzing").outcomes("here")
    assert (Verdict.NOT_REACHED, []) == (outcome.verdict, exchanges)
    assert "additionalOperations" in outcome.reason
