"""Faults between operations: effects that come twice, and things that do not belong together."""

from __future__ import annotations

from dataclasses import replace

from sartiq_sandbox.faults.edit import Edit, at, put, when
from sartiq_sandbox.faults.exchange import OK, Answer, Ask, Call, Handler, changed, handled
from sartiq_sandbox.faults.fault import Fault, Json, Wrap, rest

__all__ = ["FAULTS"]

CONFLICT, NOT_FOUND = 409, 404
STRANGE = "0dd00000-0000-4000-8000-000000000001"
ANY_SHOT = "GET|POST /shots/**"


def unpaired(name: str, consequence: str, wrap: Wrap) -> Fault:
    """Return a fault that shows things together that do not belong together."""
    return rest(name, "inconsistent-pair", consequence, wrap)


def doubled(name: str, consequence: str, wrap: Wrap) -> Fault:
    """Return a fault that lets something happen twice."""
    return rest(name, "double-effect", consequence, wrap)


def reading(call: Call) -> Call:
    """Return the call that reads the shot of a call such as ``POST /shots/<id>/approve``."""
    path = call.path.rpartition("/")[0]
    return replace(call, method="GET", path=path, query="", body=b"")


async def stored_twice(call: Call, ask: Ask) -> Answer:
    """Carry out twice what is asked for once."""
    answer = await ask(call)
    if answer.status == OK:
        await ask(call)
    return answer


def judged_again(verdict: str) -> Handler:
    """Take a verdict on a shot that has had it already."""

    async def handler(call: Call, ask: Ask) -> Answer:
        answer = await ask(call)
        if answer.status != CONFLICT:
            return answer
        shot = await ask(reading(call))
        return shot if shot.document().get("status") == verdict else answer

    return handler


def begin_starting_twice() -> Handler:
    """Tell of a second generation while the first one is running."""
    started: dict[str, Answer] = {}

    async def handler(call: Call, ask: Ask) -> Answer:
        answer = await ask(call)
        if answer.status == OK:
            started[call.path] = answer
        running = answer.status == CONFLICT and call.path in started
        if not running or (await ask(reading(call))).document()["status"] != "generating":
            return answer
        second = started[call.path]
        return second.with_document({**second.document(), "id": STRANGE})

    return handler


async def any_prediction(call: Call, ask: Ask) -> Answer:
    """Take an image of the shot for one that is not of it."""
    answer = await ask(call)
    shot = (await ask(reading(call))).document()
    if answer.status != NOT_FOUND or not shot.get("revisions"):
        return answer
    image = shot["revisions"][-1]["images"][0]["prediction_id"]
    return await ask(call.with_document({"prediction_id": image}))


async def another_image(call: Call, ask: Ask) -> Answer:
    """Settle a shot with another image than the one that was chosen."""
    shot = (await ask(reading(call))).document()
    chosen = call.member("prediction_id")
    images = [image for one in shot.get("revisions", [])[-1:] for image in one["images"]]
    others = [image["prediction_id"] for image in images if image["prediction_id"] != chosen]
    own = len(others) < len(images)
    return await ask(call.with_document({"prediction_id": others[-1]}) if own and others else call)


def twins(document: Json) -> Json:
    """Show each shot of a look twice."""
    return {**document, "shots": [shot for shot in document["shots"] for _ in range(2)]}


def current_elsewhere() -> Edit:
    """Let the current revision be none of the revisions."""
    return at("current_revision_id", lambda identifier: identifier and STRANGE)


DOUBLES = (
    doubled(
        "product-stored-twice",
        "A user finds each new product twice.",
        handled("POST /products/", lambda: stored_twice),
    ),
    doubled(
        "approved-twice",
        "Two users settle one shot, and each believes that their image was taken.",
        handled("POST /shots/*/approve", lambda: judged_again("approved")),
    ),
    doubled(
        "generation-started-twice",
        "A double click costs twice the images.",
        handled("POST /shots/*/generate", begin_starting_twice),
    ),
    doubled(
        "rework-counted-twice",
        "One rejection uses up two reworks.",
        changed(ANY_SHOT, when({"status": "rejected"}, at("rework_used", lambda used: 2 * used))),
    ),
)
PAIRS = (
    unpaired(
        "foreign-prediction-approved",
        "A shot is settled with an image that is not of it.",
        handled("POST /shots/*/approve", lambda: any_prediction),
    ),
    unpaired(
        "other-image-approved",
        "A shot is settled with another image than the one that was chosen.",
        handled("POST /shots/*/approve", lambda: another_image),
    ),
    unpaired(
        "predictions-of-other-generation",
        "A client that sorts images by generation shows none.",
        changed("GET /generations/*", put("predictions/*/generation_id", STRANGE)),
    ),
    unpaired(
        "one-prediction-too-few",
        "A user pays for four images and gets three.",
        changed("POST /shots/*/generate", at("predictions", lambda images: images[:-1])),
    ),
    unpaired(
        "each-shot-twice",
        "A client shows twice the shots that were asked for.",
        changed("POST /shootings/*/looks", twins),
    ),
    unpaired(
        "current-revision-missing",
        "A client does not find the revision that it should show.",
        changed(ANY_SHOT, current_elsewhere()),
    ),
)
FAULTS = (*DOUBLES, *PAIRS)
