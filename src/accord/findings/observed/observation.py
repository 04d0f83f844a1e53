"""An observation: all that was counted of some traffic, which two of can be added up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from accord.contract.pointer import Json
from accord.findings.observed.count import Count
from accord.findings.observed.few import Few

STRANGERS = 64
"""How many things that nobody declared are counted each by itself."""
SERVER, CLIENT = "server", "client"
REQUEST = "request"


class Root(NamedTuple):
    """Where values come as a whole.

    Over HTTP: the operation, a status or ``request``, and the media type. Of messages: the channel,
    the side that sends (``server`` or ``client``) and the message.
    """

    owner: str
    part: str
    form: str


@dataclass(slots=True)
class Observation:
    """What was counted.

    ``exchanges`` are answers by operation and status; the status is empty where no answer came.
    ``bodies`` are the values of bodies and messages, ``unreadable`` how many were no JSON.
    ``strangers`` are messages that nobody declared, by channel and side, ``media_types`` those that
    nobody declared, by operation and status. ``unknown`` are requests that no operation takes, by
    origin, method and path; ``origins`` how often an operation was asked at each. ``skipped`` is
    what could not be counted, by the reason.
    """

    exchanges: dict[tuple[str, str], int] = field(default_factory=dict)
    bodies: dict[Root, Count] = field(default_factory=dict)
    unreadable: dict[Root, int] = field(default_factory=dict)
    strangers: dict[tuple[str, str], Few] = field(default_factory=dict)
    media_types: dict[tuple[str, str], Few] = field(default_factory=dict)
    unknown: Few = field(default_factory=partial(Few, STRANGERS))
    origins: Few = field(default_factory=partial(Few, STRANGERS))
    skipped: Few = field(default_factory=partial(Few, STRANGERS))

    def take(self, other: Observation) -> None:
        """Add what *other* has counted, which is not to be used any more."""
        for key, number in other.exchanges.items():
            self.exchanges[key] = self.exchanges.get(key, 0) + number
        for root, number in other.unreadable.items():
            self.unreadable[root] = self.unreadable.get(root, 0) + number
        for root, count in other.bodies.items():
            self.body(root).take(count)
        for mine, theirs in ((self.strangers, other.strangers), (self.media_types, other.media_types)):
            for place, few in theirs.items():
                mine.setdefault(place, Few(STRANGERS)).take(few)
        self.unknown.take(other.unknown)
        self.origins.take(other.origins)
        self.skipped.take(other.skipped)

    def copy(self) -> Observation:
        """Return an observation of its own that is the same."""
        return Observation(
            exchanges=dict(self.exchanges),
            bodies={root: count.copy() for root, count in self.bodies.items()},
            unreadable=dict(self.unreadable),
            strangers={key: few.copy() for key, few in self.strangers.items()},
            media_types={key: few.copy() for key, few in self.media_types.items()},
            unknown=self.unknown.copy(),
            origins=self.origins.copy(),
            skipped=self.skipped.copy(),
        )

    def body(self, root: Root) -> Count:
        """Return the count of what comes at *root*, a new one when there is none."""
        found = self.bodies.get(root)
        if found is None:
            found = self.bodies[root] = Count()
        return found

    def stranger(self, channel: str, side: str, name: str) -> None:
        """Count a message that nobody declared."""
        self.strangers.setdefault((channel, side), Few(STRANGERS)).add(name)

    def media_type(self, operation: str, status: str, name: str) -> None:
        """Count a body under a media type that nobody declared."""
        self.media_types.setdefault((operation, status), Few(STRANGERS)).add(name)

    def answers(self, operation: str = "") -> int:
        """Return how many answers came, or those of *operation*."""
        return sum(
            number for (name, status), number in self.exchanges.items() if status and operation in ("", name)
        )

    def messages(self, channel: str = "", side: str = "") -> int:
        """Return how many messages came, declared or not, of *channel* and *side* where they are given."""
        known = sum(
            count.seen
            for root, count in self.bodies.items()
            if root.part in (SERVER, CLIENT) and channel in ("", root.owner) and side in ("", root.part)
        )
        return known + sum(
            few.total()
            for (name, part), few in self.strangers.items()
            if channel in ("", name) and side in ("", part)
        )

    def document(self) -> dict[str, Json]:
        """Return the observation as JSON has it, the same for the same counts."""
        return {
            "exchanges": _nested(self.exchanges),
            "bodies": [
                {**root._asdict(), **count.document()}
                for root, count in sorted(self.bodies.items(), key=_first)
            ],
            "unreadable": [
                {**root._asdict(), "number": number} for root, number in sorted(self.unreadable.items())
            ],
            "undeclared_messages": _nested({key: few.document() for key, few in self.strangers.items()}),
            "undeclared_media_types": _nested({key: few.document() for key, few in self.media_types.items()}),
            "unknown_requests": dict(self.unknown.document()),
            "origins": dict(self.origins.document()),
            "skipped": dict(self.skipped.document()),
        }


def added(one: Observation, other: Observation) -> Observation:
    """Return the sum of two observations, which themselves stay as they are."""
    total = one.copy()
    total.take(other.copy())
    return total


def _first(item: tuple[Root, Count]) -> Root:
    return item[0]


def _nested(table: Mapping[tuple[str, str], Json]) -> dict[str, Json]:
    found: dict[str, dict[str, Json]] = {}
    for (name, part), item in sorted(table.items()):
        found.setdefault(name, {})[part] = item
    return dict(found)
