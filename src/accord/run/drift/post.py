"""A parcel of the outbox as a message to its destination: put into words, and sent."""

from __future__ import annotations

from accord.exchange import chat, issue, mail, webhook
from accord.exchange.chat import Chat
from accord.exchange.issue import Tracker
from accord.exchange.mail import Mailbox
from accord.exchange.message import Delivery, Message
from accord.exchange.webhook import Webhook
from accord.findings.drift.lifecycle import Event
from accord.report.alerts.alert import Letter, subject, text_of
from accord.report.alerts.payload import payload
from accord.report.alerts.words import text
from accord.run.drift.destination import Address
from accord.run.drift.outbox import Parcel


def message(parcel: Parcel) -> Message:
    """Return *parcel* in words and as JSON; the same parcel is always the same message."""
    letter = Letter(
        target=parcel.target,
        contract=parcel.contract,
        accept=parcel.accept,
        written=parcel.written,
        alerts=parcel.alerts,
    )
    return Message(
        id=parcel.message,
        thread=_thread(parcel),
        written=parcel.written,
        subject=f"accord: {subject(letter)}",
        text=text(letter),
        data=payload(letter),
        over=all(alert.event is Event.OVER for alert in parcel.alerts),
    )


def _thread(parcel: Parcel) -> str:
    """Return what belongs together: all about one fact, or all about one service where facts come together."""
    keys = {text_of(alert.body, "key") for alert in parcel.alerts}
    return f"drift-{parcel.scope}" + (f"-{keys.pop()}" if len(keys) == 1 else "")


def post(address: Address, parcel: Parcel, *, now: float, seconds: float) -> Delivery:
    """Send *parcel* to *address*, within *seconds*; never raises for what the receiver does."""
    made = message(parcel)
    match address:
        case Webhook():
            return webhook.post(address, made, now=now, seconds=seconds)
        case Mailbox():
            return mail.send(address, made, seconds=seconds)
        case Chat():
            return chat.notify(address, made)
        case Tracker():
            return issue.file(address, made, seconds=seconds)
