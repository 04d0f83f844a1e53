"""The contract stage: the contract is held against itself, before anybody is asked anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from accord.contract.algebra import Answer
from accord.contract.contract import Contract
from accord.contract.session import check_session
from accord.contract.union import Union, message_unions, schema_unions
from accord.findings.checks import union
from accord.findings.inspection import ContractObservation
from accord.findings.tally import Tally
from accord.run.context import Context, Trial

STAGE = "contract"
SCHEMAS = "schemas"
# What `accord verify` asks of the documents; the rest is the business of `accord lint`.
_GRAVE = ("unsatisfiable-schema",)


def plan(contract: Contract) -> Iterator[Trial]:
    """Yield a trial for what each side of each channel sends, and one for all schemas."""
    for item in message_unions(contract):
        if item.variants:
            yield Trial(stage=STAGE, id=f"{STAGE}/{item.name}", play=partial(_play_messages, item))
    yield Trial(stage=STAGE, id=f"{STAGE}/{SCHEMAS}", play=_play_schemas)


def _play_messages(item: Union, context: Context) -> Tally:
    tally = context.tally()
    hold_union(tally, item)
    return tally


def _play_schemas(context: Context) -> Tally:
    tally = context.tally()
    hold_unions(tally, schema_unions(context.contract.library))
    hold_documents(tally, only=_GRAVE)
    return tally


def hold_unions(tally: Tally, items: Iterable[Union]) -> None:
    """Hold the rules about unions against each of *items*."""
    for item in items:
        hold_union(tally, item)


def hold_union(tally: Tally, item: Union) -> None:
    """Hold the rules about unions against *item*; pairs that are undecided are not reached."""
    if item.channel is not None:
        check_session(tally.contract.library, item.channel)
    tally.take(ContractObservation(contract=tally.contract, part=item))
    rule = union.overlapping_messages if item.channel is not None else union.overlapping_variants
    for clash in item.clashes:
        if clash.decision.answer is Answer.UNKNOWN:
            reason = f"that the variants are disjoint is {clash.decision.reason}"
            tally.miss(
                rule.__name__.replace("_", "-"),
                reason,
                variant=f"{item.name}/{clash.one.name}+{clash.other.name}",
            )


def hold_documents(tally: Tally, *, only: Iterable[str] | None = None) -> None:
    """Hold the rules about documents, or *only* those, against each document of the contract."""
    for document in tally.contract.library.documents.values():
        tally.take(ContractObservation(contract=tally.contract, part=document), only=only)
