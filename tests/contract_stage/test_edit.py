"""Edits of a text: the value changes as told, and nothing else does."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.contract.edit import (
    EditError,
    add_item,
    add_member,
    put,
    remove_item,
    remove_member,
    render,
    value_at,
)

TEXT = """\
# The head.
openapi: 3.1.0   # its version
paths:

  /a:            # the path
    get:
      tags: [one, two]   # both
      required:
        - id   # the key
        # and
        - name

      flow: { a: 1, b: [x] }
      text: |
        Two
        lines.

    # the end of a
empty: {}
last: 'x'
"""
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.sampled_from(["a", "on", "null", "3", "a: b", "é", "- x", "#", ""])
)
NAMES = st.sampled_from(["a", "b/c", "d e", "~x", "404", "on", "é"])
VALUES = st.recursive(
    LEAVES,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(NAMES, below, max_size=3),
    max_leaves=8,
)
WRITTEN = [
    lambda value: yaml.safe_dump(value, allow_unicode=True),
    lambda value: yaml.safe_dump(value, allow_unicode=True, default_flow_style=True),
    lambda value: yaml.safe_dump(value, indent=4, sort_keys=False),
    json.dumps,
    lambda value: json.dumps(value, indent=2),
]


def test_what_is_added_stands_below_its_neighbour():
    """Comments, blank lines and the spelling of all else stay as they are."""
    text = add_member(TEXT, "/paths/~1a/get", "more", {"type": ["string", "null"]})
    text = add_item(text, "/paths/~1a/get/tags", "three")
    text = add_item(text, "/paths/~1a/get/required", "on")
    text = add_member(text, "/empty", "x", value=True)
    added = [line for line in text.splitlines() if line not in TEXT.splitlines()]

    assert [
        "      tags: [one, two, three]   # both",
        '        - "on"',
        '      more: { type: [string, "null"] }',
        "empty: {x: true}",
    ] == added
    assert set(TEXT.splitlines()) - set(text.splitlines()) == {"      tags: [one, two]   # both", "empty: {}"}


def test_what_is_removed_takes_its_line_along():
    """An item of a block goes with its line, one of a flow with its comma, a member with all of its value."""
    assert ["name"] == yaml.safe_load(remove_item(TEXT, "/paths/~1a/get/required/0"))["paths"]["/a"]["get"][
        "required"
    ]
    assert "tags: [two]   # both" in remove_item(TEXT, "/paths/~1a/get/tags/0")
    assert "tags: [one]   # both" in remove_item(TEXT, "/paths/~1a/get/tags/1")
    assert "flow: { b: [x] }" in remove_member(TEXT, "/paths/~1a/get/flow/a")
    without = remove_member(TEXT, "/paths/~1a/get/required")
    assert "required" not in without
    assert "# both\n\n      flow" in without


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda text: add_member(text, "/nowhere", "a", 1), "nothing stands there"),
        (lambda text: add_member(text, "/paths/~1a/get/tags", "a", 1), "nothing stands there"),
        (lambda text: remove_item(text, "/paths/~1a/get/tags/7"), "no other item"),
        (lambda text: remove_member(text, "/paths/~1a"), "no other member"),
        (lambda text: add_member(text + "anchored: &a { b: 1 }\n", "/anchored", "c", 1), "an anchor"),
        (lambda text: add_member(text + "  : [", "/empty", "c", 1), "taken apart"),
    ],
)
def test_what_cannot_be_edited_is_told(edit, words):
    """A place that the text does not have, or has by another name."""
    with pytest.raises(EditError, match=words):
        edit(TEXT)


@settings(max_examples=60)
@given(
    value=st.dictionaries(NAMES, VALUES, min_size=1, max_size=4),
    name=st.sampled_from(["new", "201", "null", "a: b"]),
    new=VALUES,
    write=st.sampled_from(WRITTEN),
)
def test_a_new_member_is_there_and_all_else_as_before(value, name, new, write):
    """In every style of YAML and JSON, read by another reader."""
    text = add_member(write(value), "", name, new)
    assert {**value, name: new} == yaml.safe_load(text)


@settings(max_examples=60)
@given(
    items=st.lists(VALUES, min_size=2, max_size=4),
    new=VALUES,
    write=st.sampled_from(WRITTEN),
    data=st.data(),
)
def test_items_come_and_go(items, new, write, data):
    """A list takes a new item, another value, and loses one, in every style."""
    at = data.draw(st.integers(0, len(items) - 1))
    text = write({"x": {"list": deepcopy(items)}})

    assert [*items, new] == yaml.safe_load(add_item(text, "/x/list", new))["x"]["list"]
    assert [*items[:at], *items[at + 1 :]] == yaml.safe_load(remove_item(text, f"/x/list/{at}"))["x"]["list"]
    assert [*items[:at], new, *items[at + 1 :]] == yaml.safe_load(put(text, f"/x/list/{at}", new))["x"][
        "list"
    ]


@given(value=VALUES)
def test_what_is_rendered_reads_back(value):
    """As YAML with few quotes, and as JSON."""
    assert value == yaml.safe_load(f"v: {render(value, plain=True)}")["v"]
    assert value == json.loads(render(value, plain=False))


def test_values_are_read_as_a_contract_reads_them():
    """What YAML 1.1 takes for a truth value is a text."""
    assert ["on", None, 3, "3"] == value_at('a: [on, null, 3, "3"]', "/a")
