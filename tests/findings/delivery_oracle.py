"""A reader of what a drawn document lets the service send, by hand and by libraries: it shares nothing with the judges."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jsonschema_rs

from accord.findings.changes.change import Delivered

_SCHEMES = {"key": "x-key", "basic": "authorization", "oauth": "authorization"}


def is_delivery(document: dict[str, Any], delivered: Delivered) -> bool:
    """Tell whether *document*, as ``document_draws`` draws them, has a webhook that such a request is."""
    operation = document.get("webhooks", {}).get(delivered.path, {}).get(delivered.method.lower())
    if operation is None:
        return False
    headers = {name.lower(): value for name, value in delivered.request.headers}
    query = urlsplit(delivered.request.url).query
    alternatives = operation.get("security") or [{}]
    return (
        all(_has(parameter, query, headers) for parameter in operation["parameters"])
        and any(all(_SCHEMES[name] in headers for name in alternative) for alternative in alternatives)
        and _is_body(operation.get("requestBody"), headers.get("content-type"), delivered.request.body)
    )


def _has(parameter: dict[str, Any], query: str, headers: dict[str, str]) -> bool:
    name = parameter["name"]
    match parameter["in"]:
        case "query":
            texts = parse_qs(query, keep_blank_values=True).get(name, [])
        case "cookie":
            crumbs = SimpleCookie(headers.get("cookie", ""))
            texts = [crumbs[name].value.replace("%2C", ",")] if name in crumbs else []
        case _:
            texts = [headers[name.lower()]] if name.lower() in headers else []
    if not texts:
        return not parameter["required"]
    return any(jsonschema_rs.is_valid(parameter["schema"], value) for value in _values(parameter, texts))


def _values(parameter: dict[str, Any], texts: list[str]) -> Iterator[Any]:
    if parameter["schema"].get("type") != "array":
        yield texts[0]
        if texts[0].lstrip("-").isdigit():
            yield int(texts[0])
        return
    if not parameter.get("explode", parameter["in"] != "header"):
        texts = texts[0].split("|" if parameter.get("style") == "pipeDelimited" else ",")
    yield [int(text) if text.lstrip("-").isdigit() else text for text in texts]


def _is_body(body: dict[str, Any] | None, kind: str | None, content: bytes) -> bool:
    if body is None or kind is None:
        return body is None or not body.get("required", False)
    media = body["content"].get(kind, body["content"].get("*/*"))
    if media is None:
        return False
    if "schema" not in media or not kind.endswith("json"):
        return True
    return jsonschema_rs.is_valid(media["schema"], json.loads(content), validate_formats=True)
