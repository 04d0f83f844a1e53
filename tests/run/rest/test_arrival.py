"""A service brought into the state of a workflow's step, asked of a small shop in process."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from accord.cases.change import Changes
from accord.cases.credential import Credential
from accord.cases.expression import ABSENT
from accord.cases.wrong import Wrong
from accord.config import IdentitySettings, Settings
from accord.contract.openapi import Operation
from accord.run.context import Context
from accord.run.opening import opened
from accord.run.options import Options
from accord.run.rest.arrival import Arrival, arrive, good_requests

ORDER = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}
PRICE = {"type": "object", "required": ["price"], "properties": {"price": {"type": "integer", "example": 3}}}
ID = {"name": "order", "in": "path", "required": True, "schema": {"type": "integer"}}


def said(schema: Any) -> dict[str, Any]:
    """Return a documented answer with a JSON body."""
    return {"description": "x", "content": {"application/json": {"schema": schema}}}


def operation(name: str, body: Any = None) -> dict[str, Any]:
    """Return an operation that answers with an order."""
    taken = {"required": True, "content": {"application/json": {"schema": body}}}
    return {
        "operationId": name,
        "responses": {"200": said(ORDER), "409": said({})},
        **({"requestBody": taken} if body else {}),
    }


DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": "1"},
    "security": [{"token": []}],
    "paths": {
        "/orders": {"get": operation("list"), "post": operation("add", PRICE)},
        "/orders/{order}": {"parameters": [ID], "get": operation("read")},
        "/orders/{order}/pay": {"parameters": [ID], "post": operation("pay", PRICE)},
        "/orders/{order}/send": {"parameters": [ID], "post": operation("ship")},
    },
    "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
}
SHOWN = {"name": "Authorization", "in": "header", "value": "Bearer mine"}
THE_ORDER = {"name": "order", "in": "path", "value": "$steps.order.outputs.order"}
WORKFLOW = {
    "arazzo": "1.0.1",
    "info": {"title": "Buy", "version": "1"},
    "sourceDescriptions": [{"name": "shop", "url": "./openapi.json", "type": "openapi"}],
    "workflows": [
        {
            "workflowId": "buy",
            "steps": [
                {
                    "stepId": "order",
                    "operationId": "add",
                    "parameters": [SHOWN],
                    "requestBody": {"contentType": "application/json", "payload": {"price": 5}},
                    "successCriteria": [{"condition": "$statusCode == 200"}],
                    "outputs": {"order": "$response.body#/id"},
                },
                {
                    "stepId": "pay",
                    "operationId": "pay",
                    "parameters": [SHOWN, THE_ORDER],
                    "requestBody": {"contentType": "application/json", "payload": {"price": 5}},
                    "successCriteria": [{"condition": "$statusCode == 200"}],
                },
                {"stepId": "ship", "operationId": "ship", "parameters": [SHOWN, THE_ORDER]},
            ],
        }
    ],
}


class Shop:
    """The service: an order is paid once, then shipped once; ``broken`` says what answers 500."""

    def __init__(self) -> None:
        self.orders: dict[int, str] = {}
        self.broken = ""
        self.asked: list[tuple[str, str, str, bytes]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one scope."""
        if scope["type"] == "lifespan":
            for kind in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{kind}.complete"})
            return
        body = (await receive()).get("body", b"")
        token = dict(scope["headers"]).get(b"authorization", b"").decode()
        self.asked.append((scope["method"], scope["path"], token, body))
        status, answer = self.answer(scope["method"], scope["path"])
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    def answer(self, method: str, path: str) -> tuple[int, Any]:
        """Return status and body."""
        _, _, number, *action = [*path.split("/"), ""] if path.count("/") == 1 else path.split("/")
        verb = action[0] if action else ""
        if self.broken and path.endswith(self.broken):
            return 500, {}
        if method == "POST" and not number:
            self.orders[len(self.orders) + 1] = "new"
            return 200, {"id": len(self.orders)}
        if not number:
            return 200, {"orders": [{"id": order} for order in self.orders]}
        order = int(number)
        before, after = {"pay": ("new", "paid"), "send": ("paid", "sent")}.get(verb, ("", ""))
        if order not in self.orders or (verb and self.orders[order] != before):
            return 409, {}
        self.orders[order] = after or self.orders[order]
        return 200, {"id": order}


@pytest.fixture
def shop() -> Shop:
    """Return a service without orders."""
    return Shop()


@pytest.fixture
def context(tmp_path: Path, shop: Shop) -> Iterator[Context]:
    """Return the context of a run against the shop."""
    (tmp_path / "openapi.json").write_text(json.dumps(DOCUMENT))
    (tmp_path / "workflows.arazzo.json").write_text(json.dumps(WORKFLOW))
    settings = Settings(
        root=tmp_path, contract=tmp_path, identities={"default": IdentitySettings(token="mine")}
    )
    with ExitStack() as stack:
        yield stack.enter_context(opened(shop, settings, Options())).context


@pytest.fixture
def known(context: Context) -> Callable[[str], Operation]:
    """Return the way from an operationId to its operation."""
    return {item.id: item for item in context.contract.operations}.__getitem__


