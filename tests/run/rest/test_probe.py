"""Where probes start: in the state in which a service would take the request, asked of a small desk in process."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from accord.config import Settings
from accord.findings.finding import Verdict
from accord.run.opening import opened
from accord.run.options import Options
from accord.run.rest.probe import start_of
from accord.run.verification import Verification

FORM = {
    "type": "object",
    "required": ["copies"],
    "properties": {"copies": {"type": "integer", "minimum": 1, "maximum": 8, "example": 2}},
}
ID = {"name": "job", "in": "path", "required": True, "schema": {"type": "integer", "example": 99}}


def operation(name: str, body: Any = None, answer: Any = None) -> dict[str, Any]:
    """Return an operation that takes *body*."""
    content = {"application/json": {"schema": answer or {"type": "object"}}}
    documented = {
        status: {"description": "x", "content": content} for status in ("200", "400", "404", "409", "422")
    }
    taken = {"required": True, "content": {"application/json": {"schema": body}}}
    return {"operationId": name, "responses": documented, **({"requestBody": taken} if body else {})}


JOBS = {"type": "object", "properties": {"jobs": {"type": "array", "items": {"type": "object"}}}}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Desk", "version": "1"},
    "paths": {
        "/jobs": {"get": operation("list", None, JOBS), "post": operation("add", FORM)},
        "/jobs/{job}": {"parameters": [ID], "get": operation("read"), "delete": operation("drop")},
        "/jobs/{job}/print": {"parameters": [ID], "post": operation("print", FORM)},
        "/jobs/{job}/fold": {"parameters": [ID], "post": operation("fold", FORM)},
    },
}
THE_JOB = {"name": "job", "in": "path", "value": "$steps.add.outputs.job"}
COPIES = {"contentType": "application/json", "payload": {"copies": 2}}
WORKFLOW = {
    "arazzo": "1.0.1",
    "info": {"title": "Print", "version": "1"},
    "sourceDescriptions": [{"name": "desk", "url": "./openapi.json", "type": "openapi"}],
    "workflows": [
        {
            "workflowId": "printing",
            "steps": [
                {
                    "stepId": "add",
                    "operationId": "add",
                    "requestBody": COPIES,
                    "outputs": {"job": "$response.body#/id"},
                },
                {
                    "stepId": "print",
                    "operationId": "print",
                    "parameters": [THE_JOB],
                    "requestBody": COPIES,
                },
                {"stepId": "see", "operationId": "read", "parameters": [THE_JOB]},
            ],
        }
    ],
}


class Desk:
    """The service: a job is printed, then folded, each once; what is wrong is seen only in the right state."""

    def __init__(self, *, careless: bool = False) -> None:
        self.jobs: dict[int, str] = {}
        self.careless = careless
        self.asked: list[tuple[str, str]] = []
        self.deleted: list[int] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one scope."""
        if scope["type"] == "lifespan":
            for kind in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{kind}.complete"})
            return
        body = (await receive()).get("body", b"")
        self.asked.append((scope["method"], scope["path"]))
        status, answer = self.answer(scope["method"], scope["path"], body)
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        """Return status and body."""
        parts = path.split("/")[2:]
        if not parts:
            return self.collection(method, body)
        job = int(parts[0]) if parts[0].isdigit() else 0
        if job not in self.jobs:
            return 404, {}
        if len(parts) == 1:
            if method == "DELETE":
                self.deleted.append(job)
                del self.jobs[job]
            return 200, {"id": job}
        before, after = {"print": ("new", "printed"), "fold": ("printed", "folded")}[parts[1]]
        if self.jobs[job] != before:
            return 409, {}
        if not self.fits(body):
            return 422, {}
        self.jobs[job] = after
        return 200, {"id": job}

    def collection(self, method: str, body: bytes) -> tuple[int, Any]:
        """Return status and body for all jobs."""
        if method == "GET":
            return 200, {"jobs": [{"id": job} for job in self.jobs]}
        if not self.fits(body):
            return 422, {}
        new = max(self.jobs, default=0) + 1
        self.jobs[new] = "new"
        return 200, {"id": new}

    def fits(self, body: bytes) -> bool:
        """Tell whether *body* is a good form; a careless desk believes so."""
        if self.careless:
            return True
        try:
            copies = json.loads(body)["copies"]
        except (ValueError, KeyError, TypeError):
            return False
        return type(copies) is int and 1 <= copies <= 8


