"""A profile: what a framework does by itself, which is told once instead of at each operation.

Everything about a framework is data here; ``habit`` holds an answer against it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

NONE = "none"
AUTO = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnError:
    """One form of error that a framework writes: its statuses, and the body that it has then.

    ``schema`` is that of a JSON body, None for a text; ``pattern`` is found in every such body.
    ``told`` is the wider schema to be put into a contract, ``schema`` where there is none.
    """

    statuses: tuple[int, ...]
    media_type: str = "application/json"
    schema: Mapping[str, Any] | None = None
    pattern: str = ""
    told: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedText:
    """A text that a framework refuses in every field: its ``message``, and what the text looks like."""

    message: str
    pattern: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One framework.

    ``marks`` are patterns of the documents that it writes, ``missing`` of its answer to a path that
    it does not know, ``options`` of its answer to OPTIONS; each answer is seen as status, headers
    and body. ``readings`` name what it reads as a value of another type, see ``coercion``.
    ``allows`` says what its 405 tells in ``Allow``: ``all`` methods of the path, those of one
    ``route``, or ``nothing``; ``refusal`` is the pattern of that 405. ``refused_texts`` it refuses
    everywhere, and those of ``refused_types``, types of its located errors, where its document does
    not say so; ``refused`` are words for both.
    """

    name: str
    title: str
    marks: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    errors: tuple[OwnError, ...] = ()
    readings: frozenset[str] = field(default_factory=frozenset)
    allows: str = "all"
    refusal: str = ""
    refused_texts: tuple[RefusedText, ...] = ()
    refused_types: frozenset[str] = field(default_factory=frozenset)
    refused: str = ""

    def wrote(self, document: str) -> bool:
        """Tell whether the text *document* is one that this framework writes."""
        return _any(self.marks, document)

    def gave(self, *, missing: str, options: str) -> bool:
        """Tell whether these answers, to an unknown path and to OPTIONS, are this framework's."""
        return _any(self.missing, missing) or _any(self.options, options)


def _any(patterns: tuple[str, ...], text: str) -> bool:
    return any(re.search(pattern, text) for pattern in patterns)
