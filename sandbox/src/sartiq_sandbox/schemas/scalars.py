"""The strict scalars of requests and the formatted strings of responses."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StrictStr, WithJsonSchema
from pydantic_core import PydanticCustomError

from sartiq_sandbox.clock import stamp_text

__all__ = [
    "DateTimeInput",
    "DateTimeText",
    "DecimalCheck",
    "IntegerCheck",
    "TextCheck",
    "UriText",
    "UuidInput",
    "UuidText",
]

UUID_TEXT = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
DATE_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))",
    re.ASCII,
)
QUERY_INTEGER = re.compile(r"-?[0-9]+")
LEAP_SECOND = 60


def unicode_text(value: str) -> str:
    """Return a text unchanged; refuse lone surrogates, which no UTF-8 can carry."""
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise PydanticCustomError("string_unicode", "Input should be Unicode text") from error
    return value


def canonical_uuid(value: str) -> str:
    """Return the lower-case form of a hyphenated UUID; refuse every other spelling."""
    if UUID_TEXT.fullmatch(value) is None:
        raise PydanticCustomError(
            "uuid_parsing", "Input should be a UUID of 32 hexadecimal digits in 5 groups"
        )
    return value.lower()


def utc_text(value: str) -> str:
    """Return an RFC 3339 date-time (section 5.6) with an offset, moved to UTC."""
    try:
        return stamp_text(_moment(value))
    except (ValueError, OverflowError) as error:
        raise PydanticCustomError(
            "datetime_from_rfc3339", "Input should be an RFC 3339 date-time with an offset"
        ) from error


def _moment(value: str) -> datetime:
    parts = DATE_TIME.fullmatch(value)
    if parts is None:
        raise ValueError(value)
    date, minutes, seconds, fraction, sign, offset_hours, offset_minutes = parts.groups()
    leap = int(seconds) == LEAP_SECOND
    naive = datetime.fromisoformat(f"{date}T{minutes}:{'59' if leap else seconds}")
    offset = timedelta(hours=int(offset_hours or 0), minutes=int(offset_minutes or 0))
    moment = (naive + offset if sign == "-" else naive - offset).replace(tzinfo=UTC)
    if leap and (moment.hour, moment.minute) != (23, 59):
        raise ValueError(value)
    return moment.replace(microsecond=int((fraction or "0")[:6].ljust(6, "0")))


def json_integer(value: object) -> object:
    """Return the value of a JSON number without a fraction as an ``int``.

    JSON Schema (validation, section 6.1.1) counts 5.0 as an integer, and never true or "5".
    """
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise PydanticCustomError("int_type", "Input should be a valid integer")


def decimal_digits(value: object) -> object:
    """Return a query value that is an integer in decimal digits; refuse " 1", "1_0", "1.0"."""
    if isinstance(value, str) and QUERY_INTEGER.fullmatch(value) is None:
        raise PydanticCustomError("int_parsing", "Input should be a valid integer")
    return value


TextCheck = AfterValidator(unicode_text)
UuidInput = Annotated[
    StrictStr,
    AfterValidator(canonical_uuid),
    WithJsonSchema({"type": "string", "format": "uuid"}),
]
DateTimeInput = Annotated[
    StrictStr,
    AfterValidator(utc_text),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
IntegerCheck = BeforeValidator(json_integer)
DecimalCheck = BeforeValidator(decimal_digits)

UuidText = Annotated[str, Field(json_schema_extra={"format": "uuid"})]
DateTimeText = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
UriText = Annotated[str, Field(json_schema_extra={"format": "uri"})]
