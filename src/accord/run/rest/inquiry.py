"""The questions of one law's trial: asked in their order, and kept with their roles."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlsplit

from accord.cases.aim import Aim, Intent
from accord.cases.change import Changes, put_wrong
from accord.cases.request import Request
from accord.cases.wrong import Wrong
from accord.contract.law import ListLaw, WriteLaw, values_at
from accord.contract.openapi import Operation
from accord.contract.pointer import Json
from accord.exchange.values import Exchange
from accord.findings.evidence import Observation
from accord.findings.heard import Heard, LawObservation, Role, hear
from accord.findings.tally import Tally
from accord.run.context import Context
from accord.run.rest.wire import engine, label

PHASE = "laws"
MAXIMUM_FETCHES = 2
"""How many addresses of one trial are fetched."""

_CASES = "law-cases"


@dataclass(slots=True)
class Inquiry:
    """What one play of a law's trial asks of *operation*; ``heard`` grows with each question."""

    context: Context
    tally: Tally
    operation: Operation
    law: ListLaw | WriteLaw | None = None
    heard: list[Heard] = field(default_factory=list)
    fetched: set[str] = field(default_factory=set)

    def read(
        self,
        role: Role,
        operation: Operation,
        *,
        name: str = "",
        path: Mapping[str, Json] | None = None,
        query: Mapping[str, Json] | None = None,
    ) -> Heard | None:
        """Ask a GET with these parameters, and what else it needs; None when no request can be made."""
        case = self._case(operation)
        if case is None:
            return None
        path, query = path or {}, query or {}
        for location, values in (("path", path), ("query", query)):
            for key, value in values.items():
                put_wrong(case, Wrong(location=location, path=(key,), keyword="law", value=value))
        made, _ = engine(self.context)
        request = made.request(label(operation), case, Changes())
        exchange = self.context.client.send(request, operation=operation.id)
        return self.keep(role, operation, exchange, name=name, path=path, query=query)

    def keep(self, role: Role, operation: Operation | None, exchange: Exchange, **asked: Any) -> Heard:
        """Keep *exchange* in its role; the ordinary rules look at it too."""
        self.tally.cases += 1
        heard = hear(self.context.contract, role, operation, exchange, **asked)
        self.heard.append(heard)
        # What is read otherwise is asked, and judged, in many other trials.
        if operation is not None and role in (Role.WRITE, Role.AFTER, Role.READ):
            aim = Aim(intent=Intent.VALID, phase=PHASE)
            secrets = self.context.identities.secrets()
            self.tally.take(Observation(operation=operation, aim=aim, exchange=exchange, secrets=secrets))
        self.context.watch.note(exchange)
        return heard

    def again(self, heard: Heard, role: Role, name: str) -> Heard:
        """Keep what was heard before in another role as well."""
        asked = {"path": heard.path, "query": heard.query}
        copied = hear(self.context.contract, role, heard.operation, heard.exchange, name=name, **asked)
        self.heard.append(copied)
        return copied

    def fetch(self) -> None:
        """Fetch addresses that the things heard of tell, each once, those that the write told first."""
        told = [told for heard in self.heard if heard.role is Role.WRITE for told in _addresses(heard)]
        told += [told for heard in reversed(self.heard) for told in reversed(list(_addresses(heard)))]
        for address, media_type in dict(told).items():
            if len(self.fetched) >= MAXIMUM_FETCHES:
                return
            if address in self.fetched:
                continue
            self.fetched.add(address)
            if not self._is_own(address):
                reason = "an address leads to another service, which accord does not ask"
                self.tally.miss("unreadable-creation", reason, variant=media_type)
                continue
            credential = self.context.identities.credential(self.operation)
            request = Request(method="GET", url=address, headers=tuple(credential.headers.items()))
            exchange = self.context.client.send(request, operation=None)
            self.keep(Role.FETCH, None, exchange, name=media_type)

    def observation(self) -> LawObservation:
        """Return what was heard so far."""
        return LawObservation(operation=self.operation, law=self.law, heard=tuple(self.heard))

    def _is_own(self, address: str) -> bool:
        try:
            told, own = urlsplit(address), urlsplit(self.context.client.base_url)
            same = (told.scheme, told.hostname, told.port) == (own.scheme, own.hostname, own.port)
        except ValueError:
            return False
        return same

    def _case(self, operation: Operation) -> Any:
        """Return a valid case without what may be left out of the query, made once for each operation."""
        known = cast("dict[str, Any]", self.context.shared.setdefault(_CASES, {}))
        if operation.id not in known:
            made, _ = engine(self.context)
            case: Any = made.valid(label(operation)) if label(operation) in made.labels() else None
            for parameter in operation.parameters_in("query") if case is not None else ():
                if not parameter.required:
                    case.query.pop(parameter.name, None)
            known[operation.id] = case
        case = known[operation.id]
        return None if case is None else case.derive()


def _addresses(heard: Heard) -> Iterator[tuple[str, str]]:
    """Yield each address that the things of *heard* tell, and the media type of what should stand there."""
    for thing in heard.things:
        for member, media_type in thing.law.fetches.items():
            for _, address in values_at(thing.value, member):
                if isinstance(address, str):
                    yield address, media_type


def hold(tally: Tally, play: Callable[[], Sequence[LawObservation]]) -> None:
    """Hold the rules about laws against what *play* observes.

    Where one finds something, *play* does it all a second time, and only what is found again is told:
    others may use the service too, and it may have work of its own. What cannot be played a second time
    is told as it was.
    """
    rules = {rule.id for rule in tally.rules}
    first = play()
    found = {rule for observed in first for rule in tally.would_find(observed)}
    second = play() if found else ()
    unrepeated = found - {rule for observed in second for rule in tally.would_reach(observed)}
    for observed in first:
        tally.take(observed, only=rules - found | unrepeated)
    for observed in second:
        tally.take(observed, only=found)
