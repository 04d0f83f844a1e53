"""The faults: each shows where it should, nothing else breaks, and the healthy sandbox shows none."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import httpx
import jwt
import pytest
from sartiq_sandbox.command import main
from sartiq_sandbox.faults import CATALOGUE, Fault
from sartiq_sandbox.images import paint
from sartiq_sandbox.settings import SANDBOX_SECRET

from sandbox_server import Server
from sandbox_talk import (
    BRAND,
    FULL,
    GENERATION,
    HALF,
    LOOK,
    OTHER_PRODUCT,
    PENDING_SHOT,
    PREDICTION,
    PRODUCT,
    REVIEW_SHOT,
    SECOND_PREDICTION,
    SHOOTING,
    UNKNOWN,
    Socket,
    Talk,
    talking,
)

USERS = {
    name: f"05e70000-0000-4000-8000-00000000000{number}"
    for number, name in enumerate(("demo", "viewer", "other", "revoked"), 1)
}
FOREVER = 4_102_444_800
IDLE_TURNS = 60  # of the event loop without a message, after which none is waited for
PATIENCE = 1.0  # seconds after which a silent client is taken for forgotten
JSON = {"Content-Type": "application/json"}
UNDECODABLE: dict[str, Any] = {"content": b"\xff", "headers": JSON}
DRESS = {"name": "Dress", "sku": "d-1", "category": "dresses"}
CAMPAIGN = {"name": "Spring", "brand_id": BRAND}
MY_PRODUCT, MY_SHOOTING = f"/products/{PRODUCT}", f"/shootings/{SHOOTING}"
MY_SHOT, PENDING, MY_GENERATION = (
    f"/shots/{REVIEW_SHOT}",
    f"/shots/{PENDING_SHOT}",
    f"/generations/{GENERATION}",
)


def signed(user: str = "demo", end: float = FOREVER, key: str = SANDBOX_SECRET) -> str:
    """Return a token, made without the sandbox."""
    return jwt.encode({"sub": USERS[user], "exp": end}, key, "HS256")


def part(value: object) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


BAD_TOKENS = {
    "garbage": "garbage",
    "expired": signed(end=1_704_070_800),
    "other": signed(key="x" * 40),
    "unsigned": f"{part({'alg': 'none'})}.{part({'sub': USERS['demo'], 'exp': FOREVER})}.",
    "revoked": signed("revoked"),
}


class House:
    """A running sandbox whose data can be put back as they were in the beginning."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self._data = talk.app.state.sandbox.database._engine.raw_connection().driver_connection
        self._beginning = sqlite3.connect(":memory:")
        self._data.backup(self._beginning)

    def restore(self) -> None:
        """Put the data back."""
        self._beginning.backup(self._data)

    def close(self) -> None:
        """Forget the data."""
        self._beginning.close()


class Visitor(Talk):
    """A client that leaves nothing behind."""

    def socket(self) -> Socket:
        """Open a WebSocket."""
        opened = super().socket()
        self.opened = [*getattr(self, "opened", ()), opened]
        return opened

    def leave(self) -> None:
        """End all connections."""
        self.runner.run(self._leave())

    async def _leave(self) -> None:
        tasks = [opened._task for opened in getattr(self, "opened", ())]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, self.client.aclose(), return_exceptions=True)


@pytest.fixture(scope="module")
def quick_house() -> Iterator[House]:
    """Keep one sandbox for all faults."""
    with talking() as talk:
        house = House(talk)
        yield house
        house.close()


@contextmanager
def facing(house: House, fault: Fault | None, **options: Any) -> Iterator[Talk]:
    """Talk to a sandbox with a fault, or to a healthy one, as the demo user."""
    with talking(**options) if options else nullcontext(house.talk) as inner:
        talk = Visitor(fault.wrap(inner.app) if fault else inner.app, inner.runner)
        talk.hub = inner.app.state.sandbox.hub
        talk.headers = {"Authorization": f"Bearer {signed()}"}
        try:
            yield talk
        finally:
            talk.leave()
            house.restore()


def read(talk: Talk, path: str) -> Any:
    return talk.get(path).json()


def as_user(talk: Talk, name: str) -> Talk:
    talk.headers = {"Authorization": f"Bearer {signed(name)}"}
    return talk


def showing(talk: Talk, authorization: str | None, path: str = "/users/me") -> Any:
    talk.headers = {} if authorization is None else {"Authorization": authorization}
    return talk.get(path)


def product(talk: Talk, **members: Any) -> Any:
    return talk.post("/products/", json=DRESS | members)


def shooting(talk: Talk, **members: Any) -> Any:
    return talk.post("/shootings/", json=CAMPAIGN | members)


def look(talk: Talk, **members: Any) -> Any:
    return talk.post(f"{MY_SHOOTING}/looks", json=LOOK | members)


def approve(talk: Talk, prediction: str = PREDICTION) -> Any:
    return talk.post(f"{MY_SHOT}/approve", json={"prediction_id": prediction})


def reject(talk: Talk, **body: Any) -> Any:
    return talk.post(f"{MY_SHOT}/reject", json=body)


def generate(talk: Talk, count: int = 2, shot: str = PENDING) -> Any:
    return talk.post(f"{shot}/generate", json={"num_predictions": count})


def upload(talk: Talk, media_type: str = "image/png", content: bytes = b"", kind: str = "detail") -> Any:
    picture = ("a.png", content or paint(1).content, media_type)
    return talk.post(f"{MY_PRODUCT}/images", files={"file": picture}, data={"type": kind})


