"""Forged credentials, as PyJWT and the RFCs see them."""

from __future__ import annotations

import base64
import json

import jwt
import pytest

from accord.cases.credential import Credential, Forgery, bearer, forgeries

KEY = "a key of the service that is long enough"
CLAIMS = {"sub": "ann", "exp": 4_000_000_000, "roles": ["a", "é"]}
TOKEN = jwt.encode(CLAIMS, KEY, algorithm="HS256", headers={"kid": "k1"})


def made(
    good: Credential = bearer(TOKEN), *, expired: str | None = None, revoked: str | None = None
) -> dict[str, Forgery]:
    """Return the forgeries by name."""
    return {item.name: item for item in forgeries(good, expired=expired, revoked=revoked)}


def token(forgery: Forgery) -> str:
    """Return the bearer token of *forgery*."""
    assert forgery.credential is not None
    scheme, found = forgery.credential.headers["Authorization"].split(" ", 1)
    assert scheme == "Bearer"
    return found


def test_every_kind_is_made() -> None:
    """A bearer token has seven bad siblings, of which two must be given."""
    assert list(made()) == [
        "no-token", "malformed-header", "garbage-token", "other-signature", "unsigned", "expired-token", "revoked-user",
    ]  # fmt: skip


@pytest.mark.parametrize("algorithm", ["HS256", "HS512"])
def test_other_signature_has_the_same_claims(algorithm: str) -> None:
    """PyJWT reads the same claims and key id from it, and refuses its signature."""
    found = token(
        made(bearer(jwt.encode(CLAIMS, KEY * 2, algorithm=algorithm, headers={"kid": "k1"})))[
            "other-signature"
        ]
    )
    assert jwt.decode(found, options={"verify_signature": False}) == CLAIMS
    assert jwt.get_unverified_header(found)["kid"] == "k1"
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(found, KEY * 2, algorithms=["HS256", "HS512"])


def test_unsigned_is_an_unsecured_token() -> None:
    """PyJWT takes it as a token that is not signed (RFC 7519, 6), and refuses it where one is wanted."""
    found = token(made()["unsigned"])
    assert jwt.get_unverified_header(found)["alg"] == "none"
    assert jwt.decode(found, options={"verify_signature": False}) == CLAIMS
    assert found.endswith(".")
    with pytest.raises(jwt.InvalidAlgorithmError):
        jwt.decode(found, KEY, algorithms=["HS256"])


def test_malformed_header_has_no_scheme() -> None:
    """The malformed header is the good token without the word Bearer."""
    assert made()["malformed-header"].credential == Credential(headers={"Authorization": TOKEN})


def test_good_token_is_in_no_other_forgery() -> None:
    """But for the malformed header, nothing shows the token that the service takes."""
    for name, item in made().items():
        if name != "malformed-header" and item.credential is not None:
            assert TOKEN not in str(dict(item.credential.headers))
    assert made()["no-token"].credential == Credential()


def test_given_tokens_are_used() -> None:
    """Expired and revoked tokens come from the owner of the service, else the reason says how to give them."""
    found = made(expired="old", revoked="gone")
    assert ("old", "gone") == (token(found["expired-token"]), token(found["revoked-user"]))
    missing = made()["expired-token"]
    assert missing.credential is None
    assert "[tool.accord.identities.expired]" in missing.reason


def _segment(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "opaque",
    [
        "opaque", "a.b", "a.b.c.d.e", "a.b.c", "..", f"{_segment(b'[1]')}.e30.x", f"{_segment(b'{')}.e30.x",
        f"{_segment(bytes([0xFF]))}.e30.x", f"{_segment(b'[' * 50_000)}.e30.x", "é.é.é",
    ],
    ids=range(10),
)  # fmt: skip
def test_token_of_another_kind_is_not_forged(opaque: str) -> None:
    """What is no JSON Web Token cannot be signed again, and the reason says so."""
    found = made(bearer(opaque))
    for name in ("other-signature", "unsigned"):
        assert found[name].credential is None
        assert "not a JSON Web Token" in found[name].reason
    assert token(found["garbage-token"]) == "garbage"


@pytest.mark.parametrize(
    "good",
    [
        Credential(headers={"X-Key": "secret"}),
        Credential(query={"key": "secret"}),
        Credential(headers={"Authorization": "Basic c2VjcmV0"}),
        Credential(headers={"Cookie": "session=secret"}, query={"key": "secret"}),
        Credential(headers={"Authorization": "Bearer "}),
    ],
)
def test_other_credential_knows_absence_and_garbage(good: Credential) -> None:
    """A key or password has two bad siblings, in the same places."""
    found = made(good)
    assert list(found) == ["no-token", "garbage-token"]
    garbage = found["garbage-token"].credential
    assert garbage is not None
    assert (set(good.headers), set(good.query)) == (set(garbage.headers), set(garbage.query))
    assert {*garbage.headers.values(), *garbage.query.values()} == {"garbage"}


def test_second_credential_stays_good() -> None:
    """Where a token and a key are needed together, the key stays, so that only the token is judged."""
    good = Credential(headers={"authorization": f"bearer {TOKEN}", "X-Key": "k"}, query={"q": "v"})
    for name, item in made(good).items():
        if item.credential is not None and name != "no-token":
            assert ("k", {"q": "v"}) == (item.credential.headers["X-Key"], item.credential.query)
            assert set(item.credential.headers) == {"authorization", "X-Key"}


def test_credential_does_not_show_itself() -> None:
    """The text of a credential holds no secret."""
    assert TOKEN not in repr(bearer(TOKEN))
    assert TOKEN not in repr(made()["garbage-token"])
    assert json.dumps(CLAIMS) not in repr(made())
