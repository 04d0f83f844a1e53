"""The trials of writes: each is read before, sent, read where its answer leads, and perhaps sent again."""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

from accord.cases.change import Changes
from accord.cases.deliberate import deliberate_bodies
from accord.cases.expression import Absent, Message, UnresolvedError, resolve
from accord.cases.expression import Context as Spoken
from accord.cases.wrong import put
from accord.contract import pointer as pointers
from accord.contract.contract import Contract
from accord.contract.law import Told, WriteLaw, values_at
from accord.contract.media_type import JSON, essence
from accord.contract.openapi import Operation
from accord.contract.pointer import Json
from accord.exchange.values import Exchange
from accord.findings.checks.law_pair import message_of
from accord.findings.heard import Heard, LawObservation, Role
from accord.findings.tally import Tally
from accord.run.context import Context, Trial
from accord.run.rest.arrival import Arrival, good_requests, neighbours, stand
from accord.run.rest.inquiry import Inquiry, hold
from accord.run.rest.stage import STAGE
from accord.run.rest.tenant import similar

MAXIMUM_STATES = 3
"""From how many states a write is tried, until one serves it."""

_WRONG_STATE = (404, 409, 410, 423)


def plan(contract: Contract, wanted: Callable[[Operation], bool]) -> Iterator[Trial]:
    """Yield the trials of the writes among the *wanted* operations."""
    for law in contract.laws.writes.values():
        if wanted(law.operation):
            id_ = f"rest/{law.operation.id}/effects"
            yield Trial(stage=STAGE, id=id_, play=partial(_effects, law))


def _effects(law: WriteLaw, context: Context) -> Tally:
    tally = context.tally()

    def observe() -> Sequence[LawObservation]:
        observed: list[LawObservation] = []
        for arrival in _states(context, law.operation):
            writing = Writing(context, tally, law, arrival)
            # What the service told on the way may be more than HTTP can carry.
            with suppress(UnresolvedError):
                writing.play()
            observed += writing.observed
            if writing.served:
                break
        else:
            for rule in ("lost-write", "unreadable-creation"):
                tally.miss(rule, "no request that the service serves was found")
        return observed

    hold(tally, observe)
    return tally


def _states(context: Context, operation: Operation) -> Iterator[Arrival]:
    """Yield requests of *operation*, each in another state of the service, the most likely to be served first."""
    yield from islice(good_requests(context, operation), MAXIMUM_STATES)
    # What a workflow does with the same thing in its end often stands beside this operation.
    for stop in islice(reversed(neighbours(context, operation)), MAXIMUM_STATES):
        found = stand(context, operation, stop)
        if isinstance(found, Arrival):
            yield found


