"""What the settings and the command line ask for together."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.config import Settings
from accord.errors import ConfigurationError
from accord.run.options import Options, both


@pytest.mark.parametrize(
    ("setting", "option", "expected"), [(None, None, None), ("1m", None, 60.0), ("1m", 45.0, 45.0)]
)
def test_patience_of_the_command_line_goes_first(
    setting: str | None, option: float | None, expected: float | None
) -> None:
    """The setting counts where the command line says nothing; without either it is None."""
    settings = Settings(root=Path(), patience=setting)
    assert expected == both(settings, Options(patience=option))[1].patience


def test_patience_that_is_no_time_is_refused() -> None:
    """The error names the setting."""
    with pytest.raises(ConfigurationError, match="no time between") as caught:
        both(Settings(root=Path(), patience="long"), Options())
    assert "[tool.accord] patience" == caught.value.place
