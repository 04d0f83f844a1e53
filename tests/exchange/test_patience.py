"""Retry-After, and how often and how long a service is waited for."""

from __future__ import annotations

from email.utils import formatdate

import pytest

from accord.cases.request import Request
from accord.exchange.patience import ALTOGETHER, LONGEST, TIMES, Patience, retry_after
from accord.exchange.values import Exchange, Lapse, Response

NOW = 1_700_000_000.0


def said(
    status: int, after: str | None = None, *, operation: str = "a", lapse: Lapse | None = None
) -> Exchange:
    """Return an exchange with this answer."""
    headers = (("Retry-After", after),) if after is not None else ()
    return Exchange(
        id="e1",
        operation=operation,
        request=Request(method="GET", url="http://service/"),
        response=Response(status=status, headers=headers),
        lapse=lapse,
        started=NOW,
        seconds=0.1,
    )


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (formatdate(NOW + 7, usegmt=True), 7.0),
        ("Tue, 14 Nov 2023 22:13:27 GMT", 7.0),
        ("Tuesday, 14-Nov-23 22:13:27 GMT", 7.0),
        (formatdate(NOW - 7, usegmt=True), 0.0),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("9" * 5000, None),
        ("Tue, 99 Nov 2023 99:99:99 GMT", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    """Both forms of RFC 9110, 10.2.3 are read; nonsense says nothing."""
    assert seconds == retry_after(Response(status=429, headers=(("retry-after", value),)), NOW)


@pytest.mark.parametrize(
    ("exchange", "seconds"),
    [
        (said(429, "3"), 3.0),
        (said(503, "3"), 3.0),
        (said(429), 1.0),
        (said(429, "soon"), 1.0),
        (said(429, "86400"), LONGEST),
        (said(503), None),
        (said(503, "soon"), None),
        (said(500, "3"), None),
        (said(200, "3"), None),
        (said(429, "3", lapse=Lapse.CLOSED), None),
    ],
)
def test_what_a_service_asks_for_is_waited(exchange: Exchange, seconds: float | None) -> None:
    """429 is always waited for, 503 when it says how long, each for a minute at most; nothing else is."""
    assert seconds == Patience(clock=lambda: NOW).delay(exchange, 0)


def test_without_a_time_the_waits_grow() -> None:
    """A 429 that says no time is asked again after twice the time, a few times, and then no more."""
    patience = Patience(clock=lambda: NOW)
    waits = [patience.delay(said(429), times) for times in range(TIMES + 1)]
    assert [1.0, 2.0, 4.0, 8.0, 16.0, None] == waits
    assert (6, 5, 31.0) == (patience.limited, patience.waits, patience.seconds)


def test_operation_that_stays_limited_is_not_waited_for_again() -> None:
    """Once all waits were in vain, that operation is asked without, until it answers something else."""
    patience = Patience(clock=lambda: NOW)
    assert patience.delay(said(429), TIMES) is None
    assert patience.delay(said(429), 0) is None
    assert 1.0 == patience.delay(said(429, operation="b"), 0)
    assert patience.delay(said(200), 0) is None
    assert 1.0 == patience.delay(said(429), 0)


def test_all_waits_together_are_bounded() -> None:
    """A service that limits everything does not keep a run for ever."""
    patience = Patience(clock=lambda: NOW)
    waits = [patience.delay(said(429, "45", operation=str(number)), 0) or 0.0 for number in range(100)]
    assert ALTOGETHER == sum(waits)
    assert 100 == patience.limited


def test_refusals_are_handed_on_once() -> None:
    """What was asked again is there to be judged, once, and not without bound."""
    patience = Patience(clock=lambda: NOW)
    for _ in range(50):
        patience.delay(said(429, "0"), 0)
    assert 20 == len(patience.take())
    assert () == patience.take()
