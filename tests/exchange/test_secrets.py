"""Secrets: what is known or looks like one is masked, and little else is."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import quote, quote_plus, unquote, unquote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.cases.request import Request
from accord.exchange.recording import dump, load
from accord.exchange.reproduce import curl, script
from accord.exchange.secrets import Secrets
from accord.exchange.values import Closed, Exchange, Opened, Received, Response, Sent, Session, Side

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJkZW1vIn0.c2lnbmF0dXJlLW9mLWl0"

# Brackets could make a secret anew out of the mask itself.
SECRETS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="[]"), min_size=4, max_size=30
).filter(lambda text: "secret" not in text)
SPELLINGS: list[Callable[[str], str]] = [
    str,
    lambda text: quote(text, safe=""),
    quote,
    lambda text: quote(text).lower() if text == text.lower() else quote(text),
    quote_plus,
    lambda text: json.dumps(text)[1:-1],
    lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    lambda text: urlencode({"x": text})[2:],
    lambda text: (
        "".join(f"\\u{ord(unit):04X}" if ord(unit) > 127 else json.dumps(unit)[1:-1] for unit in text)
        if max(text) <= "\uffff"
        else text
    ),
]


def readings(text: str) -> list[str]:
    """Return *text* as each reader might take it."""
    views = [text, unquote(text), unquote_plus(text)]
    with suppress(ValueError):
        views.append(json.loads(f'"{text}"', strict=False))
    return views


@given(SECRETS, st.sampled_from(SPELLINGS))
def test_a_known_secret_is_masked_however_it_is_spelled(secret: str, spell: Callable[[str], str]) -> None:
    """Percent-encoding, form encoding and JSON escapes hide nothing from the mask."""
    masked = Secrets([secret]).mask(f"<{spell(secret)}>")
    assert masked == "<[secret]>"


@given(SECRETS, st.sampled_from(SPELLINGS))
def test_a_secret_never_survives_in_what_leaves(secret: str, spell: Callable[[str], str]) -> None:
    """Recordings, commands and scripts are clean, wherever the secret stood."""
    secrets, told = Secrets([secret]), f"<{spell(secret)}>"
    headers = (
        ("Authorization", f"Bearer {secret}"),
        ("X-Note", told),
        ("Cookie", f"a={secret}"),
        (told, "x"),
    )
    request = Request(method="POST", url=f"http://h/{told}?q={told}", headers=headers, body=told.encode())
    response = Response(
        status=200, headers=(("Set-Cookie", f"sid={secret}; Path=/"),), body=b"\xff" + told.encode()
    )
    exchange = Exchange(
        id="e1", operation=None, request=request, response=response, detail=told, started=0, seconds=0
    )
    events = (
        Opened(at=0, subprotocol=told),
        Sent(at=1, data=told),
        Received(at=2, data=b"\xff" + told.encode()),
        Closed(at=3, code=1000, reason=told, by=Side.SERVER, detail=told),
    )
    session = Session(
        id="s1",
        channel="c",
        url=f"ws://h/?t={told}",
        script="s",
        identity=None,
        events=events,
        started=0,
        crash=told,
    )
    masked = load(dump(secrets.mask_exchange(exchange)))
    talk = load(dump(secrets.mask_session(session)))
    assert isinstance(masked, Exchange)
    assert isinstance(talk, Session)
    assert masked.response is not None
    texts = [masked.request.url, masked.detail, talk.url, talk.crash]
    texts += [text for pair in masked.request.headers + masked.response.headers for text in pair]
    texts += [body.decode("utf-8", "replace") for body in (masked.request.body, masked.response.body)]
    for event in talk.events:
        data = getattr(event, "data", "")
        texts.append(data if isinstance(data, str) else data.decode("utf-8", "replace"))
        texts += [getattr(event, name, None) or "" for name in ("subprotocol", "reason", "detail")]
    texts += [curl(request, secrets=secrets), *script(session, secrets=secrets).splitlines()]
    for text in texts:
        assert secret in FRAME or not [view for view in readings(text) if secret in view]


FRAME = """
curl -X POST -H "Authorization: Bearer $TOKEN" X-Note: Cookie: $COOKIE a= sid= ; Path=/ Content-Type: x; http://h/?q=
--path-as-is --globoff --data-binary --data-raw $'' '' printf %s base64 -d | ws://h/?t= "" <>
{"connect": ""} {"expect": {"opened": ""}} {"send": {"text": ""}} {"base64": "/zxbc2VjcmV0XT4="}
{"expect": {"closed": 1000, "reason": "<[secret]>", "status": null}}
"""
"""What commands and scripts are made of, whatever they tell."""


@given(st.text(min_size=6, max_size=20), st.text(max_size=5))
def test_a_secret_in_base64_is_masked(secret: str, user: str) -> None:
    """A password does not hide behind Basic credentials, whatever the user name's length."""
    credentials = base64.b64encode(f"{user}:{secret}".encode(errors="replace")).decode()
    masked = Secrets([secret]).mask(f"say {credentials} please")
    assert credentials not in masked
    assert masked.startswith("say ")
    assert "Basic [secret]" in Secrets().mask(f"sent Basic {credentials}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"token {JWT}!", "token [secret]!"),
        ('{"password": "hunter2", "name": "ann"}', '{"password": "[secret]", "name": "ann"}'),
        ('{"accessToken":"a\\"b","x":1}', '{"accessToken":"[secret]","x":1}'),
        ('{"refresh_token" : "a', '{"refresh_token" : "[secret]'),
        ('{"client_secret":"","token":null,"api_key":5}', '{"client_secret":"","token":null,"api_key":5}'),
        ('{"token_type":"bearer","tokens":"3"}', '{"token_type":"bearer","tokens":"3"}'),
        ("username=ann&password=a+b%20c&x=1", "username=ann&password=[secret]&x=1"),
        ("wss://h/ws?token=abc&x=1#frag", "wss://h/ws?token=[secret]&x=1#frag"),
        ("http://ann:hunter2@h/", "http://ann:[secret]@h/"),
        ("Authorization: Basic ZGVtbzpkZW1v", "Authorization: Basic [secret]"),
        ("Basic authentication is required", "Basic authentication is required"),
        ("a password is required", "a password is required"),
        ("mypassword", "mypassword"),
        (
            '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\nhunter2\r\n--b--',
            '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n[secret]\r\n--b--',
        ),
        ("", ""),
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str, expected: str) -> None:
    """Tokens, members and fields with telling names are masked; words about them are not."""
    assert expected == Secrets().mask(text)
    assert expected == Secrets().mask(expected)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("Authorization", "Bearer abc", "Bearer [secret]"),
        ("authorization", "abc", "[secret]"),
        ("Authorization", "", ""),
        ("Proxy-Authorization", 'Digest a="b", c="d"', "Digest [secret]"),
        ("Cookie", "a=1; b=2; flag", "a=[secret]; b=[secret];[secret]"),
        ("Set-Cookie", "sid=abc=; Path=/; HttpOnly", "sid=[secret]; Path=/; HttpOnly"),
        ("Set-Cookie", "", ""),
        ("X-API-Key", "abc", "[secret]"),
        ("X-Auth-Token", "abc", "[secret]"),
        ("apikey", "abc", "[secret]"),
        ("Idempotency-Key", "abc", "abc"),
        ("Sec-WebSocket-Key", "abc", "abc"),
        ("Author", "abc", "abc"),
        ("Location", "/cb?access_token=abc", "/cb?access_token=[secret]"),
    ],
)
def test_headers_with_credentials_keep_their_form(name: str, value: str, expected: str) -> None:
    """Schemes, cookie names and attributes stay, for they are what a reader needs."""
    assert ((name, expected),) == Secrets().mask_headers(((name, value),))


