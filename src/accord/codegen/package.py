"""The modules of the generated package: the generator's text, a header, and tables of the models."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from accord.codegen import generator
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
    documents = [name for name in (contract.openapi, contract.asyncapi) if name]
    place = " and ".join(documents)
    schemas: dict[str, dict[str, Json]] = {module: {} for module in planned.modules()}
    for definition in planned.definitions.values():
        schemas[definition.module][definition.name] = _copied(planned, definition)
    modules = generator.run(schemas, place=place) if schemas else {}
    header = _header(contract.library.documents)
    texts = {"__init__.py": f'{header}"""Pydantic models of a contract."""\n'}
    scalars = Path(__file__).with_name("scalars.py").read_text(encoding="utf-8")
    texts["scalars.py"] = header + scalars
    classes = {
        uri: (definition.module, modules[definition.module].classes[definition.name])
        for uri, definition in planned.definitions.items()
    }
    for module, generated in modules.items():
        tables = _tables(planned, module)
        _check(generated.text, place)
        body = _imported(_HEADER.sub("", generated.text), module, tables, classes)
        texts[f"{module}.py"] = f'{header}"""{_TITLES[module]}"""\n\n{body.rstrip()}\n{_written(tables, classes)}'
    return texts


def _header(names: Iterable[str]) -> str:
    documents = ", ".join(" ".join(name.split()) for name in sorted(names))
    return (
        f"# Written by `accord generate` from {documents}.\n"
        "# Do not edit: change the contract and run the command again.\n"
        "# ruff: noqa\n"
    )


def _copied(planned: Plan, definition: Definition) -> dict[str, Json]:
    def reference(uri: str) -> str:
        target = planned.definitions[planned.target(uri)]
        document = "" if target.module == definition.module else f"{target.module}.json"
        return f"{document}#/components/schemas/{target.name}"

    copier = Copier(library=planned.library, reference=reference)
    return copier.union(definition.branches) if definition.branches else copier.copy(definition.uri)


def _tables(planned: Plan, module: str) -> dict[str, dict[object, str]]:
    """Return the tables of a module: name to key to the URI of the schema."""
    own = {
        libraries.place(uri): uri
        for uri, item in planned.definitions.items()
        if item.module == module and (len(item.branches) < 2)  # noqa: PLR2004 - a union has no place
    }
    if module == MESSAGES:
        return {"SCHEMAS": {**own}, "MESSAGES": {**planned.messages}, "CHANNELS": {**planned.channels}}
    return {"SCHEMAS": {**own}, "REQUESTS": {**planned.requests}, "RESPONSES": {**planned.responses}}


def _written(tables: Mapping[str, Mapping[object, str]], classes: Mapping[str, tuple[str, str]]) -> str:
    parts: list[str] = []
    for name, table in tables.items():
        keys = "str" if all(isinstance(key, str) for key in table) and table else "tuple[str, str]"
        rows = "".join(f"    {key!r}: {classes[uri][1]},\n" for key, uri in table.items())
        literal = f"{{\n{rows}}}" if rows else "{}"
        parts.append(f'\n{name}: dict[{keys}, type] = {literal}\n"""{_DOCUMENTED[name]}"""\n')
    return "\n" + "".join(parts)


def _imported(
    text: str,
    module: str,
    tables: Mapping[str, Mapping[object, str]],
    classes: Mapping[str, tuple[str, str]],
) -> str:
    """Return *text* with an import of every model that only the tables name."""
    foreign = {classes[uri] for table in tables.values() for uri in table.values() if classes[uri][0] != module}
    tree = ast.parse(text)
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom | ast.Import)]
    present = {
        (node.module, alias.name)
        for node in imports
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname is None
    }
    missing = sorted(foreign - present)
    if not missing:
        return text
    lines = text.splitlines(keepends=True)
    end = imports[-1].end_lineno or 0
    added = "".join(f"from .{source} import {name}\n" for source, name in missing)
    return "".join(lines[:end]) + added + "".join(lines[end:])


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
                f"datamodel-code-generator wrote a statement that no model needs, on line {node.lineno}", place=place
            )
