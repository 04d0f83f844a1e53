"""The cases on the pages of the rules, read as docs/rules/README.md describes them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from accord.cases.aim import Aim, Intent, Judgement
from accord.cases.request import Request
from accord.cases.step_request import StepReply, StepRequest
from accord.cases.step_result import StepVerdict
from accord.cases.workflow import play_all
from accord.contract.contract import Contract, load
from accord.contract.models import load_models
from accord.exchange.values import Exchange, Lapse, Response
from accord.findings.catalogue import CATALOGUE
from accord.findings.evidence import Observation, StatusObservation, StepObservation
from accord.findings.finding import Finding
from accord.findings.rule import Rule
from accord.findings.tally import Tally

RULES_FOLDER = Path(__file__).parents[2] / "docs" / "rules"
HEADINGS = ("Why it matters", "Fires", "Stays silent", "What to do")
_VARIANTS = (
    Intent.CREDENTIAL,
    Intent.NO_CREDENTIAL,
    Intent.MALFORMED_BODY,
    Intent.MEDIA_TYPE,
    Intent.SHAPE,
    Intent.ODD,
)
_DIRECTIVE = re.compile(r"# (aim|phase|judged|lapse|detail|step|reach|unknown|secret|finds|found by): (.*)")
_JUDGED = re.compile(r"(?P<kind>\w+)(?: (?P<subject>[^:]+))?(?:: (?P<message>.*))?")
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """A page: the rule's sentence, and its text under each heading."""

    title: str
    sentence: str
    sections: dict[str, str]

    def blocks(self, heading: str, language: str = "http") -> list[str]:
        """Return the cases under *heading*."""
        return [text for kind, text in _FENCE.findall(self.sections[heading]) if kind == language]


@dataclass(frozen=True)
class Case:
    """A case: what is observed, a piece of the message that is expected, other rules that find it."""

    observed: Observation | StepObservation | StatusObservation
    finds: str
    found_by: tuple[str, ...]


@cache
def library() -> Contract:
    """Return the contract that the pages speak of."""
    folder = RULES_FOLDER / "cases" / "library"
    return replace(load(folder), models=load_models(folder / "models"))


def read_page(path: Path) -> Page:
    """Read the page at *path*."""
    opening, *rest = re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    title, _, sentence = opening.partition("\n")
    sections = {heading: text for heading, _, text in (part.partition("\n") for part in rest)}
    return Page(title.removeprefix("# "), " ".join(sentence.split()), sections)


def read_case(block: str) -> Case:
    """Read one block: directives, the request, and the answer behind ``>``."""
    told: dict[str, list[str]] = {}
    asked: list[str] = []
    answered: list[str] = []
    for line in block.splitlines():
        directive = _DIRECTIVE.fullmatch(line)
        if directive:
            told.setdefault(directive[1], []).append(directive[2])
        elif line.startswith(">"):
            answered.append(line[1:].removeprefix(" "))
        else:
            asked.append(line)
    if "reach" in told:
        return Case(_reach(told["reach"][0]), told.get("finds", [""])[0], tuple(told.get("found by", ())))
    exchange = _exchange(asked, answered, told)
    observed = _step(told["step"][0], exchange) if "step" in told else _observation(exchange, told)
    return Case(observed, told.get("finds", [""])[0], tuple(told.get("found by", ())))


def hold(
    observed: Observation | StepObservation | StatusObservation, rules: tuple[Rule, ...] = CATALOGUE
) -> dict[str, Finding]:
    """Hold *rules* against *observed* as a run does, and return one finding for each rule that found."""
    tally = Tally(
        contract=library(), rules=rules, severities={}, reproduce=lambda _: "", mask=lambda evidence: evidence
    )
    found = tally.take(observed)
    return {item.rule: item.findings[0] for item in tally.outcomes("page") if item.rule in found}


def _reach(text: str) -> StatusObservation:
    name, status, count, *reason = text.split(" ", 3)
    operation = library().operation(name)
    return StatusObservation(operation=operation, status=status, count=int(count), reason=" ".join(reason))


