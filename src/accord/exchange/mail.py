"""Messages as mail, over SMTP (RFC 5321) by the standard library."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate
from enum import StrEnum
from ipaddress import ip_address

from accord.exchange.message import Delivery, Message

_HELLO = "[127.0.0.1]"


class Security(StrEnum):
    """How a connection is kept from being read: TLS from its first byte, or from STARTTLS on, where offered."""

    TLS = "smtps"
    STARTTLS = "smtp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """Who gets mail, from whom, and through which server."""

    host: str
    port: int
    security: Security
    sender: str
    receivers: tuple[str, ...]
    user: str | None = None
    password: str | None = field(default=None, repr=False)


def send(mailbox: Mailbox, message: Message, *, seconds: float) -> Delivery:
    """Hand *message* to the server of *mailbox*, within *seconds*; never raises for what the server does.

    Its Message-ID is made of the id of *message*: whoever gets it twice can tell.
    """
    server = _server(mailbox, seconds)
    timer = threading.Timer(seconds, _break_off, (server,))
    timer.start()
    try:
        _greet(server, mailbox)
        refused = server.send_message(_mail(mailbox, message), mailbox.sender, mailbox.receivers)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        return Delivery(taken=False, detail=_said(error))
    else:
        some = f"accepted, but not for {len(refused)} of {len(mailbox.receivers)} receivers"
        return Delivery(taken=True, detail=some if refused else "accepted")
    finally:
        # The mail is accepted or not: how the server takes its leave changes nothing about it.
        with suppress(smtplib.SMTPException, OSError, ValueError):
            server.quit()
        server.close()
        timer.cancel()


def _server(mailbox: Mailbox, seconds: float) -> smtplib.SMTP:
    if mailbox.security is Security.TLS:
        context = ssl.create_default_context()
        server: smtplib.SMTP = smtplib.SMTP_SSL(local_hostname=_HELLO, timeout=seconds, context=context)
    else:
        server = smtplib.SMTP(local_hostname=_HELLO, timeout=seconds)
    # The certificate is held against this name, which smtplib takes from its constructor alone; and
    # that would connect before the time can be limited.
    server._host = mailbox.host  # type: ignore[attr-defined]  # noqa: SLF001
    return server


def _greet(server: smtplib.SMTP, mailbox: Mailbox) -> None:
    code, words = server.connect(mailbox.host, mailbox.port)
    if code != 220:
        raise smtplib.SMTPConnectError(code, words)
    server.ehlo()
    if mailbox.security is Security.STARTTLS and server.has_extn("starttls"):
        server.starttls(context=ssl.create_default_context())
        server.ehlo()
    elif mailbox.security is Security.STARTTLS and mailbox.password and not _is_here(mailbox.host):
        raise ValueError("the server offers no STARTTLS, and a password is not sent in the open")
    if mailbox.user and mailbox.password:
        server.login(mailbox.user, mailbox.password)


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _break_off(server: smtplib.SMTP) -> None:
    """End a conversation that takes too long; each answer alone may come in time."""
    if server.sock is not None:
        with suppress(OSError):
            server.sock.shutdown(socket.SHUT_RDWR)


def _mail(mailbox: Mailbox, message: Message) -> EmailMessage:
    domain = mailbox.sender.rpartition("@")[2]
    mail = EmailMessage()
    mail["From"] = mailbox.sender
    mail["To"] = ", ".join(mailbox.receivers)
    mail["Subject"] = message.subject
    mail["Date"] = formatdate(message.written)
    mail["Message-ID"] = f"<{message.id}@{domain}>"
    mail["References"] = f"<{message.thread}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    return mail


def _said(error: Exception) -> str:
    """Return why *error* kept the mail from being taken; what the server said may be anything."""
    match error:
        case smtplib.SMTPAuthenticationError():
            return "the server refuses user and password"
        case smtplib.SMTPRecipientsRefused():
            return "the server refuses every receiver"
        case smtplib.SMTPResponseException(smtp_code=code):
            return f"the server answers {code}"
        case TimeoutError():
            return "the server does not answer in time"
        case OSError(strerror=str(words)):
            return f"the server cannot be reached: {words}"
    return f"{type(error).__name__}: {str(error)[:200]}"
