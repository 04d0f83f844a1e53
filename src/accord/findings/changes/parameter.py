"""Parameters by location: which are known, which must be there, how their values are written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from accord.contract.openapi import Operation, Parameter
from accord.findings.changes.ask import Ask
from accord.findings.changes.call import Call
from accord.findings.changes.change import Change, Effect, Sender
from accord.findings.changes.fact import fact
from accord.findings.changes.prove import Root
from accord.findings.changes.sunset import announced, announcements

IGNORED = "undeclared parameters are ignored"
_REASON = "no contract says what becomes of undeclared parameters"
_WHOLE = "one contract describes the query as a whole and the other its parts, which are not held against each other"


def changes(call: Call) -> Iterator[Change | Root]:
    """Yield how the parameters of an operation differ, and the roots of their schemas."""
    before, after = _known(call.old), _known(call.new)
    for key in dict.fromkeys((*before, *after)):
        mine, theirs = before.get(key), after.get(key)
        if mine is not None and theirs is not None:
            yield from _both(call, mine, theirs)
        elif theirs is not None:
            yield _added(call, theirs)
        elif mine is not None:
            yield _removed(call, mine)


def _known(operation: Operation) -> dict[tuple[str, str], Parameter]:
    """Return parameters by location and name; those of a path by their position: their names are nobody's.

    Nor is the name of one that is the whole query.
    """
    known: dict[tuple[str, str], Parameter] = {}
    path = sorted(operation.parameters_in("path"), key=lambda item: operation.path.find(f"{{{item.name}}}"))
    for index, parameter in enumerate(path):
        known["path", str(index)] = parameter
    for parameter in operation.parameters:
        if parameter.location != "path":
            name = parameter.name.lower() if parameter.location == "header" else parameter.name
            known[parameter.location, "" if parameter.location == "querystring" else name] = parameter
    return known


def _both(call: Call, old: Parameter, new: Parameter) -> Iterator[Change | Root]:
    spot = call.at(old.uri, new.uri)
    if old.required != new.required:
        effect = Effect.NARROWED if new.required else Effect.WIDENED
        yield fact(
            "changed-parameter-required",
            effect,
            call.asker,
            spot,
            message=new.name,
            old=_need(old),
            new=_need(new),
            witness=call.witness(
                effect, f"{call.name} without {new.name}", parameter=_key(call.asking(old, new))
            ),
        )
    before, after = (
        library.object(item.uri)[1]
        for library, item in ((call.sides.old.library, old), (call.sides.new.library, new))
    )
    yield from _writing(call, old, new, before, after)
    yield from announcements(spot, before, after)
    if old.schema is not None or new.schema is not None:
        part = Ask(parameter=_key(call.asking(old, new)))
        yield call.root(_named(new), old.schema, new.schema, call.asker, part)


def _writing(
    call: Call, old: Parameter, new: Parameter, before: dict[str, Any], after: dict[str, Any]
) -> Iterator[Change]:
    """Yield how values are written otherwise: style, explode, media type, and what may be left unescaped."""
    contents = _content(before), _content(after)
    pairs = [("changed-parameter-content", contents[0] or "schema", contents[1] or "schema")]
    if contents == ("", ""):
        pairs += [("changed-parameter-style", old.style, new.style)]
        # Of a single text, explode says nothing; of another style, it is another word for the same.
        if (
            old.style == new.style
            and old.explode != new.explode
            and isinstance(_sample(call, call.asking(old, new)), list | dict)
        ):
            pairs += [("changed-parameter-explode", _apart(old), _apart(new))]
    for rule, mine, theirs in pairs:
        if mine != theirs:
            shown = call.asking(old, new)
            ask = {"parameter": _key(shown), "value": _sample(call, shown)}
            said = f"{call.name} with {new.name} written as {call.asking(mine, theirs)}"
            yield fact(
                rule,
                Effect.OTHER,
                call.asker,
                call.at(old.uri, new.uri),
                message=new.name,
                old=mine,
                new=theirs,
                witness=call.witness(Effect.OTHER, said, **ask),
            )
    if old.location in ("path", "query", "cookie"):
        yield from _permissions(call, old, new, before, after)


def _permissions(
    call: Call, old: Parameter, new: Parameter, before: dict[str, Any], after: dict[str, Any]
) -> Iterator[Change]:
    """Yield what of a value may be left unescaped, or left out, no longer or newly."""
    for rule, keyword in (
        ("changed-parameter-reserved", "allowReserved"),
        ("changed-parameter-empty", "allowEmptyValue"),
    ):
        values = bool(before.get(keyword)), bool(after.get(keyword))
        if values[0] == values[1]:
            continue
        effect = Effect.WIDENED if values[1] else Effect.NARROWED
        witness = None
        if keyword == "allowEmptyValue":
            ask = {"parameter": _key(call.asking(old, new)), "value": ""}
            witness = call.witness(effect, f"{call.name} without a value for {new.name}", **ask)
        yield fact(
            rule,
            effect,
            call.asker,
            call.at(old.uri, new.uri),
            message=new.name,
            old=f"{keyword}: {str(values[0]).lower()}",
            new=f"{keyword}: {str(values[1]).lower()}",
            witness=witness,
            reason="most services read what is escaped and what is not alike",
        )


def _sample(call: Call, parameter: Parameter) -> Any:
    """Return a value of it that shows how it is written: a list of two or an object, where it may be one."""
    values = list(call.samples(parameter.schema))
    value = next((item for item in values if isinstance(item, list | dict)), next(iter(values), "a"))
    if isinstance(value, list) and len(value) < 2:
        value = [*value, "a", "b"][:2] if not value else [value[0], value[0]]
    return value


def _key(parameter: Parameter) -> tuple[str, str]:
    return parameter.location, parameter.name


def _content(data: dict[str, Any]) -> str:
    return next(iter(data.get("content") or {}), "")


def _added(call: Call, parameter: Parameter) -> Change:
    effect = Effect.NARROWED if parameter.required else Effect.WIDENED
    whole = _is_in_whole(parameter, call.old)
    return fact(
        "added-parameter",
        effect,
        call.asker,
        call.at("", parameter.uri),
        message=parameter.name,
        new=f"{_need(parameter)} {_named(parameter)}",
        witness=call.witness(effect, f"{call.name} without {parameter.name}") if parameter.required else None,
        allowed=IGNORED if call.sides.is_open and not parameter.required and not whole else "",
        reason=_WHOLE if whole else _REASON,
    )


def _removed(call: Call, parameter: Parameter) -> Change:
    effect = Effect.WIDENED if parameter.required else Effect.NARROWED
    _, data = call.sides.old.library.object(parameter.uri)
    whole = _is_in_whole(parameter, call.new)
    # Who is sent it may rely on what always came, and who sends it on nobody's minding.
    missed = parameter.required and call.asker is Sender.SERVER and not whole
    ignored = call.sides.is_open and not whole and not missed
    return fact(
        "removed-parameter",
        effect,
        call.asker,
        call.at(parameter.uri, ""),
        message=parameter.name,
        old=f"{_need(parameter)} {_named(parameter)}",
        witness=call.witness(effect, f"{call.name} without {parameter.name}") if missed else None,
        allowed=IGNORED if ignored else announced(call.sides, data),
        reason=_WHOLE if whole else _REASON,
    )


def _is_in_whole(parameter: Parameter, other: Operation) -> bool:
    """Tell whether *other* has the query as one parameter where *parameter* is a part of it, or the reverse."""
    reverse = {"query": "querystring", "querystring": "query"}.get(parameter.location)
    return reverse is not None and bool(other.parameters_in(reverse))


def _named(parameter: Parameter) -> str:
    return f"{parameter.location} parameter {parameter.name}"


def _apart(parameter: Parameter) -> str:
    return "exploded" if parameter.explode else "in one piece"


def _need(parameter: Parameter) -> str:
    return "required" if parameter.required else "optional"
