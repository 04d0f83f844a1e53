"""Regular expressions as ECMA-262 writes them."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest

from accord.contract.ecma import Characters, PatternError, example, holds, read_pattern

# What Node.js 20 says of `new RegExp(pattern)` or of `new RegExp(pattern, "u")`.
KNOWN = (
    "^a+$",
    "a{2,3}",
    "a{,3}",
    "^{x}$",
    r"\p{L}+",
    r"(?<y>\d{4})-\k<y>",
    r"\u{1F600}",
    r"[\w-.]+@[\w.-]+\.\w+",
    "^(?!.*--)[a-z-]+$",
    "(?<=a)b",
    "[^]",
    "[]",
    "a|b|",
    r"\cA\0\x41\u0041",
    r"\-\_\/",
    "]}",
    "(?=a)*",
    r"\1(a)",
    "(?:a)?",
    "^.{0,255}$",
    "(a?)??",
)
UNKNOWN = (
    ("(?P<x>a)", 0),
    ("(?i)a", 0),
    ("(?>a)", 0),
    ("(?#c)a", 0),
    ("a++", 2),
    ("a**", 2),
    ("*a", 0),
    ("x{1}{2}", 4),
    ("a{2,1}", 1),
    ("[a-z", 0),
    ("[z-a]", 1),
    ("(a", 0),
    ("a)", 1),
    ("a\\", 1),
    ("(?<n>a)(?<n>b)", 7),
    ("(?<=a)*", 0),
    ("^$*", 1),
)
# Valid without the flag u, but another language's, where they mean something else.
FOREIGN = ((r"\A\w+", 0), (r"a\Z", 1), (r"\Qa\E", 0), (r"\h", 0), ("[[:alpha:]]", 0), (r"\k<z>", 0))


@pytest.mark.parametrize("pattern", KNOWN)
def test_pattern_of_a_browser_is_read(pattern: str) -> None:
    """What a browser takes, accord reads to its end: no choice is lost."""
    assert pattern.count("|") + 1 == len(read_pattern(pattern).sequences)


@pytest.mark.parametrize(("pattern", "position"), UNKNOWN + FOREIGN)
def test_pattern_of_another_language_is_refused_at_its_place(pattern: str, position: int) -> None:
    """What is no ECMA-262, or hides that it is not, is refused where it begins to differ."""
    with pytest.raises(PatternError) as raised:
        read_pattern(pattern)
    assert abs(position - raised.value.position) <= 1


@pytest.mark.parametrize(
    "pattern",
    [r"^\d{3}-\d{4}$", "^[a-c]{2}$", "^(x|yz)+$", r"^[^\s@]+@[^\s@]+$", "^(GET|POST)$", r"^\w{8}$", "^a?b*$"],
)
@pytest.mark.parametrize("number", range(4))
def test_example_matches(pattern: str, number: int) -> None:
    """Of a pattern without assertions every example matches, as Python sees it."""
    assert re.fullmatch(pattern, example(read_pattern(pattern), number=number))


@pytest.mark.parametrize(
    "pattern", ["a{999999999}", "((((a{99}){99}){99}){99})", "(" * 51 + ")" * 51, "a" * 30_000, "(a|" * 40]
)
def test_hostile_pattern_is_bounded(pattern: str) -> None:
    """A pattern that would not end, or fills the memory, gives a short example or none."""
    with suppress(PatternError):
        assert 2_000 >= len(example(read_pattern(pattern)))


@pytest.mark.parametrize(
    ("pattern", "inside", "outside"),
    [
        (r"[\S]", "a!", " \u3000"),
        (r"[^\S]", " \n", "a"),
        (r"[\D5]", "a5", "4"),
        (r"[a\-z]", "a-z", "b"),
        (r"[\w-.]", "a-.", "!"),
        (".", "a\u3000", "\n\u2028"),
    ],
)
def test_a_class_holds_its_characters(pattern: str, inside: str, outside: str) -> None:
    """Classes within classes count as they are, also what they leave out."""
    (part,) = read_pattern(pattern).sequences[0]
    assert isinstance(part, Characters)
    assert part.exact
    held = [holds(part.ranges, ord(letter)) != part.negated for letter in inside + outside]
    assert [True] * len(inside) + [False] * len(outside) == held


def test_a_class_of_unicode_is_not_exact() -> None:
    """Which characters are letters is not known here, and said so."""
    found = [read_pattern(text).sequences[0][0] for text in (r"\p{L}", r"[\P{L}a]", r"[^\p{Nd}]")]
    assert [False] * 3 == [item.exact for item in found if isinstance(item, Characters)]
