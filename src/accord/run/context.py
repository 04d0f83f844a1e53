"""What every trial of a run needs, and the shape of a trial."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from accord.cases.script import PATIENCE, SILENCE
from accord.cases.wire import Budget
from accord.contract.contract import Contract
from accord.exchange.careful import CarefulClient
from accord.exchange.reproduce import curl, dialogue, script
from accord.exchange.secrets import Secrets
from accord.exchange.values import Exchange, Session
from accord.findings import catalogue
from accord.findings.evidence import Observation
from accord.findings.finding import Severity
from accord.findings.profile import Profile
from accord.findings.rule import Rule
from accord.findings.tally import Tally
from accord.run.deadline import Deadline
from accord.run.hooks import Hooks
from accord.run.identity import Identities
from accord.run.outage import Watch


@dataclass(slots=True, kw_only=True)
class Context:
    """One run: the contract, the way to the service, who calls, and what to hold against it.

    ``shared`` holds what several trials need and only one should make, by name: the engine, the
    sessions that were played, the results of a workflow. ``current`` is the tally of the trial under way;
    ``learn`` is told of every answer and what found something in it.
    A server that has to answer on a socket may take ``patience`` seconds, and ``silence`` seconds are waited at
    most for a time limit. ``player`` plays the workflows again, for events to come of it.
    """

    contract: Contract
    client: CarefulClient
    identities: Identities
    secrets: Secrets
    hooks: Hooks
    seed: int
    budget: Budget
    settings: Mapping[str, object] = field(default_factory=dict)
    severities: Mapping[str, Severity] = field(default_factory=dict)
    switched_off: frozenset[str] = frozenset()
    profile: Profile | None = None
    shared: dict[str, object] = field(default_factory=dict)
    patience: float = PATIENCE
    silence: float = SILENCE
    player: Callable[[], object] | None = None
    watch: Watch = field(default_factory=Watch)
    deadline: Deadline = field(default_factory=Deadline)
    current: Tally | None = None
    learn: Callable[[Observation, Sequence[str]], None] | None = None

    def reseed(self, seed: int) -> None:
        """Let what is drawn from now on come from *seed*."""
        self.seed = seed
        self.shared.pop("engine", None)

    def rules(self) -> tuple[Rule, ...]:
        """Return the rules that are switched on."""
        return tuple(rule for rule in catalogue.rules() if rule.id not in self.switched_off)

    def tally(self) -> Tally:
        """Return an empty tally for one trial, and keep it: a trial that breaks off has none to return."""
        self.current = Tally(
            contract=self.contract,
            rules=self.rules(),
            severities=self.severities,
            reproduce=self.reproduce,
            mask=self.mask,
            mask_text=self.secrets.mask,
            learn=self.learn,
            profile=self.profile,
        )
        return self.current

    def mask(self, evidence: Exchange | Session) -> Exchange | Session:
        """Return *evidence* without its secrets."""
        if isinstance(evidence, Exchange):
            return self.secrets.mask_exchange(evidence)
        return self.secrets.mask_session(evidence)

    def reproduce(self, evidence: Exchange | Session) -> str:
        """Return the command that says the same again, without its secrets."""
        if isinstance(evidence, Exchange):
            return curl(evidence.request, secrets=self.secrets)
        return script(evidence, secrets=self.secrets)

    def retell(self, sessions: Sequence[tuple[str, Session]]) -> str:
        """Return the script of several sessions, each on a connection of that name, without its secrets."""
        return dialogue(sessions, secrets=self.secrets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One question to the service, small enough to be one line of a log.

    ``id`` does not depend on the seed: ``rest/create_product/fuzzing``. ``play`` asks it. One that
    ``replays`` draws nothing; one that ``explores`` draws other cases from another seed.
    """

    stage: str
    id: str
    play: Callable[[Context], Tally]
    replays: bool = False
    explores: bool = False


Plan = Iterator[Trial]
