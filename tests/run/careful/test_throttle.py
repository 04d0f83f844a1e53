"""A service that limits the rate: the run waits, tells it, and finds nothing in it but what its errors owe."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
from shop import DOCUMENT, Shop

from accord.config import Settings
from accord.exchange.pace import Rate
from accord.run.opening import opened
from accord.run.options import Options
from accord.run.verification import Verification

Open = Callable[..., AbstractContextManager[Verification]]
# The shop documents more than a limited run sees.
NOTED = {"unreached-status"}


def test_limited_service_has_no_findings(opening: Open) -> None:
    """Refusals for asking too much are waited out; the answers after them are the ones that are judged."""
    shop = Shop(limited=2)
    with opening(shop) as verification:
        run = verification.run(lambda _: None)
    assert set() == {item.rule for item in run.findings} - NOTED
    assert run.throttling.limited == run.throttling.waits >= 4
    assert shop.things != {"old": "nut"}


def test_service_that_only_limits_has_no_findings(opening: Open) -> None:
    """A 429 that never ends is told as not reached, not as an undocumented status; the run ends."""
    with opening(Shop(limited=10**9)) as verification:
        run = verification.run(lambda _: None)
    assert set() == {item.rule for item in run.findings} - NOTED
    reasons = {item.reason for item in run.outcomes}
    assert "the service limits how often it may be asked (429)" in reasons
    assert run.throttling.limited > run.throttling.waits > 0


def test_refusals_look_as_errors_do(settings: Settings) -> None:
    """What ``x-errors`` promises of every error holds for a 429 that was waited out too."""
    errors = {"429": {"schema": {"type": "object", "required": ["code"]}}}
    (settings.root / "openapi.json").write_text(json.dumps({**DOCUMENT, "x-errors": errors}))
    with opened(Shop(limited=1), settings, Options(max_examples=2)) as verification:
        run = verification.run(lambda _: None)
    assert {"misshapen-error"} == {item.rule for item in run.findings} - NOTED


@pytest.mark.parametrize(("rate", "expected"), [(None, 2), (Rate(number=7, seconds=1), 7)])
def test_settings_give_the_rate_unless_an_option_does(
    settings: Settings, rate: Rate | None, expected: int
) -> None:
    """The option counts more than the setting."""
    chosen = replace(settings, rate="2/s")
    with opened(Shop(), chosen, Options(rate=rate)) as verification:
        assert verification.options.rate == Rate(number=expected, seconds=1)
