"""YAML and JSON documents: their values, their lines, and what is refused."""

from __future__ import annotations

import itertools
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.contract import document as documents
from accord.contract import mark
from accord.contract.document import Document, parse_document, read_document
from accord.errors import ContractError

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
)
NAMES = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner), max_leaves=30)
OBJECTS = st.dictionaries(NAMES, VALUES)


def parse(text: str) -> Document:
    """Parse *text* as the document ``x.yaml``."""
    return parse_document(text, name="x.yaml")


def refusal(text: str) -> ContractError:
    """Return the error that parsing *text* ends with."""
    with pytest.raises(ContractError) as caught:
        parse(text)
    return caught.value


def scalar(text: str) -> Any:
    """Return the value of *text* as a plain scalar."""
    return parse(f"a: {text}").data["a"]


@given(OBJECTS)
def test_json_reads_back(value: dict[str, Any]) -> None:
    """What json.dumps writes is read as the same value, in ASCII and not, on one line and on many."""
    assert value == parse(json.dumps(value)).data
    assert value == parse(json.dumps(value, ensure_ascii=False, indent=2)).data
    assert value == parse("\ufeff \r\n\t" + json.dumps(value, indent="\t")).data


@given(
    st.dictionaries(
        st.text(st.characters(codec="ascii", categories=["L"]), min_size=1),
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers()
            | st.text(st.characters(exclude_categories=["C", "Z", "N"])),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="ascii")), inner),
            max_leaves=20,
        ),
        min_size=1,
    ),
    st.sampled_from([None, '"', "'"]),
)
@settings(max_examples=60)
def test_yaml_reads_back(value: dict[str, Any], style: str | None) -> None:
    """What PyYAML writes, plain or quoted and tagged, is read as it reads it.

    Without digits in texts, that is: PyYAML writes YAML 1.1, to which 0E0 is no number.
    """
    text = yaml.safe_dump(value, allow_unicode=True, default_style=style)
    assert yaml.safe_load(text) == parse(text).data


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"), ("no", "no"), ("2024-01-15", "2024-01-15"), ("1:30", "1:30"), ("1_000", "1_000"),
        ("0b11", "0b11"), ("017", 17), ("0o17", 15), ("0x1F", 31), ("+1", 1), ("-0", 0), ("12e3", 12000.0),
        (".5", 0.5), ("5.", 5.0), ("", None), ("~", None), ("NULL", None), ("TRUE", True), ("False", False),
        ("'3'", "3"), ('"null"', "null"), ("!!str 3", "3"), ("!!int '3'", 3), (".", "."), ("+", "+"), ("e3", "e3"),
    ],
)  # fmt: skip
def test_scalar_follows_yaml_1_2(text: str, value: object) -> None:
    """A plain scalar is what YAML 1.2's core schema (10.3.2) resolves it to."""
    found = scalar(text)
    assert value == found
    assert type(value) is type(found)


@pytest.mark.parametrize("text", [".inf", "-.inf", ".nan", ".NaN"])
def test_number_that_json_lacks_is_a_text(text: str) -> None:
    """OpenAPI 3.1, 4.3, allows the tags of JSON only, so no infinity comes out of a document."""
    assert text == scalar(text)


@pytest.mark.parametrize("text", ["1e999", "-1e999", "9" * 1001, "0x" + "f" * 5000, "0o" + "7" * 5000])
@pytest.mark.parametrize("form", ["b: 1\na: {}", '{{"b": 1,\n"a": {}}}'])
def test_number_out_of_range_is_refused(text: str, form: str) -> None:
    """A number that would be infinite, or that Python could not write out again, is refused at its line."""
    error = refusal(form.format(text))
    assert error.place == "x.yaml:2"
    assert "number" in str(error) or "not valid" in str(error)


@pytest.mark.parametrize(
    "value",
    ["\U0001f600", "\x7f", "\x85", "\u2028", "\x00", "a/b", '\t"\\', "\ufeff", "x" * 5000],
)
def test_json_text_may_be_anything(value: str) -> None:
    """A JSON string comes out as it went in, escaped or raw, as a value and as a member's name."""
    for ascii_only in (True, False):
        assert {value: value} == parse(json.dumps({value: value}, ensure_ascii=ascii_only)).data


@pytest.mark.parametrize("text", ['{"a": "\\ud800"}', '{"\\udc00": 1}', "a: \ud800"])
def test_half_a_surrogate_pair_is_refused(text: str) -> None:
    """Half of a surrogate pair is no character, and nothing could send it."""
    assert refusal(text).place == "x.yaml:1"


