"""``accord blind-spots`` without its command line: a recording read, and a contract held against what it hides."""

from __future__ import annotations

from pathlib import Path

from accord.contract.contract import load
from accord.exchange import recording
from accord.findings.blindness.hole import Blindness
from accord.findings.blindness.measure import measure


def blindness(path: Path, recorded: Path) -> Blindness:
    """Return what the contract at *path* would not see, by the good answers and messages of *recorded*.

    Raises ``ContractError`` and ``RecordingError`` for what cannot be read.
    """
    return measure(load(path), recording.read(recorded))
