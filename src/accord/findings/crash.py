"""The class of a crash: what stays the same of an exception when it is raised with other values."""

from __future__ import annotations

import re

_TYPE = re.compile(r"[A-Za-z_][\w.]*(?=: |$| \()")
_FRAME = re.compile(r"\((?P<file>[^():]+):[0-9]+ in (?P<function>[^()\s]+)\)$")


def crash_class(detail: str) -> str:
    """Return type, file and function of *detail*, ``Type: message (file.py:line in function)``.

    Empty when *detail* does not end in a place: it is then no exception that accord has seen.
    """
    frame = _FRAME.search(detail)
    if frame is None:
        return ""
    kind = _TYPE.match(detail)
    return f"{kind[0] if kind else 'crash'} {frame['file']} in {frame['function']}"
