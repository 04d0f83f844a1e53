"""The suite held against itself: each fault of a catalogue, switched on alone, must be found.

A catalogue is any sequence of objects with ``name``, ``consequence``, ``rule``, ``channel`` (``rest``
or ``websocket``) and ``wrap(app) -> app``; it comes from the team whose service it is.
"""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Protocol, cast

from accord.config import Settings
from accord.errors import AccordError, ConfigurationError
from accord.exchange.application import load_application
from accord.findings.finding import Outcome, Severity, Verdict
from accord.run.opening import opened
from accord.run.options import Options
from accord.run.plan import load_contract, plan

# What a fault of each channel can show itself in.
_STAGES = {"rest": ("rest", "workflows"), "websocket": ("websocket",)}


class Fault(Protocol):
    """One entry of a catalogue."""

    name: str
    consequence: str
    rule: str
    channel: str

    def wrap(self, app: Any) -> Any:
        """Return *app*, an ASGI application, with the fault in it."""


class Fate(StrEnum):
    """What became of a fault."""

    FOUND = "found"
    """The rule that it names fired."""
    FOUND_OTHERWISE = "found-otherwise"
    """Other rules fired, the one that it names did not."""
    MISSED = "missed"
    """Nothing fired."""
    BROKEN = "broken"
    """The suite could not be run against it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """One fault and what became of it; ``rules`` are those that fired at warning or above."""

    fault: str
    consequence: str
    channel: str
    rule: str
    fate: Fate
    rules: tuple[str, ...]
    seconds: float
    reason: str = ""


def read_catalogue(name: str | None) -> Sequence[Fault]:
    """Return the catalogue that *name*, ``package.module:name``, leads to; raises ``ConfigurationError``."""
    place = "[tool.accord] faults"
    if name is None or ":" not in name:
        raise ConfigurationError(
            "no catalogue of faults is named" if name is None else f"{name!r} is not package.module:name",
            place=place,
            next_step='Write faults = "package.module:CATALOGUE" in pyproject.toml.',
        )
    module, _, attribute = name.partition(":")
    if "" not in sys.path:
        sys.path.insert(0, "")
    try:
        found = getattr(importlib.import_module(module), attribute)
    except Exception as error:
        raise ConfigurationError(
            f"{name!r} cannot be imported: {type(error).__name__}: {error}", place=place
        ) from error
    entries = tuple(found)
    for entry in entries:
        missing = [
            key for key in ("name", "consequence", "rule", "channel", "wrap") if not hasattr(entry, key)
        ]
        if missing or entry.channel not in _STAGES:
            raise ConfigurationError(
                f"{getattr(entry, 'name', entry)!r} is no fault: {', '.join(missing) or 'unknown channel'}",
                place=place,
                next_step=f"Give it name, consequence, rule, wrap and a channel of {', '.join(_STAGES)}.",
            )
    return cast("Sequence[Fault]", entries)


def chosen(catalogue: Sequence[Fault], names: Sequence[str]) -> Sequence[Fault]:
    """Return the faults called *names*, all without any; raises ``ConfigurationError`` for an unknown one."""
    known = {fault.name: fault for fault in catalogue}
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            raise ConfigurationError(
                f"no fault is called {name!r}",
                place="--fault",
                next_step=f"Did you mean {near[0]!r}?" if near else "See the catalogue for the names.",
            )
    return [known[name] for name in names] if names else catalogue


def self_test(target: str, faults: Sequence[Fault], settings: Settings, options: Options) -> Iterator[Kill]:
    """Yield what becomes of each of *faults*: a fresh application from *target*, the fault, a run.

    Raises ``ConfigurationError`` for a target that is not an application: a fault is wrapped around one.
    """
    if target.lower().startswith(("http://", "https://")):
        raise ConfigurationError(
            "a service on the network cannot be given a fault",
            place=target,
            next_step="Name an ASGI application or factory, package.module:name.",
        )
    contract = load_contract(settings)
    planned = {stage for stages in _STAGES.values() for stage in stages if any(plan(contract, only=stage))}
    for fault in faults:
        since = time.monotonic()
        stages = [stage for stage in _STAGES[fault.channel] if stage in planned]
        try:
            rules, reason = _fired(target, fault, stages, settings, options), ""
        except AccordError as error:
            rules, reason = (), str(error)
        yield Kill(
            fault=fault.name,
            consequence=fault.consequence,
            channel=fault.channel,
            rule=fault.rule,
            fate=_fate(fault, rules, reason),
            rules=rules,
            seconds=time.monotonic() - since,
            reason=reason,
        )


def _fired(
    target: str, fault: Fault, stages: Sequence[str], settings: Settings, options: Options
) -> tuple[str, ...]:
    """Return the rules that fired until the one that *fault* names did, which is all that is asked."""
    fired: set[str] = set()

    def told(outcome: Outcome) -> bool:
        return outcome.rule == fault.rule and outcome.verdict is Verdict.FOUND

    for stage in stages:
        # A fresh application each time: its lifespan runs once.
        def make() -> object:
            return fault.wrap(load_application(target))

        with opened(make, settings, replace(options, only=stage)) as verification:
            run = verification.run(lambda _: None, until=told)
        fired |= {item.rule for item in run.findings if item.severity is not Severity.NOTE}
        if fault.rule in {item.rule for item in run.findings}:
            fired.add(fault.rule)
            break
    return tuple(sorted(fired))


def _fate(fault: Fault, rules: tuple[str, ...], reason: str) -> Fate:
    if reason:
        return Fate.BROKEN
    if fault.rule in rules:
        return Fate.FOUND
    return Fate.FOUND_OTHERWISE if rules else Fate.MISSED
