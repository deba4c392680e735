"""Why a grade is what it is, in plain words and as data: rubric, evidence, judges, arithmetic, people.

Everything here is read off the stored grade and what people said of it; nothing is judged again. Where the grade
keeps the reference secret its points hold no reference text, and so the explanation holds none.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from grader.domain import Evidence, Flag, Grade, GradedPoint, Label
from grader.feedback import FLAG_NOTES
from grader.outcome import policy_of, yardstick
from grader.review import Outcome, Override, Review
from grader.scoring import score_labels
from rubrics.model import Group, GroupKind, Immutable

ROLE_OF_AI: Final = {
    "rules": "No model judged this answer: a fixed rule decided, because the answer holds nothing to judge.",
    "local": "A small language model on the server read the answer against each key point and said how likely it is "
    "that the point is made, missed or denied.",
    "similarity": "A language model measured how close the answer comes to each key point; it cannot tell a "
    "statement from its opposite.",
    "llm": "A large language model read the answer and gave a verdict and a quotation for each key point.",
    "cascade": "A small language model decided the points it is sure of, a large one the others, with quotations.",
    "decisions": "A large language model chose a verdict for each key point, without giving reasons.",
}
"""What a model's part in a grade is, by the name of its judge."""

ROLE_OF_CODE: Final = (
    "Code, not a model, checked that every quotation stands in the answer, computed the score from the verdicts, "
    "and wrote down the versions of everything used."
)
NO_DECISION: Final = (
    "The score says how much of the reference the answer covers. It is no decision about a person: "
    "that takes a person, who can override every verdict here."
)
_VERDICTS: Final = {
    Label.COVERED: "The answer makes this point.",
    Label.PARTIAL: "The answer makes part of this point.",
    Label.MISSING: "The answer does not make this point.",
    Label.CONTRADICTED: "The answer says the opposite of this point.",
    Label.UNGRADED: "This point could not be graded; it counts neither for nor against.",
}
_GROUPS: Final = {
    GroupKind.ANY_OF: "one of them is enough",
    GroupKind.K_OF_N: "the best {k} of them count",
    GroupKind.EXCLUSIVE: "they are levels of one thing, the best one counts",
    GroupKind.PREREQUISITE: "the first must be earned before the others earn anything",
}


class ExplainedPoint(Immutable):
    """One key point: what the machine said and why, what a person said, what it earns now."""

    key_point_id: str
    text: str
    weight: float
    required: bool
    penalty: bool
    machine_verdict: Label
    judged_by: str
    confidence: float | None
    reason: str
    evidence: tuple[Evidence, ...]
    override: Override | None
    verdict: Label
    credit: float | None
    in_words: str


class Explanation(Immutable):
    """Why a grade is what it is; `summary` and `arithmetic` are sentences in the order they should be read."""

    grade_id: str
    question_id: str
    rubric_hash: str
    summary: tuple[str, ...]
    points: tuple[ExplainedPoint, ...]
    arithmetic: tuple[str, ...]
    policy: dict[str, float | None]
    groups: tuple[Group, ...]
    flags: dict[Flag, str]
    role_of_ai: str
    role_of_code: str = ROLE_OF_CODE
    role_of_people: str
    requires_human_decision: bool
    judge: dict[str, str]
    embedder: dict[str, str] | None
    grader_version: str
    answer_sha256: str
    outcome: Outcome


def explain(grade: Grade, review: Review, *, requires_human_decision: bool) -> Explanation:
    """The explanation of `grade` as it stands after `review`."""
    latest = {override.key_point_id: override for override in review.overrides}
    return Explanation(
        grade_id=grade.id,
        question_id=grade.question_id,
        rubric_hash=grade.rubric_hash,
        summary=_summary(grade, review),
        points=tuple(_point(point, latest.get(point.key_point_id), review.outcome) for point in grade.points),
        arithmetic=_arithmetic(grade, review.outcome),
        policy=grade.provenance.policy,
        groups=grade.groups,
        flags={flag: FLAG_NOTES[flag] for flag in grade.flags},
        role_of_ai=_role_of_ai(grade),
        role_of_people=_role_of_people(review),
        requires_human_decision=requires_human_decision,
        judge=grade.provenance.judge,
        embedder=grade.provenance.embedder,
        grader_version=grade.provenance.grader_version,
        answer_sha256=grade.provenance.answer_sha256,
        outcome=review.outcome,
    )


