"""What schemas say in whatever words."""

from __future__ import annotations

from typing import Any

from schema_cases import changes_of, library_of

from accord.contract.library import uri
from accord.findings.changes.change import Sender
from accord.findings.changes.meaning import meaning, spelled


def doubling(last: Any) -> dict[str, Any]:
    """Return definitions of which each refers twice to the next one: 40 of them stand for a thousand billion."""
    count = 40
    definitions = {
        f"n{number}": {"properties": {name: {"$ref": f"#/$defs/n{number + 1}"} for name in "ab"}}
        for number in range(count)
    }
    return {**definitions, f"n{count}": last}


def test_two_spellings_mean_the_same() -> None:
    """What a reference leads to, and in which order values stand, is no part of what a schema says."""
    found = {
        meaning(library_of(schema), [uri("schema.yaml")])
        for schema in (
            {"$ref": "#/$defs/a", "$defs": {"a": {"enum": ["a", "b"]}}},
            {"anyOf": [{"const": "b"}, {"const": "a"}]},
        )
    }
    assert (1, False) == (len(found), "" in found)


def test_it_is_spelled_in_the_words_of_the_contract() -> None:
    """References are followed, and nothing else is changed."""
    schema = {"not": {"$ref": "#/$defs/a"}, "$defs": {"a": {"enum": ["b", "a"]}}}
    library = library_of(schema)
    assert '{"enum": ["b", "a"]}' == spelled(library, [uri("schema.yaml", "/not")])
    assert "" == spelled(library, [uri("schema.yaml", "/nowhere")])


def test_what_is_too_large_to_be_told_is_compared_in_bounded_time() -> None:
    """A condition that stands for more than anybody can write is one change, or none where it is the same."""
    old = {"type": "object", "not": {"$ref": "#/$defs/n0"}, "$defs": doubling({"type": "string"})}
    new = {**old, "$defs": doubling({"type": "integer"})}
    assert () == changes_of(old, old, Sender.CLIENT)
    assert {"changed-not"} == {item.rule for item in changes_of(old, new, Sender.CLIENT)}
