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


def plainly(schema, value, found, at=""):
    """Count *value* at the pointer *at* and what stands below it, one value after the other."""
    count = found.setdefault(at, Counter())
    count["seen"] += 1
    count[f"kind {kind(value)}"] += 1
    listed = schema.get("enum")
    if listed is not None and kind(value) in ("null", "string"):
        count[f"{'value' if value in listed else 'unknown'} {json.dumps(value, ensure_ascii=False)}"] += 1
    if isinstance(value, dict):
        for name, below in value.items():
            if name in schema.get("properties", {}):
                count[f"member {name}"] += 1
                plainly(schema["properties"][name], below, found, f"{at}/{name}")
            elif isinstance(schema.get("additionalProperties"), dict):
                plainly(schema["additionalProperties"], below, found, f"{at}/*")
            elif "properties" in schema:
                count[f"stray {name}"] += 1
    elif isinstance(value, list):
        for below in value:
            plainly(schema.get("items", {}), below, found, f"{at}/-")


def flattened(count, found, at=""):
    """Return what *count* has in the same words."""
    if count is None or not count.seen:
        return found
    mine = found[at] = Counter(seen=count.seen)
    tables = {"kind": count.kinds, "value": count.values, "unknown": count.unknown.counts}
    for word, table in {**tables, "member": count.presence, "stray": count.strays.counts}.items():
        mine.update({f"{word} {name}": number for name, number in table.items()})
    for name in count.presence:
        flattened(count.members[name], found, f"{at}/{name}")
    flattened(count.items, found, f"{at}/-")
    flattened(count.others, found, f"{at}/*")
    return found


ROW = {
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "kind": {"type": ["string", "null"], "enum": ["a", "b", None]},
        "name": {"type": ["string", "null"]},
        "on": {"type": "boolean"},
        "price": {"type": ["number", "null"]},
        "tags": {"type": "array", "items": {"type": "string"}},
        "owner": {"type": ["object", "null"], "properties": {"id": {"type": "string", "format": "uuid"}}},
        "by": {"type": "object", "additionalProperties": {"type": "integer"}},
    },
}
ODD = st.sampled_from([None, True, 0, 1.5, "a", "b", "c", "", "é", [], ["a"], ["a", None], {"id": "x"}])
ROWS = st.lists(
    st.fixed_dictionaries(
        {"id": st.integers(0, 9) | ODD, "name": st.text(max_size=3) | st.none()},
        optional={name: ODD for name in [*ROW["properties"], "x", "y"] if name not in ("id", "name")},
    ),
    max_size=30,
)


@pytest.fixture(scope="module")
def of_rows(tmp_path_factory):
    """Give the places of a row."""
    folder = tmp_path_factory.mktemp("row")
    (folder / "thing.json").write_text(json.dumps(ROW))
    return Atlas(load(folder, judging=False).library)


@settings(max_examples=60)
@given(rows=ROWS, sizes=st.lists(st.integers(1, 30), min_size=1, max_size=3))
def test_the_quick_way_counts_what_the_plain_way_does(of_rows, rows, sizes):
    """Column by column or value by value: the same at each place."""
    expected: dict[str, Counter] = {}
    for row in rows:
        plainly(ROW, row, expected)
    count = folded(of_rows, rows, sizes)

    assert without_strays(expected) == without_strays(flattened(count, {}))
    lengths = [len(row["name"]) for row in rows if isinstance(row["name"], str)]
    if lengths:
        extent = count.members["name"].extents["length"]
        assert (min(lengths), max(lengths)) == (extent.least, extent.most)


def without_strays(found):
    """Return what was found at the places that are declared alike in both: an item of what is an object is not."""
    places = {"", *(f"/{name}" for name in ROW["properties"]), "/tags/-", "/owner/id", "/by/*"}
    return {at: count for at, count in found.items() if at in places}


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
