"""Edits of a document's text at the positions of its values: comments, order and spelling of all else stay."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any, cast

import yaml

from accord.contract import pointer as pointers
from accord.contract.document import parse_document
from accord.contract.pointer import Json

_PLAIN = re.compile(r"[A-Za-z$_][\w$.-]*(?:/[\w.-]+)?")
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_SPACE = " \t\r\n"


class EditError(LookupError):
    """Says why a text cannot be edited at a place."""


def add_member(text: str, pointer: str, name: str, value: Json) -> str:
    """Return *text* with a new last member of the mapping at *pointer*; raises ``EditError``."""
    node = _node(text, pointer, yaml.MappingNode)
    entries = cast("list[tuple[yaml.Node, yaml.Node]]", node.value)
    pair = f"{render(name, plain=_is_yaml(text))}: {render(value, plain=_is_yaml(text))}"
    if node.flow_style:
        starts = [key.start_mark.index for key, _ in entries]
        return _into_flow(text, node, starts, _end(text, entries[-1][1]) if entries else None, pair)
    return _as_line(text, _end(text, entries[-1][1]), entries[0][0].start_mark.column, pair)


def add_item(text: str, pointer: str, value: Json) -> str:
    """Return *text* with a new last item of the list at *pointer*; raises ``EditError``."""
    node = _node(text, pointer, yaml.SequenceNode)
    items = cast("list[yaml.Node]", node.value)
    told = render(value, plain=_is_yaml(text))
    if node.flow_style:
        starts = [item.start_mark.index for item in items]
        return _into_flow(text, node, starts, _end(text, items[-1]) if items else None, told)
    return _as_line(text, _end(text, items[-1]), node.start_mark.column, f"- {told}")


def put(text: str, pointer: str, value: Json) -> str:
    """Return *text* with *value* in the place of what is at *pointer*; raises ``EditError``."""
    node = _node(text, pointer, yaml.Node)
    return text[: node.start_mark.index] + render(value, plain=_is_yaml(text)) + text[_end(text, node) :]


def remove_item(text: str, pointer: str) -> str:
    """Return *text* without the item at *pointer* of a list; raises ``EditError`` where it is the only one."""
    above, _, index = pointer.rpartition("/")
    node = _node(text, above, yaml.SequenceNode)
    items = cast("list[yaml.Node]", node.value)
    at = int(index)
    if at >= len(items) or len(items) == 1:
        raise EditError("the list has no other item")
    if not node.flow_style:
        start = text.rindex("-", 0, items[at].start_mark.index)
        begin = text.rfind("\n", 0, start) + 1
        return text[:begin] + text[_line_end(text, _end(text, items[at])) + 1 :]
    if at + 1 < len(items):
        return text[: items[at].start_mark.index] + text[items[at + 1].start_mark.index :]
    return text[: _end(text, items[at - 1])] + text[_end(text, items[at]) :]


def remove_member(text: str, pointer: str) -> str:
    """Return *text* without the member at *pointer*; raises ``EditError`` where it is the only one."""
    above, _, token = pointer.rpartition("/")
    node = _node(text, above, yaml.MappingNode)
    entries = cast("list[tuple[yaml.Node, yaml.Node]]", node.value)
    at = next((n for n, (key, _) in enumerate(entries) if key.value == pointers.unescape(token)), None)
    if at is None or len(entries) == 1:
        raise EditError("the mapping has no other member")
    key, value = entries[at]
    if not node.flow_style:
        begin = text.rfind("\n", 0, key.start_mark.index) + 1
        if text[begin : key.start_mark.index].strip():
            raise EditError("the member begins in the middle of a line")
        return text[:begin] + text[_line_end(text, _end(text, value)) + 1 :]
    if at + 1 < len(entries):
        return text[: key.start_mark.index] + text[entries[at + 1][0].start_mark.index :]
    return text[: _end(text, entries[at - 1][1])] + text[_end(text, value) :]


def value_at(text: str, pointer: str) -> Any:
    """Return what *text* has at *pointer* by now; raises ``EditError``."""
    return _value(_node(text, pointer, yaml.Node))


def _value(node: Any) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {key.value: _value(item) for key, item in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_value(item) for item in node.value]
    return node.value if node.style else _scalar(node.value)


@lru_cache(maxsize=1024)
def _scalar(written: str) -> Json:
    """Return what a scalar without quotes means, as it does in any document of a contract."""
    return parse_document(f"value: {written}", name="").data["value"]


def render(value: Json, *, plain: bool) -> str:
    """Return *value* in one line: as JSON, or, where *plain*, as YAML with as few quotes as all readers take."""
    if not plain:
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        pairs = [f"{render(name, plain=True)}: {render(item, plain=True)}" for name, item in value.items()]
        return f"{{ {', '.join(pairs)} }}" if pairs else "{}"
    if isinstance(value, list):
        return f"[{', '.join(render(item, plain=True) for item in value)}]"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return json.dumps(value, ensure_ascii=False)


def _is_yaml(text: str) -> bool:
    return not text.lstrip("\ufeff" + _SPACE).startswith("{")


def _node(text: str, pointer: str, kind: type[yaml.Node]) -> Any:
    node = _composed(text)
    for token in pointers.tokens(pointer):
        node = _child(node, token)
    if node is None or not isinstance(node, kind):
        raise EditError("nothing stands there in the text of the document")
    if text[node.start_mark.index : node.start_mark.index + 1] in ("&", "*"):
        raise EditError("an anchor or an alias stands there")
    return node


@lru_cache(maxsize=2)
def _composed(text: str) -> Any:
    try:
        return yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, RecursionError) as problem:
        raise EditError("the text cannot be taken apart") from problem


def _child(node: Any, token: str) -> Any:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == token), None)
    if isinstance(node, yaml.SequenceNode) and token.isdecimal() and int(token) < len(node.value):
        return node.value[int(token)]
    return None


def _end(text: str, node: yaml.Node) -> int:
    """Return where *node* ends; that of a block is the end of its last value, before what follows it."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    end = int(node.end_mark.index)
    while end and text[end - 1] in _SPACE and end > node.start_mark.index:
        end -= 1
    return end


def _line_end(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found


def _as_line(text: str, end: int, column: int, told: str) -> str:
    """Return *text* with a line for *told* below the one in which its neighbour ends."""
    at = _line_end(text, end)
    return f"{text[:at]}\n{' ' * column}{told}{text[at:]}"


def _into_flow(text: str, node: yaml.Node, starts: list[int], end: int | None, told: str) -> str:
    """Return *text* with *told* behind the last part of *node*, on a line of its own where that one has one."""
    if end is None:
        at = node.start_mark.index + 1
        return text[:at] + told + text[at:]
    begin = text.rfind("\n", 0, starts[-1]) + 1
    margin = text[begin : starts[-1]]
    between = f",\n{margin}" if begin > node.start_mark.index and not margin.strip() else ", "
    return text[:end] + between + told + text[end:]
