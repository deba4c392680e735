"""How close an answer comes to each key point, and where: retrieval, not judgement.

Cosine similarity finds the passage that talks about a key point. It cannot tell a statement from
its opposite (contradicted points have the highest mean cosine of all classes on the labelled set),
so alone it neither grants nor vetoes.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from grader.domain import Answer, Match
from grader.ports import Embedder
from grader.text.sentences import sentences
from grader.text.words import stems
from rubrics.model import Rubric, Span

DIGITS: Final = 4
"""Decimals of a similarity; the model itself repeats to about 5e-7."""


MAX_PASSAGES: Final = 100
"""Passages of an answer that are embedded one by one, at 200 a second; the longest labelled answer has 14 sentences.

An answer of more sentences is cut into this many runs of neighbours, so that nobody can make a grade take minutes.
"""


async def find_matches(embedder: Embedder, rubric: Rubric, answer: Answer) -> tuple[Match, ...]:
    """The closest passage of the answer to each key point, in rubric order; empty for an answer without words.

    Passages are single sentences: runs of two and three cost six times as much and changed the kappa of the
    similarity judge by less than 0.01 on three labelled sets (measured).
    """
    passages = _passages(answer)
    if not passages:
        return ()
    passage_vectors = await embedder.embed([span.of(answer.text) for span in passages])
    phrasings = [(point, phrasing) for point in rubric.key_points for phrasing in (point.text, *point.paraphrases)]
    vectors = await embedder.embed([rubric.question.text, *(phrasing for _, phrasing in phrasings)])
    echoes, *cosines = vectors @ passage_vectors.T
    said, asked = stems(answer.text), stems(rubric.question.text)
    matches = []
    for point in rubric.key_points:
        # The closest phrasing counts.
        closeness = np.max([row for row, (owner, _) in zip(cosines, phrasings, strict=True) if owner is point], axis=0)
        best = int(np.argmax(closeness))
        terms = _share(stems(point.text) - asked, said)
        matches.append(Match(point.id, _rounded(closeness[best]), passages[best], _rounded(echoes[best]), terms))
    return tuple(matches)


def _passages(answer: Answer) -> tuple[Span, ...]:
    found = sentences(answer.text)
    size = max(1, math.ceil(len(found) / MAX_PASSAGES))
    runs = (found[start : start + size] for start in range(0, len(found), size))
    return tuple(Span(start=run[0].start, end=run[-1].end) for run in runs)


def _share(terms: set[str], said: set[str]) -> float:
    return _rounded(len(terms & said) / len(terms)) if terms else 0.0


def _rounded(value: float) -> float:
    return round(float(value), DIGITS)
