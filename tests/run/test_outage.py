"""When a service counts as gone, and when one operation of it alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accord.cases.request import Request
from accord.exchange.values import Exchange, Lapse, Response
from accord.run.outage import Gone, Watch


def came(lapse: Lapse | None = None, *, operation: str | None = "slow", method: str = "GET") -> Exchange:
    """Return an exchange with *operation* that was answered, or lapsed."""
    return Exchange(
        id="1",
        operation=operation,
        request=Request(method=method, url="http://127.0.0.1/"),
        response=None if lapse else Response(status=200, headers=(), body=b""),
        lapse=lapse,
        started=0,
        seconds=0,
    )


def silence(watch: Watch, exchange: Exchange) -> None:
    """Let *watch* take note of *exchange* as often as it bears."""
    with pytest.raises(Gone):
        for _ in range(watch.patience):
            watch.note(exchange)


def asking(exchange: Exchange) -> tuple[list[Request], Callable[[Request], Exchange]]:
    """Return how a service is asked that gives *exchange* to everything, and what it was asked."""
    asked: list[Request] = []

    def ask(request: Request) -> Exchange:
        asked.append(request)
        return exchange

    return asked, ask


def test_an_operation_that_alone_is_silent_ends_no_run() -> None:
    """What was answered before is answered still: only this operation is asked nothing more."""
    asked, ask = asking(came())
    watch = Watch(ask=ask)
    watch.note(came(operation="quick"))
    silence(watch, came(Lapse.TIMEOUT))
    assert 1 == len(asked)
    assert "" == watch.reason == watch.why_silent("rest/quick/fuzzing") == watch.why_silent("rest/slower/x")
    words = "the operation stopped answering (timeout, 3 times in a row)"
    assert words == watch.why_silent("rest/slow/fuzzing")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (came(operation="quick"), came(Lapse.TIMEOUT)),
        (came(operation="quick"), came(Lapse.NO_CONNECTION)),
        (came(operation="quick", method="POST"), came()),
        (came(Lapse.TIMEOUT), came()),
    ],
)
def test_a_service_that_answers_nothing_is_gone(before: Exchange, after: Exchange) -> None:
    """It is asked again what it answered, once, and nothing that would write."""
    _, ask = asking(after)
    watch = Watch(ask=ask)
    watch.note(before)
    silence(watch, came(Lapse.TIMEOUT))
    assert watch.reason.startswith("the service stopped answering (timeout")
    assert watch.reason == watch.why_silent("rest/quick/fuzzing")


def test_an_answer_in_between_ends_a_silence() -> None:
    """Only silences in a row count."""
    watch = Watch()
    for _ in range(5):
        watch.note(came(Lapse.TIMEOUT))
        watch.note(came(Lapse.TIMEOUT))
        watch.note(came())
    assert "" == watch.reason
