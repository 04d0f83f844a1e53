"""Writing the package, and telling whether the one on disk is stale."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.codegen import stale, write
from accord.errors import ConfigurationError

MARK = "# Written by `accord generate` from openapi.yaml.\n"
TEXTS = {"__init__.py": "", "api.py": f"{MARK}A = 1\n"}


def test_what_was_written_is_fresh(tmp_path: Path) -> None:
    """There is no difference right after writing, and writing again changes nothing."""
    write(TEXTS, tmp_path / "models")
    write(TEXTS, tmp_path / "models")
    assert not stale(TEXTS, tmp_path / "models")


def test_a_changed_file_is_stale(tmp_path: Path) -> None:
    """The difference goes from what is there to what would be written."""
    write(TEXTS, tmp_path)
    (tmp_path / "api.py").write_text(f"{MARK}A = 2\n", encoding="utf-8")
    expected = (
        f"--- {tmp_path.name}/api.py\n+++ {tmp_path.name}/api.py\n@@ -1,2 +1,2 @@\n {MARK}-A = 2\n+A = 1\n"
    )
    assert expected == stale(TEXTS, tmp_path)


@pytest.mark.parametrize("name", ["api.py", "__init__.py"])
def test_a_missing_file_is_stale(tmp_path: Path, name: str) -> None:
    """A file that would be written and is not there counts, an empty one too."""
    write(TEXTS, tmp_path)
    (tmp_path / name).unlink()
    assert f"+++ {tmp_path.name}/{name}" in stale(TEXTS, tmp_path)


@pytest.mark.parametrize("text", [f"{MARK}B = 1\n", ""])
def test_an_extra_module_is_stale_until_written_again(tmp_path: Path, text: str) -> None:
    """A module that is not generated any more counts, and goes with the next writing."""
    write(TEXTS, tmp_path)
    (tmp_path / "old.py").write_text(text, encoding="utf-8")
    assert f"--- {tmp_path.name}/old.py\n+++ /dev/null\n" in stale(TEXTS, tmp_path)
    write(TEXTS, tmp_path)
    assert not stale(TEXTS, tmp_path)


def test_files_that_are_no_modules_are_left_alone(tmp_path: Path) -> None:
    """A folder may hold more than the package: py.typed, a README."""
    (tmp_path / "py.typed").touch()
    write(TEXTS, tmp_path)
    assert (tmp_path / "py.typed").exists()
    assert not stale(TEXTS, tmp_path)


def test_a_module_of_somebody_else_is_never_removed(tmp_path: Path) -> None:
    """A folder with a module that was not generated is refused as a whole."""
    (tmp_path / "settings.py").write_text("KEY = 1\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"settings\.py"):
        write(TEXTS, tmp_path)
    assert ["settings.py"] == [path.name for path in tmp_path.iterdir()]


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    """What cannot be written is an error with the path."""
    (tmp_path / "models").touch()
    with pytest.raises(ConfigurationError, match="models"):
        write(TEXTS, tmp_path / "models")
