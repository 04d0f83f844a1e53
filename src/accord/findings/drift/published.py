"""Facts about what a service publishes of itself: made of the changes between its contract and that."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from accord.findings.changes.change import Change
from accord.findings.changes.result import Told
from accord.findings.drift.fact import GRADES, Fact, Kind, digest

_INDEX = re.compile(r"/\d+(?=/|$)")


def facts(changes: Iterable[Told]) -> tuple[Fact, ...]:
    """Return the facts that *changes* from the contract to what is published are, each once.

    A change that shows at several places of what is published, and at one of the contract, is one fact.
    """
    found: dict[str, Fact] = {}
    for told in changes:
        fact = _fact(told)
        known = found.get(fact.key)
        number = 1
        while known is not None and known.state != fact.state:
            number += 1
            fact = replace(fact, key=digest(fact.key, str(number)))
            known = found.get(fact.key)
        found[fact.key] = fact if known is None else _joined(known, told)
    return tuple(found.values())


def _fact(told: Told) -> Fact:
    change = told.change
    grade = GRADES[change.verdict]
    return Fact(
        kind=Kind.PUBLISHED,
        key=digest(Kind.PUBLISHED, change.rule, change.effect, change.sender or "", *_subject(change)),
        state=digest(grade, change.severity, change.old, change.new),
        rule=change.rule,
        grade=grade,
        severity=change.severity,
        proof=told,
        approval=told.approval,
    )


def _subject(change: Change) -> tuple[str, str]:
    """Return what *change* is about: a promise of the contract, else what is new in what is published."""
    place, text = (
        (change.old_place, change.old) if change.old_place and change.old else (change.place, change.new)
    )
    return _INDEX.sub("/*", place), text


def _joined(fact: Fact, told: Told) -> Fact:
    """Return *fact* with what *told*, the same at another place, reaches."""
    if not isinstance(fact.proof, Told):
        return fact
    change = fact.proof.change
    reaches = tuple(dict.fromkeys((*change.reaches, *told.change.reaches)))
    return replace(fact, proof=replace(fact.proof, change=replace(change, reaches=reaches)))
