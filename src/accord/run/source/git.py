"""The repository of git: which commit a revision is, and what documents it held, bounded in time and size."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from accord.contract.contract import SUFFIXES
from accord.errors import ConfigurationError

_SECONDS = 30
_MAXIMUM_FILES = 1_000
_MAXIMUM_BYTES = 64 * 1024 * 1024
_FILES = ("100644", "100755")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """The repository around *folder*; ``place`` is the option or argument that named it."""

    folder: Path
    place: str

    def commit(self, revision: str) -> str:
        """Return the commit that *revision* names; raises ``ConfigurationError`` when git knows none."""
        found = self.ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        if found is None:
            raise ConfigurationError(
                f"git knows no revision {revision[:100]!r} here",
                place=self.place,
                next_step="Name a commit, branch or tag of the repository that the contract lies in; fetch it first.",
            )
        return found.decode().strip()

    def copy(self, tree: str, target: Path, *, below: str = ".") -> int:
        """Write the documents of the tree of *below* at the commit *tree* to *target*; return their number.

        Links are left out. Raises ``ConfigurationError`` for more files or bytes than a contract has.
        """
        listing = self.ask("ls-tree", "-r", "-l", "-z", tree, "--", below) or b""
        entries = [
            entry.partition("\t") for entry in listing.decode(errors="surrogateescape").split("\0") if entry
        ]
        wanted = [_Blob.read(about, name) for about, _, name in entries if name.endswith(SUFFIXES)]
        kept = [item for item in wanted if item.is_file]
        if len(kept) > _MAXIMUM_FILES or sum(item.size for item in kept) > _MAXIMUM_BYTES:
            raise ConfigurationError(
                f"the contract of that revision has more than {_MAXIMUM_FILES} files or {_MAXIMUM_BYTES} bytes",
                place=self.place,
                next_step="Name a folder with less in it.",
            )
        for item in kept:
            path = target / item.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self.ask("cat-file", "blob", item.hash) or b"")
        return len(kept)

    def kind(self, name: str) -> str | None:
        """Return ``blob`` or ``tree`` for ``commit:path``, None when nothing is there."""
        found = self.ask("cat-file", "-t", name)
        return None if found is None else found.decode().strip()

    def content(self, name: str) -> bytes:
        """Return the file ``commit:path``; raises ``ConfigurationError`` for one that is too large."""
        size = (self.ask("cat-file", "-s", name) or b"0").strip()
        if int(size) > _MAXIMUM_BYTES:
            raise ConfigurationError(
                f"the file has more than {_MAXIMUM_BYTES} bytes",
                place=self.place,
                next_step="Split it into files that refer to each other.",
            )
        return self.ask("cat-file", "blob", name) or b""

    def top(self) -> tuple[Path, str]:
        """Return the top folder of the repository, and the path from there to this folder.

        Raises ``ConfigurationError`` where there is no repository.
        """
        found = self.ask("rev-parse", "--show-toplevel", "--show-prefix")
        lines = (found or b"").decode(errors="surrogateescape").split("\n")
        if len(lines) < 2:
            raise ConfigurationError(
                "is no file, and here is no repository of git in which it could be a revision",
                place=self.place,
                next_step="Name a file, a folder, a URL, or REVISION:PATH inside of a repository.",
            )
        return Path(lines[0]), lines[1]

    def ask(self, *arguments: str) -> bytes | None:
        """Return what git prints, None when it refuses; raises ``ConfigurationError`` when it cannot be run."""
        try:
            result = subprocess.run(  # noqa: S603 - no shell; what users give stands behind --end-of-options
                ["git", "--literal-pathspecs", *arguments],  # noqa: S607 - the git of whoever calls
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        except (OSError, ValueError, subprocess.TimeoutExpired) as problem:
            raise ConfigurationError(
                f"git cannot be asked: {problem}",
                place=self.place,
                next_step="Install git, or name files instead.",
            ) from None
        return result.stdout if result.returncode == 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Blob:
    """One line of ``git ls-tree -l``."""

    mode: str
    hash: str
    size: int
    name: str

    @classmethod
    def read(cls, about: str, name: str) -> _Blob:
        mode, _, hash_, size = about.split()
        return cls(mode=mode, hash=hash_, size=int(size) if size.isdecimal() else 0, name=name)

    @property
    def is_file(self) -> bool:
        path = PurePosixPath(self.name)
        return self.mode in _FILES and ".." not in path.parts and not path.is_absolute()
