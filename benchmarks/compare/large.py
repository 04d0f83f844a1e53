"""A large document that nobody here wrote: ``python benchmarks/compare/large.py``.

``@octokit/openapi`` holds GitHub's description of its REST interface, 12 MB with some 1,200 operations. Two
versions are compared, one of them with itself, with a copy in another folder and by another name, and with the
same written otherwise. Prints the least CPU seconds of three commands and the memory of the last; ends with 1
where one takes longer than its bar.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from published import command, unpacked

PACKAGE = "@octokit/openapi"
INSIDE = "generated/api.github.com.json"
TIMES = 3


def main() -> int:
    """Compare each pair and return 1 where one took longer than its bar."""
    old, new = (unpacked("large", PACKAGE, version, INSIDE) for version in ("22.0.0", "23.0.2"))
    pairs: list[tuple[str, Path, Path, float, tuple[str, ...]]] = [
        ("two versions", old, new, 10.0, ()),
        ("and the way back", new, old, 10.0, ()),
        ("and by the policy strict", old, new, 60.0, ("--policy", "strict")),
        ("itself", old, old, 3.0, ()),
        ("a copy in another folder", old, _copy(old, "copy", old.name), 3.0, ()),
        ("a copy by another name", old, _copy(old, "copy", "other.json"), 3.0, ()),
        ("the same in one line", old, _copy(old, "line", "other.json", spaced=False), 10.0, ()),
    ]
    print("                            CPU s   bar   MB")
    slow = 0
    for name, one, other, bar, options in pairs:
        costs = [command(one, other, *options) for _ in range(TIMES)]
        seconds = min(cost for cost, _ in costs)
        slow += seconds > bar
        print(f"{name:26} {seconds:6.2f} {bar:5.0f} {costs[-1][1]:4}", flush=True)
    return int(slow > 0)


def _copy(path: Path, folder: str, name: str, *, spaced: bool = True) -> Path:
    target = path.parent / folder / name
    target.parent.mkdir(exist_ok=True)
    text = path.read_text(encoding="utf-8")
    target.write_text(text if spaced else json.dumps(json.loads(text)), encoding="utf-8")
    return target


if __name__ == "__main__":
    sys.exit(main())
