"""An exception of somebody else's code, in one short line."""

from __future__ import annotations

import sysconfig
from pathlib import Path
from traceback import FrameSummary, extract_tb

_LONGEST = 300
_LIBRARIES = tuple(
    {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")} | {"<frozen"}
)
_OWN = str(Path(__file__).parent)


def describe(error: BaseException) -> str:
    """Return ``Type: message (file.py:line in function)`` for *error*.

    The place is the innermost one outside libraries; a group of one exception is that exception.
    """
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    text = name_and_message(error)
    frame = _frame(error)
    return f"{text} ({_short(frame.filename)}:{frame.lineno} in {frame.name})" if frame else text


def name_and_message(error: BaseException) -> str:
    """Return ``Type: message``, on one line and cut where it gets long."""
    try:
        message = " ".join(str(error).split())
    except Exception:  # noqa: BLE001  a foreign __str__ may do anything
        message = ""
    if len(message) > _LONGEST:
        message = message[:_LONGEST] + "…"
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def _frame(error: BaseException) -> FrameSummary | None:
    frames = [frame for frame in extract_tb(error.__traceback__) if not frame.filename.startswith(_OWN)]
    theirs = [frame for frame in frames if not frame.filename.startswith(_LIBRARIES)]
    return next(reversed(theirs or frames), None)


def _short(filename: str) -> str:
    path = Path(filename)
    try:
        return path.relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        return path.name
