"""Variants in what requests mean: defaults, pages, orders, what is demanded and where."""

from __future__ import annotations

from sartiq_sandbox.faults.edit import Edit, at, both, plus, put
from sartiq_sandbox.faults.exchange import Answer, Ask, Call, asked, changed, handled, refusal
from sartiq_sandbox.faults.fault import Json
from sartiq_sandbox.variants.variant import of_answers, parameter, schema

__all__ = ["VARIANTS"]

NOT_FOUND = 404
LAST_PAGE = 999_999
STYLES, MOVED = "/api/v1/styles/", "/api/v1/catalogue/styles/"


async def demanding_season(call: Call, ask: Ask) -> Answer:
    """Refuse a shooting without a season."""
    document = call.document()
    if isinstance(document, dict) and document.get("season") is None:
        call = call.with_document({**document, "season": 0})
    return await ask(call)


async def counting_from_zero(call: Call, ask: Ask) -> Answer:
    """Count the pages of styles from 0."""
    page = call.parameters().get("page", "0")
    number = str(int(page) + 1) if page.isdecimal() else page
    answer = await ask(call.with_parameters(page=number))
    document = answer.document()
    if not isinstance(document, dict) or "page" not in document:
        return answer
    return answer.with_document(document | {"page": document["page"] - 1})


async def moved(call: Call, ask: Ask) -> Answer:
    """Answer for styles at another path."""
    return refusal(NOT_FOUND, "Not Found") if call.path == "/styles/" else await ask(call)


def smaller(call: Call) -> Call:
    """Give 10 items where the client does not say how many."""
    return call if "size" in call.parameters() else call.with_parameters(size="10")


def two_images(call: Call) -> Call:
    """Make two images where the client does not say how many."""
    document = call.document()
    if not isinstance(document, dict) or "num_predictions" in document:
        return call
    return call.with_document({**document, "num_predictions": 2})


def moved_path(document: Json) -> Json:
    """Document styles at another path."""
    if STYLES in document.get("paths", {}):
        document["paths"][MOVED] = document["paths"].pop(STYLES)
    return document


def zero_based(document: Json) -> Json:
    """Document that the pages of styles count from 0."""
    for given in document.get("paths", {}).get(STYLES, {}).get("get", {}).get("parameters", ()):
        if given["name"] == "page":
            given["schema"] |= {"minimum": 0, "maximum": LAST_PAGE, "default": 0}
    return schema("Styles", plus("properties/page", minimum=0))(document)


def required(name: str) -> Edit:
    """Return the edit that demands a member."""
    return lambda value: value | {"required": [*value["required"], name]}


VARIANTS = (
    of_answers(
        "season-required",
        "A client that does not know of seasons can make no shooting.",
        handled("POST /shootings/", lambda: demanding_season),
        schema(
            "ShootingCreate",
            both(
                required("season"),
                put("properties/season", {"type": "string", "maxLength": 255, "title": "Season"}),
            ),
        ),
    ),
    of_answers(
        "ten-items-by-default",
        "A client that shows the first page shows half of it.",
        asked("GET /**", smaller),
        parameter("size", plus("", default=10)),
    ),
    of_answers(
        "two-images-by-default",
        "A client that asks for an image pays for two.",
        asked("POST /shots/*/generate", two_images),
        schema("GenerateShot", plus("properties/num_predictions", default=2)),
    ),
    of_answers(
        "pages-of-styles-from-zero",
        "A client that asks for the first page gets the second.",
        handled("GET /styles/", lambda: counting_from_zero),
        zero_based,
    ),
    of_answers(
        "shot-types-newest-first",
        "A client that takes the first shot type takes another one.",
        changed("GET /shot-types/", at("items", lambda items: items[::-1])),
    ),
    of_answers(
        "styles-moved",
        "A client that lists styles finds nothing there.",
        handled("GET /styles/", lambda: moved),
        moved_path,
    ),
)
