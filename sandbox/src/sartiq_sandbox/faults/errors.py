"""Faults in what errors say: their shape, the place that they name, and what they give away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sartiq_sandbox.faults.bearer import token_of
from sartiq_sandbox.faults.edit import Edit, at, plus, put, without
from sartiq_sandbox.faults.exchange import (
    Answer,
    Ask,
    Call,
    answered,
    changed,
    handled,
    refusal,
    replaced,
)
from sartiq_sandbox.faults.fault import Fault, Json, Wrap, rest

__all__ = ["FAULTS"]

PRODUCTS, PRODUCT, SHOOTINGS = "POST /products/", "GET /products/*", "POST /shootings/"
TRACEBACK = """Traceback (most recent call last):
  File "/srv/app/sartiq/api/products.py", line 88, in list_products
    rows = session.execute(query.offset(offset)).all()
sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) server closed the connection"""
QUERY = (
    "(psycopg2.errors.NoResultFound) [SQL: SELECT products.id, products.organization_id "
    "FROM products WHERE products.id = %(id_1)s]"
)
PLACE = "cannot parse /srv/app/sartiq/uploads/tmp3k2f9x.bin"


def misshapen(name: str, consequence: str, wrap: Wrap) -> Fault:
    """Return a fault that breaks the schema of an error."""
    return rest(name, "response-schema-violation", consequence, wrap)


def misplaced(name: str, consequence: str, route: str, change: Edit) -> Fault:
    """Return a fault that changes the ``loc`` of every failure of a 422."""
    wrap = changed(route, at("detail", relocated(change)), status=422)
    return rest(name, "misplaced-error-location", consequence, wrap)


def relocated(change: Edit) -> Edit:
    """Change every ``loc`` of a list of failures; a body that is no JSON keeps its place."""

    def edit(detail: Json) -> Json:
        if not isinstance(detail, list) or detail[0]["type"] == "json_invalid":
            return detail
        return at("*/loc", change)(detail)

    return edit


def next_index(place: list[str | int]) -> list[str | int]:
    """Count the items of a list from one more than they are."""
    return [step + 1 if isinstance(step, int) else step for step in place]


def failing(route: str, holds: Callable[[Call], bool], detail: str) -> Wrap:
    """Answer 500 with a detail to calls of which something holds."""

    async def handler(call: Call, ask: Ask) -> Answer:
        return refusal(500, detail) if holds(call) else await ask(call)

    return handled(route, lambda: handler)


def told(status: int, detail: Callable[[Call], Json]) -> Callable[[Call, Answer], Answer]:
    """Give an error another detail, made of the call."""

    def change(call: Call, answer: Answer) -> Answer:
        shown = refusal(status, detail(call))
        return replace(answer, body=shown.body)

    return change


SHAPES = (
    misshapen(
        "detail-as-object",
        "A client that shows the detail of a 404 shows [object Object].",
        changed(PRODUCT, put("detail", {"code": 404}), status=404),
    ),
    misshapen(
        "detail-as-list",
        "A client that shows the detail of a 409 fails.",
        changed("POST /shots/*/reject", at("detail", lambda text: [text]), status=409),
    ),
    misshapen(
        "refusal-without-detail",
        "A client cannot say why it was logged out.",
        changed("GET /users/me", lambda _: {"error": "unauthorized"}, status=401),
    ),
    misshapen(
        "forbidden-with-number",
        "A client that shows why a viewer may not write shows a number.",
        changed(PRODUCTS, put("detail", 403), status=403),
    ),
    misshapen(
        "undecodable-body-without-detail",
        "A client cannot say why its body was refused.",
        changed(SHOOTINGS, without("detail"), status=400),
    ),
    misshapen(
        "invalid-with-text",
        "A form cannot show what is wrong beside its fields.",
        changed(SHOOTINGS, put("detail", "Invalid request"), status=422),
    ),
    misshapen(
        "failure-without-place",
        "A form does not know which field is wrong.",
        changed(PRODUCTS, without("detail/*/loc"), status=422),
    ),
    rest(
        "plain-text-404",
        "undocumented-media-type",
        "A client that parses the error fails at the text.",
        replaced("GET /shots/*", 404, "Not Found", "text/plain; charset=utf-8"),
    ),
    rest(
        "login-page-for-401",
        "undocumented-media-type",
        "A client that parses the error fails at a page for people.",
        replaced("GET /shots/", 401, "<!doctype html><p>Please log in</p>", "text/html"),
    ),
    rest(
        "page-called-json",
        "malformed-response-body",
        "A client that parses the error fails, for it trusts the media type.",
        replaced("GET /generations/*", 404, "<html><h1>404</h1></html>", "application/json"),
    ),
)
LOCATIONS = (
    misplaced(
        "place-of-other-field",
        "A user corrects the sku, though the name was wrong.",
        PRODUCTS,
        lambda _: ["body", "colour"],
    ),
    misplaced(
        "place-in-other-part",
        "A user looks for the mistake in a body that was never sent.",
        "GET /products/",
        lambda place: ["body", *place[1:]],
    ),
    misplaced(
        "place-of-whole-body",
        "A form does not know which field is wrong.",
        SHOOTINGS,
        lambda _: ["body"],
    ),
    misplaced(
        "place-without-steps",
        "A form does not know which field is wrong.",
        "POST /shots/*/generate",
        lambda _: [],
    ),
    misplaced(
        "place-one-item-further",
        "A user corrects the item after the one that is wrong.",
        "POST /shootings/*/looks",
        next_index,
    ),
    misplaced(
        "place-by-internal-name",
        "A client does not recognise the parameter that is wrong.",
        PRODUCT,
        lambda place: [*place[:-1], "pk"],
    ),
    misplaced(
        "place-by-other-spelling",
        "A form does not find its field under a name in another style.",
        "POST /shots/*/approve",
        lambda place: [*place[:-1], str(place[-1]).title().replace("_", "")],
    ),
)
LEAKS = (
    rest(
        "traceback-in-500",
        "leaked-internals",
        "An attacker learns versions, files and the database.",
        failing(
            "GET /products/", lambda call: call.parameters().get("page") == "1000000", TRACEBACK
        ),
    ),
    rest(
        "traceback-in-422",
        "leaked-internals",
        "An attacker learns versions and files by any wrong request.",
        changed(PRODUCTS, plus("detail/*", ctx={"error": TRACEBACK}), status=422),
    ),
    rest(
        "sql-in-404",
        "leaked-internals",
        "An attacker learns the tables.",
        changed(PRODUCT, put("detail", QUERY), status=404),
    ),
    rest(
        "path-in-400",
        "leaked-internals",
        "An attacker learns where files lie.",
        changed("POST /products/**", put("detail", PLACE), status=400),
    ),
    rest(
        "token-in-401",
        "leaked-secret",
        "A token stands in every log that keeps errors.",
        answered(
            "* /users/me",
            told(401, lambda call: f"Could not validate {token_of(call) or 'nothing'}"),
            status=401,
        ),
    ),
    rest(
        "password-in-401",
        "leaked-secret",
        "A password stands in every log that keeps errors.",
        answered(
            "POST /login/access-token",
            told(401, lambda call: f"Incorrect email or password: {call.body.decode('latin-1')}"),
            status=401,
        ),
    ),
    rest(
        "password-hash-in-user",
        "leaked-secret",
        "Whoever reads the profile can guess the password at leisure.",
        changed(
            "GET /users/me",
            plus("", password_hash="$argon2id$v=19$m=7168,t=5,p=1$c2FsdHNhbHQ$aGFzaGhhc2g"),  # noqa: S106
        ),
    ),
    rest(
        "internal-members-of-generation",
        "undeclared-response-field",
        "Clients begin to rely on what nobody promised.",
        changed("GET /generations/*", plus("", worker_id="worker-3", lease_until=1_705_312_800.5)),
    ),
    rest(
        "internal-member-of-prediction",
        "undeclared-response-field",
        "Clients learn where images are stored, two levels down.",
        changed("GET /generations/*", plus("predictions/*", storage_key="s3://sartiq-raw/93ed")),
    ),
)
FAULTS = (*SHAPES, *LOCATIONS, *LEAKS)
