"""Regular expressions as sets of texts: whether one takes all texts of another, or the shortest that it does not.

Both are run at once, character class by character class, as automata whose states are made when they are
met. What an automaton cannot say (look-around, references to groups, word boundaries) is left undecided.
"""

from __future__ import annotations

import re
import warnings
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, TypeAlias

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import re._constants as constants  # type: ignore[import-not-found]
    import re._parser as parser  # type: ignore[import-not-found]

MAXIMUM_STATES = 3_000
"""How many states one expression, and the search through several of them, may have."""
MAXIMUM_DEPTH = 40

_LARGEST: Final = 0x10FFFF
_READABLE: Final = [ord(character) for character in "a0A-_ .@/:é"]

Ranges: TypeAlias = tuple[tuple[int, int], ...]
_ANY: Final[Ranges] = ((0, _LARGEST),)
# As ECMA-262 has them, which is what a pattern is written in.
_SETS: Final[dict[str, Ranges]] = {
    "DIGIT": ((48, 57),),
    "WORD": ((48, 57), (65, 90), (95, 95), (97, 122)),
    "SPACE": (
        *((9, 13), (32, 32), (160, 160), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029)),
        *((0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF)),
    ),
}
_LINE_ENDS: Final[Ranges] = ((10, 10), (13, 13), (0x2028, 0x2029))


class UndecidedError(Exception):
    """The question is beyond what the automata know or what they may cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The texts in which every pattern is found, of *least* to *most* characters; None is without end."""

    patterns: tuple[str, ...] = ()
    least: int = 0
    most: int | None = None

    def fits(self, length: int) -> bool:
        """Tell whether a text may have *length* characters."""
        return self.least <= length and (self.most is None or length <= self.most)


NO_TEXT: Final = Texts(least=1, most=0)


@dataclass(slots=True)
class _Automaton:
    """States by number: where each goes without a character, and with one out of some ranges."""

    free: list[list[tuple[int, str]]] = field(default_factory=list)
    taking: list[list[tuple[Ranges, int]]] = field(default_factory=list)
    last: int = 0

    def state(self) -> int:
        if len(self.free) >= MAXIMUM_STATES:
            raise UndecidedError
        self.free.append([])
        self.taking.append([])
        return len(self.free) - 1

    def closed(self, states: frozenset[int], where: frozenset[str]) -> frozenset[int]:
        """Return *states* and all that they lead to without a character; ``where`` is ``start``, ``end``."""
        found, waiting = set(states), list(states)
        while waiting:
            for target, asked in self.free[waiting.pop()]:
                if target not in found and (not asked or asked in where):
                    found.add(target)
                    waiting.append(target)
        return frozenset(found)

    def after(self, states: frozenset[int], point: int) -> frozenset[int]:
        """Return where *states* lead with the character *point*."""
        found = frozenset(
            target for state in states for ranges, target in self.taking[state] if _holds(ranges, point)
        )
        return self.closed(found, frozenset())

    def accepts(self, states: frozenset[int], where: frozenset[str]) -> bool:
        return self.last in states or self.last in self.closed(states, where | {"end"})


def separating(more: Texts, fewer: Texts) -> str | None:
    """Return the shortest text of *more* that is none of *fewer*; None when there is none.

    Raises ``UndecidedError``.
    """
    automata = [_automaton(text) for text in (*more.patterns, *fewer.patterns)]
    count = len(more.patterns)
    letters = _letters(automata)
    cap = max(more.least, more.most or 0, fewer.least, fewer.most or 0) + 1
    begin = frozenset({"start"})
    first = tuple(automaton.closed(frozenset({0}), begin) for automaton in automata)
    seen = {(first, 0)}
    waiting: deque[tuple[tuple[frozenset[int], ...], int, str]] = deque([(first, 0, "")])
    while waiting:
        states, length, text = waiting.popleft()
        where = frozenset() if text else begin
        held = [item.accepts(state, where) for item, state in zip(automata, states, strict=True)]
        if more.fits(length) and all(held[:count]) and not (fewer.fits(length) and all(held[count:])):
            return text
        if not all(states[:count]) or (more.most is not None and length >= more.most):
            continue
        for point in letters:
            following = tuple(item.after(state, point) for item, state in zip(automata, states, strict=True))
            key = (following, min(length + 1, cap))
            if key not in seen:
                if len(seen) >= MAXIMUM_STATES:
                    raise UndecidedError
                seen.add(key)
                waiting.append((*key, text + chr(point)))
    return None


@lru_cache(maxsize=1024)
def takes_all(pattern: str) -> bool:
    """Tell whether *pattern* is surely found in every text."""
    try:
        return separating(Texts(), Texts(patterns=(pattern,))) is None
    except UndecidedError:
        return False


