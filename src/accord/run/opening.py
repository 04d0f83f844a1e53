"""A target opened for a run: the contract read, the callers known, the way to the service made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import cast

from accord.cases.request import Request
from accord.cases.wire import Budget
from accord.config import Settings
from accord.contract.contract import Contract
from accord.contract.models import load_models
from accord.errors import AccordError, ConfigurationError
from accord.exchange.careful import CarefulClient
from accord.exchange.client import open_client
from accord.exchange.pace import Pace
from accord.exchange.recording import Recorder
from accord.exchange.secrets import Secrets, is_secret_header
from accord.exchange.values import Exchange, Session
from accord.findings.profile import AUTO, Profile
from accord.findings.profiles import named
from accord.run import workflow
from accord.run.context import Context
from accord.run.corpus.learning import learning
from accord.run.deadline import Deadline
from accord.run.framework import described, profile_of
from accord.run.hooks import Hooks, between, load_hooks
from accord.run.identity import Identities, split_headers
from accord.run.options import Options, both
from accord.run.plan import load_contract, planned, wanted
from accord.run.reach import Reach
from accord.run.rest.creation import Creations
from accord.run.safe import permission
from accord.run.severities import read_severities
from accord.run.source.discovery import Published, is_url, obtain
from accord.run.verification import Verification


@contextmanager
def opened(
    target: object, settings: Settings, options: Options, *, contract: Contract | None = None
) -> Iterator[Verification]:
    """Open *target* for a run; on leaving, the target is let go and the hook ``after_run`` called.

    A *contract* that is given stands in the place of the one that *settings* name. Raises an
    ``AccordError`` when the question cannot be asked.
    """
    secrets = _secrets(options)
    try:
        with _opened(target, settings, options, secrets, contract) as verification:
            yield verification
    except AccordError as error:
        raise type(error)(secrets.mask(error.reason), place=error.place, next_step=error.next_step) from None


@contextmanager
def _opened(
    target: object, settings: Settings, options: Options, secrets: Secrets, told: Contract | None
) -> Iterator[Verification]:
    settings, options = both(settings, options)
    read_severities(settings)
    if settings.profile not in (None, AUTO):
        named(settings.profile or "")
    given = told or _given(settings)
    if given is not None:
        planned(settings, given, options)
    hooks = load_hooks(settings.hooks, settings.root)
    with ExitStack() as open_ones:
        recorder = open_ones.enter_context(Recorder(options.record, secrets)) if options.record else None
        listeners: list[Callable[[Exchange | Session], None]] = [recorder] if recorder else []

        def observe(said: Exchange | Session) -> None:
            for listener in listeners:
                listener(said)

        client = CarefulClient(
            open_client(target, limits=options.limits, observe=observe),
            permission=permission(safe=options.safe, excluded=options.excluded),
            pace=Pace(options.rate),
        )
        open_ones.callback(client.close)
        found = None if given else obtain(cast("str | None", settings.contract), client, options.headers)
        contract = _modelled(found.contract, settings) if found else cast("Contract", given)
        trials = planned(settings, contract, options)
        credential, client.headers = split_headers(contract, options.headers)
        profile = profile_of(settings.profile, contract, client, published=given is None)
        reach = Reach(contract, wanted(options.operations, options.excluded))
        creations = Creations(contract)
        listeners[:0] = [reach.note, creations.note]
        open_ones.enter_context(between(hooks, client.base_url))
        context = _context(
            settings,
            options,
            contract=contract,
            client=client,
            identities=Identities(
                contract, client.unrestricted(), settings.identities, secrets, hooks, credential
            ),
            secrets=secrets,
            hooks=hooks,
            profile=profile,
        )
        with learning(context, settings.corpus if options.learns else None, listeners):
            yield Verification(
                context=context,
                options=options,
                target=client.target,
                trials=trials,
                reach=reach,
                creations=creations,
                reviewed=found is None,
                notices=_notices(found, profile),
            )


def _context(
    settings: Settings,
    options: Options,
    *,
    contract: Contract,
    client: CarefulClient,
    identities: Identities,
    secrets: Secrets,
    hooks: Hooks,
    profile: Profile | None,
) -> Context:
    """Return what the trials of a run have in common."""
    severities, off = read_severities(settings)
    context = Context(
        contract=contract,
        client=client,
        identities=identities,
        secrets=secrets,
        hooks=hooks,
        seed=options.seed,
        budget=Budget(max_examples=options.max_examples, chains=options.max_examples),
        settings=settings.schemathesis,
        severities=severities,
        switched_off=off,
        deadline=Deadline(options.budget or options.max_seconds, whole=options.budget is not None),
        profile=profile,
    )
    context.watch.ask = client.send
    context.watch.answered = Request(method="GET", url=f"{client.base_url}/")
    if options.patience is not None:
        context.silence = options.patience
    context.player = lambda: workflow.play(context)
    return context


def _given(settings: Settings) -> Contract | None:
    """Return the contract that *settings* name, None where it is to be had from the service."""
    if settings.contract is None or is_url(settings.contract):
        return None
    return _modelled(load_contract(settings), settings)


def _notices(found: Published | None, profile: Profile | None) -> tuple[str, ...]:
    """Return what the user should read first: whose contract this is, and which framework it is taken for."""
    return tuple(item for item in (found and found.notice, profile and described(profile)) if item)


def _modelled(contract: Contract, settings: Settings) -> Contract:
    if settings.generated is None:
        return contract
    return replace(contract, models=load_models(settings.generated))


def _secrets(options: Options) -> Secrets:
    """Return the secrets of a run, with those that its headers carry; identities add theirs."""
    return Secrets(
        part
        for name, value in options.headers
        if is_secret_header(name)
        for part in (value, value.rpartition(" ")[2])
    )


def chosen_target(target: object, settings: Settings) -> object:
    """Return *target*, else the one that *settings* name; raises ``ConfigurationError`` without either."""
    chosen = target if target is not None else settings.target
    if chosen is None:
        raise ConfigurationError(
            "no target is named",
            place="[tool.accord] target",
            next_step="Give a URL or package.module:name, or set target in pyproject.toml.",
        )
    return chosen
