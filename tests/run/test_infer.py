"""Proposals: applied, they make what was seen legal, widen nothing else, and leave the rest of the text alone."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from accord.cases.request import Request
from accord.contract.contract import load
from accord.exchange.recording import dump
from accord.exchange.values import Exchange, Opened, Received, Response, Session
from accord.findings.finding import Severity
from accord.run.infer import infer
from accord.run.observe import Holding, Naming, hold, observe

SHOP = Path(__file__).parents[2] / "docs" / "rules" / "cases" / "shop"
OLD = """\
openapi: 3.0.3
info:
  title: Old   # the words of 3.0
  version: "1"
paths:
  /orders/{id}:
    get:
      operationId: read_order
      parameters:
        - name: id
          in: path
          required: true
          schema:
            type: integer
      responses:
        "200":
          description: The order.
          content:
            application/json:
              schema:
                $ref: "#/components/schemas/Order"
components:
  schemas:
    Order:
      type: object
      required:
        - id   # always
      properties:
        # What it is known by.
        id:
          type: integer

        state:
          $ref: "#/components/schemas/State"   # a name of its own
    State:
      type: string
      enum:
        - open
        - paid
"""


def answer(body, status=200, path="/orders/7"):
    """Return an exchange that was answered *body*."""
    return Exchange(
        id="e1",
        operation=None,
        request=Request(method="GET", url=f"https://shop.example{path}"),
        response=Response(
            status=status,
            headers=(("Content-Type", "application/json"),) if body is not None else (),
            body=b"" if body is None else json.dumps(body).encode(),
        ),
        started=0,
        seconds=0,
    )


def told(*messages):
    """Return a session in which the server said *messages*."""
    events = (Opened(at=0), *(Received(at=1, data=json.dumps(item)) for item in messages))
    return Session(
        id="s1", channel="events", url="ws://h/events", script="x", identity=None, events=events, started=0
    )


def recorded(folder, *said):
    """Write a recording of *said*, and return its path."""
    path = folder / "said.ndjson"
    path.write_bytes(b"".join(map(dump, said)))
    return path


def worst(contract, path):
    """Return the gravest finding of the traffic at *path* under the contract at *contract*."""
    loaded = load(contract)
    return hold(loaded, observe(loaded, [path], Naming()), Holding(), sources="").worst()


def applied(contract, inference):
    """Apply the patch as its reader does."""
    done = subprocess.run(
        ["git", "apply", "-p1", "-"],
        cwd=contract,
        input=inference.patch(),
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


DEVIATIONS = [
    answer({"id": 7, "state": "open", "email": None}),
    answer({"id": "x7", "state": "lost"}),
    answer({"id": 0, "state": None, "note": "n" * 30, "lines": [{"sku": "a", "n": 1}, {"sku": "b"}]}),
    answer({"id": 1}),
    answer({"code": "gone", "why": None}, 410),
    answer(None, 503),
    answer({"id": 7, "state": "paid", "payment": {"type": "card", "pin": 1}}),
    answer({"id": 7, "state": "paid", "payment": None}),
    told({"type": "paid", "id": None}, {"type": "paid", "id": 3, "by": "ann"}),
]


@pytest.fixture
def shop(tmp_path):
    """Give a copy of the shop's contract."""
    return shutil.copytree(SHOP, tmp_path / "shop")


@pytest.mark.parametrize("number", range(len(DEVIATIONS)))
def test_after_each_change_the_same_traffic_is_in_accord(shop, tmp_path, number):
    """What was an error, or undeclared, is found no more once the patch is applied."""
    path = recorded(tmp_path, DEVIATIONS[number])
    assert worst(shop, path) in (Severity.ERROR, Severity.WARNING)
    applied(shop, infer(load(shop), [path], Naming()))

    assert worst(shop, path) is None


def test_after_all_changes_at_once_nothing_is_found(shop, tmp_path):
    """Changes of one place do not undo each other, and nothing is left to propose."""
    path = recorded(tmp_path, *DEVIATIONS)
    inference = infer(load(shop), [path], Naming())
    applied(shop, inference)

    assert () == inference.left
    assert worst(shop, path) is None
    assert "" == infer(load(shop), [path], Naming()).patch()


