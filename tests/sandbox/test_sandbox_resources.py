"""Products, shootings, looks and lists."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image

from sandbox_talk import BRAND, LOOK, MODEL, PRODUCT, SHOOTING, UNKNOWN, Talk

COAT = {"name": "Coat", "sku": "C", "category": "coats"}
LISTS = ["products", "shootings", "shots", "brands", "subjects", "styles", "shot-types"]


def picture(kind: str) -> bytes:
    """Return a small image."""
    output = BytesIO()
    Image.new("RGB", (5, 4), "red").save(output, format=kind)
    return output.getvalue()


def test_a_created_product_is_read_and_listed_as_it_was_answered(talk: Talk) -> None:
    """The answer to the creation, the read and the list show one document."""
    product = talk.post("/products/", json=COAT | {"unknown": 1}).json()
    assert COAT | {"images": []} == {name: product[name] for name in (*COAT, "images")}
    assert product == talk.get(f"/products/{product['id'].upper()}").json()
    assert product == talk.get("/products/").json()["items"][-1]


def test_the_same_sku_may_be_used_twice(talk: Talk) -> None:
    """A sku is not unique."""
    answers = [talk.post("/products/", json=COAT) for _ in range(2)]
    assert [200, 200] == [answer.status_code for answer in answers]
    assert answers[0].json()["id"] != answers[1].json()["id"]


@pytest.mark.parametrize("text", ["\0", "a\0b", "😀" * 64, "\u202e\ufeff", "'; DROP TABLE x; --"])
def test_any_text_survives(talk: Talk, text: str) -> None:
    """Every Unicode text of a fitting length comes back as it was sent."""
    body = {"name": text, "sku": text, "category": text}
    identifier = talk.post("/products/", json=body).json()["id"]
    product = talk.get(f"/products/{identifier}").json()
    assert body == {name: product[name] for name in body}


@pytest.mark.parametrize("name", LISTS)
def test_lists_have_pages(talk: Talk, name: str) -> None:
    """A page says its number, its size and the total; past the end it is empty."""
    whole = talk.get(f"/{name}/").json()
    assert (1, 20, len(whole["items"])) == (whole["page"], whole["size"], whole["total"])
    singles = [
        talk.get(f"/{name}/?size=1&page={page}&unknown=1").json() for page in range(1, whole["total"] + 2)
    ]
    assert whole["items"] == [item for page in singles for item in page["items"]]
    assert {whole["total"]} == {page["total"] for page in singles}
    assert 200 == talk.get(f"/{name}/?page=1000000&size=100").status_code


def test_lists_are_in_the_order_of_creation(talk: Talk) -> None:
    """The oldest comes first, even within one tick of the clock."""
    made = [talk.post("/products/", json=COAT).json()["id"] for _ in range(5)]
    items = talk.get("/products/").json()["items"]
    assert [PRODUCT, *made] == [item["id"] for item in items]
    assert sorted(item["created_at"] for item in items) == [item["created_at"] for item in items]


def test_generation_models_are_a_slice_and_a_count(talk: Talk) -> None:
    """The list of models has skip and limit, data and count."""
    models = talk.get("/generation-models/").json()
    assert ([MODEL], 1) == ([model["id"] for model in models["data"]], models["count"])
    assert {"data": [], "count": 1} == talk.get("/generation-models/?skip=1&limit=1").json()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_an_uploaded_image_comes_back(talk: Talk, kind: str) -> None:
    """The address in the answer gives the same bytes, with their own type, to anyone."""
    content, media_type = picture(kind), f"image/{kind.lower()}"
    before = talk.get(f"/products/{PRODUCT}").json()
    image = talk.post(
        f"/products/{PRODUCT}/images",
        files={"file": ("picture", content, media_type)},
        data={"type": "detail"},
    ).json()
    after = talk.get(f"/products/{PRODUCT}").json()
    assert [*before["images"], image] == after["images"]
    assert after["updated_at"] > before["updated_at"]
    assert image["url"].startswith("http://sandbox.test/media/")
    talk.headers = {}
    answer = talk.get(image["url"])
    assert (content, media_type) == (answer.content, answer.headers["Content-Type"])
    assert "nosniff" == answer.headers["X-Content-Type-Options"]


@pytest.mark.parametrize(
    ("media_type", "content", "status", "detail"),
    [
        ("text/plain", b"x", 415, "Unsupported media type"),
        ("image/gif", b"GIF89a", 415, "Unsupported media type"),
        ("image/png", b"x", 400, "Invalid image"),
        ("image/png", b"", 400, "Invalid image"),
        ("image/png", picture("PNG")[:40], 400, "Invalid image"),
        ("image/png", picture("GIF"), 400, "Invalid image"),
        ("image/png; q=1", b"x" * 2000, 413, "File too large"),
    ],
)
def test_a_bad_image_is_refused(
    start: Callable[..., Talk], media_type: str, content: bytes, status: int, detail: str
) -> None:
    """Size, declared type and content each have their answer."""
    talk = start(max_upload_bytes=1000).log_in("demo")
    answer = talk.post(
        f"/products/{PRODUCT}/images",
        files={"file": ("picture.png", content, media_type)},
        data={"type": "primary"},
    )
    assert (status, {"detail": detail}) == (answer.status_code, answer.json())


def test_a_shooting_keeps_what_it_was_given(talk: Talk) -> None:
    """Optional members come back; a date-time comes back in UTC."""
    body = {
        "name": "Winter",
        "brand_id": BRAND.upper(),
        "description": None,
        "due_date": "2024-02-29T01:00:00.5+02:00",
        "season": "",
        "collection": "C",
        "archived": True,
    }
    shooting = talk.post("/shootings/", json=body).json()
    expected = body | {"brand_id": BRAND, "due_date": "2024-02-28T23:00:00.500000Z"}
    assert expected == {name: shooting[name] for name in body}
    assert shooting == talk.get(f"/shootings/{shooting['id']}").json()
    assert shooting["owner_id"] == talk.get("/users/me").json()["id"]


def test_a_look_makes_one_shot_per_shot_type(talk: Talk) -> None:
    """The shots are new, pending, and in the order of the shot types."""
    look = talk.post(f"/shootings/{SHOOTING}/looks", json=LOOK).json()
    assert LOOK["shot_type_ids"] == [shot["shot_type"]["id"] for shot in look["shots"]]
    for shot in look["shots"]:
        assert ("pending", [], None) == (
            shot["status"],
            shot["revisions"],
            shot["current_image_url"],
        )
        assert (3, 0, look["id"]) == (
            shot["rework_available"],
            shot["rework_used"],
            shot["shooting_look_id"],
        )
        assert shot == talk.get(f"/shots/{shot['id']}").json()


def test_an_archived_shooting_takes_no_look(talk: Talk) -> None:
    """A look in an archived shooting is 409."""
    body = {"name": "Old", "brand_id": BRAND, "archived": True}
    shooting = talk.post("/shootings/", json=body).json()["id"]
    answer = talk.post(f"/shootings/{shooting}/looks", json=LOOK)
    assert (409, {"detail": "Shooting is archived"}) == (answer.status_code, answer.json())


@pytest.mark.parametrize(
    ("member", "value", "thing"),
    [
        ("main_product_id", UNKNOWN, "Product"),
        ("subject_id", UNKNOWN, "Subject"),
        ("style_id", UNKNOWN, "Style"),
        ("shot_type_ids", [UNKNOWN], "Shot type"),
    ],
)
def test_unknown_ids_in_a_look_are_404(talk: Talk, member: str, value: object, thing: str) -> None:
    """The answer names what was not found, and no look is made."""
    answer = talk.post(f"/shootings/{SHOOTING}/looks", json=LOOK | {member: value})
    assert (404, {"detail": f"{thing} not found"}) == (answer.status_code, answer.json())
    assert 2 == talk.get("/shots/").json()["total"]


def test_shots_are_filtered(talk: Talk) -> None:
    """By status, by shooting, by both; an unknown shooting has none."""
    talk.post(f"/shootings/{SHOOTING}/looks", json=LOOK)
    queries = {
        "": 4,
        "?status=review": 1,
        "?status=approved": 0,
        f"?shooting_id={SHOOTING}": 4,
        f"?shooting_id={SHOOTING}&status=pending": 3,
        f"?shooting_id={UNKNOWN}": 0,
    }
    assert queries == {query: talk.get(f"/shots/{query}").json()["total"] for query in queries}
