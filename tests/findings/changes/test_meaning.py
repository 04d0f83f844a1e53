"""What schemas say in whatever words."""

from __future__ import annotations

from typing import Any

from schema_cases import changes_of, library_of

from accord.contract.library import uri
from accord.findings.changes.change import Sender, Verdict
from accord.findings.changes.meaning import meaning, spelled
from accord.findings.changes.policy import Policy


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


def test_schemas_that_all_hold_each_other_are_compared() -> None:
    """Where every branch leads to every other one and all overlap, each cause is proven, and it ends."""

    def several(longest: int) -> dict[str, Any]:
        every = [{"$ref": f"#/$defs/n{number}"} for number in range(5)]
        node = {
            "type": "object",
            "required": ["v"],
            "properties": {"v": {"type": "string", "maxLength": longest}, "next": {"oneOf": every}},
        }
        return {"$ref": "#/$defs/n0", "$defs": {f"n{number}": node for number in range(5)}}

    changes = changes_of(several(9), several(3), Sender.CLIENT, Policy.STRICT)
    assert ("changed-max-length", "/$defs/n0/properties/v/maxLength") in {
        (item.rule, item.new_place.partition("#")[2]) for item in changes if item.verdict is Verdict.BREAKING
    }
