"""JSON bodies that nobody has to refuse, and that nobody may fall over.

Neither JSON nor HTTP says what becomes of them: names that come twice (RFC 8259, 4), other encodings
than UTF-8 and a byte order mark (8.1), depth (9), and content without a type (RFC 9110, 8.3).
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from dataclasses import dataclass

from accord.contract.media_type import JSON
from accord.contract.pointer import Json

# Every parser of JSON in use takes as many, and an answer that quotes them too.
_DEPTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd:
    """One body as bytes, under ``content_type``, empty for none; ``name`` says what is odd about it."""

    name: str
    body: bytes
    content_type: str = JSON


def odd_bodies(body: Json) -> Iterator[Odd]:
    """Yield *body* in every odd way that there is for it, then one that is odd for its depth alone."""
    text = json.dumps(body)
    yield Odd(name="no-content-type", body=text.encode(), content_type="")
    yield Odd(name="byte-order-mark", body=codecs.BOM_UTF8 + text.encode())
    yield Odd(name="utf-16", body=text.encode("utf-16"))
    if isinstance(body, dict):
        name, value = next(iter(body.items()), ("accord", 1))
        member = f"{json.dumps(name)}: {json.dumps(value)}"
        rest = text[1:-1]
        yield Odd(name="duplicate-names", body=f"{{{member}, {rest or member}}}".encode())
        # A text in Latin-1 is no UTF-8 as soon as it holds a character of its upper half.
        accented = f'{{"accord": "caf\N{LATIN SMALL LETTER E WITH ACUTE}"{", " if rest else ""}{rest}}}'
        yield Odd(name="latin-1", body=accented.encode("latin-1"))
    yield Odd(name="deep", body=b"[" * _DEPTH + b"]" * _DEPTH)
