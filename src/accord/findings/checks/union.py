"""Rules about unions: a reader must be able to tell which of its variants a value is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from accord.contract import library as libraries
from accord.contract import pointer as pointers
from accord.contract.algebra import Answer
from accord.contract.contract import Contract
from accord.contract.library import Library
from accord.contract.pointer import Json
from accord.contract.session import Step, read_session
from accord.contract.union import MESSAGES, Union, Variant
from accord.errors import ContractError
from accord.findings.finding import Finding, Severity
from accord.findings.inspection import ContractObservation
from accord.findings.rule import Rule, Subject

_SEPARATE = "Give both a required property of one name, with `const` or `enum`, and no value in both."


def overlapping_messages(_: Contract, observed: ContractObservation) -> Iterator[Finding]:
    """Yield for each two messages that travel the same way and have a value in common."""
    for clash in _union(observed).clashes:
        if clash.decision.answer is Answer.NO:
            one, other = clash.one.name, clash.other.name
            inner = clash.within
            outer = clash.one if inner is clash.other else clash.other
            yield observed.finding(
                f"every {inner.name} is valid as {outer.name} as well"
                if inner
                else f"one message is valid as {one} and as {other}",
                uri=clash.other.uri,
                expected="no message is valid as two",
                deviation=f"{one} {other}",
                witness=clash.decision.witness,
                advice=_SEPARATE,
            )


def overlapping_variants(_: Contract, observed: ContractObservation) -> Iterator[Finding]:
    """Yield for each two variants of a schema that have a value in common, of which neither covers the other."""
    union = _union(observed)
    for clash in union.clashes:
        if clash.decision.answer is Answer.NO and clash.within is None:
            consequence = (
                "so `oneOf` refuses it" if union.keyword == "oneOf" else "and nothing says which it is"
            )
            yield observed.finding(
                f"one value is valid as {clash.one.name} and as {clash.other.name}, {consequence}",
                uri=clash.other.uri,
                expected="no value is valid as two variants",
                deviation=f"{clash.one.name} {clash.other.name}",
                witness=clash.decision.witness,
                advice=_SEPARATE,
            )


def undiscriminated_variant(contract: Contract, observed: ContractObservation) -> Iterator[Finding]:
    """Yield for each variant without a required property that can only be one of some strings.

    But for the one that a discriminator has for all other values. One that may lack what a discriminator names
    contradicts that, which is another rule's.
    """
    union = _union(observed)
    default, name = _default(contract.library, union), (union.discriminator or {}).get("propertyName")
    for variant in union.variants:
        if default is not None and default == _home(contract.library, variant.uri):
            continue
        if isinstance(name, str) and variant.values.lacking(name) is not None:
            continue
        if not variant.constants and variant.values.inhabited().answer is not Answer.NO:
            yield observed.finding(
                f"nothing tells {variant.name} from the other variants but its shape",
                uri=variant.uri,
                expected="a required property with a `const` or an `enum` of strings",
                deviation=variant.name,
                advice="Give it a required property, such as `type`, with a `const` of its own.",
            )


def unreachable_variant(_: Contract, observed: ContractObservation) -> Iterator[Finding]:
    """Yield for each variant of which a value is never that alone, and each message that no state knows."""
    union = _union(observed)
    if union.channel is not None:
        for variant in union.variants:
            if variant.name in _unsaid(union):
                yield observed.finding(
                    f"no state that a session can reach lets anyone send {variant.name}",
                    uri=variant.uri,
                    expected="a state of `x-session` in which it may be sent",
                    deviation="no state",
                    advice="Add it to the states in which it may come, or take it from the channel.",
                )
        return
    for clash in union.clashes:
        if clash.within is not None:
            outer = clash.one if clash.within is clash.other else clash.other
            yield observed.finding(
                f"every {clash.within.name} is valid as {outer.name} as well",
                uri=clash.within.uri,
                expected=f"a value that is {clash.within.name} alone",
                deviation=f"{clash.within.name} {outer.name}",
                witness=clash.decision.witness or clash.within.values.inhabited().witness,
                advice=f"Narrow {outer.name}, or take it out. {_SEPARATE}",
            )


def contradictory_discriminator(contract: Contract, observed: ContractObservation) -> Iterator[Finding]:
    """Yield where a discriminator says another thing than the variants that it is to tell apart."""
    union = _union(observed)
    discriminator = union.discriminator or {}
    name = discriminator.get("propertyName")
    if not isinstance(name, str):
        return
    at = f"{union.uri.rpartition('/')[0]}/discriminator"
    named, lost = _mapped(contract.library, at, discriminator.get("mapping"))
    homes = {variant.name: _home(contract.library, variant.uri) for variant in union.variants}
    for tag, target in {**lost, **named}.items():
        if tag in lost or target not in homes.values():
            yield observed.finding(
                f"the mapping leads from {tag!r} to what is no variant of the union",
                uri=f"{at}{pointers.join('/mapping', tag)}",
                expected=", ".join(homes),
                seen=libraries.place(target),
                deviation=f"mapping {tag}",
                advice="Let it lead to a schema that the union names.",
            )
    default = _default(contract.library, union)
    if default is not None and default not in homes.values():
        yield observed.finding(
            "the default mapping leads to what is no variant of the union",
            uri=f"{at}/defaultMapping",
            expected=", ".join(homes),
            seen=libraries.place(default),
            deviation="defaultMapping",
            advice="Let it lead to a schema that the union names.",
        )
    for variant in union.variants:
        # It stands for values that the mapping does not name, and for their absence (OpenAPI 3.2, 4.25.4).
        if homes[variant.name] == default:
            continue
        tags = frozenset(tag for tag, target in named.items() if target == homes[variant.name])
        yield from _contradiction(observed, variant, name, tags or _implied(homes[variant.name]))


def _contradiction(
    observed: ContractObservation, variant: Variant, name: str, tags: frozenset[str]
) -> Iterator[Finding]:
    constants = variant.constants.get(name)
    lacking = variant.values.lacking(name)
    if lacking is not None:
        yield observed.finding(
            f"a {variant.name} may lack {name}, by which it is to be told",
            uri=variant.uri,
            expected=f"{name} is required",
            deviation="optional",
            witness=lacking,
            advice="Require it in every variant.",
        )
    elif constants is not None and constants != tags:
        yield observed.finding(
            f"the discriminator and {variant.name} name different values of {name}",
            uri=variant.uri,
            expected=", ".join(sorted(tags)) or "no value",
            seen=", ".join(sorted(constants)),
            deviation="other constants",
            witness=variant.values.inhabited().witness,
            advice="Map each constant of the variant to it, and nothing else.",
        )


def _mapped(library: Library, at: str, mapping: Json) -> tuple[dict[str, str], dict[str, str]]:
    """Return where the values of a mapping lead, and those that lead nowhere."""
    named: dict[str, str] = {}
    lost: dict[str, str] = {}
    document = libraries.split(at)[0]
    for tag, target in mapping.items() if isinstance(mapping, dict) else ():
        # OpenAPI 3.1, 4.8.25: what can be the name of a schema is one.
        component = libraries.uri(document, pointers.join("/components/schemas", str(target)))
        for address in (component, library.resolve(at, str(target))):
            try:
                named[tag] = library.follow(address)[0]
                break
            except ContractError:
                lost[tag] = address
    return named, {tag: address for tag, address in lost.items() if tag not in named}


def _default(library: Library, union: Union) -> str | None:
    """Return where the discriminator's default leads, also if to nothing; None without one."""
    discriminator = union.discriminator or {}
    if "defaultMapping" not in discriminator:
        return None
    at = f"{union.uri.rpartition('/')[0]}/discriminator"
    named, lost = _mapped(library, at, {"": discriminator["defaultMapping"]})
    return {**lost, **named}[""]


