"""Small values of a schema in canonical form, the simplest first: what a witness is chosen from.

They are likely values, not sure ones: who uses one has it judged by a validator.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import chain, islice
from typing import Any

import jsonschema_rs
from jsonschema_rs import canonical

from accord.contract import ecma
from accord.contract.pointer import Json

# Of one part of a value, and of a text or a list.
MAXIMUM_VARIANTS = 12
MAXIMUM_LENGTH = 2_000
MAXIMUM_ITEMS = 100
MAXIMUM_MEMBERS = 200
MAXIMUM_DEPTH = 40

_NULL = 40
_WORDS = ("text", "a", "", "0", "another text", "A b-c_1")
OF_FORMAT: dict[str, tuple[str, ...]] = {
    "date": ("2024-01-15",),
    "date-time": ("2024-01-15T10:00:00Z",),
    "time": ("10:00:00Z",),
    "duration": ("P1D",),
    "email": ("a@example.com",),
    "idn-email": ("a@example.com",),
    "hostname": ("example.com",),
    "idn-hostname": ("example.com",),
    "ipv4": ("127.0.0.1",),
    "ipv6": ("::1",),
    "uri": ("https://example.com/",),
    "url": ("https://example.com/",),
    "uri-reference": ("/a", "https://example.com/"),
    "uri-template": ("/a", "/{a}"),
    "iri": ("https://example.com/",),
    "iri-reference": ("/a", "https://example.com/"),
    "uuid": ("00000000-0000-4000-8000-000000000001",),
    "regex": ("a",),
    "json-pointer": ("", "/a"),
    "relative-json-pointer": ("0",),
}
"""Texts of each format, the simplest first."""
_ADDRESS, _PATH = ("https://example.com/", "a", ""), ("/", "a", "")
_STRETCHED: dict[str, tuple[str, str, str]] = {
    "date-time": ("2024-01-15T10:00:00.", "0", "Z"),
    "time": ("10:00:00.", "0", "Z"),
    "duration": ("P", "1", "D"),
    **dict.fromkeys(("email", "idn-email"), ("", "a", "@example.com")),
    **dict.fromkeys(("hostname", "idn-hostname"), ("", "a", ".example.com")),
    **dict.fromkeys(("uri", "url", "iri"), _ADDRESS),
    **dict.fromkeys(("uri-reference", "iri-reference", "uri-template", "json-pointer"), _PATH),
    "regex": ("", "a", ""),
    "relative-json-pointer": ("0/", "a", ""),
}
"""How a text of a format begins, what may stand there again and again, and how it ends."""
_OF_TYPE: dict[str, tuple[Json, ...]] = {
    "null": (None,),
    "boolean": (False, True),
    "integer": (0, 1, -1),
    "number": (0, 0.5, -1),
    "string": _WORDS,
    "array": ([], [None]),
    "object": ({}, {"a": None}),
}
_ANY: tuple[Json, ...] = tuple(values[0] for values in _OF_TYPE.values())


def of_format(name: str, length: int) -> str | None:
    """Return what should be a text of the format *name* with *length* characters, None where it cannot be."""
    begin, again, end = _STRETCHED.get(name, ("", "", ""))
    number = length - len(begin) - len(end)
    return f"{begin}{again * number}{end}" if again and number > 0 else None


def samples(schema: jsonschema_rs.CanonicalSchema, *, depth: int = 0) -> Iterator[Json]:
    """Yield values that *schema* most likely admits, the simplest first, no more than a few."""
    if depth <= MAXIMUM_DEPTH:
        yield from islice(_samples(schema, depth), MAXIMUM_VARIANTS if depth else 4 * MAXIMUM_VARIANTS)


def _samples(schema: jsonschema_rs.CanonicalSchema, depth: int) -> Iterator[Json]:
    match schema.view():
        case canonical.TypedGroupView(body=body):
            yield from samples(body, depth=depth + 1)
        case canonical.ArrayView() as view:
            yield from _arrays(view, depth)
        case canonical.ObjectView() as view:
            yield from _objects(view, depth)
        case canonical.AnyOfView(branches=branches) | canonical.OneOfView(branches=branches):
            yield from _in_turn(_shortest_first(samples(branch, depth=depth + 1) for branch in branches))
        case canonical.AllOfView(branches=branches):
            yield from _together([list(samples(branch, depth=depth + 1)) for branch in branches])
        case view:
            yield from _scalars(view)


def _scalars(view: canonical.CanonicalViewType) -> Iterator[Json]:
    match view:
        case canonical.ConstView(value=value):
            yield _plain(value)
        case canonical.EnumView(values=values):
            yield from (_plain(value) for value in values)
        case canonical.MultiTypeView(types=types):
            yield from _in_turn([iter(_OF_TYPE[name]) for name in _likely(types)])
        case canonical.StringView():
            yield from _strings(view)
        case canonical.IntegerView():
            yield from _integers(view)
        case canonical.NumberView():
            yield from _numbers(view)
        case canonical.FalseView():
            return
        case _:
            yield from _ANY


def _likely(types: Iterable[str]) -> list[str]:
    """Return *types* with null, of which a reader learns least, last."""
    return sorted(types, key=lambda name: name == "null")


def _in_turn(streams: list[Iterator[Json]]) -> Iterator[Json]:
    """Yield the first of each stream, then the second of each."""
    waiting = list(streams)
    while waiting:
        for stream in tuple(waiting):
            try:
                yield next(stream)
            except StopIteration:
                waiting.remove(stream)


def _shortest_first(streams: Iterable[Iterator[Json]]) -> list[Iterator[Json]]:
    """Return *streams* in the order of their first values' size, null after short ones: it tells nothing."""
    opened: list[tuple[int, Iterator[Json]]] = []
    for stream in streams:
        opened.extend(
            (_NULL if value is None else len(json.dumps(value)), chain([value], stream))
            for value in islice(stream, 1)
        )
    return [stream for _, stream in sorted(opened, key=lambda pair: pair[0])]


