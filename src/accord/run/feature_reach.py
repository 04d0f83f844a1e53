"""What the JSON of a run showed of its schemas, down to properties, counted by the answers and messages that did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import orjson

from accord.contract.asyncapi import Message
from accord.contract.contract import Contract
from accord.contract.feature import MAXIMUM_FEATURES, Anatomy
from accord.contract.feature import Feature as Key
from accord.contract.media_type import is_json
from accord.contract.openapi import Answer, Operation
from accord.contract.pointer import Json
from accord.exchange.values import Response
from accord.findings.result import Feature


class FeatureReach:
    """Counts what valid answers and messages show; one thread at a time."""

    def __init__(self, contract: Contract, operations: Iterable[Operation]) -> None:
        """Start at nothing for all that answers of *operations* and messages of the contract can show."""
        self._library = contract.library
        self._anatomy = Anatomy(contract.library)
        self._answers: Counter[Key] = Counter()
        self._messages: Counter[Key] = Counter()
        seen: set[str] = set()
        for operation in operations:
            for answer in operation.answers.values():
                for media_type in answer.media_types:
                    if media_type.schema is not None and is_json(media_type.name):
                        found = self._anatomy.features(media_type.schema, _owner(operation, answer), seen)
                        self._answers.update(dict.fromkeys(found, 0))
        seen = set()
        for channel in contract.channels:
            for message in channel.messages:
                found = self._anatomy.features(message.schema, message.name, seen)
                self._messages.update(dict.fromkeys(found, 0))

    def note_answer(self, operation: Operation, answer: Answer, response: Response) -> None:
        """Count what *response*, documented as *answer*, shows when it is valid."""
        media_type = answer.media_type(response.header("content-type"))
        if media_type is None or media_type.schema is None or not is_json(media_type.name):
            return
        try:
            value = orjson.loads(response.body)
        except orjson.JSONDecodeError:
            return
        if self._library.validator(media_type.schema).is_valid(value):
            owner = _owner(operation, answer)
            self._answers.update(self._anatomy.shown(media_type.schema, owner, value))

    def note_message(self, message: Message, value: Json) -> None:
        """Count what *value*, valid as *message*, shows."""
        self._messages.update(self._anatomy.shown(message.schema, message.name, value))

    def features(self) -> tuple[Feature, ...]:
        """Return how often each was seen, in the order of their names."""
        keys = sorted({*self._answers, *self._messages})[:MAXIMUM_FEATURES]
        return tuple(
            Feature(
                owner=owner,
                path=path,
                kind=kind,
                value=value,
                answers=self._answers.get((owner, path, kind, value)),
                messages=self._messages.get((owner, path, kind, value)),
            )
            for owner, path, kind, value in keys
        )


def _owner(operation: Operation, answer: Answer) -> str:
    return f"{operation.id} {answer.status}"
