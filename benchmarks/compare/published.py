"""Files of published npm packages, unpacked once below ``.accord``, and what the command takes to compare two."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path

FOLDER = Path(__file__).parents[2] / ".accord"


def unpacked(folder: str, package: str, version: str, inside: str) -> Path:
    """Return the file *inside* the *version* of a *package*, in *folder*, fetched when it is not there yet."""
    target = FOLDER / folder / version / Path(inside).name
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        packed = subprocess.run(
            ["npm", "pack", "--silent", f"{package}@{version}"],
            cwd=FOLDER / folder,
            capture_output=True,
            text=True,
            check=True,
        )
        with tarfile.open(FOLDER / folder / packed.stdout.strip()) as archive:
            content = archive.extractfile(f"package/{inside}")
            if content is None:
                raise SystemExit(f"{package}@{version} has no {inside}")
            target.write_bytes(content.read())
    return target


def command(old: Path, new: Path, *options: str) -> tuple[float, int]:
    """Return CPU seconds and megabytes of ``accord compare`` with *options*, its start included."""
    arguments = [sys.executable, "-m", "accord", "compare", str(old), str(new), "--quiet", *options]
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024
