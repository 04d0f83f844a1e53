"""Faults of HTTP itself: status, media type, headers, methods and the bytes of the body."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sartiq_sandbox.faults.edit import put
from sartiq_sandbox.faults.exchange import (
    OK,
    Answer,
    Ask,
    Call,
    Handler,
    answered,
    changed,
    handled,
    refusal,
)
from sartiq_sandbox.faults.fault import Json, Wrap, rest

__all__ = ["FAULTS"]

NOT_FOUND, NOT_ALLOWED = 404, 405
FAILURE = refusal(500, "Internal Server Error")


def status(code: int) -> Callable[[Call, Answer], Answer]:
    """Give an answer another status."""
    return lambda _, answer: replace(answer, status=code)


def header(name: str, value: str | None) -> Callable[[Call, Answer], Answer]:
    """Give an answer another value of a header, or none."""
    return lambda _, answer: answer.with_header(name, value)


def body(change: Callable[[bytes], bytes]) -> Callable[[Call, Answer], Answer]:
    """Give an answer another body."""
    return lambda _, answer: replace(answer, body=change(answer.body))


def failing(route: str, holds: Callable[[Call], bool]) -> Wrap:
    """Answer 500 to the calls of which something holds."""

    async def handler(call: Call, ask: Ask) -> Answer:
        return FAILURE if holds(call) else await ask(call)

    return handled(route, lambda: handler)


def failing_while(route: str, member: str, value: Json) -> Wrap:
    """Answer 500 in the place of documents whose member has a value."""

    def change(_: Call, answer: Answer) -> Answer:
        return FAILURE if answer.document().get(member) == value else answer

    return answered(route, change)


def empty_is_no_content(_: Call, answer: Answer) -> Answer:
    """Answer 204 where a list is empty."""
    if answer.document()["items"]:
        return answer
    return Answer(status=204, headers=(), body=b"")


def begin_failing_often() -> Handler:
    """Answer 500 to one call in ten, counted."""
    seen = 0

    async def handler(call: Call, ask: Ask) -> Answer:
        nonlocal seen
        seen += 1
        return await ask(call) if seen % 10 else FAILURE

    return handler


def text_member(call: Call, name: str) -> str:
    """Return a member of the body, empty where it is no text."""
    value = call.member(name)
    return value if isinstance(value, str) else ""


STATUSES = (
    rest(
        "created-with-201",
        "undocumented-status",
        "A client that waits for 200 takes the new product for a failure.",
        answered("POST /products/", status(201)),
    ),
    rest(
        "empty-list-with-204",
        "undocumented-status",
        "A client that parses the list fails when it is empty.",
        answered("GET /shots/", empty_is_no_content),
    ),
    rest(
        "conflict-with-423",
        "undocumented-status",
        "A client that tries again after a 409 gives up.",
        answered("POST /shots/*/reject", status(423), status=409),
    ),
    rest(
        "unknown-generation-with-null",
        "answered-unknown-id",
        "A client that waits for a generation gets null and waits for ever.",
        answered(
            "GET /generations/*",
            lambda _, answer: replace(answer, status=OK, body=b"null"),
            status=NOT_FOUND,
        ),
    ),
)
FAILURES = (
    rest(
        "failure-at-unicode",
        "server-error",
        "A name with an accent cannot be stored.",
        failing("POST /products/", lambda call: not text_member(call, "name").isascii()),
    ),
    rest(
        "failure-at-longest-name",
        "server-error",
        "A name of the greatest length that is allowed cannot be stored.",
        failing("POST /shootings/", lambda call: len(text_member(call, "name")) >= 255),  # noqa: PLR2004
    ),
    rest(
        "failure-at-empty-text",
        "server-error",
        "A shooting cannot be stored when a text is left empty.",
        failing(
            "POST /shootings/",
            lambda call: "" in (call.member(name) for name in ("description", "season")),
        ),
    ),
    rest(
        "failure-at-last-page",
        "server-error",
        "A client that jumps to the end of a list gets an error.",
        failing("GET /brands/", lambda call: call.parameters().get("page") == "1000000"),
    ),
    rest(
        "failure-at-unknown-id",
        "server-error",
        "A client that follows an old link gets an error that it cannot explain.",
        answered("GET /shootings/*", lambda _, __: FAILURE, status=NOT_FOUND),
    ),
    rest(
        "failure-while-generating",
        "server-error",
        "A client that waits for a generation gets an error, and none afterwards.",
        failing_while("GET /generations/*", "completed_at", None),
    ),
    rest(
        "failure-in-one-call-of-ten",
        "server-error",
        "A client fails now and then, and nobody can repeat it.",
        handled("GET /subjects/", begin_failing_often),
    ),
    rest(
        "answer-cut-off",
        "unanswered-request",
        "A client waits for the rest of an answer whose connection breaks.",
        answered(
            "GET /shot-types/",
            lambda _, answer: replace(answer, body=answer.body[:40], length=len(answer.body)),
        ),
    ),
)
BODIES = (
    rest(
        "json-called-text",
        "undocumented-media-type",
        "A client that looks at the media type does not parse the answer.",
        answered("GET /users/me", header("content-type", "text/plain; charset=utf-8")),
    ),
    rest(
        "json-without-media-type",
        "missing-content-type",
        "A client has to guess what it was sent.",
        answered("GET /subjects/", header("content-type", None)),
    ),
    rest(
        "body-cut-short",
        "malformed-response-body",
        "The parser of the client fails at the last character.",
        answered("GET /brands/", body(lambda text: text[:-1])),
    ),
    rest(
        "not-a-number",
        "malformed-response-body",
        "The parser of a browser fails at NaN, which is no JSON.",
        changed("GET /generations/*", put("subject_lora_weight", float("nan"))),
    ),
    rest(
        "body-not-in-utf-8",
        "malformed-response-body",
        "The parser of the client fails at a name with an accent.",
        answered(
            "GET|POST /products/**",
            body(lambda text: text.decode().encode("latin-1", "replace")),
        ),
    ),
    rest(
        "empty-body",
        "malformed-response-body",
        "The parser of the client fails: there is nothing to parse.",
        answered("POST /login/test-token", body(lambda _: b"")),
    ),
)
METHODS = (
    rest(
        "refused-method-without-allow",
        "unsupported-method",
        "A client does not learn which methods there are.",
        answered("* /products/**", header("allow", None), status=NOT_ALLOWED),
    ),
    rest(
        "deletion-pretended",
        "unsupported-method",
        "A client believes that it has deleted what is still there.",
        answered("DELETE /products/*", status(OK), status=NOT_ALLOWED),
    ),
    rest(
        "allow-with-too-much",
        "allow-header-mismatch",
        "A client offers deletion, which then fails.",
        answered("* /shots/**", header("allow", "DELETE, GET"), status=NOT_ALLOWED),
    ),
)
FAULTS = (*STATUSES, *FAILURES, *BODIES, *METHODS)
