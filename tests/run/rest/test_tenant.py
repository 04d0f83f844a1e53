"""Who may reach what, asked of a small service with two tenants, in process."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from accord.config import IdentitySettings, Settings
from accord.findings.finding import Outcome, Verdict
from accord.run.opening import opened
from accord.run.options import Options

NOTE = {
    "type": "object",
    "required": ["id", "text"],
    "properties": {"id": {"type": "integer"}, "text": {"type": "string"}},
}
NEW = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "example": "milk"}}}
ID = {"name": "note", "in": "path", "required": True, "schema": {"type": "integer"}}
SCHEMES = {"token": {"type": "http", "scheme": "bearer"}}


def reply(schema: Any, **links: Any) -> dict[str, Any]:
    """Return a documented answer with a JSON body."""
    return {"description": "x", "content": {"application/json": {"schema": schema}}, "links": links}


def document(
    *, links: bool = False, listed: bool = True, created: bool = True, example: Any = None
) -> dict[str, Any]:
    """Return the document of the service, with more or less from which its things can be learnt."""
    parameter = {**ID, **({"example": example} if example is not None else {})}
    missing = {"404": reply({})}
    collection: dict[str, Any] = {}
    of_list = {
        operation: {"operationId": operation, "parameters": {"note": "$response.body#/all/0/id"}}
        for operation in ("read", "remove")
    }
    if listed:
        schema = {"type": "object", "properties": {"all": {"type": "array", "items": NOTE}}}
        collection["get"] = {
            "operationId": "list",
            "responses": {"200": reply(schema, **(of_list if links else {}))},
        }
    if created:
        body = {"required": True, "content": {"application/json": {"schema": NEW}}}
        collection["post"] = {"operationId": "add", "requestBody": body, "responses": {"201": reply(NOTE)}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Notes", "version": "1"},
        "security": [{"token": []}],
        "paths": {
            "/hours": {"get": {"operationId": "hours", "security": [], "responses": {"200": reply({})}}},
            "/codes": {
                "get": {
                    "operationId": "codes",
                    "security": [],
                    "parameters": [{"name": "reset_code", "in": "query", "required": True, "schema": {"type": "string"}}],
                    "responses": {"200": reply({})},
                }
            },
            # With links, nothing else tells where notes are.
            "/everything" if links else "/notes": collection,
            "/notes/{note}": {
                "parameters": [parameter],
                "get": {"operationId": "read", "responses": {"200": reply(NOTE), **missing}},
                "delete": {"operationId": "remove", "responses": {"204": {"description": "x"}, **missing}},
            },
        },
        "components": {"securitySchemes": SCHEMES},
    }  # fmt: skip


class Notes:
    """The service: each tenant has notes, and ``fault`` is what is wrong with that."""

    def __init__(self, fault: str = "", notes: dict[int, tuple[str, str]] | None = None) -> None:
        self.fault = fault
        self.notes = (
            {7: ("mine", "milk"), 8: ("mine", "bread"), 9: ("theirs", "salt")} if notes is None else notes
        )
        self.asked: list[tuple[str, str, str]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one scope."""
        if scope["type"] == "lifespan":
            for kind in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{kind}.complete"})
            return
        await receive()
        token = dict(scope["headers"]).get(b"authorization", b"").decode().removeprefix("Bearer ")
        self.asked.append((token, scope["method"], scope["path"]))
        status, body = self.answer(scope["method"], scope["path"], token)
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [(b"content-type", b"application/json")],
            }
        )
        await send(
            {"type": "http.response.body", "body": b"" if status == 204 else json.dumps(body).encode()}
        )

    def answer(self, method: str, path: str, token: str) -> tuple[int, Any]:
        """Return status and body for *token*."""
        if path in ("/hours", "/codes"):
            return (401, {}) if self.fault == "closed" and not token else (200, {})
        if token not in ("mine", "theirs"):
            return 401, {}
        shown = {
            id_: text
            for id_, (owner, text) in self.notes.items()
            if owner == token or self.fault in ("shared", "listed")
        }
        if path in ("/notes", "/everything"):
            if method == "GET":
                return 200, {"all": [{"id": id_, "text": text} for id_, text in shown.items()]}
            new = max(self.notes, default=0) + 1
            self.notes[new] = (token, "new")
            return 201, {"id": new, "text": "new"}
        return self.one(method, int(path.rpartition("/")[2]), token)

    def one(self, method: str, id_: int, token: str) -> tuple[int, Any]:
        """Return status and body for one note."""
        if id_ not in self.notes:
            return 404, {"detail": f"no note {id_}"}
        owner, text = self.notes[id_]
        if owner != token and self.fault in ("forbidden", "worded"):
            return (
                (403, {"detail": "no"}) if self.fault == "forbidden" else (404, {"detail": "not your note"})
            )
        open_ = {"GET": ("readable", "shared"), "DELETE": ("removable",)}.get(method, ())
        if owner != token and self.fault not in open_:
            return 404, {"detail": f"no note {id_}"}
        if method == "DELETE":
            del self.notes[id_]
            return 204, None
        return 200, {"id": id_, "text": text}


