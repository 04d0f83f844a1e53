"""Faults in the stream of events: order, loss, divergence from REST, and who hears it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from sartiq_sandbox.demo import VIEWER
from sartiq_sandbox.faults.conversation import Line, conversing, document_of, told, turning
from sartiq_sandbox.faults.edit import Edit, at, put, when
from sartiq_sandbox.faults.exchange import Answer, Ask, Call, Handler, handled
from sartiq_sandbox.faults.fault import Fault, Json, Message, Send, Wrap, websocket
from sartiq_sandbox.faults.memory import one_behind

__all__ = ["FAULTS"]

ENOUGH = 10  # events that a connection gets which are not meant for it
ABNORMAL = (1005, 1006)  # servers tell of a reset by either
DONE, CHANGED = "generation_completed", "shot_updated"
PREDICTIONS, REVISIONS = "payload/predictions/*", "payload/revisions/*"
Turn = Callable[[Json], list[Json]]


def approved(edit: Edit) -> Edit:
    """Edit the events that tell of an approval."""
    return at("payload", when({"status": "approved"}, edit))


def followed_by(kinds: str, edit: Edit, **members: Json) -> Wrap:
    """Send each event whose payload has these members, then an edited copy of it."""

    def turn(message: Json) -> list[Json]:
        fits = members.items() <= message["payload"].items()
        return [message, edit(message)] if fits else [message]

    return turning(lambda: turn, kinds)


def back_in_time(path: str) -> Edit:
    """Let things say that they changed when they were made."""
    return at(path, lambda thing: thing | {"updated_at": thing["created_at"]})


def made_when_changed(path: str) -> Edit:
    """Let things say that they were made when they changed."""
    return at(path, lambda thing: thing | {"created_at": thing["updated_at"]})


def begin_starting_again() -> Turn:
    """Let a generation that is processing wait again, once."""
    seen: Counter[str] = Counter()

    def turn(message: Json) -> list[Json]:
        identifier = message["payload"]["id"]
        seen[identifier] += 1
        again = seen[identifier] == 2  # noqa: PLR2004
        return [put("payload/status", "pending")(message) if again else message]

    return turn


def begin_going_back() -> Turn:
    """Let an image that is being made wait again."""
    seen: set[str] = set()

    def turn(message: Json) -> list[Json]:
        drawing = {
            p["id"] for p in message["payload"]["predictions"] if p["status"] == "generating"
        }
        again = drawing & seen
        seen.update(drawing)
        back = at(
            PREDICTIONS, lambda one: one | {"status": "pending"} if one["id"] in again else one
        )
        return [back(message)]

    return turn


def begin_repeating_last() -> Turn:
    """Send the last progress of a generation once more after its end."""
    last: dict[str, Json] = {}

    def turn(message: Json) -> list[Json]:
        if message["type"] == DONE:
            return [message, *filter(None, [last.get(message["payload"]["id"])])]
        last[message["payload"]["id"]] = message
        return [message]

    return turn


def begin_losing() -> Turn:
    """Lose everything but the first events."""
    seen = 0

    def turn(message: Json) -> list[Json]:
        nonlocal seen
        seen += 1
        return [message] if seen <= ENOUGH // 2 else []

    return turn


def begin_lagging() -> Turn:
    """Tell of each thing what was told the time before."""
    told_before: dict[str, Json] = {}

    def turn(message: Json) -> list[Json]:
        payload = message["payload"]
        before = told_before.get(payload["id"], payload)
        told_before[payload["id"]] = payload
        return [message | {"payload": before}]

    return turn


def begin_forgetting() -> Callable[[], Line]:
    """Tell the first connection after one that was lost nothing."""
    lost: set[str] = set()

    def connect() -> Line:
        welcomed = deaf = False

        async def say(message: Message, send: Send) -> None:
            nonlocal welcomed, deaf
            document = document_of(message)
            if isinstance(document, dict) and document["type"] == "auth_success":
                welcomed, deaf = True, bool(lost)
                lost.clear()
            if not (deaf and isinstance(document, dict) and "payload" in document):
                await send(message)

        def hear(message: Message) -> Message:
            if welcomed and message.get("code") in ABNORMAL:
                lost.add("a connection")
            return message

        return Line(say=say, hear=hear)

    return connect


def announced_first() -> Handler:
    """Answer reads of shots and generations with the state before the last one."""
    behind = one_behind()

    async def handler(call: Call, ask: Ask) -> Answer:
        listed = call.path.endswith("/") or not call.path.startswith(("/shots/", "/generations/"))
        return await (ask(call) if listed else behind(call, ask))

    return handler


@dataclass(slots=True, kw_only=True, eq=False)
class Listener:
    """A connection as others see it; ``organization`` is ``None`` before it has authenticated."""

    send: Send
    organization: str | None = None
    heard: set[str] = field(default_factory=set)


def overheard(holds: Callable[[Listener, Listener], bool]) -> Wrap:
    """Send events to other connections as well: those of which something holds."""

    def begin() -> Callable[[], Line]:
        listeners: list[Listener] = []

        def connect() -> Line:
            mine: list[Listener] = []

            async def say(message: Message, send: Send) -> None:
                await send(message)
                if message["type"] == "websocket.accept":
                    mine.append(Listener(send=send))
                    listeners.extend(mine)
                if message["type"] == "websocket.close":
                    listeners[:] = [one for one in listeners if one not in mine]
                document = document_of(message)
                if isinstance(document, dict) and document["type"] == "auth_success":
                    mine[0].organization = document["organization_id"]
                elif isinstance(document, dict) and "payload" in document:
                    others = [one for one in listeners if holds(mine[0], one)]
                    await spread(message, others)

            return Line(say=say)

        return connect

    return conversing(begin)


async def spread(message: Message, listeners: list[Listener]) -> None:
    """Send an event to connections that it is not meant for, a few times at most."""
    for listener in listeners:
        text = message["text"]
        if text not in listener.heard and len(listener.heard) < ENOUGH:
            listener.heard.add(text)
            with suppress(Exception):  # the connection may be gone
                await listener.send({"type": "websocket.send", "text": text})


def disordered(name: str, consequence: str, wrap: Wrap) -> Fault:
    """Return a fault that lets a thing take a status that cannot follow."""
    return websocket(name, "status-out-of-order", consequence, wrap)


def reopened(name: str, consequence: str, wrap: Wrap) -> Fault:
    """Return a fault that lets a thing leave a status that is final."""
    return websocket(name, "change-after-final-status", consequence, wrap)


def divergent(name: str, consequence: str, wrap: Wrap) -> Fault:
    """Return a fault that tells something else than REST does."""
    return websocket(name, "stale-or-divergent-event", consequence, wrap)


ORDER = (
    disordered(
        "generation-waits-again",
        "A bar that shows progress runs back.",
        turning(begin_starting_again, "generation_updated"),
    ),
    disordered(
        "image-waits-again",
        "A client shows an image as waiting that is being made.",
        turning(begin_going_back, "generation_*"),
    ),
    disordered(
        "revision-waits-again",
        "A client shows a revision as not ready that was up for review.",
        told(CHANGED, approved(put("revisions/*/shot_revision_status", "pending"))),
    ),
    reopened(
        "progress-after-completion",
        "A client that stopped at the end waits for another one.",
        turning(begin_repeating_last, "generation_[uc][po]*"),
    ),
    reopened(
        "image-made-again",
        "A client takes away an image that was ready.",
        told(
            DONE,
            at(PREDICTIONS, when({"status": "completed"}, put("status", "generating"))),
        ),
    ),
    reopened(
        "shot-open-after-approval",
        "A client asks for a second verdict on what is settled.",
        followed_by(CHANGED, put("payload/status", "review"), status="approved"),
    ),
)
TIMES = (
    websocket(
        "completion-turns-time-back",
        "decreasing-update-time",
        "A client that keeps the newer of two states never sees the end.",
        told(DONE, back_in_time("payload")),
    ),
    websocket(
        "image-turns-time-back",
        "decreasing-update-time",
        "A client that keeps the newer of two states never shows the image.",
        told(DONE, back_in_time(PREDICTIONS)),
    ),
    websocket(
        "shot-turns-time-back",
        "decreasing-update-time",
        "A client that keeps the newer of two states never sees the approval.",
        told(CHANGED, approved(back_in_time(""))),
    ),
    websocket(
        "generation-made-again",
        "changed-fixed-value",
        "A generation jumps in a list by age at each step.",
        told("generation_*", made_when_changed("payload")),
    ),
    websocket(
        "shot-made-again",
        "changed-fixed-value",
        "A shot jumps in a list by age at each change.",
        told("shot_*", made_when_changed("payload")),
    ),
    websocket(
        "generation-changes-owner",
        "changed-fixed-value",
        "A client shows the images of a user to another one.",
        told(DONE, put("payload/owner_id", VIEWER)),
    ),
)
LOSSES = (
    websocket(
        "completion-lost",
        "lost-final-event",
        "A client waits for ever for images that are ready.",
        turning(lambda: lambda _: [], DONE),
    ),
    websocket(
        "approval-lost",
        "lost-final-event",
        "A second user goes on judging a shot that is settled.",
        turning(
            lambda: lambda event: [event] if event["payload"]["status"] != "approved" else [],
            CHANGED,
        ),
    ),
    websocket(
        "stream-dries-up",
        "lost-final-event",
        "A connection that looks alive tells nothing any more.",
        turning(begin_losing, "[gs][eh]*"),
    ),
    websocket(
        "deaf-after-loss",
        "lost-on-reconnect",
        "A client that comes back after its network has failed waits for ever.",
        conversing(begin_forgetting),
    ),
)
DIVERGENCES = (
    divergent(
        "event-with-other-seed",
        "A client that repeats an image makes another one.",
        told("generation_*", at("payload/seed", lambda seed: seed + 1)),
    ),
    divergent(
        "event-without-predictions",
        "A client shows no images until it asks for them.",
        told("generation_*", put("payload/predictions", [])),
    ),
    divergent(
        "event-with-inner-address",
        "A client cannot reach the host that it is told to fetch images from.",
        told(
            DONE,
            at(
                f"{PREDICTIONS}/result_image_url",
                lambda url: url and f"http://minio:9000/{url.rpartition('/')[2]}",
            ),
        ),
    ),
    divergent(
        "event-without-shot-type",
        "A client shows a shot without its type until it asks for it.",
        told("shot_*", put("payload/shot_type", None)),
    ),
    divergent(
        "event-one-state-behind",
        "A client always shows the state before the last change.",
        turning(begin_lagging, "[gs][eh]*"),
    ),
    divergent(
        "event-before-commit",
        "A client that asks for what it was told of gets the state before.",
        handled("GET|POST /**", announced_first),
    ),
)
STRANGERS = (
    websocket(
        "events-of-everybody",
        "foreign-event",
        "One customer hears what another one does.",
        overheard(lambda mine, other: other.organization not in (None, mine.organization)),
    ),
    websocket(
        "events-for-anyone",
        "message-before-authentication",
        "Whoever connects hears what customers do without logging in.",
        overheard(lambda _, other: other.organization is None),
    ),
)
FAULTS = (*ORDER, *TIMES, *LOSSES, *DIVERGENCES, *STRANGERS)
