"""JSON texts read strictly: no key twice, no NaN, no bottomless nesting; errors with line and column."""

from __future__ import annotations

import json
from typing import Any

from rubrics.errors import RubricFileError


def load_json(text: str, *, file: str, line: int = 1) -> Any:  # noqa: ANN401 - JSON can be anything
    """What a JSON text says; `line` is where it begins in its file."""
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise RubricFileError(
            f"is not valid JSON: {error.msg}", file=file, line=line + error.lineno - 1, column=error.colno
        ) from error
    except RecursionError as error:
        raise RubricFileError("is nested too deeply", file=file, line=line) from error
    except ValueError as error:
        raise RubricFileError(f"is not valid JSON: {error}", file=file, line=line) from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key {next(name for name in names if names.count(name) > 1)!r} stands twice")
    return found


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no JSON number")