def test_tab_may_indent_json_and_not_yaml() -> None:
    """Tabs are white space in JSON and no indentation in YAML."""
    assert {"a": {"b": 1}} == parse('{\n\t"a": {\n\t\t"b":\t1\n\t}\n}').data
    assert refusal("a:\n\tb: 1").place == "x.yaml:2"


@pytest.mark.parametrize(
    "text", ["a: 1\nb: 2\na: 3", "x: {a: 1,\n\n'a': 2}", '{"a": 1,\n\n"\\u0061": 2}', "1: 2\n\n'1': 2"]
)
def test_member_twice_is_refused(text: str) -> None:
    """The second of two members of one name is refused at its line."""
    error = refusal(text)
    assert error.place == "x.yaml:3"
    assert "twice" in error.reason


def test_alias_is_a_copy() -> None:
    """An alias gives the anchored value again; the latest anchor of a name counts."""
    assert {"a": [1], "b": [1], "c": 2, "d": 2} == parse("a: &x [1]\nb: *x\nc: &x 2\nd: *x").data


def test_billion_laughs_end_early() -> None:
    """Aliases that would multiply to a billion values are refused, in little memory."""
    letters = "abcdefghijkl"
    lines = [
        f"{now}: &{now} [{', '.join([f'*{before}'] * 10)}]" for before, now in itertools.pairwise(letters)
    ]
    tracemalloc.start()
    error = refusal("\n".join(["a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]", *lines]))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "too many values" in error.reason
    assert peak < 10_000_000


@pytest.mark.parametrize("text", ["a: &a [*a]", "a: &a {b: *a}", "a: *nothing"])
def test_alias_inside_its_anchor_is_refused(text: str) -> None:
    """A value cannot contain itself, and an alias needs an anchor before it."""
    assert refusal(text).place == "x.yaml:1"


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 100_000,
        '{"a":' * 100_000,
        '{"a":' + "[" * 100_000,
        '{"a":' + "[" * 500 + "]" * 500 + "}",
        "\n".join(" " * depth + "a:" for depth in range(1000)),
        "a:\n" + "- " * 50_000,
    ],
    ids=["flow", "json", "json list", "closed json", "block", "dashes"],
)
def test_depth_is_bounded(text: str) -> None:
    """A hundred thousand brackets end in an error and not in a crash."""
    assert "nested deeper" in refusal(text).reason


def test_depth_of_a_real_document_is_no_problem() -> None:
    """Two hundred levels are read, in JSON and in YAML."""
    value: dict[str, Any] = {"a": 1}
    for _ in range(200):
        value = {"a": value}
    assert value == parse(json.dumps(value)).data
    assert value == parse("# YAML\n" + json.dumps(value)).data


