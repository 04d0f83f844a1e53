"""Messages as issues of GitHub: one for each subject, commented on while it stands, closed when it is over."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from accord.cases.request import Request
from accord.errors import TargetError
from accord.exchange.client import Client, open_client
from accord.exchange.limits import Limits
from accord.exchange.message import Delivery, Message
from accord.exchange.wire import Headers, address

LABEL = "accord-drift"
_PAGES, _PAGE = 10, 100
_TITLE = 200
_FENCE = "````"
_TICKS = re.compile("`{4,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracker:
    """The issues of ``repository``, as ``owner/name``, at the API of GitHub or of a server like it."""

    repository: str
    token: str = field(repr=False)
    api: str


def file(tracker: Tracker, message: Message, *, seconds: float) -> Delivery:
    """Open, comment or close the issue of *message*; each answer has so many *seconds*.

    An issue is known by a mark in its text, so that a message that comes again opens no second one.
    """
    limits = Limits(seconds=seconds, connect_seconds=min(seconds, 5.0))
    try:
        client = open_client(str(address(tracker.api).origin), limits=limits)
    except TargetError as error:
        return Delivery(taken=False, detail=error.reason)
    try:
        return _filed(_Desk(client=client, tracker=tracker), message)
    except _RefusedError as refusal:
        return Delivery(taken=False, detail=str(refusal))
    finally:
        client.close()


class _RefusedError(Exception):
    """What GitHub says against a request, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """The API for the issues of one repository."""

    client: Client
    tracker: Tracker

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Return the JSON that *method* of *path* below the repository is answered with; raises ``_RefusedError``."""
        headers: Headers = (
            ("Accept", "application/vnd.github+json"),
            ("Authorization", f"Bearer {self.tracker.token}"),
            ("X-GitHub-Api-Version", "2022-11-28"),
            *((("Content-Type", "application/json"),) if body is not None else ()),
        )
        url = f"{self.tracker.api.rstrip('/')}/repos/{self.tracker.repository}/issues{path}"
        data = json.dumps(body).encode() if body is not None else b""
        exchange = self.client.send(Request(method=method, url=url, headers=headers, body=data))
        response = exchange.response
        if response is None or exchange.lapse is not None:
            raise _RefusedError(exchange.detail or str(exchange.lapse))
        if not 200 <= response.status < 300:
            raise _RefusedError(f"status {response.status}")
        try:
            return json.loads(response.body)
        except (ValueError, RecursionError):
            raise _RefusedError("what came back is not JSON") from None

    def issues(self) -> Iterator[tuple[int, str]]:
        """Yield number and text of each open issue of ours."""
        for page in range(1, _PAGES + 1):
            found = self.ask("GET", f"?state=open&labels={LABEL}&per_page={_PAGE}&page={page}")
            for item in found if isinstance(found, list) else ():
                if isinstance(item, dict) and isinstance(item.get("number"), int):
                    yield item["number"], str(item.get("body") or "")
            if not isinstance(found, list) or len(found) < _PAGE:
                return


def _filed(desk: _Desk, message: Message) -> Delivery:
    mark, own = f"<!-- {LABEL} {message.thread} -->", f"<!-- {message.id} -->"
    number, told = next(((number, text) for number, text in desk.issues() if mark in text), (None, ""))
    if message.id in told:
        return Delivery(taken=True, detail=f"issue {number}, opened before")
    # In a block of code nothing that a service says becomes a mention, a link or a command.
    text = f"{_FENCE}text\n{_TICKS.sub('```', message.text)}{_FENCE}\n"
    if number is None and message.over:
        return Delivery(taken=True, detail="there is no issue of it")
    if number is None:
        title = message.subject[:_TITLE]
        made = desk.ask("POST", "", {"title": title, "body": f"{text}\n{mark}\n{own}\n", "labels": [LABEL]})
        return Delivery(taken=True, detail=f"issue {made.get('number') if isinstance(made, dict) else ''}")
    desk.ask("POST", f"/{number}/comments", {"body": f"{text}\n{own}\n"})
    if message.over:
        desk.ask("PATCH", f"/{number}", {"state": "closed", "state_reason": "completed"})
    return Delivery(taken=True, detail=f"issue {number}")
