"""The line and column of every value in a document."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import yaml

from accord.contract import pointer as pointers
from accord.contract.events import events

# A line and a column, both counted from 1.
Mark: TypeAlias = tuple[int, int]


@lru_cache(maxsize=32)
def marks(text: str) -> dict[str, Mark]:
    """Map the pointer of every value to its line and column; those of a member are those of its name."""
    found: dict[str, Mark] = {}
    above: list[_Container] = []
    for event in events(text):
        mark = (event.start_mark.line + 1, event.start_mark.column + 1) if event.start_mark else (1, 1)
        match event:
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                above.pop()
            case yaml.ScalarEvent() if above and above[-1].wants_name():
                above[-1].member = (event.value, mark)
            case yaml.NodeEvent():
                at, mark = above[-1].place(mark) if above else ("", mark)
                found[at] = mark
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
    member: tuple[str, Mark] | None = None

    def wants_name(self) -> bool:
        return self.index is None and self.member is None

    def place(self, mark: Mark) -> tuple[str, Mark]:
        """Return pointer and mark of the value that comes now, which begins at *mark*."""
        if self.index is not None:
            self.index += 1
            return pointers.join(self.pointer, self.index - 1), mark
        # Only an alias can come where a name should be, and such a document has been refused.
        name, mark = self.member or ("", mark)
        self.member = None
        return pointers.join(self.pointer, name), mark
