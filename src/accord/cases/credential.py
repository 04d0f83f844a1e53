"""Credentials: what a request shows, and those that a service must refuse, made from one that it takes."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What a request carries to show who calls: headers, and members of the query string."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgery:
    """One bad credential, or the reason why it cannot be made."""

    name: str
    credential: Credential | None
    reason: str = ""


def forgeries(good: Credential, *, expired: str | None, revoked: str | None) -> tuple[Forgery, ...]:
    """Return the bad credentials that stand beside *good*, an accepted one.

    *expired* and *revoked* are tokens that only the service's owner can supply. A credential other
    than ``Authorization: Bearer`` knows only absence and garbage.
    """
    nothing = Forgery(name="no-token", credential=Credential())
    name = next((name for name in good.headers if name.lower() == "authorization"), "Authorization")
    scheme, _, token = good.headers.get(name, "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        garbage = Credential(
            headers=dict.fromkeys(good.headers, "garbage"), query=dict.fromkeys(good.query, "garbage")
        )
        return (nothing, Forgery(name="garbage-token", credential=garbage))

    def shown(authorization: str) -> Credential:
        # What else the operation needs stays good: only the token is to be judged.
        return replace(good, headers={**good.headers, name: authorization})

    def forged(title: str, other: str | None, reason: str) -> Forgery:
        credential = shown(f"Bearer {other}") if other is not None else None
        return Forgery(name=title, credential=credential, reason=reason if other is None else "")

    no_jwt = "the token is not a JSON Web Token"
    return (
        nothing,
        Forgery(name="malformed-header", credential=shown(token)),
        forged("garbage-token", "garbage", ""),
        forged("other-signature", _with_other_key(token), no_jwt),
        forged("unsigned", _without_signature(token), no_jwt),
        forged("expired-token", expired, _unknown("expired")),
        forged("revoked-user", revoked, _unknown("revoked")),
    )


def bearer(token: str) -> Credential:
    """Return *token* as a bearer credential (RFC 6750, 2.1)."""
    return Credential(headers={"Authorization": f"Bearer {token}"})


def _unknown(identity: str) -> str:
    return f"no identity called {identity!r} is configured ([tool.accord.identities.{identity}])"


def _with_other_key(token: str) -> str | None:
    """Return the JWT with the same claims, signed with a key that nobody has (RFC 7515, A.1)."""
    parts = _parts(token)
    if parts is None:
        return None
    header, claims = parts
    signed = f"{_encode({**header, 'alg': 'HS256'})}.{claims}"
    signature = hmac.new(b"a key that no service has", signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def _without_signature(token: str) -> str | None:
    """Return the JWT as an unsecured one, ``alg: none`` (RFC 7519, 6)."""
    parts = _parts(token)
    return None if parts is None else f"{_encode({**parts[0], 'alg': 'none'})}.{parts[1]}."


def _parts(token: str) -> tuple[dict[str, object], str] | None:
    pieces = token.split(".")
    if len(pieces) != 3:
        return None
    try:
        header = json.loads(base64.urlsafe_b64decode(pieces[0] + "=" * (-len(pieces[0]) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None
    return (header, pieces[1]) if isinstance(header, dict) else None


def _encode(value: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).rstrip(b"=").decode()
