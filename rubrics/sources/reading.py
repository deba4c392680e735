"""What a file is, which reader knows it, and several files as one import with a report.

The content decides; a file's name only where two readers could read it. All files are read before anything is
returned, so an import is whole or it is an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from rubrics.errors import RubricFileError
from rubrics.model import Immutable
from rubrics.serialization import MAX_FILE_BYTES, load_yaml, parse_rubric
from rubrics.sources import Conflict, Contents, Duplicate, LeftOut, SourceQuestion, SourceRubric, merge
from rubrics.sources.criteria import criteria_of, read_criteria
from rubrics.sources.delimited import read_delimited
from rubrics.sources.documents import load_json
from rubrics.sources.json_lines import read_json_lines, read_json_list
from rubrics.sources.markdown import read_markdown
from rubrics.sources.material import Material, read_material
from rubrics.sources.openai_grader import is_grader, read_grader
from rubrics.sources.seed_page import read_seed_page
from rubrics.sources.workbook import read_workbook

FORMATS: Final = "seed page, Markdown, CSV, TSV, JSON lines, XLSX, YAML rubric, list of criteria, OpenAI grader"
SUFFIXES: Final = (".txt", ".md", ".markdown", ".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".xlsx", ".yaml", ".yml")
"""What is picked up from a folder."""

MAX_FILES: Final = 1_000

_SEED: Final = re.compile(r"^\s*•\s*[A-Z]{2}\d{4}\s+\S|^(?:Category|Author):\s*\S", re.MULTILINE)
_YAML: Final = re.compile(r"(?:- )?(?:question|key_points|requirement|criterion|criteria|name|weight|type|graders)\s*:")
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"


class Import(Immutable):
    """Several sources as one: distinct questions to draw rubrics from, rubrics, and all that was decided on the way."""

    files: tuple[tuple[str, str, int], ...]
    questions: tuple[SourceQuestion, ...]
    rubrics: tuple[SourceRubric, ...]
    merged: tuple[Duplicate, ...]
    conflicts: tuple[Conflict, ...]
    left_out: tuple[LeftOut, ...]


def read_sources(paths: Iterable[Path]) -> Import:
    """Every file, and every file of a known kind in a folder; the first that is wrong is a RubricFileError."""
    return combine([read(read_material(path)) for path in _files(paths)])


def read(material: Material) -> Contents:
    """The contents of one source, whatever its format; RubricFileError where it is none that is known."""
    if material.is_zip:
        return read_workbook(material)
    if material.raw.startswith(_OLD_EXCEL):
        raise RubricFileError(
            "is an old or encrypted Excel file; save it as XLSX without a password", file=material.file
        )
    if not material.text.strip():
        raise RubricFileError("is empty", file=material.file, line=1)
    return _reader(material)(material)


def _reader(material: Material) -> Callable[[Material], Contents]:
    """Who reads this text."""
    by_name = _BY_SUFFIX.get(material.suffix)
    if by_name is not read_delimited and material.text.lstrip()[0] in "{[" and by_name is not read_json_lines:
        return _read_json
    if by_name is None and _SEED.search(material.text):
        return _read_seed_page
    return by_name or _read_bare


def _read_seed_page(material: Material) -> Contents:
    questions = read_seed_page(material.text, file=material.file)
    return Contents(file=material.file, format="seed page", questions=questions)


def combine(contents: list[Contents]) -> Import:
    """The questions of all files, each once; where one of them has a rubric already, the rubric stays."""
    merged = merge(question for each in contents for question in each.questions)
    rubrics, repeated, conflicts = _distinct([rubric for each in contents for rubric in each.rubrics])
    known = {each.rubric.question.id: each.origin for each in rubrics}
    taken = [question for question in merged.questions if question.question.id in known]
    return Import(
        files=tuple((each.file, each.format, len(each.questions) + len(each.rubrics)) for each in contents),
        questions=tuple(question for question in merged.questions if question.question.id not in known),
        rubrics=tuple(rubrics),
        merged=(
            *merged.merged,
            *repeated,
            *(
                Duplicate(question_id=each.question.id, origins=(known[each.question.id], each.origin))
                for each in taken
            ),
        ),
        conflicts=(*merged.conflicts, *conflicts),
        left_out=tuple(left for each in contents for left in each.left_out),
    )


def _distinct(rubrics: list[SourceRubric]) -> tuple[list[SourceRubric], list[Duplicate], list[Conflict]]:
    """The first rubric of each question; another one with other content is a conflict."""
    first: dict[str, SourceRubric] = {}
    repeated: list[Duplicate] = []
    conflicts: list[Conflict] = []
    for each in rubrics:
        question_id = each.rubric.question.id
        kept = first.setdefault(question_id, each)
        if kept is each:
            continue
        repeated.append(Duplicate(question_id=question_id, origins=(kept.origin, each.origin)))
        if kept.rubric != each.rubric:
            conflicts.append(Conflict(question_id=question_id, field="rubric", kept=kept.origin, ignored=each.origin))
    return list(first.values()), repeated, conflicts


def _read_json(material: Material) -> Contents:
    """A JSON document, or lines of JSON under another name."""
    lines = [line for line in material.text.split("\n") if line.strip()]
    if len(lines) > 1 and all(line.lstrip().startswith("{") and line.rstrip().endswith("}") for line in lines[:2]):
        return read_json_lines(material)
    found = load_json(material.text, file=material.file)
    if is_grader(found):
        return read_grader(found, material.file)
    if criteria_of(found) is not None:
        return read_criteria(found, material.file)
    if isinstance(found, list):
        return read_json_list(found, material.file)
    if isinstance(found, dict) and "question" in found:
        whole = isinstance(found["question"], dict)
        return _rubric_file(material) if whole else read_json_list([found], material.file)
    raise RubricFileError("is JSON, but no question, rubric, list of criteria or grader", file=material.file, line=1)


def _read_yaml(material: Material) -> Contents:
    if len(material.raw) > MAX_FILE_BYTES:
        raise RubricFileError(f"is {len(material.raw)} bytes long, {MAX_FILE_BYTES} are allowed", file=material.file)
    found: Any = load_yaml(material.text, material.file)
    if criteria_of(found) is not None:
        return read_criteria(found, material.file)
    return read_grader(found, material.file) if is_grader(found) else _rubric_file(material)


def _rubric_file(material: Material) -> Contents:
    rubric = parse_rubric(material.text, file=material.file)
    origin = f"{material.file}:1"
    return Contents(file=material.file, format="rubric", rubrics=(SourceRubric(rubric=rubric, origin=origin),))


def _read_bare(material: Material) -> Contents:
    """A text whose name says nothing: a table by its header, YAML by its keys, else Markdown."""
    header = next(line for line in material.text.split("\n") if line.strip())
    names = {name.strip(' "').casefold().replace(" ", "_") for name in re.split(r"[\t;,|]", header)}
    if {"question", "reference_answer"} <= names:
        return read_delimited(material)
    if _YAML.match(header):
        return _read_yaml(material)
    return read_markdown(material)


_BY_SUFFIX: Final[dict[str, Callable[[Material], Contents]]] = {
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
    ".json": _read_json,
    ".yaml": _read_yaml,
    ".yml": _read_yaml,
}


def _files(paths: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(each for each in path.iterdir() if each.is_file() and each.suffix.lower() in SUFFIXES)
        if not inside:
            raise RubricFileError(f"holds no file of a known kind ({', '.join(SUFFIXES)})", file=str(path))
        found += inside
    if len(found) > MAX_FILES:
        raise RubricFileError(f"are {len(found)} files, {MAX_FILES} are read at once", file=str(found[0].parent))
    return found
