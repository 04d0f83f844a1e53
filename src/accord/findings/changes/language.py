"""Regular expressions as sets of texts: whether one takes all texts of another, or the shortest that it does not.

Both are run at once, character class by character class, as automata whose states are made when they are
met. What an automaton cannot say (look-around, references to groups, word boundaries) is left undecided.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import Final

from accord.contract.ecma import (
    LARGEST,
    Assertion,
    Characters,
    Choice,
    Part,
    PatternError,
    Ranges,
    Repeat,
    example,
    holds,
    others,
    read_pattern,
)

MAXIMUM_STATES = 3_000
"""How many states one expression, and the search through several of them, may have."""
MAXIMUM_STEPS = 10_000
"""How many steps of one expression are kept: lengths apart, a search takes the same ones again and again."""
MAXIMUM_EXAMPLES = 40

_READABLE: Final = [ord(character) for character in "a0A-_ .@/:é"]
_ANY: Final[Ranges] = ((0, LARGEST),)


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
    _known: dict[tuple[frozenset[int], int], frozenset[int]] = field(default_factory=dict)

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
        key = (states, point)
        if key not in self._known:
            if len(self._known) >= MAXIMUM_STEPS:
                self._known.clear()
            found = frozenset(
                target for state in states for ranges, target in self.taking[state] if holds(ranges, point)
            )
            self._known[key] = self.closed(found, frozenset())
        return self._known[key]

    def accepts(self, states: frozenset[int], where: frozenset[str]) -> bool:
        return self.last in states or self.last in self.closed(states, where | {"end"})


def separating(more: Texts, fewer: Texts) -> str | None:
    """Return the shortest text of *more* that is none of *fewer*; None when there is none.

    Raises ``UndecidedError``.
    """
    automata = [_automaton(text) for text in (*more.patterns, *fewer.patterns)]
    count = len(more.patterns)
    letters = _letters(automata)
    # From here on, of two texts that lead to the same states, whatever follows the longer follows the shorter.
    cap = max(more.least, 0 if fewer.most is None else fewer.most + 1)
    begin = frozenset({"start"})
    first = tuple(automaton.closed(frozenset({0}), begin) for automaton in automata)
    seen = {(first, 0)}
    waiting: deque[tuple[tuple[frozenset[int], ...], str]] = deque([(first, "")])
    while waiting:
        states, text = waiting.popleft()
        length = len(text)
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
                waiting.append((following, text + chr(point)))
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
    points = [edge for edge in sorted(edges) if edge <= LARGEST and not 0xD800 <= edge < 0xE000]
    readable = [edge for edge in points if 32 <= edge < 127]
    for point in (*_READABLE, *readable, *points):
        chosen.setdefault(tuple(holds(group, point) for group in ordered), point)
    return list(chosen.values())


@lru_cache(maxsize=1024)
def _automaton(pattern: str) -> _Automaton:
    """Return the automaton of texts in which *pattern* is found somewhere."""
    try:
        read = read_pattern(pattern)
    except PatternError as error:
        raise UndecidedError from error
    built = _Automaton()
    first, begin = built.state(), built.state()
    built.taking[first].append((_ANY, first))
    built.free[first].append((begin, ""))
    built.last = _after(built, read, begin)
    built.taking[built.last].append((_ANY, built.last))
    return built


def _after(built: _Automaton, part: Part, state: int) -> int:
    """Return the state to which *part* leads from *state*."""
    match part:
        case Repeat():
            return _repeated(built, part, state)
        case Choice():
            end = built.state()
            for sequence in part.sequences:
                at = built.state()
                built.free[state].append((at, ""))
                for item in sequence:
                    at = _after(built, item, at)
                built.free[at].append((end, ""))
            return end
        case Assertion():
            if not part.kind:
                raise UndecidedError
            end = built.state()
            built.free[state].append((end, part.kind))
            return end
        case Characters():
            if not part.exact:
                raise UndecidedError
            end = built.state()
            built.taking[state].append((others(part.ranges) if part.negated else part.ranges, end))
            return end


def _repeated(built: _Automaton, part: Repeat, state: int) -> int:
    if max(part.least, part.most or 0) > MAXIMUM_STATES:
        raise UndecidedError
    for _ in range(part.least):
        state = _after(built, part.part, state)
    end = built.state()
    if part.most is None:
        begin = built.state()
        built.free[state].append((begin, ""))
        built.free[_after(built, part.part, begin)].append((begin, ""))
        built.free[begin].append((end, ""))
        return end
    for _ in range(part.most - part.least):
        built.free[state].append((end, ""))
        state = _after(built, part.part, state)
    built.free[state].append((end, ""))
    return end


def texts_of(texts: Texts) -> Iterator[str]:
    """Yield the shortest one of *texts*, where it is known, and what the patterns suggest: likely ones."""
    try:
        shortest = separating(texts, NO_TEXT)
    except UndecidedError:
        pass
    else:
        if shortest is not None:
            yield shortest
    for text in dict.fromkeys(chain.from_iterable(map(_examples, texts.patterns))):
        padded = text.ljust(texts.least, text[-1:] or "a")
        yield from (item for item in dict.fromkeys((text, padded)) if texts.fits(len(item)))


@lru_cache(maxsize=1024)
def _examples(pattern: str) -> tuple[str, ...]:
    try:
        read = read_pattern(pattern)
    except PatternError:
        return ()
    return tuple(example(read, number=number) for number in range(MAXIMUM_EXAMPLES))
