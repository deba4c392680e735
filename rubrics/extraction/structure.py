"""A rubric from a reference answer, offline and deterministic: lists, definitions, formulas, sentences.

The way: text -> blocks (what each line is) -> outline (what belongs to what) -> drafts (one claim each)
-> at most ten of them -> key points, with a report of what they leave out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pydantic import computed_field

from rubrics.errors import ExtractionError
from rubrics.extraction.blocks import Block, BlockKind, read_blocks
from rubrics.extraction.captions import without_figure_reference
from rubrics.extraction.casing import Casing
from rubrics.extraction.condensing import Condensed, condense
from rubrics.extraction.coverage import Coverage, measure
from rubrics.extraction.drafts import Context, Draft
from rubrics.extraction.entries import Entry
from rubrics.extraction.heads import is_bare_heading
from rubrics.extraction.labels import topic_of
from rubrics.extraction.outline import Outline, read_outline
from rubrics.extraction.readability import Readability, readability
from rubrics.extraction.weighing import weighed
from rubrics.extraction.words import Words, stems
from rubrics.extraction.writing import write_drafts
from rubrics.model import Immutable, KeyPoint, KeyPointKind, Question, Rubric

MAX_REFERENCE: Final = 20_000
"""Characters of a reference answer, as `rubrics.model` allows them."""

WANTED_POINTS: Final = 3
"""With fewer points, list items are cut finer: a rubric of one or two says little about a partly right answer."""

_MAX_POINT: Final = 1_000
"""Characters of a key point's text, as `rubrics.model` allows them."""


class Extraction(Immutable):
    """A draft rubric, and how much of the reference answer it covers."""

    rubric: Rubric
    coverage: Coverage

    @computed_field  # type: ignore[prop-decorator]
    @property
    def readability(self) -> Readability:
        """How its points read."""
        return readability(self.rubric.key_points)


def extract(question: Question, reference_answer: str) -> Extraction:
    """Draw a rubric of at most ten key points from a reference answer; the same input gives the same rubric.

    Each point's `source` is the span of the stripped reference answer it was drawn from. Weights are 3 for a definition
    and what is stressed, 2 for items and formulas, 1 for details, and for prose by its place; the first is required.
    ExtractionError says why nothing can be drawn: no words, too long, or only headings, captions and the like.
    """
    reference = checked_reference(reference_answer)
    outline = _outline(reference)
    casing = Casing(f"{_prose(reference, outline.entries)}\n{question.text}")
    context = Context(reference, topic_of(question, casing), casing)
    asked = stems(f"{question.title} {question.text}")
    condensed = _condensed(outline, context, asked)
    if not condensed.drafts:
        reasons = ", ".join(sorted({reason.value for _, reason in outline.dropped}))
        raise ExtractionError(
            f"the reference answer holds no statement, only: {reasons}; write what a full answer says"
        )
    drafts = weighed(condensed.drafts, reference, asked)
    points = tuple(_key_point(number, one, casing) for number, one in enumerate(drafts, start=1))
    rubric = Rubric(question=question, reference_answer=reference, key_points=points)
    return Extraction(rubric=rubric, coverage=measure(reference, points, (*outline.dropped, *condensed.dropped)))


def checked_reference(reference_answer: str) -> str:
    """The reference answer without white space at its ends; ExtractionError where nothing can be drawn from it."""
    reference = reference_answer.strip()
    if not any(character.isalpha() for character in reference):
        raise ExtractionError("the reference answer holds no words; write what a full answer says")
    if len(reference) > MAX_REFERENCE:
        raise ExtractionError(f"the reference answer is {len(reference)} characters long, {MAX_REFERENCE} are allowed")
    if any("\ud800" <= character <= "\udfff" for character in reference):
        raise ExtractionError("the reference answer holds half a surrogate pair; save it as UTF-8")
    return reference


def _outline(reference: str) -> Outline:
    """The outline; an answer of a few words ("Paris") is no heading, though it looks like one."""
    blocks = read_blocks(reference)
    outline = read_outline(reference, blocks)
    if outline.entries:
        return outline
    bare = [replace(block, kind=BlockKind.PARAGRAPH) if _is_bare(block, reference) else block for block in blocks]
    return read_outline(reference, bare)


def _is_bare(block: Block, reference: str) -> bool:
    return block.kind is BlockKind.HEADING and not block.ranked and is_bare_heading(block.span.of(reference))


def _prose(reference: str, entries: Sequence[Entry]) -> str:
    return "\n".join(part.body.of(reference) for entry in entries for part in entry.parts if not part.formula)


def _condensed(outline: Outline, context: Context, asked: Words) -> Condensed:
    condensed = condense(write_drafts(outline.entries, context), context.topic.words, asked)
    if len(condensed.drafts) >= WANTED_POINTS:
        return condensed
    return condense(write_drafts(outline.entries, context, fine=True), context.topic.words, asked)


def _key_point(number: int, one: Draft, casing: Casing) -> KeyPoint:
    return KeyPoint(
        id=f"k{number}",
        text=_text(one, casing),
        topic=one.topic,
        weight=one.weight,
        required=number == 1,
        kind=one.kind,
        symbols=one.symbols,
        source=one.span,
    )


def _text(one: Draft, casing: Casing) -> str:
    """The label and the claim as one sentence; LaTeX stays as it is, prose gets its full stop."""
    said = _tidied(one.said)
    label = ", ".join(part for part in (one.label, one.aspect) if part)
    text = f"{label[:1].upper()}{label[1:]}: {casing.after_label(said)}" if label else said
    text = text.rstrip(" ;:,") or text
    if one.kind is not KeyPointKind.FORMULA:
        text += "" if re.search(r"[.!?…。！？؟۔।][\"'”’)\]」』]*$", text) else "."
    return text[:_MAX_POINT].strip()


_EMPHASIS: Final = re.compile(r"(?<!\w)(\*\*|__|`)(?=\S)(.+?)(?<=\S)\1")
_ENCLOSED: Final = re.compile(r"\(([^()]*[.!?])\)")


def _tidied(said: str) -> str:
    """The claim without Markdown emphasis, figure references and stray spaces."""
    plain = _EMPHASIS.sub(r"\2", without_figure_reference(" ".join(said.split())))
    if whole := _ENCLOSED.fullmatch(plain):
        plain = whole[1]
    return re.sub(r"\s+([,.;:)])(?!\w)", r"\1", re.sub(r"\(\s+", "(", plain)) or said
