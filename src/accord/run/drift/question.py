"""One question of drift: what a service publishes held against its contract, noted, and told."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from accord.errors import AccordError, ContractError, StateError, TargetError
from accord.exchange.secrets import Secrets, is_secret_header
from accord.findings.changes.result import Compared
from accord.findings.drift.fact import Kind
from accord.findings.drift.published import facts
from accord.findings.drift.silence import silence
from accord.report.alerts.body import describe
from accord.run.compare import Options, uncollected
from accord.run.drift import ledger as ledgers
from accord.run.drift.destination import Destination, secret_parts
from accord.run.drift.document import Wanted, shown
from accord.run.drift.outbox import Posted, empty, strangers
from accord.run.drift.post import post
from accord.run.drift.published import committed, published
from accord.run.drift.settings import DriftSettings
from accord.run.drift.standing import Noted, Scope, Tale, failed, note
from accord.run.drift.unspoken import held, notice
from accord.run.source.document import Fetcher

_POST_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of whom, what is made of the answer, and who is told."""

    wanted: Wanted
    options: Options
    drift: DriftSettings
    destinations: tuple[Destination, ...] = ()
    accept: str = "accord accept"
    """The command that takes what is published as the contract."""
    clock: Callable[[], float] = time.time
    post_seconds: float = _POST_SECONDS
    tells: bool = True
    """Whether anybody is to be told at all."""

    @property
    def scope(self) -> Scope:
        """Return what the answer is about, as it is remembered."""
        return Scope(target=self.wanted.name, contract=shown(self.wanted.contract), accept=self.accept)

    def secrets(self) -> Secrets:
        """Return what must not leave accord but for where it belongs."""
        found = Secrets(secret_parts(self.destinations))
        for name, value in self.wanted.headers:
            if is_secret_header(name):
                found.add(value)
                found.add(value.rpartition(" ")[2])
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What came of a question: *compared*, or the *problem* that it met for the so-manyth time without a break.

    ``state`` is why the state file could not be used: what was found then is told again the next time.
    """

    at: float
    compared: Compared | None = None
    problem: AccordError | None = None
    failures: int = 0
    noted: Noted | None = None
    posted: tuple[Posted, ...] = ()
    notices: tuple[str, ...] = ()
    state: StateError | None = None


def ask(question: Question) -> Asked:
    """Ask, note what came of it, and send what is to be told.

    A service that cannot be asked, and a state file that cannot be used, are in the result. Raises
    an ``AccordError`` for what the user has to mend: the contract, the settings.
    """
    secrets = question.secrets()
    asked = _compared(question, secrets)
    try:
        with ledgers.opened(question.drift.state) as ledger:
            asked = _remembered(question, asked, ledger, secrets)
            asked = replace(asked, posted=_posted(question, ledger))
            asked = replace(asked, notices=(*asked.notices, *_forgotten(question, ledger)))
    except StateError as error:
        asked = replace(asked, state=error)
    return asked


def deliver(question: Question) -> tuple[Posted, ...]:
    """Send what still waits; raises ``StateError``."""
    with ledgers.opened(question.drift.state) as ledger:
        return _posted(question, ledger)


def _compared(question: Question, secrets: Secrets) -> Asked:
    at = question.clock()
    fetcher = Fetcher(seconds=question.wanted.seconds, hosts=question.options.hosts)
    with uncollected():
        before = committed(question.wanted, fetcher.referenced)
        try:
            with published(question.wanted, before, fetcher.referenced) as found:
                compared, unspoken = held(found, question.options)
        except (TargetError, ContractError) as error:
            masked = type(error)(
                secrets.mask(error.reason), place=secrets.mask(error.place), next_step=error.next_step
            )
            return Asked(at=at, problem=masked)
    return Asked(at=at, compared=compared, notices=(*found.notices, *notice(unspoken)))


def _remembered(question: Question, asked: Asked, ledger: ledgers.Ledger, secrets: Secrets) -> Asked:
    """Note the answer, or its absence once there was none so often, and return *asked* with what came of that."""
    receivers = tuple(item.receiver for item in question.destinations)
    if asked.compared is not None:
        stands, kinds, failures = facts(asked.compared.changes), {Kind.PUBLISHED, Kind.SERVICE}, 0
    else:
        failures = failed(ledger, question.scope)
        if failures < question.drift.tries or asked.problem is None:
            return replace(asked, failures=failures)
        stands, kinds = (silence(asked.problem.reason),), {Kind.SERVICE}
    tales = [Tale(fact=fact, body=describe(fact, secrets)) for fact in stands]
    noted = note(
        ledger,
        question.scope,
        tales,
        receivers,
        kinds=frozenset(kinds),
        asked=asked.at,
        now=question.clock(),
    )
    return replace(asked, failures=failures, noted=noted)


def _forgotten(question: Question, ledger: ledgers.Ledger) -> Iterator[str]:
    """Yield a line for each destination that alerts wait for, and that nobody names any more."""
    known = frozenset(item.name for item in question.destinations)
    for name, number in strangers(ledger, known) if question.tells else ():
        yield f"{number:,} alerts wait for {name!r}, which is no destination now: they are sent when it is one again"


def _posted(question: Question, ledger: ledgers.Ledger) -> tuple[Posted, ...]:
    return tuple(
        empty(
            ledger,
            item.name,
            lambda parcel, to=item.address: post(  # type: ignore[misc]
                to, parcel, now=question.clock(), seconds=question.post_seconds
            ),
            clock=question.clock,
            seconds=question.post_seconds,
        )
        for item in question.destinations
    )