def test_number_of_values_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A document with more values than the limit is refused where it passes the limit."""
    monkeypatch.setattr(documents, "MAXIMUM_NODES", 100)
    assert refusal("a:\n" + "- 1\n" * 200).place == "x.yaml:102"


def test_size_is_bounded(tmp_path: Path) -> None:
    """A file of more than 64 MB is refused unread: this one has no blocks on the disk."""
    path = tmp_path / "big.yaml"
    with path.open("wb") as file:
        file.truncate(documents.MAXIMUM_BYTES + 1)
    with pytest.raises(ContractError, match="64 MB") as caught:
        read_document(path)
    assert caught.value.place == "big.yaml"


def test_byte_order_mark_is_skipped(tmp_path: Path) -> None:
    """A file may begin with a byte order mark."""
    for text in ("a: 1", '{"a": 1}'):
        path = tmp_path / "x.yaml"
        path.write_bytes(b"\xef\xbb\xbf" + text.encode())
        assert {"a": 1} == read_document(path).data


@pytest.mark.parametrize("content", [b"a: \xff", b"\xff\xfea\x00:\x00"])
def test_file_that_is_not_utf_8_is_refused(tmp_path: Path, content: bytes) -> None:
    """Another encoding is named as what it is."""
    path = tmp_path / "x.yaml"
    path.write_bytes(content)
    with pytest.raises(ContractError, match="UTF-8"):
        read_document(path)


def test_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """A missing file and a folder are errors with a place."""
    for path in (tmp_path / "nothing.yaml", tmp_path):
        with pytest.raises(ContractError) as caught:
            read_document(path)
        assert caught.value.place == str(path)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\n---\nb: 2", 2),
        ("? [1, 2]\n: 3", 1),
        ("a: 1\n? {b: 1}\n: 3", 2),
        ("a: 1\nb: [", 3),
        ("a: 1\nb: \x01", 2),
        ('{"a": 1,\n"b": ]}', 2),
        ('{"a": 1}\nx', 2),
        ("%YAML 3.0\n---\na: 1", 1),
        ("- 1", None),
        ("", None),
        ("null", None),
        ("text", None),
    ],
)
def test_what_is_no_object_is_refused(text: str, line: int | None) -> None:
    """Whatever is not one well-formed mapping is refused, at its line where there is one."""
    assert (f"x.yaml:{line}" if line else "x.yaml") == refusal(text).place


def test_merge_key_merges() -> None:
    """The merge key gives the members that are not there already; the first of several wins; PyYAML agrees."""
    text = (
        "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: *a, y: 3}\nd: {y: 3, <<: [*a, *b]}\ne: {<<: {x: 9}}"
    )
    assert yaml.safe_load(text) == parse(text).data
    assert parse(text).data["d"] == {"y": 3, "x": 1, "z": 2}


def test_merge_key_in_quotes_is_a_member() -> None:
    """A quoted ``<<`` is a name like any other, in JSON always."""
    assert {"<<": {"x": 1}} == parse("'<<': {x: 1}").data
    assert {"<<": 1} == parse('{"<<": 1}').data


@pytest.mark.parametrize("text", ["a: 1\nb:\n  <<: 5", "a: 1\nb:\n  <<: [{x: 1}, 2]", "a: 1\nb:\n  <<: []"])
def test_merge_of_no_mapping_is_refused(text: str) -> None:
    """A merge key whose value is no mapping would be dropped in silence, so it is refused."""
    assert refusal(text).place == "x.yaml:3"


LINES = """
# a comment
openapi: 3.1.0
paths:
  /a~b/{c}:
    get: {tags: [x,
        y], z: 1}
  "quoted": >
    folded
    text
list:
- - 1
  - a: 1
    b:
      - 2
-
  c: &anchor
    d: 1
e: *anchor
"""


def _nodes(node: yaml.Node, pointer: str) -> list[tuple[str, int]]:
    """Return the pointer and line of every value below *node*, a member having the line of its name."""
    found = []
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            at = f"{pointer}/{key.value.replace('~', '~0').replace('/', '~1')}"
            found += [(at, key.start_mark.line + 1), *_nodes(value, at)]
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            found += [(f"{pointer}/{index}", item.start_mark.line + 1), *_nodes(item, f"{pointer}/{index}")]
    return found


def _assert_lines(text: str) -> None:
    document = parse(text)
    for pointer, line in _nodes(yaml.compose(text, Loader=yaml.SafeLoader), ""):
        if not pointer.startswith("/e/"):
            assert (pointer, line) == (pointer, document.line(pointer))


def test_line_of_every_pointer_is_that_of_yaml() -> None:
    """The line of each value is where PyYAML's marks put it."""
    _assert_lines(LINES)


@settings(max_examples=50)
@given(
    st.dictionaries(
        st.text("ab/~", min_size=1, max_size=3),
        st.recursive(
            st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text("ab/~", max_size=3), inner)
        ),
        min_size=1,
    ),
    st.sampled_from(["yaml", "json", "compact"]),
)
def test_lines_of_drawn_documents_are_those_of_yaml(value: dict[str, Any], form: str) -> None:
    """The lines agree with PyYAML's for drawn documents, in YAML and in JSON."""
    texts = {"yaml": yaml.safe_dump(value), "json": json.dumps(value, indent=1), "compact": json.dumps(value)}
    _assert_lines(texts[form])


def test_line_of_what_is_not_there_is_its_parent() -> None:
    """A pointer to a missing member has the line of the nearest thing that is there."""
    document = parse("a:\n  b: 1\nc: 2")
    assert document.line("/a/x/y") == 1
    assert document.line("/nothing") == 1
    assert document.place("/a/b") == "x.yaml:2#/a/b"


def test_lines_are_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second question about lines does not parse the text again."""
    document = parse("first: 1\nsecond: 2")
    assert document.line("/second") == 2

    def fail(_: str) -> None:
        raise AssertionError

    monkeypatch.setattr(mark, "events", fail)
    assert document.line("/first") == 1
