"""Operations that are excluded: nothing is asked of them, by whatever way, and that is told."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
from shop import Shop

from accord.config import Settings
from accord.errors import ConfigurationError
from accord.findings.finding import Verdict
from accord.run.opening import opened
from accord.run.options import Options
from accord.run.verification import Verification

Open = Callable[..., AbstractContextManager[Verification]]


def test_what_is_excluded_is_never_asked(opening: Open) -> None:
    """Nothing is deleted, by a trial, a chain or the end of the run; everything else is asked as ever."""
    shop, without = Shop(), Shop()
    with opening(without, keep=False) as verification:
        verification.run(lambda _: None)
    with opening(shop, keep=False, excluded=frozenset({"delete_thing"})) as verification:
        told = verification.run(lambda _: None)
        verification.clear_up()
    assert without.deleted, "the run deletes where it may"
    assert [] == shop.deleted
    assert {"GET", "POST"} <= set(shop.methods)
    assert () == told.findings
    missed = {item.place: item.reason for item in told.outcomes if item.verdict is Verdict.NOT_REACHED}
    assert "delete_thing is excluded" == missed["rest/delete_thing/fuzzing"]
    assert "rest/chains" not in missed
    assert "delete_thing" not in told.coverage.statuses


def test_nobody_demands_to_reach_what_is_excluded(opening: Open) -> None:
    """Where all that is documented has to be seen, an operation that is excluded is not missed."""
    everything = frozenset({"delete_thing", "make_thing", "list_things"})
    with opening(Shop(), require_reach=True, excluded=everything) as verification:
        told = verification.run(lambda _: None)
    missed = {item.operation for item in told.findings if item.rule == "unreached-status"}
    assert not missed & everything


def test_settings_and_options_exclude_together(settings: Settings) -> None:
    """What either names is left out."""
    excluding = replace(settings, exclude=("delete_thing",))
    shop = Shop()
    with opened(shop, excluding, Options(max_examples=3, excluded=frozenset({"make_thing"}))) as verification:
        verification.run(lambda _: None)
    assert {"old": "nut"} == shop.things


def test_a_name_that_is_no_operation_is_told(settings: Settings) -> None:
    """A slip in the settings must not let something be asked."""
    with (
        pytest.raises(ConfigurationError, match="operation 'delete_thin' is not in the contract") as caught,
        opened(Shop(), replace(settings, exclude=("delete_thin",)), Options()),
    ):
        pass
    assert "delete_thing" in caught.value.next_step
