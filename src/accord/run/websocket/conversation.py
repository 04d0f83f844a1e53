"""The trial of drawn conversations: each is played on connections of its own and judged by every rule."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from accord.cases.conversation import (
    CONNECTIONS,
    Conversation,
    Deed,
    Move,
    good_trace,
    mistakes,
    moves,
    shortest,
)
from accord.cases.script import Tokens
from accord.contract.asyncapi import Channel
from accord.contract.session import SessionRules, read_session
from accord.exchange.client import Connection
from accord.exchange.values import Closed, Session
from accord.findings.ending import causes
from accord.findings.evidence import SessionObservation
from accord.findings.tally import Tally
from accord.findings.transcript import transcript
from accord.run.context import Context, Trial
from accord.run.websocket.handshake import silence_of

CONVERSATIONS = "conversations"
_RULE = "message-out-of-turn"
_FLOOD = 50
_DEPARTURES = (Deed.LEAVE, Deed.LOSE)
_MOMENT = 0.02
# Seconds of drawing, of drawing once something is found, and of making that shorter.
_DRAWING, _FAILING, _SHORTENING = 40.0, 15.0, 15.0


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
    from accord.cases.machine import converse  # noqa: PLC0415 - only a trial that draws needs hypothesis

    for mistake in mistakes(made, good_trace(made, rules)):
        player.play(mistake)
    failed, reason = converse(made, rules, player.play, name=name, seed=context.seed, examples=examples)
    if reason or player.late:
        tally.miss(_RULE, reason or player.late, variant="rest")
    player.limit, player.late = time.monotonic() - player.begun + _SHORTENING, ""
    for rule, said in failed.items():
        shortest(said, lambda less, rule=rule: rule in player.play(less))  # type: ignore[misc]
    return tally


@dataclass(slots=True, kw_only=True)
class Player:
    """Plays conversations and remembers what came of each; ``late`` says why no more are played.

    ``token`` is what the handshake carries, where no message authenticates; ``notes`` is what the
    client knows about each session. ``script`` names them.
    """

    context: Context
    channel: Channel
    rules: SessionRules
    tally: Tally
    token: str | None
    script: str = CONVERSATIONS
    notes: tuple[tuple[str, str], ...] = ()
    limit: float = _DRAWING
    late: str = ""
    begun: float = field(default_factory=time.monotonic)
    known: dict[Conversation, list[str]] = field(default_factory=dict)

    def play(self, conversation: Conversation) -> list[str]:
        """Play *conversation*, once, and return the rules that found something."""
        if conversation not in self.known:
            if time.monotonic() - self.begun > self.limit:
                self.late = self.late or f"not all was tried within {self.limit:g} s"
            if self.late:
                return []
            self.known[conversation] = self._played(conversation)
            if self.known[conversation] and self.limit == _DRAWING:
                self.limit = _FAILING
        return self.known[conversation]

    def _played(self, conversation: Conversation) -> list[str]:
        open_: list[Connection | None] = [None] * CONNECTIONS
        ended: list[Connection] = []
        everybody: list[tuple[str, Connection]] = []
        for number, move in conversation:
            connection = open_[number]
            if connection is None and move.deed not in _DEPARTURES:
                connection = open_[number] = self._connect()
                everybody.append((str(number + 1), connection))
            if connection is None:
                continue
            self.tally.cases += 1
            if self._make(connection, move):
                open_[number] = None
                ended.append(connection)
        ended += [connection for connection in open_ if connection is not None]
        for connection in ended:
            connection.close()
        told = [(name, connection.session()) for name, connection in everybody]
        script = self.context.retell(told) if len(told) > 1 else ""
        return [rule for _, session in told for rule in self.tally.take(self._observe(session, script))]

    def _connect(self) -> Connection:
        headers = (("Authorization", f"Bearer {self.token}"),) if self.token else ()
        connection = self.context.client.connect(
            self.channel.address,
            channel=self.channel.id,
            script=self.script,
            identity="default",
            headers=headers,
        )
        if isinstance(connection.session().events[0], Closed):
            # The scripts tell of it; there is nothing to be said on a channel that does not open.
            self.late = "the handshake was refused"
        return connection

    def _make(self, connection: Connection, move: Move) -> bool:
        """Make *move*, and tell whether the session has ended."""
        if move.data is not None:
            connection.send(move.data)
        if move.deed in _DEPARTURES:
            (connection.close if move.deed is Deed.LEAVE else connection.break_off)()
            return True
        return move.deed is not Deed.HURRY and self._heard(connection)

    def _heard(self, connection: Connection) -> bool:
        """Hear what has to come now, and tell whether that was the end: what comes too late is one too."""
        patience = self.context.patience
        deadline = time.monotonic() + (patience if self._owes(connection) else _MOMENT)
        heard = 0
        while heard < _FLOOD and (left := deadline - time.monotonic()) > 0:
            event = connection.receive(left)
            if isinstance(event, Closed):
                return True
            heard += event is not None
            if not self._owes(connection):
                deadline = min(deadline, time.monotonic() + _MOMENT)
        return heard == _FLOOD or self._owes(connection)

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

    def _observe(self, session: Session, script: str) -> SessionObservation:
        patience = self.context.patience
        return SessionObservation(
            channel=self.channel,
            session=session,
            script=self.script,
            identity="default",
            notes=(("patience", str(patience)), *self.notes),
            reproduce=script,
        )
