"""A whole run: what was asked, what was found, what was reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from accord.findings.finding import Finding, Outcome, Severity, Verdict
from accord.findings.timing import Timing


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much was said: operations and cases over HTTP, sessions and messages over WebSocket."""

    operations: int = 0
    cases: int = 0
    sessions: int = 0
    messages: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One thing that JSON can show of a schema, and in how many ``answers`` and ``messages`` it was seen.

    ``owner`` is the definition that has it, ``path`` the property below that, ``.`` between the names and
    ``*`` for the items of a list. ``kind`` is ``property``, ``member`` of an enumeration, ``null`` or
    ``branch`` of a union; ``value`` tells those of one place apart. None stands for what can never be
    seen there, as no answer, or no message, has that schema.
    """

    owner: str
    path: str
    kind: str
    value: str = ""
    answers: int | None = None
    messages: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What of the contract was reached.

    ``statuses`` maps an operation to its documented statuses and how often each was seen;
    ``undocumented`` maps an operation to other statuses that were seen; ``messages`` maps a
    message to how often it was received. ``parts`` maps each kind of what messages can show,
    ``variants``, ``types``, ``members``, ``nullables`` and ``edges``, to how often each was seen.
    ``breaches`` maps variants and types, by the same names, to how many received ones broke their schema.
    ``features`` are what the JSON of answers and messages can show, down to properties.
    """

    statuses: Mapping[str, Mapping[str, int]]
    undocumented: Mapping[str, Mapping[str, int]]
    messages: Mapping[str, int]
    parts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    breaches: Mapping[str, int] = field(default_factory=dict)
    features: tuple[Feature, ...] = ()

    def message_share(self) -> float | None:
        """Return how much of what messages can show was seen, in percent; None when there is nothing."""
        numbers = [number for counts in self.parts.values() for number in counts.values()]
        return 100 * sum(number > 0 for number in numbers) / len(numbers) if numbers else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What a run created at the service and could be deleted again.

    ``removed`` were deleted, ``gone`` were not there any more, and ``problems`` counts the others by
    the reason why they are still there.
    """

    created: int = 0
    removed: int = 0
    gone: int = 0
    problems: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttling:
    """How often the service said that it is asked too much (429, or 503 with ``Retry-After``).

    ``waits`` is how often the same was asked again after a while, ``seconds`` all those whiles.
    """

    limited: int = 0
    waits: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One keyword broken at one place of a request, and how often the service refused or accepted that.

    ``location`` is ``path``, ``query``, ``header``, ``cookie`` or ``body``, ``pointer`` a JSON pointer
    below it. ``undecided`` are answers that tell neither, or that nothing demands.
    """

    operation: str
    location: str
    pointer: str
    keyword: str
    refused: int = 0
    accepted: int = 0
    undecided: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where a finding stands in the files of its project, for those who read reports beside the files.

    ``path`` is relative to the root of the repository; of a document that is no file, it is the name
    under which the service publishes it, and there is no ``line``. Line and column count from 1.
    """

    path: str
    line: int | None = None
    column: int | None = None
    pointer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """A finding that somebody answers for; ``words`` say who, until when and why."""

    finding: Finding
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of ``accord verify``, complete or interrupted, or of ``accord lint``, which has no target.

    ``findings`` holds one finding for each fingerprint, in the order of discovery. ``started`` is
    seconds since the epoch. ``places`` is the matrix of wrong places; ``removal`` is None where
    nothing was to be removed; ``trials`` are the ids of those that were played.
    ``locations`` tells by fingerprint where the contract says what a finding is about.
    ``approved`` are the findings that a baseline lets pass, which are none of ``findings``; ``remarks`` are
    what there is to say of the baseline itself. ``timings`` tell by operation how long its answers took.
    """

    accord: str
    contract: str
    target: str
    seed: int
    started: float
    seconds: float
    findings: tuple[Finding, ...]
    outcomes: tuple[Outcome, ...]
    coverage: Coverage
    counts: Counts
    interrupted: bool = False
    places: tuple[Place, ...] = ()
    throttling: Throttling = field(default_factory=Throttling)
    removal: Removal | None = None
    trials: tuple[str, ...] = ()
    locations: Mapping[str, Location] = field(default_factory=dict)
    approved: tuple[Approved, ...] = ()
    remarks: tuple[str, ...] = ()
    timings: Mapping[str, Timing] = field(default_factory=dict)

    def rules(self) -> Mapping[str, Mapping[Verdict, int]]:
        """Return, for each rule that was held against something, how often it came to each verdict."""
        table: dict[str, dict[Verdict, int]] = {}
        for outcome in self.outcomes:
            row = table.setdefault(outcome.rule, dict.fromkeys(Verdict, 0))
            row[outcome.verdict] += 1
        return dict(sorted(table.items()))

    def unchecked(self) -> bool:
        """Tell whether nothing was reached: of a service, by what was asked of it, not of its contract."""
        asked = [outcome for outcome in self.outcomes if not outcome.place.startswith("contract/")]
        return all(outcome.verdict is Verdict.NOT_REACHED for outcome in asked or self.outcomes)

    def worst(self) -> Severity | None:
        """Return the gravest severity among the findings, None without any."""
        return min((finding.severity for finding in self.findings), key=lambda item: item.rank, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageStarted:
    """A stage (``rest``, ``workflows``, ``websocket``) begins; ``trials`` is how many it will run."""

    stage: str
    trials: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialStarted:
    """A trial begins; ``trial`` is its id, such as ``rest/create_product/fuzzing``."""

    stage: str
    trial: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialFinished:
    """A trial is over; ``cases`` is the number of requests or messages it took."""

    stage: str
    trial: str
    outcomes: tuple[Outcome, ...]
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFinished:
    """A stage is over."""

    stage: str
    seconds: float


Progress: TypeAlias = StageStarted | TrialStarted | TrialFinished | StageFinished
