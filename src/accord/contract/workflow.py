"""Workflows as Arazzo 1.0 describes them, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from accord.contract.pointer import Json

Object: TypeAlias = dict[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One assertion (4.6.11): ``type`` is ``simple``, ``regex`` or ``jsonpath``."""

    condition: str
    type: str = "simple"
    context: str | None = None
    pointer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What follows a step (4.6.7, 4.6.8): ``type`` is ``end``, ``goto`` or ``retry``.

    ``retry_after`` is in seconds.
    """

    name: str
    type: str
    step: str | None = None
    workflow: str | None = None
    retry_after: float = 0
    retry_limit: int = 1
    criteria: tuple[Criterion, ...] = ()
    pointer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepParameter:
    """One parameter (4.6.6); ``location`` is ``path``, ``query``, ``header`` or ``cookie``.

    ``location`` may be None in a step that calls a workflow, where parameters are inputs.
    """

    name: str
    location: str | None
    value: Json
    pointer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """A value to set at ``target``, a JSON pointer into the payload (4.6.14)."""

    target: str
    value: Json
    pointer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepBody:
    """A request body (4.6.13); ``content_type`` None leaves it to the operation."""

    content_type: str | None
    payload: Json
    replacements: tuple[Replacement, ...]
    pointer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationReference:
    """The operation that a step calls: by ``id``, or by ``path`` template and ``method``.

    ``source`` is the name of the source description, None when there is only one to mean.
    """

    source: str | None = None
    id: str | None = None
    path: str | None = None
    method: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step (4.6.5): a call of ``operation`` or of ``workflow``.

    Parameters and actions include those of the workflow that the step does not override.
    """

    id: str
    description: str = ""
    operation: OperationReference | None = None
    workflow: str | None = None
    parameters: tuple[StepParameter, ...] = ()
    body: StepBody | None = None
    criteria: tuple[Criterion, ...] = ()
    on_success: tuple[Action, ...] = ()
    on_failure: tuple[Action, ...] = ()
    outputs: Mapping[str, str]
    pointer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """One workflow (4.6.4); ``pointer`` is ``file#/pointer``, as that of each of its parts.

    ``inputs`` is a JSON Schema that holds what it refers to; ``sources`` maps the names of source
    descriptions to their URLs, ``components`` reusable parameters to their values.
    """

    id: str
    summary: str = ""
    inputs: Object
    depends_on: tuple[str, ...] = ()
    steps: tuple[Step, ...]
    outputs: Mapping[str, str]
    sources: Mapping[str, str]
    components: Mapping[str, Json]
    pointer: str

    def step(self, id_: str) -> Step:
        """Return the step with that id; raises ``KeyError``."""
        for step in self.steps:
            if step.id == id_:
                return step
        raise KeyError(id_)