@dataclass(slots=True)
class Writing:
    """The writes of one trial from one state of the service; ``served`` counts those with success."""

    context: Context
    tally: Tally
    law: WriteLaw
    arrival: Arrival
    observed: list[LawObservation] = field(default_factory=list)
    served: int = 0

    def play(self) -> None:
        """Write each body in turn, until the state is used up."""
        for body in self._bodies():
            written = self._write(body)
            if written is None or (not written.good and written.status in _WRONG_STATE):
                return
            self.served += written.good

    def _bodies(self) -> Iterator[Json | Absent]:
        """Yield what to write: deliberate variants of the body, then the body as it is."""
        body, schema = self.arrival.body, self._schema()
        if self.law.declared and schema is not None and not isinstance(body, Absent):
            library = self.context.contract.library
            yield from (variant for _, variant in deliberate_bodies(library, schema, body))
        elif self.law.declared:
            # What is added to something shows only with the second one.
            yield body
        yield body

    def _schema(self) -> str | None:
        """Return the schema of the JSON that is written, None when it is something else."""
        media_types = self.law.operation.body.media_types if self.law.operation.body else ()
        name = essence(self.arrival.media_type)
        return next((item.schema for item in media_types if item.name == name == JSON), None)

    def _write(self, body: Json | Absent) -> Heard | None:
        """Play one write with all that is read around it; None when the state was used up before."""
        inquiry = Inquiry(self.context, self.tally, self.law.operation, self.law)
        spoken = Spoken(message=Message(path=self.arrival.path, request_body=body))
        for reading in self.law.readings:
            if not reading.needs_answer:
                self._read(inquiry, Role.BEFORE, reading.name, reading.operation, reading.parameters, spoken)
        if not self.served and any(self._stranger(inquiry, *item, body) for item in self.law.belongs.items()):
            self.observed.append(inquiry.observation())
            return None
        written = self._send(inquiry, Role.WRITE, body)
        if written.good:
            self._look(inquiry, written, body)
        self.observed.append(inquiry.observation())
        return written

    def _look(self, inquiry: Inquiry, written: Heard, body: Json | Absent) -> None:
        """Read where the answer leads and what the law names, then send the same again."""
        spoken = Spoken(message=message_of(written))
        for link in self.law.links:
            if link.status == str(written.status) or not link.status.isdecimal():
                self._read(inquiry, Role.LINK, link.name, link.target, link.parameters, spoken)
        self._read_all(inquiry, Role.AFTER, spoken)
        inquiry.fetch()
        if self.law.repeat is not None:
            self._send(inquiry, Role.REPEAT, body)
            self._read_all(inquiry, Role.AGAIN, spoken)

    def _read_all(self, inquiry: Inquiry, role: Role, spoken: Spoken) -> None:
        for reading in self.law.readings:
            self._read(inquiry, role, reading.name, reading.operation, reading.parameters, spoken)

    def _read(
        self,
        inquiry: Inquiry,
        role: Role,
        name: str,
        operation: Operation,
        parameters: Mapping[str, Json],
        spoken: Spoken,
    ) -> None:
        asked = _asked(operation, parameters, spoken)
        if asked is None:
            return
        path, query = asked
        links = inquiry.heard if role is Role.AFTER else ()
        known = next((item for item in links if _is_same(item, operation, path, query)), None)
        if known is not None:
            inquiry.again(known, role, name)
        else:
            inquiry.read(role, operation, name=name, path=path, query=query)

    def _send(self, inquiry: Inquiry, role: Role, body: Json | Absent, name: str = "") -> Heard:
        exchange = self._sent(body)
        written = None if isinstance(body, Absent) else body
        return inquiry.keep(
            role, self.law.operation, exchange, name=name, path=self.arrival.path, written=written
        )

    def _sent(self, body: Json | Absent) -> Exchange:
        if body == self.arrival.body or isinstance(body, Absent):
            return self.arrival.send()
        return self.arrival.send(Changes(body=json.dumps(body).encode(), content_type=JSON))

    def _stranger(self, inquiry: Inquiry, member: str, told: Told, body: Json | Absent) -> bool:
        """Send the write with something at *member* that is of another thing; tells whether it was served."""
        own = [
            value
            for heard in inquiry.heard
            if heard.name == told.reading
            for _, value in values_at(heard.answer, told.member)
        ]
        given = (
            next((value for _, value in values_at(body, member)), None)
            if not isinstance(body, Absent)
            else None
        )
        if isinstance(body, Absent) or given not in own:
            self.tally.miss("inconsistent-pair", f"no value for {member} is known that belongs there")
            return False
        others = self._elsewhere(inquiry, told, own)
        seed = f"{self.context.seed}/{self.law.operation.id}/{member}"
        other = others[0] if others else similar(given, random.Random(zlib.crc32(seed.encode())))  # noqa: S311
        changed = put(body, pointers.tokens(member), other)
        return self._send(inquiry, Role.STRANGER, changed, member).good

    def _elsewhere(self, inquiry: Inquiry, told: Told, own: Sequence[Json]) -> list[Json]:
        """Return what other things than the one that was read have at the member, where a list shows them."""
        subject = next((item.subject for item in inquiry.heard if item.name == told.reading), None)
        for law in self.context.contract.laws.lists.values() if subject is not None else ():
            listing = inquiry.read(Role.ALL, law.operation)
            things = listing.things if listing is not None else ()
            values = [
                value
                for thing in things
                if subject is not None and thing.law is subject.law and thing.key != subject.key
                for _, value in values_at(thing.value, told.member)
                if value not in own
            ]
            if values:
                return values
        return []


def _asked(
    operation: Operation, parameters: Mapping[str, Json], spoken: Spoken
) -> tuple[dict[str, Json], dict[str, Json]] | None:
    """Return path and query parameters of a reading; None where one has no value here."""
    found: dict[str, dict[str, Json]] = {"path": {}, "query": {}}
    for item in operation.parameters:
        said = parameters.get(f"{item.location}.{item.name}", parameters.get(item.name))
        if said is None or item.location not in found:
            if item.location == "path":
                return None
            continue
        try:
            value = resolve(said, spoken)
        except (UnresolvedError, ValueError):
            return None
        # What comes from the service must not lead to another path.
        if item.location == "path" and (not isinstance(value, str | int) or str(value) in ("", ".", "..")):
            return None
        found[item.location][item.name] = value
    return found["path"], found["query"]


def _is_same(heard: Heard, operation: Operation, path: Mapping[str, Json], query: Mapping[str, Json]) -> bool:
    return (
        heard.role is Role.LINK
        and heard.operation is operation
        and (heard.path, heard.query) == (path, query)
    )
