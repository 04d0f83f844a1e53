"""Values of a schema as schemathesis' own generator draws them."""

from __future__ import annotations

import contextlib
import warnings
from typing import Any

import hypothesis
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode


def positive(schema: Any, count: int, seed: int) -> list[Any]:
    """Return up to *count* bodies that are valid under *schema*; none where the generator has none."""
    media = {"application/json": {"schema": schema}}
    operation = {
        "requestBody": {"required": True, "content": media},
        "responses": {"200": {"description": "ok"}},
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/a": {"post": operation}},
    }
    drawing = schemathesis.openapi.from_dict(document)["/a"]["POST"]
    found: list[Any] = []

    @hypothesis.seed(seed)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(drawing.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def draw(case: Any) -> None:
        found.append(case.body)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with contextlib.suppress(Unsatisfiable):
            draw()
    return found
