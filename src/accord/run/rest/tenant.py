"""Who may reach what: another tenant asks for what belongs to ``default``, and nobody for what is public."""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from accord.cases.aim import Aim, Intent
from accord.cases.change import Changes
from accord.cases.credential import Credential
from accord.contract.contract import Contract
from accord.contract.openapi import Operation
from accord.contract.pointer import Json
from accord.exchange.values import Exchange
from accord.findings.checks.tenant import LISTED
from accord.findings.evidence import Observation
from accord.findings.member import parts
from accord.findings.tally import Tally
from accord.run.context import Context, Trial
from accord.run.rest.probe import probe_of
from accord.run.rest.stage import STAGE
from accord.run.rest.things import Things, Values, in_order

OTHER = "other"
MAXIMUM_THINGS = 5
"""How many things of ``default``'s another tenant asks each operation for: a state may hide what one shows."""

_RULES = ("foreign-object-access", "revealed-foreign-object")
_REFUSED = (403, 404, 410)
_CREDENTIAL = re.compile(
    r"(?i)(?:.*[_-])?(?:password|passwd|passphrase|pin|otp|token|secret|signature|credentials?|code|key)"
)
_UUID = re.compile(r"(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def plan_foreign(contract: Contract, wanted: Callable[[Operation], bool]) -> Iterator[Trial]:
    """Yield a trial for each of the *wanted* operations on a thing that may belong to somebody."""
    for operation in filter(wanted, contract.operations):
        if operation.secured and operation.parameters_in("path"):
            play = partial(_foreign_caller, operation)
            yield Trial(stage=STAGE, id=f"rest/{operation.id}/foreign-caller", play=play)


def plan_public(contract: Contract, wanted: Callable[[Operation], bool]) -> Iterator[Trial]:
    """Yield a trial for each of the *wanted* operations that need no credential."""
    for operation in filter(wanted, contract.operations):
        if not operation.secured:
            play = partial(_no_credential, operation)
            yield Trial(stage=STAGE, id=f"rest/{operation.id}/no-credential", play=play)


def _no_credential(operation: Operation, context: Context) -> Tally:
    tally, probe = probe_of(operation, context, "closed-public-operation")
    if probe is None:
        return tally
    if any(map(_CREDENTIAL.fullmatch, _input_names(operation, context))):
        tally.miss("closed-public-operation", "what the operation takes is itself a credential")
        return tally
    probe.ask(Aim(intent=Intent.NO_CREDENTIAL), Changes(credential=Credential()))
    return tally


def _input_names(operation: Operation, context: Context) -> Iterator[str]:
    """Yield the names of all that a request of *operation* may hold, as far as they are declared."""
    yield from (parameter.name for parameter in operation.parameters)
    for media_type in operation.body.media_types if operation.body else ():
        for schema in parts(context.contract.library, media_type.schema) if media_type.schema else ():
            yield from schema.get("properties", {})


def _foreign_caller(operation: Operation, context: Context) -> Tally:
    tally = context.tally()
    reason = _without_two_callers(operation, context)
    things = Things(context, tally)
    every = things.of(operation) if not reason else []
    if not every:
        return _missed(tally, reason or "nothing that belongs to the identity 'default' could be found")
    stranger = Stranger(context, tally, operation, things, next(reversed(every[0])))
    shown = [values for values in every if things.listing(operation, values, OTHER) is not None]
    own = [values for values in every if values not in shown]
    if own:
        stranger.ask_for(own)
    if shown:
        stranger.ask_for_what_is_shown(shown[0])
    return tally


def _without_two_callers(operation: Operation, context: Context) -> str:
    """Return why *operation* cannot be asked by two tenants; empty when it can."""
    given = context.hooks.credential_for(OTHER, operation.id)
    if given is None and OTHER not in context.identities.names():
        return "no identity called 'other' is configured ([tool.accord.identities.other])"
    mine = context.identities.credential(operation)
    if not mine.headers and not mine.query:
        return "no identity called 'default' is configured"
    if mine == context.identities.credential(operation, OTHER):
        return "the identities 'default' and 'other' show the same credential"
    return ""


def _missed(tally: Tally, reason: str) -> Tally:
    for rule in _RULES:
        tally.miss(rule, reason)
    return tally


@dataclass(frozen=True, slots=True)
class Stranger:
    """Another tenant, who asks *operation* for things of ``default``'s; ``name`` is the parameter that names them."""

    context: Context
    tally: Tally
    operation: Operation
    things: Things
    name: str

    def ask_for(self, own: list[Values]) -> None:
        """Ask for things that only ``default`` is shown, and compare with what nobody has."""
        asked = [self.things.ask(self.operation, values, OTHER) for values in self._unknown(own[0])]
        unknown = tuple(exchange for exchange in asked if exchange is not None)
        if not unknown:
            _missed(self.tally, "no answer about something unknown came, with which to compare")
            return
        for exchange in unknown:
            self._hold(self.operation, exchange, variant="unknown")
        for values in own[:MAXIMUM_THINGS]:
            answer = self.things.ask(self.operation, values, OTHER)
            if answer is not None:
                self._hold(self.operation, answer, unknown=unknown)

    def ask_for_what_is_shown(self, values: Values) -> None:
        """Ask for something that a list shows to both: it belongs to both, unless the read is refused."""
        listing = self.things.listing(self.operation, values, OTHER)
        answer = self.things.ask(self.operation, values, OTHER) if self.operation.method == "GET" else None
        if listing is not None and answer and answer.response and answer.response.status in _REFUSED:
            self._hold(*listing, variant=LISTED)
        else:
            _missed(self.tally, "a list shows it to the identity 'other' too: it belongs to both")

    def _hold(
        self,
        operation: Operation,
        exchange: Exchange,
        *,
        variant: str = "",
        unknown: tuple[Exchange, ...] = (),
    ) -> None:
        aim = Aim(intent=Intent.FOREIGN_CALLER, location="path", path=(self.name,), variant=variant)
        secrets = self.context.identities.secrets()
        self.tally.take(
            Observation(operation=operation, aim=aim, exchange=exchange, unknown=unknown, secrets=secrets)
        )

    def _unknown(self, values: Values) -> Iterator[Values]:
        """Yield *values* with an id that nobody has given out, of the form of the known one, twice."""
        seed = f"{self.context.seed}/{self.operation.id}/foreign-caller"
        draw = random.Random(zlib.crc32(seed.encode()))  # noqa: S311
        for parameter in reversed(in_order(self.operation)):
            known, schema = values[parameter.name], parameter.schema
            drawn = [similar(known, draw) for _ in range(2)]
            validator = self.context.contract.library.validator(schema) if schema else None
            if known not in drawn and all(validator is None or validator.is_valid(item) for item in drawn):
                yield from ({**values, parameter.name: item} for item in drawn)
                return


def similar(value: Json, draw: random.Random) -> Json:
    """Return another id of the form of *value*: digits for digits, letters for letters."""
    if not isinstance(value, str):
        return draw.randrange(10**8, 2 * 10**9)
    if _UUID.fullmatch(value):
        return str(UUID(int=draw.getrandbits(128), version=4))
    letters = "abcdef" if re.fullmatch(r"(?i)[0-9a-f-]+", value) else "abcdefghijklmnopqrstuvwxyz"

    def other(character: str) -> str:
        if character.isdigit():
            return draw.choice("0123456789")
        if not character.isalpha():
            return character
        return draw.choice(letters.upper() if character.isupper() else letters)

    return "".join(map(other, value))
