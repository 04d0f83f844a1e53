"""Facts about when a console takes colour."""

from __future__ import annotations

import io

import pytest
from rich.text import Text

from accord.report.console import console_for, encodable


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("expected", "stream", "no_color", "environ"),
    [
        (True, _Terminal, False, {}),
        (False, io.StringIO, False, {}),
        (False, _Terminal, True, {"FORCE_COLOR": "1"}),
        (False, _Terminal, False, {"NO_COLOR": "1", "FORCE_COLOR": "1"}),
        (True, _Terminal, False, {"NO_COLOR": ""}),
        (True, io.StringIO, False, {"FORCE_COLOR": "1"}),
        (False, io.StringIO, False, {"FORCE_COLOR": "0"}),
        (False, io.StringIO, False, {"FORCE_COLOR": ""}),
        (False, _Terminal, False, {"TERM": "dumb"}),
    ],
)
def test_color_goes_by_option_then_environment_then_terminal(
    expected: bool, stream: type[io.StringIO], no_color: bool, environ: dict[str, str]
) -> None:
    """The option outweighs NO_COLOR, that FORCE_COLOR, that the kind of stream."""
    out = stream()
    console_for(out, no_color=no_color, environ=environ).print(Text("word", style="bold red"))
    assert expected == ("\x1b[" in out.getvalue())


def test_the_environment_of_the_process_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a mapping the variables of the process count."""
    monkeypatch.setenv("NO_COLOR", "1")
    out = _Terminal()
    console_for(out).print(Text("word", style="bold red"))
    assert out.getvalue() == "word\n"


def test_forced_color_does_not_make_a_terminal() -> None:
    """Colour in a log is no reason for cursor movements in it."""
    assert not console_for(io.StringIO(), environ={"FORCE_COLOR": "1"}).is_terminal


def test_a_stream_that_lacks_a_character_gets_an_escape() -> None:
    """A narrow encoding loses no information and raises nothing."""
    raw = io.BytesIO()
    narrow = console_for(io.TextIOWrapper(raw, encoding="ascii"), environ={})
    assert encodable("a → b… é", narrow) == r"a -> b... \xe9"
    wide = console_for(io.StringIO(), environ={})
    assert encodable("a → b… é", wide) == "a → b… é"
