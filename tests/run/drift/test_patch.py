"""Facts about a document edited where it differs: the wanted data, and every comment that is not about what went."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from accord.contract.document import parse_document
from accord.run.drift.patch import MAXIMUM_EDITS, patched

TEXT = """\
# Agreed with the team.
openapi: 3.1.0
info: { title: Things, version: "1" }  # said twice a year
paths:
  /things:
    get:
      # The oldest first.
      operationId: list_things
      tags: [a, b]
      responses:
        "200": { description: All. }
        "404":
          description: None.   # never
"""
NAMES = st.sampled_from(["a", "b", "c d", "200"])
LEAVES = st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["x", "yes", "1", "a: b", "- c"])
DATA = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


def wanted(**changes):
    """Return the data of the text with another operation."""
    data = yaml.safe_load(TEXT)
    operation = data["paths"]["/things"]["get"]
    operation.update(changes)
    return data


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        ({"operationId": "all_things"}, ["      operationId: all_things"]),
        ({"deprecated": True}, ["      deprecated: true"]),
        ({"tags": ["a", "c", "d"]}, ["      tags: [a, c, d]"]),
        (
            {"responses": {"200": {"description": "Every one."}}},
            ['        "200": { description: "Every one." }'],
        ),
    ],
)
def test_only_the_places_that_differ_are_written(changes, lines):
    """The lines that come are these, all others stand as they stood."""
    text = patched(TEXT, wanted(**changes), name="openapi.yaml")
    assert wanted(**changes) == yaml.safe_load(text)
    assert lines == [line for line in text.splitlines() if line not in TEXT.splitlines()]
    assert "# Agreed with the team." in text
    assert "# The oldest first." in text


def test_what_is_the_same_stays_as_it_is_written():
    """Not a byte of it changes."""
    assert TEXT == patched(TEXT, yaml.safe_load(TEXT), name="openapi.yaml")


def test_another_document_is_not_patched():
    """What differs at many places, or cannot be taken apart, is somebody else's to write."""
    data = {**wanted(), **{f"x-{number}": number for number in range(MAXIMUM_EDITS + 1)}}
    assert patched(TEXT, data, name="openapi.yaml") is None
    assert patched("a: &b {c: 1}\nd: *b\n", {"a": {"c": 1}, "d": {"c": 2}}, name="x.yaml") is None
    assert patched("{", {}, name="x.yaml") is None


@given(
    before=st.dictionaries(NAMES, DATA, min_size=1, max_size=3),
    after=st.dictionaries(NAMES, DATA, max_size=3),
)
def test_what_comes_is_the_wanted_document_or_nothing(before, after):
    """For any two values, in YAML written by another library; true is no number there."""
    text = patched(yaml.safe_dump(before, sort_keys=False), after, name="x.yaml")
    if text is not None:
        assert repr(sorted_(after)) == repr(sorted_(parse_document(text, name="x.yaml").data))


def sorted_(value):
    """Return *value* with the members of each mapping in one order."""
    if isinstance(value, dict):
        return {name: sorted_(value[name]) for name in sorted(value)}
    return [sorted_(item) for item in value] if isinstance(value, list) else value