def _home(library: Library, uri: str) -> str:
    return library.follow(uri)[0]


def _implied(home: str) -> frozenset[str]:
    """Return the value that stands for a schema which no mapping names: its own name."""
    steps = pointers.tokens(libraries.split(home)[1])
    return frozenset(steps[-1:])


def _unsaid(union: Union) -> frozenset[str]:
    """Return the messages of the channel that may be sent in no state that can be reached."""
    rules = read_session(union.channel) if union.channel is not None else None
    if rules is None:
        return frozenset()
    reached: set[str] = set()
    said: set[str] = set()
    waiting = [rules.initial]
    while waiting:
        name = waiting.pop()
        if name in reached or name not in rules.states:
            continue
        reached.add(name)
        state = rules.states[name]
        steps: Mapping[str, Step] = {**state.client, **state.server}
        said.update(steps)
        waiting.extend(step.next for step in (*state.client.values(), *state.server.values()) if step.next)
    return frozenset(variant.name for variant in union.variants) - said


def _union(observed: ContractObservation) -> Union:
    assert isinstance(observed.part, Union)  # noqa: S101 - each rule here looks at unions alone
    return observed.part


def _messages(observed: ContractObservation) -> bool:
    return isinstance(observed.part, Union) and observed.part.keyword == MESSAGES and observed.part.pairs > 0


def _schemas(observed: ContractObservation) -> bool:
    return isinstance(observed.part, Union) and observed.part.keyword != MESSAGES


def _told_apart(observed: ContractObservation) -> bool:
    """Tell whether the union is one that a discriminant is asked of."""
    return _messages(observed) or _discriminated(observed)


def _discriminated(observed: ContractObservation) -> bool:
    return isinstance(observed.part, Union) and observed.part.discriminator is not None


def _any(observed: ContractObservation) -> bool:
    return isinstance(observed.part, Union)


RULES = (
    Rule(function=overlapping_messages, subject=Subject.CONTRACT, when=_messages),
    Rule(function=overlapping_variants, subject=Subject.CONTRACT, severity=Severity.WARNING, when=_schemas),
    Rule(
        function=undiscriminated_variant,
        subject=Subject.CONTRACT,
        severity=Severity.WARNING,
        when=_told_apart,
    ),
    Rule(function=unreachable_variant, subject=Subject.CONTRACT, severity=Severity.WARNING, when=_any),
    Rule(function=contradictory_discriminator, subject=Subject.CONTRACT, when=_discriminated),
)
