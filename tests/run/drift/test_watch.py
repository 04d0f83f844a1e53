"""Facts about a watch: when it asks, when it sends again, and what does not end it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from receivers import WIDER, document

from accord.run.drift.watch import Rhythm, watch


def test_a_watch_asks_again_and_less_often_while_nobody_answers(put, hook, publisher):
    """Every minute, two, four, eight; jitter is a tenth. It ends after its runs and returns the last answer."""
    now = [1000.0]
    waits = []

    def wait(seconds):
        waits.append(seconds)
        now[0] += seconds

    publisher.status = 503
    told = []
    rhythm = Rhythm(every=60.0, runs=6, wait=wait)
    last = watch(replace(put, clock=lambda: now[0]), rhythm, told.append, lambda _: None)
    assert 6 == len(told)
    assert last is told[-1]
    for seconds, expected in zip(waits, [120, 240, 480, 480, 480], strict=True):
        assert expected * 0.9 <= seconds <= expected * 1.1


def test_a_watch_sends_again_before_it_asks_again(put, hook, publisher):
    """An alert that was not taken does not wait for the next question."""
    now = [1000.0]

    def wait(seconds):
        now[0] += seconds
        hook.status = 204

    publisher.document = document(a=WIDER)
    hook.status = 500
    later = []
    rhythm = Rhythm(every=600.0, runs=2, wait=wait)
    watch(replace(put, clock=lambda: now[0]), rhythm, lambda _: None, later.append)
    assert [(1, 0)] == [(item.sent, item.wait) for item in later]
    assert 2 == len(publisher.asked)


def test_a_watch_goes_on_when_the_contract_breaks_meanwhile(put, folder, publisher):
    """The first question would have raised it; later ones say so and ask again."""
    text = (folder / "openapi.json").read_text()
    told = []

    def tell(asked):
        told.append(asked)
        (folder / "openapi.json").write_text("{" if len(told) == 1 else text)

    watch(put, Rhythm(every=1.0, runs=3, wait=lambda _: None), tell, lambda _: None)
    assert [True, False, True] == [asked.compared is not None for asked in told]


def test_a_watch_does_not_begin_with_a_file_of_another_program(put):
    """That is an error before anything is asked."""
    put.drift.state.mkdir(parents=True)
    with pytest.raises(Exception, match="cannot be used"):
        watch(put, Rhythm(every=1.0, runs=1), lambda _: None, lambda _: None)
