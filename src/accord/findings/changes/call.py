"""A call: one operation as both contracts describe it, and who asks and who answers in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from accord.cases.request import Request
from accord.contract.contract import Contract
from accord.contract.media_type import essence
from accord.contract.openapi import Operation
from accord.contract.pointer import Json
from accord.findings.changes.answer import Answerer, Part
from accord.findings.changes.ask import Ask, Asker
from accord.findings.changes.change import Answered, Effect, Sender, Witness
from accord.findings.changes.content import PLAIN, is_written
from accord.findings.changes.fact import Spot
from accord.findings.changes.node import Schemas, Shape, TooManyAlternativesError
from accord.findings.changes.policy import Policy
from accord.findings.changes.prove import Root
from accord.findings.changes.sample import Sampler, UnbuildableError, declared, item, member
from accord.findings.changes.walk import Pair


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The two contracts, and what a client is taken to rely on.

    A removal that was announced is safe from ``months`` after its sunset on; ``today`` says which are.
    """

    old: Contract
    new: Contract
    policy: Policy
    old_schemas: Schemas
    new_schemas: Schemas
    months: int = 0
    today: date = field(default_factory=lambda: datetime.now(UTC).date())

    @property
    def is_open(self) -> bool:
        """Tell whether what is undeclared is taken to be ignored."""
        return self.policy is not Policy.STRICT


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """An operation in both contracts; ``asker`` sends its requests: the server, of a callback or webhook."""

    sides: Sides
    old: Operation
    new: Operation
    asker: Sender = Sender.CLIENT
    kind: str = ""

    @property
    def answerer(self) -> Sender:
        """Return who sends its responses."""
        return Sender.SERVER if self.asker is Sender.CLIENT else Sender.CLIENT

    @property
    def name(self) -> str:
        """Return how it is told: ``GET /products``, ``webhook POST newPet``."""
        return called(self.new, self.kind)

    @property
    def spot(self) -> Spot:
        """Return where the operation stands."""
        return Spot(old=self.old.uri, new=self.new.uri, reaches=(self.name,))

    def at(self, old: str, new: str) -> Spot:
        """Return the spot of a part of it."""
        return self.spot.at(old or self.old.uri, new or self.new.uri)

    @property
    def data(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Return the two Operation Objects."""
        return (
            self.sides.old.library.object(self.old.uri)[1],
            self.sides.new.library.object(self.new.uri)[1],
        )

    def root(
        self, name: str, old: str | None, new: str | None, sender: Sender, part: Ask | Part | None = None
    ) -> Root:
        """Return the schemas of a part of it, to be walked; *part* says which one of a request or response it is."""
        nodes = tuple((uri,) if uri else () for uri in (old, new))
        return Root(
            name=f"{self.name} {name}",
            pair=Pair(old=nodes[0], new=nodes[1], sender=sender),
            request=self._lift(part) if isinstance(part, Ask) and self.asker is Sender.CLIENT else None,
            written=_is_written(part),
            answered=self._given(part) if isinstance(part, Part) and self.asker is Sender.CLIENT else None,
        )

    def samples(self, schema: str | None) -> Iterator[Json]:
        """Yield a value of each type that *schema*, of the old contract, allows."""
        schemas = self.sides.old_schemas
        try:
            shapes = schemas.shapes((schema,) if schema else ())
        except TooManyAlternativesError:
            return
        for shape in shapes:
            with suppress(UnbuildableError):
                yield _telling(Sampler(schemas), shape)

    def _lift(self, part: Ask) -> Callable[[Json], Request | None]:
        if part.parameter is None:
            return lambda value: self._asking().request(replace(part, body=value))
        return lambda value: self._asking().request(replace(part, value=value))

    def _given(self, part: Part) -> Callable[[Json], Answered | None]:
        if part.header is None:
            return lambda value: self._answering().answered(replace(part, body=value))
        return lambda value: self._answering().answered(replace(part, value=value))

    def _answering(self) -> Answerer:
        return Answerer(contract=self.sides.new, schemas=self.sides.new_schemas, operation=self.new)

    def _asking(self) -> Asker:
        return Asker(contract=self.sides.old, schemas=self.sides.old_schemas, operation=self.old)

    def words(self, said: str, part: Part | None = None) -> Witness:
        """Return what only one contract takes, in words; *part* says what response shows it, where one does."""
        answered = None
        if part is not None and self.asker is Sender.CLIENT:
            answered = self._answering().answered(part)
        return Witness(value=None, root=self.name, said=said, answered=answered)

    def witness(self, effect: Effect, said: str, **ask: Any) -> Witness:
        """Return what only one contract takes, in words, and as a request where a client sends it."""
        request = None
        if self.asker is Sender.CLIENT and effect is not Effect.WIDENED:
            request = self._asking().request(Ask(**ask))
        return Witness(value=None, root=self.name, said=said, request=request)


def _is_written(part: Ask | Part | None) -> bool:
    """Tell whether *part* is sent as a text, of which a reader makes what he can."""
    match part:
        case Ask():
            return part.parameter is not None or is_written(part.media_type or "")
        case Part():
            return part.header is not None or essence(part.media_type or "") == PLAIN
    return False


def called(operation: Operation, kind: str = "") -> str:
    """Return how an operation is told: ``GET /products``."""
    return f"{kind} {operation.method} {operation.path}".strip()


def _telling(sampler: Sampler, shape: Shape) -> Json:
    """Return a value of *shape* that is not empty, where it need not be."""
    value = sampler.of(shape)
    if value == [] and shape.type == "array":
        return [sampler.smallest(item(shape, index), 1) for index in range(2)]
    if value == {} and shape.type == "object":
        return {name: sampler.smallest(member(shape, name) or (), 1) for name in list(declared(shape))[:2]}
    return value
