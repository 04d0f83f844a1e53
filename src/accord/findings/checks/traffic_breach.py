"""Rules about traffic that breaks what the contract promises of a value."""

from __future__ import annotations

import json
from collections.abc import Iterator

from accord.contract.contract import Contract
from accord.findings.finding import Finding, Severity
from accord.findings.observed.asked import LOCATIONS
from accord.findings.observed.sight import Sight, TrafficObservation, share
from accord.findings.rule import Rule, Subject

_LIMITS = {
    "number": (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")),
    "length": (("minLength",), ("maxLength",)),
    "items": (("minItems",), ("maxItems",)),
}
_SHOWN = 80


def unexpected_type(_: Contract, observed: TrafficObservation) -> Iterator[Finding]:
    """Yield for each type of JSON that came where another was promised."""
    sight = _sight(observed)
    for kind, number in sorted(sight.count.kinds.items()):
        if kind != "null" and kind not in sight.place.kinds:
            yield observed.finding(
                f"{_named(sight)} is of the type {kind}",
                uri=sight.place.at("type"),
                expected=" or ".join(sorted(sight.place.kinds)) or "no value",
                seen=share(number, sight.count.seen),
                deviation=kind,
                advice="Correct the service, or let `accord infer` propose the type.",
            )


def unexpected_null(_: Contract, observed: TrafficObservation) -> Iterator[Finding]:
    """Yield when null came where it is not allowed."""
    sight = _sight(observed)
    if sight.count.of("null") and "null" not in sight.place.kinds:
        yield observed.finding(
            f"{_named(sight)} is null",
            uri=sight.place.at("type"),
            expected=" or ".join(sorted(sight.place.kinds)),
            seen=share(sight.count.of("null"), sight.count.seen),
            deviation="null",
            advice="Correct the service, or let `accord infer` propose null.",
        )


def missing_field(_: Contract, observed: TrafficObservation) -> Iterator[Finding]:
    """Yield for each required member that was not always there."""
    sight = _sight(observed)
    objects = 0 if sight.place.variants else sight.count.of("object")
    for name in sorted(sight.place.required):
        absent = objects - sight.count.presence.get(name, sight.count.strays.counts.get(name, 0))
        if absent > 0:
            yield observed.finding(
                f"{_named(sight)} lacks the required member {name!r}",
                uri=sight.place.at("required"),
                expected=f"member {name}",
                seen=share(absent, objects),
                deviation=name,
                advice="Correct the service, or let `accord infer` propose an optional member.",
            )


def forbidden_field(_: Contract, observed: TrafficObservation) -> Iterator[Finding]:
    """Yield for each member that came where the contract allows no others."""
    sight = _sight(observed)
    if sight.place.others is None:
        yield from _strays(observed, sight, "has the member {!r}, which the contract forbids")


def undeclared_field(_: Contract, observed: TrafficObservation) -> Iterator[Finding]:
    """Yield for each member that came and that the contract does not declare."""
    sight = _sight(observed)
    if sight.place.uris and sight.place.others is not None:
        yield from _strays(observed, sight, "has the member {!r}, which the contract does not declare")


def unknown_enum_member(_: Contract, observed: TrafficObservation) -> Iterator[Finding]:
    """Yield for each value that came where the contract lists others."""
    sight = _sight(observed)
    listed = sight.place.values or ()
    for value, number in sight.count.unknown:
        yield observed.finding(
            f"{_named(sight)} is {value[:_SHOWN]}, which the contract does not list",
            uri=sight.place.at("enum" if len(listed) != 1 else "const"),
            expected=", ".join(json.dumps(item, ensure_ascii=False) for item in listed),
            seen=share(number, sight.count.seen),
            deviation=value[:_SHOWN],
            advice="Correct the service, or let `accord infer` propose the value.",
        )
    if sight.count.unknown.more:
        yield observed.finding(
            f"{_named(sight)} has more values that the contract does not list than are told here",
            uri=sight.place.at("enum"),
            seen=share(sight.count.unknown.more, sight.count.seen),
            deviation="more",
            advice="Ask whether the list is one: so many values look like a text of any kind.",
        )


def value_out_of_range(_: Contract, observed: TrafficObservation) -> Iterator[Finding]:
    """Yield when a number, a length or a number of items passed a bound of the contract."""
    sight = _sight(observed)
    for keyword, bound, value in _passed(sight):
        extent = "number" if "imum" in keyword else "items" if "Items" in keyword else "length"
        words = {"number": "is", "items": "has as many items as", "length": "has the length"}[extent]
        yield observed.finding(
            f"{_named(sight)} {words} {value:g}, beyond {keyword} {bound:g}",
            uri=sight.place.at(keyword),
            expected=f"{keyword} {bound:g}",
            seen=f"{value:g} at the extreme of {sight.count.seen:,}",
            deviation=keyword,
            advice="Correct the service, or move the bound.",
        )


def invalid_value(_: Contract, observed: TrafficObservation) -> Iterator[Finding]:
    """Yield when judged values broke a format, a pattern or another keyword about single values."""
    sight = _sight(observed)
    if sight.count.invalid and not any(_passed(sight)):
        keyword = next((word for word in ("format", "pattern", "multipleOf") if _has(sight, word)), "not")
        yield observed.finding(
            f"{_named(sight)} breaks its schema, as {sight.count.example[:_SHOWN]} does",
            uri=sight.place.at(keyword),
            expected=keyword,
            seen=f"{share(sight.count.invalid, sight.count.sampled)} that were judged",
            deviation=keyword,
            advice="Correct the service, or the keyword.",
        )


def unmatched_variant(_: Contract, observed: TrafficObservation) -> Iterator[Finding]:
    """Yield when objects came that are none of the variants of their union."""
    sight = _sight(observed)
    if sight.count.unmatched:
        yield observed.finding(
            f"{_named(sight)} is none of {', '.join(item.name for item in sight.place.variants)}",
            uri=sight.place.at("oneOf" if _has(sight, "oneOf") else "anyOf"),
            expected="one of the variants",
            seen=share(sight.count.unmatched, sight.count.of("object")),
            deviation="unmatched",
            advice="Correct the service, or add the variant.",
        )


def _strays(observed: TrafficObservation, sight: Sight, words: str) -> Iterator[Finding]:
    objects = sight.count.of("object")
    for name, number in sight.count.strays:
        yield observed.finding(
            f"{_named(sight)} {words.format(name)}",
            uri=sight.place.at("properties"),
            expected=f"{len(sight.place.members)} declared members",
            seen=share(number, objects),
            deviation=name,
            advice="Declare it, as `accord infer` proposes, or take it out.",
        )
    if sight.count.strays.more:
        yield observed.finding(
            f"{_named(sight)} has more undeclared members than are told here",
            uri=sight.place.at("properties"),
            seen=f"{sight.count.strays.more:,} more in {objects:,}",
            deviation="more",
            advice="Where names are data, say so: additionalProperties with a schema.",
        )


def _passed(sight: Sight) -> Iterator[tuple[str, float, float]]:
    """Yield each keyword whose bound was passed, with the bound and the extreme that passed it."""
    bounds = sight.place.bounds
    for name, extent in sight.count.extents.items():
        lower, upper = _LIMITS[name]
        for keyword in lower:
            bound = bounds.get(keyword)
            if bound is not None and (extent.least < bound or (_open(keyword) and extent.least == bound)):
                yield keyword, bound, extent.least
        for keyword in upper:
            bound = bounds.get(keyword)
            if bound is not None and (extent.most > bound or (_open(keyword) and extent.most == bound)):
                yield keyword, bound, extent.most


def _open(keyword: str) -> bool:
    return keyword.startswith("exclusive")


def _has(sight: Sight, keyword: str) -> bool:
    return any(keyword in schema for _, schema in sight.place.parts)


def _named(sight: Sight) -> str:
    """Return where in what comes, in words: ``/price in a 200 of read_book``."""
    return f"{sight.pointer} in {sight.words}" if sight.pointer else sight.words


def _sight(observed: TrafficObservation) -> Sight:
    assert isinstance(observed.part, Sight)  # noqa: S101 - each rule here looks at places alone
    return observed.part


def _is_sight(observed: TrafficObservation) -> bool:
    return isinstance(observed.part, Sight)


def _has_strays(observed: TrafficObservation) -> bool:
    part = observed.part
    return isinstance(part, Sight) and bool(part.place.members or part.root.part in LOCATIONS)


RULES = (
    *(
        Rule(function=function, subject=Subject.TRAFFIC, when=_is_sight)
        for function in (
            unexpected_type,
            unexpected_null,
            missing_field,
            forbidden_field,
            unknown_enum_member,
            value_out_of_range,
            invalid_value,
            unmatched_variant,
        )
    ),
    Rule(function=undeclared_field, subject=Subject.TRAFFIC, severity=Severity.WARNING, when=_has_strays),
)
