"""The WebSocket, in this process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sartiq_sandbox.schemas.messages import GenerationPublic, ShotPublic

from sandbox_talk import (
    LOOK,
    PENDING_SHOT,
    PREDICTION,
    REVIEW_SHOT,
    SHOOTING,
    Socket,
    Talk,
)


def listening(talk: Talk, name: str = "demo") -> Socket:
    """Return an authenticated WebSocket."""
    socket = talk.socket().authenticate(talk.token(name))
    assert socket.message()["type"] == "auth_success"
    return socket


def test_a_good_token_is_answered_with_the_user(talk: Talk) -> None:
    """The first message names the user and the organisation of the token."""
    message = talk.socket().authenticate(talk.token("demo")).message()
    me = talk.get("/users/me").json()
    assert {"type", "context", "user_id", "organization_id"} == set(message)
    assert ("auth_success", "organization", me["id"]) == (
        message["type"],
        message["context"],
        message["user_id"],
    )


def test_a_bad_token_is_answered_and_closed(talk: Talk) -> None:
    """A token that is not valid is answered with auth_error, then closed with 4401."""
    for token in ("", "x", "é\ud800", "W1tb" * 9000 + ".e30.x", talk.token("demo")[:-2]):
        socket = talk.socket().authenticate(token)
        refusal = {"type": "auth_error", "error": "Could not validate credentials"}
        assert refusal == socket.message()
        assert 4401 == socket.close_code()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '"authenticate"',
        "{}",
        '{"type": 1, "token": "x"}',
        '{"type": "hello", "token": "x"}',
        '{"type": "authenticate"}',
        '{"type": "authenticate", "token": null}',
        '{"type": "authenticate", "token": "x", "more": NaN}',
        "[" * 30000,
        '{"a": ' * 9000,
        "9" * 5000,
        "\ufeff{}",
        "\ud800",
    ],
)
def test_a_frame_that_is_no_authentication_is_closed_with_4400(talk: Talk, text: str) -> None:
    """Whatever is not an authenticate message ends the connection, before and after the login."""
    assert 4400 == talk.socket().send(text).close_code()
    assert 4400 == listening(talk).send(text).close_code()


def test_binary_frames_are_closed_with_1003(talk: Talk) -> None:
    """A binary frame ends the connection, before and after the login."""
    assert 1003 == talk.socket().send_bytes(b"{}").close_code()
    assert 1003 == listening(talk).send_bytes(b"").close_code()


def test_frames_over_the_limit_are_closed_with_1009(talk: Talk) -> None:
    """The limit counts bytes, not characters: 65536 pass, one more does not."""
    assert 4400 == talk.socket().send("é" * 32768).close_code()
    assert 1009 == talk.socket().send("é" * 32768 + "x").close_code()


def test_a_silent_client_is_closed_with_4408(start: Callable[..., Talk]) -> None:
    """A connection without authentication ends, without a message."""
    event = start(authentication_timeout=0.02).socket().event()
    assert ("websocket.close", 4408) == (event["type"], event["code"])


def test_a_second_authentication_is_closed_with_4429(talk: Talk) -> None:
    """One connection authenticates once."""
    token = talk.token("demo")
    assert 4429 == listening(talk).authenticate(token).close_code()


def test_an_expired_token_ends_the_stream_with_4401(start: Callable[..., Talk]) -> None:
    """When the token ends, so does the connection."""
    now = datetime(2030, 1, 1, tzinfo=UTC)
    talk = start(clock=lambda: now)
    socket = listening(talk)
    now += timedelta(seconds=3601)
    assert 4401 == socket.close_code()


def test_a_connection_that_ends_leaves_nothing_behind(talk: Talk) -> None:
    """The hub forgets a connection that the client leaves."""
    hub = talk.app.state.sandbox.hub
    socket = listening(talk)
    assert 1 == len(hub)
    socket.leave()
    assert 0 == len(hub)
    talk.socket().leave()


def test_a_look_is_announced_shot_by_shot(talk: Talk) -> None:
    """A new look sends one shot_created for each of its shots."""
    socket = listening(talk)
    look = talk.post(f"/shootings/{SHOOTING}/looks", json=LOOK).json()
    messages = [socket.message(), socket.message()]
    assert ["shot_created"] * 2 == [message["type"] for message in messages]
    assert [shot["id"] for shot in look["shots"]] == [m["payload"]["id"] for m in messages]


def test_a_generation_is_announced_step_by_step(talk: Talk) -> None:
    """Every step is one message, and the end comes before the change of the shot."""
    socket = listening(talk)
    generation = talk.generated(PENDING_SHOT, 2)
    messages = [socket.message() for _ in range(8)]
    assert [
        ("generation_created", "pending"),
        ("shot_updated", "generating"),
        ("generation_updated", "processing"),
        ("generation_updated", "processing"),
        ("generation_updated", "processing"),
        ("generation_updated", "processing"),
        ("generation_completed", "completed"),
        ("shot_updated", "review"),
    ] == [(message["type"], message["payload"]["status"]) for message in messages]
    assert ["pending"] * 2 == [p["status"] for p in messages[2]["payload"]["predictions"]]
    assert ["generating"] * 2 == [p["status"] for p in messages[3]["payload"]["predictions"]]
    assert [p["result_image_url"] for p in generation["predictions"]] == [
        p["result_image_url"] for p in messages[6]["payload"]["predictions"]
    ]


def test_payloads_have_exactly_the_public_members(talk: Talk) -> None:
    """No member that only REST has travels over the WebSocket."""
    socket = listening(talk)
    talk.generated(PENDING_SHOT)
    for message in (socket.message(), socket.message()):
        model = GenerationPublic if message["type"].startswith("generation") else ShotPublic
        assert set(model.model_fields) == set(message["payload"])
        for prediction in message["payload"].get("predictions", []):
            assert "image_url" not in prediction


def test_verdicts_are_announced(talk: Talk) -> None:
    """An approval sends the shot as it now is."""
    socket = listening(talk)
    body = {"prediction_id": PREDICTION}
    shot = talk.post(f"/shots/{REVIEW_SHOT}/approve", json=body).json()
    message = socket.message()
    shot.pop("current_image_url")
    assert {"type": "shot_updated", "payload": shot} == message


def test_another_organisation_hears_nothing(talk: Talk) -> None:
    """Changes go to the connections of their own organisation, in all their number."""
    stranger, first, second = listening(talk, "other"), listening(talk), listening(talk, "viewer")
    talk.post(f"/shots/{REVIEW_SHOT}/reject", json={})
    assert first.message() == second.message()
    assert "websocket.close" == stranger.send("").event()["type"]


def test_a_reader_that_is_too_slow_is_closed_with_1013(start: Callable[..., Talk]) -> None:
    """When the queue of a connection is full, the connection ends."""
    talk = start(queue_size=2).log_in("demo")
    token = talk.token("demo")
    sent: list[dict[str, object]] = []
    welcomed, stuck = asyncio.Event(), asyncio.Event()

    async def receive() -> dict[str, object]:
        if not sent:
            return {"type": "websocket.connect"}
        if len(sent) == 1:
            text = json.dumps({"type": "authenticate", "token": token})
            return {"type": "websocket.receive", "text": text}
        await stuck.wait()
        raise AssertionError

    async def send(event: dict[str, object]) -> None:
        sent.append(event)
        if len(sent) == 2:
            welcomed.set()
        if len(sent) == 3:
            await stuck.wait()  # the first change is never taken

    scope = {"type": "websocket", "path": "/api/v1/ws", "headers": [], "query_string": b""}

    async def converse() -> None:
        task = asyncio.create_task(talk.app(scope, receive, send))
        await welcomed.wait()
        url = f"/shots/{PENDING_SHOT}/generate"
        await talk.client.post(url, json={"num_predictions": 4}, headers=talk.headers)
        await asyncio.wait_for(task, 5)

    talk.runner.run(converse())
    assert ("websocket.close", 1013) == (sent[-1]["type"], sent[-1]["code"])


def test_the_end_of_the_sandbox_is_the_end_of_the_connections(start: Callable[..., Talk]) -> None:
    """A sandbox that stops closes with 1001."""
    talk = start()
    socket = listening(talk)

    async def restart() -> None:
        async with talk.app.router.lifespan_context(talk.app):
            pass

    talk.runner.run(restart())
    assert 1001 == socket.close_code()


def test_a_change_is_announced_after_it_can_be_read(talk: Talk) -> None:
    """A GET after a message shows the state of the message, or a later one."""
    order = ["pending", "processing", "completed"]
    socket = listening(talk)
    talk.post(f"/shots/{PENDING_SHOT}/generate", json={"num_predictions": 2})
    while (message := socket.message())["type"] != "generation_completed":
        if message["type"].startswith("generation"):
            read = talk.get(f"/generations/{message['payload']['id']}").json()
            assert order.index(read["status"]) >= order.index(message["payload"]["status"])
            assert read["updated_at"] >= message["payload"]["updated_at"]
