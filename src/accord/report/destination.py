"""Where a report goes: ``FORMAT=PATH``, a file or standard output."""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path

from accord.errors import ConfigurationError

_STREAM = Path("-")


def destination(item: str, formats: Collection[str]) -> tuple[str, Path]:
    """Return format and path of ``FORMAT=PATH``, where ``-`` is standard output; raises ``ConfigurationError``."""
    kind, _, path = item.partition("=")
    if kind not in formats or not path or "\0" in path:
        raise ConfigurationError(
            f"{item[:200]!r} is not a report",
            place="--report",
            next_step=f"Give {', '.join(f'{name}=PATH' for name in formats)}.",
        )
    return kind, Path(path)


def is_stream(item: str) -> bool:
    """Tell whether *item* goes to standard output, which a program reads then: people read the other stream."""
    return item.partition("=")[2] == str(_STREAM)


def put(content: bytes, path: Path) -> None:
    """Write *content* to *path*, or to standard output; raises ``ConfigurationError``."""
    if path == _STREAM:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise ConfigurationError(
            f"the report cannot be written: {error.strerror}", place=str(path), next_step="Name another path."
        ) from error
