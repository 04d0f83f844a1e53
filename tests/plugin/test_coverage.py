"""The suite of pytest fails when less of what messages can show was seen than was asked for."""

from __future__ import annotations

import pytest

CHANNEL = """
asyncapi: 3.0.0
info: { title: Lamp, version: 1.0.0 }
channels:
  lamp:
    address: /lamp
    messages:
      light: { payload: { type: object, required: [light], properties: { light: { enum: [on, off] } } } }
operations:
  tell: { action: send, channel: { $ref: "#/channels/lamp" }, messages: [{ $ref: "#/channels/lamp/messages/light" }] }
"""
SERVICE = """
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        for kind in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{kind}.complete"})
        return
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": '{"light": "on"}'})
    while (await receive())["type"] != "websocket.disconnect":
        pass
"""


@pytest.fixture
def lamp(project):
    """Give a project whose service tells one of two values."""
    project.write("lamp.yaml", CHANNEL)
    project.write("lamp.py", SERVICE)
    project.write("pyproject.toml", '[tool.accord]\ncontract = "lamp.yaml"\ntarget = "lamp:app"\n')
    project.write("test_lamp.py", "from accord.suite import test_contract\n")
    return project


def test_too_little_fails_a_whole_suite(lamp):
    """Two of three things that a message can show are not nine tenths, and the last line says so."""
    done = lamp.pytest("-q", "--accord-min-message-coverage", "90")
    assert done.code == 1, done
    assert "Too little seen: 66 % of what messages can show, not 90 %" in done.out
    assert lamp.pytest("-q", "--accord-min-message-coverage", "60").code == 0


def test_part_of_the_suite_is_not_held_to_it(lamp):
    """Where only one session is chosen, nobody expects that all was seen."""
    done = lamp.pytest("-q", "-k", "open", "--accord-min-message-coverage", "90")
    assert done.code == 0, done


def test_setting_counts_unless_an_option_does(lamp):
    """The setting fails the suite, and an option goes before it; what is no percentage is refused."""
    lamp.write(
        "pyproject.toml",
        '[tool.accord]\ncontract = "lamp.yaml"\ntarget = "lamp:app"\nmin-message-coverage = 90\n',
    )
    assert lamp.pytest("-q").code == 1
    assert lamp.pytest("-q", "--accord-min-message-coverage", "0").code == 0
    done = lamp.pytest("-q", "--accord-min-message-coverage", "101")
    assert (done.code, "101 is not from 0 to 100" in done.err) == (4, True), done
