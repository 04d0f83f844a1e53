"""The folder of the generated package: written, and compared with what would be written now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import unified_diff
from pathlib import Path

from accord.errors import ConfigurationError

MARK = "# Written by `accord generate`"
"""How each generated module begins; no other is ever removed or written over."""


def write(texts: Mapping[str, str], folder: Path) -> None:
    """Make *folder* hold *texts*, and no other Python module.

    Raises ``ConfigurationError``, before anything is changed, when a module there was not
    generated, and when the folder cannot be written.
    """
    try:
        present = _present(folder)
        for name, text in present.items():
            if text and not text.startswith(MARK):
                raise ConfigurationError(
                    f"holds {name}, which was not generated",
                    place=str(folder),
                    next_step="Name a folder of its own for the models, or remove that module.",
                )
        folder.mkdir(parents=True, exist_ok=True)
        for name in sorted(present.keys() - texts.keys()):
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
    names = sorted(present.keys() | texts.keys())
    lines = (_difference(folder.name, name, present.get(name), texts.get(name)) for name in names)
    return "".join(line for part in lines for line in part)


def _difference(folder: str, name: str, old: str | None, new: str | None) -> Iterator[str]:
    if old == new:
        return
    before = "/dev/null" if old is None else f"{folder}/{name}"
    after = "/dev/null" if new is None else f"{folder}/{name}"
    one, other = ((text or "").splitlines(keepends=True) for text in (old, new))
    lines = list(unified_diff(one, other, before, after))
    for line in lines or [f"--- {before}\n", f"+++ {after}\n"]:
        yield line if line.endswith("\n") else f"{line}\n"


def _present(folder: Path) -> dict[str, str]:
    if not folder.exists():
        return {}
    paths = sorted(path for path in folder.iterdir() if path.suffix == ".py" and path.is_file())
    return {path.name: path.read_bytes().decode("utf-8", errors="replace") for path in paths}


def _unusable(folder: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"cannot hold the generated models: {error.strerror or error}",
        place=str(folder),
        next_step="Name another folder with --output or `generated` in [tool.accord].",
    )
