"""What is written the same in both contracts, with all that it refers to: nothing of it needs to be walked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import orjson

from accord.contract.contract import Contract
from accord.contract.library import Library, split, uri
from accord.contract.pointer import Json
from accord.contract.traversal import described, reference
from accord.errors import ContractError


def is_unchanged(old: Contract, new: Contract) -> bool:
    """Tell whether both hold the same documents, of which one may have another name: then nothing has changed.

    That two of another order of members or another spelling are the same is found as well, all else may be missed.
    """
    names = {name: name for name in old.library.documents} | _renamed(old.library, new.library)
    if set(names.values()) != new.library.documents.keys():
        return False
    # Schemas that stand alone are channels, called by their files.
    kept = (names.get(old.openapi or ""), names.get(old.asyncapi or ""), [item.id for item in old.channels])
    if kept != (new.openapi, new.asyncapi, [item.id for item in new.channels]):
        return False
    # Whoever refers to one by its former name has that still, and no name is left over for another.
    return all(
        _is_same_data(old.library.document(before).data, new.library.document(after).data)
        for before, after in names.items()
    )


def _renamed(old: Library, new: Library) -> dict[str, str]:
    """Return the old and the new name of the only document that one side has by a name of its own."""
    before, after = old.documents.keys() - new.documents.keys(), new.documents.keys() - old.documents.keys()
    return dict(zip(before, after, strict=True)) if len(before) == len(after) == 1 else {}


def _is_same_data(one: Json, other: Json) -> bool:
    # Python takes true for 1, so that their texts have to be the same as well, in some order of the members.
    try:
        return one == other and any(
            orjson.dumps(one, option=order) == orjson.dumps(other, option=order)
            for order in (None, orjson.OPT_SORT_KEYS)
        )
    except TypeError:  # a number beyond 64 bits, or too deep: then it is walked
        return False


@dataclass(slots=True)
class Unchanged:
    """Tells whether the same address holds the same text in *old* and *new*, references followed.

    One document may have another name in each: the only one that the other side does not have.
    """

    old: Library
    new: Library
    _texts: dict[str, bool] = field(default_factory=dict)
    _targets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _known: dict[str, bool] = field(default_factory=dict)
    _names: dict[str, str] = field(init=False)
    _former: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        """Pair the two documents that have a name of their own, if they are two."""
        self._names = _renamed(self.old, self.new)
        self._former = {new: old for old, new in self._names.items()}

    def __call__(self, old: str, new: str) -> bool:
        """Tell whether what stands at *old* in the one and at *new* in the other is the same beyond doubt."""
        return (old == new or self._renamed(old) == new) and self._is_same(new)

    def _renamed(self, old: str) -> str:
        name, pointer = split(old)
        return uri(self._names[name], pointer) if name in self._names else old

    def _is_same(self, address: str) -> bool:
        if address not in self._known:
            met = {address}
            waiting = [address]
            while waiting:
                current = waiting.pop()
                if self._known.get(current) is False or not self._is_written_same(current):
                    self._known[address] = False
                    return False
                fresh = [
                    item for item in self._refers_to(current) if item not in met and not self._known.get(item)
                ]
                met.update(fresh)
                waiting.extend(fresh)
            # All that was met refers to nothing beyond it.
            self._known.update(dict.fromkeys(met, True))
        return self._known[address]

    def _is_written_same(self, address: str) -> bool:
        if address not in self._texts:
            try:
                name, pointer = split(address)
                before = uri(self._former.get(name, name), pointer)
                texts = [orjson.dumps(self.old.lookup(before)), orjson.dumps(self.new.lookup(address))]
            except (ContractError, TypeError):
                texts = [b"old", b"new"]
            self._texts[address] = texts[0] == texts[1]
        return self._texts[address]

    def _refers_to(self, address: str) -> tuple[str, ...]:
        if address not in self._targets:
            self._targets[address] = tuple(dict.fromkeys(self._references(address, self.new.lookup(address))))
        return self._targets[address]

    def _references(self, address: str, value: Json) -> Iterator[str]:
        base = uri(split(address)[0])
        for item in described(value):
            target = reference(item)
            if target is not None:
                yield self.new.resolve(base, target)
