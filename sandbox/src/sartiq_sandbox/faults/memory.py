"""Faults in what is kept: writes that are lost, reads that are old, things that change."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from sartiq_sandbox.clock import stamp_text
from sartiq_sandbox.demo import VIEWER
from sartiq_sandbox.faults.edit import Edit, at, put, when, without
from sartiq_sandbox.faults.exchange import (
    OK,
    Answer,
    Ask,
    Call,
    Handler,
    asked,
    changed,
    handled,
    refusal,
)
from sartiq_sandbox.faults.fault import Fault, Json, Wrap, rest

__all__ = ["FAULTS", "one_behind"]

SHOT, PRODUCT, SHOOTING = "GET /shots/*", "GET /products/*", "GET /shootings/*"
ANY_SHOT = "GET|POST /shots/**"
OFFSET = re.compile(r"[+-]\d\d:\d\d$")


def lost(name: str, consequence: str, wrap: Wrap) -> Fault:
    """Return a fault that shows something else than was written."""
    return rest(name, "lost-write", consequence, wrap)


def without_member(name: str) -> Callable[[Call], Call]:
    """Take a member out of a body that comes in."""

    def change(call: Call) -> Call:
        document = call.document()
        return call.with_document(without(name)(document)) if isinstance(document, dict) else call

    return change


def without_offset(call: Call) -> Call:
    """Take the clock time of a due date for one in UTC."""
    due = call.member("due_date")
    if not isinstance(due, str):
        return call
    return call.with_document({**call.document(), "due_date": OFFSET.sub("Z", due)})


def remembered_for_ever() -> Handler:
    """Answer a second time what was answered the first time."""
    known: dict[tuple[str, str, str | None], Answer] = {}

    async def handler(call: Call, ask: Ask) -> Answer:
        key = (call.path, call.query, call.header("authorization"))
        if key in known:
            return known[key]
        answer = await ask(call)
        if answer.status == OK:
            known[key] = answer
        return answer

    return handler


def one_behind() -> Handler:
    """Answer what was true when the thing was last asked for, or made."""
    known: dict[str, Answer] = {}

    async def handler(call: Call, ask: Ask) -> Answer:
        answer = await ask(call)
        if answer.status != OK or not (document := answer.document()).get("id"):
            return answer
        before = known.get(document["id"], answer)
        known[document["id"]] = answer
        return before if call.method == "GET" else answer

    return handler


def counting(member: str, grown: Callable[[Json, int], Json]) -> Callable[[], Handler]:
    """Change a member the more, the more often a thing was read."""

    def begin() -> Handler:
        reads: Counter[str] = Counter()

        async def handler(call: Call, ask: Ask) -> Answer:
            answer = await ask(call)
            if answer.status != OK:
                return answer
            document = answer.document()
            reads[call.path] += 1
            value = grown(document[member], reads[call.path])
            return answer.with_document({**document, member: value})

        return handler

    return begin


def moved(**distance: float) -> Edit:
    """Move a moment."""
    return lambda text: stamp_text(datetime.fromisoformat(text) + timedelta(**distance))


def hidden(times: int) -> Callable[[], Handler]:
    """Answer 404 to the first reads of things that were made here."""

    def begin() -> Handler:
        left: dict[str, int] = {}

        async def handler(call: Call, ask: Ask) -> Answer:
            answer = await ask(call)
            identifier = call.path.rpartition("/")[2]
            if call.method == "POST" and answer.status == OK:
                left[answer.document().get("id", "")] = times
            if call.method == "GET" and left.get(identifier, 0) > 0:
                left[identifier] -= 1
                return refusal(404, "Not found")
            return answer

        return handler

    return begin


def other_id(text: str) -> str:
    """Return another id of the same shape."""
    return text[:-1] + ("0" if text[-1] != "0" else "1")


WRITES = (
    lost(
        "description-lost",
        "What a user wrote about a shooting is gone.",
        changed(SHOOTING, put("description", None)),
    ),
    lost(
        "long-name-cut",
        "A product is called otherwise than its user called it.",
        changed(PRODUCT, at("name", lambda name: name[:64])),
    ),
    lost(
        "accents-lost",
        "A name in another alphabet is question marks.",
        changed(PRODUCT, at("name", lambda name: name.encode("ascii", "replace").decode())),
    ),
    lost(
        "empty-text-becomes-null",
        "A client that tells an empty season from none cannot.",
        changed("GET|POST /shootings/**", at("season", lambda text: text or None)),
    ),
    lost(
        "due-date-without-offset",
        "A shooting is due hours earlier or later than its user said.",
        asked("POST /shootings/", without_offset),
    ),
    lost(
        "archived-ignored",
        "A shooting that was closed is open.",
        asked("POST /shootings/", without_member("archived")),
    ),
    lost(
        "notes-lost",
        "Whoever has to correct a rejected shot does not learn why.",
        asked("POST /shots/*/reject", without_member("notes")),
    ),
    lost(
        "approval-not-kept",
        "A shot that was approved is up for review when it is looked at again.",
        changed(SHOT, when({"status": "approved"}, put("status", "review"))),
    ),
    lost(
        "shot-remembered-for-ever",
        "A client never sees that a shot has changed.",
        handled(SHOT, remembered_for_ever),
    ),
    lost(
        "products-remembered-for-ever",
        "A client never sees a new product in the list.",
        handled("GET /products/", remembered_for_ever),
    ),
)
CREATIONS = (
    rest(
        "new-product-not-yet-readable",
        "unreadable-creation",
        "A client that creates and then reads fails.",
        handled("GET|POST /products/**", hidden(1)),
    ),
    rest(
        "new-generation-under-other-id",
        "unreadable-creation",
        "A client waits for a generation that does not exist.",
        changed("POST /shots/*/generate", at("id", other_id)),
    ),
    rest(
        "new-shots-under-other-ids",
        "unreadable-creation",
        "A client cannot open the shots of a new look.",
        changed("POST /shootings/*/looks", at("shots/*/id", other_id)),
    ),
)
READS = (
    rest(
        "reading-costs-rework",
        "unsafe-read",
        "Whoever looks at a shot uses up its reworks.",
        handled(SHOT, counting("rework_used", lambda used, reads: used + reads)),
    ),
    rest(
        "reading-changes-update-time",
        "unsafe-read",
        "A client that fetches what has changed fetches everything each time.",
        handled(PRODUCT, counting("updated_at", lambda text, reads: moved(seconds=reads)(text))),
    ),
)
CHANGES = (
    rest(
        "id-changes",
        "changed-fixed-field",
        "A client takes the product that it reads for another one.",
        changed(PRODUCT, at("id", other_id)),
    ),
    rest(
        "creation-time-moves",
        "changed-fixed-field",
        "A shot jumps in a list by age whenever it changes.",
        changed(
            ANY_SHOT,
            lambda shot: shot | {"created_at": shot["updated_at"]} if "id" in shot else shot,
        ),
    ),
    rest(
        "owner-changes",
        "changed-fixed-field",
        "A shooting is somebody else's as soon as it is read.",
        changed(SHOOTING, put("owner_id", VIEWER)),
    ),
    rest(
        "update-before-creation",
        "backward-timestamp",
        "A client that fetches what is new misses the shooting.",
        changed(SHOOTING, at("updated_at", moved(days=-1))),
    ),
    rest(
        "approval-turns-time-back",
        "backward-timestamp",
        "A client that keeps the newer of two states keeps the older one.",
        changed(ANY_SHOT, when({"status": "approved"}, at("updated_at", moved(hours=-1)))),
    ),
)
FAULTS = (*WRITES, *CREATIONS, *READS, *CHANGES)
