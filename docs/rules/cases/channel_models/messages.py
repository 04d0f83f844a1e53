"""One model that keeps less than the contract allows."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel


class Welcome(BaseModel):
    """A welcome: other members, which the contract allows, are dropped."""

    type: Literal["welcome"]
    team: str


MESSAGES = {"welcome": Welcome}
