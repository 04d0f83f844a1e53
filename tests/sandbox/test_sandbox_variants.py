"""The variants: later versions that answer otherwise, and whose document says so where it can."""

from __future__ import annotations

import asyncio
import json
from copy import deepcopy
from typing import Any

import httpx
import pytest
from sartiq_sandbox import create_app
from sartiq_sandbox.variants import CATALOGUE, Variant

from sandbox_talk import PRODUCT

VARIANTS = {variant.name: variant for variant in CATALOGUE}
SILENT = {
    "times-in-whole-seconds",
    "shot-types-newest-first",
    "completion-before-last-progress",
    "creation-untold",
}


async def _asked(app: Any, method: str, path: str, **more: Any) -> httpx.Response:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox/api/v1") as client:
        form = {"username": "demo@example.com", "password": "demo-password"}
        token = (await client.post("/login/access-token", data=form)).json()["access_token"]
        return await client.request(method, path, headers={"Authorization": f"Bearer {token}"}, **more)


def ask(variant: str, method: str, path: str, **more: Any) -> httpx.Response:
    """Return what the variant answers."""
    app = VARIANTS[variant].wrap(create_app())
    return asyncio.run(_asked(app, method, path, **more))


def published(variant: Variant | None) -> Any:
    """Return the document that a variant publishes, the healthy sandbox without one."""
    app = create_app() if variant is None else variant.wrap(create_app())
    return asyncio.run(_asked(app, "GET", "/openapi.json")).json()


def test_there_are_fifteen_and_more() -> None:
    """Each has a name of its own and says what a client suffers."""
    assert len(CATALOGUE) >= 15
    assert len(VARIANTS) == len(CATALOGUE)
    assert all(variant.consequence.endswith(".") for variant in CATALOGUE)


def test_documents_follow_the_change() -> None:
    """A document that can tell of the change does; of an order and of a number of digits none can."""
    before = published(None)
    told = {variant.name for variant in CATALOGUE if variant.document(deepcopy(before)) != before}
    assert set(VARIANTS) - SILENT == told
    renamed = VARIANTS["sku-renamed"]
    assert renamed.document(deepcopy(before)) == published(renamed)


@pytest.mark.parametrize(
    ("variant", "path", "member", "expected"),
    [
        ("sku-renamed", f"/products/{PRODUCT}", "stock_code", "DRS-001"),
        ("maker-told", f"/products/{PRODUCT}", "maker", "unknown"),
        ("total-as-text", "/products/", "total", "1"),
        ("ten-items-by-default", "/products/", "size", 10),
        ("pages-of-styles-from-zero", "/styles/", "page", 0),
    ],
)
def test_an_answer_is_another(variant: str, path: str, member: str, expected: object) -> None:
    """The variant answers as its document says."""
    assert expected == ask(variant, "GET", path).json()[member]


def test_items_are_others() -> None:
    """Names are null, kinds are gone, the order is reversed."""
    brands, subjects, types = (
        ask(variant, "GET", path).json()["items"]
        for variant, path in (
            ("brand-name-nullable", "/brands/"),
            ("real-subjects-gone", "/subjects/"),
            ("shot-types-newest-first", "/shot-types/"),
        )
    )
    assert {None} == {item["name"] for item in brands}
    assert {"AI"} == {item["subject_type"] for item in subjects}
    ids = [item["id"] for item in types]
    assert ids == sorted(ids, reverse=True)


def test_requests_mean_something_else() -> None:
    """A product is created with 201, a shooting needs a season, styles are at another path."""
    product = {"name": "Coat", "sku": "C-1", "category": "coats"}
    shooting = {"name": "Spring", "brand_id": "b0000000-0000-4000-8000-000000000001"}
    assert 201 == ask("product-created-with-201", "POST", "/products/", json=product).status_code
    refused = ask("season-required", "POST", "/shootings/", json=shooting)
    assert 422 == refused.status_code
    taken = ask("season-required", "POST", "/shootings/", json={**shooting, "season": "SS"})
    assert 200 == taken.status_code
    assert 404 == ask("styles-moved", "GET", "/styles/").status_code
    due = {**shooting, "due_date": "2026-05-31T10:00:00Z"}
    answer = ask("due-date-without-time", "POST", "/shootings/", json=due).json()
    assert "2026-05-31" == answer["due_date"]


def test_documents_of_messages_follow_too() -> None:
    """Any document of the service is changed in the same way."""
    enum = {"enum": ["generation_created", "generation_completed"]}
    changed = VARIANTS["completion-renamed"].document(json.loads(json.dumps(enum)))
    assert ["generation_created", "generation_finished"] == changed["enum"]
