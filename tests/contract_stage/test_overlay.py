"""Overlays laid over a document, by the letter of Overlay 1.0, section 4.4."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from accord.contract.document import Document, parse_document
from accord.contract.overlay import apply_overlay
from accord.errors import ContractError

DATA: dict[str, Any] = {"a": [0, 1, 2, 3], "b": {"x": {"y": 1, "x": 2}, "t": ["p"]}}


def apply(*actions: dict[str, Any]) -> Any:
    """Return DATA with *actions* applied."""
    document = Document(name="openapi.yaml", data=copy.deepcopy(DATA), text="")
    found = apply_overlay(document, Document(name="overlay.yaml", data={"actions": list(actions)}, text=""))
    assert document.data == DATA, "the document itself stays"
    return found.data


@pytest.mark.parametrize(
    ("action", "place", "value"),
    [
        ({"target": "$.b", "update": {"n": None}}, "b", {**DATA["b"], "n": None}),
        ({"target": "$.b", "update": {"x": {"y": 9}}}, "b", {"x": {"y": 9, "x": 2}, "t": ["p"]}),
        ({"target": "$.b", "update": {"t": ["q"]}}, "b", {"x": DATA["b"]["x"], "t": ["p", "q"]}),
        ({"target": "$.a", "update": 9}, "a", [0, 1, 2, 3, 9]),
        ({"target": "$.a", "update": [9, 8]}, "a", [0, 1, 2, 3, 9, 8]),
        ({"target": "$.a", "update": {"o": 1}}, "a", [0, 1, 2, 3, {"o": 1}]),
        ({"target": "$['a','a']", "update": [9]}, "a", [0, 1, 2, 3, 9]),
        ({"target": "$.a[1]", "remove": True}, "a", [0, 2, 3]),
        ({"target": "$.a[-1]", "remove": True}, "a", [0, 1, 2]),
        ({"target": "$.a[1,0]", "remove": True}, "a", [2, 3]),
        ({"target": "$.a[0,0]", "remove": True}, "a", [1, 2, 3]),
        ({"target": "$.a[::-1]", "remove": True}, "a", []),
        ({"target": "$.a[?@ > 1]", "remove": True}, "a", [0, 1]),
        ({"target": "$..x", "remove": True}, "b", {"t": ["p"]}),
        ({"target": "$.b.x", "remove": True, "update": {"y": 5}}, "b", {"t": ["p"]}),
        ({"target": "$.b.x", "remove": False, "update": {"y": 5}}, "b", {"x": {"y": 5, "x": 2}, "t": ["p"]}),
    ],
)
def test_action_does_what_overlay_1_0_says(action: dict[str, Any], place: str, value: object) -> None:
    """Updates merge objects and append to arrays; removals take every match away, whatever their order."""
    assert value == apply(action)[place]


def test_actions_apply_in_order() -> None:
    """A later action sees what an earlier one did."""
    assert apply({"target": "$", "update": {"n": {}}}, {"target": "$.n", "update": {"m": 1}})["n"] == {"m": 1}


def test_update_is_copied() -> None:
    """Two targets of one update do not share it."""
    found = apply({"target": "$.b.*", "update": {"l": []}}, {"target": "$.b.x.l", "update": 1})
    assert found["b"]["x"]["l"] == [1]
    assert found["b"]["t"] == ["p", {"l": []}]


@pytest.mark.parametrize(
    "action",
    [
        {"target": "$.nothing", "update": {}},
        {"target": "$.a[9]", "remove": True},
        {"target": "no path", "update": {}},
        {"target": "", "update": {}},
        {"target": "$.a[", "update": {}},
        {"target": "$[?" + "(" * 3000, "update": {}},
        {"target": "$" + ".a" * 10_000, "update": {}},
        {"target": "$.b.x.^", "update": {}},
        {"target": "$.b.x.y", "update": {"z": 1}},
        {"target": "$.b", "update": 5},
        {"target": "$", "remove": True},
    ],
    ids=lambda action: action["target"][:20],
)
def test_action_that_cannot_be_is_refused(action: dict[str, Any]) -> None:
    """An action with a bad target, or that would change nothing, is refused at its place."""
    with pytest.raises(ContractError) as caught:
        apply({"target": "$", "update": {}}, action)
    assert caught.value.place == "overlay.yaml#/actions/1"
    assert caught.value.next_step


def test_refused_action_has_its_line() -> None:
    """The error names the line of the action in the overlay."""
    overlay = parse_document(
        "actions:\n- target: $\n  update: {}\n- target: $.no\n  update: {}\n", name="o.yaml"
    )
    with pytest.raises(ContractError) as caught:
        apply_overlay(Document(name="x", data={}, text=""), overlay)
    assert caught.value.place == "o.yaml:4#/actions/1"
