"""What is refused, and with which words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox_talk import BRAND, FULL, LOOK, PENDING_SHOT, PRODUCT, SHOOTING, Talk

COAT = {"name": "Coat", "sku": "C", "category": "coats"}
GENERATE = f"/shots/{PENDING_SHOT}/generate"
JSON = {"Content-Type": "application/json"}
UNREADABLE = {"detail": "There was an error parsing the body"}


@pytest.fixture
def talk(unchanged: Talk) -> Talk:
    """Give the shared sandbox: nothing here changes its data."""
    return unchanged


def locations(answer: Any) -> list[list[object]]:
    """Return where a 422 found something wrong."""
    assert (422, "application/json") == (answer.status_code, answer.headers["Content-Type"])
    return [failure["loc"] for failure in answer.json()["detail"]]


@pytest.mark.parametrize(
    ("path", "body", "location"),
    [
        ("/products/", {"sku": "C", "category": "c"}, ["name"]),
        ("/products/", COAT | {"name": ""}, ["name"]),
        ("/products/", COAT | {"name": "😀" * 256}, ["name"]),
        ("/products/", COAT | {"sku": "x" * 65}, ["sku"]),
        ("/products/", COAT | {"category": 5}, ["category"]),
        ("/products/", COAT | {"category": None}, ["category"]),
        ("/shootings/", {"name": "x", "brand_id": BRAND.replace("-", "")}, ["brand_id"]),
        ("/shootings/", {"name": "x", "brand_id": f"urn:uuid:{BRAND}"}, ["brand_id"]),
        ("/shootings/", {"name": "x", "brand_id": f"{{{BRAND}}}"}, ["brand_id"]),
        ("/shootings/", {"name": "x", "brand_id": BRAND, "archived": None}, ["archived"]),
        ("/shootings/", {"name": "x", "brand_id": BRAND, "archived": 0}, ["archived"]),
        ("/shootings/", {"name": "x", "brand_id": BRAND, "due_date": 0}, ["due_date"]),
        ("/shootings/", {"name": "x", "brand_id": BRAND, "due_date": "2024-01-01"}, ["due_date"]),
        (
            "/shootings/",
            {"name": "x", "brand_id": BRAND, "due_date": "2024-01-01T00:00:00"},
            ["due_date"],
        ),
        (
            "/shootings/",
            {"name": "x", "brand_id": BRAND, "due_date": "2024-02-30T00:00:00Z"},
            ["due_date"],
        ),
        (GENERATE, {"num_predictions": "5"}, ["num_predictions"]),
        (GENERATE, {"num_predictions": True}, ["num_predictions"]),
        (GENERATE, {"num_predictions": None}, ["num_predictions"]),
        (GENERATE, {"num_predictions": 1.5}, ["num_predictions"]),
        (GENERATE, {"num_predictions": 0}, ["num_predictions"]),
        (GENERATE, {"num_predictions": 9.0}, ["num_predictions"]),
        (f"/shootings/{SHOOTING}/looks", LOOK | {"shot_type_ids": []}, ["shot_type_ids"]),
        (
            f"/shootings/{SHOOTING}/looks",
            LOOK | {"shot_type_ids": [FULL, FULL]},
            ["shot_type_ids"],
        ),
        (
            f"/shootings/{SHOOTING}/looks",
            LOOK | {"shot_type_ids": [FULL, 3]},
            ["shot_type_ids", 1],
        ),
        ("/products/", [], []),
        ("/products/", None, []),
        ("/products/", "x", []),
    ],
)
def test_a_wrong_member_is_named(talk: Talk, path: str, body: object, location: list[object]) -> None:
    """The answer to a body of the wrong shape is 422 and points at the member."""
    content = json.dumps(body).encode()
    assert [["body", *location]] == locations(talk.post(path, content=content, headers=JSON))


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("page=0", ["page"]),
        ("page=1000001", ["page"]),
        ("page=1.0", ["page"]),
        ("page=%201", ["page"]),
        ("page=%2B1", ["page"]),
        ("page=1_0", ["page"]),
        ("page=%D9%A3", ["page"]),
        ("page=", ["page"]),
        ("page=" + "9" * 5000, ["page"]),
        ("size=0&page=x", ["page", "size"]),
        ("size=101", ["size"]),
        ("status=Review", ["status"]),
        ("shooting_id=1", ["shooting_id"]),
    ],
)
def test_a_wrong_query_is_named(talk: Talk, query: str, names: list[str]) -> None:
    """The answer to a wrong parameter is 422 and points at it."""
    assert [["query", name] for name in names] == locations(talk.get(f"/shots/?{query}"))


@pytest.mark.parametrize("text", ["x", "%00", "%FF", "%F0%9F%98%80", PRODUCT.replace("-", "")])
def test_a_path_that_is_no_uuid_is_422(talk: Talk, text: str) -> None:
    """The answer points at the parameter of the path."""
    assert [["path", "product_id"]] == locations(talk.get(f"/products/{text}"))


@pytest.mark.parametrize(
    "path", ["/nothing", "/products", "/products/a%2Fb", "/products/%0A", f"/products/{PRODUCT}/"]
)
def test_unknown_paths_are_404(talk: Talk, path: str) -> None:
    """A path that is not declared, to the letter, does not exist."""
    answer = talk.get(path)
    assert (404, {"detail": "Not Found"}) == (answer.status_code, answer.json())


@pytest.mark.parametrize(
    "content",
    [
        b'{"name": "\xff"}',
        b'{"name": "\xed\xa0\x80"}',
        '{"a": 1}'.encode("utf-16"),
        b"[" * 99999,
        b'{"a":' * 99999,
        b"9" * 5000,
    ],
)
def test_a_body_that_cannot_be_decoded_is_400(talk: Talk, content: bytes) -> None:
    """Other encodings than UTF-8, and what no parser takes, are 400."""
    answer = talk.post("/products/", content=content, headers=JSON)
    assert (400, UNREADABLE) == (answer.status_code, answer.json())


@pytest.mark.parametrize(
    "content",
    [b"{", b"", b'{"name": NaN}', b'{"x": Infinity}', b"\xef\xbb\xbf{}", b'{"name": "\\ud800"}']
    + [b'{"name": 1e400}', b'{"name": ' + b"9" * 4000 + b"}", b'["\\udfff"]']
    + [b'{"name": ' + b"[" * depth + b"]" * depth + b"}" for depth in (100, 300, 500, 700)],
)
def test_a_body_that_is_no_document_is_422(talk: Talk, content: bytes) -> None:
    """Malformed JSON, NaN, lone surrogates and monstrous values are 422, and never worse."""
    assert all(
        location[0] == "body"
        for location in locations(talk.post("/products/", content=content, headers=JSON))
    )


@pytest.mark.parametrize("media_type", [None, "text/plain", "application/xml", "\xff/\xfe"])
def test_json_needs_its_media_type(talk: Talk, media_type: str | None) -> None:
    """Another content type, or none, is 422 about the body."""
    headers = {} if media_type is None else {"Content-Type": media_type.encode("latin-1")}
    for content in (b"{}", b"\xff"):
        answer = talk.post("/products/", content=content, headers=headers)
        assert [["body"]] == locations(answer)


@pytest.mark.parametrize(
    ("form", "names"),
    [
        ({}, ["username", "password"]),
        ({"username": "x"}, ["password"]),
        ({"username": "x", "password": "y", "grant_type": "z"}, ["grant_type"]),
    ],
)
def test_a_wrong_login_form_is_422(talk: Talk, form: dict[str, str], names: list[str]) -> None:
    """The answer points at the fields."""
    answer = talk.post("/login/access-token", data=form)
    assert [["body", name] for name in names] == locations(answer)


@pytest.mark.parametrize("path", ["/login/access-token", f"/products/{PRODUCT}/images"])
@pytest.mark.parametrize(
    "media_type", ["multipart/form-data", "multipart/form-data; boundary=x", "multipart/form-data;;"]
)
def test_garbage_instead_of_parts_is_400(talk: Talk, path: str, media_type: str) -> None:
    """A multipart body without parts cannot be decoded."""
    answer = talk.post(path, content=b"garbage", headers={"Content-Type": media_type})
    assert (400, UNREADABLE) == (answer.status_code, answer.json())


@pytest.mark.parametrize("charset", ["utf-7", "punycode", "idna", "hex", "utf-16"])
@pytest.mark.parametrize("path", ["/login/access-token", f"/products/{PRODUCT}/images"])
def test_odd_charsets_do_no_harm(talk: Talk, path: str, charset: str) -> None:
    """Parts in encodings that yield lone surrogates, or nothing, are refused."""
    content = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n+2AA-\r\n' % name
        for name in (b"username", b"password", b"type")
    )
    headers = {"Content-Type": f"multipart/form-data; boundary=x; charset={charset}"}
    answer = talk.post(path, content=content + b"--x--\r\n", headers=headers)
    assert answer.status_code in (400, 401, 422)


def test_an_upload_names_what_it_misses(talk: Talk) -> None:
    """File and type are both required, and the type is one of three words."""
    path = f"/products/{PRODUCT}/images"
    file = {"file": ("a.png", b"x", "image/png")}
    assert [["body", "file"], ["body", "type"]] == locations(talk.post(path, json={}))
    assert [["body", "type"]] == locations(talk.post(path, files=file))
    assert [["body", "type"]] == locations(talk.post(path, files=file, data={"type": "x"}))
    assert [["body", "file"]] == locations(talk.post(path, data={"type": "primary", "file": "x"}))


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/products/", "GET, POST"),
        (f"/products/{PRODUCT}", "GET"),
        (f"/products/{PRODUCT}/images", "POST"),
        ("/shootings/", "GET, POST"),
        ("/users/me", "GET"),
        (GENERATE, "POST"),
    ],
)
def test_other_methods_are_405(talk: Talk, path: str, methods: str) -> None:
    """Allow names every method of the path, whichever one was tried, HEAD and OPTIONS too."""
    for method in {"DELETE", "PUT", "HEAD", "OPTIONS", "TRACE", "GET", "BREW"} - {*methods.split(", ")}:
        answer = talk.send(method, path)
        assert (405, methods) == (answer.status_code, answer.headers["Allow"]), method
        assert "application/json" == answer.headers["Content-Type"]


@pytest.mark.parametrize("host", ["[", 'a" b', "x/y", "a:b:c", "", "[::1]:80"])
def test_an_odd_host_does_no_harm(talk: Talk, host: str) -> None:
    """Image addresses are absolute, whatever the Host header says."""
    images = talk.get("/products/", headers={"Host": host}).json()["items"][0]["images"]
    assert images[0]["url"].startswith(("http://localhost/media/", "http://[::1]:80/media/"))
