"""What a change of the contract touches: the operations that a revision of git describes otherwise."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from accord.contract.contract import Contract, load
from accord.contract.description import changed
from accord.errors import ContractError
from accord.run.context import Trial
from accord.run.git import Repository


def changed_since(revision: str, path: Path, contract: Contract) -> frozenset[str]:
    """Return the ids of the operations of *contract*, loaded from *path*, that *revision* describes otherwise.

    All of them where the contract of that revision cannot be loaded, or is not there. Raises
    ``ConfigurationError`` without git, and for a revision that git does not know.
    """
    repository = Repository(folder=contract.folder.absolute(), place="--changed-since")
    commit = repository.commit(revision)
    with tempfile.TemporaryDirectory() as copy:
        repository.copy(commit, Path(copy))
        try:
            before = load(Path(copy) / path.name if path.is_file() else Path(copy))
        except ContractError:
            return frozenset(operation.id for operation in contract.operations)
    return changed(before, contract)


def touched_first(trials: Sequence[Trial], operations: frozenset[str]) -> tuple[Trial, ...]:
    """Return *trials*, those of *operations* before all others, and else in their order."""
    prefixes = tuple(f"rest/{operation}/" for operation in sorted(operations))
    return tuple(sorted(trials, key=lambda trial: not trial.id.startswith(prefixes)))
