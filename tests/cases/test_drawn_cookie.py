"""Cookies of a drawn case, as they leave."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from accord.cases.drawn_cookie import with_crumbs
from accord.contract.bundle import TAKEN_APART


def case(**kinds: str) -> Any:
    """Return a case of an operation with a cookie for each of *kinds*."""
    cookies = [
        SimpleNamespace(name=name, definition={TAKEN_APART: kind} if kind else {})
        for name, kind in kinds.items()
    ]
    return SimpleNamespace(operation=SimpleNamespace(cookies=cookies))


@pytest.mark.parametrize(
    ("kinds", "cookies", "header"),
    [
        ({"c": "array"}, {"c": "a,b"}, "c=a; c=b"),
        ({"c": "array", "d": ""}, {"d": "x,y", "c": "a"}, "d=x,y; c=a"),
        ({"c": "object"}, {"c": "a=1,b=2"}, "a=1; b=2"),
        ({"c": "object"}, {"c": "a"}, "c=a"),
    ],
)
def test_what_is_taken_apart_is_a_cookie_each(
    kinds: dict[str, str], cookies: dict[str, str], header: str
) -> None:
    """A list has its name again and again, the members of an object have their own (OpenAPI 3.2, 4.12.6)."""
    sent = with_crumbs(case(**kinds), {"cookies": cookies, "headers": {"A": "b"}})
    assert {"A": "b", "Cookie": header} == sent["headers"]
    assert not sent["cookies"]


@pytest.mark.parametrize("cookies", [None, {}, {"d": "a,b"}])
def test_other_cookies_stay_as_they_are(cookies: dict[str, str] | None) -> None:
    """Where none is taken apart, nothing is changed."""
    data = {"cookies": cookies, "headers": {}}
    assert data is with_crumbs(case(c="array", d=""), data)
