"""What a whole run did not reach, told at its end, of a small service in process."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from accord.config import Settings, read_settings
from accord.errors import ConfigurationError
from accord.findings.catalogue import by_id
from accord.findings.finding import Outcome, Severity, Verdict
from accord.findings.result import Run
from accord.report.merge import merge
from accord.report.transfer import pack, unpack
from accord.run.opening import opened
from accord.run.options import Options
from accord.run.plan import load_contract, plan
from accord.run.unreached import with_unreached

RULE = "unreached-status"
REPLY = {"description": "x", "content": {"application/json": {"schema": {"type": "object"}}}}
STATUSES = ("200", "403", "409", "429", "503", "default")
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Bell", "version": "1"},
    "paths": {
        "/bell": {"get": {"operationId": "ring", "responses": dict.fromkeys(STATUSES, REPLY)}},
        "/door": {"get": {"operationId": "open", "responses": {"200": REPLY}}},
    },
}


class Bell:
    """The service: answers everything with 200."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one scope."""
        if scope["type"] == "lifespan":
            for kind in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{kind}.complete"})
            return
        await receive()
        status = 200 if scope["method"] == "GET" else 405
        headers = [(b"content-type", b"application/json"), (b"allow", b"GET")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})


Verify = Callable[..., Run]


@pytest.fixture
def verify(tmp_path: Path) -> Verify:
    """Return the way to verify the bell."""
    (tmp_path / "openapi.json").write_text(json.dumps(DOCUMENT))

    def run(*, rules: dict[str, str] | None = None, **options: Any) -> Run:
        settings = Settings(root=tmp_path, contract=tmp_path, rules=rules or {})
        with opened(Bell(), settings, Options(max_examples=2, **options)) as verification:
            return verification.run(lambda _: None)

    return run


def told(run: Run) -> dict[str, tuple[str, Severity]]:
    """Return operation and severity of each finding about a status that was not reached, by the status."""
    found = [item for item in run.findings if item.rule == RULE]
    assert [one for item in run.outcomes if item.rule == RULE for one in item.findings] == found
    return {item.deviation: (item.operation or "", item.severity) for item in found}


NOTED = ("ring", Severity.NOTE)
ERROR = ("ring", Severity.ERROR)


def test_whole_run_notes_each_status_that_it_did_not_see(verify: Verify) -> None:
    """Every documented status without an answer is a note, with the reason; what was seen is held."""
    run = verify()
    assert dict.fromkeys(STATUSES[1:], NOTED) == told(run)
    reasons = {item.deviation: item.message.partition(": ")[2] for item in run.findings if item.rule == RULE}
    assert "no workflow leads to a state that conflicts with it" == reasons["409"]
    assert "a failure of the service cannot be asked for" == reasons["503"]
    verdicts = {item.place: item.verdict for item in run.outcomes if item.rule == RULE}
    assert {"reach/ring": Verdict.FOUND, "reach/open": Verdict.HELD} == verdicts
    pointers = {item.pointer for item in run.findings if item.deviation == "409"}
    assert {"openapi.json#/paths/~1bell/get/responses/409"} == pointers


@pytest.mark.parametrize("options", [{"only": "rest"}, {"operations": ("ring",)}])
def test_part_of_a_run_says_nothing(verify: Verify, options: dict[str, Any]) -> None:
    """Who asks for one operation is not told of the others, nor of its own; a stage alone may be all there is."""
    expected = [] if "operations" in options else list(STATUSES[1:])
    assert expected == list(told(verify(**options)))


def test_required_reach_is_an_error_where_it_can_be_asked_for(verify: Verify) -> None:
    """Under --require-reach a gap is an error, but for what no healthy service says."""
    severities = {"403": ERROR, "409": ERROR, "429": NOTED, "503": NOTED, "default": NOTED}
    assert severities == told(verify(require_reach=True))


def test_severity_of_the_settings_counts(verify: Verify) -> None:
    """The rule may be off, or have another severity."""
    assert {} == told(verify(rules={RULE: "off"}, require_reach=True))
    assert {("ring", Severity.WARNING)} == set(told(verify(rules={RULE: "warning"})).values())


def test_interrupted_run_says_nothing(tmp_path: Path, verify: Verify) -> None:
    """A run that had to stop did not ask everything."""
    whole = verify(rules={RULE: "off"})
    contract = load_contract(Settings(root=tmp_path, contract=tmp_path))
    judged: Any = ({}, frozenset())
    assert {} == told(with_unreached(replace(whole, interrupted=True), contract, plan(contract), judged))
    assert {} == told(
        with_unreached(replace(whole, trials=whole.trials[:-1]), contract, plan(contract), judged)
    )
    assert dict.fromkeys(STATUSES[1:], NOTED) == told(with_unreached(whole, contract, plan(contract), judged))


def test_workers_are_whole_together(tmp_path: Path, verify: Verify) -> None:
    """What one of two processes saw is reached; only both together are a whole run."""
    whole = verify(rules={RULE: "off"})
    contract = load_contract(Settings(root=tmp_path, contract=tmp_path))
    unseen = replace(whole.coverage, statuses={"ring": dict.fromkeys(STATUSES, 0), "open": {"200": 1}})
    one = replace(whole, trials=whole.trials[::2], coverage=unseen)
    other = replace(whole, trials=whole.trials[1::2])
    judged: Any = ({}, frozenset())
    for part in (one, other):
        assert {} == told(with_unreached(part, contract, plan(contract), judged))
    merged = merge([unpack(pack(one)), unpack(pack(other))])
    assert sorted(whole.trials) == list(merged.trials)
    assert list(STATUSES[1:]) == list(told(with_unreached(merged, contract, plan(contract), judged)))


def test_reason_of_a_trial_is_the_best(verify: Verify, tmp_path: Path) -> None:
    """Where a trial was after the status, its own reason is told."""
    run = verify(rules={RULE: "off"})
    reason = "no identity called 'viewer' is configured"
    missed = Outcome(
        rule="unauthorized-access",
        place="rest/ring/forbidden-caller/viewer",
        verdict=Verdict.NOT_REACHED,
        reason=reason,
    )
    contract = load_contract(Settings(root=tmp_path, contract=tmp_path))
    judged: Any = ({}, frozenset())
    again = with_unreached(replace(run, outcomes=(*run.outcomes, missed)), contract, plan(contract), judged)
    (finding,) = [item for item in again.findings if item.deviation == "403"]
    assert f"no answer with status 403 was seen: {reason}" == finding.message


def test_rule_is_in_the_catalogue() -> None:
    """The rule is a note unless settings say otherwise."""
    assert Severity.NOTE is by_id()[RULE].severity


def test_setting_is_a_truth_value(tmp_path: Path) -> None:
    """``require-reach`` is true or false, and nothing else."""
    for text, expected in (("", False), ("require-reach = true", True), ("require-reach = false", False)):
        (tmp_path / "pyproject.toml").write_text(f"[tool.accord]\n{text}\n")
        assert expected is read_settings(tmp_path).require_reach
    (tmp_path / "pyproject.toml").write_text('[tool.accord]\nrequire-reach = "yes"\n')
    with pytest.raises(ConfigurationError, match="is not a boolean"):
        read_settings(tmp_path)
