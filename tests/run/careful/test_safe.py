"""A safe run: nothing that could change the service ever reaches it, and what was left out is told."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from shop import Shop

from accord.contract.contract import Contract
from accord.findings.finding import Severity, Verdict
from accord.findings.result import Run
from accord.run.context import Trial
from accord.run.safe import left_out, permission
from accord.run.verification import Verification

Open = Callable[..., AbstractContextManager[Verification]]


def run(opening: Open, shop: Shop, **options: object) -> Run:
    """Run everything against *shop*."""
    with opening(shop, **options) as verification:
        return verification.run(lambda _: None)


def test_safe_run_changes_nothing(opening: Open) -> None:
    """The service hears safe methods alone, and what it had is what it has."""
    shop = Shop()
    told = run(opening, shop, safe=True)
    assert {"GET", "HEAD", "OPTIONS"} >= set(shop.methods)
    assert shop.methods["GET"] > 10
    assert {"old": "nut"} == shop.things
    assert () == told.findings


def test_run_without_care_writes(opening: Open) -> None:
    """The same run without the option does write, so that the one before shows something."""
    shop = Shop()
    run(opening, shop)
    assert {"POST", "DELETE"} <= set(shop.methods)
    assert len(shop.things) > 1


def test_what_is_left_out_is_told(opening: Open) -> None:
    """Each trial of an operation that writes is not reached, with the method as the reason; reads are played."""
    told = run(opening, Shop(), safe=True)
    reasons = {item.place: item.reason for item in told.outcomes if item.verdict is Verdict.NOT_REACHED}
    assert "a safe run sends no POST" == reasons["rest/make_thing/fuzzing"]
    assert "a safe run sends no DELETE" == reasons["rest/delete_thing/unknown-id"]
    assert "a safe run sends no " in reasons["rest/chains"]
    held = {item.place for item in told.outcomes if item.verdict is Verdict.HELD}
    assert {"rest/list_things/fuzzing", "rest/read_thing/unknown-id"} <= held
    assert "rest/list_things/coverage/withheld" in reasons, "undeclared methods are withheld one by one"


def test_unsent_request_is_no_finding(opening: Open) -> None:
    """A request that was withheld is not an answer that did not come."""
    told = run(opening, Shop(), safe=True)
    assert told.worst() is None
    assert [] == [item for item in told.findings if item.severity is Severity.ERROR]


@pytest.mark.parametrize(
    ("trial", "rule"),
    [
        ("rest/make_thing/bad-credential", "unauthenticated-access"),
        ("rest/make_thing/odd-body", "server-error"),
        ("rest/make_thing/anything-new", "rejected-valid-request"),
        ("rest/read_thing/fuzzing", None),
        ("workflows/a/b", None),
    ],
)
def test_trial_is_left_out_for_its_method(opening: Open, trial: str, rule: str | None) -> None:
    """What a trial is about decides, also one of a kind that is not known; workflows are declared."""
    with opening(Shop(), safe=True) as verification:
        contract: Contract = verification.context.contract
        made = Trial(stage="rest", id=trial, play=lambda context: context.tally())
        missed = left_out(made, contract, permission(safe=True))
        assert (rule, "a safe run sends no POST") == missed if rule else missed is None
        assert left_out(made, contract, permission(safe=False)) is None
