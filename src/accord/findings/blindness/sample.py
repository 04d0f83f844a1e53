"""Good answers and messages of a recording: those that the contract accepts as they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from accord.contract.contract import Contract
from accord.contract.pointer import Json
from accord.errors import ContractError
from accord.exchange.values import Exchange, Received, Session
from accord.findings.strict import read_json

LONGEST = 200_000
"""The longest body in bytes that is looked at: of longer ones, most says the same again."""
MAXIMUM_BYTES = 50_000_000
"""How much is looked at altogether."""
MAXIMUM_OF_A_KIND = 60
"""How many different values of one answer or channel are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One good value; ``name`` is what said it, ``root`` the URI under which the contract describes it.

    ``schemas`` are the URIs of the schemas of which one must accept it; without one, anything goes.
    ``size`` is its length as it came.
    """

    name: str
    root: str
    schemas: tuple[str, ...]
    value: Json
    size: int


@dataclass(slots=True)
class Samples:
    """Takes the good values out of what was recorded; ``passed_over`` counts the others by reason."""

    contract: Contract
    passed_over: Counter[str] = field(default_factory=Counter)
    _seen: dict[str, set[int]] = field(default_factory=dict)
    _bytes: int = 0

    def of(self, recorded: Iterable[Exchange | Session]) -> Iterator[Sample]:
        """Yield the good values of *recorded*, each once."""
        for said in recorded:
            found = self._of_session(said) if isinstance(said, Session) else self._of_exchange(said)
            yield from (sample for sample in found if self._is_new(sample))

    def _is_new(self, sample: Sample) -> bool:
        seen = self._seen.setdefault(sample.name, set())
        known = hash(repr(sample.value))
        if known in seen or len(seen) >= MAXIMUM_OF_A_KIND:
            return False
        if self._bytes + sample.size > MAXIMUM_BYTES:
            self.passed_over[f"beyond {MAXIMUM_BYTES:,} bytes altogether"] += 1
            return False
        seen.add(known)
        self._bytes += sample.size
        return True

    def _of_exchange(self, exchange: Exchange) -> Iterator[Sample]:
        operation = next((item for item in self.contract.operations if item.id == exchange.operation), None)
        response = exchange.response
        if operation is None or response is None:
            self.passed_over["an answer to no operation of the contract"] += 1
            return
        answer = operation.answer(response.status)
        media_type = answer.media_type(response.header("content-type")) if answer else None
        if media_type is None:
            self.passed_over["an answer that the contract does not describe"] += 1
            return
        if "json" not in media_type.name and "json" not in (response.header("content-type") or ""):
            self.passed_over["an answer that is no JSON"] += 1
            return
        name = f"{operation.id} {response.status}"
        root = media_type.schema or f"{media_type.uri}/schema"
        yield from self._judged(name, root, (media_type.schema,) if media_type.schema else (), response.body)

    def _of_session(self, session: Session) -> Iterator[Sample]:
        channel = next((item for item in self.contract.channels if item.id == session.channel), None)
        if channel is None:
            self.passed_over["a session of no channel of the contract"] += 1
            return
        schemas = tuple(message.schema for message in channel.sent_by_server())
        for event in session.events:
            if isinstance(event, Received) and isinstance(event.data, str):
                yield from self._judged(channel.id, channel.uri, schemas, event.data)

    def _judged(self, name: str, root: str, schemas: tuple[str, ...], data: str | bytes) -> Iterator[Sample]:
        if len(data) > LONGEST:
            self.passed_over[f"longer than {LONGEST:,} bytes"] += 1
            return
        reading = read_json(data)
        if reading.fault:
            self.passed_over["not JSON, or not JSON that all read alike"] += 1
        elif not accepts(self.contract, schemas, reading.value):
            self.passed_over["not valid by the contract"] += 1
        else:
            yield Sample(name=name, root=root, schemas=schemas, value=reading.value, size=len(data))


def accepts(contract: Contract, schemas: tuple[str, ...], value: Json) -> bool:
    """Tell whether one of *schemas* accepts *value*; without one, anything goes."""
    try:
        return not schemas or any(contract.library.validator(uri).is_valid(value) for uri in schemas)
    except (ContractError, ValueError):  # a schema of no use accepts nothing that could be told of
        return False