def kept(talk: Talk, path: str, made: Any) -> Any:
    return read(talk, f"{path}{made.json()['id']}")


def names(talk: Talk, path: str, key: str = "id") -> list[Any]:
    return [item[key] for item in read(talk, path)["items"]]


def places(answer: Any) -> list[Any]:
    return [failure["loc"] for failure in answer.json()["detail"]]


def tenth(ask: Callable[[], Any]) -> tuple[set[Any], Any]:
    """Return what nine times came, and what came the tenth time."""
    seen = [ask() for _ in range(10)]
    return set(seen[:9]), seen[9]


def differ(talk: Talk, path: str, other: str, strange: str) -> bool:
    """Say whether what another organisation has is answered otherwise than what nobody has."""
    as_user(talk, "other")
    return talk.get(path).content != talk.get(other).content and strange in talk.get(path).text


def twice_judged(talk: Talk) -> bool:
    return [approve(talk).status_code for _ in range(2)] == [200, 200]


def second_revision(talk: Talk) -> list[Any]:
    reject(talk)
    talk.generated(REVIEW_SHOT)
    return [revision["version"] for revision in read(talk, MY_SHOT)["revisions"]]


def image_of(shot: Any) -> str:
    return str(shot["revisions"][-1]["effective_image_url"])


REST: dict[str, Callable[[Talk], Any]] = {
    # shapes
    "total-as-text": lambda t: isinstance(read(t, "/products/")["total"], str),
    "seed-with-fraction": lambda t: read(t, MY_GENERATION)["seed"] % 1 != 0,
    "answer-encoded-twice": lambda t: isinstance(read(t, "/schema"), str),
    "missing-sku": lambda t: "sku" not in read(t, MY_PRODUCT),
    "missing-seed-of-prediction": lambda t: "seed" not in read(t, MY_GENERATION)["predictions"][1],
    "missing-images-when-empty": lambda t: "images" not in product(t).json(),
    "null-items-when-empty": lambda t: read(t, f"/shots/?shooting_id={UNKNOWN}")["items"] is None,
    "null-brand-name": lambda t: names(t, "/brands/", "name") == [None],
    "unknown-subject-type": lambda t: set(names(t, "/subjects/", "subject_type")) - {"AI", "REAL"},
    "lower-case-view-angle": lambda t: "front" in names(t, "/shot-types/", "view_angle"),
    "page-counted-from-zero": lambda t: read(t, "/styles/")["page"] == 0,
    "id-without-hyphens": lambda t: "-" not in read(t, MY_SHOOTING)["id"],
    "moment-without-offset": lambda t: not read(t, MY_SHOOTING)["created_at"].endswith("Z"),
    "relative-image-address": lambda t: read(t, MY_PRODUCT)["images"][0]["url"].startswith("/"),
    "email-without-domain": lambda t: "@" not in read(t, "/users/me")["email"],
    "approved-shot-without-image": lambda t: "current_image_url" not in approve(t).json(),
    "rejected-shot-with-number-as-text": lambda t: reject(t).json()["rework_used"] == "1",
    "version-as-text-from-the-second-on": lambda t: second_revision(t) == [1, "2"],
    "running-generation-without-predictions": lambda t: "predictions" not in generate(t).json(),
    "null-status-in-one-answer-of-ten": lambda t: (
        tenth(lambda: read(t, MY_SHOT)["status"]) == ({"review"}, None)
    ),
    # wire
    "created-with-201": lambda t: product(t).status_code == 201,
    "empty-list-with-204": lambda t: t.get(f"/shots/?shooting_id={UNKNOWN}").status_code == 204,
    "conflict-with-423": lambda t: t.post(f"{PENDING}/reject", json={}).status_code == 423,
    "unknown-generation-with-null": lambda t: t.get(f"/generations/{UNKNOWN}").text == "null",
    "failure-at-unicode": lambda t: product(t, name="Été").status_code == 500,
    "failure-at-longest-name": lambda t: shooting(t, name="x" * 255).status_code == 500,
    "failure-at-empty-text": lambda t: shooting(t, season="").status_code == 500,
    "failure-at-last-page": lambda t: t.get("/brands/?page=1000000").status_code == 500,
    "failure-at-unknown-id": lambda t: t.get(f"/shootings/{UNKNOWN}").status_code == 500,
    "failure-while-generating": lambda t: (
        t.get(f"/generations/{generate(t).json()['id']}").status_code == 500
    ),
    "failure-in-one-call-of-ten": lambda t: tenth(lambda: t.get("/subjects/").status_code) == ({200}, 500),
    "answer-cut-off": lambda t: (
        int((answer := t.get("/shot-types/")).headers["content-length"]) > len(answer.content)
    ),
    "json-called-text": lambda t: "text/plain" in t.get("/users/me").headers["content-type"],
    "json-without-media-type": lambda t: "content-type" not in t.get("/subjects/").headers,
    "body-cut-short": lambda t: not t.get("/brands/").text.endswith("}"),
    "not-a-number": lambda t: "NaN" in t.get(MY_GENERATION).text,
    "body-not-in-utf-8": lambda t: b"\xc9t\xe9" in product(t, name="Été").content,
    "empty-body": lambda t: t.post("/login/test-token").content == b"",
    "refused-method-without-allow": lambda t: "allow" not in t.send("PUT", MY_PRODUCT).headers,
    "deletion-pretended": lambda t: t.send("DELETE", MY_PRODUCT).status_code == 200,
    "allow-with-too-much": lambda t: "DELETE" in t.send("PUT", MY_SHOT).headers["allow"],
    # access
    "products-open-to-anyone": lambda t: showing(t, None, "/products/").status_code == 200,
    "creation-open-to-anyone": lambda t: (t.headers.clear(), product(t).status_code)[1] == 200,
    "malformed-header-accepted": lambda t: showing(t, signed()).status_code == 200,
    **{
        name: lambda t, kind=kind: showing(t, f"Bearer {BAD_TOKENS[kind]}").status_code == 200
        for name, kind in (
            ("garbage-token-accepted", "garbage"),
            ("expired-token-accepted", "expired"),
            ("other-signature-accepted", "other"),
            ("unsigned-token-accepted", "unsigned"),
            ("revoked-user-accepted", "revoked"),
        )
    },
    "refusal-without-challenge": lambda t: "www-authenticate" not in showing(t, None).headers,
    "refusal-with-other-challenge": lambda t: showing(t, None).headers["www-authenticate"] == "Basic",
    "missing-token-with-403": lambda t: showing(t, None).status_code == 403,
    "malformed-header-with-422": lambda t: showing(t, signed()).status_code == 422,
    "expired-token-with-400": lambda t: showing(t, f"Bearer {BAD_TOKENS['expired']}").status_code == 400,
    "failure-at-garbage-token": lambda t: showing(t, "Bearer garbage").status_code == 500,
    "models-only-with-token": lambda t: showing(t, None, "/generation-models/").status_code == 401,
    "viewer-may-create": lambda t: product(as_user(t, "viewer")).status_code == 200,
    # tenants
    "foreign-product-readable": lambda t: t.get(f"/products/{OTHER_PRODUCT}").status_code == 200,
    "foreign-shooting-readable": lambda t: as_user(t, "other").get(MY_SHOOTING).status_code == 200,
    "foreign-shot-rejectable": lambda t: reject(as_user(t, "other")).status_code == 200,
    "foreign-product-uploadable": lambda t: upload(as_user(t, "other")).status_code == 200,
    "products-of-everybody": lambda t: OTHER_PRODUCT in names(t, "/products/"),
    "foreign-product-with-other-words": lambda t: differ(
        t, MY_PRODUCT, f"/products/{UNKNOWN}", "organization"
    ),
    "foreign-shooting-with-403": lambda t: differ(t, MY_SHOOTING, f"/shootings/{UNKNOWN}", "permissions"),
    "foreign-shot-with-409": lambda t: (
        approve(as_user(t, "other")).status_code == 409
        and read(as_user(t, "demo"), MY_SHOT)["status"] == "review"
    ),
    # errors
    "detail-as-object": lambda t: read(t, f"/products/{UNKNOWN}")["detail"] == {"code": 404},
    "detail-as-list": lambda t: isinstance(t.post(f"{PENDING}/reject", json={}).json()["detail"], list),
    "refusal-without-detail": lambda t: "detail" not in showing(t, None).json(),
    "forbidden-with-number": lambda t: product(as_user(t, "viewer")).json()["detail"] == 403,
    "undecodable-body-without-detail": lambda t: "detail" not in t.post("/shootings/", **UNDECODABLE).json(),
    "invalid-with-text": lambda t: isinstance(shooting(t, name=1).json()["detail"], str),
    "failure-without-place": lambda t: "loc" not in product(t, name=1).json()["detail"][0],
    "plain-text-404": lambda t: t.get(f"/shots/{UNKNOWN}").text == "Not Found",
    "login-page-for-401": lambda t: showing(t, None, "/shots/").text.startswith("<!doctype"),
    "page-called-json": lambda t: t.get(f"/generations/{UNKNOWN}").text.startswith("<html>"),
    "place-of-other-field": lambda t: places(product(t, name=1)) != [["body", "name"]],
    "place-in-other-part": lambda t: places(t.get("/products/?page=0")) == [["body", "page"]],
    "place-of-whole-body": lambda t: places(shooting(t, name=1)) == [["body"]],
    "place-without-steps": lambda t: places(generate(t, 9)) == [[]],
    "place-one-item-further": lambda t: (
        places(look(t, shot_type_ids=["x"])) == [["body", "shot_type_ids", 1]]
    ),
    "place-by-internal-name": lambda t: places(t.get("/products/x")) == [["path", "pk"]],
    "place-by-other-spelling": lambda t: places(approve(t, "x")) == [["body", "PredictionId"]],
    "traceback-in-500": lambda t: "Traceback" in t.get("/products/?page=1000000").text,
    "traceback-in-422": lambda t: "Traceback" in product(t, name=1).text,
    "sql-in-404": lambda t: "SELECT" in t.get(f"/products/{UNKNOWN}").text,
    "path-in-400": lambda t: "/srv/app" in t.post("/products/", **UNDECODABLE).text,
    "token-in-401": lambda t: BAD_TOKENS["expired"] in showing(t, f"Bearer {BAD_TOKENS['expired']}").text,
    "password-in-401": lambda t: (
        "s3same" in t.post("/login/access-token", data={"username": "x", "password": "s3same"}).text
    ),
    "password-hash-in-user": lambda t: "$argon2id$" in t.get("/users/me").text,
    "internal-members-of-generation": lambda t: "worker_id" in read(t, MY_GENERATION),
    "internal-member-of-prediction": lambda t: "storage_key" in read(t, MY_GENERATION)["predictions"][1],
    # inputs
    "name-of-256-accepted": lambda t: product(t, name="x" * 256).status_code == 200,
    "empty-sku-accepted": lambda t: product(t, sku="").status_code == 200,
    "missing-category-accepted": lambda t: (
        t.post("/products/", json={"name": "a", "sku": "b"}).status_code == 200
    ),
    "number-as-name-accepted": lambda t: shooting(t, name=5).status_code == 200,
    "text-as-flag-accepted": lambda t: shooting(t, archived="no").json().get("archived") is True,
    "number-as-due-date-accepted": lambda t: shooting(t, due_date=1_705_312_800).status_code == 200,
    "nine-predictions-accepted": lambda t: generate(t, 9).status_code == 200,
    "same-shot-type-twice-accepted": lambda t: look(t, shot_type_ids=[FULL, FULL]).status_code == 200,
    "broken-json-accepted": lambda t: t.post("/shootings/", content=b"{", headers=JSON).status_code == 200,
    "json-as-text-accepted": lambda t: (
        t.post("/products/", content=json.dumps(DRESS), headers={"Content-Type": "text/plain"}).status_code
        == 200
    ),
    "page-zero-accepted": lambda t: t.get("/products/?page=0").status_code == 200,
    "size-of-101-accepted": lambda t: t.get("/subjects/?size=101").status_code == 200,
    "unknown-status-accepted": lambda t: t.get("/shots/?status=done").status_code == 200,
    "id-of-any-form-accepted": lambda t: t.get("/shootings/x").status_code == 200,
    "largest-page-refused": lambda t: t.get("/brands/?size=100").status_code == 422,
    "null-due-date-refused": lambda t: (
        (shooting(t).status_code, shooting(t, due_date=None).status_code) == (200, 422)
    ),
    "good-product-refused-in-one-call-of-ten": lambda t: (
        tenth(lambda: product(t).status_code) == ({200}, 422)
    ),
    # lists
    "size-ignored": lambda t: len(names(t, "/shot-types/?size=1")) == 3,
    "size-one-too-many": lambda t: product(t).status_code == 200 and len(names(t, "/products/?size=1")) == 2,
    "total-of-page": lambda t: read(t, "/shot-types/?size=2")["total"] == 2,
    "total-drifts": lambda t: [read(t, "/subjects/")["total"] for _ in range(3)] == [2, 3, 4],
    "total-one-too-many": lambda t: read(t, "/styles/")["total"] == len(names(t, "/styles/")) + 1,
    "pages-overlap": lambda t: names(t, "/subjects/?size=1&page=2") == names(t, "/subjects/?size=1&page=1"),
    "page-ignored": lambda t: names(t, "/shot-types/?page=2&size=2")[0] == FULL,
    "order-turns": lambda t: names(t, "/shot-types/?size=2") != names(t, "/shot-types/?size=2"),
    "last-item-never-shown": lambda t: shooting(t).json()["id"] not in names(t, "/shootings/"),
    "status-filter-ignored": lambda t: len(names(t, "/shots/?status=review")) == 2,
    "shooting-filter-ignored": lambda t: names(t, f"/shots/?shooting_id={shooting(t).json()['id']}"),
    "status-filter-inverted": lambda t: names(t, "/shots/?status=review") == [PENDING_SHOT],
    "filter-without-match-ignored": lambda t: names(t, f"/shots/?shooting_id={UNKNOWN}"),
    # memory
    "description-lost": lambda t: kept(t, "/shootings/", shooting(t, description="x"))["description"] is None,
    "long-name-cut": lambda t: len(kept(t, "/products/", product(t, name="x" * 65))["name"]) == 64,
    "accents-lost": lambda t: kept(t, "/products/", product(t, name="Été"))["name"] == "?t?",
    "empty-text-becomes-null": lambda t: kept(t, "/shootings/", shooting(t, season=""))["season"] is None,
    "due-date-without-offset": lambda t: (
        "T18:00" in shooting(t, due_date="2024-05-31T18:00:00+02:00").json()["due_date"]
    ),
    "archived-ignored": lambda t: not shooting(t, archived=True).json()["archived"],
    "notes-lost": lambda t: reject(t, notes="hem").json()["revisions"][0]["notes"] is None,
    "approval-not-kept": lambda t: (
        approve(t).json()["status"] == "approved" and read(t, MY_SHOT)["status"] == "review"
    ),
    "shot-remembered-for-ever": lambda t: (
        read(t, MY_SHOT) and reject(t) and read(t, MY_SHOT)["status"] == "review"
    ),
    "products-remembered-for-ever": lambda t: (
        names(t, "/products/") and product(t).json()["id"] not in names(t, "/products/")
    ),
    "new-product-not-yet-readable": lambda t: (
        [t.get(f"/products/{new}").status_code for new in [product(t).json()["id"]] * 2] == [404, 200]
    ),
    "new-generation-under-other-id": lambda t: (
        t.get(f"/generations/{generate(t).json()['id']}").status_code == 404
    ),
    "new-shots-under-other-ids": lambda t: (
        t.get(f"/shots/{look(t).json()['shots'][0]['id']}").status_code == 404
    ),
    "reading-costs-rework": lambda t: [read(t, MY_SHOT)["rework_used"] for _ in "ab"] == [1, 2],
    "reading-changes-update-time": lambda t: (
        read(t, MY_PRODUCT)["updated_at"] < read(t, MY_PRODUCT)["updated_at"]
    ),
    "id-changes": lambda t: read(t, MY_PRODUCT)["id"] != PRODUCT,
    "creation-time-moves": lambda t: read(t, MY_SHOT)["created_at"] != reject(t).json()["created_at"],
    "owner-changes": lambda t: (
        (new := shooting(t)).json()["owner_id"] != kept(t, "/shootings/", new)["owner_id"]
    ),
    "update-before-creation": lambda t: (one := read(t, MY_SHOOTING))["updated_at"] < one["created_at"],
    "approval-turns-time-back": lambda t: read(t, MY_SHOT)["updated_at"] > approve(t).json()["updated_at"],
    # effects
    "product-stored-twice": lambda t: product(t) and len(names(t, "/products/")) == 3,
    "approved-twice": twice_judged,
    "generation-started-twice": lambda t: (
        (first := generate(t)).json()["id"] != generate(t).json().get("id", first.json()["id"])
    ),
    "rework-counted-twice": lambda t: reject(t).json()["rework_used"] == 2,
    "foreign-prediction-approved": lambda t: (
        approve(t, t.generated(PENDING_SHOT)["predictions"][0]["id"]).status_code == 200
    ),
    "other-image-approved": lambda t: SECOND_PREDICTION in image_of(approve(t, PREDICTION).json()),
    "predictions-of-other-generation": lambda t: (
        read(t, MY_GENERATION)["predictions"][0]["generation_id"] != GENERATION
    ),
    "one-prediction-too-few": lambda t: len(generate(t, 3).json()["predictions"]) == 2,
    "each-shot-twice": lambda t: len(look(t, shot_type_ids=[HALF]).json()["shots"]) == 2,
    "current-revision-missing": lambda t: (
        (shot := read(t, MY_SHOT))["current_revision_id"] != shot["revisions"][-1]["id"]
    ),
    # uploads
    "text-file-accepted": lambda t: upload(t, "text/plain").status_code == 200,
    "broken-image-accepted": lambda t: upload(t, content=b"x").status_code == 200,
    "size-limit-ignored": lambda t: upload(t, content=bytes(3000)).status_code == 200,
    "unknown-image-kind-accepted": lambda t: upload(t, kind="huge").status_code == 200,
    "failure-at-webp": lambda t: upload(t, "image/webp").status_code == 500,
    "image-forgotten": lambda t: upload(t) and len(read(t, MY_PRODUCT)["images"]) == 1,
    "image-at-dead-address": lambda t: t.get(upload(t).json()["url"]).status_code == 404,
    "image-served-as-text": lambda t: "text/" in t.get(upload(t).json()["url"]).headers["content-type"],
}
OPTIONS: dict[str, dict[str, Any]] = {
    "size-limit-ignored": {"max_upload_bytes": 2000},
    "failure-while-generating": {"step_seconds": 0.2},
    "generation-started-twice": {"step_seconds": 0.2},
    "silence-stays": {"authentication_timeout": 0.03},
    "wrong-code-for-silence": {"authentication_timeout": 0.03},
    "wrong-code-for-slow-reader": {"queue_size": 2},
    "slow-reader-stays": {"queue_size": 2},
}


