"""JSON pointers, by the examples of RFC 6901 and by its grammar."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.contract import pointer as pointers

# RFC 6901, section 5.
EXAMPLE: dict[str, Any] = {
    "foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, 'k"l': 6, " ": 7, "m~n": 8,
}  # fmt: skip


@given(name=st.text("0123+-", min_size=1, max_size=4) | st.text(min_size=1, max_size=3))
def test_path_of_an_error_is_spelled_as_its_value_is(name: str) -> None:
    """A validator that makes numbers of names in digits is told what the names were."""
    held = {"additionalProperties": {"items": {"additionalProperties": {"minimum": 0}}}}
    value = {"a": {name: [{name: -1}]}}
    (error,) = jsonschema_rs.Draft202012Validator({"properties": {"a": held}}).iter_errors(value)
    assert ("a", name, 0, name) == pointers.spelled(error.instance_path, value)


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("", EXAMPLE), ("/foo", ["bar", "baz"]), ("/foo/0", "bar"), ("/", 0), ("/a~1b", 1), ("/c%d", 2),
        ("/e^f", 3), ("/g|h", 4), ("/i\\j", 5), ('/k"l', 6), ("/ ", 7), ("/m~0n", 8),
    ],
)  # fmt: skip
def test_pointer_names_what_the_rfc_says(pointer: str, value: object) -> None:
    """Each example of RFC 6901, section 5, holds."""
    assert value == pointers.lookup(EXAMPLE, pointer)


@pytest.mark.parametrize(
    "pointer",
    [
        "/x",
        "/foo/2",
        "/foo/-",
        "/foo/-1",
        "/foo/01",
        "/foo/1e0",
        "/foo/" + "9" * 5000,
        "/foo/²",
        "//x",
        "foo",
        "#",
    ],
)
def test_pointer_to_nothing_raises(pointer: str) -> None:
    """A pointer that names nothing, or is none, is a LookupError whatever it is made of."""
    with pytest.raises(LookupError):
        pointers.lookup(EXAMPLE, pointer)


@given(st.lists(st.text(), max_size=4))
def test_joined_tokens_come_apart_again(tokens: list[str]) -> None:
    """Joining escapes what taking apart unescapes, and the pointer names the member."""
    pointer = pointers.join("", *tokens)
    assert tuple(tokens) == pointers.tokens(pointer)
    value: Any = "here"
    for token in reversed(tokens):
        value = {token: value}
    assert pointers.lookup(value, pointer) == "here"
