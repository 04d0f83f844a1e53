"""Regular expressions as sets of texts, against every short text and Python's own engine."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.findings.changes.language import Texts, UndecidedError, separating, takes_all, texts_of

ALPHABET = "ab0-"
SHORT = ["".join(letters) for length in range(5) for letters in product(ALPHABET, repeat=length)]

atoms = st.sampled_from(
    ["a", "b", "0", "-", ".", "[ab]", "[^a]", r"\d", r"\w", "[a-c0]", "(?:ab)", r"[\D-]", r"[^\W0]"]
)
parts = st.builds(str.__add__, atoms, st.sampled_from(["", "", "*", "+", "?", "{2}", "{1,2}"]))
sequences = st.lists(parts, min_size=1, max_size=3).map("".join)
patterns = st.builds(
    lambda start, texts, end: f"{start}(?:{'|'.join(texts)}){end}",
    st.sampled_from(["", "^"]),
    st.lists(sequences, min_size=1, max_size=2),
    st.sampled_from(["", "$"]),
)


def is_found(pattern: str, text: str) -> bool:
    """Tell whether *pattern*, as ECMA-262 reads it, is found in *text*, by Python's engine."""
    said = pattern.replace(".", r"[^\n\r\u2028\u2029]").replace("$", r"\Z")
    return re.search(said, text, re.ASCII) is not None


texts = st.builds(
    lambda pattern, least, most: Texts(patterns=(pattern,), least=least, most=most),
    patterns,
    st.integers(0, 3),
    st.none() | st.integers(0, 5),
)


def is_one(texts: Texts, text: str) -> bool:
    """Tell whether *text* is one of *texts*, by Python's engine."""
    fits = texts.least <= len(text) and (texts.most is None or len(text) <= texts.most)
    return fits and all(is_found(pattern, text) for pattern in texts.patterns)


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(texts, texts)
def test_the_answer_is_that_of_every_short_text(more: Texts, fewer: Texts) -> None:
    """A text that tells two sets apart does, and is the shortest; where there is none, no short text does."""
    found = separating(more, fewer)
    apart = [text for text in SHORT if is_one(more, text) and not is_one(fewer, text)]
    if found is None:
        assert [] == apart
        return
    assert (True, False) == (is_one(more, found), is_one(fewer, found))
    assert not apart or len(found) <= len(apart[0])


def test_a_long_range_of_lengths_does_not_count_as_many_states() -> None:
    """What identifiers of clouds look like is decided, however long they may be."""
    names = Texts(patterns=(r"arn:aws(-[\w]+)*:.+:.+:[0-9]{12}:.+",), least=1, most=16_384)
    nothing = Texts(least=1, most=0)
    assert "arn:aws:a:a:000000000000:a" == separating(names, nothing)
    assert None is separating(names, Texts(least=1))


@pytest.mark.parametrize(
    ("found", "more", "fewer"),
    [
        ("a" * 21, Texts(patterns=("^a*$",), most=50), Texts(most=20)),
        (None, Texts(patterns=("^[a-z]{2}$",)), Texts(most=2)),
        ("", Texts(), Texts(least=1)),
        (None, Texts(patterns=("^[0-9]+$",)), Texts(patterns=("^[0-9][0-9]*$",))),
        (None, Texts(patterns=("^a", "b$")), Texts(least=2)),
        ("!", Texts(patterns=("^[!]$",)), Texts(patterns=(r"\w",))),
    ],
)
def test_lengths_count(found: str | None, more: Texts, fewer: Texts) -> None:
    """Lengths are held against patterns, and several patterns hold together."""
    assert found == separating(more, fewer)


@pytest.mark.parametrize(
    "pattern",
    [
        *("(?=a)b", r"\bword\b", r"(a)\1", "(?i)a", "(?i:a)b", r"^\p{L}+$", r"[\P{L}a]", "("),
        *("(a{900}){900}", "(" * 500 + ")" * 500, "(?:){999999999}", "(?:){0,999999999}"),
    ],
)
def test_what_no_automaton_says_is_left_open(pattern: str) -> None:
    """Look-around, references, flags, broken and huge expressions are undecided, soon and without a crash."""
    with pytest.raises(UndecidedError):
        separating(Texts(patterns=(pattern,)), Texts(least=1))


def test_some_patterns_say_nothing() -> None:
    """An expression that is found in every text is known as one."""
    assert [True, True, True, False] == [takes_all(text) for text in ("", "a*", "^", "^a*$")]


@pytest.mark.parametrize(
    ("texts", "shortest"),
    [
        (Texts(patterns=("^[A-Z]{2}-[0-9]+$",)), "AA-0"),
        (Texts(patterns=("^a", "b$"), least=4), "aaab"),
        (Texts(patterns=("^(?!b)[ab]+$",)), "a"),
    ],
)
def test_the_shortest_text_comes_first(texts: Texts, shortest: str) -> None:
    """All patterns and the lengths count, where the automata know them; else what the pattern suggests."""
    found = list(texts_of(texts))
    assert shortest == found[0]
    assert all(texts.fits(len(text)) for text in found)


def test_what_nothing_matches_has_no_text() -> None:
    """An expression that is none gives nothing."""
    assert [] == list(texts_of(Texts(patterns=("(",))))
