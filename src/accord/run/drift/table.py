"""One table of settings, read key by key; each error names the key and what to write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from accord.config import expand
from accord.errors import ConfigurationError


class Table:
    """The table *values* at *where*; raises ``ConfigurationError`` for a key that is none of *keys*."""

    def __init__(self, values: Mapping[str, Any], where: str, keys: Sequence[str]) -> None:
        self._values = values
        self.where = where
        for key in values:
            if key not in keys:
                near = get_close_matches(key, keys, n=1)
                raise ConfigurationError(
                    f"unknown key {key!r}",
                    place=where,
                    next_step=f"Did you mean {near[0]!r}?" if near else f"Known keys: {', '.join(keys)}.",
                )

    def __contains__(self, key: str) -> bool:
        """Tell whether *key* is given."""
        return key in self._values

    def text(self, key: str) -> str | None:
        """Return the text of *key* with its variables filled in, None where it is not given."""
        value = self._values.get(key)
        return None if value is None else self._text(value, key)

    def texts(self, key: str) -> dict[str, str]:
        """Return the table of texts that *key* is."""
        return {name: self._text(value, f"{key}.{name}") for name, value in self.tables(key).items()}

    def tables(self, key: str) -> dict[str, Any]:
        """Return the table that *key* is, as it is written."""
        value = self._values.get(key, {})
        if not isinstance(value, dict):
            raise self._wrong(key, "a table")
        return value

    def several(self, key: str) -> tuple[str, ...]:
        """Return the texts of *key*, which may be one text or a list of them."""
        value = self._values.get(key, [])
        values = value if isinstance(value, list) else [value]
        return tuple(self._text(item, key) for item in values)

    def flag(self, key: str) -> bool:
        """Return whether *key* is true."""
        value = self._values.get(key, False)
        if not isinstance(value, bool):
            raise self._wrong(key, "true or false")
        return value

    def whole(self, key: str, least: int) -> int | None:
        """Return the whole number of *key*, None where it is not given."""
        value = self._values.get(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < least):
            raise self._wrong(key, f"a whole number from {least}")
        return value

    def choice(self, key: str, known: Sequence[str]) -> str | None:
        """Return the text of *key*, one of *known*, None where it is not given."""
        value = self.text(key)
        if value is not None and value not in known:
            raise self._wrong(key, f"one of {', '.join(known)}")
        return value

    def _text(self, value: Any, key: str) -> str:
        if not isinstance(value, str):
            raise self._wrong(key, "a text in quotes")
        text = expand(value, f"{self.where} {key}")
        if not text or "\0" in text:
            raise self._wrong(key, "a text that is not empty")
        return text

    def _wrong(self, key: str, meant: str) -> ConfigurationError:
        return ConfigurationError(
            f"{key!r} is not {meant}", place=self.where, next_step="Correct it there, or leave it out."
        )
