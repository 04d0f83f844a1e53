"""A header as users write it: ``Name: value``."""

from __future__ import annotations

from accord.errors import ConfigurationError

_FRAMING = frozenset({"content-length", "transfer-encoding"})


def read_header(item: str) -> tuple[str, str]:
    """Return name and value of *item*; raises ``ConfigurationError`` for what HTTP cannot carry."""
    from accord.exchange.wire import encode_headers  # noqa: PLC0415 - heavy, and not needed for --help

    name, separator, value = (part.strip(" \t") for part in item.partition(":"))
    advice = "Write it as 'Name: value'."
    if not separator:
        raise ConfigurationError("a header has no colon", place="--header", next_step=advice)
    if name.lower() in _FRAMING:
        reason = f"{name} follows from each body"
        raise ConfigurationError(reason, place="--header", next_step="Leave it out.")
    try:
        encode_headers(((name, value),))
    except ValueError as problem:
        raise ConfigurationError(str(problem), place="--header", next_step=advice) from None
    return name, value