Open = Callable[..., Verification]


@pytest.fixture
def open_desk(tmp_path: Path) -> Iterator[Open]:
    """Return the way to open a desk."""
    opening: list[Any] = []

    def desk(service: Desk, *, workflow: bool = True) -> Verification:
        (tmp_path / "openapi.json").write_text(json.dumps(DOCUMENT))
        if workflow:
            (tmp_path / "workflows.arazzo.json").write_text(json.dumps(WORKFLOW))
        settings = Settings(root=tmp_path, contract=tmp_path)
        manager = opened(service, settings, Options())
        opening.append(manager)
        return manager.__enter__()

    yield desk
    for manager in opening:
        manager.__exit__(None, None, None)


def found(verification: Verification, trial: str) -> set[tuple[str, str]]:
    """Play *trial* and return rule and deviation of what it found."""
    (chosen,) = [item for item in verification.trials if item.id == trial]
    outcomes = verification.play(chosen).outcomes(trial)
    assert not [item.reason for item in outcomes if item.verdict is Verdict.NOT_REACHED]
    return {(item.rule, one.deviation) for item in outcomes for one in item.findings}


@pytest.mark.parametrize("name", ["print", "fold"])
def test_wrong_field_is_asked_for_in_the_right_state(open_desk: Open, name: str) -> None:
    """A service that takes nine copies is found out, though a job that is none would answer 404."""
    careless = open_desk(Desk(careless=True))
    deviations = found(careless, f"rest/{name}/invalid-field")
    assert ("accepted-invalid-field", "/body/copies maximum") in deviations
    assert ("accepted-malformed-body", "JSON") in found(careless, f"rest/{name}/malformed-body")
    healthy = Desk()
    verification = open_desk(healthy)
    assert set() == found(verification, f"rest/{name}/invalid-field")
    wanted = ("POST", f"/jobs/{max(healthy.jobs)}/{name}")
    assert wanted == healthy.asked[-1]


def test_state_is_renewed_only_after_a_success(open_desk: Open) -> None:
    """Refusals leave the state as it is, so one job serves all of them."""
    desk = Desk()
    verification = open_desk(desk)
    for trial in ("invalid-field", "malformed-body", "foreign-media-type"):
        found(verification, f"rest/print/{trial}")
    # The text of a good body under another name is taken, which uses the job up.
    assert 1 == desk.asked.count(("POST", "/jobs"))


def test_workflow_is_not_played_for_what_a_case_can_ask(open_desk: Open) -> None:
    """An operation that uses nothing up starts from its example, when that is taken."""
    desk = Desk()
    verification = open_desk(desk)
    (add,) = [item for item in verification.context.contract.operations if item.id == "add"]
    start = start_of(verification.context, add)
    assert start is not None
    assert start.good
    assert [("POST", "/jobs")] == desk.asked
    assert start is start_of(verification.context, add)


def test_things_of_the_caller_are_not_deleted(open_desk: Open) -> None:
    """Without a workflow a DELETE is tried on a thing that was created for it, and on no other."""
    desk = Desk()
    desk.jobs[7] = "new"
    verification = open_desk(desk, workflow=False)
    (drop,) = [item for item in verification.context.contract.operations if item.id == "drop"]
    start = start_of(verification.context, drop)
    assert start is not None
    assert start.good
    assert [8] == desk.deleted
    assert 7 in desk.jobs


def test_operation_that_nothing_leads_to_starts_from_its_example(open_desk: Open) -> None:
    """Where every way ends with a refusal, the example is the start, and is known not to be good."""
    desk = Desk()
    verification = open_desk(desk, workflow=False)
    (fold,) = [item for item in verification.context.contract.operations if item.id == "fold"]
    start = start_of(verification.context, fold)
    assert start is not None
    assert not start.good
    assert {"job": 99} == start.now().path
