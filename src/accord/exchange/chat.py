"""Messages to chats and pagers, by apprise, which is asked for only when one is configured."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from accord.errors import ConfigurationError
from accord.exchange.message import Delivery, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """A receiver as apprise names it: a URL with its credentials in it."""

    url: str = field(repr=False)


def check(chat: Chat, *, place: str) -> None:
    """Raise ``ConfigurationError`` at *place* where apprise is not installed, or does not know the URL."""
    if not _receiver(place).add(chat.url):
        raise ConfigurationError(
            "is no URL that apprise knows", place=place, next_step="See apprise's list of services."
        )


def notify(chat: Chat, message: Message) -> Delivery:
    """Send *message*; the time that a service may take is apprise's own, four seconds for each answer."""
    receiver = _receiver("apprise")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what a plugin does in an old way is nothing of ours
            taken = bool(receiver.add(chat.url) and receiver.notify(title=message.subject, body=message.text))
    except Exception as error:  # noqa: BLE001 - a plugin may raise anything
        return Delivery(taken=False, detail=type(error).__name__)
    return Delivery(taken=taken, detail="accepted" if taken else "apprise could not deliver it")


def _receiver(place: str) -> Any:
    try:
        apprise: Any = import_module("apprise")  # an extra, and slow to import
    except ImportError:
        raise ConfigurationError(
            "needs apprise, which is not installed",
            place=place,
            next_step="Install the extra: pip install 'accord[alerts]'.",
        ) from None
    return apprise.Apprise()
