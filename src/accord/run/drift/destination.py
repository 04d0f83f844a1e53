"""Who is told of drift, and how: webhooks, mail, chats and pagers, as the settings and options name them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

from accord.errors import ConfigurationError
from accord.exchange import chat as chats
from accord.exchange.chat import Chat
from accord.exchange.issue import Tracker
from accord.exchange.mail import Mailbox, Security
from accord.exchange.webhook import Webhook, read_key
from accord.exchange.wire import address, encode_headers
from accord.findings.drift.lifecycle import Listener
from accord.findings.finding import Severity
from accord.run.drift.settings import THRESHOLDS, WHERE, DriftSettings
from accord.run.drift.standing import Receiver
from accord.run.drift.table import Table
from accord.run.duration import seconds

Address: TypeAlias = Webhook | Mailbox | Chat | Tracker

_COMMON = ("on", "remind", "digest")
_KEYS: Mapping[str, tuple[str, ...]] = {
    "webhook": ("secret",),
    "mail": ("from", "smtp", "password"),
    "apprise": (),
    "github": ("token", "api"),
}
_SINGLY = ("webhook", "github")
"""Where each fact is a message of its own, unless the settings say otherwise."""
_REPOSITORY = re.compile(r"[\w.-]{1,100}/[\w.-]{1,100}", re.ASCII)
_API = "https://api.github.com"
_PARTS = re.compile(r"[/?&=@:#]+")
_SHORTEST_PART, _LONG_PART = 6, 20
_PORTS = {Security.TLS: 465, Security.STARTTLS: 587}
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """One receiver of alerts; its address is a secret, its name is not."""

    receiver: Receiver
    address: Address = field(repr=False)

    @property
    def name(self) -> str:
        """Return the name by which it is told and remembered."""
        return self.receiver.listener.name


def read_destinations(drift: DriftSettings) -> tuple[Destination, ...]:
    """Return the destinations of ``[tool.accord.drift.alerts]``; raises ``ConfigurationError``."""
    return tuple(_destination(name, value, drift) for name, value in drift.alerts.items())


def given_destinations(
    webhooks: tuple[str, ...], receivers: tuple[str, ...], chat: tuple[str, ...], drift: DriftSettings
) -> Iterator[Destination]:
    """Yield the destinations that options name; secrets come from the environment.

    ``ACCORD_WEBHOOK_SECRET`` signs webhooks, ``ACCORD_SMTP`` is the server, ``ACCORD_SMTP_PASSWORD`` its
    password where it asks for one, ``ACCORD_MAIL_FROM`` the sender.
    """
    for url in webhooks:
        table: dict[str, Any] = {"webhook": url, "secret": "${ACCORD_WEBHOOK_SECRET}"}
        yield _destination(f"webhook-{_short(url)}", table, drift, where="--webhook")
    if receivers:
        table = {
            "mail": list(receivers),
            "smtp": "${ACCORD_SMTP}",
            "from": "${ACCORD_MAIL_FROM}",
            "password": "${ACCORD_SMTP_PASSWORD}",
        }
        yield _destination(f"mail-{_short(','.join(receivers))}", table, drift, where="--mail")
    for url in chat:
        yield _destination(f"apprise-{_short(url)}", {"apprise": url}, drift, where="--apprise")


def secret_parts(destinations: tuple[Destination, ...]) -> Iterator[str]:
    """Yield what must not be told of the addresses of *destinations*."""
    for item in destinations:
        match item.address:
            case Mailbox(password=password):
                yield password or ""
            case Tracker(token=token):
                yield token
            case Webhook(url=url) | Chat(url=url):
                yield url
                yield from (part for part in _PARTS.split(unquote(url)) if _is_random(part))


def _is_random(part: str) -> bool:
    """Tell whether *part* of a URL looks like a token: a word such as ``webhook`` hides nothing, and is no secret."""
    return len(part) >= _SHORTEST_PART and (len(part) >= _LONG_PART or any(map(str.isdigit, part)))


def _destination(name: str, value: Any, drift: DriftSettings, *, where: str = "") -> Destination:
    place = where or f"{WHERE[:-1]}.alerts.{name}]"
    if not isinstance(value, dict):
        raise ConfigurationError(
            "is not a table", place=place, next_step="Write a table with webhook, mail, apprise or github."
        )
    kinds = [kind for kind in _KEYS if kind in value]
    if len(kinds) != 1:
        raise ConfigurationError(
            "names no or several ways to tell",
            place=place,
            next_step="Give one of webhook, mail, apprise, github.",
        )
    (kind,) = kinds
    table = Table(value, place, (kind, *_KEYS[kind], *_COMMON))
    remind = table.text("remind")
    on = table.choice("on", [name for name, severity in THRESHOLDS.items() if severity is not None])
    severity = THRESHOLDS[on] if on else drift.fail_on
    listener = Listener(
        name=name,
        threshold=severity or Severity.ERROR,
        remind=seconds(remind, place=f"{place} remind") if remind else drift.remind,
    )
    digest = table.flag("digest") if "digest" in table else kind not in _SINGLY
    if digest and kind == "github":
        raise _wrong(table, "an issue is about one fact", "Leave digest out.")
    return Destination(receiver=Receiver(listener=listener, digest=digest), address=_READERS[kind](table))


def _webhook(table: Table) -> Address:
    url = table.text("webhook") or ""
    try:
        address(url)
    except ValueError as error:
        raise _wrong(table, f"webhook: {error}", "Write it as https://host/path.") from None
    if not table.several("secret"):
        raise _wrong(
            table,
            "has no secret to sign with",
            'Give secret = "${NAME}": whsec_ and base64 of 24 to 64 bytes.',
        )
    try:
        return Webhook(url=url, keys=tuple(read_key(item) for item in table.several("secret")))
    except ValueError as error:
        raise _wrong(table, f"secret {error}", 'Make one: echo "whsec_$(openssl rand -base64 32)".') from None


def _mail(table: Table) -> Address:
    receivers = table.several("mail")
    sender = table.text("from") or ""
    for item in (sender, *receivers):
        if not _ADDRESS.fullmatch(item) or parseaddr(item)[1] != item:
            raise _wrong(
                table, f"{item[:100]!r} is no mail address", "Give from and mail as name@example.com."
            )
    server = table.text("smtp") or ""
    parts = urlsplit(server)
    try:
        security, port = Security(parts.scheme), parts.port
    except ValueError:
        security, port = Security.STARTTLS, None
        parts = urlsplit("")
    if not parts.hostname or parts.password is not None:
        raise _wrong(
            table,
            "smtp is no server",
            "Write smtps://user@host (TLS) or smtp://user@host (STARTTLS); the password is a key of its own.",
        )
    user = unquote(parts.username) if parts.username else None
    return Mailbox(
        host=parts.hostname,
        port=port or _PORTS[security],
        security=security,
        sender=sender,
        receivers=receivers,
        user=user,
        password=table.text("password") if user else None,
    )


def _chat(table: Table) -> Address:
    chat = Chat(url=table.text("apprise") or "")
    chats.check(chat, place=table.where)
    return chat


def _tracker(table: Table) -> Address:
    repository, token = table.text("github") or "", table.text("token")
    api = table.text("api") or _API
    if not _REPOSITORY.fullmatch(repository):
        raise _wrong(table, "github is no repository", "Write it as owner/name.")
    if token is None:
        raise _wrong(table, "has no token", 'Give token = "${GITHUB_TOKEN}": it has to write issues.')
    try:
        address(api)
        encode_headers((("Authorization", f"Bearer {token}"),))
    except ValueError as error:
        raise _wrong(table, str(error), "Write api as https://host/path, and the token as it is.") from None
    return Tracker(repository=repository, token=token, api=api)


_READERS: Mapping[str, Callable[[Table], Address]] = {
    "webhook": _webhook,
    "mail": _mail,
    "apprise": _chat,
    "github": _tracker,
}


def _wrong(table: Table, reason: str, next_step: str) -> ConfigurationError:
    return ConfigurationError(reason, place=table.where, next_step=next_step)


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
