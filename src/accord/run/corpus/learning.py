"""What one run learns: the cases worth storing, with what each needs to be played again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from accord.cases.aim import Aim, Intent, Judgement
from accord.cases.request import Request
from accord.contract.contract import Contract
from accord.contract.description import digest
from accord.errors import AccordError
from accord.exchange.secrets import Secrets, is_secret_header
from accord.exchange.values import Exchange, Session
from accord.findings.evidence import Observation
from accord.run.context import Context
from accord.run.corpus.origin import Origins, reference_to, with_references
from accord.run.corpus.stored import Corpus, Step, StoredCase, collected, stored, write_corpus
from accord.run.identity import Identities

DEFAULT, NOBODY = "default", "nobody"
MAXIMUM_OF_OPERATION = 60
MAXIMUM_STEPS = 8
_MAXIMUM_REQUEST = 16 * 1024
_MAXIMUM_CHANGES = 6
_MAXIMUM_CALLERS = 100_000
# Cases that are drawn are many: of those, one for each status will do.
_DRAWN = ("fuzzing", "stateful")
# What schemathesis says that no rule of accord sees for itself in the exchange.
_KEPT = frozenset(
    {"AcceptedNegativeData", "RejectedPositiveData", "MissingHeaderNotRejected", "UnsupportedMethodResponse"}
    | {"AllowHeaderMismatch", "UseAfterFree", "EnsureResourceAvailability", "IgnoredAuth"}
)
# The transport states them for itself.
_FRAMING = frozenset({"content-length", "host"})
_ANY = ("accept", "*/*")
# Answers that come whatever has become of the thing that was asked for.
_HEEDLESS = (400, 401, 405, 406, 413, 414, 415, 422)
SAFE = ("GET", "HEAD", "OPTIONS", "TRACE", "QUERY")

Key: TypeAlias = tuple[object, ...]


@dataclass(slots=True, kw_only=True)
class Learner:
    """Listens to a run and keeps the first case of each kind, and the smallest one that found something.

    What is in *corpus* stays as it is, but for operations that the contract describes otherwise by now.
    """

    contract: Contract
    identities: Identities
    secrets: Secrets
    base_url: str
    corpus: Corpus
    _origins: Origins = field(default_factory=Origins)
    _callers: dict[str, str] = field(default_factory=dict)
    _changes: dict[str, list[Exchange]] = field(default_factory=dict)
    _kept: dict[Key, StoredCase] = field(default_factory=dict)
    _sizes: dict[Key, int] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)
    _digests: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Take over what is stored already."""
        self._digests = {item.id: digest(self.contract, item) for item in self.contract.operations}
        for case in (case for cases in self.corpus.cases.values() for case in cases):
            if case.description == self._digests.get(case.operation):
                for key in _keys(case.operation, case.aim, case.status, case.found):
                    self._keep(key, case)

    def result(self) -> Corpus:
        """Return what was stored and learned."""
        return collected(self._kept.values())

    def hear(self, exchange: Exchange | Session) -> None:
        """Take note of an exchange: who asked, and what it made or changed."""
        if not isinstance(exchange, Exchange) or exchange.operation is None:
            return
        self._callers[exchange.id] = self._caller(exchange)
        if len(self._callers) > _MAXIMUM_CALLERS:
            del self._callers[next(iter(self._callers))]
        self._origins.hear(exchange)
        status = exchange.response.status if exchange.response else 0
        if exchange.request.method not in SAFE and 200 <= status < 300:
            for name in self._origins.of(exchange):
                changes = self._changes.setdefault(name, [])
                changes.append(replace(exchange, response=None))
                del changes[: -_MAXIMUM_CHANGES - 1]

    def learn(self, observed: Observation, found: Iterable[str]) -> None:
        """Keep the case of *observed* when it is the first of its kind, or the smallest that *found* something."""
        operation, aim, status = observed.operation.id, observed.aim, observed.status
        # What an exchange does not hold whole would be asked otherwise the next time.
        if status is None or observed.reproduce or operation not in self._digests:
            return
        size = len(observed.exchange.request.url) + len(observed.exchange.request.body)
        found = tuple(sorted(found))
        wanted = [
            key
            for key in _keys(operation, aim, status, found)
            if key not in self._kept or (key[1] == "found" and size < self._sizes.get(key, 0))
        ]
        if not wanted or (not found and self._counts.get(operation, 0) >= MAXIMUM_OF_OPERATION):
            return
        steps = self._chain(observed)
        if steps is None:
            return
        case = StoredCase(
            operation=operation,
            description=self._digests[operation],
            aim=aim,
            status=status,
            judgements=tuple(self._masked(item) for item in observed.judgements if item.kind in _KEPT),
            found=found,
            steps=steps,
        )
        for key in wanted:
            self._keep(key, case)
            self._sizes[key] = size

    def _keep(self, key: Key, case: StoredCase) -> None:
        if key not in self._kept:
            self._counts[case.operation] = self._counts.get(case.operation, 0) + 1
        self._kept[key] = case

    def _masked(self, judgement: Judgement) -> Judgement:
        mask = self.secrets.mask
        return replace(judgement, message=mask(judgement.message), expected=mask(judgement.expected))

    def _caller(self, exchange: Exchange) -> str:
        """Return who showed itself in *exchange*: the default identity, nobody, or empty for anybody else."""
        operation = self.contract.operation(exchange.operation or "")
        try:
            credential = self.identities.credential(operation)
        except AccordError:
            return ""
        request = exchange.request
        shown = {name.lower(): value for name, value in request.headers if self._is_credential(name)}
        pairs = {pair.partition("=")[0] for pair in request.url.partition("?")[2].split("&")}
        own = {name.lower(): value for name, value in credential.headers.items()}
        if shown == own and pairs >= set(credential.query):
            return DEFAULT
        return "" if shown else NOBODY

    def _is_credential(self, header: str) -> bool:
        schemes = (item.definition for item in self.contract.security_schemes.values())
        named = {str(item.get("name")).lower() for item in schemes if item.get("in") == "header"}
        return header.lower() in named or is_secret_header(header)

    def _chain(self, observed: Observation) -> tuple[Step, ...] | None:
        """Return the requests that lead to *observed*; None when they are too many, too long or not ours to tell."""
        needed = self._needed(observed.exchange, changed=observed.status not in _HEEDLESS)
        if needed is None:
            return None
        steps: list[Step] = []
        at = {exchange.id: index for index, exchange in enumerate(needed)}
        for exchange in needed:
            caller = self._callers.get(exchange.id, "")
            if exchange.id == observed.exchange.id and observed.aim.intent is Intent.CREDENTIAL:
                caller = observed.aim.variant
            step = self._step(exchange, caller, at) if caller else None
            if step is None:
                return None
            steps.append(step)
        return tuple(steps)

    def _needed(self, exchange: Exchange, *, changed: bool) -> list[Exchange] | None:
        """Return *exchange* and those before it that made what it names, or *changed* it too, in their order."""
        found, waiting = {exchange.id: exchange}, [exchange]
        while waiting:
            for name, origin in self._origins.of(waiting.pop()).items():
                changes = [item for item in self._changes.get(name, ()) if _number(item) < _number(exchange)]
                for item in (origin.exchange, *(changes[-_MAXIMUM_CHANGES:] if changed else ())):
                    if item.id not in found:
                        found[item.id] = item
                        waiting.append(item)
            if len(found) > MAXIMUM_STEPS:
                return None
        return sorted(found.values(), key=_number)

    def _step(self, exchange: Exchange, caller: str, at: dict[str, int]) -> Step | None:
        request = self._bare(exchange)
        small = len(request.url) + len(request.body) + sum(len(n) + len(v) for n, v in request.headers)
        if small > _MAXIMUM_REQUEST or self.secrets.mask_request(request) != request:
            return None
        if not request.url.startswith(self.base_url) or request.url[len(self.base_url) :][:1] not in (
            "",
            "/",
            "?",
        ):
            return None
        origins = self._origins.of(exchange)

        def refer(name: str) -> str | None:
            origin = origins.get(name)
            known = origin is not None and origin.exchange.id in at
            return reference_to(at[origin.exchange.id], origin.pointer) if origin and known else None

        try:
            body: str | bytes = with_references(request.body.decode(), refer, target=False)
        except UnicodeDecodeError:
            body = request.body
        return Step(
            operation=exchange.operation or "",
            caller=caller,
            method=request.method,
            target=with_references(request.url.removeprefix(self.base_url), refer, target=True),
            headers=request.headers,
            body=body,
        )

    def _bare(self, exchange: Exchange) -> Request:
        """Return the request without what shows who asked, which is added anew each time."""
        request = exchange.request
        credential = self.identities.credential(self.contract.operation(exchange.operation or ""))
        url, separator, query = request.url.partition("?")
        pairs = [pair for pair in query.split("&") if pair.partition("=")[0] not in credential.query]
        return replace(
            request,
            url=f"{url}{separator if pairs else ''}{'&'.join(pairs)}",
            headers=tuple(
                (name, value)
                for name, value in request.headers
                if name.lower() not in _FRAMING
                and not self._is_credential(name)
                and (name.lower(), value) != _ANY
            ),
        )


@contextmanager
def learning(
    context: Context, path: Path | None, listeners: list[Callable[[Exchange | Session], None]]
) -> Iterator[None]:
    """Let a learner listen to the run of *context*; what it adds to the corpus at *path* is written in the end."""
    if path is None:
        yield
        return
    corpus = stored(path, needed=False)
    learner = Learner(
        contract=context.contract,
        identities=context.identities,
        secrets=context.secrets,
        base_url=context.client.base_url,
        corpus=corpus,
    )
    listeners.append(learner.hear)
    context.learn = learner.learn
    yield
    learned = learner.result()
    if learned != corpus:
        write_corpus(learned, path)


def _keys(operation: str, aim: Aim, status: int, found: Iterable[str]) -> Iterator[Key]:
    """Yield the kinds of which a case is one: one case is kept for each."""
    yield (operation, aim.intent, status)
    if aim.phase not in _DRAWN:
        yield (operation, aim.intent, status, aim.location, aim.path, aim.keyword, aim.variant)
    yield from ((operation, "found", rule) for rule in found)


def _number(exchange: Exchange) -> int:
    return int(exchange.id.removeprefix("e"))
