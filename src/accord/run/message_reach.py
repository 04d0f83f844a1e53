"""What the messages of a run showed of their contract, counted part by part."""

from __future__ import annotations

from collections import Counter

from accord.contract.asyncapi import Channel
from accord.contract.contract import Contract
from accord.contract.message_part import Kind, Part, meant, parts, shown
from accord.exchange.values import Session
from accord.findings.edge import edges, edges_taken
from accord.findings.transcript import Line, transcript
from accord.run.feature_reach import FeatureReach


class MessageReach:
    """Counts what each session of *contract* shows; one thread at a time."""

    def __init__(self, contract: Contract, features: FeatureReach) -> None:
        """Start at nothing for every part of every channel; *features* counts what a valid message has inside."""
        self._contract = contract
        self._features = features
        self._breaches: Counter[Part] = Counter()
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
        if line.message is None or line.reading is None:
            return ()
        if not line.valid:
            if line.from_server:
                self._breaches.update(meant(channel, line.message, line.reading.value))
            return ()
        self._features.note_message(line.message, line.reading.value)
        return shown(self._contract.library, channel, line.message, line.reading.value)

    def breaches(self) -> dict[str, int]:
        """Return how many received messages broke their schema, by the variant and type that they are meant to be."""
        return {
            part.name: self._breaches[part] for part in sorted(self._breaches, key=lambda part: part.name)
        }

    def counts(self) -> dict[str, dict[str, int]]:
        """Return how often each part was seen, by kind and name; kinds without parts are left out."""
        table: dict[str, dict[str, int]] = {}
        for kind in Kind:
            found = {part.name: self._counts[part] for part in self._parts if part.kind is kind}
            if found:
                table[str(kind)] = found
        return table