def test_short_secrets_do_not_eat_the_text() -> None:
    """A secret of three characters is masked by its place only."""
    secrets = Secrets(["abc"])
    assert 'abc {"password":"[secret]"}' == secrets.mask('abc {"password":"abc"}')


def test_a_secret_may_be_added_late() -> None:
    """A token that a login gave is masked from then on; of two, the longer goes first."""
    secrets = Secrets(["abcd"])
    assert "[secret] [secret]efgh" == secrets.mask("abcd abcdefgh")
    secrets.add("abcdefgh")
    assert "[secret] [secret]" == secrets.mask("abcd abcdefgh")


@given(st.binary())
def test_what_has_no_secret_stays_as_it_is(data: bytes) -> None:
    """Bytes without any secret are returned unchanged, text or not."""
    assert data.startswith(b"eyJ") or b"://" in data or data == Secrets(["hunter2 hunter2"]).mask_data(data)


@pytest.mark.parametrize(
    "piece",
    [
        "eyJ",
        '"password":"',
        "password=",
        '"',
        "\\",
        "a",
        "://a:",
        "basic ",
        'name="password"\r\n',
        "eyJaaaaa.",
        "x-",
        "\r\n",
        "?",
        "&a",
    ],
)
def test_masking_a_long_text_comes_to_an_end(piece: str) -> None:
    """No text makes the patterns run wild: a million characters would take hours, if they did."""
    text = piece * (1_000_000 // len(piece))
    assert "hunter2" not in Secrets(["hunter2", "pass word/é"]).mask(f"{text} hunter2")


@pytest.mark.parametrize(
    "text",
    [
        '{{"authorization": "{0}"}}',
        '{{"user_credentials":"{0}"}}',
        '{{"AccessKey": "{0}", "id": 3}}',
        "private-key={0}",
    ],
)
def test_more_names_of_secrets_are_known(text: str) -> None:
    """Members and fields that are named like a credential lose their value."""
    assert text.format("[secret]") == Secrets().mask(text.format("hunter2"))


@pytest.mark.parametrize(
    "token",
    [
        "ghp_" + "a1" * 18,
        "xoxb-123456789012-abcdef",
        "sk_" + "live_" + "4eC39HqLyjWDarjtT1",
        "AKIA" + "IOSFODNN7EXAMPLE",
        "glpat-" + "x" * 20,
    ],
)
def test_a_token_is_known_by_its_form(token: str) -> None:
    """Tokens of well-known issuers are masked wherever they stand, and nothing around them is."""
    assert '{"note": "it is [secret]."}' == Secrets().mask(f'{{"note": "it is {token}."}}')


def test_a_private_key_is_masked_to_its_end() -> None:
    """Between the lines of PEM nothing stays."""
    text = "-----BEGIN RSA PRIVATE KEY-----\nMIIB\nabc\n-----END RSA PRIVATE KEY-----\nafter"
    assert "-----BEGIN RSA PRIVATE KEY-----[secret]-----END RSA PRIVATE KEY-----\nafter" == Secrets().mask(
        text
    )


def test_a_bearer_token_is_masked_in_a_text() -> None:
    """A token that follows its scheme is one; a word that does is not."""
    assert "send Bearer [secret]" == Secrets().mask("send Bearer 0123456789abcdef.x")
    assert "the bearer of news" == Secrets().mask("the bearer of news")
