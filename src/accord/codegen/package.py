"""The modules of the generated package: the generator's text, a header, and tables of the models."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from accord.codegen import generator
from accord.codegen.folder import MARK
from accord.codegen.plan import API, MESSAGES, Definition, Plan, plan
from accord.codegen.subset import Copier
from accord.contract import library as libraries
from accord.contract.contract import Contract
from accord.contract.pointer import Json
from accord.errors import ContractError

_TITLES = {
    API: "What the HTTP operations exchange: their bodies and the schemas in them.",
    MESSAGES: "The messages of the channels, and the schemas in them.",
}
_DOCUMENTED = {
    "SCHEMAS": "The model of each schema, by its place in the contract.",
    "MESSAGES": "The model of each message, by its name.",
    "CHANNELS": "What a side of a channel sends, by the channel's id and `client` or `server`.",
    "REQUESTS": "The model of each request body, by operation and media type.",
    "RESPONSES": "The model of each JSON response body, by operation and status.",
}
_STATEMENTS = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.Assign, ast.AnnAssign, ast.Expr)
_HEADER = re.compile(r"\A(#[^\n]*\n)*\s*")


def generate(contract: Contract) -> Mapping[str, str]:
    """Return the package of pydantic models of *contract*: file name to text, the same each time.

    Raises ``ContractError`` for a schema that no model can be made of.
    """
    planned = plan(contract)
    place = " and ".join(_documents(contract))
    schemas: dict[str, dict[str, Json]] = {module: {} for module in planned.modules()}
    for definition in planned.definitions.values():
        schemas[definition.module][definition.name] = _copied(planned, definition)
    modules = generator.run(schemas, place=place) if schemas else {}
    header = _header(contract, planned)
    texts = {"__init__.py": f'{header}"""Pydantic models of what the contract promises."""\n'}
    if modules:
        texts["scalars.py"] = header + Path(__file__).with_name("scalars.py").read_text(encoding="utf-8")
    classes = _classes(planned, modules)
    for module, generated in modules.items():
        _check(generated.text, place)
        tables = _tables(planned, module)
        foreign = {classes[uri][0] for table in tables.values() for _, uri in table} - {module}
        body = _importing(_HEADER.sub("", generated.text), foreign)
        written = _written(tables, module, classes)
        texts[f"{module}.py"] = f'{header}"""{_TITLES[module]}"""\n\n{body.rstrip()}\n{written}'
    return texts


def _classes(planned: Plan, modules: Mapping[str, generator.Module]) -> dict[str, tuple[str, str]]:
    """Map the URI of each schema to the module and the name of its class."""
    found: dict[str, tuple[str, str]] = {}
    for uri, definition in planned.definitions.items():
        name = modules[definition.module].classes.get(definition.name)
        if name is None:
            raise ContractError(
                "is a schema that datamodel-code-generator makes no model of",
                place=libraries.place(uri),
                next_step="Simplify the schema at that place.",
            )
        found[uri] = definition.module, name
    return found


def _documents(contract: Contract) -> tuple[str, ...]:
    return tuple(name for name in (contract.openapi, contract.asyncapi, contract.bundle) if name)


def _header(contract: Contract, planned: Plan) -> str:
    used = {libraries.place(uri).partition("#")[0] for uri in planned.definitions}
    names = sorted(used | set(_documents(contract)))
    return (
        f"{MARK} from {', '.join(' '.join(name.split()) for name in names)}.\n"
        "# Do not edit: change the contract and run the command again.\n"
        "# ruff: noqa\n"
        # allOf narrows the items of a list, which mypy takes for a change of its type.
        '# mypy: disable-error-code="assignment"\n'
    )


def _copied(planned: Plan, definition: Definition) -> dict[str, Json]:
    def reference(uri: str) -> str:
        target = planned.definitions[planned.target(uri)]
        document = "" if target.module == definition.module else f"{target.module}.json"
        return f"{document}#/components/schemas/{target.name}"

    copier = Copier(library=planned.library, reference=reference)
    return copier.union(definition.branches) if definition.branches else copier.copy(definition.uri)


def _tables(planned: Plan, module: str) -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """Return the tables of a module: name to rows of key and URI of the schema."""
    own = {
        libraries.place(uri): uri
        for uri, item in sorted(planned.definitions.items())
        if item.module == module and len(item.branches) <= 1
    }
    if module == MESSAGES:
        return {
            "SCHEMAS": [((key,), uri) for key, uri in own.items()],
            "MESSAGES": [((key,), uri) for key, uri in planned.messages.items()],
            "CHANNELS": list(planned.channels.items()),
        }
    return {
        "SCHEMAS": [((key,), uri) for key, uri in own.items()],
        "REQUESTS": list(planned.requests.items()),
        "RESPONSES": list(planned.responses.items()),
    }


def _written(
    tables: Mapping[str, Sequence[tuple[tuple[str, ...], str]]],
    module: str,
    classes: Mapping[str, tuple[str, str]],
) -> str:
    parts: list[str] = []
    for name, table in tables.items():
        rows = ""
        for key, uri in table:
            home, class_ = classes[uri]
            words = ", ".join(_literal(item) for item in key)
            spelled = words if len(key) == 1 else f"({words})"
            rows += f"    {spelled}: {class_ if home == module else f'{home}.{class_}'},\n"
        keys = "str" if name in ("SCHEMAS", "MESSAGES") else "tuple[str, str]"
        literal = f"{{\n{rows}}}" if rows else "{}"
        parts.append(f'\n{name}: dict[{keys}, type] = {literal}\n"""{_DOCUMENTED[name]}"""\n')
    return "\n" + "".join(parts)


def _literal(text: str) -> str:
    spelled = repr(text)
    plain = spelled.startswith("'") and '"' not in spelled and "\\'" not in spelled
    return f'"{spelled[1:-1]}"' if plain else spelled


def _importing(text: str, modules: Iterable[str]) -> str:
    """Return *text* with an import of *modules*, whose models the tables name."""
    added = "".join(f"from . import {module}\n" for module in sorted(modules))
    if not added:
        return text
    relative = [node for node in ast.parse(text).body if isinstance(node, ast.ImportFrom) and node.level]
    absolute = [node for node in ast.parse(text).body if isinstance(node, ast.ImportFrom) and not node.level]
    lines = text.splitlines(keepends=True)
    if relative:
        at = relative[0].lineno - 1
        return "".join(lines[:at]) + added + "".join(lines[at:])
    at = absolute[-1].end_lineno or 0
    return "".join(lines[:at]) + "\n" + added + "".join(lines[at:])


def _check(text: str, place: str) -> None:
    """Refuse a module that is more than imports and classes: the contract may come from anybody."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ContractError(
            f"datamodel-code-generator made a module that is not Python: {error}",
            place=place,
            next_step="Give the schema with unusual characters another name.",
        ) from error
    for node in tree.body:
        if not isinstance(node, _STATEMENTS):
            raise ContractError(
                f"datamodel-code-generator wrote a statement that no model needs, on line {node.lineno}",
                place=place,
            )
