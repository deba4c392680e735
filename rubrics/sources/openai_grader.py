"""OpenAI grader configurations: `score_model`, `label_model`, `text_similarity`, and `multi` of them.

What can be taken over are statements: the list items of a prompt become key points, a literal reference becomes the
reference answer, a linear `calculate_output` becomes weights. Models, scales, labels and template variables have no
counterpart and are reported. Format: developers.openai.com/api/docs/guides/graders, read in November 2026.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from rubrics.errors import RubricFileError
from rubrics.model import KeyPoint, Question, Rubric
from rubrics.sources import Contents, LeftOut, SourceQuestion, SourceRubric
from rubrics.sources.building import Place, built, made_id, made_title, source_question
from rubrics.sources.linear import linear_weights

KINDS: Final = ("score_model", "label_model", "text_similarity", "string_check", "python", "multi", "endpoint")
MAX_DEPTH: Final = 5
"""Graders inside graders."""

_WITHOUT_COUNTERPART: Final = frozenset(
    {"model", "range", "labels", "passing_labels", "sampling_params", "pass_threshold"}
)
_TEMPLATE: Final = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_ITEM: Final = re.compile(r"^\s*(?:[-*•+]|\(?\d{1,2}[.)])\s+(?P<text>\S.*)$")
_POINTS: Final = re.compile(
    r"\s*[\[(]\s*(?P<sign>[-+−]?)\s*(?P<points>\d+(?:\.\d+)?)\s*(?:points?|pts?\.?)?\s*[\])]\s*[.:]?\s*$", re.IGNORECASE
)
_LABELLED: Final = re.compile(
    r"^\s*(?P<label>question|(?:reference|model|ideal|expected|correct) answer)\s*:\s*(?P<text>\S.*)$",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True)
class _Part:
    """One grader that is no `multi`: the path of its fields, and its share of the whole."""

    grader: dict[str, Any]
    path: str
    weight: float


@dataclass(frozen=True)
class _Statement:
    """A text that a grader looks for; `weight` is below 0 for what costs points."""

    text: str
    weight: float


def is_grader(found: object) -> bool:
    """Whether a document is a grader, or an evaluation that holds some."""
    if not isinstance(found, dict):
        return False
    return found.get("type") in KINDS or isinstance(found.get("testing_criteria"), list)


def read_grader(found: dict[str, Any], file: str) -> Contents:
    """What a grader looks for, as a rubric or as a reference answer to draw one from.

    RubricFileError where it looks for nothing that could be said in an answer.
    """
    reading = _Reading(file)
    parts = list(reading.parts(found))
    statements = [each for part in parts for each in reading.statements(part)]
    references = [text for part in parts if (text := reading.reference(part))]
    asked = next((text for part in parts if (text := _labelled(part, "question"))), "")
    name = str(found.get("name") or "") or made_title(Path(file).stem)
    if not asked:
        reading.leave("question", f"no literal one stands in it; {name!r} does in its place")
    fields = {"id": made_id(asked or name), "title": made_title(name), "text": asked or name}
    if statements:
        rubric = _rubric(statements, fields, references, Place(file))
        return reading.contents(rubrics=(SourceRubric(rubric=rubric, origin=file),))
    if references:
        return reading.contents(questions=(source_question(fields, "\n\n".join(references), Place(file)),))
    reasons = "; ".join(f"{each.what}: {each.why}" for each in reading.left_out if each.what != "question")
    raise RubricFileError(f"holds nothing an answer could be graded against ({reasons})", file=file)


@dataclass(frozen=True)
class _Reading:
    """One configuration being read, and what was left out of it so far."""

    file: str
    left_out: list[LeftOut] = field(default_factory=list)

    def leave(self, what: str, why: str, where: str = "") -> None:
        """Leave out a part, named by the path of its field."""
        self.left_out.append(LeftOut(what=what, why=why, origin=f"{self.file}:{where}" if where else self.file))

    def contents(self, questions: tuple[SourceQuestion, ...] = (), rubrics: tuple[SourceRubric, ...] = ()) -> Contents:
        """What was read, with what was left out."""
        left_out = tuple(self.left_out)
        return Contents(file=self.file, format="OpenAI grader", questions=questions, rubrics=rubrics, left_out=left_out)

    def parts(self, grader: dict[str, Any], path: str = "", weight: float = 1.0) -> Iterator[_Part]:
        """The graders that are no `multi`, with their share by `calculate_output`."""
        if path.count(".") > 2 * MAX_DEPTH:
            raise RubricFileError("graders are nested too deeply", file=self.file, field=path[:100])
        key = "graders" if grader.get("type") == "multi" else "testing_criteria"
        if key == "testing_criteria" and not isinstance(grader.get(key), list):
            yield _Part(grader, path, weight)
            return
        inner = self._inner(grader, key, path)
        shares = self._shares(grader, list(inner), path)
        for name, each in inner.items():
            yield from self.parts(each, f"{path}{key}.{name.replace('.', '-')}.", weight * shares[name])

    def _inner(self, grader: dict[str, Any], key: str, path: str) -> dict[str, dict[str, Any]]:
        """The graders of a `multi` by name: an object of them, a list, or a single one."""
        found = grader.get(key)
        if isinstance(found, dict) and isinstance(found.get("type"), str):
            found = [found]
        if isinstance(found, list):
            found = {_name(each, number): each for number, each in enumerate(found)}
        if not isinstance(found, dict) or not found:
            raise RubricFileError("must hold graders", file=self.file, field=f"{path}{key}")
        for name, each in found.items():
            if not isinstance(each, dict) or each.get("type") not in KINDS:
                wanted = f"type must be one of {', '.join(KINDS)}"
                raise RubricFileError(wanted, file=self.file, field=f"{path}{key}.{name}")
        return found

    def _shares(self, grader: dict[str, Any], names: list[str], path: str) -> dict[str, float]:
        formula = grader.get("calculate_output")
        weights = linear_weights(formula, names) if isinstance(formula, str) else None
        if isinstance(formula, str) and weights is None:
            why = "it is no weighted sum of its graders; all weigh the same instead"
            self.leave(f"calculate_output {formula[:60]!r}", why, f"{path}calculate_output")
        return weights or dict.fromkeys(names, 1.0)

    def statements(self, part: _Part) -> Iterator[_Statement]:
        """The list items of a prompt, each with its share of the grader's weight."""
        kind = part.grader.get("type")
        if kind in {"string_check", "python", "endpoint"}:
            self.leave(f"grader {kind}", "it compares or computes, it states nothing", f"{part.path}type")
        if kind not in {"score_model", "label_model"}:
            return
        for name in sorted(_WITHOUT_COUNTERPART.intersection(part.grader)):
            self.leave(name, "verdicts and scores are made here", f"{part.path}{name}")
        items = [_item(found["text"]) for line in _prompt(part.grader).splitlines() if (found := _ITEM.match(line))]
        taken = [item for item in items if item.text and not _TEMPLATE.search(item.text)]
        if not taken:
            self.leave(
                f"prompt of {part.grader.get('name') or kind}", "it has no list of criteria", f"{part.path}input"
            )
        whole = sum(abs(item.weight) for item in taken)
        yield from (_Statement(item.text, item.weight * part.weight / whole) for item in taken)

    def reference(self, part: _Part) -> str:
        """The literal reference of a grader, empty where it stands in a data set."""
        if part.grader.get("type") != "text_similarity":
            return _labelled(part, "answer")
        found = str(part.grader.get("reference") or "")
        if _TEMPLATE.search(found) or not found.strip():
            why = f"{found or 'it'} stands in a data set; import that as JSON lines with question and reference_answer"
            self.leave("reference", why, f"{part.path}reference")
            return ""
        return found.strip()


