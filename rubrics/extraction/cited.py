"""A rubric from claims that somebody else drew from a reference answer, each with the words it rests on.

A language model draws better points than rules do, and invents some. So every claim must cite the reference word for
word; one that does not is left out, and what the claims pass over is filled in by `rubrics.extraction.structure`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal

from rubrics.errors import ExtractionError
from rubrics.extraction.condensing import MAX_POINTS
from rubrics.extraction.coverage import measure
from rubrics.extraction.sentences import sentences
from rubrics.extraction.structure import Extraction, extract
from rubrics.extraction.words import contained, jaccard, stems
from rubrics.model import Immutable, KeyPoint, KeyPointKind, Line, Question, Rubric, Span, Symbol

MIN_CITED_WORDS: Final = 2
"""Words of a citation: a single one stands anywhere."""

FILLED_SHARE: Final = 0.5
"""Share of a point's source that must lie in sentences which claims cite for the point to be made by them."""

SAME_CLAIM: Final = 0.8
"""Jaccard of content words from which two claims are one."""


class Claim(Immutable):
    """What somebody says is a key point, and the words of the reference answer that say so."""

    text: Line
    citation: str
    weight: Literal[1, 2, 3] = 2
    required: bool = False
    formula: bool = False
    symbols: tuple[Symbol, ...] = ()


class Rejected(Immutable):
    """A claim that became no point, and why."""

    text: str
    reason: Literal["its citation is not in the reference", "it says nothing of what it cites", "it repeats a point"]


class CitedExtraction(Extraction):
    """A draft rubric from claims; `filled` are the ids of points that no claim made, `rejected` the unused claims."""

    filled: tuple[str, ...] = ()
    rejected: tuple[Rejected, ...] = ()


class _Found(Immutable):
    point: KeyPoint
    claimed: bool


def extract_cited(question: Question, reference_answer: str, claims: Sequence[Claim]) -> CitedExtraction:
    """A rubric of the claims that hold and of what they pass over, in the order of the reference answer.

    The same claims in any order give the same rubric: points are numbered by where their sources stand. Each point's
    `source` is the cited span of the stripped reference answer. ExtractionError as for `structure.extract`, and where
    no claim holds.
    """
    plain = extract(question, reference_answer)
    reference = plain.rubric.reference_answer or ""
    held, rejected = _held(claims, reference)
    if not held:
        raise ExtractionError(f"none of {len(claims)} proposed points cites the reference answer; use `structure`")
    found = _numbered([*held, *_passed_over(plain, held)])
    points = tuple(one.point for one in found)
    rubric = Rubric(question=question, reference_answer=reference, key_points=points)
    dropped = [(one.span, one.reason) for one in plain.coverage.dropped]
    return CitedExtraction(
        rubric=rubric,
        coverage=measure(reference, points, dropped),
        filled=tuple(one.point.id for one in found if not one.claimed),
        rejected=tuple(rejected),
    )


def cited_span(reference: str, citation: str) -> Span | None:
    """Where the reference says a citation, but for case and white space; None where it does not."""
    words = citation.strip().strip("\"'“”‘’…").split()
    if len(words) < MIN_CITED_WORDS:
        return None
    match = re.search(r"\s+".join(map(re.escape, words)), reference, re.IGNORECASE)
    return Span(start=match.start(), end=match.end()) if match else None


def _held(claims: Sequence[Claim], reference: str) -> tuple[list[KeyPoint], list[Rejected]]:
    """The claims that cite the reference, as points, and the others."""
    held: list[KeyPoint] = []
    rejected: list[Rejected] = []
    for claim in sorted(claims, key=lambda one: (reference.find(one.citation), one.text)):
        span = cited_span(reference, claim.citation)
        if span is None:
            rejected.append(Rejected(text=claim.text, reason="its citation is not in the reference"))
        elif not (claim.formula or stems(claim.text) & stems(span.of(reference))):
            rejected.append(Rejected(text=claim.text, reason="it says nothing of what it cites"))
        elif any(jaccard(stems(claim.text), stems(point.text)) >= SAME_CLAIM for point in held):
            rejected.append(Rejected(text=claim.text, reason="it repeats a point"))
        else:
            held.append(_point(claim, span))
    return held, rejected


def _point(claim: Claim, span: Span) -> KeyPoint:
    kind = KeyPointKind.FORMULA if claim.formula else KeyPointKind.STATEMENT
    return KeyPoint(
        id="k0",
        text=claim.text,
        weight=float(claim.weight),
        required=claim.required,
        kind=kind,
        symbols=claim.symbols,
        source=span,
    )


def _passed_over(plain: Extraction, held: Sequence[KeyPoint]) -> list[KeyPoint]:
    """The points of `structure` whose source no claim cites, the heaviest first, as many as there is room for."""
    reference = plain.rubric.reference_answer or ""
    cited = [point.source for point in held if point.source]
    whole = sentences(reference, Span(start=0, end=len(reference)))
    spans = [one for one in whole if any(each.start < one.end and one.start < each.end for each in cited)]
    gaps = [point for point in plain.rubric.key_points if point.source and not _is_cited(point.source, spans)]
    new = [point for point in gaps if not any(_says(point, other) for other in held)]
    room = max(0, MAX_POINTS - len(held))
    heaviest = sorted(new, key=lambda point: -point.weight)[:room]
    return [point.model_copy(update={"required": False}) for point in heaviest]


def _is_cited(source: Span, spans: Sequence[Span]) -> bool:
    places: set[int] = set()
    for span in spans:
        places |= set(range(max(source.start, span.start), min(source.end, span.end)))
    return len(places) >= FILLED_SHARE * (source.end - source.start)


def _says(point: KeyPoint, other: KeyPoint) -> bool:
    return contained(stems(point.text), stems(other.text)) >= SAME_CLAIM


def _numbered(points: Sequence[KeyPoint]) -> list[_Found]:
    """The points in the order of their sources; the first is required where none is."""
    ordered = sorted(points, key=lambda one: (one.source.start if one.source else 0, one.text))
    required = any(point.required for point in ordered)
    return [
        _Found(
            point=point.model_copy(
                update={"id": f"k{number}", "required": point.required or (number == 1 and not required)}
            ),
            claimed=point.id == "k0",
        )
        for number, point in enumerate(ordered, start=1)
    ]
