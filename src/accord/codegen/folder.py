"""The folder of the generated package: written, and compared with what would be written now."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import unified_diff
from pathlib import Path

from accord.errors import ConfigurationError


def write(texts: Mapping[str, str], folder: Path) -> None:
    """Make *folder* hold *texts*, and no other Python file."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in sorted(_present(folder).keys() - texts.keys()):
            (folder / name).unlink()
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise _unusable(folder, error) from error


def stale(texts: Mapping[str, str], folder: Path) -> str:
    """Return how *folder* differs from *texts* as a unified diff; empty when it does not."""
    try:
        present = _present(folder)
    except OSError as error:
        raise _unusable(folder, error) from error
    return "".join(
        line if line.endswith("\n") else f"{line}\n"
        for name in sorted(present.keys() | texts.keys())
        for line in unified_diff(
            present.get(name, "").splitlines(keepends=True),
            texts.get(name, "").splitlines(keepends=True),
            f"{folder.name}/{name}" if name in present else "/dev/null",
            f"{folder.name}/{name}" if name in texts else "/dev/null",
        )
    )


def _present(folder: Path) -> dict[str, str]:
    paths = sorted(folder.glob("*.py")) if folder.is_dir() else []
    return {path.name: path.read_bytes().decode("utf-8", errors="replace") for path in paths}


def _unusable(folder: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"cannot hold the generated models: {error.strerror or error}",
        place=str(folder),
        next_step="Name another folder with --output or `generated` in [tool.accord].",
    )
