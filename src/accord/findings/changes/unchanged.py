"""What is written the same in both contracts, with all that it refers to: nothing of it needs to be walked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import orjson

from accord.contract.library import Library, split, uri
from accord.contract.pointer import Json
from accord.contract.traversal import objects, reference
from accord.errors import ContractError


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
        before, after = set(self.old.documents), set(self.new.documents)
        alone = len(before - after) == len(after - before) == 1
        self._names = dict(zip(before - after, after - before, strict=True)) if alone else {}
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
        for _, item in objects(value):
            target = reference(item)
            if target is not None:
                yield self.new.resolve(base, target)
