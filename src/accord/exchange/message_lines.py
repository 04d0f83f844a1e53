"""Files of traffic: what kind one is, and the lines of one that has a message in JSON on each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from accord.errors import RecordingError

LONGEST_LINE = 64 * 1024 * 1024
_FIRST = 64 * 1024
_BLOCK = 64 * 1024
"""Small enough for what it holds, once parsed, to stay in a processor's cache."""
_RECORDED = re.compile(rb'\s*\{\s*"kind"\s*:\s*"(?:exchange|session)"')
_ARCHIVE = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"log"\s*:')


class Form(StrEnum):
    """The kinds of files."""

    HAR = "har"
    RECORDING = "recording"
    MESSAGES = "messages"


def form_of(path: Path) -> Form:
    """Return what kind of file is at *path*, by its name and how it begins; raises ``RecordingError``."""
    try:
        with path.open("rb") as stream:
            first = stream.read(_FIRST)
    except OSError as problem:
        raise unreadable(path, problem) from None
    if path.suffix.lower() == ".har" or _ARCHIVE.match(first):
        return Form.HAR
    return Form.RECORDING if _RECORDED.match(first) else Form.MESSAGES


def read_lines(path: Path, *, longest: int = LONGEST_LINE) -> Iterator[list[bytes]]:
    """Yield the lines of the file at *path*, without their ends, some at a time.

    Raises ``RecordingError`` for a line of more than *longest* bytes.
    """
    number, rest = 0, b""
    try:
        with path.open("rb", buffering=0) as stream:
            while block := stream.read(_BLOCK):
                *lines, rest = (rest + block).split(b"\n")
                if len(rest) > longest or (lines and len(lines[0]) > longest):
                    raise RecordingError(
                        f"the line has more than {longest} bytes",
                        place=f"{path}:{number + 1}",
                        next_step="Write one message a line.",
                    )
                number += len(lines)
                yield lines
            yield [rest]
    except OSError as problem:
        raise unreadable(path, problem) from None


def unreadable(path: Path, problem: OSError) -> RecordingError:
    """Return the error that *path* cannot be read."""
    reason = f"the recording cannot be read: {problem.strerror}"
    return RecordingError(reason, place=str(path), next_step="Check the path.")