Play = Callable[..., tuple[Outcome, ...]]


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Play:
    """Return a function that plays one trial against a service and returns its outcomes."""

    def played(
        service: Notes,
        trial: str,
        *,
        callers: tuple[str, ...] = ("mine", "theirs"),
        seed: int = 1,
        **promised: Any,
    ) -> tuple[Outcome, ...]:
        (tmp_path / "openapi.json").write_text(json.dumps(document(**promised)))
        module = ModuleType("notes_service")
        module.app = service  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "notes_service", module)
        names = dict(zip(("default", "other"), callers, strict=False))
        identities = {name: IdentitySettings(token=token) for name, token in names.items()}
        settings = Settings(root=tmp_path, contract=tmp_path, identities=identities)
        with opened("notes_service:app", settings, Options(seed=seed)) as verification:
            (chosen,) = [item for item in verification.trials if item.id == trial]
            return verification.play(chosen).outcomes(trial)

    return played  # fmt: skip


def found(outcomes: tuple[Outcome, ...]) -> list[tuple[str, str | None]]:
    """Return rule and operation of each finding."""
    return sorted((item.rule, one.operation) for item in outcomes for one in item.findings)


def reasons(outcomes: tuple[Outcome, ...], rule: str) -> list[str]:
    """Return why *rule* was not reached."""
    return [item.reason for item in outcomes if item.rule == rule and item.verdict is Verdict.NOT_REACHED]


SOURCES = [
    {},
    {"links": True, "created": False},
    {"listed": False},
    {"listed": False, "created": False, "example": 7},
]


@pytest.mark.parametrize("promised", SOURCES, ids=["collection", "links", "creation", "example"])
@pytest.mark.parametrize("name", ["read", "remove"])
def test_healthy_service_is_reached_and_left_in_peace(
    play: Play, promised: dict[str, Any], name: str
) -> None:
    """Wherever the ids come from, both rules are held, nothing is found, and nothing is lost."""
    service = Notes()
    outcomes = play(service, f"rest/{name}/foreign-caller", **promised)
    assert [] == found(outcomes)
    verdicts = {item.rule: item.verdict for item in outcomes}
    assert Verdict.HELD == verdicts["foreign-object-access"] == verdicts["revealed-foreign-object"]
    assert {7, 8, 9} <= service.notes.keys()


@pytest.mark.parametrize("promised", SOURCES, ids=["collection", "links", "creation", "example"])
@pytest.mark.parametrize(
    ("fault", "name", "rule"),
    [
        ("readable", "read", "foreign-object-access"),
        ("removable", "remove", "foreign-object-access"),
        ("forbidden", "read", "revealed-foreign-object"),
        ("forbidden", "remove", "revealed-foreign-object"),
        ("worded", "read", "revealed-foreign-object"),
    ],
)
def test_fault_is_found(play: Play, promised: dict[str, Any], fault: str, name: str, rule: str) -> None:
    """Reading, removing and telling apart are seen, wherever the ids come from."""
    assert (rule, name) in found(play(Notes(fault), f"rest/{name}/foreign-caller", **promised))


