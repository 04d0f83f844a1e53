"""Facts about walks over a document: which objects describe, and which are values or hold names."""

from __future__ import annotations

from accord.contract.traversal import described, objects, reworded, rewritten

NAMED = {"$ref": "#/a", "title": "a property called $ref"}
DOCUMENT = {
    "title": "root",
    "properties": {"example": {"title": "a property called example"}, "properties": NAMED},
    "example": {"title": "a value"},
    "examples": [{"title": "a value in a list"}],
    "items": [{"title": "an item"}, 1, [{"title": "an item of an item"}]],
    "const": {"title": "the only value"},
}
DESCRIBED = {
    "": "root",
    "/properties/example": "a property called example",
    "/properties/properties": "a property called $ref",
    "/items/0": "an item",
    "/items/2/0": "an item of an item",
}


def test_objects_that_describe_have_their_pointers():
    """Values and what only holds names are passed over."""
    assert DESCRIBED == {at: value["title"] for at, value in objects(DOCUMENT)}


def test_the_same_objects_are_found_without_pointers():
    """Each once, in any order."""
    assert sorted(DESCRIBED.values()) == sorted(str(value["title"]) for value in described(DOCUMENT))


def test_a_change_is_given_each_object_that_describes_and_its_pointer():
    """What it is not given stays as it is, and so does the document itself."""
    kept = repr(DOCUMENT)
    found = rewritten(DOCUMENT, lambda value, at: {**value, "title": at})
    assert {at: at for at in DESCRIBED} == {at: value["title"] for at, value in objects(found)}
    assert DOCUMENT["example"] == found["example"]
    assert kept == repr(DOCUMENT)


def test_a_change_that_asks_for_no_pointer_makes_the_same():
    """Another walk, and the same document."""
    expected = rewritten(DOCUMENT, lambda value, _: {**value, "title": str(value["title"]).upper()})
    assert expected == reworded(DOCUMENT, lambda value: {**value, "title": str(value["title"]).upper()})
