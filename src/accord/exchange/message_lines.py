"""Files of traffic: what kind one is, and the lines of one that has a message in JSON on each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import BinaryIO

from accord.errors import RecordingError

LONGEST_LINE = 64 * 1024 * 1024
_FIRST = 64 * 1024
BLOCK = 48 * 1024
"""So many bytes of lines are read at once: what they hold, once parsed, stays in a processor's cache."""
_BUFFER = 1024 * 1024
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
    """Yield the lines of the file at *path*, some at a time.

    Raises ``RecordingError`` for a line of more than *longest* bytes.
    """
    try:
        with path.open("rb", buffering=_BUFFER) as stream:
            if path.stat().st_size <= longest:
                while lines := stream.readlines(BLOCK):
                    yield lines
            else:
                yield from _bounded(stream, path, longest)
    except OSError as problem:
        raise unreadable(path, problem) from None


def _bounded(stream: BinaryIO, path: Path, longest: int) -> Iterator[list[bytes]]:
    """Yield lines of a file that may have one that is too long."""
    lines: list[bytes] = []
    size = 0
    for number, line in enumerate(iter(partial(stream.readline, longest + 1), b""), start=1):
        if len(line) > longest:
            raise RecordingError(
                f"the line has more than {longest} bytes",
                place=f"{path}:{number}",
                next_step="Write one message a line.",
            )
        lines.append(line)
        size += len(line)
        if size >= BLOCK:
            yield lines
            lines, size = [], 0
    yield lines


def unreadable(path: Path, problem: OSError) -> RecordingError:
    """Return the error that *path* cannot be read."""
    reason = f"the recording cannot be read: {problem.strerror}"
    return RecordingError(reason, place=str(path), next_step="Check the path.")