def _together(parts: list[list[Json]]) -> Iterator[Json]:
    """Yield the values of every part, and objects that have the members of one of each."""
    for number in range(max(map(len, parts), default=0)):
        chosen = [values[min(number, len(values) - 1)] for values in parts if values]
        objects = [value for value in chosen if isinstance(value, dict)]
        if len(objects) == len(chosen) > 0:
            yield {name: item for value in objects for name, item in value.items()}
        yield from chosen


def _plain(value: Any) -> Json:
    """Return *value* with decimal numbers as JSON has them."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    plain: Json = value
    return plain


def _strings(view: canonical.StringView) -> Iterator[Json]:
    least, most = view.min_length or 0, view.max_length
    if least > MAXIMUM_LENGTH:
        return
    asked = {
        "minLength": least,
        "allOf": [True, *_each("pattern", view.patterns), *_each("format", view.formats)],
        "not": {
            "anyOf": [
                {"enum": view.excluded},
                *_each("pattern", view.excluded_patterns),
                *_each("format", view.excluded_formats),
            ]
        },
    }
    fits = _fitting(json.dumps(asked if most is None else {**asked, "maxLength": most}))
    if fits is None:
        return
    named = chain.from_iterable(OF_FORMAT.get(name, ()) for name in view.formats)
    written = chain.from_iterable(_matching(pattern) for pattern in view.patterns)
    seen: set[str] = set()
    for text in chain(named, written, _WORDS):
        for sized in (text, _sized(text, least, most)):
            if sized not in seen and fits.is_valid(sized):
                seen.add(sized)
                yield sized


def _each(keyword: str, values: Iterable[str]) -> Iterator[dict[str, str]]:
    return ({keyword: value} for value in values)


@cache
def _fitting(asked: str) -> jsonschema_rs.Validator | None:
    try:
        return jsonschema_rs.Draft202012Validator(json.loads(asked), validate_formats=True)
    except ValueError:
        return None


def _matching(pattern: str) -> Iterator[str]:
    try:
        choice = ecma.read_pattern(pattern)
    except ecma.PatternError:
        return
    for number in range(MAXIMUM_VARIANTS):
        yield ecma.example(choice, number=number, limit=MAXIMUM_LENGTH)


def _sized(text: str, least: int, most: int | None) -> str:
    """Return *text* repeated or cut to a length within *least* and *most*."""
    if len(text) < least:
        text = (text or "a") * (least // max(len(text), 1) + 1)
        return text[: least if most is None else max(least, min(len(text), most))][: least or None]
    return text if most is None else text[:most]


def _integers(view: canonical.IntegerView) -> Iterator[Json]:
    low = None if view.minimum is None else Fraction(view.minimum)
    high = None if view.maximum is None else Fraction(view.maximum)
    steps = [Fraction(str(step)) for step in view.multiple_of]
    for number in _points(low, high, [*steps, Fraction(1)]):
        if number.denominator == 1 and _is_multiple(number, steps, view.not_multiple_of):
            yield int(number)


def _numbers(view: canonical.NumberView) -> Iterator[Json]:
    low = None if view.minimum is None else Fraction(str(view.minimum))
    high = None if view.maximum is None else Fraction(str(view.maximum))
    steps = [Fraction(str(step)) for step in view.multiple_of]
    for number in _points(low, high, steps or [Fraction(1), Fraction(1, 2)]):
        if (number == low and view.exclusive_minimum) or (number == high and view.exclusive_maximum):
            continue
        if view.excludes_integers and number.denominator == 1:
            continue
        if _is_multiple(number, steps, view.not_multiple_of):
            yield int(number) if number.denominator == 1 else _float(number)


def _float(number: Fraction) -> Json:
    try:
        return float(number)
    except OverflowError:
        return int(number)


def _points(low: Fraction | None, high: Fraction | None, steps: list[Fraction]) -> Iterator[Fraction]:
    """Yield numbers from *low* to *high*, nought first, then those near an end or in the middle."""
    wanted = [Fraction(0), Fraction(1), Fraction(-1), Fraction(1, 2), Fraction(1, 10)]
    for end in (low, high):
        for step in steps:
            if end is not None and step:
                nearest = end // step * step
                wanted.extend((end, nearest, nearest + step, nearest - step))
    if low is not None and high is not None:
        wanted.append((low + high) / 2)
    seen: set[Fraction] = set()
    for number in wanted:
        if number not in seen and (low is None or number >= low) and (high is None or number <= high):
            seen.add(number)
            yield number


def _is_multiple(number: Fraction, steps: list[Fraction], barred: Iterable[Any]) -> bool:
    return all(number % step == 0 for step in steps if step) and all(
        number % Fraction(str(step)) != 0 for step in barred if step
    )


def _arrays(view: canonical.ArrayView, depth: int) -> Iterator[Json]:
    least = view.min_items or 0
    if least > MAXIMUM_ITEMS:
        return
    rest = view.items
    start: list[list[Json]] = [list(samples(item, depth=depth + 1)) for item in view.prefix_items]
    needed: list[list[Json]] = [list(samples(item.schema, depth=depth + 1)) for item in view.contains]
    filling = list(samples(rest, depth=depth + 1)) if rest is not None else list(_ANY)
    for number in range(MAXIMUM_VARIANTS):
        for length in {least, least + number % 3, max(least, len(start))}:
            positions = [start[at] if at < len(start) else filling for at in range(length)]
            value = [_nth(values, number + at) for at, values in enumerate(positions) if values]
            if len(value) != length:
                continue
            contained = [_nth(values, number) for values in needed if values]
            yield [*value[: max(0, length - len(contained))], *contained] if contained else value
            if value:
                yield [value[0]] * length


def _nth(values: list[Json], number: int) -> Json:
    return values[number % len(values)]


def _objects(view: canonical.ObjectView, depth: int) -> Iterator[Json]:
    required = list(view.required)
    if len(required) > MAXIMUM_MEMBERS or (view.min_properties or 0) > MAXIMUM_MEMBERS:
        return
    names = {name: list(_member(view, name, depth)) for name in required}
    if not all(names.values()):
        return
    extra = [*_broken(view, depth), *_optional(view, names, depth)]
    lacking = max(0, (view.min_properties or 0) - len(names))
    least = {name: values[0] for name, values in names.items()}
    if lacking:
        filled = [pair for pair in [*extra, *_undeclared(view, depth, lacking)] if pair[0] not in least]
        least.update(islice(dict(filled).items(), lacking))
    broken = list(islice(_broken(view, depth), 1))
    least.update(broken)
    yield least
    for name, values in names.items():
        yield from ({**least, name: value} for value in values[1:])
    yield from ({**least, name: value} for name, value in extra)
    if extra:
        yield {**dict(extra), **least}


def _member(view: canonical.ObjectView, name: str, depth: int) -> Iterator[Json]:
    """Yield values for the member *name*: what is declared for it, else what any other may be."""
    found = [view.properties[name]] if name in view.properties else []
    found += [schema for pattern, schema in view.pattern_properties.items() if _matches(pattern, name)]
    if not found and view.additional_properties is not None:
        found = [view.additional_properties]
    if len(found) <= 1:
        yield from samples(found[0], depth=depth + 1) if found else _ANY
        return
    both = found[0]
    for schema in found[1:]:
        both = both.intersect(schema)
    yield from samples(both, depth=depth + 1)


def _matches(pattern: str, name: str) -> bool:
    fits = _fitting(json.dumps({"pattern": pattern}))
    return fits is not None and fits.is_valid(name)


def _optional(view: canonical.ObjectView, present: Iterable[str], depth: int) -> Iterator[tuple[str, Json]]:
    for name in islice((name for name in view.properties if name not in present), MAXIMUM_MEMBERS):
        yield from ((name, value) for value in islice(_member(view, name, depth), 2))


def _undeclared(view: canonical.ObjectView, depth: int, number: int) -> Iterator[tuple[str, Json]]:
    """Yield members that the schema does not name."""
    wanted = list(samples(view.property_names, depth=depth + 1)) if view.property_names else []
    wanted += [text for pattern in view.pattern_properties for text in _matching(pattern)]
    wanted += [f"member{index}" for index in range(1, number + 1)]
    for name in wanted:
        if isinstance(name, str):
            yield from ((name, value) for value in islice(_member(view, name, depth), 1))


def _broken(view: canonical.ObjectView, depth: int) -> Iterator[tuple[str, Json]]:
    """Yield members that break what the schema says must be broken somewhere."""
    for violation in view.violations:
        match violation:
            case canonical.NameFailsView(schema=schema):
                for name in samples(schema.negate(), depth=depth + 1):
                    if isinstance(name, str):
                        yield name, None
            case canonical.UndeclaredValueFailsView(names=names, patterns=patterns, additional=additional):
                for name in (f"member{number}" for number in range(1, 4)):
                    if name not in names and not any(_matches(item, name) for item in patterns):
                        yield from ((name, value) for value in samples(additional.negate(), depth=depth + 1))
            case canonical.PatternValueFailsView(pattern=pattern, schema=schema):
                for name in islice(_matching(pattern), 2):
                    yield from ((name, value) for value in samples(schema.negate(), depth=depth + 1))
