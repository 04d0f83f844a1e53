"""What a change of the contract touches: the operations that a revision of git describes otherwise."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from accord.contract.contract import Contract, load
from accord.contract.description import changed
from accord.errors import ConfigurationError, ContractError
from accord.run.context import Trial
from accord.run.source.git import Repository
from accord.run.source.side import beside_revision


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


def changed_until_now(name: str, contract: Contract, since: str | None) -> frozenset[str]:
    """Return the ids of the operations of *contract*, at the revision *name*, that are described otherwise by now.

    None of them where the contract is gone by now, or cannot be read. Raises ``ConfigurationError`` when a revision
    to compare with was named as well.
    """
    if since is not None:
        raise ConfigurationError(
            "the contract is one of a revision, and what has changed since then comes first anyway",
            place="--changed-since",
            next_step="Leave --changed-since out.",
        )
    path = beside_revision(name)
    if path is None:
        return frozenset()
    try:
        return changed(load(path), contract)
    except ContractError:
        return frozenset()


def touched_first(trials: Sequence[Trial], operations: frozenset[str]) -> tuple[Trial, ...]:
    """Return *trials*, those of *operations* before all others, and else in their order."""
    prefixes = tuple(f"rest/{operation}/" for operation in sorted(operations))
    return tuple(sorted(trials, key=lambda trial: not trial.id.startswith(prefixes)))
