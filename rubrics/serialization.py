"""Rubrics as YAML files: one rubric a file, errors with file, line and field.

A file is the model written out, with one comfort: a key point's `source` is the quoted
sentence of the reference answer; where a quote stands more than once, it is `{start, end}`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import ValidationError

from rubrics.errors import RubricFileError
from rubrics.model import Rubric

_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml where PyYAML was built with it: ten times faster, which is what lets the bank load in a blink."""

MAX_FILE_BYTES: Final = 256 * 1024
"""Largest rubric file read, in bytes; the 46 of the bank are below 8 KiB each."""


def read_rubric(path: Path) -> Rubric:
    """The rubric in a YAML file; RubricFileError says file, line and field."""
    return parse_rubric(_text_of(path), file=str(path))


def read_sound_alikes(path: Path) -> dict[str, tuple[str, ...]]:
    """Terms and how they are misheard, empty where there is no such file; RubricFileError where it is broken."""
    if not path.exists():
        return {}
    data = load_yaml(_text_of(path), str(path))
    fits = isinstance(data, dict) and all(isinstance(heard, list) for heard in data.values())
    if not isinstance(data, dict) or not fits:
        raise RubricFileError("must map each term to a list of what is heard instead", file=str(path), line=1)
    return {str(term): tuple(str(each) for each in heard) for term, heard in data.items()}


def _text_of(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise RubricFileError(f"cannot be read: {error.strerror}", file=str(path)) from error
    if len(raw) > MAX_FILE_BYTES:
        raise RubricFileError(f"is {len(raw)} bytes long, {MAX_FILE_BYTES} are allowed", file=str(path))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RubricFileError(f"is not UTF-8 (byte {error.start})", file=str(path)) from error


def parse_rubric(text: str, *, file: str = "<text>") -> Rubric:
    """The rubric in YAML `text`; RubricFileError names `file`."""
    node, data = _loaded(text, file)
    if not isinstance(data, dict):
        raise RubricFileError("must be a mapping with question and key_points", file=file, line=1)
    _resolve_sources(data, node, file)
    try:
        return Rubric.model_validate_json(json.dumps(data, default=str))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise RubricFileError(
            first["msg"].removeprefix("Value error, "),
            file=file,
            line=_line_of(node, first["loc"]),
            field=".".join(str(part) for part in first["loc"]) or None,
        ) from error


def load_yaml(text: str, file: str) -> object:
    """What a YAML text says, without aliases and repeated keys; RubricFileError with file and line."""
    return _loaded(text, file)[1]


def format_rubric(rubric: Rubric) -> str:
    """The rubric as YAML text that `parse_rubric` reads back to an equal rubric."""
    data = rubric.model_dump(mode="json", exclude_defaults=True)
    reference = rubric.reference_answer or ""
    for written, point in zip(data["key_points"], rubric.key_points, strict=True):
        if point.source is not None:
            quote = point.source.of(reference)
            if quote.strip() == quote and reference.count(quote) == 1:
                written["source"] = quote
    return yaml.dump(data, Dumper=_BlockDumper, sort_keys=False, allow_unicode=True, width=110)


class _BlockDumper(yaml.SafeDumper):
    """Writes texts of several lines as literal blocks and short mappings' keys in model order."""


def _represent_str(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_BlockDumper.add_representer(str, _represent_str)


def _loaded(text: str, file: str) -> tuple[yaml.Node, object]:
    node = _compose(text, file)
    _refuse_traps(node, file)
    try:
        return node, _Loader(text).construct_document(node)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise RubricFileError(f"holds a value that cannot be read: {error}", file=file) from error


def _compose(text: str, file: str) -> yaml.Node:
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise RubricFileError(f"is not valid YAML: {error.problem}", file=file, line=line) from error
    except yaml.YAMLError as error:
        raise RubricFileError("is not valid YAML: it holds a character YAML does not allow", file=file) from error
    except RecursionError as error:
        raise RubricFileError("is nested too deeply", file=file) from error
    if node is None:
        raise RubricFileError("is empty", file=file, line=1)
    return node


def _refuse_traps(node: yaml.Node, file: str) -> None:
    """Refuse repeated keys (the last would win silently) and aliases (they can blow up in memory)."""
    seen: set[int] = set()
    pending = [node]
    while pending:
        current = pending.pop()
        line = current.start_mark.line + 1
        if id(current) in seen:
            raise RubricFileError("aliases and anchors are not allowed", file=file, line=line)
        seen.add(id(current))
        if isinstance(current, yaml.MappingNode):
            _refuse_repeated_keys(current, file)
            pending += [part for pair in current.value for part in pair]
        elif isinstance(current, yaml.SequenceNode):
            pending += current.value


def _refuse_repeated_keys(node: yaml.MappingNode, file: str) -> None:
    keys: set[str] = set()
    for key, _ in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise RubricFileError("a key must be a plain word", file=file, line=line)
        if key.value in keys:
            raise RubricFileError("stands twice", file=file, line=line, field=key.value)
        keys.add(key.value)


def _resolve_sources(data: dict[str, Any], node: yaml.Node, file: str) -> None:
    """Turn each quoted `source` into the span where the reference answer says it."""
    reference = data.get("reference_answer")
    points = data.get("key_points")
    if not isinstance(reference, str) or not isinstance(points, list):
        return
    data["reference_answer"] = reference = reference.strip()
    for index, point in enumerate(points):
        quote = point.get("source") if isinstance(point, dict) else None
        if not isinstance(quote, str):
            continue
        start = reference.find(quote)
        if start < 0:
            loc = ("key_points", index, "source")
            raise RubricFileError(
                "is not in the reference answer word for word",
                file=file,
                line=_line_of(node, loc),
                field=f"key_points.{index}.source",
            )
        point["source"] = {"start": start, "end": start + len(quote)}


def _line_of(node: yaml.Node, loc: tuple[int | str, ...]) -> int:
    """The line of the deepest part of `loc` that the file has."""
    for part in loc:
        child = _child(node, part)
        if child is None:
            break
        node = child
    return node.start_mark.line + 1


def _child(node: yaml.Node, part: int | str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == part), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        item: yaml.Node = node.value[part]
        return item
    return None
