"""The measure of a contract's blindness: how many mutants of good values it accepts, and where."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from accord.contract import library as libraries
from accord.contract.contract import Contract
from accord.contract.pointer import Json
from accord.errors import ContractError
from accord.exchange.values import Exchange, Session
from accord.findings.blindness.hole import Blindness, Hole, Wrong
from accord.findings.blindness.mutant import Mutant, mutants
from accord.findings.blindness.sample import Sample, Samples, accepts
from accord.findings.blindness.spot import allowed_types, spots
from accord.findings.blindness.tightening import tightening
from accord.findings.blindness.trait import Trait

MAXIMUM_MUTANTS = 100_000
MAXIMUM_WORK = 1_000_000_000
"""So many bytes of mutants are judged: large values are judged less often."""
_OF_A_PLACE = 5
"""So many values are made wrong at one place of one answer in the same way: more would say the same."""
_SHOWN = 20


@dataclass(slots=True)
class _Place:
    """What became of the mutants of one place."""

    accepted: Counter[Wrong] = field(default_factory=Counter)
    tried: int = 0
    example: str = ""
    shown: dict[str, None] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)


def measure(
    contract: Contract, recorded: Iterable[Exchange | Session], *, most: int = MAXIMUM_MUTANTS
) -> Blindness:
    """Make the good values of *recorded* wrong, one spot after the other, and count what *contract* accepts.

    At most *most* mutants are judged.
    """
    samples = Samples(contract)
    good = list(samples.of(recorded))
    traits = _traits(contract, good)
    places: defaultdict[str, _Place] = defaultdict(_Place)
    made: Counter[tuple[str, str, str]] = Counter()
    tried = refused = work = 0
    spent = False
    for sample, mutant in ((item, found) for item in good for found in _mutants(contract, item, traits)):
        key = (sample.name, mutant.anchor, f"{mutant.wrong} {mutant.what} {mutant.member}")
        if made[key] >= _OF_A_PLACE:
            continue
        work += sample.size
        if tried >= most or work > MAXIMUM_WORK:
            spent = True
            break
        made[key] += 1
        tried += 1
        is_accepted = accepts(contract, sample.schemas, mutant.value)
        refused += not is_accepted
        _note(places[mutant.anchor], sample, mutant, is_accepted=is_accepted)
    holes = [_hole(contract, uri, place, traits.get(uri)) for uri, place in places.items() if place.accepted]
    return Blindness(
        values=len(good),
        mutants=tried,
        refused=refused,
        holes=tuple(sorted(holes, key=lambda hole: (-hole.count, hole.place))),
        passed_over=dict(samples.passed_over.most_common()),
        spent=spent,
    )


def _traits(contract: Contract, good: Sequence[Sample]) -> dict[str, Trait]:
    traits: dict[str, Trait] = {}
    for sample in good:
        for spot in spots(contract.library, sample.root, sample.schemas, sample.value):
            traits.setdefault(spot.anchor, Trait()).note(spot)
    return traits


def _mutants(contract: Contract, sample: Sample, traits: dict[str, Trait]) -> Iterable[Mutant]:
    for spot in spots(contract.library, sample.root, sample.schemas, sample.value):
        if all(traits[anchor].has_always(name) for anchor, name in spot.undeclared):
            yield from mutants(sample.value, spot, traits, allowed_types(contract.library, spot))


def _note(place: _Place, sample: Sample, mutant: Mutant, *, is_accepted: bool) -> None:
    place.tried += 1
    if not is_accepted:
        return
    place.accepted[mutant.wrong] += 1
    place.example = place.example or f"{mutant.where} {mutant.what}"
    if len(place.shown) < _SHOWN:
        place.shown[sample.name] = None
    if mutant.member:
        place.required.add(mutant.member)


def _hole(contract: Contract, uri: str, place: _Place, trait: Trait | None) -> Hole:
    name = libraries.place(uri)
    return Hole(
        place=name,
        line=contract.line(name),
        accepted=dict(place.accepted),
        tried=place.tried,
        example=place.example,
        shown=tuple(place.shown),
        lines=tuple(tightening(place.accepted, trait, place.required, _schema(contract, uri))),
    )


def _schema(contract: Contract, uri: str) -> Json:
    try:
        return contract.library.lookup(uri)
    except ContractError:  # where a declaration would stand, there is none
        return None
