"""Files that must not be taken, sent to a small archive in process."""

from __future__ import annotations

import json
from collections.abc import Callable
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any, cast

import pytest

from accord.config import Settings
from accord.exchange.values import Exchange
from accord.findings.finding import Outcome, Verdict
from accord.run.opening import opened
from accord.run.options import Options

PICTURE = {"type": "string", "format": "binary", "maxLength": 200_000}
REPLY = {"description": "x", "content": {"application/json": {"schema": {"type": "object"}}}}


def document(
    limit: int = 200_000, types: str = "image/png", refusals: tuple[str, ...] = ("400", "413", "415", "422")
) -> Any:
    """Return the document of the archive."""
    schema = {
        "type": "object",
        "required": ["picture"],
        "properties": {"picture": {**PICTURE, "maxLength": limit}},
    }
    body = {"multipart/form-data": {"schema": schema, "encoding": {"picture": {"contentType": types}}}}
    post = {
        "operationId": "keep",
        "requestBody": {"required": True, "content": body},
        "responses": {"201": REPLY, **dict.fromkeys(refusals, REPLY)},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Archive", "version": "1"},
        "paths": {"/pictures": {"post": post}},
    }


class Archive:
    """The service: takes a small PNG; ``careless`` is what it does not look at."""

    def __init__(self, careless: str = "") -> None:
        self.careless = careless
        self.sizes: list[int] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one scope."""
        if scope["type"] == "lifespan":
            for kind in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{kind}.complete"})
            return
        kind = dict(scope["headers"]).get(b"content-type", b"")
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        whole = message_from_bytes(b"Content-Type: " + kind + b"\r\n\r\n" + body)
        parts = cast("list[Message]", whole.get_payload() if whole.is_multipart() else [])
        status = self.status(parts[0]) if parts else 422
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})

    def status(self, part: Message) -> int:
        """Return the status for a picture."""
        content = cast("bytes", part.get_payload(decode=True))
        self.sizes.append(len(content))
        if len(content) > 200_000 and self.careless != "size":
            return 413
        if part.get_content_type() != "image/png" and self.careless != "type":
            return 415
        if not content.startswith(b"\x89PNG") and not self.careless:
            return 400
        return 201


Play = Callable[..., tuple[Outcome, ...]]


@pytest.fixture
def play(tmp_path: Path) -> Play:
    """Return the way to ask an archive to take wrong files."""

    def played(service: Archive, promised: Any = None) -> tuple[Outcome, ...]:
        (tmp_path / "openapi.json").write_text(json.dumps(promised or document()))
        with opened(service, Settings(root=tmp_path, contract=tmp_path), Options()) as verification:
            (trial,) = [item for item in verification.trials if item.id == "rest/keep/wrong-file"]
            return verification.play(trial).outcomes(trial.id)

    return played


def found(outcomes: tuple[Outcome, ...]) -> set[tuple[str, str]]:
    """Return rule and message of each finding."""
    return {(item.rule, one.message) for item in outcomes for one in item.findings}


def test_healthy_archive_refuses_each_wrong_file(play: Play) -> None:
    """Another type, garbage and one byte too much are asked for, and nothing is found when they are refused."""
    archive = Archive()
    outcomes = play(archive)
    assert set() == found(outcomes)
    assert not [item.reason for item in outcomes if item.verdict is Verdict.NOT_REACHED]
    assert 200_001 == max(archive.sizes)
    assert 4 == len(archive.sizes), "the good one, another type, garbage, too large"


FIELD, MEDIA_TYPE = "accepted-invalid-field", "accepted-foreign-media-type"
TEXT = "a file at body.picture sent as text/plain, which the operation does not take, is accepted"


@pytest.mark.parametrize(
    ("careless", "expected"),
    [
        ("size", {(FIELD, f"body.picture breaks {name}, and the request is accepted") for name in ("maxLength", "contentType")}),
        ("type", {(MEDIA_TYPE, TEXT), (FIELD, "body.picture breaks contentType, and the request is accepted")}),
    ],
)  # fmt: skip
def test_careless_archive_is_found_out(play: Play, careless: str, expected: set[tuple[str, str]]) -> None:
    """Each wrong file that is taken is found, by the rule for it."""
    assert expected == found(play(Archive(careless)))


def test_proof_of_a_large_file_is_small(play: Play) -> None:
    """The zeros are kept neither in the evidence nor in the command, and both tell of them."""
    outcomes = play(Archive("size"))
    (finding,) = [one for item in outcomes for one in item.findings if "maxLength" in one.message]
    assert isinstance(finding.evidence, Exchange)
    assert len(finding.evidence.request.body) < 1_000
    assert "zero bytes more stood at byte" in finding.evidence.detail
    assert "/dev/zero" in finding.reproduce
    assert len(finding.reproduce) < 2_000


def test_limit_that_is_too_high_is_told(play: Play) -> None:
    """A file above 64 MiB is not sent, and the outcome says why."""
    archive = Archive()
    outcomes = play(archive, document(limit=10**12))
    assert [
        "the limit of 1,000,000,000,000 bytes is above what accord sends (67,108,864)"
    ] == [item.reason for item in outcomes if item.verdict is Verdict.NOT_REACHED]  # fmt: skip
    assert max(archive.sizes) < 1_000


def test_garbage_is_no_fault_where_no_refusal_is_promised(play: Play) -> None:
    """An operation that documents neither 400 nor 415 may keep what it is given."""
    assert set() == found(play(Archive("content"), document(refusals=("413", "422"))))


def test_what_is_kept_in_part_is_not_played_again(tmp_path: Path) -> None:
    """A file that zeros made too large is not stored without them: played again, it would be a good one."""
    (tmp_path / "openapi.json").write_text(json.dumps(document()))
    corpus = tmp_path / "corpus.ndjson"
    settings = Settings(root=tmp_path, contract=tmp_path, corpus=corpus)
    runs = []
    for options in (Options(only="rest", max_examples=1, learns=True), Options(only="rest", explores=False)):
        with opened(Archive(), settings, options) as verification:
            runs.append(verification.run(lambda _: None))
    assert [[], []] == [[one.message for one in run.findings if one.rule == FIELD] for run in runs]
    assert "contentType" in corpus.read_text()
    assert "maxLength" not in corpus.read_text()
