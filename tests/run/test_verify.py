"""A verification opened, played and closed, with a tiny application in process."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from accord.config import IdentitySettings, Settings
from accord.errors import AccordError, ConfigurationError, ContractError, CredentialError, TargetError
from accord.findings.finding import Finding, Outcome, Severity, Verdict
from accord.findings.result import StageFinished, StageStarted, TrialFinished, TrialStarted
from accord.findings.tally import distinct
from accord.run.context import Context, Trial
from accord.run.opening import chosen_target, opened
from accord.run.options import Options
from accord.run.plan import load_contract, plan
from accord.run.severities import read_severities
from accord.run.verification import Verification

OK = {"200": {"description": "x"}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Tiny", "version": "3"},
    "paths": {
        "/a": {"get": {"operationId": "a", "responses": OK}},
        "/b": {"get": {"operationId": "b", "responses": OK}},
    },
}


class Project:
    """A project folder with a contract, a service and hooks, and a record of what was called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.module = ModuleType("tiny")
        self.module.app = self.serve  # type: ignore[attr-defined]
        self.module.before_run = lambda _: self.said.append("before")  # type: ignore[attr-defined]
        self.module.after_run = lambda _: self.said.append("after")  # type: ignore[attr-defined]
        (folder / "openapi.json").write_text(json.dumps(DOCUMENT))

    async def serve(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one scope."""
        if scope["type"] == "lifespan":
            for kind in ("startup", "shutdown"):
                await receive()
                self.said.append(kind)
                await send({"type": f"lifespan.{kind}.complete"})
            return
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body"})

    def settings(self, **members: Any) -> Settings:
        """Return the settings of the project."""
        return Settings(**{"root": self.folder, "contract": self.folder, "hooks": "tiny", **members})


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return the project of one test."""
    made = Project(tmp_path)
    monkeypatch.setitem(sys.modules, "tiny", made.module)
    return made


ORDER = ["startup", "before", "after", "shutdown"]


def test_hooks_stand_around_the_run(project: Project) -> None:
    """The service is started before the first hook and stopped after the last."""
    with opened("tiny:app", project.settings(), Options()) as verification:
        assert isinstance(verification, Verification)
        assert project.said == ["startup", "before"]
    assert ORDER == project.said


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt, ConfigurationError])
def test_run_that_fails_is_tidied_up_after(project: Project, error: type[BaseException]) -> None:
    """Whatever ends a run, the hook after it is called and the service is stopped; the error stays the same."""
    with pytest.raises(error), opened("tiny:app", project.settings(), Options()):
        raise error("x")
    assert ORDER == project.said


def test_failing_hook_stops_the_service(project: Project) -> None:
    """A hook that raises ends the run as a configuration error, with the service stopped."""

    def fail(_: str) -> None:
        raise KeyError

    project.module.before_run = fail  # type: ignore[attr-defined]
    with (
        pytest.raises(ConfigurationError, match="raised KeyError"),
        opened("tiny:app", project.settings(), Options()),
    ):
        pytest.fail("it must not open")
    assert project.said == ["startup", "shutdown"]


@pytest.mark.parametrize(
    ("target", "settings", "options", "kind", "words"),
    [
        ("tiny:app", {"contract": None}, {}, ConfigurationError, "no contract"),
        ("tiny:app", {"contract": Path("nowhere")}, {}, ContractError, "does not exist"),
        ("tiny:nothing", {}, {}, TargetError, "nothing"),
        ("tiny:app", {"hooks": "no_such_hooks"}, {}, ConfigurationError, "cannot be imported"),
        ("tiny:app", {"rules": {"no-such": "off"}}, {}, ConfigurationError, "no-such"),
        ("tiny:app", {"rules": {"server-error": "loud"}}, {}, ConfigurationError, "'loud'"),
        ("tiny:app", {}, {"operations": ("c",)}, ConfigurationError, "'c' is not in the contract"),
        ("tiny:app", {}, {"only": "websocket"}, ConfigurationError, "nothing to verify"),
    ],
)
def test_question_that_cannot_be_asked_is_an_error(
    project: Project,
    target: str,
    settings: dict[str, Any],
    options: dict[str, Any],
    kind: type[AccordError],
    words: str,
) -> None:
    """Each reason not to begin is an error with a next step, before any hook is called."""
    with (
        pytest.raises(kind, match=words) as caught,
        opened(target, project.settings(**settings), Options(**options)),
    ):
        pytest.fail("it must not open")
    assert caught.value.next_step
    assert "before" not in project.said