def listening(talk: Talk, token: str = "") -> Socket:
    return talk.socket().authenticate(token or signed())


def frames(socket: Socket) -> list[Any]:
    """Return what the server sends until nothing is left to do: JSON, bytes, a close code."""
    found: list[Any] = []
    while event := socket._talk.runner.run(_next(socket)):
        if event["type"] == "websocket.close":
            return [*found, event["code"]]
        found.append(event.get("bytes") or event["text"])
    return found


async def _next(socket: Socket) -> Any:
    for _ in range(IDLE_TURNS):
        if not socket._outgoing.empty():
            return socket._outgoing.get_nowait()
        await asyncio.sleep(0)
    return socket._task.result() if socket._task.done() else None


def end_of_silence(talk: Talk) -> int | None:
    """Return the code that a silent client is closed with, ``None`` when it is not."""
    getting = asyncio.wait_for(talk.socket()._outgoing.get(), PATIENCE)
    try:
        return int(talk.runner.run(_awaited(getting))["code"])
    except TimeoutError:
        return None


def end_of_token(talk: Talk) -> int | None:
    """Return the code that a session is closed with once its token has expired, ``None`` when it is not."""
    socket = listening(talk, signed(end=time.time() + PATIENCE))
    frames(socket)
    getting = asyncio.wait_for(socket._outgoing.get(), 3 * PATIENCE)
    try:
        return int(talk.runner.run(_awaited(getting))["code"])
    except TimeoutError:
        return None


