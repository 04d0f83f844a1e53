"""The values of what was said: a message that is made fast is the same value."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields

import pytest

from accord.exchange.values import Received, received


@pytest.mark.parametrize("data", ["text", b"bytes"])
def test_a_message_made_fast_is_the_same_message(data: str | bytes) -> None:
    """It equals the one that its class makes, has every field and stays frozen."""
    message = received(1.5, data)
    assert Received(at=1.5, data=data) == message
    assert ["at", "data"] == [field.name for field in fields(message)]
    with pytest.raises(FrozenInstanceError):
        message.at = 2.0  # type: ignore[misc]
