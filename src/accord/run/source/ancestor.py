"""The contract as it was where a branch set out: at the commit that it shares with another branch."""

from __future__ import annotations

from pathlib import Path

from accord.errors import ConfigurationError
from accord.run.source.git import Repository

BRANCHES = ("origin/HEAD", "origin/main", "origin/master", "main", "master")
"""Where a branch sets out from, as a rule; the first that git knows is taken."""
_PLACE = "--base"
_SHOWN = 12


def ancestor(path: Path, base: str | None) -> str | None:
    """Return ``commit:path`` of the contract at *path* where HEAD left *base*; None where none was there yet.

    Without *base*, it is the main branch. Raises ``ConfigurationError`` where git knows no such branch,
    or no commit that both share.
    """
    repository = Repository(folder=path if path.is_dir() else path.parent, place=_PLACE)
    top, _ = repository.top()
    try:
        inside = path.resolve().relative_to(top.resolve()).as_posix()
    except ValueError:
        raise ConfigurationError(
            "the contract lies outside of the repository", place=str(path), next_step="Name both sides."
        ) from None
    branch = base or _main_branch(repository)
    shared = repository.ask("merge-base", "HEAD", repository.commit(branch))
    if shared is None:
        raise ConfigurationError(
            f"git knows no commit that HEAD and {branch[:100]} share",
            place=_PLACE,
            next_step="Fetch more of the history: `git fetch --unshallow`, or fetch-depth: 0 in CI.",
        )
    commit = shared.decode().strip()[:_SHOWN]
    there = inside == "." or repository.kind(f"{commit}:{inside}")
    return f"{commit}:{inside}" if there else None


def _main_branch(repository: Repository) -> str:
    for name in BRANCHES:
        if repository.ask("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}") is not None:
            return name
    raise ConfigurationError(
        f"git knows none of {', '.join(BRANCHES)} here",
        place=_PLACE,
        next_step="Fetch the branch that the change is for, and name it with --base.",
    )
