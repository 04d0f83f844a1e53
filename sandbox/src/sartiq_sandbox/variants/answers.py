"""Variants in what answers look like; each is as its own document says."""

from __future__ import annotations

from dataclasses import replace

from sartiq_sandbox.faults.edit import at, both, plus, put
from sartiq_sandbox.faults.exchange import Answer, Call, answered, changed
from sartiq_sandbox.faults.fault import Json
from sartiq_sandbox.variants.variant import everywhere, of_answers, schema

__all__ = ["VARIANTS"]

CREATED = 201
UNAUTHORIZED = 401
PRODUCTS = "/api/v1/products/"


def renamed(value: Json) -> Json:
    """Call the sku of a product its code."""
    if not isinstance(value, dict) or "sku" not in value:
        return value
    return {("stock_code" if name == "sku" else name): item for name, item in value.items()}


def renamed_in_schema(value: Json) -> Json:
    """Call the sku of a product its code, in the schema."""
    names = ["stock_code" if name == "sku" else name for name in value["required"]]
    return value | {"properties": renamed(value["properties"]), "required": names}


def created(document: Json) -> Json:
    """Document 201 in the place of 200."""
    if "paths" not in document:
        return document
    answers = document["paths"][PRODUCTS]["post"]["responses"]
    document["paths"][PRODUCTS]["post"]["responses"] = {
        ("201" if status == "200" else status): answer for status, answer in answers.items()
    }
    return document


def bare(document: Json) -> Json:
    """Document no header of a 401."""
    for item in document.get("paths", {}).values():
        for operation in item.values():
            operation["responses"].get("401", {}).pop("headers", None)
    return document


def whole_seconds(value: Json) -> Json:
    """Cut moments to seconds."""
    if not isinstance(value, dict):
        return value
    times = ("created_at", "updated_at", "completed_at")
    return {
        name: f"{item.partition('.')[0]}Z" if name in times and isinstance(item, str) else item
        for name, item in value.items()
    }


def day(moment: str | None) -> str | None:
    """Leave out the time."""
    return moment and moment[:10]


def without_header(_: Call, answer: Answer) -> Answer:
    """Do not say how to authenticate."""
    return answer.with_header("www-authenticate", None)


VARIANTS = (
    of_answers(
        "sku-renamed",
        "A client that shows the sku of a product finds none.",
        changed("GET|POST /products/**", everywhere(renamed)),
        schema("Product", renamed_in_schema),
    ),
    of_answers(
        "brand-name-nullable",
        "A client that sorts brands by name fails.",
        changed("GET /brands/", put("items/*/name", None)),
        schema(
            "Brand",
            put(
                "properties/name",
                {"anyOf": [{"type": "string"}, {"type": "null"}], "title": "Name"},
            ),
        ),
    ),
    of_answers(
        "total-as-text",
        "Arithmetic with the number of products fails or joins texts.",
        changed("GET /products/", at("total", str)),
        schema("Products", put("properties/total", {"type": "string", "title": "Total"})),
    ),
    of_answers(
        "real-subjects-gone",
        "A client that offers real models has none to offer.",
        changed("GET /subjects/", put("items/*/subject_type", "AI")),
        schema("SubjectType", put("enum", ["AI"])),
    ),
    of_answers(
        "due-date-without-time",
        "A client that reads a moment fails at a date.",
        changed("* /shootings/**", both(at("due_date", day), at("items/*/due_date", day))),
        schema(
            "Shooting",
            put(
                "properties/due_date",
                {
                    "anyOf": [{"type": "string", "format": "date"}, {"type": "null"}],
                    "title": "Due Date",
                },
            ),
        ),
    ),
    of_answers(
        "times-in-whole-seconds",
        "A client that orders by time mixes up what happened within a second.",
        changed("GET|POST /products/**", everywhere(whole_seconds)),
    ),
    of_answers(
        "product-created-with-201",
        "A client that waits for 200 takes the product for not made.",
        answered("POST /products/", lambda _, answer: replace(answer, status=CREATED)),
        created,
    ),
    of_answers(
        "challenge-gone",
        "A client that follows the challenge of a 401 does not log in again.",
        answered("* /**", without_header, status=UNAUTHORIZED),
        bare,
    ),
    of_answers(
        "maker-told",
        "A client that refuses members it does not know refuses the product.",
        changed("GET /products/*", plus("", maker="unknown")),
        schema("Product", plus("properties", maker={"type": "string", "title": "Maker"})),
    ),
)
