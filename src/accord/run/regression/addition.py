"""Cases that only a comparison needs: what is left out falls to a default, and what was made is read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

from accord.cases.aim import Aim, Intent
from accord.contract.contract import Contract
from accord.contract.link import Link, read_links
from accord.contract.openapi import Operation
from accord.contract.part import parts_of, properties_of
from accord.run.corpus.learning import MAXIMUM_STEPS
from accord.run.corpus.origin import reference_to
from accord.run.corpus.stored import Corpus, Step, StoredCase, collected

_PHASE = "comparison"
_MOST_LEFT_OUT = 8
_BODY = "$response.body#"


def with_additions(contract: Contract, corpus: Corpus) -> Corpus:
    """Return *corpus* with further cases made from the first of each operation that succeeded."""
    links = read_links(contract.library, contract.operations)
    more: list[StoredCase] = []
    for operation in contract.operations:
        stored = corpus.cases.get(operation.id, ())
        good = [case for case in stored if case.status < 300 and case.aim.intent is not Intent.CREDENTIAL]
        if good:
            more += _shorter(contract, operation, good)
            more += _followed(good[0], [link for link in links if link.source.id == operation.id])
    return collected([*(case for cases in corpus.cases.values() for case in cases), *more])


def _shorter(contract: Contract, operation: Operation, good: list[StoredCase]) -> Iterator[StoredCase]:
    """Yield the first case with an object as its body, with what is optional left out: all of it, and each alone."""
    for case in good:
        body = _object(case.steps[-1])
        if body:
            optional = [name for name in body if name not in _required(contract, operation)]
            if optional:
                yield _with_body(case, {key: body[key] for key in body if key not in optional})
            for name in optional[:_MOST_LEFT_OUT] if len(optional) > 1 else ():
                yield _with_body(case, {key: body[key] for key in body if key != name})
            return


def _followed(case: StoredCase, links: list[Link]) -> Iterator[StoredCase]:
    """Yield *case* with a reading of what it made, where a link of the contract leads to one."""
    for link in links:
        step = _reading(link, len(case.steps) - 1)
        if step is not None and len(case.steps) < MAXIMUM_STEPS:
            aim = Aim(intent=Intent.STEP, phase=_PHASE)
            steps = (*case.steps, step)
            yield replace(case, operation=link.target.id, aim=aim, judgements=(), found=(), steps=steps)


def _reading(link: Link, number: int) -> Step | None:
    target = link.target
    others = any(item.required and item.location != "path" for item in target.parameters)
    if target.method != "GET" or others:
        return None
    path = target.path
    for parameter in target.parameters_in("path"):
        said = link.parameter("path", parameter.name)
        if not isinstance(said, str) or not said.startswith(_BODY):
            return None
        path = path.replace(f"{{{parameter.name}}}", reference_to(number, said.removeprefix(_BODY)))
    return Step(operation=target.id, caller="default", method="GET", target=path)


def _required(contract: Contract, operation: Operation) -> set[str]:
    """Return the members that the body of *operation* must have, by any schema that speaks of it."""
    media_types = operation.body.media_types if operation.body else ()
    uris = [item.schema for item in media_types if item.schema is not None]
    found: set[str] = set()
    for _, schema in parts_of(contract.library, uris):
        found.update(name for name in schema.get("required", ()) if name in properties_of(schema))
    return found


def _object(step: Step) -> dict[str, Any]:
    if not isinstance(step.body, str):
        return {}
    try:
        value = json.loads(step.body)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _with_body(case: StoredCase, body: dict[str, Any]) -> StoredCase:
    step = replace(case.steps[-1], body=json.dumps(body, ensure_ascii=False))
    aim = Aim(intent=Intent.STEP, phase=_PHASE)
    return replace(case, aim=aim, judgements=(), found=(), steps=(*case.steps[:-1], step))
