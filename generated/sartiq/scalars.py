# Written by `accord generate` from asyncapi.yaml, messages.schema.json, openapi.yaml.
# Do not edit: change the contract and run the command again.
# ruff: noqa
# mypy: disable-error-code="assignment"
"""Scalars that accept what JSON Schema accepts, and keep the text of what they do not need to read.

Pydantic's own are laxer (a timestamp for a date-time, a UUID without hyphens), stricter (``5.0`` is
no integer) or rewrite what they read (``https://a.example`` becomes ``https://a.example/``).
Values made in Python are taken too: a ``uuid.UUID``, an aware ``datetime.datetime``.
"""

import datetime as dt
import re
import uuid
from typing import Annotated, Any

import pydantic
from pydantic import AfterValidator, AllowInfNan, BeforeValidator

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_TIME = re.compile(
    _DATE.pattern + r"[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)

# RFC 3986, appendix A.
_NAME = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})"
_PATH = rf"(?:{_NAME}|[:@/])"
_HOST = rf"(?:\[(?:[0-9A-Fa-f]*:[0-9A-Fa-f:.]+|[Vv][0-9A-Fa-f]+\.(?:{_NAME}|:)+)\]|{_NAME}*)"
_AUTHORITY = rf"(?:(?:{_NAME}|:)*@)?{_HOST}(?::[0-9]*)?"
_URI = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.\-]*:(?://{_AUTHORITY}(?:/{_PATH}*)?|(?!//){_PATH}*)(?:\?(?:{_PATH}|\?)*)?(?:#(?:{_PATH}|\?)*)?"
)

# RFC 5321, section 4.1.2.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-]+"
_QUOTED = r'"(?:[ !#-\[\]-~]|\\[ -~])*"'
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?"
_LITERAL = r"\[(?:IPv6:[0-9A-Fa-f:.]+|[0-9]{1,3}(?:\.[0-9]{1,3}){3})\]"
_DOMAIN = rf"(?:{_LABEL}(?:\.{_LABEL})*|{_LITERAL})"
_EMAIL = re.compile(rf"(?=.{{1,64}}@.{{1,255}}\Z)(?:{_ATOM}(?:\.{_ATOM})*|{_QUOTED})@{_DOMAIN}")


def _whole(value: Any) -> Any:
    """Read 5.0 as the integer that JSON Schema says it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _uuid(value: Any) -> Any:
    """Refuse a spelling that RFC 9562 does not give."""
    if not isinstance(value, uuid.UUID) and not (isinstance(value, str) and _UUID.fullmatch(value)):
        raise ValueError("not a UUID with hyphens")
    return value


def _date(value: Any) -> Any:
    """Refuse what is no full-date of RFC 3339."""
    if not isinstance(value, dt.date) and not (isinstance(value, str) and _DATE.fullmatch(value)):
        raise ValueError("not a date such as 2024-01-15")
    return value


def _date_time(value: Any) -> Any:
    """Refuse what is no date-time of RFC 3339."""
    if not isinstance(value, dt.datetime) and not (isinstance(value, str) and _DATE_TIME.fullmatch(value)):
        raise ValueError("not a date-time with an offset, such as 2024-01-15T10:00:00Z")
    return value


def _uri(value: str) -> str:
    """Refuse what is no URI of RFC 3986."""
    if not _URI.fullmatch(value):
        raise ValueError("not a URI")
    return value


def _email(value: str) -> str:
    """Refuse what is no mailbox of RFC 5321."""
    if not _EMAIL.fullmatch(value):
        raise ValueError("not an email address")
    return value


StrictInt = Annotated[pydantic.StrictInt, BeforeValidator(_whole)]
StrictFloat = Annotated[pydantic.StrictFloat, AllowInfNan(allow_inf_nan=False)]
UUID = Annotated[uuid.UUID, BeforeValidator(_uuid)]
date = Annotated[dt.date, BeforeValidator(_date)]
AwareDatetime = Annotated[pydantic.AwareDatetime, BeforeValidator(_date_time)]
AnyUrl = Annotated[pydantic.StrictStr, AfterValidator(_uri)]
EmailStr = Annotated[pydantic.StrictStr, AfterValidator(_email)]