def _letters(automata: Sequence[_Automaton]) -> list[int]:
    """Return one character of each class that the automata treat alike, a readable one where there is one."""
    ranges = {item for automaton in automata for taken in automaton.taking for item, _ in taken}
    edges = {0, 0xD800, 0xE000, *_READABLE, *(point + 1 for point in _READABLE)}
    for group in ranges:
        edges.update(edge for low, high in group for edge in (low, high + 1))
    chosen: dict[tuple[bool, ...], int] = {}
    ordered = sorted(ranges)
    # Half of a pair of surrogates is no character.
    points = [edge for edge in sorted(edges) if edge <= _LARGEST and not 0xD800 <= edge < 0xE000]
    readable = [edge for edge in points if 32 <= edge < 127]
    for point in (*_READABLE, *readable, *points):
        chosen.setdefault(tuple(_holds(group, point) for group in ordered), point)
    return list(chosen.values())


def _holds(ranges: Ranges, point: int) -> bool:
    return any(low <= point <= high for low, high in ranges)


@lru_cache(maxsize=1024)
def _automaton(pattern: str) -> _Automaton:
    """Return the automaton of texts in which *pattern* is found somewhere."""
    try:
        parsed = parser.parse(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise UndecidedError from error
    if parsed.state.flags & ~re.UNICODE:
        raise UndecidedError
    built = _Automaton()
    first, begin = built.state(), built.state()
    built.taking[first].append((_ANY, first))
    built.free[first].append((begin, ""))
    built.last = _sequence(built, list(parsed), begin, 0)
    built.taking[built.last].append((_ANY, built.last))
    return built


def _sequence(built: _Automaton, nodes: list[Any], state: int, depth: int) -> int:
    if depth > MAXIMUM_DEPTH:
        raise UndecidedError
    for operation, argument in nodes:
        state = _node(built, str(operation), argument, state, depth)
    return state


def _node(built: _Automaton, name: str, argument: Any, state: int, depth: int) -> int:
    match name:
        case "MAX_REPEAT" | "MIN_REPEAT":
            return _repeat(built, argument, state, depth)
        case "SUBPATTERN" if not argument[1] and not argument[2]:
            return _sequence(built, list(argument[3]), state, depth + 1)
        case "BRANCH":
            end = built.state()
            for branch in argument[1]:
                begin = built.state()
                built.free[state].append((begin, ""))
                built.free[_sequence(built, list(branch), begin, depth + 1)].append((end, ""))
            return end
        case "AT":
            end = built.state()
            built.free[state].append((end, _edge(str(argument))))
            return end
    end = built.state()
    built.taking[state].append((_ranges(name, argument), end))
    return end


def _edge(name: str) -> str:
    match name:
        case "AT_BEGINNING":
            return "start"
        case "AT_END":
            return "end"
    raise UndecidedError


def _repeat(built: _Automaton, argument: Any, state: int, depth: int) -> int:
    least, most, inner = argument
    nodes = list(inner)
    for _ in range(least):
        state = _sequence(built, nodes, state, depth + 1)
    end = built.state()
    if most is constants.MAXREPEAT:
        begin = built.state()
        built.free[state].append((begin, ""))
        built.free[_sequence(built, nodes, begin, depth + 1)].append((begin, ""))
        built.free[begin].append((end, ""))
        return end
    for _ in range(most - least):
        built.free[state].append((end, ""))
        state = _sequence(built, nodes, state, depth + 1)
    built.free[state].append((end, ""))
    return end


def _ranges(name: str, argument: Any) -> Ranges:
    match name:
        case "LITERAL":
            return ((argument, argument),)
        case "NOT_LITERAL":
            return _others(((argument, argument),))
        case "ANY":
            return _others(_LINE_ENDS)
        case "IN":
            negated = bool(argument) and str(argument[0][0]) == "NEGATE"
            held = tuple(pair for item in argument[negated:] for pair in _of_class(*item))
            return _others(held) if negated else held
    raise UndecidedError


def _of_class(operation: Any, argument: Any) -> Iterator[tuple[int, int]]:
    match str(operation):
        case "LITERAL":
            yield argument, argument
        case "RANGE":
            yield argument
        case "CATEGORY":
            name = str(argument).removeprefix("CATEGORY_")
            held = _SETS.get(name.removeprefix("NOT_"))
            if held is None:
                raise UndecidedError
            yield from _others(held) if name.startswith("NOT_") else held
        case _:
            raise UndecidedError


def _others(ranges: Ranges) -> Ranges:
    """Return all characters but those of *ranges*."""
    found, at = [], 0
    for low, high in sorted(ranges):
        if low > at:
            found.append((at, low - 1))
        at = max(at, high + 1)
    if at <= _LARGEST:
        found.append((at, _LARGEST))
    return tuple(found)
