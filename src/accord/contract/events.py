"""YAML and JSON text as one stream of events, in the terms of YAML's own parser.

JSON has a reader of its own: YAML's refuses the surrogate pairs, the long member names and some of
the characters that JSON allows (RFC 8259, 7).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

import yaml

_TOKEN = re.compile(r'[{}\[\]]|"[^"\\]*(?:\\.[^"\\]*)*"|[^\s{}\[\],:"]+')
_PLAIN = (True, False)
_TEXT = (False, True)
_START = {"{": yaml.MappingStartEvent, "[": yaml.SequenceStartEvent}
_END = {"}": yaml.MappingEndEvent, "]": yaml.SequenceEndEvent}


def _mark(line: int, column: int = 0) -> yaml.Mark:
    """Return the mark of *line* and *column*, counted from 0; of marks, nothing else is read."""
    return yaml.Mark("", 0, line, column, None, 0)


def events(text: str) -> Iterator[Any]:
    """Yield the events of *text*; raises ``yaml.YAMLError`` where it is neither YAML nor JSON."""
    return _json_events(text) if _is_json(text) else _yaml_events(text)


def _yaml_events(text: str) -> Iterator[Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        yield from yaml.parse(text, Loader=loader)
    except yaml.reader.ReaderError as error:
        # It counts bytes in C and characters in Python; the line is the same for what it refuses.
        line = text.encode(errors="replace")[: error.position].count(b"\n")
        raise yaml.MarkedYAMLError(problem=error.reason, problem_mark=_mark(line)) from error
    except UnicodeEncodeError as error:
        mark = _mark(text.count("\n", 0, error.start))
        raise yaml.MarkedYAMLError(problem="half of a surrogate pair", problem_mark=mark) from error


def _is_json(text: str) -> bool:
    if not text.lstrip("\ufeff \t\r\n").startswith("{"):
        return False
    try:
        json.loads(text.removeprefix("\ufeff"), parse_constant=_refuse, parse_int=len, parse_float=len)
    except (ValueError, RecursionError):
        return False
    return True


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)


def _json_events(text: str) -> Iterator[Any]:
    line = at = begin = 0
    for match in _TOKEN.finditer(text.removeprefix("\ufeff")):
        breaks = match.string.count("\n", at, match.start())
        at = match.start()
        if breaks:
            line, begin = line + breaks, match.string.rindex("\n", 0, at) + 1
        mark = _mark(line, at - begin)
        token = match.group()
        if token in _START:
            yield _START[token](None, None, implicit=True, start_mark=mark, end_mark=mark)
        elif token in _END:
            yield _END[token](mark, mark)
        elif token[0] == '"':
            yield yaml.ScalarEvent(None, None, _TEXT, _string(token, mark), mark, mark)
        else:
            yield yaml.ScalarEvent(None, None, _PLAIN, token, mark, mark)


def _string(token: str, mark: yaml.Mark) -> str:
    value: str = json.loads(token) if "\\" in token else token[1:-1]
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise yaml.MarkedYAMLError(problem="half of a surrogate pair", problem_mark=mark)
    return value
