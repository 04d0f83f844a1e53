"""Who may do what: tokens, roles and organisations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from sartiq_sandbox.settings import SANDBOX_SECRET

from sandbox_talk import (
    BRAND,
    GENERATION,
    LOOK,
    OTHER_BRAND,
    OTHER_PRODUCT,
    PENDING_SHOT,
    PREDICTION,
    PRODUCT,
    REVIEW_SHOT,
    SHOOTING,
    UNKNOWN,
    Talk,
)

NEW_PRODUCT = {"name": "Coat", "sku": "C", "category": "coats"}
READING = [
    ("GET", "/users/me"),
    ("POST", "/login/test-token"),
    ("GET", "/products/"),
    ("GET", f"/products/{PRODUCT}"),
    ("GET", "/shootings/"),
    ("GET", f"/shootings/{SHOOTING}"),
    ("GET", "/shots/"),
    ("GET", f"/shots/{PENDING_SHOT}"),
    ("GET", f"/generations/{GENERATION}"),
    ("GET", "/brands/"),
    ("GET", "/subjects/"),
    ("GET", "/styles/"),
    ("GET", "/shot-types/"),
]
WRITING = [
    ("POST", "/products/"),
    ("POST", f"/products/{PRODUCT}/images"),
    ("POST", "/shootings/"),
    ("POST", f"/shootings/{SHOOTING}/looks"),
    ("POST", f"/shots/{PENDING_SHOT}/generate"),
    ("POST", f"/shots/{REVIEW_SHOT}/approve"),
    ("POST", f"/shots/{REVIEW_SHOT}/reject"),
]
PUBLIC = [("GET", "/schema"), ("GET", "/generation-models/"), ("GET", "/openapi.json")]
MISSING = {"detail": "Not authenticated"}
INVALID = {"detail": "Could not validate credentials"}


@pytest.fixture
def talk(unchanged: Talk) -> Talk:
    """Give the shared sandbox: nothing here changes its data."""
    return unchanged


def signed(subject: object, secret: str = SANDBOX_SECRET, algorithm: str = "HS256") -> str:
    """Return a token for an hour."""
    end = datetime.now(UTC) + timedelta(hours=1)
    key = None if algorithm == "none" else secret
    return jwt.encode({"sub": subject, "exp": end}, key, algorithm=algorithm)


def test_a_login_gives_a_bearer_token_for_an_hour(talk: Talk) -> None:
    """The token document has exactly the three members of the documentation."""
    form = {"username": "demo@example.com", "password": "demo-password"}
    token = talk.post("/login/access-token", data=form).json()
    assert {"access_token", "token_type", "expires_in"} == set(token)
    assert ("bearer", 3600) == (token["token_type"], token["expires_in"])


@pytest.mark.parametrize(
    "form",
    [
        {"username": "demo@example.com", "password": "wrong"},
        {"username": "nobody@example.com", "password": "demo-password"},
        {"username": "revoked@example.com", "password": "revoked-password"},
        {"username": "", "password": "demo-password"},
        {"username": "demo@example.com\0", "password": "\0"},
    ],
)
def test_a_wrong_login_is_401(talk: Talk, form: dict[str, str]) -> None:
    """Unknown, wrong and revoked are told apart by nothing."""
    answer = talk.post("/login/access-token", data=form)
    assert (401, {"detail": "Incorrect email or password"}) == (answer.status_code, answer.json())
    assert "Bearer" == answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize(("method", "path"), READING + WRITING)
def test_a_secured_operation_needs_a_token(talk: Talk, method: str, path: str) -> None:
    """Without a token, or with no Bearer value, the answer is 401 before anything else."""
    for header in (None, "", "Bearer", "Bearer ", "Basic abc", "abc"):
        talk.headers = {} if header is None else {"Authorization": header}
        answer = talk.send(method, path)
        assert (401, MISSING) == (answer.status_code, answer.json())
        assert "Bearer" == answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize(("method", "path"), READING + WRITING)
def test_a_secured_operation_refuses_a_bad_token(talk: Talk, method: str, path: str) -> None:
    """A token that is not valid is 401 before anything else."""
    talk.headers = {"Authorization": "Bearer garbage"}
    answer = talk.send(method, path)
    assert (401, INVALID) == (answer.status_code, answer.json())
    assert "Bearer" == answer.headers["WWW-Authenticate"]


def test_forged_tokens_are_refused(talk: Talk) -> None:
    """A token needs our key, our algorithm, and an active user."""
    me = talk.get("/users/me").json()["id"]
    revoked = "05e70000-0000-4000-8000-000000000004"
    header, payload, _ = signed(me).split(".")
    forged = [
        signed(me, "another key that is long enough for HS256"),
        signed(me, SANDBOX_SECRET + "x" * 64, "HS512"),
        signed(me, algorithm="none"),
        signed(UNKNOWN),
        signed(revoked),
        f"{header}.{payload}.",
        f"{header}.{payload}",
        "W1tb" * 3000 + ".e30.x",
    ]
    for token in forged:
        talk.headers = {"Authorization": f"Bearer {token}"}
        assert INVALID == talk.get("/users/me").json(), token
    talk.headers = {"Authorization": f"bearer {signed(me)}"}
    assert 200 == talk.get("/users/me").status_code


def test_tokens_end(start: Callable[..., Talk]) -> None:
    """A token is valid until the end of its lifetime, by the clock of the sandbox."""
    now = datetime(2030, 1, 1, tzinfo=UTC)
    talk = start(clock=lambda: now).log_in("demo")
    now += timedelta(seconds=3599)
    assert 200 == talk.get("/users/me").status_code
    now += timedelta(seconds=1)
    assert INVALID == talk.get("/users/me").json()


def test_public_operations_need_no_token(talk: Talk) -> None:
    """They answer without a token, and with a bad one."""
    for headers in ({}, {"Authorization": "Bearer garbage"}):
        talk.headers = headers
        assert [200] * 3 == [talk.send(*operation).status_code for operation in PUBLIC]


@pytest.mark.parametrize(("method", "path"), WRITING)
def test_a_viewer_may_not_write(talk: Talk, method: str, path: str) -> None:
    """The role is looked at before the request."""
    answer = talk.log_in("viewer").send(method, path, json={})
    assert (403, {"detail": "Not enough permissions"}) == (answer.status_code, answer.json())


@pytest.mark.parametrize(("method", "path"), READING)
def test_a_viewer_may_look(talk: Talk, method: str, path: str) -> None:
    """Everything that only reads is open to a viewer."""
    assert 200 == talk.log_in("viewer").send(method, path).status_code


def test_another_organisation_looks_like_nothing(talk: Talk) -> None:
    """The rows of another organisation answer byte for byte as ids that do not exist."""
    talk.log_in("other")
    image = {"files": {"file": ("a.png", b"", "image/png")}, "data": {"type": "primary"}}
    operations: list[tuple[str, str, str, Any]] = [
        ("GET", "/products/{}", PRODUCT, {}),
        ("POST", "/products/{}/images", PRODUCT, image),
        ("GET", "/shootings/{}", SHOOTING, {}),
        ("POST", "/shootings/{}/looks", SHOOTING, {"json": LOOK}),
        ("GET", "/shots/{}", REVIEW_SHOT, {}),
        ("POST", "/shots/{}/generate", REVIEW_SHOT, {"json": {}}),
        ("POST", "/shots/{}/approve", REVIEW_SHOT, {"json": {"prediction_id": PREDICTION}}),
        ("POST", "/shots/{}/reject", REVIEW_SHOT, {"json": {}}),
        ("GET", "/generations/{}", GENERATION, {}),
    ]
    for method, path, identifier, options in operations:
        foreign = talk.send(method, path.format(identifier), **options)
        unknown = talk.send(method, path.format(UNKNOWN), **options)
        assert 404 == foreign.status_code, path
        assert foreign.content == unknown.content
    talk.log_in("demo")
    for brand in (OTHER_BRAND, UNKNOWN):
        answer = talk.post("/shootings/", json={"name": "x", "brand_id": brand})
        assert (404, {"detail": "Brand not found"}) == (answer.status_code, answer.json())
    for product in (OTHER_PRODUCT, UNKNOWN):
        body = LOOK | {"main_product_id": product}
        answer = talk.post(f"/shootings/{SHOOTING}/looks", json=body)
        assert (404, {"detail": "Product not found"}) == (answer.status_code, answer.json())


def test_lists_show_the_own_organisation_only(talk: Talk) -> None:
    """Neither items nor totals count what belongs to others."""
    demo = {name: talk.get(f"/{name}/").json() for name in ("products", "brands", "shots")}
    talk.log_in("other")
    other = {name: talk.get(f"/{name}/").json() for name in demo}
    assert [1, 1, 2] == [page["total"] for page in demo.values()]
    assert [1, 1, 0] == [page["total"] for page in other.values()]
    assert [PRODUCT] == [product["id"] for product in demo["products"]["items"]]
    assert [OTHER_PRODUCT] == [product["id"] for product in other["products"]["items"]]
    assert [BRAND] == [brand["id"] for brand in demo["brands"]["items"]]


def test_two_applications_share_nothing(start: Callable[..., Talk]) -> None:
    """Each call of create_app has a database of its own."""
    first, second = start().log_in("demo"), start().log_in("demo")
    first.post("/products/", json=NEW_PRODUCT)
    assert [2, 1] == [talk.get("/products/").json()["total"] for talk in (first, second)]
