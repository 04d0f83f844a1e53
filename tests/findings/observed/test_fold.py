"""The fold: what it counts is what a plain walk over the values counts, and counts add up."""

from __future__ import annotations

import json
from collections import Counter

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.contract.contract import load
from accord.findings.observed.count import Count
from accord.findings.observed.fold import Fold
from accord.findings.observed.place import ANYTHING, Atlas

SCHEMA = {
    "type": "object",
    "required": ["id", "kind"],
    "properties": {
        "id": {"type": "integer", "minimum": 0},
        "kind": {"enum": ["a", "b", None]},
        "name": {"type": ["string", "null"], "maxLength": 5},
        "when": {"type": "string", "format": "date"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "next": {"$ref": "#"},
        "shape": {
            "oneOf": [
                {
                    "title": "Disc",
                    "type": "object",
                    "required": ["r"],
                    "properties": {"r": {"type": "number"}},
                },
                {
                    "title": "Box",
                    "type": "object",
                    "required": ["w"],
                    "properties": {"w": {"type": "number"}},
                },
            ]
        },
        "by": {"type": "object", "additionalProperties": {"type": "integer"}},
    },
}
SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.floats(-2, 2) | st.sampled_from("abcdé")
VALUES = st.recursive(
    SCALARS,
    lambda below: (
        st.lists(below, max_size=3)
        | st.dictionaries(st.sampled_from([*SCHEMA["properties"], "r", "w", "x", "y"]), below, max_size=6)
    ),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def atlas(tmp_path_factory):
    """Give the places of the schema."""
    folder = tmp_path_factory.mktemp("contract")
    (folder / "thing.json").write_text(json.dumps(SCHEMA))
    return Atlas(load(folder, judging=False).library)


def folded(atlas, values, sizes=(1000,)):
    """Return the count of *values*, in batches of *sizes* in turn."""
    count, rest, turn = Count(), list(values), 0
    fold, place = Fold(atlas, wholly=10**9), atlas.place(("contract:/thing.json#",))
    while rest:
        size = sizes[turn % len(sizes)]
        fold.take(place, count, rest[:size])
        rest, turn = rest[size:], turn + 1
    return count


def kind(value):
    """Return the type of JSON that *value* is."""
    if isinstance(value, float):
        return "number"
    names = {
        type(None): "null",
        bool: "boolean",
        int: "integer",
        str: "string",
        list: "array",
        dict: "object",
    }
    return names[type(value)]


@settings(max_examples=25)
@given(values=st.lists(VALUES, max_size=12))
def test_counts_are_those_of_a_plain_walk(atlas, values):
    """Types, presence, strays and lengths at the first level are what one gets value by value."""
    # What a schema holds of itself is one place with it.
    values = [item for item in values if not isinstance(item, dict) or "next" not in item]
    count = folded(atlas, values)
    objects = [item for item in values if isinstance(item, dict)]
    declared = Counter(name for item in objects for name in item if name in SCHEMA["properties"])
    strays = Counter(name for item in objects for name in item if name not in SCHEMA["properties"])

    assert len(values) == count.seen
    assert Counter(map(kind, values)) == Counter(count.kinds)
    assert declared == Counter(count.presence)
    assert strays == Counter(count.strays.counts)
    tags = [item["tags"] for item in objects if isinstance(item.get("tags"), list)]
    if tags:
        extent = count.members["tags"].extents["items"]
        assert (min(map(len, tags)), max(map(len, tags))) == (extent.least, extent.most)


@settings(max_examples=25)
@given(values=st.lists(VALUES, max_size=12))
def test_a_valid_value_never_counts_as_a_deviation(atlas, values):
    """What the reference validator takes has no type, null, value or absence that is not allowed."""
    good = [item for item in values if jsonschema.Draft202012Validator(SCHEMA).is_valid(item)]
    waiting = [(atlas.place(("contract:/thing.json#",)), folded(atlas, good))]
    while waiting:
        place, count = waiting.pop()
        assert set(count.kinds) <= place.kinds
        assert not count.unknown.counts
        assert not count.invalid
        assert not count.unmatched
        if not place.variants:
            assert all(count.presence.get(name, 0) == count.of("object") for name in place.required)
        waiting += [
            (atlas.place(place.members[name]), item)
            for name, item in count.members.items()
            if name in place.members
        ]


@settings(max_examples=25)
@given(values=st.lists(VALUES, max_size=12), sizes=st.lists(st.integers(1, 4), min_size=1, max_size=3))
def test_batches_make_no_difference(atlas, values, sizes):
    """However the values are cut into batches, the count is the same."""
    assert folded(atlas, values) == folded(atlas, values, sizes)


@settings(max_examples=25)
@given(one=st.lists(VALUES, max_size=6), two=st.lists(VALUES, max_size=6), three=st.lists(VALUES, max_size=6))
def test_counts_are_a_monoid(atlas, one, two, three):
    """To add counts is to count all values: associative, commutative, and the empty count changes nothing."""
    first, second, third = (folded(atlas, item) for item in (one, two, three))

    def plus(mine, theirs):
        total = mine.copy()
        total.take(theirs.copy())
        return total

    assert folded(atlas, one + two) == plus(first, second)
    assert plus(first, second) == plus(second, first)
    assert plus(plus(first, second), third) == plus(first, plus(second, third))
    assert first == plus(first, Count()) == plus(Count(), first)


def test_names_without_end_are_kept_in_bounds(atlas):
    """Of a hundred thousand undeclared names a few are kept, and the others counted."""
    values = [
        {f"name{number:06}": {"x": number} for number in range(start, start + 1000)}
        for start in range(0, 100_000, 1000)
    ]
    count = folded(atlas, values, [7])

    assert 100_000 == count.strays.total()
    assert [f"name{number:06}" for number in range(32)] == [name for name, _ in count.strays]
    assert set(count.members) == set(count.strays.counts)


def test_what_is_nested_deep_is_not_followed_to_its_end(atlas):
    """A value of a thousand levels is counted as deep as the limit, without an error."""
    value = {}
    for _ in range(900):
        value = {"next": value, "tags": [[value]] if _ < 3 else []}
    count = folded(atlas, [value])

    assert {"object"} == set(count.kinds)
    assert 60 < count.seen < 80


def test_equal_numbers_are_one_value_and_booleans_are_none(tmp_path):
    """In a list of values 1.0 is 1, and true is not."""
    (tmp_path / "one.json").write_text(json.dumps({"type": ["integer", "boolean"], "enum": [1, 2]}))
    atlas = Atlas(load(tmp_path, judging=False).library)
    count = Count()
    Fold(atlas).take(atlas.place(("contract:/one.json#",)), count, [1, True, 2, 2])

    assert {"1": 1, "2": 2} == count.values
    assert {"true": 1} == count.unknown.counts


def test_a_masked_value_is_not_judged(tmp_path):
    """What stands in the place of a secret says nothing of the secret."""
    (tmp_path / "key.json").write_text(json.dumps({"type": "string", "pattern": "^k-", "minLength": 20}))
    atlas = Atlas(load(tmp_path, judging=False).library)
    count = Count()
    Fold(atlas).take(atlas.place(("contract:/key.json#",)), count, ["[secret]", "k-0123456789012345678"])

    assert 0 == count.invalid
    assert 21 == count.extents["length"].least


def test_anything_is_counted_where_nothing_is_said():
    """A body without a schema shows what its members are, for a proposal."""
    count = Count()
    Fold(Atlas(None)).take(ANYTHING, count, [{"a": 1, "b": [{"c": "x"}]}, {"a": None}])

    assert {"a": 2, "b": 1} == count.strays.counts
    assert {"integer": 1, "null": 1} == count.members["a"].kinds
    assert {"c": 1} == count.members["b"].items.strays.counts