def test_secret_is_in_no_error(project: Project) -> None:
    """What ends a run is told without the secrets of the settings."""
    settings = project.settings(identities={"default": IdentitySettings(token="s3cret-token")})
    with pytest.raises(CredentialError) as caught, opened("tiny:app", settings, Options()):
        raise CredentialError("it said s3cret-token", place="there", next_step="Look.")
    assert ("s3cret-token" in str(caught.value), caught.value.place, caught.value.next_step) == (
        False,
        "there",
        "Look.",
    )


def test_plan_is_the_contract_s_alone(project: Project) -> None:
    """Order and names of the trials depend on no seed; operations and stages choose among them."""
    contract = load_contract(project.settings())
    every = [trial.id for trial in plan(contract)]
    assert every[:4] == ["contract/schemas", "rest/a/examples", "rest/a/coverage", "rest/a/fuzzing"]
    assert len(every) == len(set(every))
    assert every[1:] == [trial.id for trial in plan(contract, only="rest")]
    assert every[:1] == [trial.id for trial in plan(contract, only="contract")]
    assert [name for name in every if name.startswith("rest/b/")] == [
        trial.id for trial in plan(contract, operations=("b",))
    ]
    assert [] == list(plan(contract, only="workflows"))
    for seed in (1, 2):
        with opened("tiny:app", project.settings(), Options(seed=seed)) as verification:
            assert every == [trial.id for trial in verification.trials]


def trial(name: str, play: Callable[[Context], Any] = lambda context: context.tally()) -> Trial:
    """Return a trial of the REST stage."""
    return Trial(stage="rest", id=name, play=play)


def test_progress_is_told_in_order(project: Project) -> None:
    """Stages and trials are told as they begin and end."""
    told: list[object] = []
    with opened("tiny:app", project.settings(), Options(seed=5)) as verification:
        run = verification.run(told.append, [trial("one"), trial("two")])
    assert [type(item) for item in told] == [
        StageStarted,
        TrialStarted,
        TrialFinished,
        TrialStarted,
        TrialFinished,
        StageFinished,
    ]
    assert (run.contract, run.target, run.seed, run.findings, run.interrupted) == (
        "Tiny 3",
        "tiny:app",
        5,
        (),
        False,
    )


def test_interruption_keeps_what_was_found(project: Project) -> None:
    """Ctrl-C ends the run and not the report."""

    def noted(context: Context) -> Any:
        tally = context.tally()
        tally.miss("server-error", "because")
        return tally

    def interrupt(_: Context) -> Any:
        raise KeyboardInterrupt

    with opened("tiny:app", project.settings(), Options()) as verification:
        run = verification.run(lambda _: None, [trial("one", noted), trial("two", interrupt), trial("three")])
    assert run.interrupted
    assert [("server-error", "one")] == [(item.rule, item.place) for item in run.outcomes]


def test_severities_are_read() -> None:
    """A rule may be given another severity or be switched off."""
    settings = Settings(root=Path(), rules={"server-error": "warning", "undocumented-status": "off"})
    assert read_severities(settings) == (
        {"server-error": Severity.WARNING},
        frozenset({"undocumented-status"}),
    )


def test_strict_run_makes_an_error_of_what_nobody_declared() -> None:
    """Undeclared members are a note by default, an error in a strict run, and what the settings say of them above all."""
    rule = "undeclared-response-field"
    assert ({}, frozenset()) == read_severities(Settings(root=Path()))
    strict = Settings(root=Path(), strict=True)
    assert ({rule: Severity.ERROR}, frozenset()) == read_severities(strict)
    said = Settings(root=Path(), strict=True, rules={rule: "warning"})
    assert ({rule: Severity.WARNING}, frozenset()) == read_severities(said)


def test_rate_that_means_nothing_is_refused(project: Project) -> None:
    """A rate of the settings is read before anything is asked."""
    with (
        pytest.raises(ConfigurationError, match="is not a rate") as caught,
        opened("tiny:app", Settings(root=project.folder, contract=project.folder, rate="often"), Options()),
    ):
        pass
    assert "[tool.accord] rate" == caught.value.place


