"""Projects of their own in temporary folders, and the real command run in them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, kw_only=True)
class Done:
    """A command that has ended: its exit code and what it printed, as bytes where that matters."""

    code: int
    out: str
    err: str

    def told(self) -> str:
        """Return all that was printed, for the message of a failed assertion."""
        return f"exit code {self.code}\n{self.out}\n{self.err}"


class Starter:
    """Runs ``python -m accord`` in processes forked from one that has imported it."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._process = subprocess.Popen(
            [sys.executable, str(DATA / "starter.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, folder: Path, environment: Mapping[str, str], seconds: int) -> Done:
        """Run the command in *folder*; one that takes longer than *seconds* ends with code -14."""
        order = {
            "arguments": arguments,
            "folder": str(folder),
            "environment": dict(environment),
            "stdout": str(self._scratch / "stdout"),
            "stderr": str(self._scratch / "stderr"),
            "seconds": seconds,
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        out, err = ((self._scratch / name).read_text("utf-8") for name in ("stdout", "stderr"))
        return Done(code=code, out=out, err=err)

    def close(self) -> None:
        """Let the process go."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


def environment(**more: str) -> dict[str, str]:
    """Return what the command gets of this environment: nothing that changes what it prints."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH", "TMPDIR") if name in os.environ}
    return {**kept, "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1", **more}


@dataclass(kw_only=True)
class Project:
    """A folder with settings, a contract and a service, and the command run in it."""

    folder: Path
    starter: Starter
    environment: dict[str, str] = field(default_factory=environment)

    def write(self, name: str, text: str | bytes) -> Path:
        """Write a file of the project."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def accord(self, *arguments: str, seconds: int = 20) -> Done:
        """Run the command; it never ends with a traceback."""
        done = self.starter.run(*arguments, folder=self.folder, environment=self.environment, seconds=seconds)
        assert "Traceback" not in done.out + done.err, done.told()
        return done

    def verify(self, *arguments: str, seconds: int = 20) -> Done:
        """Run ``accord verify`` with few cases."""
        return self.accord("verify", "--max-examples", "3", *arguments, seconds=seconds)

    def report(self, name: str = "report.json") -> Any:
        """Return a JSON report of the project."""
        return json.loads((self.folder / name).read_bytes())


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starter]:
    """Give the process that commands are forked from."""
    made = Starter(tmp_path_factory.mktemp("starter"))
    yield made
    made.close()


@pytest.fixture
def project(tmp_path: Path, starter: Starter) -> Project:
    """Give a healthy project: ``app:healthy`` keeps ``openapi.yaml``."""
    shutil.copytree(DATA / "things", tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    return Project(folder=tmp_path, starter=starter)
