"""What Django REST framework reads as another type: its own fields are the oracle."""

from __future__ import annotations

from typing import Any

import pytest
from django_service import create_app

from accord.findings.coercion import READINGS
from accord.findings.profiles import DJANGO_REST

VALUES: list[Any] = [
    "1", "1.0", "1.5", "1_000", "1e3", "", "x", "true", "off", 0, 1, 2, 2.5, 3.0, True, False, [1], {"a": 1},
]  # fmt: skip


@pytest.fixture(scope="module")
def fields() -> dict[str, Any]:
    """Give a field for each type."""
    create_app()
    from rest_framework import serializers  # noqa: PLC0415 - Django must be set up first

    return {
        "integer": serializers.IntegerField(),
        "number": serializers.FloatField(),
        "boolean": serializers.BooleanField(),
        "string": serializers.CharField(),
    }


@pytest.mark.parametrize("name", sorted(DJANGO_REST.readings))
@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_nothing_is_excused_that_the_framework_refuses(fields: dict[str, Any], name: str, value: Any) -> None:
    """What its profile reads as a type, the field of that type takes."""
    kind, read = READINGS[name]
    if read(value) is not None:
        fields[kind].run_validation(value)
