"""Facts about one play of a case as a value: ids by their origin, no host, no date."""

from __future__ import annotations

import json

from accord.cases.request import Request
from accord.exchange.values import Exchange, Lapse, Response
from accord.findings.regression.take import OTHER, Take, identities, sample

ONE, TWO, SENT = (f"05e70000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3))


def said(body, *, path="/things", host="http://a:1", headers=(), sent=b"", lapse=None):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Exchange(
        id="e",
        operation="o",
        request=Request(method="GET", url=f"{host}{path}", body=sent),
        response=None if lapse else Response(status=200, headers=headers, body=data),
        lapse=lapse,
        started=0,
        seconds=0,
    )


def body_of(*exchanges, shared=()):
    return sample(Take(exchanges=exchanges), lambda item: item in shared).body


def test_an_id_is_called_by_the_step_that_gave_it_out():
    """So two services that give out ids of their own say the same when they mean the same."""
    first, second = said({"id": ONE}), said({"id": ONE, "other": TWO, "was": [SENT]}, path=f"/things/{SENT}")
    assert {"id": "<of step 1>", "other": "<of step 2>", "was": [SENT]} == body_of(first, second)


def test_an_id_that_both_sides_know_stays():
    """Data that is the same on both sides is compared as it is."""
    assert {"id": ONE, "other": "<of step 1>"} == body_of(said({"id": ONE, "other": TWO}), shared={ONE})


def test_the_address_of_the_service_is_no_difference():
    """What refers to the service itself is the same wherever it runs."""
    assert "{origin}/x" == body_of(said("http://a:1/x"))
    assert "{origin}/x" == body_of(said("http://b:2/x", host="http://b:2"))


def test_names_of_members_are_spelled_as_well():
    """A map by ids is a map by the same things."""
    assert {"<of step 1>": 1} == body_of(said({ONE.upper(): 1}))


def test_bytes_are_told_apart_by_their_digest():
    """What is no text is the same or it is not."""
    assert body_of(said(b"\xff\x00")) == body_of(said(b"\xff\x00"))
    assert body_of(said(b"\xff\x00")) != body_of(said(b"\xff\x01"))


def test_no_answer_is_a_status_of_its_own():
    """Why nothing came stands where the status would."""
    assert "timeout" == sample(Take(exchanges=(said("", lapse=Lapse.TIMEOUT),)), lambda _: False).status


def test_headers_of_the_way_are_left_out():
    """The date and the length follow from the moment and the body."""
    headers = (("Date", "now"), ("X-Total", "3"), ("Content-Length", "2"), ("ETag", "x"))
    assert {"x-total": "3"} == sample(Take(exchanges=(said({}, headers=headers),)), lambda _: False).headers


def test_depth_and_size_are_bounded():
    """An answer that is too deep or too long is cut, and nothing fails."""
    deep = b"[" * 5000 + b"]" * 5000
    assert body_of(said(deep)) is not None
    assert "more than" in str(body_of(said(b'"' + b"x" * 3_000_000 + b'"')))
    assert not identities(said(b"x" * 3_000_000))
    assert OTHER not in str(body_of(said(deep)))