def arrived(context: Context, operation: Operation) -> Arrival:
    """Return the arrival at *operation*, which a workflow calls."""
    found = arrive(context, operation)
    assert isinstance(found, Arrival), found
    return found


def test_steps_before_are_played_and_the_step_is_not(
    context: Context, shop: Shop, known: Callable[[str], Operation]
) -> None:
    """On arrival the service is in the state before the step, which was composed and not sent."""
    arrival = arrived(context, known("ship"))
    assert [("POST", "/orders"), ("POST", "/orders/1/pay")] == [item[:2] for item in shop.asked]
    assert {1: "paid"} == shop.orders
    assert ({"order": 1}, ABSENT, None) == (arrival.path, arrival.body, arrival.media_type)
    answer = arrival.send()
    assert (200, {1: "sent"}) == (answer.response and answer.response.status, shop.orders)
    assert "ship" == answer.operation


def test_each_arrival_is_fresh(context: Context, shop: Shop, known: Callable[[str], Operation]) -> None:
    """The state that one request uses up is there again for the next arrival."""
    statuses = [arrived(context, known("pay")).send().response for _ in range(2)]
    assert [200, 200] == [item and item.status for item in statuses]
    assert {1: "paid", 2: "paid"} == shop.orders


def test_changes_are_made_to_a_copy(context: Context, shop: Shop, known: Callable[[str], Operation]) -> None:
    """A wrong member, other bytes, another caller and another step change one request and not the arrival."""
    arrival = arrived(context, known("pay"))
    shop.orders.clear()
    wrong = Wrong(location="body", path=("price",), keyword="type", value="dear")
    arrival.send(Changes(wrong=wrong))
    arrival.send(Changes(wrong=Wrong(location="path", path=("order",), keyword="unknown", value="a/b")))
    arrival.send(Changes(body=b"{", content_type="text/plain"))
    arrival.send(Changes(credential=Credential(headers={"authorization": "Bearer theirs"})))
    arrival.send(Changes(credential=Credential()))
    assert arrival.step is not None
    replace(arrival, step=replace(arrival.step, body={"price": 9})).send()
    arrival.send()
    sent = ("POST", "/orders/1/pay", "Bearer mine", b'{"price":5}')
    assert [
        (*sent[:3], b'{"price":"dear"}'),
        (sent[0], "/orders/a/b/pay", *sent[2:]),
        (*sent[:3], b"{"),
        (*sent[:2], "Bearer theirs", sent[3]),
        (*sent[:2], "", sent[3]),
        (*sent[:3], b'{"price":9}'),
        sent,
    ] == shop.asked[1:]
    assert ({"price": 5}, "application/json") == (arrival.body, arrival.media_type)


def test_way_that_ends_early_is_not_taken_twice(
    context: Context, shop: Shop, known: Callable[[str], Operation]
) -> None:
    """A step that fails before the operation is the reason why there is no arrival, without asking again."""
    shop.broken = "/pay"
    reason = "step 'pay' of workflow 'buy', which comes before it, failed"
    assert reason == arrive(context, known("ship"))
    count = len(shop.asked)
    assert reason == arrive(context, known("ship"))
    assert count == len(shop.asked)
    assert isinstance(arrive(context, known("pay")), Arrival)


def test_operation_without_workflow_is_asked_about_what_is_known(
    context: Context, shop: Shop, known: Callable[[str], Operation]
) -> None:
    """Where no workflow calls an operation, its path names a thing that the caller owns."""
    shop.orders[4] = "new"
    assert "no workflow of the contract calls it" == arrive(context, known("read"))
    arrival = next(good_requests(context, known("read")))
    assert isinstance(arrival, Arrival)
    assert (None, {"order": 4}, ABSENT) == (arrival.step, arrival.path, arrival.body)
    answer = arrival.send()
    assert 200 == (answer.response and answer.response.status)


def test_operation_of_which_nothing_is_known_gives_the_reason(
    context: Context, shop: Shop, known: Callable[[str], Operation]
) -> None:
    """Without a way and without a thing there is no good request, and it is said why no way leads there."""
    shop.broken = "/orders"
    assert "no workflow of the contract calls it" == arrive(context, known("read"))
    assert [] == list(good_requests(context, known("read")))


def test_step_that_is_to_be_refused_is_no_way_to_a_success(tmp_path: Path, shop: Shop) -> None:
    """A workflow that shows a refusal does not lead to a good request."""
    refusal = {
        **WORKFLOW["workflows"][0]["steps"][2],
        "successCriteria": [{"condition": "$statusCode == 409"}],
    }  # type: ignore[index]
    first = {**WORKFLOW["workflows"][0]["steps"][0]}  # type: ignore[index]
    steps = [{**first, "stepId": "order"}, refusal]
    document = {**WORKFLOW, "workflows": [{"workflowId": "early", "steps": steps}]}
    (tmp_path / "openapi.json").write_text(json.dumps(DOCUMENT))
    (tmp_path / "workflows.arazzo.json").write_text(json.dumps(document))
    settings = Settings(root=tmp_path, contract=tmp_path)
    with opened(shop, settings, Options()) as verification:
        (ship,) = [item for item in verification.context.contract.operations if item.id == "ship"]
        assert "no workflow of the contract calls it" == arrive(verification.context, ship)