def end_of_service(talk: Any) -> int:
    """Return the code that a session is closed with when the service goes away."""
    socket = listening(talk)
    frames(socket)
    talk.hub.close_all(1001)
    getting = asyncio.wait_for(socket._outgoing.get(), PATIENCE)
    return int(talk.runner.run(_awaited(getting))["code"])


def end_of_slow_reader(talk: Talk) -> int | None:
    """Return the code that a session is closed with whose client takes nothing, ``None`` when it is not."""
    socket = listening(talk)
    frames(socket)
    # The next message cannot be taken, and all that come after it wait; a close always goes through.
    socket._outgoing._maxsize = 1
    socket._outgoing.put_nowait({"type": "nothing"})
    talk.generated(PENDING_SHOT, 2)
    socket._outgoing._maxsize = 0
    heard = frames_until_idle(socket)
    return next((event["code"] for event in heard if event["type"] == "websocket.close"), None)


def frames_until_idle(socket: Socket) -> list[Any]:
    """Return the events of the server until nothing is left to do."""
    found: list[Any] = []
    while event := socket._talk.runner.run(_next(socket)):
        found.append(event)
        if event["type"] == "websocket.close":
            break
    return found


async def _awaited(awaitable: Any) -> Any:
    return await awaitable


def story(talk: Talk) -> list[Any]:
    """Return what a client hears of a look, of two images and of an approval."""
    socket = listening(talk)
    heard = frames(socket)
    look(talk)
    generation = talk.generated(PENDING_SHOT, 2)
    chosen = generation["predictions"][0]["id"]
    talk.post(f"{PENDING}/approve", json={"prediction_id": chosen})
    return [*heard, *frames(socket)]


