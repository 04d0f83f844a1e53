"""The trial of drawn conversations: each is played on connections of its own and judged by every rule."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import cast

from accord.cases.conversation import CONNECTIONS, Conversation, Deed, Move, converse, moves
from accord.cases.script import PATIENCE, Tokens
from accord.contract.asyncapi import Channel
from accord.contract.session import SessionRules, read_session
from accord.exchange.client import Connection
from accord.exchange.values import Closed
from accord.findings.ending import causes
from accord.findings.evidence import SessionObservation
from accord.findings.tally import Tally
from accord.findings.transcript import transcript
from accord.run.context import Context, Trial
from accord.run.handshake import silence_of

CONVERSATIONS = "conversations"
_RULE = "message-out-of-turn"
_MOMENT = 0.02
_LONGEST = 60.0


def plan_conversations(channel: Channel, stage: str) -> Trial:
    """Return the one trial of drawn conversations."""
    name = f"{stage}/{channel.id}/{CONVERSATIONS}"
    return Trial(stage=stage, id=name, play=lambda context: _play(channel, name, context))


def _play(channel: Channel, name: str, context: Context) -> Tally:
    tally = context.tally()
    rules = read_session(channel)
    reason = "the channel has no x-session that says who may say what" if rules is None else ""
    reason = channel.obstacle or reason or silence_of(context, channel)
    if rules is None or reason:
        tally.miss(_RULE, reason)
        return tally
    token = context.identities.token("default")
    made = moves(context.contract.library, channel, rules, Tokens(good=token))
    player = Player(
        context=context,
        channel=channel,
        rules=rules,
        tally=tally,
        token=token if rules.authentication is None else None,
    )
    examples = context.budget.max_examples
    reason = converse(made, player.play, name=name, seed=context.seed, examples=examples)
    if reason or player.late:
        tally.miss(_RULE, reason or player.late, variant="rest")
    return tally


@dataclass(slots=True, kw_only=True)
class Player:
    """Plays conversations and remembers what came of each; ``late`` says why no more are played.

    ``token`` is what the handshake carries, where no message authenticates.
    """

    context: Context
    channel: Channel
    rules: SessionRules
    tally: Tally
    token: str | None
    late: str = ""
    begun: float = field(default_factory=time.monotonic)
    known: dict[Conversation, list[str]] = field(default_factory=dict)

    def play(self, conversation: Conversation) -> list[str]:
        """Play *conversation*, once, and return the rules that found something."""
        if conversation not in self.known:
            if time.monotonic() - self.begun > _LONGEST:
                self.late = self.late or f"not all was tried within {_LONGEST:g} s"
            if self.late:
                return []
            self.known[conversation] = self._played(conversation)
        return self.known[conversation]

    def _played(self, conversation: Conversation) -> list[str]:
        open_: list[Connection | None] = [None] * CONNECTIONS
        ended: list[Connection] = []
        for number, move in conversation:
            connection = open_[number]
            if connection is None and move.deed is not Deed.LEAVE:
                connection = open_[number] = self._connect()
            if connection is None:
                continue
            self.tally.cases += 1
            if self._make(connection, move):
                open_[number] = None
                ended.append(connection)
        ended += [connection for connection in open_ if connection is not None]
        for connection in ended:
            connection.close()
        return [rule for connection in ended for rule in self.tally.take(self._observe(connection))]

    def _connect(self) -> Connection:
        headers = (("Authorization", f"Bearer {self.token}"),) if self.token else ()
        connection = self.context.client.connect(
            self.channel.address,
            channel=self.channel.id,
            script=CONVERSATIONS,
            identity="default",
            headers=headers,
        )
        if isinstance(connection.session().events[0], Closed):
            # The scripts tell of it; there is nothing to be said on a channel that does not open.
            self.late = "the handshake was refused"
        return connection

    def _make(self, connection: Connection, move: Move) -> bool:
        """Make *move*, and tell whether the session has ended."""
        if move.deed is Deed.LEAVE:
            connection.close()
            return True
        if move.data is not None:
            connection.send(move.data)
        return self._heard(connection)

    def _heard(self, connection: Connection) -> bool:
        """Hear what has to come now, and tell whether that was the end: what comes too late is one too."""
        patience = cast("float", self.context.shared.get("websocket-patience", PATIENCE))
        deadline = time.monotonic() + (patience if self._owes(connection) else _MOMENT)
        while (left := deadline - time.monotonic()) > 0:
            if isinstance(connection.receive(left), Closed):
                return True
            if not self._owes(connection):
                deadline = min(deadline, time.monotonic() + _MOMENT)
        return self._owes(connection)

    def _owes(self, connection: Connection) -> bool:
        """Tell whether the server has to answer, or to close, by what was said so far."""
        lines = transcript(self.context.contract, self.channel, connection.session())
        due = causes(self.rules, lines)
        if due:
            return all(cause.codes for cause in due)
        authentication = self.rules.authentication
        if authentication is None:
            return False
        replies = (authentication.success, authentication.failure)
        asked = any(not line.from_server and line.name == authentication.message for line in lines)
        return asked and not any(line.from_server and line.name in replies for line in lines)

    def _observe(self, connection: Connection) -> SessionObservation:
        session = connection.session()
        patience = cast("float", self.context.shared.get("websocket-patience", PATIENCE))
        return SessionObservation(
            channel=self.channel,
            session=session,
            script=CONVERSATIONS,
            identity="default",
            notes=(("patience", str(patience)),),
        )
