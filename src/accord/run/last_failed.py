"""The trials that failed last time: a small file beside the settings, for the next run to begin with them.

It is a cache: what cannot be read is nothing, and what cannot be written is not told.
"""

from __future__ import annotations

import json
import tempfile
from contextlib import suppress
from pathlib import Path

from accord.findings.finding import Severity
from accord.findings.result import Run

_FOLDER = ".accord"
_NAME = "last-failed.json"
_LARGEST = 1_000_000


def read_failed(root: Path) -> frozenset[str]:
    """Return the ids of the trials that failed when a run below *root* last asked them."""
    path = root / _FOLDER / _NAME
    try:
        if path.stat().st_size > _LARGEST:
            return frozenset()
        listed = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return frozenset()
    return (
        frozenset(item for item in listed if isinstance(item, str))
        if isinstance(listed, list)
        else frozenset()
    )


def keep_failed(root: Path, run: Run, fail_on: Severity) -> None:
    """Take down which trials of *run* failed, by *fail_on*; those that it did not play stay as they were."""
    standing = {item.finding.fingerprint for item in run.approved}
    failed = {
        outcome.place
        for outcome in run.outcomes
        for finding in outcome.findings
        if finding.severity.rank <= fail_on.rank and finding.fingerprint not in standing
    }
    before = read_failed(root)
    after = (before - set(run.trials)) | failed
    if after != before:
        with suppress(OSError):
            _write(root / _FOLDER, sorted(after))


def _write(folder: Path, listed: list[str]) -> None:
    folder.mkdir(exist_ok=True)
    ignored = folder / ".gitignore"
    if not ignored.exists():
        ignored.write_text("*\n", encoding="utf-8")
    # Replaced whole: two runs at once must not make half a file.
    with tempfile.NamedTemporaryFile("w", dir=folder, suffix=".json", delete=False, encoding="utf-8") as file:
        json.dump(listed, file, indent=1)
    Path(file.name).replace(folder / _NAME)
