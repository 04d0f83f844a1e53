"""Writes docs/licences.md, the licence of everything that `pip install accord` brings, from what is installed."""

from __future__ import annotations

from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PAGE = Path(__file__).with_name("licences.md")
_HEAD = """# Licences

What `pip install accord` brings, and under which licence, as the packages themselves say. `python docs/licences.py`
writes this page from what is installed.

| package | licence |
| --- | --- |
"""


def page() -> str:
    """Return the whole page."""
    return _HEAD + "".join(f"| {name} | {licence} |\n" for name, licence in sorted(licences().items()))


def licences() -> dict[str, str]:
    """Return the licence of each package that accord needs, itself and through others."""
    found: dict[str, str] = {}
    waiting = [Requirement("accord")]
    known: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        wanted = waiting.pop()
        key = (canonicalize_name(wanted.name), frozenset(wanted.extras))
        if key in known:
            continue
        known.add(key)
        package = distribution(wanted.name)
        found[key[0]] = _licence(package)
        waiting += [
            needed
            for needed in map(Requirement, package.requires or ())
            if needed.marker is None
            or any(needed.marker.evaluate({"extra": extra}) for extra in ("", *wanted.extras))
        ]
    del found["accord"]
    return found


def _licence(package: Distribution) -> str:
    told = package.metadata
    classified = [item.split(" :: ")[-1] for item in told.get_all("Classifier", ()) if "License ::" in item]
    return told.get("License-Expression") or "; ".join(classified) or told.get("License") or "not said"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
