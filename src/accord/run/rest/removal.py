"""The end of a run: what it created at the service is removed again, as far as that goes."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from urllib.parse import urlencode

from accord.cases.request import Request
from accord.errors import AccordError
from accord.exchange.values import Exchange, Lapse
from accord.findings.result import Removal
from accord.run.context import Context
from accord.run.rest.creation import Creation, Creations

SECONDS = 120.0
"""How long the removal of everything may take."""
_GONE = (404, 410)
_SILENCES = 3


def remove(context: Context, creations: Creations, *, now: Callable[[], float] = time.monotonic) -> Removal:
    """Delete what *creations* holds, the newest first, and return what became of it; never raises for the service.

    Ctrl-C ends it early.
    """
    things = creations.newest_first()
    results: Counter[str] = Counter()
    end, silences, reason = now() + SECONDS, 0, ""
    try:
        for thing in things:
            reason = reason or _over(context, silences, left=end - now())
            result = reason or _delete(context, thing)
            silences = silences + 1 if result in _NO_ANSWERS else 0
            results[result] += 1
    except KeyboardInterrupt:
        results["interrupted"] = len(things) - results.total()
    except AccordError as error:
        results[error.reason] = len(things) - results.total()
    if creations.forgotten:
        results["too many to remember"] = creations.forgotten
    removed, gone = results.pop("removed", 0), results.pop("gone", 0)
    return Removal(
        created=len(things) + creations.forgotten, removed=removed, gone=gone, problems=dict(results)
    )


def keep(creations: Creations, reason: str) -> Removal:
    """Return what is left at the service, and the *reason*."""
    created = len(creations.newest_first()) + creations.forgotten
    return Removal(created=created, problems={reason: created} if created else {})


def kept(target: str, context: Context, wish: bool | None) -> str | None:  # noqa: FBT001 - asked for, or not, or nothing said
    """Return why nothing is removed, None when it is; an empty reason needs no word.

    By default the run removes what it created at a URL; an application in process takes it along.
    """
    if wish is None and not target.lower().startswith(("http://", "https://")):
        return ""
    if wish:
        return "they are to be kept"
    return context.client.permission.refuses_method("DELETE") or None


def _over(context: Context, silences: int, *, left: float) -> str:
    if context.watch.reason or silences >= _SILENCES:
        return "the service stopped answering"
    return "" if left > 0 else f"the {SECONDS:g} s for it were over"


_NO_ANSWERS = {f"DELETE got no answer ({lapse})" for lapse in Lapse}


def _delete(context: Context, thing: Creation) -> str:
    """Delete *thing* and return what came of it in a word or two."""
    if refused := context.client.permission.refuses_operation(thing.operation.id):
        return refused
    credential = _credential(context, thing)
    query = f"?{urlencode(credential[1])}" if credential[1] else ""
    headers = (("Accept", "application/json"), *credential[0].items())
    # Without an operation: what is asked here covers nothing of the contract.
    exchange = context.client.send(Request(method="DELETE", url=thing.url + query, headers=headers))
    return _result(exchange)


def _result(exchange: Exchange) -> str:
    if exchange.response is None or exchange.lapse is not None:
        return f"DELETE got no answer ({exchange.lapse})"
    status = exchange.response.status
    if status in _GONE:
        return "gone"
    return "removed" if 200 <= status < 300 else f"DELETE was answered with {status}"


def _credential(context: Context, thing: Creation) -> tuple[dict[str, str], dict[str, str]]:
    """Return the headers and the query of whoever made *thing*, of ``default`` when nobody can be told."""
    identities = context.identities
    made = {(name.lower(), value) for name, value in thing.headers}
    default = identities.credential(thing.operation)
    for name in identities.names():
        shown = identities.credential(thing.operation, name) if name != "default" else default
        if shown.headers and {(key.lower(), value) for key, value in shown.headers.items()} <= made:
            return dict(shown.headers), dict(shown.query)
    return dict(default.headers), dict(default.query)
