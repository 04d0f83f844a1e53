"""Generated models: what they lose of a value is told by its place."""

from __future__ import annotations

import json
from string import ascii_lowercase
from typing import Any

from pydantic import BaseModel, TypeAdapter

from accord.contract.models import loss


class Empty(BaseModel):
    """A model without members: it keeps none."""


def test_the_first_loss_is_named_in_every_run() -> None:
    """Of many members that are lost, the first of the body is told, not one that the hash of its name brings up."""
    adapter: TypeAdapter[Any] = TypeAdapter(Empty)
    body = json.dumps(dict.fromkeys(reversed(ascii_lowercase), 1)).encode()
    lost = loss(adapter, body)
    assert lost is not None
    assert lost.pointer == "/z"
