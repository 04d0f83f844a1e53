"""Faults in what answers look like: types, missing and null members, enumerations, formats."""

from __future__ import annotations

import json

from sartiq_sandbox.faults.edit import at, put, when, without
from sartiq_sandbox.faults.exchange import changed, every, handled
from sartiq_sandbox.faults.fault import Fault, Json, Wrap, rest

__all__ = ["FAULTS"]


def wrong(name: str, consequence: str, wrap: Wrap) -> Fault:
    """Return a fault that breaks the schema of an answer."""
    return rest(name, "response-schema-violation", consequence, wrap)


def keyed(items: list[dict[str, Json]]) -> dict[str, Json]:
    """Return a list of things as an object with their ids as names."""
    return {item["id"]: item for item in items}


TYPES = (
    wrong(
        "total-as-text",
        "Arithmetic with the number of products fails or joins texts.",
        changed("GET /products/", at("total", str)),
    ),
    wrong(
        "seed-with-fraction",
        "A client that reads the seed as an integer fails or cuts it.",
        changed("GET /generations/*", at("seed", lambda seed: seed + 0.5)),
    ),
    wrong(
        "answer-encoded-twice",
        "A client gets a text that has to be parsed once more.",
        changed("GET /schema", json.dumps),
    ),
)
ABSENCES = (
    wrong(
        "missing-sku",
        "A client that shows a product finds no sku.",
        changed("GET /products/*", without("sku")),
    ),
    wrong(
        "missing-seed-of-prediction",
        "A client cannot repeat an image, two levels down.",
        changed("GET /generations/*", without("predictions/*/seed")),
    ),
    wrong(
        "missing-images-when-empty",
        "A client that counts images fails for products without one.",
        changed("GET|POST /products/**", when({"images": []}, without("images"))),
    ),
    wrong(
        "null-items-when-empty",
        "A loop over an empty list of shots fails.",
        changed("GET /shots/", when({"items": []}, put("items", None))),
    ),
    wrong(
        "null-brand-name",
        "A client that sorts brands by name fails.",
        changed("GET /brands/", put("items/*/name", None)),
    ),
)
VALUES = (
    wrong(
        "unknown-subject-type",
        "A client without a branch for the value fails.",
        changed("GET /subjects/", put("items/*/subject_type", "ROBOT")),
    ),
    wrong(
        "lower-case-view-angle",
        "A client that compares with the published values finds no shot type.",
        changed("GET /shot-types/", at("items/*/view_angle", str.lower)),
    ),
    wrong(
        "page-counted-from-zero",
        "A client that asks for the next page gets the same one again.",
        changed("GET /styles/", at("page", lambda page: page - 1)),
    ),
    wrong(
        "id-without-hyphens",
        "A client that keeps ids as texts does not recognise the shooting.",
        changed("GET /shootings/*", at("id", lambda text: text.replace("-", ""))),
    ),
    wrong(
        "moment-without-offset",
        "A client takes the moment for one of its own time zone.",
        changed("GET /shootings/*", at("created_at", lambda text: text.rstrip("Z"))),
    ),
    wrong(
        "relative-image-address",
        "A client cannot fetch the image: it does not know the host.",
        changed("GET /products/*", at("images/*/url", lambda url: f"/{url.partition('//')[2]}")),
    ),
    wrong(
        "email-without-domain",
        "A client cannot write to the user.",
        changed("GET /users/me", at("email", lambda email: email.partition("@")[0])),
    ),
)
OCCASIONS = (
    wrong(
        "approved-shot-without-image",
        "A client shows nothing as soon as a shot is approved.",
        changed("GET|POST /shots/**", when({"status": "approved"}, without("current_image_url"))),
    ),
    wrong(
        "rejected-shot-with-number-as-text",
        "A client that counts reworks fails as soon as a shot is rejected.",
        changed("GET|POST /shots/**", when({"status": "rejected"}, at("rework_used", str))),
    ),
    wrong(
        "version-as-text-from-the-second-on",
        "A client fails as soon as a shot has two revisions.",
        changed(
            "GET /shots/*",
            at(
                "revisions/*",
                lambda one: one if one["version"] == 1 else {**one, "version": str(one["version"])},
            ),
        ),
    ),
    wrong(
        "running-generation-without-predictions",
        "A client fails while it waits for images, and never afterwards.",
        changed("GET|POST /**", when({"completed_at": None}, without("predictions"))),
    ),
    wrong(
        "null-status-in-one-answer-of-ten",
        "A client fails now and then, and nobody can repeat it.",
        handled(
            "GET /shots/*",
            every(
                10,
                lambda _, answer: answer.with_document({**answer.document(), "status": None}),
            ),
        ),
    ),
)
FAULTS = (*TYPES, *ABSENCES, *VALUES, *OCCASIONS)
