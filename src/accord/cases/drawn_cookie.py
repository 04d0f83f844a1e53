"""Cookies of a drawn case in the style ``cookie``, whose lists and objects schemathesis writes as one text."""

from __future__ import annotations

from typing import Any

from accord.contract.bundle import TAKEN_APART


def with_crumbs(case: Any, data: dict[str, Any]) -> dict[str, Any]:
    """Return *data*, the arguments for a request of *case*, with a cookie for each item of such a list or object."""
    apart = {
        item.name: item.definition[TAKEN_APART]
        for item in case.operation.cookies
        if TAKEN_APART in item.definition
    }
    cookies = {name: str(value) for name, value in (data.get("cookies") or {}).items()}
    if not apart.keys() & cookies.keys():
        return data
    crumbs = [crumb for name, text in cookies.items() for crumb in _crumbs(name, text, apart.get(name))]
    headers = {**(data.get("headers") or {}), "Cookie": "; ".join(crumbs)}
    return {**data, "cookies": None, "headers": headers}


def _crumbs(name: str, text: str, kind: str | None) -> list[str]:
    parts = text.split(",")
    if kind == "object" and all("=" in part for part in parts):
        return parts
    return [f"{name}={part}" for part in parts] if kind == "array" else [f"{name}={text}"]