def _exchange(asked: list[str], answered: list[str], told: dict[str, list[str]]) -> Exchange:
    (method, target), (headers, body) = asked[0].split(" "), _message(asked[1:])
    response = None
    if answered:
        response = Response(
            status=int(answered[0]), headers=_message(answered[1:])[0], body=_message(answered[1:])[1]
        )
    return Exchange(
        id="1",
        operation=None,
        request=Request(method=method, url=f"http://127.0.0.1{target}", headers=headers, body=body),
        response=response,
        lapse=Lapse(told["lapse"][0]) if "lapse" in told else None,
        detail=told.get("detail", [""])[0],
        started=0.0,
        seconds=0.1,
    )


def _message(lines: list[str]) -> tuple[tuple[tuple[str, str], ...], bytes]:
    end = lines.index("") if "" in lines else len(lines)
    headers = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines[:end]))
    return headers, "\n".join(lines[end + 1 :]).encode()


def _observation(exchange: Exchange, told: dict[str, list[str]]) -> Observation:
    path = exchange.request.url.removeprefix("http://127.0.0.1").partition("?")[0]
    fitting = [
        item for item in library().operations if re.fullmatch(re.sub(r"{\w+}", "[^/]+", item.path), path)
    ]
    operation = next((item for item in fitting if item.method == exchange.request.method), fitting[0])
    aim = _aim(told.get("aim", ["valid"])[0], told.get("phase", [""])[0])
    exchange = replace(exchange, operation=operation.id)
    judgements = tuple(_judgement(text) for text in told.get("judged", ()))
    return Observation(
        operation=operation,
        aim=aim,
        exchange=exchange,
        judgements=judgements,
        unknown=tuple(_unknown(exchange, text) for text in told.get("unknown", ())),
        secrets=frozenset(told.get("secret", ())),
    )


def _unknown(exchange: Exchange, text: str) -> Exchange:
    """Return the answer to the same question about something that does not exist: status and body."""
    status, _, body = text.partition(" ")
    headers = exchange.response.headers if exchange.response else ()
    return replace(exchange, response=Response(status=int(status), headers=headers, body=body.encode()))


def _aim(text: str, phase: str) -> Aim:
    intent, _, rest = text.partition(" ")
    if Intent(intent) in _VARIANTS:
        return Aim(intent=Intent(intent), phase=phase, variant=rest)
    if Intent(intent) is Intent.FORBIDDEN_CALLER:
        says, _, name = rest.partition(" ")
        return Aim(intent=Intent(intent), phase=phase, keyword="" if says == "-" else says, variant=name)
    place, _, keyword = rest.partition(" ")
    location, *steps = place.split(".")
    path = tuple(int(step) if step.isdecimal() else step for step in steps)
    if Intent(intent) is Intent.FOREIGN_CALLER:
        return Aim(intent=Intent(intent), phase=phase, location=location, path=path, variant=keyword)
    return Aim(intent=Intent(intent), phase=phase, location=location, path=path, keyword=keyword)


def _judgement(text: str) -> Judgement:
    match = _JUDGED.fullmatch(text)
    assert match is not None, text
    return Judgement(kind=match["kind"], message=match["message"] or "", subject=match["subject"] or "")


def _step(name: str, exchange: Exchange) -> StepObservation:
    workflows = {workflow.id: workflow for workflow in library().workflows}

    def send(step: StepRequest) -> StepReply:
        response = exchange.response
        if response is None:
            return StepReply(request=exchange.request, status=None, detail=str(exchange.lapse))
        return StepReply(
            request=exchange.request, status=response.status, headers=response.headers, body=response.body
        )

    workflow, _, step = name.partition("/")
    results = play_all({workflow: {}}, send=send, wait=lambda _: None, workflows=workflows)
    result = next(item for item in results if item.step.id == step)
    operation = result.step.operation
    return StepObservation(
        workflow=workflow,
        step=step,
        operation=library().operation(str(operation.id)) if operation else None,
        pointer=result.criterion or result.step.pointer,
        failure=result.reason if result.verdict is StepVerdict.FAILED else "",
        expected=result.expected,
        seen=result.seen,
        exchange=exchange,
    )