def _summary(grade: Grade, review: Review) -> tuple[str, ...]:
    now = review.outcome
    result = (
        f"The score is {now.score:.0%}."
        if now.score is not None
        else f"There is no score: it lies between {now.score_interval[0]:.0%} and {now.score_interval[1]:.0%}."
    )
    counts = ", ".join(f"{_count(now, label)} {label.value}" for label in Label if _count(now, label))
    yardstick_used = f"The answer was compared with {len(grade.points)} key points of question {grade.question_id}"
    return (result, f"{yardstick_used}: {counts}.", *(FLAG_NOTES[flag] for flag in grade.flags), NO_DECISION)


def _count(outcome: Outcome, label: Label) -> int:
    return list(outcome.verdicts.values()).count(label)


def _point(point: GradedPoint, override: Override | None, outcome: Outcome) -> ExplainedPoint:
    verdict, credit = outcome.verdicts[point.key_point_id], outcome.credits[point.key_point_id]
    return ExplainedPoint(
        key_point_id=point.key_point_id,
        text=point.text,
        weight=point.weight,
        required=point.required,
        penalty=point.penalty,
        machine_verdict=point.verdict,
        judged_by=point.judged_by,
        confidence=point.confidence,
        reason=point.reason,
        evidence=point.evidence,
        override=override,
        verdict=verdict,
        credit=credit,
        in_words=_in_words(point, override, verdict, credit),
    )


def _in_words(point: GradedPoint, override: Override | None, verdict: Label, credit: float | None) -> str:
    sure = "" if point.confidence is None else f", with a confidence of {point.confidence:.0%}"
    said = f"{_VERDICTS[point.verdict]} So said the judge {point.judged_by!r}{sure}."
    quoted = "".join(f" It rests on the words “{item.text}”." for item in point.evidence)
    person = f" A person decided otherwise ({override.reason_code.value}): {_VERDICTS[verdict]}" if override else ""
    earned = "" if credit is None else f" It earns {credit:g} of 1, at weight {point.weight:g}."
    return said + quoted + person + earned


def _arithmetic(grade: Grade, outcome: Outcome) -> tuple[str, ...]:
    """What code did with the verdicts; that a group or a cap mattered is found by computing without it."""
    rubric, policy = yardstick(grade), policy_of(grade)
    steps = ["Each point's credit times its weight is added up and divided by the weight that could be earned."]
    steps += [f"Points {', '.join(group.members)}: {_GROUPS[group.kind].format(k=group.k)}." for group in grade.groups]
    capped = score_labels(rubric, outcome.verdicts, policy)
    uncapped = score_labels(rubric, outcome.verdicts, replace(policy, required_cap=None))
    if capped.interval == outcome.score_interval != uncapped.interval:
        steps.append(
            f"A required point is not earned, so the score was held at {policy.required_cap:.0%} "
            f"instead of {uncapped.interval[1]:.0%}."
        )
    if policy.pass_mark is not None and outcome.passed is not None:
        steps.append(f"The pass mark is {policy.pass_mark:.0%}: {'passed' if outcome.passed else 'not passed'}.")
    return tuple(steps)


def _role_of_ai(grade: Grade) -> str:
    judges = dict.fromkeys(point.judged_by for point in grade.points)
    if set(judges) == {"rules"}:
        return ROLE_OF_AI["rules"]
    name = grade.provenance.judge.get("name", "")
    return ROLE_OF_AI.get(name, f"The judge {name!r} gave a verdict for each key point.")


def _role_of_people(review: Review) -> str:
    if not review.overrides:
        return "A person has looked and left the verdicts." if review.settled_at else "Nobody has changed a verdict."
    changed = ", ".join(dict.fromkeys(override.key_point_id for override in review.overrides))
    return f"A person decided these points in the machine's place: {changed}. The machine's verdicts are kept beside."
