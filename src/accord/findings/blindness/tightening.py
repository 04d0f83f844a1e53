"""Tightenings: the lines of a contract that would refuse the mutants of one place."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator

from accord.contract.pointer import Json
from accord.findings.blindness.hole import Wrong
from accord.findings.blindness.trait import Trait


def tightening(
    wrongs: Collection[Wrong], trait: Trait | None, required: Collection[str], schema: Json
) -> Iterator[str]:
    """Yield what *schema* could say beside what it says, as lines of YAML: what all that was seen keeps.

    *required* are members that may be missing and never were.
    """
    if required:
        known = schema.get("required") if isinstance(schema, dict) else None
        names = [*(known if isinstance(known, list) else ()), *sorted(required)]
        yield f"required: [{', '.join(_word(str(name)) for name in names)}]"
    if trait is None:
        return
    if {Wrong.TYPE, Wrong.NULL} & set(wrongs):
        names = list(trait.names)
        yield f"type: {names[0] if len(names) == 1 else json.dumps(names)}"
    if Wrong.FORMAT in wrongs:
        yield f"format: {trait.format}"
    if Wrong.WORD in wrongs:
        yield f"enum: [{', '.join(map(_word, trait.vocabulary))}]"
    if Wrong.RANGE in wrongs:
        yield "minimum: 0"
    if Wrong.VARIANT in wrongs:
        for name, words in trait.tags().items():
            for word, shape in words.items():
                others = ", ".join(_word(item) for item in sorted(shape))
                yield (
                    f"# a variant of its own: {{ required: [{others}], "
                    f"properties: {{ {_word(name)}: {{ const: {_word(word)} }} }} }}"
                )


def _word(text: str) -> str:
    """Return *text* as YAML: plain where that is safe, else in quotes, as JSON has it."""
    plain = text.replace("_", "").replace("-", "")
    reserved = text.lower() in {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}
    return (
        text if plain.isascii() and plain.isalpha() and text[0] != "-" and not reserved else json.dumps(text)
    )
