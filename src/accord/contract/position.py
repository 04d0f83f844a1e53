"""The line and column of one value in a JSON text, found by going down to it: of a large document few are told."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from accord.contract import pointer as pointers
from accord.contract.mark import Mark

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True)
class Positions:
    """Where the values of *text*, an object in JSON, begin; each container is read through once, when asked for."""

    text: str
    _known: dict[int, dict[str, tuple[int, int]]] = field(default_factory=dict, repr=False, compare=False)

    def mark(self, pointer: str) -> Mark:
        """Return line and column of what *pointer* names, or of its nearest parent.

        Those of a member are those of its name. Raises ``ValueError`` where the text is no JSON.
        """
        named = value = self._after_space(0)
        for token in pointers.tokens(pointer):
            found = self._inside(value).get(token)
            if found is None:
                break
            named, value = found
        line = bisect_left(self._ends, named)
        return line + 1, named - (self._ends[line - 1] if line else -1)

    @cached_property
    def _ends(self) -> list[int]:
        return [found.start() for found in re.finditer("\n", self.text)]

    def _inside(self, start: int) -> dict[str, tuple[int, int]]:
        """Return by name or index where each member or item of the value at *start* begins: name and value."""
        if start not in self._known:
            opening = self.text[start : start + 1]
            self._known[start] = (
                dict(self._parts(start, named=opening == "{")) if opening in ("{", "[") else {}
            )
        return self._known[start]

    def _parts(self, start: int, *, named: bool) -> list[tuple[str, tuple[int, int]]]:
        found: list[tuple[str, tuple[int, int]]] = []
        at = self._after_space(start + 1)
        while self.text[at : at + 1] not in ("}", "]", ""):
            name, begin = str(len(found)), at
            if named:
                name, end = _DECODER.raw_decode(self.text, at)
                at = self._after_space(self._after_space(end) + 1)
            found.append((name, (begin, at)))
            _, end = _DECODER.raw_decode(self.text, at)
            at = self._after_space(end)
            if self.text[at : at + 1] == ",":
                at = self._after_space(at + 1)
            elif self.text[at : at + 1] not in ("}", "]"):
                raise ValueError(at)
        return found

    def _after_space(self, at: int) -> int:
        found = _SPACE.match(self.text, at)
        return at if found is None else found.end()


@lru_cache(maxsize=8)
def positions(text: str) -> Positions:
    """Return the positions of *text*."""
    return Positions(text)