def test_nothing_is_widened_beyond_what_came(shop, tmp_path):
    """The values of the order after the patch are exactly those that were seen and those that were promised."""
    path = recorded(tmp_path, *DEVIATIONS)
    applied(shop, infer(load(shop), [path], Naming()))
    order = yaml.safe_load((shop / "openapi.yaml").read_text())["components"]["schemas"]["Order"]

    assert ["id"] == order["required"]
    assert {"type": ["integer", "string"], "minimum": 0} == order["properties"]["id"]
    assert ["open", "paid", "sent", None, "lost"] == order["properties"]["state"]["enum"]
    assert 30 == order["properties"]["note"]["maxLength"]
    lines = {"required": ["sku"], "properties": {"n": {"type": "integer"}, "sku": {"type": "string"}}}
    assert {"type": "array", "items": {"type": "object", **lines}} == order["properties"]["lines"]


def test_a_healthy_recording_changes_nothing(shop, tmp_path):
    """There is no patch, and nothing left."""
    inference = infer(load(shop), [recorded(tmp_path, answer({"id": 7, "state": "open"}))], Naming())
    assert ("", (), ()) == (inference.patch(), inference.done, inference.left)


def test_a_contract_of_openapi_3_0_is_changed_in_its_own_words(tmp_path):
    """Null is ``nullable``, a reference stays one, and comments stay where they are."""
    folder = tmp_path / "old"
    folder.mkdir()
    (folder / "openapi.yaml").write_text(OLD)
    said = [answer({"id": None, "state": None, "cost": None}), answer({"state": "sent", "cost": 1.5})]
    path = recorded(tmp_path, *said)
    applied(folder, infer(load(folder), [path], Naming()))
    text = (folder / "openapi.yaml").read_text()

    assert worst(folder, path) is None
    assert "# What it is known by." in text
    assert "title: Old   # the words of 3.0" in text
    state = yaml.safe_load(text)["components"]["schemas"]
    assert {"nullable": True, "allOf": [{"$ref": "#/components/schemas/State"}]} == state["Order"][
        "properties"
    ]["state"]
    assert {"type": "number", "nullable": True} == state["Order"]["properties"]["cost"]
    assert ["open", "paid", "sent"] == state["State"]["enum"]


def test_a_document_in_json_stays_json(tmp_path):
    """New members are written as JSON, on lines of their own where the others are."""
    document = yaml.safe_load((SHOP / "openapi.yaml").read_text())
    (tmp_path / "openapi.json").write_text(json.dumps(document, indent=2) + "\n")
    path = recorded(tmp_path, *DEVIATIONS[:-1])
    inference = infer(load(tmp_path / "openapi.json"), [path], Naming())
    applied(tmp_path, inference)

    json.loads((tmp_path / "openapi.json").read_text())
    assert worst(tmp_path / "openapi.json", path) is None


def test_what_only_a_person_can_say_is_left(shop, tmp_path):
    """A broken format, an unknown variant and another media type are told, not guessed."""
    said = [
        answer({"id": 7, "state": "open", "email": "nobody", "payment": {"type": "cheque"}}),
        answer({"id": 7, "state": "open"}),
    ]
    inference = infer(load(shop), [recorded(tmp_path, *said)], Naming())

    assert "" == inference.patch()
    assert {"a person has to say how"} == {reason for _, reason in inference.left}
    assert 2 == len(inference.left)


def test_what_an_overlay_lays_on_is_not_proposed_as_a_patch(shop, tmp_path):
    """It does not stand in the text of the document, and the reader is told so."""
    (shop / "overlay.yaml").write_text(
        "overlay: 1.0.0\ninfo: { title: More, version: '1' }\nactions:\n"
        "  - { target: $.components.schemas.Order.properties, update: { tone: { type: string } } }\n"
    )
    inference = infer(
        load(shop), [recorded(tmp_path, answer({"id": 7, "state": "open", "tone": None}))], Naming()
    )

    assert "" == inference.patch()
    assert ["nothing stands there in the text of the document"] == [reason for _, reason in inference.left]
