"""Path templates are read back from addresses as a search through all splits does, and in no time."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.findings.changes.path_template import variables

templates = st.lists(st.sampled_from(["a", "b", "/", "-", "{x}", "{y}", "{z}"]), max_size=7).map("".join)
addresses = st.text(alphabet="ab/-", max_size=8)


@settings(max_examples=500, deadline=None, derandomize=True, database=None)
@given(templates, addresses)
def test_an_address_is_taken_where_some_split_takes_it(template: str, address: str) -> None:
    """The texts that are found, put into the template, are the address."""
    expression = re.sub(r"\\\{[a-z]\\\}", "[^/]+", re.escape(template))
    found = variables(template, address)
    assert (found is not None) == (re.fullmatch(expression, address) is not None)
    if found is not None and len(found) == template.count("{"):
        assert address == template.format(**found)


@pytest.mark.parametrize(
    ("template", "address", "expected"),
    [
        ("/a/{id}.json", "/a/x.json.json", {"id": "x.json"}),
        ("/a/{b}-{c}", "/a/1-2-3", {"b": "1", "c": "2-3"}),
        ("/a/{id}", "/a/", None),
        ("/a/{id}", "/a/b/c", None),
        ("/#A={id}", "/#A=1", {"id": "1"}),
    ],
)
def test_a_variable_ends_where_the_next_text_begins(template, address, expected):
    """It is never empty, and has no slash."""
    assert expected == variables(template, address)


def test_many_variables_of_one_step_are_read_at_once() -> None:
    """A search through all splits would not end."""
    template = "/" + "".join(f"{{v{number}}}" for number in range(30)) + "X"
    assert None is variables(template, "/" + "a" * 100_000)