def parsed(heard: list[Any]) -> list[dict[str, Any]]:
    return [json.loads(text) for text in heard if isinstance(text, str)]


def of(heard: list[Any], kind: str) -> list[dict[str, Any]]:
    """Return the payloads of the events whose type begins so."""
    return [m["payload"] for m in parsed(heard) if m.get("type", "").startswith(kind) and "payload" in m]


def images(heard: list[Any]) -> list[list[dict[str, Any]]]:
    return [payload["predictions"] for payload in of(heard, "generation_")]


def revisions(heard: list[Any]) -> list[dict[str, Any]]:
    return [one for payload in of(heard, "shot_") for one in payload["revisions"]]


def statuses(heard: list[Any], kind: str) -> list[str]:
    return [payload["status"] for payload in of(heard, kind)]


def falls(values: list[str]) -> bool:
    return values != sorted(values)


def story_shot(heard: list[Any]) -> list[dict[str, Any]]:
    return [payload for payload in of(heard, "shot_") if payload["id"] == PENDING_SHOT]


def types(heard: list[Any]) -> list[Any]:
    return [message.get("type") for message in parsed(heard)]


STORIES: dict[str, Callable[[list[Any]], Any]] = {
    "event-seed-as-text": lambda s: isinstance(of(s, "generation_")[0]["seed"], str),
    "event-predictions-as-object": lambda s: isinstance(images(s)[0], dict),
    "event-payload-as-text": lambda s: isinstance(of(s, "shot_")[0], str),
    "event-without-payload": lambda s: '{"type": "shot_created"}' in s,
    "event-prediction-without-id": lambda s: "id" not in images(s)[0][0],
    "event-null-source-of-image": lambda s: revisions(s)[0]["images"][0]["source_type"] is None,
    "event-unknown-prediction-status": lambda s: images(s)[0][0]["status"] == "sparkling",
    "event-status-in-capitals": lambda s: "PENDING" in statuses(s, "shot_"),
    "event-id-without-hyphens": lambda s: "-" not in of(s, "shot_")[0]["id"],
    "event-moment-without-offset": lambda s: not of(s, "generation_")[0]["updated_at"].endswith("Z"),
    "event-relative-image-address": lambda s: images(s)[-1][0]["result_image_url"].startswith("/"),
    "event-version-as-text-once-approved": lambda s: {1, "1"} == {r["version"] for r in revisions(s)},
    "welcome-without-user": lambda s: "user_id" not in parsed(s)[0],
    "unknown-event-type": lambda s: "generation_progress" in types(s),
    "event-type-in-capitals": lambda s: "SHOT_CREATED" in types(s),
    "event-without-type": lambda s: None in types(s),
    "heartbeat-as-message": lambda s: "ping" in types(s),
    "event-with-nan": lambda s: any("NaN" in text for text in s),
    "event-with-member-twice": lambda s: any(
        text.count('"type":"shot_created"') > 0 and '"shot_updated"' in text for text in s
    ),
    "event-with-half-a-character": lambda s: any("\\ud800" in text for text in s),
    "event-cut-short": lambda s: any(not text.endswith("}") for text in s),
    "event-as-bytes": lambda s: any(isinstance(text, bytes) for text in s),
    "welcome-twice": lambda s: types(s).count("auth_success") == 2,
    "no-welcome": lambda s: "auth_success" not in types(s),
    "leaves-after-generation": lambda s: s[-1] == 4999,
    "generation-waits-again": lambda s: (
        statuses(s, "generation_")[:3] == ["pending", "processing", "pending"]
    ),
    "image-waits-again": lambda s: any(
        (before[1]["status"], after[1]["status"]) == ("generating", "pending")
        for before, after in zip(images(s), images(s)[1:], strict=False)
    ),
    "revision-waits-again": lambda s: revisions(s)[-1]["shot_revision_status"] == "pending",
    "progress-after-completion": lambda s: statuses(s, "generation_")[-1] == "processing",
    "image-made-again": lambda s: images(s)[-1][0]["status"] == "generating",
    "shot-open-after-approval": lambda s: statuses(s, "shot_")[-2:] == ["approved", "review"],
    "completion-turns-time-back": lambda s: falls([g["updated_at"] for g in of(s, "generation_")]),
    "image-turns-time-back": lambda s: falls([one[0]["updated_at"] for one in images(s)]),
    "shot-turns-time-back": lambda s: falls([shot["updated_at"] for shot in story_shot(s)]),
    "generation-made-again": lambda s: len({g["created_at"] for g in of(s, "generation_")}) > 1,
    "shot-made-again": lambda s: len({shot["created_at"] for shot in story_shot(s)}) > 1,
    "generation-changes-owner": lambda s: len({g["owner_id"] for g in of(s, "generation_")}) == 2,
    "completion-lost": lambda s: "generation_completed" not in types(s),
    "approval-lost": lambda s: "approved" not in statuses(s, "shot_"),
    "stream-dries-up": lambda s: len(s) == 6,
    "event-without-predictions": lambda s: images(s)[-1] == [],
    "event-with-inner-address": lambda s: "minio" in images(s)[-1][0]["result_image_url"],
    "event-without-shot-type": lambda s: of(s, "shot_")[0]["shot_type"] is None,
}


