"""What schemathesis says of a whole response: a judge that shares nothing with the comparison."""

from __future__ import annotations

import re
from typing import Any

import requests
import schemathesis
from schemathesis.core.failures import FailureGroup
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accord.findings.changes.change import Answered

CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def is_answer(document: dict[str, Any], answered: Answered) -> bool:
    """Tell whether *document* lets the operation give that response, or a client answer so to its webhook."""
    path = answered.path
    if answered.kind:
        # To this judge it is a response like any other.
        path = "/webhook"
        document = {**document, "paths": {path: document["webhooks"][answered.path]}}
    schema = schemathesis.openapi.from_dict(document)
    operation = schema[path][answered.method]
    prepared = requests.Request(answered.method, "http://127.0.0.1/").prepare()
    headers: dict[str, list[str]] = {}
    for name, value in answered.response.headers:
        headers.setdefault(name.lower(), []).append(value)
    response = Response(
        status_code=answered.response.status,
        headers=headers,
        content=answered.response.body,
        request=prepared,
        elapsed=0.1,
        verify=False,
    )
    names = dict.fromkeys(re.findall(r"\{(\w+)\}", path), "1")
    try:
        operation.Case(path_parameters=names).validate_response(response, checks=CHECKS)
    except FailureGroup:
        return False
    return True
