"""The edges of a session's states: what can lead from one to another, and what of it a session did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from accord.contract.asyncapi import Channel
from accord.contract.message_part import Kind, Part
from accord.contract.session import SessionRules, Step, Timeout, read_session
from accord.exchange.values import Closed, Received, Sent, Side
from accord.findings.transcript import Line


def edges(channel: Channel) -> Iterator[Part]:
    """Yield every edge that ``x-session`` of *channel* has, in its order."""
    rules = read_session(channel)
    for state in rules.states.values() if rules else ():
        for name, step in (*state.client.items(), *state.server.items()):
            yield _edge(channel, state.name, name, step)
        if state.timeout is not None:
            yield _timeout(channel, state.name, state.timeout)


def edges_taken(channel: Channel, lines: Sequence[Line]) -> Iterator[Part]:
    """Yield the edges that a session took, as the client knew its state.

    An edge that ends the session is taken when the server closes with its code.
    """
    rules = read_session(channel)
    state: str | None = rules.initial if rules else None
    ending: Mapping[int, Part] = {}
    for line in lines:
        if rules is None or state is None:
            return
        if isinstance(line.event, Closed):
            yield from _ended(channel, rules, state, ending, line.event)
            return
        step = _step(rules, state, line)
        if step is None:
            continue
        edge = _edge(channel, state, line.name, step)
        if step.close is not None:
            ending = {step.close: edge}
        else:
            yield edge
            state = step.next or state


def _step(rules: SessionRules, state: str, line: Line) -> Step | None:
    if line.message is None or (isinstance(line.event, Sent) and not line.valid) or state not in rules.states:
        return None
    if isinstance(line.event, Received):
        return rules.states[state].server.get(line.name)
    return rules.states[state].client.get(line.name)


def _ended(
    channel: Channel, rules: SessionRules, state: str, ending: Mapping[int, Part], closed: Closed
) -> Iterator[Part]:
    if closed.by is not Side.SERVER or closed.code is None:
        return
    timeout = rules.states[state].timeout if state in rules.states else None
    if closed.code in ending:
        yield ending[closed.code]
    elif timeout is not None and closed.code == timeout.close and not ending:
        yield _timeout(channel, state, timeout)


def _edge(channel: Channel, state: str, name: str, step: Step) -> Part:
    end = f"close {step.close}" if step.close is not None else step.next or state
    return Part(Kind.EDGES, f"{channel.id}: {state}, {name} → {end}")


def _timeout(channel: Channel, state: str, timeout: Timeout) -> Part:
    return Part(Kind.EDGES, f"{channel.id}: {state}, {timeout.seconds:g} s → close {timeout.close}")
