"""The words of grading: Answer, Verdict, Grade and what they are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from pydantic import Field

from rubrics.model import Immutable, Rubric, Span


@dataclass(frozen=True)
class Answer:
    """The candidate's text, canonicalised once; every span is a range of `text`.

    `offsets[i]` is where `text[i]` began in `original`, with one more entry for the end;
    `removed` counts the characters that canonicalisation dropped, by kind.
    """

    text: str
    original: str
    offsets: tuple[int, ...]
    removed: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    def original_span(self, span: Span) -> Span:
        """The range of `original` that became `span`, whole where several characters became one."""
        start = self.offsets[span.start]
        return Span(start=start, end=next(end for end in self.offsets[span.end :] if end > start))


class Evidence(Immutable):
    """Words of the answer that support a verdict: `text` is the answer's `[start, end)`, checked by code."""

    start: int = Field(ge=0)
    end: int = Field(ge=1)
    text: str

    @property
    def span(self) -> Span:
        """Where in the answer these words stand."""
        return Span(start=self.start, end=self.end)


class Label(StrEnum):
    """What can be said of one key point."""

    COVERED = "covered"
    PARTIAL = "partial"
    MISSING = "missing"
    CONTRADICTED = "contradicted"
    UNGRADED = "ungraded"


class Flag(StrEnum):
    """A reason for a person to look; a flag never changes a score by itself.

    The first group names why an answer says nothing, the second what makes a grade need review.
    """

    BLANK = "blank"
    NO_WORDS = "no_words"
    DECLINED = "declined"
    PLACEHOLDER = "placeholder"
    ECHO = "echo_of_question"

    SIMILARITY_ONLY = "similarity_only"
    UNVERIFIED_QUOTE = "unverified_quote"
    HIDDEN_TEXT = "hidden_text"
    JUDGE_FAILED = "judge_failed"


class Verdict(Immutable):
    """What one judge says of one key point; `ungraded` always carries the reason why.

    `confidence` is the judge's calibrated probability of the label in [0, 1], null where it has none.
    """

    key_point_id: str
    label: Label
    judged_by: str
    reason: str = ""
    confidence: float | None = Field(default=None, ge=0, le=1)
    evidence: tuple[Evidence, ...] = ()
    flags: tuple[Flag, ...] = ()


class Usage(Immutable):
    """What a grade consumed; `cost_usd` is 0 where no price is configured."""

    llm_calls: int = Field(default=0, ge=0)
    input_tokens: int = Field(default=0, ge=0)
    output_tokens: int = Field(default=0, ge=0)
    cost_usd: float = Field(default=0.0, ge=0)


@dataclass(frozen=True)
class Match:
    """How close the answer comes to one key point, and where.

    `similarity` is the cosine in [-1, 1] of the point and its closest window of sentences, `echo` the cosine of
    that window and the question, `passage` the closest single sentence; `terms` is the share in [0, 1] of the
    point's own content words that the answer uses, those of the question left out.
    """

    key_point_id: str
    similarity: float
    passage: Span
    echo: float
    terms: float


@dataclass(frozen=True)
class Submission:
    """What a judge gets: the rubric, the answer, and the closest passage to each key point.

    `matches` is empty where no embedder is configured, else in the order of the rubric's points.
    """

    rubric: Rubric
    answer: Answer
    matches: tuple[Match, ...] = ()


@dataclass(frozen=True)
class Judgement:
    """What a judge returns: one verdict per key point, in rubric order, and what it consumed."""

    verdicts: tuple[Verdict, ...]
    usage: Usage = field(default_factory=Usage)
    flags: tuple[Flag, ...] = ()


class GradedPoint(Immutable):
    """One key point of a grade; the field names are the wire contract."""

    key_point_id: str
    text: str
    topic: str | None
    weight: float
    required: bool
    verdict: Label
    credit: float | None
    confidence: float | None
    similarity: float | None
    judged_by: str
    reason: str
    evidence: tuple[Evidence, ...]
    feedback: str
    hints: tuple[str, ...]


class Feedback(Immutable):
    """What a grade says to the person, in plain words."""

    summary: str
    strengths: tuple[str, ...]
    improvements: tuple[str, ...]
    next_step: str


class Provenance(Immutable):
    """Everything a grade's numbers depend on, by id and digest."""

    grader_version: str
    judge: dict[str, str]
    embedder: dict[str, str] | None
    answer_sha256: str
    removed_characters: dict[str, int]
    policy: dict[str, float | None]


class Status(StrEnum):
    """Whether a grade can be used as it is."""

    GRADED = "graded"
    NEEDS_REVIEW = "needs_review"
    UNGRADED = "ungraded"


class Grade(Immutable):
    """The final result; `score` in [0, 1] is null exactly when `status` is `ungraded`."""

    id: str
    status: Status
    question_id: str
    rubric_hash: str
    candidate_ref: str | None
    score: float | None
    score_interval: tuple[float, float]
    passed: bool | None
    points: tuple[GradedPoint, ...]
    missed: tuple[str, ...]
    contradicted: tuple[str, ...]
    feedback: Feedback
    flags: tuple[Flag, ...]
    usage: Usage
    provenance: Provenance
    created_at: datetime
