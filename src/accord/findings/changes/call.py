"""A call: one operation as both contracts describe it, and who asks and who answers in it.

A break shows in what is said today by those who know the old contract only, the clients, or in what the
service says tomorrow: so the wholes that a client sends are built from the old contract, the others from the new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from accord.cases.request import Request
from accord.contract.contract import Contract
from accord.contract.openapi import Operation
from accord.contract.pointer import Json
from accord.findings.changes.answer import Answerer, Part
from accord.findings.changes.ask import Ask, Asker
from accord.findings.changes.change import Answered, Delivered, Effect, Sender, Witness
from accord.findings.changes.content import is_written
from accord.findings.changes.counterpart import Counterpart
from accord.findings.changes.fact import Spot
from accord.findings.changes.node import Schemas, Shape, TooManyAlternativesError
from accord.findings.changes.policy import Policy
from accord.findings.changes.prove import Root, Whole, carried
from accord.findings.changes.sample import Sampler, UnbuildableError, declared, item, member
from accord.findings.changes.walk import Pair

T = TypeVar("T")


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
    """An operation in both contracts; ``kind`` tells a webhook or callback, ``owner`` what a callback comes of."""

    sides: Sides
    old: Operation
    new: Operation
    kind: str = ""
    owner: str = ""

    @property
    def asker(self) -> Sender:
        """Return who sends its requests: the server, of a callback or webhook."""
        return Sender.SERVER if self.kind else Sender.CLIENT

    @property
    def answerer(self) -> Sender:
        """Return who sends its responses."""
        return Sender.SERVER if self.asker is Sender.CLIENT else Sender.CLIENT

    @property
    def name(self) -> str:
        """Return how it is told: ``GET /products``, ``webhook POST newPet``."""
        return called(self.new, self.kind, self.owner)

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
            lift=self._lift(part) if part is not None else None,
            written=_is_written(part),
        )

    def asking(self, old: T, new: T) -> T:
        """Return that of the two which the contract says whose requests show a break."""
        return new if self.kind else old

    def answering(self, old: T, new: T) -> T:
        """Return that of the two which the contract says whose responses show a break."""
        return old if self.kind else new

    def samples(self, schema: str | None) -> Iterator[Json]:
        """Yield a value of each type that *schema*, of the contract whose requests show a break, allows."""
        schemas = self.asking(self.sides.old_schemas, self.sides.new_schemas)
        try:
            shapes = schemas.shapes((schema,) if schema else ())
        except TooManyAlternativesError:
            return
        for shape in shapes:
            with suppress(UnbuildableError):
                yield _telling(Sampler(schemas), shape)

    def _lift(self, part: Ask | Part) -> Callable[[Json], Whole]:
        if isinstance(part, Ask):
            ask = part
            return lambda value: self.asked(ask.given(value))
        answer = part
        return lambda value: self.answered(answer.given(value))

    def asked(self, ask: Ask) -> Request | Delivered:
        """Return the whole request of *ask*; raises ``UnbuildableError``."""
        asker = self.asking(*self._askers())
        return delivered(asker, ask, self.owner) if self.kind else asker.built(ask)

    def _askers(self) -> tuple[Asker, Asker]:
        sides = self.sides
        before, after = self._counterparts
        return (
            Asker(
                contract=sides.old, schemas=sides.old_schemas, operation=self.old, kind=self.kind, other=after
            ),
            Asker(
                contract=sides.new,
                schemas=sides.new_schemas,
                operation=self.new,
                kind=self.kind,
                other=before,
            ),
        )

    @property
    def _counterparts(self) -> tuple[Counterpart, Counterpart]:
        return (
            Counterpart(library=self.sides.old.library, operation=self.old),
            Counterpart(library=self.sides.new.library, operation=self.new),
        )

    def answered(self, part: Part) -> Answered:
        """Return the whole response of *part*; raises ``UnbuildableError``."""
        contract, schemas, operation = self.answering(
            (self.sides.old, self.sides.old_schemas, self.old),
            (self.sides.new, self.sides.new_schemas, self.new),
        )
        before, after = self._counterparts
        answerer = Answerer(
            contract=contract,
            schemas=schemas,
            operation=operation,
            other=self.answering(after, before),
        )
        answer = answerer.answered(part)
        return replace(answer, kind=self.kind, owner=self.owner)

    def words(self, said: str, part: Ask | Part | None = None) -> Witness:
        """Return what only one contract takes, in words; *part* says what whole shows it, where one does."""
        witness = Witness(value=None, root=self.name, said=said)
        if isinstance(part, Ask):
            ask = part
            return carried(witness, lambda: self.asked(ask))
        if isinstance(part, Part):
            answer = part
            return carried(witness, lambda: self.answered(answer))
        return witness

    def witness(self, effect: Effect, said: str, **ask: Any) -> Witness:
        """Return what only one contract takes, in words, and as a request where it breaks who goes by the old one."""
        witness = Witness(value=None, root=self.name, said=said)
        if effect is self.asking(Effect.WIDENED, Effect.NARROWED):
            return witness
        return carried(witness, lambda: self.asked(Ask(**ask)))


def delivered(asker: Asker, ask: Ask, owner: str) -> Delivered:
    """Return the whole request that the service sends; raises ``UnbuildableError``."""
    operation = asker.operation
    return Delivered(
        kind=asker.kind,
        method=operation.method,
        path=operation.path,
        owner=owner,
        request=asker.built(ask),
    )


def _is_written(part: Ask | Part | None) -> bool:
    """Tell whether *part* is sent as a text, of which a reader makes what he can."""
    match part:
        case Ask():
            return (part.parameter or part.detail) is not None or is_written(part.media_type or "")
        case Part():
            return (part.header or part.detail) is not None or is_written(part.media_type or "")
    return False


def called(operation: Operation, kind: str = "", owner: str = "") -> str:
    """Return how an operation is told: ``GET /products``."""
    return f"{kind} {operation.method} {operation.path}{f' of {owner}' if owner else ''}".strip()


def _telling(sampler: Sampler, shape: Shape) -> Json:
    """Return a value of *shape* that is not empty, where it need not be."""
    value = sampler.of(shape)
    if value == [] and shape.type == "array":
        return [sampler.smallest(item(shape, index), 1) for index in range(2)]
    if value == {} and shape.type == "object":
        return {name: sampler.smallest(member(shape, name) or (), 1) for name in list(declared(shape))[:2]}
    return value