def _name(grader: object, number: int) -> str:
    return str(grader.get("name") or number) if isinstance(grader, dict) else str(number)


def _item(text: str) -> _Statement:
    """A criterion; `(3 points)` at its end weighs it."""
    points = _POINTS.search(text)
    if not points or not float(points["points"]):
        return _Statement(text.strip(), 1.0)
    sign = -1.0 if points["sign"] in {"-", "−"} else 1.0
    return _Statement(text[: points.start()].strip(), sign * float(points["points"]))


def _prompt(grader: dict[str, Any]) -> str:
    """The text of all messages."""
    messages = grader.get("input")
    if not isinstance(messages, list):
        messages = [{"content": messages}]
    contents = [each.get("content") for each in messages if isinstance(each, dict)]
    blocks = [block for content in contents for block in (content if isinstance(content, list) else [content])]
    texts = (block.get("text") if isinstance(block, dict) else block for block in blocks)
    return "\n".join(text for text in texts if isinstance(text, str))


def _labelled(part: _Part, label: str) -> str:
    """What stands behind `Question:` or `Reference answer:` in a prompt, if it is literal."""
    found = (match for match in _LABELLED.finditer(_prompt(part.grader)) if match["label"].lower().endswith(label))
    return next((match["text"].strip() for match in found if not _TEMPLATE.search(match["text"])), "")


def _rubric(statements: list[_Statement], fields: dict[str, Any], references: list[str], place: Place) -> Rubric:
    """Weights keep their proportions; the smallest is 1."""
    smallest = min(abs(each.weight) for each in statements)
    points = tuple(
        built(KeyPoint, _point(number, each, smallest), place) for number, each in enumerate(statements, start=1)
    )
    question = built(Question, fields, place)
    answer = "\n\n".join(references) or None
    return built(Rubric, {"question": question, "reference_answer": answer, "key_points": points}, place)


def _point(number: int, statement: _Statement, smallest: float) -> dict[str, Any]:
    weight = round(abs(statement.weight) / smallest, 2)
    return {"id": f"k{number}", "text": statement.text, "weight": weight, "penalty": statement.weight < 0}