def told_seed(talk: Talk) -> bool:
    socket = listening(talk)
    made = generate(talk).json()
    return bool(of(frames(socket), "generation_")[0]["seed"] != made["seed"])


def told_status(talk: Talk) -> bool:
    """Say whether the end of a generation is told with the state before it."""
    socket = listening(talk)
    talk.generated(PENDING_SHOT)
    ends = [m["payload"]["status"] for m in parsed(frames(socket)) if m["type"] == "generation_completed"]
    return ends == ["processing"]


def read_after_event(talk: Talk) -> bool:
    """Say whether a read after the event of an end shows the state before it."""
    socket = listening(talk)
    frames(socket)
    made = generate(talk).json()
    while socket.message()["type"] != "generation_completed":
        pass
    return bool(read(talk, f"/generations/{made['id']}")["status"] != "completed")


def deaf_after_loss(talk: Talk) -> bool:
    """Tell whether a client hears nothing whose connection before was lost."""
    lost = listening(talk)
    frames(lost)
    lost.leave(1006)
    frames(lost)
    again = listening(talk)
    frames(again)
    reject(talk)
    return not frames(again)


def overhears(talk: Talk, token: str | None) -> bool:
    stranger = listening(talk, token) if token else talk.socket()
    frames(stranger)
    socket = listening(talk)
    frames(socket)
    reject(talk)
    return bool(frames(socket)) and any("shot_updated" in text for text in frames(stranger))


