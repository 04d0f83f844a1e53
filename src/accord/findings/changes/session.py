"""Session rules: what either side may say when, and how a connection ends, walked state by state in both contracts.

States are met in pairs, from the initial ones on: their names are on no wire, so a renamed state is
the same one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from accord.contract.asyncapi import Channel
from accord.contract.pointer import join
from accord.contract.session import Lifecycle, SessionRules, State, Step, check_session, read_session
from accord.findings.changes.call import Sides
from accord.findings.changes.change import Change, Effect, Sender, Witness
from accord.findings.changes.fact import Spot, fact

_NO_RULES = "nothing was promised of when which message may come"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """The rules of one channel in both contracts."""

    sides: Sides
    spot: Spot
    old: SessionRules
    new: SessionRules

    def at(self, *steps: str | int) -> Spot:
        """Return the spot of what stands below ``x-session``."""
        return self.below(join("", *steps), join("", *steps))

    def below(self, old: str, new: str) -> Spot:
        """Return the spot of two pointers below ``x-session``."""
        return self.spot.at(f"{self.spot.old}/x-session{old}", f"{self.spot.new}/x-session{new}")

    def witness(self, said: str) -> Witness:
        """Return what one side does that the other contract does not promise, in words."""
        return Witness(value=None, root=", ".join(self.spot.reaches), said=said)


def changes(sides: Sides, spot: Spot, old: Channel, new: Channel) -> Iterator[Change]:
    """Yield how the rules of a connection differ; raises ``ContractError`` for rules that cannot be read."""
    check_session(sides.old.library, old)
    check_session(sides.new.library, new)
    before, after = read_session(old), read_session(new)
    if before is None or after is None:
        if before is not after:
            effect = Effect.WIDENED if after is None else Effect.NARROWED
            words = {True: "rules of a connection", False: "none"}
            yield fact(
                "changed-session",
                effect,
                None,
                spot,
                old=words[before is not None],
                new=words[after is not None],
                reason=_NO_RULES,
            )
        return
    session = Session(sides=sides, spot=spot, old=before, new=after)
    yield from _states(session)
    yield from _authentication(session)
    yield from _closes(session)
    yield from _limits(session)
    yield from _lifecycles(session)
    parties = (before.party, before.party_at), (after.party, after.party_at)
    if parties[0] != parties[1]:
        yield fact(
            "changed-isolation",
            Effect.OTHER,
            Sender.SERVER,
            session.at("isolation"),
            old=str(before.party or "none"),
            new=str(after.party or "none"),
            reason="whose events a connection gets shows in no single message",
        )
    if (before.resume or "none") != (after.resume or "none"):
        yield fact(
            "changed-resume",
            Effect.OTHER,
            Sender.SERVER,
            session.at("resume"),
            old=before.resume or "none",
            new=after.resume or "none",
            reason="what a client learns when it comes back shows in no single message",
        )


def _states(session: Session) -> Iterator[Change]:
    waiting: list[tuple[str, str, tuple[str, ...]]] = [(session.old.initial, session.new.initial, ())]
    seen = {waiting[0][:2]}
    for mine, theirs, way in waiting:
        old, new = session.old.states[mine], session.new.states[theirs]
        spot = session.below(join("/states", mine), join("/states", theirs))
        yield from _state(session, spot, old, new, way)
        for steps, others in ((old.client, new.client), (old.server, new.server)):
            for name, step in steps.items():
                other = others.get(name)
                if step.next is None or other is None or other.next is None:
                    continue
                pair = step.next, other.next
                if pair not in seen:
                    seen.add(pair)
                    waiting.append((*pair, (*way, name)))


def _state(session: Session, spot: Spot, old: State, new: State, way: tuple[str, ...]) -> Iterator[Change]:
    for sender, mine, theirs in (
        (Sender.CLIENT, old.client, new.client),
        (Sender.SERVER, old.server, new.server),
    ):
        yield from _said(session, spot, sender, mine, theirs, way)
    limits = old.timeout, new.timeout
    seconds = tuple(item.seconds if item else float("inf") for item in limits)
    if seconds[0] != seconds[1]:
        effect = Effect.NARROWED if seconds[1] < seconds[0] else Effect.WIDENED
        yield fact(
            "changed-timeout",
            effect,
            Sender.CLIENT,
            spot,
            message=new.name,
            old=_seconds(seconds[0]),
            new=_seconds(seconds[1]),
            witness=session.witness(f"{_after(way)} silence of more than {min(seconds):g} s"),
        )
    if old.timeout and new.timeout:
        yield from _codes(session, spot, f"timeout in {new.name}", {old.timeout.close}, {new.timeout.close})


def _said(
    session: Session,
    spot: Spot,
    sender: Sender,
    old: Mapping[str, Step],
    new: Mapping[str, Step],
    way: tuple[str, ...],
) -> Iterator[Change]:
    """Yield which messages may come in a state no longer, or newly."""
    for name in dict.fromkeys((*old, *new)):
        mine, theirs = _goes_on(old.get(name)), _goes_on(new.get(name))
        if mine != theirs:
            effect = Effect.NARROWED if mine else Effect.WIDENED
            grows = session.sides.is_open and sender is Sender.SERVER and effect is Effect.WIDENED
            yield fact(
                "changed-transition",
                effect,
                sender,
                spot,
                message=name,
                old=_step(old.get(name)),
                new=_step(new.get(name)),
                witness=session.witness(f"{_after(way)} the {sender} sends {name}"),
                allowed=f"the policy {session.sides.policy} lets a server send more" if grows else "",
            )
        elif not mine:
            ends = [{step.close} if step else set() for step in (old.get(name), new.get(name))]
            yield from _codes(session, spot, f"{name} out of turn", ends[0], ends[1])


def _goes_on(step: Step | None) -> bool:
    return step is not None and step.next is not None


def _step(step: Step | None) -> str:
    if step is None:
        return "must not come"
    return "goes on" if step.next is not None else f"closes with {step.close}"


def _after(way: tuple[str, ...]) -> str:
    return f"after {', '.join(way)}" if way else "at first"


def _codes(
    session: Session, spot: Spot, cause: str, old: set[int | None], new: set[int | None]
) -> Iterator[Change]:
    """Yield with which codes the server may close no longer, or newly."""
    for effect, fresh in ((Effect.WIDENED, new - old), (Effect.NARROWED, old - new)):
        if fresh:
            yield fact(
                "changed-close-code",
                effect,
                Sender.SERVER,
                spot,
                message=cause,
                old=_listed(old),
                new=_listed(new),
                witness=session.witness(f"{cause}: the server closes with {min(map(str, fresh))}"),
            )


def _listed(codes: set[int | None]) -> str:
    return ", ".join(sorted(map(str, codes))) or "none promised"


def _closes(session: Session) -> Iterator[Change]:
    old, new = session.old, session.new
    for cause in dict.fromkeys((*old.closes, *new.closes)):
        spot = session.at("closes", cause)
        # A cause that is left out promises nothing, so naming it promises more.
        if cause in old.closes and cause in new.closes:
            yield from _codes(session, spot, cause, set(old.closes[cause]), set(new.closes[cause]))
        else:
            gone = cause in old.closes
            yield fact(
                "changed-close-code",
                Effect.WIDENED if gone else Effect.NARROWED,
                Sender.SERVER,
                spot,
                message=cause,
                old=_listed(set(old.closes.get(cause, ()))),
                new=_listed(set(new.closes.get(cause, ()))),
                witness=session.witness(f"{cause}: the server closes with any code") if gone else None,
            )
    if old.heartbeat and new.heartbeat:
        yield from _codes(
            session, session.at("heartbeat"), "heartbeat", set(old.heartbeat), set(new.heartbeat)
        )


def _limits(session: Session) -> Iterator[Change]:
    """Yield what a client may do less or more of: bytes in one message, seconds of silence."""
    old, new = session.old, session.new
    for rule, spot, values, said in (
        (
            "changed-message-size",
            session.at("closes", "message-too-big"),
            (old.maximum_bytes, new.maximum_bytes),
            "a message of {:g} bytes",
        ),
        (
            "changed-heartbeat",
            session.at("heartbeat"),
            (old.heartbeat_seconds, new.heartbeat_seconds),
            "a pong after {:g} s",
        ),
    ):
        before, after = (float("inf") if item is None else float(item) for item in values)
        if before != after:
            yield fact(
                rule,
                Effect.NARROWED if after < before else Effect.WIDENED,
                Sender.CLIENT,
                spot,
                old=_number(before),
                new=_number(after),
                witness=session.witness(said.format(min(before, after) + 1)),
            )


def _authentication(session: Session) -> Iterator[Change]:
    old, new = session.old.authentication, session.new.authentication
    if old == new:
        return
    if old is None or new is None:
        effect = Effect.NARROWED if old is None else Effect.WIDENED
        said = "a connection that does not authenticate by a message"
        words = ("none", "by a message") if old is None else ("by a message", "none")
        yield fact(
            "changed-authentication",
            effect,
            Sender.CLIENT,
            session.at("authentication"),
            old=words[0],
            new=words[1],
            witness=session.witness(said),
        )
        return
    for word in ("message", "token", "success", "failure"):
        values = str(getattr(old, word)), str(getattr(new, word))
        if values[0] != values[1]:
            sender = Sender.CLIENT if word in ("message", "token") else Sender.SERVER
            yield fact(
                "changed-authentication",
                Effect.OTHER,
                sender,
                session.at("authentication"),
                message=word,
                old=f"{word}: {values[0]}",
                new=f"{word}: {values[1]}",
                witness=session.witness(f"a connection that authenticates with {word} {values[0]}"),
            )
    if old.first != new.first:
        yield fact(
            "changed-authentication",
            Effect.NARROWED if new.first else Effect.WIDENED,
            Sender.SERVER,
            session.at("authentication"),
            message="first",
            old=f"first: {str(old.first).lower()}",
            new=f"first: {str(new.first).lower()}",
            witness=session.witness("the server sends a message before it has answered the token"),
        )


def _lifecycles(session: Session) -> Iterator[Change]:
    """Yield in which order the states of things may be told no longer, or newly."""
    old = {item.pointer: item for item in session.old.lifecycles}
    new = {item.pointer: item for item in session.new.lifecycles}
    for pointer in dict.fromkeys((*old, *new)):
        spot = session.below(pointer, pointer)
        if pointer not in old or pointer not in new:
            gone = pointer in old
            words = ("its order", "any order") if gone else ("any order", "its order")
            name = (old if gone else new)[pointer].name
            yield fact(
                "changed-lifecycle",
                Effect.WIDENED if gone else Effect.NARROWED,
                Sender.SERVER,
                spot,
                message=name,
                old=words[0],
                new=words[1],
                witness=session.witness(f"{name} in any order of its states"),
            )
            continue
        yield from _orders(session, spot, old[pointer], new[pointer])


def _orders(session: Session, spot: Spot, old: Lifecycle, new: Lifecycle) -> Iterator[Change]:
    before, after = _facts(old), _facts(new)
    for effect, fresh in ((Effect.WIDENED, _more(before, after)), (Effect.NARROWED, _more(after, before))):
        if fresh:
            yield fact(
                "changed-lifecycle",
                effect,
                Sender.SERVER,
                spot,
                message=new.name,
                old=_order(old),
                new=_order(new),
                witness=session.witness(f"{new.name}: {min(fresh)}"),
            )
    marks = tuple((item.at, item.key, item.status, item.updated) for item in (old, new))
    if marks[0] != marks[1]:
        yield fact(
            "changed-lifecycle",
            Effect.OTHER,
            Sender.SERVER,
            spot,
            message=new.name,
            old=" ".join(map(str, marks[0])),
            new=" ".join(map(str, marks[1])),
            reason="the states are told by other members now, so the two orders cannot be held against each other",
        )


def _facts(lifecycle: Lifecycle) -> tuple[frozenset[str], frozenset[str]]:
    """Return what may happen to a thing: a status, one after another, and members that may change."""
    order = {f"{status} and then {item}" for status, items in lifecycle.order.items() for item in items}
    return frozenset(lifecycle.order) | order, frozenset(lifecycle.fixed)


def _more(
    old: tuple[frozenset[str], frozenset[str]], new: tuple[frozenset[str], frozenset[str]]
) -> frozenset[str]:
    return (new[0] - old[0]) | {f"{item} changes" for item in old[1] - new[1]}


def _order(lifecycle: Lifecycle) -> str:
    steps = "; ".join(f"{status} > {', '.join(items) or 'end'}" for status, items in lifecycle.order.items())
    return f"{steps}; fixed: {', '.join(lifecycle.fixed)}" if lifecycle.fixed else steps


def _seconds(value: float) -> str:
    return "no limit" if value == float("inf") else f"{value:g} s"


def _number(value: float) -> str:
    return "no limit" if value == float("inf") else f"{value:g}"
