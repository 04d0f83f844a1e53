"""Facts about a span of time as people write it."""

from __future__ import annotations

import pytest

from accord.errors import ConfigurationError
from accord.run.duration import seconds


@pytest.mark.parametrize(
    ("text", "value"),
    [("90s", 90), ("10m", 600), ("2h", 7200), ("0.5m", 30), (" 1s ", 1), ("168h", 604_800), ("7d", 604_800)],
)
def test_a_span_has_a_unit(text: str, value: float) -> None:
    """Seconds, minutes, hours and days are told apart by a letter."""
    assert value == seconds(text, place="--max-time")


@pytest.mark.parametrize(
    "text", ["", "90", "s", "-1s", "0s", "0.0001s", "1w", "1e3s", "169h", "9999999s", "1m30s", "١s"]
)
def test_what_is_no_span_is_refused(text: str) -> None:
    """The error shows how one is written."""
    with pytest.raises(ConfigurationError, match="no time") as caught:
        seconds(text, place="--max-time")
    assert "90s, 10m, 2h" in caught.value.next_step