def reply(talk: Talk, data: str | bytes, *, first: bool = False) -> list[Any]:
    """Return what comes after a frame, sent after the welcome or as the first one."""
    socket = talk.socket()
    if not first:
        frames(socket.authenticate(signed()))
    return frames(socket.send(data) if isinstance(data, str) else socket.send_bytes(data))


def crashes(data: str | bytes, error: type[Exception], *, first: bool = True) -> Callable[[Talk], bool]:
    def shows(talk: Talk) -> bool:
        try:
            return not reply(talk, data, first=first)
        except error:
            return True

    return shows


def welcomed(talk: Talk, token: str) -> bool:
    return "auth_success" in types(
        frames(listening(talk, token) if token else talk.socket().authenticate(""))
    )


def handshake(talk: Talk) -> bool:
    try:
        talk.socket()
    except AssertionError:
        return True
    return False


def early(talk: Talk) -> bool:
    """Say whether a silent client is closed within a tenth of the time that it has."""
    getting = asyncio.wait_for(talk.socket()._outgoing.get(), PATIENCE)
    try:
        return talk.runner.run(_awaited(getting))["code"] == 4408
    except TimeoutError:
        return False


AGAIN = json.dumps({"type": "authenticate", "token": signed()})
NO_TOKEN = json.dumps({"type": "authenticate"})
NO_TYPE = json.dumps({"token": signed()})
BAD = json.dumps({"type": "authenticate", "token": "x"})
SOCKETS: dict[str, Callable[[Talk], Any]] = {
    "refusal-with-object": lambda t: isinstance(json.loads(reply(t, BAD, first=True)[0])["error"], dict),
    "socket-takes-empty-token": lambda t: welcomed(t, ""),
    "socket-takes-garbage-token": lambda t: welcomed(t, BAD_TOKENS["garbage"]),
    "socket-takes-expired-token": lambda t: welcomed(t, BAD_TOKENS["expired"]),
    "socket-takes-other-signature": lambda t: welcomed(t, BAD_TOKENS["other"]),
    "socket-takes-unsigned-token": lambda t: welcomed(t, BAD_TOKENS["unsigned"]),
    "socket-takes-revoked-user": lambda t: welcomed(t, BAD_TOKENS["revoked"]),
    "socket-refuses-good-token": lambda t: not welcomed(t, signed()),
    "event-before-authentication": lambda t: types(frames(t.socket())) == ["shot_updated"],
    "no-word-of-refusal": lambda t: reply(t, BAD, first=True) == [4401],
    "event-after-refusal": lambda t: types(reply(t, BAD, first=True)) == ["auth_error", "shot_updated"],
    "handshake-refused": handshake,
    "wrong-code-for-bad-token": lambda t: reply(t, BAD, first=True)[-1] == 1008,
    "wrong-code-for-second-authentication": lambda t: reply(t, AGAIN) == [1000],
    "wrong-code-for-malformed-frame": lambda t: reply(t, "{", first=True) == [1011],
    "wrong-code-for-binary-frame": lambda t: reply(t, b"{}") == [4400],
    "wrong-code-for-silence": lambda t: end_of_silence(t) == 1000,
    "bad-token-stays": lambda t: types(reply(t, BAD, first=True)[-1:]) == ["auth_error"],
    "second-authentication-stays": lambda t: reply(t, AGAIN) == [],
    "malformed-frame-stays": lambda t: reply(t, "{", first=True) == [],
    "binary-frame-stays": lambda t: reply(t, b"{}", first=True) == [],
    "silence-stays": lambda t: end_of_silence(t) is None,
    "time-runs-out-early": early,
    "crash-at-broken-json": crashes("{", ValueError),
    "crash-at-deep-json": crashes("[" * 50_000, RecursionError),
    "crash-at-list": crashes("[]", AttributeError),
    "crash-at-binary-frame": crashes(b"{}", AttributeError),
    "crash-without-type": crashes(NO_TYPE, KeyError),
    "crash-without-token": crashes(NO_TOKEN, KeyError),
    "crash-at-second-authentication": crashes(AGAIN, RuntimeError, first=False),
    "event-with-other-seed": told_seed,
    "event-one-state-behind": told_status,
    "event-before-commit": read_after_event,
    "session-outlives-token": lambda t: end_of_token(t) is None,
    "wrong-code-for-expired-token": lambda t: end_of_token(t) == 1000,
    "wrong-code-for-slow-reader": lambda t: end_of_slow_reader(t) == 1000,
    "slow-reader-stays": lambda t: end_of_slow_reader(t) is None,
    "wrong-code-at-shutdown": lambda t: end_of_service(t) == 1000,
    "deaf-after-loss": deaf_after_loss,
    "events-of-everybody": lambda t: overhears(t, signed("other")),
    "events-for-anyone": lambda t: overhears(t, None),
    **{name: lambda talk, shows=shows: shows(story(talk)) for name, shows in STORIES.items()},
}
SHOWS = REST | SOCKETS
BY_NAME = {fault.name: fault for fault in CATALOGUE}
TOUR = ("/users/me", MY_PRODUCT, MY_SHOOTING, PENDING, MY_GENERATION, "/generation-models/")


