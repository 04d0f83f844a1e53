"""The line of every value in a document."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import yaml

from accord.contract import pointer as pointers
from accord.contract.events import events


@lru_cache(maxsize=32)
def lines(text: str) -> dict[str, int]:
    """Map the pointer of every value to its line, counted from 1; a member's line is that of its name."""
    found: dict[str, int] = {}
    above: list[_Container] = []
    for event in events(text):
        line = event.start_mark.line + 1 if event.start_mark else 1
        match event:
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                above.pop()
            case yaml.ScalarEvent() if above and above[-1].wants_name():
                above[-1].member = (event.value, line)
            case yaml.NodeEvent():
                at, line = above[-1].place(line) if above else ("", line)
                found[at] = line
                if isinstance(event, yaml.MappingStartEvent):
                    above.append(_Container(at, None))
                elif isinstance(event, yaml.SequenceStartEvent):
                    above.append(_Container(at, 0))
    return found


@dataclass(slots=True)
class _Container:
    """A mapping, or a sequence with the index of its next item, of which the end has not come."""

    pointer: str
    index: int | None
    member: tuple[str, int] | None = None

    def wants_name(self) -> bool:
        return self.index is None and self.member is None

    def place(self, line: int) -> tuple[str, int]:
        """Return pointer and line of the value that comes now, which begins at *line*."""
        if self.index is not None:
            self.index += 1
            return pointers.join(self.pointer, self.index - 1), line
        # Only an alias can come where a name should be, and such a document has been refused.
        name, line = self.member or ("", line)
        self.member = None
        return pointers.join(self.pointer, name), line
