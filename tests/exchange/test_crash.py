"""An exception in one line: its type, its message, the place in the code of whoever raised it."""

from __future__ import annotations

import json
from pathlib import Path

from accord.exchange.crash import describe


def caught(source: str, path: Path) -> str:
    """Run *source*, as the file at *path*, and describe what it raises."""
    try:
        exec(compile(source, str(path), "exec"), {"json": json})
    except BaseException as problem:  # noqa: BLE001
        return describe(problem)
    raise AssertionError


def test_the_place_is_that_of_the_innermost_own_code(tmp_path: Path) -> None:
    """A failure deep in a library is told where the application called it."""
    source = "def parse():\n    json.loads('{')\nparse()\n"
    expected = "(app.py:2 in parse)"
    assert caught(source, tmp_path / "app.py").startswith("JSONDecodeError: Expecting property name")
    assert caught(source, tmp_path / "app.py").endswith(expected)


def test_a_long_message_is_cut_and_stays_on_one_line(tmp_path: Path) -> None:
    """A message of any size and shape makes one short line."""
    text = caught("raise ValueError('x\\n' * 100_000)", tmp_path / "app.py")
    assert len(text) < 400
    assert "\n" not in text


def test_a_message_that_raises_does_no_harm(tmp_path: Path) -> None:
    """An exception whose text cannot be made is told by its type."""
    source = "class Bad(Exception):\n    def __str__(self):\n        raise OSError\nraise Bad\n"
    assert caught(source, tmp_path / "app.py") == "Bad (app.py:4 in <module>)"


def test_a_group_of_one_is_that_one(tmp_path: Path) -> None:
    """Task groups wrap what happened; the reader wants what happened."""
    source = "try:\n    raise KeyError('k')\nexcept KeyError as e:\n    raise ExceptionGroup('g', [e])\n"
    assert caught(source, tmp_path / "app.py") == "KeyError: 'k' (app.py:2 in <module>)"


def test_an_exception_without_traceback_has_no_place() -> None:
    """What was never raised has a type and a message only."""
    assert describe(ValueError("no")) == "ValueError: no"