def test_equal_findings_are_told_once() -> None:
    """Findings are the same when their fingerprints are; the first one stays."""
    finding = Finding(operation="a", evidence=None, message="x", rule="server-error", pointer="p")
    outcomes = [
        Outcome(rule="server-error", place=place, verdict=Verdict.FOUND, findings=(finding,))
        for place in ("one", "two")
    ]
    assert (finding,) == distinct(outcomes)


def test_target_is_chosen(tmp_path: Path) -> None:
    """What is given goes before the settings; neither is an error."""
    settings = Settings(root=tmp_path, target="tiny:app")
    assert (chosen_target("other:app", settings), chosen_target(None, settings)) == ("other:app", "tiny:app")
    with pytest.raises(ConfigurationError, match="no target"):
        chosen_target(None, Settings(root=tmp_path))


def test_an_error_in_the_middle_loses_nothing(project: Project) -> None:
    """What was found before a run had to stop is in the run, which says that it is not whole."""
    asked: list[str] = []

    def values(operation: str, location: str, name: str) -> None:
        raise RuntimeError(f"{operation} {location} {name}")

    document = json.loads((project.folder / "openapi.json").read_text())
    document["paths"]["/b"]["get"]["parameters"] = [
        {"name": "n", "in": "query", "required": True, "schema": {"type": "integer"}, "example": 1}
    ]
    (project.folder / "openapi.json").write_text(json.dumps(document))
    project.module.values = values  # type: ignore[attr-defined]
    with opened(project.module.app, project.settings(), Options(only="rest", max_examples=2)) as verification:
        run = verification.run(lambda event: asked.append(getattr(event, "trial", "")))

    assert isinstance(verification.stopped, ConfigurationError)
    assert run.interrupted
    assert {outcome.place.split("/")[1] for outcome in run.outcomes} == {"a"}
    assert asked[-1].startswith("rest/b/")


def test_a_defect_in_the_middle_loses_nothing(project: Project) -> None:
    """Nor does one that nobody has thought of."""

    def noted(context: Context) -> Any:
        tally = context.tally()
        tally.miss("server-error", "because")
        return tally

    def fail(_: Context) -> Any:
        raise LookupError("lost")

    with opened("tiny:app", project.settings(), Options()) as verification:
        run = verification.run(lambda _: None, [trial("one", noted), trial("two", fail), trial("three")])
    assert isinstance(verification.stopped, LookupError)
    assert run.interrupted
    assert [("server-error", "one")] == [(item.rule, item.place) for item in run.outcomes]


def test_a_body_that_schemathesis_cannot_read_is_judged(project: Project) -> None:
    """A tuple that may be null, as pydantic writes it, ends no run: rules of accord hold it, and the other checks."""
    pair = {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "integer"}], "minItems": 2}
    schema = {"anyOf": [{"type": "object", "additionalProperties": pair}, {"type": "null"}]}
    document = json.loads(json.dumps(DOCUMENT))
    said = {"description": "x", "content": {"application/json": {"schema": schema}}}
    document["paths"]["/a"]["get"]["responses"] = {"200": said}
    (project.folder / "openapi.json").write_text(json.dumps(document))

    async def serve(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await project.serve(scope, receive, send)
            return
        head = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": b'{"here": [1, "2"]}'})

    project.module.app = serve  # type: ignore[attr-defined]
    with opened("tiny:app", project.settings(), Options(only="rest", max_examples=2)) as verification:
        run = verification.run(lambda _: None)
    found = {(item.rule, item.operation) for item in run.findings}
    assert verification.stopped is None
    assert {("response-schema-violation", "a"), ("unsupported-method", "a")} <= found


def test_an_error_at_the_start_is_raised(project: Project) -> None:
    """Where nothing was asked there is nothing to keep."""

    def credential(identity: str, operation: str) -> None:
        raise RuntimeError(f"{identity} {operation}")

    document = json.loads((project.folder / "openapi.json").read_text())
    document["components"] = {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}}
    document["security"] = [{"key": []}]
    (project.folder / "openapi.json").write_text(json.dumps(document))
    project.module.credential = credential  # type: ignore[attr-defined]
    with (
        pytest.raises(ConfigurationError),
        opened(project.module.app, project.settings(), Options(only="rest", max_examples=2)) as verification,
    ):
        verification.run(lambda _: None)
