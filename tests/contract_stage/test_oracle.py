"""accord's verdicts on the values of a contract are those of another implementation of JSON Schema."""

from __future__ import annotations

import copy
import json
import random
import re
import string
import uuid
import zlib
from collections.abc import Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from accord.contract import library
from accord.contract.contract import Contract, load

FOLDER = Path(__file__).parents[2] / "contracts" / "sartiq"
DRAWN = 16
MUTATED = 6

# Where the two disagree, and why: formats only. Of each format and text, whether accord takes it.
DISAGREEMENTS: Mapping[tuple[str, str], tuple[bool, str]] = {
    ("date-time", "2016-12-31T23:59:60Z"): (True, "a leap second that there was; Python's datetime has none"),
    ("date-time", "2031-05-01T23:59:60Z"): (
        True,
        "RFC 3339, 5.6 lets seconds be 60, whether or not one was inserted",
    ),
    ("date-time", "0000-01-01T00:00:00Z"): (
        True,
        "RFC 3339, 1 counts years from 0000; Python's datetime from 1",
    ),
}

TEXTS = {
    "uuid": (
        "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "3F2504E0-4F89-11D3-9A0C-0305E82C3301",
        "3f2504e04f8911d39a0c0305e82c3301",
        "{3f2504e0-4f89-11d3-9a0c-0305e82c3301}",
        "urn:uuid:3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "3f2504e0-4f89-11d3-9a0c-0305e82c330",
        "3f2504e0-4f89-11d3-9a0c-0305e82c330g",
        "00000000-0000-0000-0000-000000000000",
        "3f2504e0-4f89-11d3-9a0c0-305e82c3301",
        " 3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    ),
    "date-time": (
        "2031-05-01T10:00:00Z",
        "2031-05-01t10:00:00z",
        "2031-05-01T10:00:00.123456789+02:00",
        "2031-05-01T10:00:00-00:00",
        "2016-12-31T23:59:60Z",
        "2031-05-01T23:59:60Z",
        "2031-05-01T10:00:60Z",
        "2031-05-01T24:00:00Z",
        "2031-05-01 10:00:00Z",
        "2031-05-01T10:00:00",
        "2031-05-01T10:00Z",
        "2031-05-01T10:00:00.Z",
        "2031-02-29T10:00:00Z",
        "2032-02-29T10:00:00Z",
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999Z",
        "12031-05-01T10:00:00Z",
        "2031-13-01T10:00:00Z",
        "2031-05-01T10:00:00+24:00",
        "2031-05-01T10:00:00+0200",
        "2031-05-01",
        "\u0662031-05-01T10:00:00Z",
    ),
    "email": (
        "a@example.com",
        "a.b+c@sub.example.com",
        '"a b"@example.com',
        "a@[127.0.0.1]",
        "a@localhost",
        "a b@example.com",
        "@example.com",
        "a@",
        "a@@example.com",
        "a.example.com",
        ".a@example.com",
        "a..b@example.com",
        "a@-example.com",
        "\u00e9@example.com",
    ),
}
TEXTS["uri"] = (
    "https://example.com/a?b=c#d",
    "urn:isbn:0451450523",
    "mailto:a@example.com",
    "a:",
    "http://[::1]:8080/",
    "http://example.com/%20",
    "http://example.com/%2",
    "http://example.com/a b",
    "http://example.com/\u00e9",
    "http://example.com/{a}",
    "//example.com/a",
    "/a/b",
    "1a:b",
    "http://example.com:port/",
    "not a uri",
)
FREE = (
    "",
    "x",
    "\u00e9",
    "\U0001f600",
    "e\u0301",
    "a\u0000b",
    "null",
    "1",
    " ",
    "https://example.com/a?b=c#d",
    "not a uri",
    "password",
)
JUNK = (None, True, False, 0, -1, 1, 1.0, 1.5, -0.0, 10**20, 1e300, 0.1, [], {}, [None], {"a": 1}, *FREE)


@cache
def documents() -> dict[str, Any]:
    """Return the schema documents, read without accord."""
    return {
        "openapi.yaml": yaml.safe_load((FOLDER / "openapi.yaml").read_text(encoding="utf-8")),
        "messages.schema.json": json.loads((FOLDER / "messages.schema.json").read_text(encoding="utf-8")),
    }


@cache
def promised() -> Contract:
    """Return the contract as accord reads it."""
    return load(FOLDER)


@cache
def registry() -> Registry[Any]:
    """Return the documents for the other implementation."""
    resources = [
        (f"http://contract.invalid/{name}", Resource(contents=data, specification=DRAFT202012))
        for name, data in documents().items()
    ]
    return Registry().with_resources(resources)


def names() -> Iterator[tuple[str, str]]:
    """Yield document and pointer of every schema that has a name."""
    for name in documents()["openapi.yaml"]["components"]["schemas"]:
        yield "openapi.yaml", f"/components/schemas/{name}"
    for name in documents()["openapi.yaml"]["components"]["parameters"]:
        yield "openapi.yaml", f"/components/parameters/{name}/schema"
    for name in documents()["messages.schema.json"]["$defs"]:
        yield "messages.schema.json", f"/$defs/{name}"


def draw(schema: Any, document: str, dice: random.Random, depth: int = 0) -> Any:
    """Return a value that *schema* accepts; it knows the keywords that the contract uses."""
    if "$ref" in schema:
        file, _, pointer = schema["$ref"].partition("#")
        document, target = (
            file.removeprefix("./") or document,
            documents()[file.removeprefix("./") or document],
        )
        for step in pointer.split("/")[1:]:
            target = target[step.replace("~1", "/").replace("~0", "~")]
        return draw(target, document, dice, depth + 1)
    if "allOf" in schema:
        own = {key: item for key, item in schema.items() if key != "allOf"}
        parts = [
            draw(part, document, dice, depth)
            for part in (*schema["allOf"], *([own] if "properties" in own else []))
        ]
        return (
            {key: item for part in parts for key, item in part.items()}
            if isinstance(parts[0], dict)
            else parts[0]
        )
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return dice.choice(schema["enum"])
    if "anyOf" in schema:
        return draw(dice.choice(schema["anyOf"]), document, dice, depth + 1)
    kind = schema.get("type", "object" if "properties" in schema else "string")
    kind = dice.choice(kind) if isinstance(kind, list) else kind
    match kind:
        case "object":
            chosen = [
                name
                for name in schema.get("properties", {})
                if name in schema.get("required", ()) or (depth < 6 and dice.random() < 0.6)
            ]
            return {name: draw(schema["properties"][name], document, dice, depth + 1) for name in chosen}
        case "array":
            low, high = schema.get("minItems", 0), min(schema.get("maxItems", 3), 3)
            items = [
                draw(schema.get("items", {}), document, dice, depth + 1)
                for _ in range(dice.randint(low, high))
            ]
            return (
                [item for at, item in enumerate(items) if item not in items[:at]]
                if schema.get("uniqueItems")
                else items
            )
        case "integer":
            return dice.randint(schema.get("minimum", -5), schema.get("maximum", 9))
        case "number":
            return dice.choice((0.5, 1, 2.25)) + schema.get("minimum", 0)
        case "boolean":
            return dice.random() < 0.5
        case "null":
            return None
    return draw_text(schema, dice)


def draw_text(schema: Any, dice: random.Random) -> str:
    """Return a text that *schema* accepts."""
    kind = schema.get("format")
    if kind == "uuid":
        return str(uuid.UUID(int=dice.getrandbits(128), version=4))
    if kind == "date-time":
        return f"20{dice.randint(10, 99)}-0{dice.randint(1, 9)}-1{dice.randint(0, 9)}T1{dice.randint(0, 9)}:00:00Z"
    known = {"email": "someone@example.com", "uri": "https://example.com/a"}
    if kind in known:
        return known[kind]
    if "pattern" in schema:
        return "password"
    low = schema.get("minLength", 0)
    return "".join(
        dice.choices(
            string.ascii_letters + " \u00e9\U0001f600",
            k=dice.randint(low, max(low, min(schema.get("maxLength", 9), 9))),
        )
    )


def places(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of everything inside *value*, itself included."""
    yield at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*at, key))


def inside(value: Any, path: tuple[str | int, ...]) -> Any:
    """Return what stands at *path*."""
    for step in path:
        value = value[step]
    return value


def mutated(value: Any, dice: random.Random) -> Any:
    """Return *value* changed in one place: replaced, taken away, doubled, stretched or added to."""
    path = dice.choice(list(places(value)))
    old = inside(value, path)
    odd = [text for texts in TEXTS.values() for text in texts]
    new = dice.choice((dice.choice(JUNK), dice.choice(odd), stretched(old, dice)))
    if not path:
        return new
    result = copy.deepcopy(value)
    holder = inside(result, path[:-1])
    if dice.random() < 0.2:
        del holder[path[-1]]
    elif isinstance(holder, list) and dice.random() < 0.4:
        holder.extend([copy.deepcopy(old)] * dice.choice((1, 5, 30)))
    else:
        holder[path[-1]] = new
    return result


def stretched(old: Any, dice: random.Random) -> Any:
    """Return *old* a little too long, too large, or with more in it."""
    match old:
        case bool() | None:
            return dice.choice(JUNK)
        case str():
            return old * dice.choice((0, 2, 60, 300)) + dice.choice(("", "x", "\U0001f600"))
        case int() | float():
            return old + dice.choice((-1000, -1, 0.5, 0.0, 1, 1000, 10**12))
        case dict():
            return {**old, dice.choice(("extra", "", "id", "a/b")): dice.choice(JUNK)}
    return [*old, dice.choice(JUNK)]


_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
# RFC 5321, 4.1.2, without address literals of IPv6.
_MAILBOX = re.compile(
    rf'(?:{_ATOM}(?:\.{_ATOM})*|"(?:[ !#-\[\]-~]|\\[ -~])*")@(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9.]+\])',
    re.ASCII,
)
# RFC 3986, appendix A: the characters, and where a colon and brackets may stand.
_CHARACTERS = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})"
_AUTHORITY = rf"(?:{_CHARACTERS.replace(':@', '')}*(?::{_CHARACTERS.replace('@', '')}*)?@)?(?:\[[0-9A-Fa-f:.]+\]|{_CHARACTERS.replace(':@', '')}*)(?::[0-9]*)?"
_URI = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.-]*:(?://{_AUTHORITY}(?:/{_CHARACTERS}*)*|/?(?:{_CHARACTERS}+(?:/{_CHARACTERS}*)*)?)"
    rf"(?:\?(?:{_CHARACTERS}|[/?])*)?(?:#(?:{_CHARACTERS}|[/?])*)?",
    re.ASCII,
)


@cache
def formats() -> FormatChecker:
    """Return checks of formats that accord has no part in.

    The package looks for an ``@`` only and needs another one for ``uri``: here the RFCs' grammars stand for them.
    """
    checker = FormatChecker(("uuid", "date-time"))
    for name, grammar in (("email", _MAILBOX), ("uri", _URI)):
        checker.checkers = {**checker.checkers, name: (partial(_fits, grammar), ())}
    return checker


def _fits(grammar: re.Pattern[str], value: object) -> bool:
    return not isinstance(value, str) or grammar.fullmatch(value) is not None


@cache
def oracle(name: str, pointer: str) -> Draft202012Validator:
    """Return the other implementation's validator of a schema, formats on."""
    return Draft202012Validator(
        {"$ref": f"http://contract.invalid/{name}#{pointer}"}, registry=registry(), format_checker=formats()
    )


def both(name: str, pointer: str, value: Any) -> tuple[set[Any], set[Any]]:
    """Return what accord and the other implementation hold against *value*: keywords by place."""
    mine = promised().library.validator(library.uri(name, pointer))
    other = oracle(name, pointer)
    return (
        {(tuple(error.instance_path), error.kind.name) for error in mine.iter_errors(value)},
        {(tuple(error.absolute_path), str(error.validator)) for error in other.iter_errors(value)},
    )


def explained(value: Any, path: tuple[str | int, ...]) -> bool:
    """Tell whether a difference at *path* comes from a text of the table, there or in a branch of a union."""
    odd = {text for _, text in DISAGREEMENTS}
    part = inside(value, path)
    return any(found in odd for found in (inside(part, at) for at in places(part)) if isinstance(found, str))


@pytest.mark.parametrize(("name", "pointer"), [pytest.param(*item, id="".join(item)) for item in names()])
def test_verdicts_are_those_of_another_implementation(name: str, pointer: str) -> None:
    """Of valid values and of values changed in one place, both name the same keywords at the same places."""
    schema: Any = documents()[name]
    for step in pointer.split("/")[1:]:
        schema = schema[step]
    dice = random.Random(zlib.crc32(f"{name}{pointer}".encode()))
    refused = 0
    for _ in range(DRAWN):
        value = draw(schema, name, dice)
        assert (set(), set()) == both(name, pointer, value), value
        for changed in (mutated(value, dice) for _ in range(MUTATED)):
            mine, other = both(name, pointer, changed)
            refused += bool(other)
            assert [] == [item for item in mine ^ other if not explained(changed, item[0])], changed
    assert refused > DRAWN


@pytest.mark.parametrize("kind", TEXTS)
def test_formats_differ_only_where_the_table_says(kind: str) -> None:
    """Both take the same texts of a format, but for those in the table, each of which is there for a reason."""
    mine = jsonschema_rs.validator_for({"$schema": library.DIALECT, "format": kind}, validate_formats=True)
    different = {
        (kind, text): mine.is_valid(text)
        for text in TEXTS[kind]
        if mine.is_valid(text) != formats().conforms(text, kind)
    }
    assert {key: taken for key, (taken, _) in DISAGREEMENTS.items() if key[0] == kind} == different


@pytest.mark.parametrize("kind", TEXTS)
def test_texts_of_a_format_show_both_sides(kind: str) -> None:
    """The texts that are tried are not all good, nor all bad."""
    assert {True, False} == {formats().conforms(text, kind) for text in TEXTS[kind]}
