"""Runtime expressions of Arazzo (1.0.1, section 4.6.16), read from text and found in values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from accord.contract import pointer as pointers
from accord.contract.pointer import Json

_ROOTS = "request|response|inputs|outputs|steps|workflows|sourceDescriptions|components"
_EXPRESSION = re.compile(rf"\$(?:(?:url|method|statusCode)\Z|(?:{_ROOTS})\.)")
_EMBEDDED = re.compile(r"\{(\$[^{}]*)\}")
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_POINTER = re.compile(r"(?:/(?:[^/~]|~[01])*)*")
_FOLLOW = re.compile(r"\.([^.\[\]]+)|\[([0-9]{1,9})\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """One runtime expression.

    ``source`` is what it reads, such as ``statusCode``, ``response.header`` or ``steps``; ``owner``
    the step, workflow or source description that it names; ``name`` the header, parameter, input or
    output, or after a body the members to follow; ``pointer`` a JSON pointer into what was read.
    """

    text: str
    source: str
    owner: str = ""
    name: str = ""
    pointer: str | None = None


def is_expression(text: str) -> bool:
    """Tell whether *text* begins as a runtime expression does; other text is a constant."""
    return _EXPRESSION.match(text) is not None


def parse_expression(text: str) -> Expression:
    """Return the runtime expression that *text* is; raises ``ValueError`` with the reason."""
    if not is_expression(text):
        raise ValueError(f"{text!r} is no runtime expression")
    root, _, rest = text[1:].partition(".")
    if root in ("url", "method", "statusCode"):
        return Expression(text=text, source=root)
    if root in ("request", "response"):
        return _message(text, root, rest)
    if root == "components":
        return _component(text, rest)
    if root == "sourceDescriptions":
        owner, _, name = rest.rpartition(".")
        return Expression(text=text, source=root, owner=_named(text, owner), name=_named(text, name))
    return _value(text, root, rest)


def _message(text: str, root: str, rest: str) -> Expression:
    if rest.startswith("body"):
        rest = rest.removeprefix("body")
        name, mark, pointer = rest.partition("#")
        if name and not _follows(name):
            raise ValueError(f"{text!r}: after body comes '#/pointer', '.member' or '[index]'")
        return Expression(
            text=text, source=f"{root}.body", name=name, pointer=_pointer(text, pointer) if mark else None
        )
    part, _, name = rest.partition(".")
    if part == "header" and not _TOKEN.fullmatch(name):
        raise ValueError(f"{text!r}: {name!r} is no header name")
    if part == "header" or (root == "request" and part in ("query", "path")):
        return Expression(text=text, source=f"{root}.{part}", name=_named(text, name))
    allowed = "header, query, path or body" if root == "request" else "header or body"
    raise ValueError(f"{text!r}: ${root}. is followed by {allowed}")


def _component(text: str, rest: str) -> Expression:
    kind, _, name = rest.partition(".")
    if kind != "parameters":
        raise ValueError(f"{text!r}: only $components.parameters has a value")
    return Expression(text=text, source="components", name=_named(text, name))


def _value(text: str, root: str, rest: str) -> Expression:
    rest, mark, pointer = rest.partition("#")
    owner = ""
    if root in ("steps", "workflows"):
        members = ("outputs",) if root == "steps" else ("inputs", "outputs")
        found = re.fullmatch(rf"(.+?)\.({'|'.join(members)})\.(.*)", rest, re.DOTALL)
        if not found:
            raise ValueError(f"{text!r}: ${root}.<id> is followed by .{' or .'.join(members)}.<name>")
        owner, member, rest = found.groups()
        root = root if root == "steps" else f"workflows.{member}"
    return Expression(
        text=text,
        source=root,
        owner=owner,
        name=_named(text, rest),
        pointer=_pointer(text, pointer) if mark else None,
    )


def _named(text: str, name: str) -> str:
    if not name:
        raise ValueError(f"{text!r} ends where a name is due")
    return name


def _pointer(text: str, pointer: str) -> str:
    if not _POINTER.fullmatch(pointer):
        raise ValueError(f"{text!r}: {pointer!r} is no JSON pointer")
    return pointer


def _follows(name: str) -> bool:
    return "".join(found.group() for found in _FOLLOW.finditer(name)) == name


def split_name(name: str) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """Yield each way to read *name* as a name and the members and indexes to follow, longest name first.

    ``a.b[0]`` may be a name of its own, or ``a.b`` and then 0, or ``a`` and then ``b`` and 0.
    """
    yield name, ()
    for place in reversed([found.start() for found in re.finditer(r"[.\[]", name)]):
        rest = name[place:]
        if _follows(rest):
            steps = tuple(
                found.group(1) if found.group(1) is not None else int(found.group(2))
                for found in _FOLLOW.finditer(rest)
            )
            yield name[:place], steps


def split_template(text: str) -> Iterator[str | Expression]:
    """Yield the constant parts of *text* and the expressions embedded in it as ``{$...}``, in order.

    Raises ``ValueError`` for an embedded expression that is malformed.
    """
    done = 0
    for found in _EMBEDDED.finditer(text):
        if is_expression(found.group(1)):
            yield text[done : found.start()]
            yield parse_expression(found.group(1))
            done = found.end()
    yield text[done:]


def expressions_in(value: Json, pointer: str = "") -> Iterator[tuple[str, Expression]]:
    """Yield each expression in *value* with the pointer of the string that holds it.

    Raises ``ValueError`` for a malformed one.
    """
    if isinstance(value, dict):
        for name, item in value.items():
            yield from expressions_in(item, pointers.join(pointer, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from expressions_in(item, pointers.join(pointer, index))
    elif isinstance(value, str) and is_expression(value):
        yield pointer, parse_expression(value)
    elif isinstance(value, str):
        for part in split_template(value):
            if isinstance(part, Expression):
                yield pointer, part
