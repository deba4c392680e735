"""JSON lines, or one JSON list: an object a question, with or without its key points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rubrics.errors import RubricFileError
from rubrics.sources import Contents, LeftOut
from rubrics.sources.building import Place
from rubrics.sources.documents import load_json
from rubrics.sources.material import Material
from rubrics.sources.rows import NEEDED, Row, columns, ignored, read_rows

_KIND: Final = "JSON lines"


def read_json_lines(material: Material) -> Contents:
    """The questions of a file of JSON objects, one a line; empty lines are passed over."""
    lines = enumerate(material.text.split("\n"), start=1)
    objects = [(load_json(line, file=material.file, line=number), number) for number, line in lines if line.strip()]
    return _contents(objects, material.file, _KIND)


def read_json_list(found: list[Any], file: str) -> Contents:
    """The questions of a JSON list; its lines are not known, so places are counted in items."""
    return _contents([(item, None) for item in found], file, "JSON")


def _contents(objects: Sequence[tuple[Any, int | None]], file: str, kind: str) -> Contents:
    if not objects:
        raise RubricFileError("is empty", file=file, line=1)
    left_out: dict[str, LeftOut] = {}
    rows: list[Row] = []
    for number, (found, line) in enumerate(objects):
        place = Place(file, line, None if line else f"[{number}]")
        if not isinstance(found, dict):
            raise place.error("must be an object such as {question, reference_answer}")
        fields = columns(found, place, NEEDED[:1] if found.get("key_points") else NEEDED)
        for each in ignored(found, fields, place):
            left_out.setdefault(each.what, each)
        rows.append(_row(found, fields, place))
    return read_rows(rows, file=file, kind=kind, left_out=tuple(left_out.values()))


def _row(found: dict[str, Any], fields: dict[str, str], place: Place) -> Row:
    names = {field: name for name, field in fields.items()}
    inside = f"{place.field}." if place.field else ""
    values = {field: found[name] for name, field in fields.items()}
    return values, lambda field: Place(place.file, place.line, f"{inside}{names.get(field, field)}")
