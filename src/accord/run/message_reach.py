"""What the messages of a run showed of their contract, counted part by part."""

from __future__ import annotations

from collections import Counter

from accord.contract.asyncapi import Channel
from accord.contract.contract import Contract
from accord.contract.message_part import Kind, Part, parts, shown
from accord.exchange.values import Session
from accord.findings.edge import edges, edges_taken
from accord.findings.transcript import Line, transcript


class MessageReach:
    """Counts what each session of *contract* shows; one thread at a time."""

    def __init__(self, contract: Contract) -> None:
        """Start at nothing for every part of every channel."""
        self._contract = contract
        self._counts: Counter[Part] = Counter()
        self._parts: dict[Part, None] = {}
        for channel in contract.channels:
            self._parts.update(dict.fromkeys(parts(contract.library, channel)))
            self._parts.update(dict.fromkeys(edges(channel)))

    def note(self, channel: Channel, session: Session) -> None:
        """Count what *session* shows; a message counts once for each part, and only when it is valid."""
        lines = transcript(self._contract, channel, session)
        for line in lines:
            self._counts.update(self._shown(channel, line))
        self._counts.update(edges_taken(channel, lines))

    def _shown(self, channel: Channel, line: Line) -> tuple[Part, ...]:
        if line.message is None or not line.valid or line.reading is None:
            return ()
        return shown(self._contract.library, channel, line.message, line.reading.value)

    def counts(self) -> dict[str, dict[str, int]]:
        """Return how often each part was seen, by kind and name; kinds without parts are left out."""
        table: dict[str, dict[str, int]] = {}
        for kind in Kind:
            found = {part.name: self._counts[part] for part in self._parts if part.kind is kind}
            if found:
                table[str(kind)] = found
        return table
