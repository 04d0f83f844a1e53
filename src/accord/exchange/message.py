"""A message to people or programs outside, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message: ``id`` stays the same however often it is sent, ``thread`` is that of related ones.

    *over* tells that nothing more is to be said in that thread. ``written`` is when it was written, in
    seconds since the epoch. People get *subject* and *text*, programs *data*, which is JSON.
    """

    id: str
    thread: str
    written: float
    subject: str
    text: str
    data: bytes
    over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of a message: whether the receiver has *taken* it, and *detail* in words.

    ``wait`` is how many seconds the receiver asks to be left alone, None where it says nothing.
    """

    taken: bool
    detail: str
    wait: float | None = None
