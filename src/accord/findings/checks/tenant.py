"""Rules about who may reach what: what belongs to another tenant, what takes a right, what is open to all."""

# A rule takes the contract whether it needs it or not.
# ruff: noqa: ARG001

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote, urlsplit

from accord.cases.aim import Intent
from accord.contract.contract import Contract
from accord.exchange.values import Exchange
from accord.findings.evidence import Observation
from accord.findings.finding import Finding, Severity
from accord.findings.rule import Rule, Subject

LISTED = "listed"
"""The variant of an aim: a list was asked for, and shows what its caller is then refused."""

_REFUSING_CREDENTIALS = (401, 403)
_RATE_LIMITED = 429
_FIRST_SERVER_ERROR = 500
# Words with a digit in them: ids, numbers, moments.
_VARYING = re.compile(r"[\w-]*\d[\w-]*")
# Headers that come and go whatever was asked.
_PASSING = re.compile(
    r"(?i)age|connection|date|etag|keep-alive|retry-after|server-timing|set-cookie|.*rate-?limit.*|x-cache.*"
)


def foreign_object_access(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when a caller of another tenant is served: the answer is not the one about something unknown."""
    if observed.status is None or observed.status >= 300 or _same(observed):
        return
    if observed.aim.variant == LISTED:
        message = "the list shows another tenant what it must not see, and is then refused"
    else:
        asked = f"{observed.operation.method} of another tenant's {observed.aim.path[-1]}"
        message = f"{asked} is answered with {observed.status}"
    yield observed.finding(
        message,
        expected="404, as for something that does not exist",
        seen=str(observed.status),
        deviation=observed.aim.variant or "foreign",
    )


def revealed_foreign_object(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when a refusal tells another tenant's thing from one that does not exist."""
    status = observed.status
    if status is None or status < 300 or status >= _FIRST_SERVER_ERROR or status == _RATE_LIMITED:
        return
    # What two unknown things do not have in common says nothing.
    if not _alike(*observed.unknown) or _same(observed):
        return
    unknown = observed.unknown[0]
    what = next(name for name, read in _TRAITS.items() if read(unknown) != read(observed.exchange))
    yield observed.finding(
        f"another tenant's {observed.aim.path[-1]} is refused otherwise than one that does not exist: {what}",
        expected=f"the {what} of an unknown one",
        seen=f"{status} for {unknown.response.status}"
        if what == "status" and unknown.response
        else f"another {what}",
        deviation=f"{status} {what}",
    )


def unauthorized_access(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when an operation serves an identity that the contract forbids it to."""
    if observed.status is not None and observed.status < 300:
        yield observed.finding(
            f"{observed.aim.variant!r} may not call the operation, and is served",
            expected="403",
            seen=str(observed.status),
            deviation=observed.aim.variant,
        )


def closed_public_operation(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when an operation that needs no credential refuses a caller who has none."""
    if observed.status in _REFUSING_CREDENTIALS and str(observed.status) not in observed.operation.answers:
        yield observed.finding(
            f"the contract asks for no credential, and a request without one is refused with {observed.status}",
            expected="an answer to anybody",
            seen=str(observed.status),
            deviation=str(observed.status),
        )


def _same(observed: Observation) -> bool:
    """Tell whether the answer is the one that something unknown gets."""
    return any(_alike(observed.exchange, unknown) for unknown in observed.unknown)


def _alike(first: Exchange, *others: Exchange) -> bool:
    return all(read(first) == read(other) for other in others for read in _TRAITS.values())


def _status(exchange: Exchange) -> int | None:
    return exchange.response.status if exchange.response and exchange.lapse is None else None


def _body(exchange: Exchange) -> str:
    """Return the body without what must differ: the ids that were asked for, and words with digits."""
    text = exchange.response.body.decode(errors="replace") if exchange.response else ""
    for step in urlsplit(exchange.request.url).path.split("/"):
        if step:
            text = re.sub(rf"(?<!\w){re.escape(unquote(step))}(?!\w)", "0", text)
    return _VARYING.sub("0", text)


def _header_names(exchange: Exchange) -> frozenset[str]:
    names = (name.lower() for name, _ in (exchange.response.headers if exchange.response else ()))
    return frozenset(name for name in names if not _PASSING.fullmatch(name))


_TRAITS: dict[str, Callable[[Exchange], object]] = {
    "status": _status,
    "body": _body,
    "header names": _header_names,
}


def _forbidden(observed: Observation) -> bool:
    """Tell whether somebody asked whom the contract forbids it, not only an identity with fewer rights."""
    forbidden = observed.aim.intent is Intent.FORBIDDEN_CALLER and observed.aim.keyword != ""
    return forbidden and observed.status is not None


def _foreign(observed: Observation) -> bool:
    """Tell whether another tenant asked, and it is known what it hears of unknown things."""
    compared = bool(observed.unknown) or observed.aim.variant == LISTED
    return observed.aim.intent is Intent.FOREIGN_CALLER and observed.status is not None and compared


def _open(observed: Observation) -> bool:
    return observed.aim.intent is Intent.NO_CREDENTIAL and observed.status is not None


RULES = (
    Rule(function=foreign_object_access, subject=Subject.ANSWER, when=_foreign, fault_code=206),
    Rule(
        function=revealed_foreign_object,
        subject=Subject.ANSWER,
        severity=Severity.WARNING,
        when=_foreign,
        fault_code=204,
    ),
    Rule(function=unauthorized_access, subject=Subject.ANSWER, when=_forbidden, fault_code=206),
    Rule(function=closed_public_operation, subject=Subject.ANSWER, when=_open),
)
