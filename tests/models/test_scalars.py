"""Each spelling of a scalar, held against a JSON Schema validator with formats on."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from types import ModuleType
from typing import Any

import jsonschema_rs
import pytest
from pydantic import TypeAdapter, ValidationError

UUID = "05e70000-0000-4000-8000-000000000001"
FORMATS = {"uuid": "UUID", "date": "date", "date-time": "AwareDatetime", "uri": "AnyUrl", "email": "EmailStr"}
TEXTS = {
    "uuid": (
        UUID, UUID.upper(), UUID.replace("-", ""), f"urn:uuid:{UUID}", f"{{{UUID}}}", f"{UUID}\n", f"{UUID}1",
        UUID.replace("5", "g"), "05e7000-00000-4000-8000-000000000001", "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff", "",
    ),
    "date": (
        "2024-01-15", "2024-02-29", "2023-02-29", "2024-02-30", "2024-1-5", "20240115", "2024-01-15T00:00:00Z",
        "1705276800", "2024-01-15\n", "0001-01-01", "9999-12-31", "12024-01-15", "-2024-01-15", "",
    ),
    "date-time": (
        "2024-01-15T10:00:00Z", "2024-01-15T10:00:00", "2024-01-15 10:00:00Z", "2024-01-15T10:00:00+0000",
        "2024-01-15T10:00:00+00", "2024-01-15T10:00:00-08:00", "2024-01-15T10:00:00-00:00", "2024-01-15T10:00Z",
        "2024-01-15T10:00:00.Z", "2024-01-15T10:00:00,5Z", "1730000000", "2024-01-15T24:00:00Z",
        "2024-01-15T10:60:00Z", "2024-01-15T10:00:61Z", "2024-02-30T00:00:00Z", "2024-01-15T10:00:00+24:00",
        "2024-01-15T10:00:00+10:60", "2024-01-15T10:00:00+23:59", "2024-01-15T10:00:00Z\n", "2024-W03-1T10:00:00Z",
        "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2016-12-31T22:59:60Z", "",
    ),
    "uri": (
        "https://a.example", "https://a.example/?q=1#f", "HTTP://A/%41", "urn:isbn:1", "mailto:a@b.example",
        "file:///x", "data:text/plain,x", "a:", "a:/b", "a://", "http://[::1]:80/x", "http://[::1", "http://[::1]x/",
        "http://user:pw@a:80/", "http://a:port/", "http://a@b@c/", "http://:80/", "http://a/#b#c", "http://a?b?c",
        "http://a/[x]", "http://a/?[x]", "//a/b", "/a", "a", "1a:b", "a b:c", "http://a b", "http://a/%zz",
        'http://a/"x"', "http://a/<x>", "http://a/\\x", "http://a/{x}", "http://a/|", "http://a/^", "http://a/`",
        "http://a/ä", "http://a/\n", "",
    ),
    "email": (
        "a@b", "demo@example.com", "a@example.test", "a+b@c.it", "o'x@c.it", '"a b"@c.it', '"a\\"b"@c.it',
        "a b@c.it", '"a b@c.it', "a..b@c.it", ".a@c.it", "a.@c.it", "a@-c.it", "a@c-.it", "a@c_.it", "a@c..it",
        "a@.c", "a@c.", "a(b)@c.it", "a,b@c.it", "a:b@c", "a@b:c", "a@b@c", "<a@b.it>", "a@[127.0.0.1]", "a@[x]",
        "a@[IPv6:::1]", "a", "a@", "@b", "a@b.it\n", f"{'a' * 65}@c.it", f"a@{'b' * 64}.it", f"a@{'b.' * 130}it", "",
    ),
}  # fmt: skip


NAMES = {**FORMATS, "number": "StrictFloat"}


def accepts(model: TypeAdapter[Any], value: Any) -> bool:
    """Tell whether *model* takes *value*, in Python and in JSON alike."""
    try:
        model.validate_python(value)
    except ValidationError:
        with pytest.raises(ValidationError):
            model.validate_json(json.dumps(value))
        return False
    model.validate_json(json.dumps(value))
    return True


def is_valid(schema: dict[str, Any], value: Any) -> bool:
    """Tell whether *value* is valid in JSON Schema 2020-12."""
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid(value)


@pytest.mark.parametrize("form", FORMATS)
def test_texts_are_taken_as_their_format_says(models: dict[str, ModuleType], form: str) -> None:
    """The scalar of a format takes the texts that JSON Schema takes."""
    model: TypeAdapter[Any] = TypeAdapter(getattr(models["scalars"], FORMATS[form]))
    expected = {text: is_valid({"type": "string", "format": form}, text) for text in TEXTS[form]}
    assert expected == {text: accepts(model, text) for text in TEXTS[form]}


def test_texts_that_a_model_refuses_are_in_the_table(
    models: dict[str, ModuleType], differences: dict[str, list[dict[str, Any]]]
) -> None:
    """Each valid text that the table calls refused is valid, and refused."""
    for row in differences["refused"]:
        model: TypeAdapter[Any] = TypeAdapter(getattr(models["scalars"], FORMATS[row["format"]]))
        for text in row["values"]:
            assert is_valid({"type": "string", "format": row["format"]}, text)
            assert not accepts(model, text)


def test_values_that_a_model_rewrites_are_in_the_table(
    models: dict[str, ModuleType], differences: dict[str, list[dict[str, Any]]]
) -> None:
    """Each value that the table calls rewritten comes back otherwise, and is read as the same again."""
    for row in differences["rewritten"]:
        model: TypeAdapter[Any] = TypeAdapter(getattr(models["scalars"], NAMES[row["format"]]))
        for text in row["values"]:
            loaded = model.validate_python(text)
            written = model.dump_python(loaded, mode="json")
            assert text != written
            assert loaded == model.validate_python(written)


@pytest.mark.parametrize("form", ["uri", "email"])
def test_texts_without_a_type_come_back_as_they_were(models: dict[str, ModuleType], form: str) -> None:
    """Addresses are checked and not touched: a signed URL stays signed."""
    model: TypeAdapter[Any] = TypeAdapter(getattr(models["scalars"], FORMATS[form]))
    texts = [text for text in TEXTS[form] if is_valid({"format": form}, text)]
    assert texts == [model.dump_python(model.validate_python(text), mode="json") for text in texts]


@pytest.mark.parametrize(("kind", "name"), [("integer", "StrictInt"), ("number", "StrictFloat")])
def test_numbers_are_taken_as_json_schema_says(models: dict[str, ModuleType], kind: str, name: str) -> None:
    """5.0 is an integer; a text, a boolean and null are no numbers."""
    model: TypeAdapter[Any] = TypeAdapter(getattr(models["scalars"], name))
    values = (5, 5.0, -0.0, 5.5, 1e20, 10**30, "5", "", True, False, None, [5], {})
    expected = [is_valid({"type": kind}, value) for value in values]
    assert expected == [accepts(model, value) for value in values]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_json_does_not_have_are_refused(models: dict[str, ModuleType], value: float) -> None:
    """NaN and the infinities are no JSON."""
    for name in ("StrictInt", "StrictFloat"):
        assert not accepts(TypeAdapter(getattr(models["scalars"], name)), value)


@pytest.mark.parametrize("form", FORMATS)
def test_other_types_are_no_texts(models: dict[str, ModuleType], form: str) -> None:
    """A number is not read as a time, nor as anything else that is written as a text."""
    model: TypeAdapter[Any] = TypeAdapter(getattr(models["scalars"], FORMATS[form]))
    assert not [value for value in (0, 1730000000, 1.5, True, None, [], {}) if accepts(model, value)]


def test_values_made_in_python_are_taken(models: dict[str, ModuleType]) -> None:
    """A model can be built from a UUID, a date and an aware datetime."""
    scalars = models["scalars"]
    values = {
        "UUID": uuid.UUID(UUID),
        "date": dt.date(2024, 1, 15),
        "AwareDatetime": dt.datetime(2024, 1, 15, tzinfo=dt.UTC),
    }
    for name, value in values.items():
        assert value == TypeAdapter(getattr(scalars, name)).validate_python(value)
    with pytest.raises(ValidationError):
        TypeAdapter(scalars.AwareDatetime).validate_python(dt.datetime(2024, 1, 15))  # noqa: DTZ001
