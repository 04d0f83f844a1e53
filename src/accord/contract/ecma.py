r"""Regular expressions as ECMA-262 writes them, which is what ``pattern`` holds (JSON Schema, 6.4).

Read is what a browser would take, with the ``u`` flag or without it. Left out is the one part of the
older grammar that hides mistakes: an escaped letter that means nothing stands for itself there, so
that ``\A`` and ``\Z`` of other languages pass in silence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

MAXIMUM_DEPTH = 50
MAXIMUM_LENGTH = 20_000
LARGEST = 0x10FFFF

_BRACES = re.compile(r"\{(\d{1,9})(,(\d{0,9}))?\}")
_HEXADECIMAL = re.compile(r"x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|u\{0*[0-9A-Fa-f]{1,6}\}")
_GROUP_NAME = re.compile(r"\?<([A-Za-z_$][A-Za-z0-9_$]*)>")
_MODIFIERS = re.compile(r"\?(?=[ims-]+:)([ims]{0,3})(?:-([ims]{0,3}))?:")
_PROPERTY = re.compile(r"[pP]\{[A-Za-z_]+(=[A-Za-z0-9_]+)?\}")
_CONTROL = {"t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "0": "\0"}
_EDGES = {"^": "start", "$": "end"}
_LOOKAROUND = ("?=", "?!", "?<=", "?<!")

Ranges: TypeAlias = tuple[tuple[int, int], ...]
_DIGITS: Ranges = ((48, 57),)
_WORDS: Ranges = ((97, 122), (65, 90), (48, 57), (95, 95))
_SPACES: Ranges = (
    *((32, 32), (9, 13), (160, 160), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029)),
    *((0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF)),
)
_LINE_ENDS: Ranges = ((10, 10), (13, 13), (0x2028, 0x2029))
_LETTERS: Ranges = ((97, 122), (65, 90))
_SETS = {"d": (_DIGITS, False), "w": (_WORDS, False), "s": (_SPACES, False)}


class PatternError(ValueError):
    """A pattern that ECMA-262 does not know; ``position`` counts characters from 0."""

    def __init__(self, reason: str, position: int) -> None:
        super().__init__(reason)
        self.position = position


@dataclass(frozen=True, slots=True, kw_only=True)
class Characters:
    """One character out of *ranges* of code points, or out of all others where *negated*.

    Not *exact*, they only stand for a class of Unicode, such as letters, that is not known here.
    """

    ranges: Ranges
    negated: bool = False
    exact: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """*part*, from *least* to *most* times; None is without end."""

    part: Part
    least: int
    most: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of several sequences of parts."""

    sequences: tuple[tuple[Part, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """What matches without taking a character, and a reference to a group, which may be empty.

    *kind* is ``start`` or ``end`` of the text, else empty; so it is where a group changes how letters match.
    """

    kind: str = ""


Part: TypeAlias = Characters | Repeat | Choice | Assertion


def read_pattern(text: str) -> Choice:
    """Return the parts of *text*; raises ``PatternError`` where it is no expression of ECMA-262."""
    if len(text) > MAXIMUM_LENGTH:
        raise PatternError(f"is longer than {MAXIMUM_LENGTH:,} characters", MAXIMUM_LENGTH)
    reader = _Reader(text)
    found = reader.choice(0)
    if reader.at < len(text):
        raise PatternError("a group is closed that was not opened", reader.at)
    reader.check_names()
    return found


class _Reader:
    """How far *text* has been read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.names: set[str] = set()
        self.named: list[tuple[str, int]] = []

    def peek(self, length: int = 1) -> str:
        return self.text[self.at : self.at + length]

    def take(self, words: str) -> bool:
        if not self.text.startswith(words, self.at):
            return False
        self.at += len(words)
        return True

    def taken(self, expression: re.Pattern[str]) -> re.Match[str] | None:
        match = expression.match(self.text, self.at)
        if match is not None:
            self.at = match.end()
        return match

    def check_names(self) -> None:
        for name, position in self.named:
            if name not in self.names:
                raise PatternError(f"there is no group called {name}", position)

    def choice(self, depth: int) -> Choice:
        if depth > MAXIMUM_DEPTH:
            raise PatternError(f"groups are nested deeper than {MAXIMUM_DEPTH}", self.at)
        sequences = [self.sequence(depth)]
        while self.take("|"):
            sequences.append(self.sequence(depth))
        return Choice(sequences=tuple(sequences))

    def sequence(self, depth: int) -> tuple[Part, ...]:
        parts: list[Part] = []
        while self.peek() not in ("", "|", ")"):
            start = self.at
            part, repeatable = self.part(depth)
            parts.append(self.repeated(part, start, repeatable=repeatable))
        return tuple(parts)

    def part(self, depth: int) -> tuple[Part, bool]:
        if self.peek() in _EDGES:
            self.at += 1
            return Assertion(kind=_EDGES[self.text[self.at - 1]]), False
        if self.take("("):
            return self.group(depth)
        if self.take("["):
            return self.characters(), True
        if self.take("\\"):
            return self.escape()
        if self.peek() in ("*", "+", "?") or _BRACES.match(self.text, self.at):
            raise PatternError("there is nothing before the quantifier", self.at)
        character = self.peek()
        self.at += 1
        if character == ".":
            return Characters(ranges=_LINE_ENDS, negated=True), True
        return _one(character), True

    def repeated(self, part: Part, start: int, *, repeatable: bool) -> Part:
        counts = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(self.peek())
        if counts is not None:
            self.at += 1
        elif braces := self.taken(_BRACES):
            least = int(braces[1])
            most = least if braces[2] is None else int(braces[3]) if braces[3] else None
            if most is not None and most < least:
                raise PatternError("the numbers of a quantifier are out of order", start)
            counts = (least, most)
        if counts is None:
            return part
        if not repeatable:
            raise PatternError("an assertion cannot be repeated", start)
        self.take("?")
        if self.peek() in ("+", "*", "?") and self.peek():
            raise PatternError("a quantifier follows a quantifier", self.at)
        return Repeat(part=part, least=counts[0], most=counts[1])

    def group(self, depth: int) -> tuple[Part, bool]:
        start = self.at - 1
        look = next((words for words in _LOOKAROUND if self.take(words)), None)
        modified = look is None and self.open_group(start)
        inside = self.choice(depth + 1)
        if not self.take(")"):
            raise PatternError("a group is not closed", start)
        if modified:
            inside = Choice(sequences=tuple((Assertion(), *item) for item in inside.sequences))
        return (inside, True) if look is None else (Assertion(), look in ("?=", "?!"))

    def open_group(self, start: int) -> bool:
        """Read what stands between the bracket of a group and its content; tell whether it changes how that matches."""
        if self.peek() != "?" or self.take("?:"):
            return False
        if name := self.taken(_GROUP_NAME):
            if name[1] in self.names:
                raise PatternError(f"two groups are called {name[1]}", start)
            self.names.add(name[1])
            return False
        if not self.taken(_MODIFIERS):
            raise PatternError(f"there is no group that begins with ({self.peek(3)}", start)
        return True

    def escape(self) -> tuple[Part, bool]:
        start = self.at - 1
        character = self.peek()
        if character in ("b", "B") and character:
            self.at += 1
            return Assertion(), False
        if self.take("k"):
            name = self.taken(re.compile(r"<([A-Za-z_$][A-Za-z0-9_$]*)>"))
            if name is None:
                raise PatternError("\\k names no group", start)
            self.named.append((name[1], start))
            return Assertion(), True
        if self.taken(re.compile("[1-9][0-9]{0,3}")):
            return Assertion(), True
        return self.escaped(start), True

    def escaped(self, start: int) -> Characters:
        """Read what may stand behind a backslash within a class and without."""
        character = self.peek()
        if not character:
            raise PatternError("ends with a backslash", start)
        if character.lower() in _SETS:
            self.at += 1
            ranges, _ = _SETS[character.lower()]
            return Characters(ranges=ranges, negated=character.isupper())
        if self.taken(_PROPERTY):
            return Characters(ranges=_LETTERS, negated=character == "P", exact=False)
        if found := self.taken(_HEXADECIMAL):
            code = int(found[0][1:].strip("{}"), 16)
            if code > LARGEST:
                raise PatternError("there is no such character", start)
            return Characters(ranges=((code, code),))
        self.at += 1
        if character == "c" and self.peek().isascii() and self.peek().isalpha():
            self.at += 1
            return _one(chr(ord(self.text[self.at - 1]) % 32))
        if character in _CONTROL:
            return _one(_CONTROL[character])
        if character.isascii() and character.isalnum():
            raise PatternError(f"\\{character} means nothing", start)
        return _one(character)

    def characters(self) -> Characters:
        start = self.at - 1
        if self.text.startswith("[:", self.at):
            raise PatternError("ECMA-262 has no classes such as [:alpha:]", start)
        negated = self.take("^")
        members: list[Characters] = []
        while not self.take("]"):
            if not self.peek():
                raise PatternError("a class is not closed", start)
            members.extend(self.range())
        exact = all(item.exact for item in members)
        ranges = tuple(
            pair for item in members for pair in (others(item.ranges) if item.negated else item.ranges)
        )
        if any(item.negated for item in members):
            # Most characters are in it, so that those are named that are not.
            return Characters(ranges=others(ranges), negated=not negated, exact=exact)
        return Characters(ranges=ranges, negated=negated, exact=exact)

    def range(self) -> tuple[Characters, ...]:
        start = self.at
        low = self.member()
        if self.peek() != "-" or self.peek(2) in ("-]", "-"):
            return (low,)
        self.at += 1
        high = self.member()
        if not (_single(low) and _single(high)):
            # Beside a class the hyphen stands for itself, without the flag (ECMA-262, B.1.2).
            return low, _one("-"), high
        if low.ranges[0][0] > high.ranges[0][0]:
            raise PatternError("a range is out of order", start)
        return (Characters(ranges=((low.ranges[0][0], high.ranges[0][0]),)),)

    def member(self) -> Characters:
        start = self.at
        if not self.take("\\"):
            self.at += 1
            return _one(self.text[start : start + 1])
        if self.take("b"):
            return _one("\b")
        return self.escaped(start)


def _one(character: str) -> Characters:
    return Characters(ranges=((ord(character), ord(character)),))


def _single(characters: Characters) -> bool:
    """Tell whether only one character fits."""
    return not characters.negated and [(low, low) for low, _ in characters.ranges[:1]] == [*characters.ranges]


def others(ranges: Ranges) -> Ranges:
    """Return all characters but those of *ranges*."""
    found, at = [], 0
    for low, high in sorted(ranges):
        if low > at:
            found.append((at, low - 1))
        at = max(at, high + 1)
    if at <= LARGEST:
        found.append((at, LARGEST))
    return tuple(found)


def holds(ranges: Ranges, point: int) -> bool:
    """Tell whether the code point is in one of *ranges*."""
    return any(low <= point <= high for low, high in ranges)


def example(choice: Choice, *, number: int = 0, limit: int = 2_000) -> str:
    """Return a short text that *choice* most likely matches; each *number* gives another.

    Assertions and references to groups are passed over, so who uses it judges it.
    """
    return _text(choice, number, limit)[:limit]


def _text(part: Part, number: int, limit: int) -> str:
    match part:
        case Characters():
            return _character(part, number)
        case Repeat():
            most = part.least + 1 if part.most is None else part.most
            times = min(part.least + number % 2, most, limit)
            text = _text(part.part, number, limit) if times else ""
            return text * min(times, limit // max(len(text), 1))
        case Choice():
            text = ""
            for item in part.sequences[number % len(part.sequences)]:
                text += _text(item, number, limit)
                if len(text) > limit:
                    break
            return text
    return ""


def _character(characters: Characters, number: int) -> str:
    if not characters.negated:
        low, high = characters.ranges[number % len(characters.ranges)] if characters.ranges else (97, 97)
        return chr(min(low + number % 3, high))
    wanted = (*range(97 + number % 26, 123), 65, 48, 32, 45, 95, *range(33, 0x300))
    return next((chr(point) for point in wanted if not holds(characters.ranges, point)), "a")