@pytest.fixture(scope="module")
def healthy_story(quick_house: House) -> list[Any]:
    """Return what a client of the healthy sandbox hears."""
    with facing(quick_house, None) as talk:
        return story(talk)


@pytest.mark.parametrize("fault", CATALOGUE, ids=lambda fault: fault.name)
def test_a_fault_shows_and_leaves_the_rest_working(quick_house: House, fault: Fault) -> None:
    """With the fault its mark is seen, and at most two of six other reads fail."""
    with facing(quick_house, fault, **OPTIONS.get(fault.name, {})) as talk:
        assert SHOWS[fault.name](talk)
        talk.headers = {"Authorization": f"Bearer {signed()}"}
        answers = [talk.get(path) for path in TOUR]
        working = [answer for answer in answers if answer.status_code == 200 and answer.text.endswith("}")]
        if fault.channel == "rest":
            assert welcomed(talk, signed())
            assert len(working) >= len(TOUR) - 2
        else:
            assert working == answers


@pytest.mark.parametrize("name", [name for name in SHOWS if name not in STORIES])
def test_the_healthy_sandbox_has_no_fault(quick_house: House, name: str) -> None:
    """Without a fault, its mark is not seen."""
    with facing(quick_house, None, **OPTIONS.get(name, {})) as talk:
        assert not SHOWS[name](talk)


@pytest.mark.parametrize("name", STORIES)
def test_the_healthy_stream_has_no_fault(name: str, healthy_story: list[Any]) -> None:
    """Without a fault, its mark is not in the stream."""
    assert not STORIES[name](healthy_story)


def test_names_are_unique_and_rules_look_like_rules() -> None:
    """A name tells one fault, each has a mark above, and rules and names are in kebab-case."""
    assert len(CATALOGUE) == len(BY_NAME)
    assert set(SHOWS) == set(BY_NAME)
    for fault in CATALOGUE:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", fault.name)
        assert re.fullmatch(r"[a-z]+(-[a-z]+)+", fault.rule)
        assert re.fullmatch(r"[A-Z][^\n]+\.", fault.consequence)


def test_there_are_as_many_faults_as_promised() -> None:
    """The REST API has at least eighty faults, the WebSocket at least forty."""
    channels = [fault.channel for fault in CATALOGUE]
    assert channels.count("rest") >= 80
    assert channels.count("websocket") >= 40
    assert {"rest", "websocket"} == set(channels)


def test_what_a_fault_remembers_is_of_one_application(quick_house: House) -> None:
    """The same fault around two applications does not mix them."""
    fault = BY_NAME["products-remembered-for-ever"]
    for _ in range(2):
        with facing(quick_house, fault) as talk:
            product(talk)
            assert len(names(talk, "/products/")) == 2


def test_faults_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """``--list-faults`` prints name, rule and consequence of each, one a line."""
    assert 0 == main(["serve", "--list-faults"])
    lines = capsys.readouterr().out.splitlines()
    assert len(CATALOGUE) == len(lines)
    assert ["total-as-text", "response-schema-violation"] == lines[0].split()[:2]
    assert all(fault.consequence in line for fault, line in zip(CATALOGUE, lines, strict=True))


def test_an_unknown_fault_is_refused_with_the_nearest_name(capsys: pytest.CaptureFixture[str]) -> None:
    """``--fault`` with a mistyped name exits with 2 and tells the name that was meant."""
    with pytest.raises(SystemExit) as stop:
        main(["serve", "--fault", "total-as-txt"])
    assert 2 == stop.value.code
    assert "did you mean total-as-text?" in capsys.readouterr().err


def test_a_server_has_the_faults_that_it_is_started_with(serve: Callable[..., Server]) -> None:
    """``--fault`` may be given twice, and the banner tells both."""
    server = serve("--seed-demo", "--fault", "answer-encoded-twice", "--fault", "models-only-with-token")
    assert isinstance(httpx.get(f"{server.url}/schema", timeout=30).json(), str)
    assert 401 == httpx.get(f"{server.url}/generation-models/", timeout=30).status_code
    assert 2 == sum(line.startswith("  Fault ") for line in server.banner)
