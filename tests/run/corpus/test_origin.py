"""Facts about ids: those that the service gives out are told from those that the client thinks up."""

from __future__ import annotations

import json

import pytest

from accord.cases.request import Request
from accord.exchange.values import Exchange, Response
from accord.run.corpus.origin import Origins, reference_to, with_references

ID = "3f1c2a9e-58a4-4c1d-9f7e-0a1b2c3d4e5f"
BASE = "http://service.test"


def exchange(
    number: int, target: str, *, sent: object = None, said: object = None, status: int = 200
) -> Exchange:
    """Return an exchange of JSON."""
    body = b"" if sent is None else json.dumps(sent).encode()
    return Exchange(
        id=f"e{number}",
        operation="any",
        request=Request(method="POST", url=BASE + target, body=body),
        response=Response(status=status, body=json.dumps(said).encode()),
        started=0.0,
        seconds=0.0,
    )


def test_an_id_that_was_given_out_has_an_origin() -> None:
    """The answer that gave it out first, and where it stood there, are known."""
    origins = Origins()
    origins.hear(exchange(1, "/things", said={"items": [{"id": ID}]}))
    origins.hear(exchange(2, "/things", said={"id": ID}))
    (origin,) = origins.of(exchange(3, f"/things/{ID}")).values()
    assert ("e1", "/items/0/id") == (origin.exchange.id, origin.pointer)
    assert [ID] == list(origins.of(exchange(3, "/other", sent={"thing": ID})))


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(exchange(1, f"/things/{ID}", said={"id": ID}), id="in the path"),
        pytest.param(exchange(1, "/things", sent={"id": ID}, said={"id": ID}), id="in the body"),
        pytest.param(exchange(1, "/things", said={"detail": ID}, status=404), id="in a refusal"),
        pytest.param(exchange(1, "/things", said={"name": "Summer"}), id="no id"),
    ],
)
def test_what_a_client_said_first_is_no_id_of_the_service(first: Exchange) -> None:
    """Such a value is good against any service, and stays as it is."""
    origins = Origins()
    origins.hear(first)
    assert {} == origins.of(exchange(2, f"/things/{ID}", sent={"name": "Summer"}))


def test_numbers_belong_to_their_collection() -> None:
    """The thing 17 of one collection is not that of another."""
    origins = Origins()
    origins.hear(exchange(1, "/things", said={"id": 17}))
    assert ["things/17"] == list(origins.of(exchange(2, "/things/17/parts")))
    assert {} == origins.of(exchange(2, "/others/17"))


def test_an_answer_that_is_no_json_says_nothing() -> None:
    """Neither bytes nor depth do harm."""
    origins = Origins()
    broken = exchange(1, "/things")
    for body in (b"\xff\x00", b"[" * 100_000, b'{"id": true}'):
        response = Response(status=200, body=body)
        origins.hear(
            Exchange(id="e1", operation="x", request=broken.request, response=response, started=0, seconds=0)
        )
    assert {} == origins.of(exchange(2, f"/things/{ID}"))


def test_references_stand_for_ids_alone() -> None:
    """Everything else stays as it is, and what looks like a reference is marked."""
    known = {ID: reference_to(0, "/id"), "things/17": reference_to(1, "/a~1b}")}
    assert "/x/${0#/id}?q=${0#/id}&n=17" == with_references(f"/x/{ID}?q={ID}&n=17", known.get, target=True)
    assert "/things/${1#/a~1b%7D}/17" == with_references("/things/17/17", known.get, target=True)
    assert '{"a": "${}0#/id}", "b": "${0#/id}"}' == with_references(
        '{"a": "${0#/id}", "b": "' + ID + '"}', known.get, target=False
    )
