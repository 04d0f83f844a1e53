"""What a change of the contract touches: the operations that a revision of git describes otherwise."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from accord.contract.contract import SUFFIXES, Contract, load
from accord.contract.description import changed
from accord.errors import ConfigurationError, ContractError
from accord.run.context import Trial

_SECONDS = 30
_MAXIMUM_FILES = 1_000
_MAXIMUM_BYTES = 64 * 1024 * 1024
_PLACE = "--changed-since"
_FILES = ("100644", "100755")


def changed_since(revision: str, path: Path, contract: Contract) -> frozenset[str]:
    """Return the ids of the operations of *contract*, loaded from *path*, that *revision* describes otherwise.

    All of them where the contract of that revision cannot be loaded, or is not there. Raises
    ``ConfigurationError`` without git, and for a revision that git does not know.
    """
    folder = contract.folder.absolute()
    commit = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        raise ConfigurationError(
            f"git knows no revision {revision[:100]!r} here",
            place=_PLACE,
            next_step="Name a commit, branch or tag of the repository that the contract lies in; fetch it first.",
        )
    with tempfile.TemporaryDirectory() as copy:
        _copy(folder, commit.decode().strip(), Path(copy))
        try:
            before = load(Path(copy) / path.name if path.is_file() else Path(copy))
        except ContractError:
            return frozenset(operation.id for operation in contract.operations)
    return changed(before, contract)


def touched_first(trials: Sequence[Trial], operations: frozenset[str]) -> tuple[Trial, ...]:
    """Return *trials*, those of *operations* before all others, and else in their order."""
    prefixes = tuple(f"rest/{operation}/" for operation in sorted(operations))
    return tuple(sorted(trials, key=lambda trial: not trial.id.startswith(prefixes)))


def _copy(folder: Path, commit: str, copy: Path) -> None:
    """Write the documents that *folder* held at *commit* to *copy*."""
    listing = _git(folder, "ls-tree", "-r", "-z", commit, "--", ".") or b""
    entries = [
        entry.partition("\t") for entry in listing.decode(errors="surrogateescape").split("\0") if entry
    ]
    size = 0
    wanted = [(about, name) for about, _, name in entries if name.endswith(SUFFIXES)]
    for about, name in wanted[:_MAXIMUM_FILES]:
        mode, _, rest = about.partition(" ")
        if mode not in _FILES or ".." in Path(name).parts or Path(name).is_absolute():
            continue
        content = _git(folder, "show", rest.split(" ")[-1]) or b""
        size += len(content)
        if size > _MAXIMUM_BYTES:
            raise ConfigurationError(
                f"the contract of that revision has more than {_MAXIMUM_BYTES} bytes",
                place=_PLACE,
                next_step="Name another revision.",
            )
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def _git(folder: Path, *arguments: str) -> bytes | None:
    """Return what git prints, None when it refuses; raises ``ConfigurationError`` when it cannot be run."""
    try:
        result = subprocess.run(  # noqa: S603 - no shell; the revision stands behind --end-of-options
            ["git", *arguments],  # noqa: S607 - the git of whoever calls
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as problem:
        raise ConfigurationError(
            f"git cannot be asked: {problem}", place=_PLACE, next_step="Install git, or leave the option out."
        ) from None
    return result.stdout if result.returncode == 0 else None
