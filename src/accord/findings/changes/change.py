"""A change: what one contract promises and another one does not, at one place, with its proof."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from accord.cases.request import Request
from accord.contract.pointer import Json
from accord.exchange.values import Response
from accord.findings.finding import Severity

_INDEX = re.compile(r"/\d+(?=/|$)")


class Sender(StrEnum):
    """Who sends what a place describes."""

    CLIENT = "client"
    SERVER = "server"


class Effect(StrEnum):
    """What became of the values that a place allows."""

    NARROWED = "narrowed"
    WIDENED = "widened"
    OTHER = "other"


class Verdict(StrEnum):
    """What a change does to a client that is out there."""

    BREAKING = "breaking"
    """It is proven to break one."""
    SAFE = "safe"
    """It is proven to break none, or allowed by the policy."""
    UNPROVEN = "unproven"
    """Neither is proven."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A whole response, and the operation that gives it: its method and its path as the contract writes it.

    ``kind`` and ``owner`` are those of a ``Delivered``, where a client answers to what the service sends.
    """

    method: str
    path: str
    response: Response
    kind: str = ""
    owner: str = ""

    @property
    def name(self) -> str:
        """Return how the operation is told: ``GET /products``, ``webhook POST newPet``."""
        return _named(self.kind, self.method, self.path, self.owner)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """A whole request that the service sends: a webhook, or a callback, which ``kind`` tells.

    ``path`` is as the contract writes it: the name of the webhook, or the name of the callback and the
    expression of its address; ``owner`` is the operation that a callback comes of, such as ``POST /orders``.
    The address in ``request`` is nobody's, but for its query: only the client that gave one knows it.
    """

    kind: str
    method: str
    path: str
    request: Request
    owner: str = ""

    @property
    def name(self) -> str:
        """Return how it is told: ``webhook POST newPet``."""
        return _named(self.kind, self.method, self.path, self.owner)

    @property
    def address(self) -> str:
        """Return where it is sent, as the contract writes it: the name of a webhook, the expression of a callback."""
        return self.path.rpartition(" ")[2] if self.owner else self.path


def _named(kind: str, method: str, path: str, owner: str) -> str:
    return f"{kind} {method} {path}{f' of {owner}' if owner else ''}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A value that one contract accepts and the other rejects.

    ``value`` is the whole body, parameter or message; ``pointer`` leads in it to what makes the
    difference; ``root`` names what it is a value of, such as ``POST /products request body``. ``said``
    is it in words, where it is no value; ``means`` what comes of it, where more is known than who sends it;
    ``request`` the whole request that carries it, where a client sends one, ``delivered`` the one that the
    service sends, and ``answered`` the whole response to either; ``alone`` says why there is none of them,
    where there could be. ``control`` is the same whole but for the difference: where a contract refuses that
    too, it is something else that it refuses.
    """

    value: Json
    pointer: str = ""
    root: str = ""
    said: str = ""
    means: str = ""
    request: Request | None = None
    answered: Answered | None = None
    delivered: Delivered | None = None
    alone: str = ""
    control: Request | Answered | Delivered | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference, said once.

    ``old_place`` and ``new_place`` are ``file#/pointer`` into the two contracts, empty where one
    has nothing; ``old`` and ``new`` short texts of what stands there; ``reaches`` what it affects.
    ``reason`` says why it is unproven, or by what policy it is safe.
    """

    rule: str
    effect: Effect
    verdict: Verdict
    severity: Severity = Severity.NOTE
    sender: Sender | None = None
    old_place: str = ""
    new_place: str = ""
    message: str = ""
    old: str = ""
    new: str = ""
    reaches: tuple[str, ...] = ()
    witness: Witness | None = None
    reason: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """Return where it is: in the new contract, else in the old one."""
        return self.new_place or self.old_place

    @property
    def fingerprint(self) -> str:
        """Return 16 hex digits made of rule, effect, sender, both places without indexes, and both texts.

        Wording and line numbers are not part of it.
        """
        parts = (
            self.rule,
            self.effect,
            self.sender or "",
            *(_INDEX.sub("/*", place) for place in (self.old_place, self.new_place)),
            self.old,
            self.new,
        )
        return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def breaks(effect: Effect, sender: Sender) -> bool:
    """Tell whether a change of that effect can break a client: the table of the house."""
    return effect is (Effect.NARROWED if sender is Sender.CLIENT else Effect.WIDENED)