def test_list_of_all_is_found_where_the_read_refuses(play: Play) -> None:
    """A list that shows another tenant's notes is found by the read that does not; its finding is of the list."""
    assert [("foreign-object-access", "list")] == found(play(Notes("listed"), "rest/read/foreign-caller"))


def test_what_a_list_shows_to_both_belongs_to_both(play: Play) -> None:
    """Notes that everybody is shown and may read are nobody's."""
    outcomes = play(Notes("shared"), "rest/read/foreign-caller")
    assert [] == found(outcomes)
    assert ["a list shows it to the identity 'other' too: it belongs to both"] == reasons(
        outcomes, "foreign-object-access"
    )


def test_private_notes_are_found_among_shared_ones(play: Play) -> None:
    """Of a list in which some belong to both, the others are asked for."""

    class Mixed(Notes):
        def answer(self, method: str, path: str, token: str) -> tuple[int, Any]:
            status, body = super().answer(method, path, token)
            if path == "/notes" and method == "GET":
                body["all"].insert(0, {"id": 1, "text": "welcome"})
            return (
                (200, {"id": 1, "text": "welcome"})
                if (method, path) == ("GET", "/notes/1")
                else (status, body)
            )

    assert [] == found(play(Mixed(), "rest/read/foreign-caller"))
    assert [("foreign-object-access", "read")] == found(play(Mixed("readable"), "rest/read/foreign-caller"))


@pytest.mark.parametrize(
    ("callers", "reason"),
    [
        (("mine",), "no identity called 'other' is configured ([tool.accord.identities.other])"),
        ((), "no identity called 'other' is configured ([tool.accord.identities.other])"),
        (("mine", "mine"), "the identities 'default' and 'other' show the same credential"),
    ],
)
def test_without_two_callers_nothing_is_asked(play: Play, callers: tuple[str, ...], reason: str) -> None:
    """The rules are not reached, and the reason is told."""
    service = Notes()
    outcomes = play(service, "rest/read/foreign-caller", callers=callers)
    assert (
        [reason] == reasons(outcomes, "foreign-object-access") == reasons(outcomes, "revealed-foreign-object")
    )
    assert [] == service.asked


def test_nothing_to_ask_for_is_told(play: Play) -> None:
    """Where no note can be found or made, the rules are not reached."""
    outcomes = play(Notes(notes={}), "rest/read/foreign-caller", created=False)
    assert ["nothing that belongs to the identity 'default' could be found"] == reasons(
        outcomes, "foreign-object-access"
    )


def test_same_seed_asks_the_same(play: Play) -> None:
    """The questions follow from the seed."""
    first, second, third = Notes(), Notes(), Notes()
    for service, seed in ((first, 1), (second, 1), (third, 2)):
        play(service, "rest/read/foreign-caller", seed=seed)
    assert first.asked == second.asked
    assert first.asked != third.asked


def test_public_operation_is_asked_by_nobody(play: Play) -> None:
    """A public operation is open, or its refusal is found."""
    service = Notes()
    assert [] == found(play(service, "rest/hours/no-credential"))
    assert {("", "GET", "/hours")} == set(service.asked)
    assert ("closed-public-operation", "hours") in found(play(Notes("closed"), "rest/hours/no-credential"))


def test_operation_that_takes_a_credential_is_not_asked(play: Play) -> None:
    """A code in the query is a credential: its refusal would say nothing."""
    outcomes = play(Notes("closed"), "rest/codes/no-credential")
    assert ["what the operation takes is itself a credential"] == reasons(outcomes, "closed-public-operation")
