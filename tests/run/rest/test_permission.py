"""Callers who may not, asked of a small library in process."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accord.config import IdentitySettings, Settings
from accord.findings.finding import Outcome, Verdict
from accord.run.opening import opened
from accord.run.options import Options

BODY = {"required": True, "content": {"application/json": {"schema": {"type": "object", "example": {}}}}}
REPLY = {"description": "x", "content": {"application/json": {"schema": {"type": "object"}}}}


def document(*, forbidden: bool = False, scopes: tuple[str, ...] = (), documented: bool = True) -> Any:
    """Return the document of the library."""
    post: dict[str, Any] = {
        "operationId": "add",
        "security": [{"token": list(scopes)}],
        "requestBody": BODY,
        "responses": {"201": REPLY, "401": REPLY, "409": REPLY, **({"403": REPLY} if documented else {})},
        **({"x-accord": {"forbidden-to": ["viewer"]}} if forbidden else {}),
    }
    get = {"operationId": "hours", "responses": {"200": REPLY, "403": REPLY}}
    flows = {"clientCredentials": {"tokenUrl": "/token", "scopes": dict.fromkeys(("read", "write"), "x")}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Library", "version": "1"},
        "paths": {"/books": {"post": post}, "/hours": {"get": get}},
        "components": {"securitySchemes": {"token": {"type": "oauth2", "flows": flows}}},
    }


class Library:
    """The service: knows a librarian and a viewer; ``lax`` serves both."""

    def __init__(self, *, lax: bool) -> None:
        self.lax = lax
        self.asked: list[str] = []
        self.added = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one scope."""
        if scope["type"] == "lifespan":
            for kind in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{kind}.complete"})
            return
        await receive()
        token = dict(scope["headers"]).get(b"authorization", b"").decode().removeprefix("Bearer ")
        self.asked.append(token)
        refusal = 403 if token == "viewer" and not self.lax else 409 if self.added > 1 else 0
        status = refusal if token in ("librarian", "viewer") else 401
        self.added += not status
        headers = [(b"content-type", b"application/json"), (b"www-authenticate", b"Bearer")]
        await send({"type": "http.response.start", "status": status or 201, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})


Play = Callable[..., tuple[Outcome, ...]]


@pytest.fixture
def play(tmp_path: Path) -> Play:
    """Return the way to play one trial."""

    def played(
        service: Library,
        *,
        viewer: IdentitySettings | None = IdentitySettings(token="viewer"),
        name: str = "viewer",
        trial: str = "rest/add/forbidden-caller",
        **promised: Any,
    ) -> tuple[Outcome, ...]:
        (tmp_path / "openapi.json").write_text(json.dumps(document(**promised)))
        identities = {"default": IdentitySettings(token="librarian")} | ({name: viewer} if viewer else {})
        settings = Settings(root=tmp_path, contract=tmp_path, identities=identities)
        with opened(service, settings, Options()) as verification:
            chosen = [item for item in verification.trials if item.id == trial]
            return verification.play(chosen[0]).outcomes(trial) if chosen else ()

    return played


def found(outcomes: tuple[Outcome, ...]) -> list[tuple[str, str]]:
    """Return rule and deviation of each finding."""
    return [(item.rule, one.deviation) for item in outcomes for one in item.findings]


def verdicts(outcomes: tuple[Outcome, ...]) -> list[tuple[Verdict, str]]:
    """Return what became of the rule about rights."""
    return [(item.verdict, item.reason) for item in outcomes if item.rule == "unauthorized-access"]


READER = IdentitySettings(token="viewer", scopes=("read",))


@pytest.mark.parametrize(
    "said",
    [
        {"forbidden": True},
        {"forbidden": True, "documented": False},
        {"scopes": ("write",), "viewer": READER, "documented": False},
        {"scopes": ("write",), "viewer": READER, "name": "reader"},
    ],
)
def test_caller_who_may_not_is_refused_or_it_is_found(play: Play, said: dict[str, Any]) -> None:
    """Names in the contract and scopes forbid alike; who is served all the same is found."""
    healthy = Library(lax=False)
    outcomes = play(healthy, **said)
    assert [(Verdict.HELD, "")] == [item for item in verdicts(outcomes) if item[0] is not Verdict.NOT_REACHED]
    # What is forbidden and not documented is another rule's business.
    assert [] == found(outcomes) or not said.get("documented", True)
    assert ["librarian", "viewer"] == healthy.asked
    name = said.get("name", "viewer")
    assert [("unauthorized-access", name)] == found(play(Library(lax=True), **said))


@pytest.mark.parametrize(
    "said", [{}, {"scopes": ("read",), "viewer": READER}, {"scopes": ("write",)}]
)  # fmt: skip
def test_documented_refusal_is_reached_without_a_judgement(play: Play, said: dict[str, Any]) -> None:
    """Where nothing says that the viewer may not, it asks, and being served is no finding."""
    lax = Library(lax=True)
    assert [] == verdicts(play(lax, **said))
    assert ["librarian", "viewer"] == lax.asked


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (
            {"viewer": None, "forbidden": True},
            "no identity called 'viewer' is configured ([tool.accord.identities.viewer])",
        ),
        (
            {"viewer": IdentitySettings(token="librarian")},
            "the identities 'default' and 'viewer' show the same credential",
        ),
        (
            {"viewer": None, "scopes": ("write",), "documented": False},
            "no identity is configured that lacks a scope of the operation",
        ),
    ],
)
def test_missing_caller_is_told(play: Play, said: dict[str, Any], reason: str) -> None:
    """Without somebody who may not, the rule is not reached, with the reason, and nothing is asked."""
    service = Library(lax=True)
    assert [(Verdict.NOT_REACHED, reason)] == verdicts(play(service, **said))
    assert [] == service.asked


def test_operation_without_restriction_is_left_alone(play: Play) -> None:
    """A public operation, or one that documents no 403 and names nobody, has no such trial."""
    assert () == play(Library(lax=True), documented=False)
    assert () == play(Library(lax=True), trial="rest/hours/forbidden-caller")


def test_request_is_repeated_where_a_conflict_is_documented(play: Play) -> None:
    """After a success the same request is sent again, in the state that the first one left behind."""
    service = Library(lax=False)
    assert [] == found(play(service, trial="rest/add/repetition"))
    # One to see that the request is good, one with success, one again.
    assert (["librarian"] * 3, 2) == (service.asked, service.added)
