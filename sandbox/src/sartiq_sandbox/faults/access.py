"""Faults in who may ask: authentication, its errors, and roles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sartiq_sandbox.faults.bearer import as_demo, flaw, token_of
from sartiq_sandbox.faults.exchange import (
    Answer,
    Ask,
    Call,
    answered,
    handled,
    refusal,
)
from sartiq_sandbox.faults.fault import Fault, Wrap, rest

__all__ = ["FAULTS"]

UNAUTHORIZED, FORBIDDEN = 401, 403
LOGIN = "/login/access-token"
CHALLENGE = (("www-authenticate", "Bearer"),)


def admitting(name: str, consequence: str, route: str, judge: Callable[[Call], bool]) -> Fault:
    """Return a fault that serves refused calls of which something holds as the demo user's."""

    async def handler(call: Call, ask: Ask) -> Answer:
        answer = await ask(call)
        admits = answer.status == UNAUTHORIZED and call.path != LOGIN and judge(call)
        return await ask(as_demo(call)) if admits else answer

    return rest(name, "unauthenticated-access", consequence, handled(route, lambda: handler))


def bare(call: Call) -> bool:
    """Hold of a call without an Authorization header."""
    return call.header("authorization") is None


def malformed(call: Call) -> bool:
    """Hold of a call whose Authorization header is not one of a bearer token."""
    return not bare(call) and token_of(call) is None


def flawed(kind: str) -> Callable[[Call], bool]:
    """Hold of calls whose token suffers from something."""
    return lambda call: flaw(token_of(call) or "") == kind


def refused_as(code: int, holds: Callable[[Call], bool] = lambda _: True) -> Wrap:
    """Give the 401 of calls of which something holds another status."""

    def change(call: Call, answer: Answer) -> Answer:
        if call.path == LOGIN or not holds(call):
            return answer
        return replace(answer, status=code).with_header("www-authenticate", None)

    return answered("* /**", change, status=UNAUTHORIZED)


def closed(route: str) -> Wrap:
    """Ask callers of a public operation for a token."""

    async def handler(call: Call, ask: Ask) -> Answer:
        if not bare(call):
            return await ask(call)
        answer = refusal(UNAUTHORIZED, "Not authenticated")
        return replace(answer, headers=(*answer.headers, *CHALLENGE))

    return handled(route, lambda: handler)


async def let_viewers(call: Call, ask: Ask) -> Answer:
    """Carry out as the demo user what is forbidden."""
    answer = await ask(call)
    return await ask(as_demo(call)) if answer.status == FORBIDDEN else answer


ADMISSIONS = (
    admitting(
        "products-open-to-anyone",
        "Whoever finds the address reads the products without logging in.",
        "GET /products/",
        bare,
    ),
    admitting(
        "creation-open-to-anyone",
        "Whoever finds the address adds products without logging in.",
        "POST /products/",
        bare,
    ),
    admitting(
        "malformed-header-accepted",
        "A header that is no credential opens the account.",
        "* /**",
        malformed,
    ),
    admitting("garbage-token-accepted", "Any word opens the account.", "* /**", flawed("garbage")),
    admitting(
        "expired-token-accepted",
        "A token that was stolen last year opens the account.",
        "* /**",
        flawed("expired"),
    ),
    admitting(
        "other-signature-accepted",
        "A token that anybody can write opens every account.",
        "* /**",
        flawed("other signature"),
    ),
    admitting(
        "unsigned-token-accepted",
        "A token with alg none, which anybody can write, opens every account.",
        "* /**",
        flawed("unsigned"),
    ),
    admitting(
        "revoked-user-accepted",
        "Somebody who was dismissed goes on reading.",
        "* /**",
        flawed("revoked"),
    ),
)
REFUSALS = (
    rest(
        "refusal-without-challenge",
        "missing-challenge",
        "A client that looks for the challenge does not log in again.",
        answered(
            "* /**",
            lambda _, answer: answer.with_header("www-authenticate", None),
            status=UNAUTHORIZED,
        ),
    ),
    rest(
        "refusal-with-other-challenge",
        "response-header-violation",
        "A browser asks its user for a name and a password, which do not help.",
        answered(
            "* /users/**",
            lambda _, answer: answer.with_header("www-authenticate", "Basic"),
            status=UNAUTHORIZED,
        ),
    ),
    rest(
        "missing-token-with-403",
        "misstated-authentication-failure",
        "A client does not log in again: it believes that it may not.",
        refused_as(403, bare),
    ),
    rest(
        "malformed-header-with-422",
        "misstated-authentication-failure",
        "A client corrects its request when it should log in.",
        refused_as(422, malformed),
    ),
    rest(
        "expired-token-with-400",
        "misstated-authentication-failure",
        "A client whose token has ended does not renew it.",
        refused_as(400, flawed("expired")),
    ),
    rest(
        "failure-at-garbage-token",
        "server-error",
        "Anybody fills the log with failures, and a client does not log in again.",
        refused_as(500, flawed("garbage")),
    ),
    rest(
        "models-only-with-token",
        "closed-public-operation",
        "The page before the login cannot show the models.",
        closed("GET /generation-models/"),
    ),
)
ROLES = (
    rest(
        "viewer-may-create",
        "unauthorized-access",
        "Somebody who may only look adds products.",
        handled("POST /products/", lambda: let_viewers),
    ),
)
FAULTS = (*ADMISSIONS, *REFUSALS, *ROLES)
