"""What a run created is removed again, or told of."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
from shop import Shop

from accord.config import Settings
from accord.findings.result import Removal
from accord.run.context import Trial
from accord.run.opening import opened
from accord.run.options import Options
from accord.run.rest import removal
from accord.run.verification import Verification

Open = Callable[..., AbstractContextManager[Verification]]
Serve = Callable[[Shop], str]


def making(verification: Verification) -> list[Trial]:
    """Return the trials that create things and nothing else."""
    return [item for item in verification.trials if item.id.startswith("rest/make_thing/")]


def test_service_is_left_as_it_was(opening: Open, serve: Serve) -> None:
    """At a URL everything that the run made is deleted, the newest first; what was there stays, without being asked."""
    shop = Shop()
    with opening(serve(shop)) as verification:
        made = verification.trials
        run = verification.run(
            lambda _: None, [item for item in made if item.id == "rest/make_thing/fuzzing"]
        )
    assert run.removal is not None
    assert run.removal.created == run.removal.removed > 1
    assert {"old": "nut"} == shop.things
    numbers = [int(name.split()[1]) for name in shop.deleted]
    assert sorted(numbers, reverse=True) == numbers


def test_everything_is_accounted_for_after_a_whole_run(opening: Open, serve: Serve) -> None:
    """Chains and probes delete things too; in the end nothing of the run's own is left."""
    shop = Shop()
    with opening(serve(shop)) as verification:
        run = verification.run(lambda _: None)
    assert run.removal is not None
    assert run.removal.created == run.removal.removed + run.removal.gone
    assert {} == run.removal.problems
    assert set(shop.things) <= {"old"}


def test_what_cannot_be_removed_is_told(opening: Open, serve: Serve) -> None:
    """A refusal leaves the thing where it is, and the run as it would have been."""
    shop = Shop(locked=True)
    with opening(serve(shop)) as verification:
        run = verification.run(lambda _: None, making(verification))
    assert run.removal is not None
    assert {"DELETE was answered with 409": run.removal.created} == run.removal.problems
    assert 0 == run.removal.removed < run.removal.created


def test_things_are_kept_when_asked(opening: Open, serve: Serve) -> None:
    """``--keep`` leaves everything, and says how much."""
    shop = Shop()
    with opening(serve(shop), keep=True) as verification:
        run = verification.run(lambda _: None, making(verification))
    assert run.removal is not None
    assert {"they are to be kept": len(shop.things) - 1} == run.removal.problems
    assert [] == shop.deleted


def test_settings_can_keep_and_an_option_overrules_them(settings: Settings, serve: Serve) -> None:
    """``keep`` of the settings counts where no option says otherwise."""
    for option, left in ((None, True), (False, False)):
        shop = Shop()
        chosen = replace(settings, keep=True)
        with opened(serve(shop), chosen, Options(max_examples=3, keep=option)) as verification:
            verification.run(lambda _: None, making(verification))
        assert left is (len(shop.things) > 1)


def test_application_in_process_is_left_alone(opening: Open) -> None:
    """It goes away with the run, so nothing is removed and nothing is told, unless it is asked for."""
    for option, told in ((None, False), (False, True)):
        shop = Shop()
        with opening(shop, keep=option) as verification:
            run = verification.run(lambda _: None, making(verification))
        assert told is (run.removal is not None)
        assert told is ({"old"} == set(shop.things))


def test_removal_stops_at_its_time_limit(opening: Open, serve: Serve) -> None:
    """What is left when the time is over is told as such."""
    shop = Shop()
    with opening(serve(shop), keep=True) as verification:
        verification.run(lambda _: None, making(verification))
        times = iter([0.0, 1.0, 2.0, *[removal.SECONDS + 1] * 1000])
        told = removal.remove(verification.context, verification.creations, now=lambda: next(times))
    left = told.created - 2
    assert Removal(created=left + 2, removed=2, problems={"the 120 s for it were over": left}) == told


def test_service_that_is_gone_is_not_asked(opening: Open, serve: Serve) -> None:
    """Once the service has stopped answering nothing more is sent."""
    shop = Shop()
    with opening(serve(shop), keep=True) as verification:
        verification.run(lambda _: None, making(verification))
        verification.context.watch.reason = "gone"
        told = removal.remove(verification.context, verification.creations)
    assert {"the service stopped answering": told.created} == told.problems
    assert [] == shop.deleted


def test_ctrl_c_ends_the_removal(opening: Open, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has no patience is told what is left."""
    shop = Shop()
    with opening(serve(shop), keep=True) as verification:
        verification.run(lambda _: None, making(verification))

        def interrupted(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(verification.context.client, "send", interrupted)
        told = removal.remove(verification.context, verification.creations)
    assert {"interrupted": told.created} == told.problems
