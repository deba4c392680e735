"""The words of grading: Answer, Verdict, Grade and what they are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from pydantic import Field

from rubrics.model import Group, Immutable, KeyPoint, Rubric, Span


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

    The first group names why an answer says nothing, the second what the screen saw in it, the third what an
    interview did to it, the fourth what happened while it was judged.
    """

    BLANK = "blank"
    NO_WORDS = "no_words"
    DECLINED = "declined"
    PLACEHOLDER = "placeholder"
    ECHO = "echo_of_question"
    SCRAMBLED = "scrambled_words"

    INSTRUCTION = "instruction_to_grader"
    DELIMITER_FORGING = "delimiter_forging"
    FAKE_VERDICT = "fake_verdict"
    HIDDEN_TEXT = "hidden_text"
    ENCODED_BLOB = "encoded_blob"
    HEDGED = "hedged"
    OTHER_SPEAKER = "other_speaker"
    PARROT = "parrot"

    PROMPTED = "prompted"
    MISHEARD = "misheard"

    SIMILARITY_ONLY = "similarity_only"
    LOW_CONFIDENCE = "low_confidence"
    UNVERIFIED_QUOTE = "unverified_quote"
    NO_EVIDENCE = "no_evidence"
    THIN_QUOTE = "thin_quote"
    SWAYED = "swayed_by_flagged_text"
    PROMPT_LEAK = "prompt_leak"
    FEEDBACK_REPLACED = "feedback_replaced"
    JUDGE_FAILED = "judge_failed"
    JUDGES_DISAGREE = "judges_disagree"
    FALLBACK = "fallback"


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
    """What a grade consumed; `cost_usd` is 0 where no price is configured.

    A reply from the response cache consumes nothing: it counts as one of `cached_calls`, and `saved_tokens`
    (both directions) and `saved_usd` say what it would have taken. `cached_input_tokens` is something else: the part
    of the input tokens that the provider's prefix cache served at a lower price.
    """

    llm_calls: int = Field(default=0, ge=0)
    input_tokens: int = Field(default=0, ge=0)
    cached_input_tokens: int = Field(default=0, ge=0)
    output_tokens: int = Field(default=0, ge=0)
    cost_usd: float = Field(default=0.0, ge=0)
    cached_calls: int = Field(default=0, ge=0)
    saved_tokens: int = Field(default=0, ge=0)
    saved_usd: float = Field(default=0.0, ge=0)

    def __add__(self, other: Usage) -> Usage:
        return Usage(**{name: getattr(self, name) + getattr(other, name) for name in Usage.model_fields})


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

    `matches` is empty where no embedder is configured, else one per point of the rubric, in its order.
    `asked` names the key points that need a verdict; None asks for all. `opinions` are what an earlier judge says
    of those points; a judge that gives a first verdict must not be swayed by them.
    """

    rubric: Rubric
    answer: Answer
    matches: tuple[Match, ...] = ()
    asked: tuple[str, ...] | None = None
    opinions: tuple[Verdict, ...] = ()

    @property
    def points(self) -> tuple[KeyPoint, ...]:
        """The key points asked for, in rubric order."""
        return tuple(point for point in self.rubric.key_points if self.asked is None or point.id in self.asked)


@dataclass(frozen=True)
class Judgement:
    """What a judge returns: one verdict per key point asked for, in rubric order, and what it consumed."""

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
    penalty: bool = False
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
    """The final result; `score` in [0, 1] is null exactly when `status` is `ungraded`.

    `regrade_of` is the id of the grade that this one replaces; that one stays as it is.
    """

    id: str
    status: Status
    question_id: str
    rubric_hash: str
    candidate_ref: str | None
    score: float | None
    score_interval: tuple[float, float]
    passed: bool | None
    points: tuple[GradedPoint, ...]
    groups: tuple[Group, ...] = ()
    missed: tuple[str, ...]
    contradicted: tuple[str, ...]
    feedback: Feedback
    flags: tuple[Flag, ...]
    usage: Usage
    provenance: Provenance
    created_at: datetime
    regrade_of: str | None = None
