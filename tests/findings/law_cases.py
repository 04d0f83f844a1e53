"""The cases on the pages of the rules about laws, read as docs/rules/README.md describes them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from rule_cases import RULES_FOLDER

from accord.cases.request import Request
from accord.contract.contract import Contract, load
from accord.contract.law import ListLaw, WriteLaw
from accord.contract.openapi import Operation
from accord.exchange.values import Exchange, Response
from accord.findings.catalogue import CATALOGUE
from accord.findings.finding import Finding
from accord.findings.heard import Heard, LawObservation, Role, hear
from accord.findings.rule import Subject
from accord.findings.tally import Tally


@dataclass(frozen=True)
class LawCase:
    """A case: what was heard, a piece of the message that is expected, other rules that find it."""

    observed: LawObservation
    finds: str
    found_by: tuple[str, ...]


@cache
def depot() -> Contract:
    """Return the contract that the pages about laws speak of."""
    return load(RULES_FOLDER / "cases" / "depot")


def read_law_case(block: str, contract: Contract | None = None) -> LawCase:
    """Read one block: the law's operation, and exchanges that each begin with ``# role:``."""
    contract = contract or depot()
    opening, *exchanges = re.split(r"^# role: ", block, flags=re.MULTILINE)
    told = re.findall(r"^# (law|finds|found by): (.*)$", opening, re.MULTILINE)
    operation = contract.operation(next(value for name, value in told if name == "law"))
    heard = tuple(_heard(contract, text) for text in exchanges)
    return LawCase(
        LawObservation(operation=operation, law=law_of(contract, operation), heard=heard),
        next((value for name, value in told if name == "finds"), ""),
        tuple(value for name, value in told if name == "found by"),
    )


def law_of(contract: Contract, operation: Operation) -> ListLaw | WriteLaw | None:
    """Return the law of *operation*."""
    return contract.laws.lists.get(operation.id) or contract.laws.writes.get(operation.id)


def hold_laws(observed: LawObservation, contract: Contract | None = None) -> dict[str, Finding]:
    """Hold every rule about laws against *observed*, and return one finding for each that found."""
    tally = Tally(
        contract=contract or depot(),
        rules=[rule for rule in CATALOGUE if rule.subject is Subject.LAW],
        severities={},
        reproduce=lambda _: "",
        mask=lambda evidence: evidence,
    )
    found = tally.take(observed)
    return {item.rule: item.findings[0] for item in tally.outcomes("page") if item.rule in found}


def _heard(contract: Contract, text: str) -> Heard:
    role, *lines = text.splitlines()
    kind, _, name = role.partition(" ")
    asked = [line for line in lines if line and not line.startswith(">")]
    answered = [line[1:].removeprefix(" ") for line in lines if line.startswith(">")]
    method, target = asked[0].split(" ")
    url = urlsplit(target)
    body = asked[-1] if asked[-1].startswith("{") else ""
    operation, path = _operation(contract, method, url.path)
    exchange = Exchange(
        id=target,
        operation=operation.id if operation else None,
        request=Request(
            method=method,
            url=f"http://127.0.0.1{target}",
            headers=(("Content-Type", "application/json"),) if body else (),
            body=body.encode(),
        ),
        response=_response(answered),
        started=0.0,
        seconds=0.1,
    )
    query: dict[str, Any] = {
        key: int(item) if item.isdecimal() else item for key, item in parse_qsl(url.query)
    }
    written = json.loads(body) if body else None
    return hear(contract, Role(kind), operation, exchange, name=name, path=path, query=query, written=written)


def _operation(contract: Contract, method: str, path: str) -> tuple[Operation | None, dict[str, str]]:
    for operation in contract.operations:
        pattern = re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", operation.path)
        found = re.fullmatch(pattern, path)
        if found and operation.method == method:
            return operation, found.groupdict()
    return None, {}


def _response(lines: list[str]) -> Response:
    end = lines.index("") if "" in lines else len(lines)
    headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines[1:end])]
    body = "\n".join(lines[end + 1 :])
    if body and not headers:
        headers = [("Content-Type", "application/json")]
    return Response(status=int(lines[0]), headers=tuple(headers), body=body.encode())
