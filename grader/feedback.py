"""What a grade says to the person: templates over verified facts, no model involved.

Every missed point has a ladder of hints that gives away a little more at each step: the topic,
a pointed question, the point itself. Where the caller keeps the reference secret, the ladder
ends before the point, and no sentence here contains reference text.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from grader.domain import Feedback, Flag, Label, Verdict
from grader.text.firewall import is_plain
from rubrics.model import KeyPoint, Rubric

MAX_LISTED: Final = 4
"""Strengths, and improvements, named in a summary; the points themselves hold the rest."""


FLAG_NOTES: Final = {
    Flag.BLANK: "The answer is blank.",
    Flag.NO_WORDS: "The answer has no letter or digit.",
    Flag.DECLINED: "The answer says that the person does not know.",
    Flag.PLACEHOLDER: "The answer is an opening or a placeholder without content.",
    Flag.ECHO: "The answer only repeats the question.",
    Flag.SCRAMBLED: "The answer is words in random order, not sentences.",
    Flag.SIMILARITY_ONLY: "Provisional: graded by similarity alone, which cannot tell a statement from its opposite.",
    Flag.LOW_CONFIDENCE: "The judge was not sure about at least one point.",
    Flag.UNVERIFIED_QUOTE: "The judge quoted words that are not in the answer; those points earned nothing.",
    Flag.NO_EVIDENCE: "The judge gives no quotes, so nothing proves what it says; a person should look.",
    Flag.INSTRUCTION: "The answer speaks to its grader; what it asks for was not followed.",
    Flag.DELIMITER_FORGING: "The answer imitates the frame it is graded in.",
    Flag.FAKE_VERDICT: "The answer contains a verdict about itself; it counted for nothing.",
    Flag.HIDDEN_TEXT: "The answer contained text that a reader does not see; it counted for nothing.",
    Flag.ENCODED_BLOB: "The answer contains encoded text; it counted for nothing.",
    Flag.HEDGED: "The answer claims a thing and its opposite; such a passage earns nothing.",
    Flag.OTHER_SPEAKER: "The answer contains lines of another speaker; they counted for nothing.",
    Flag.PARROT: "The answer mostly repeats the question, or recites the key points word for word.",
    Flag.PROMPTED: "The interviewer had just said what the candidate then said; such a point counts less.",
    Flag.MISHEARD: "A point was credited despite a transcription error: the words sound like the term.",
    Flag.THIN_QUOTE: "The proof of a credited point is only a word or two; a person should look.",
    Flag.SWAYED: "Without its flagged passages the answer was judged differently; the lower verdict counts.",
    Flag.PROMPT_LEAK: "The judge repeated its confidential instructions; its reply was discarded.",
    Flag.FEEDBACK_REPLACED: "The written feedback broke a rule and was replaced by the standard text.",
    Flag.JUDGE_FAILED: "The judge failed on some points; they count neither for nor against.",
    Flag.JUDGES_DISAGREE: "Two judges say opposite things of a point; a person should decide.",
    Flag.FALLBACK: "The LLM gave no verdict on some points; what the first judge makes of them stands in its place.",
}
"""What each flag means, for a person."""


class FeedbackMode(StrEnum):
    """How much a grade may say: everything, nothing that repeats the reference, or no words at all."""

    FULL = "full"
    HINTS = "hints"
    NONE = "none"


def write_feedback(rubric: Rubric, verdicts: tuple[Verdict, ...], mode: FeedbackMode) -> Feedback:
    """Summary, strengths, improvements and one next step for verdicts in rubric order."""
    if mode is FeedbackMode.NONE:
        return Feedback(summary="", strengths=(), improvements=(), next_step="")
    judged = list(zip(rubric.key_points, verdicts, strict=True))
    strengths = [
        _strength(point, verdict, mode)
        for point, verdict in judged
        if verdict.label is Label.COVERED and not point.penalty
    ]
    weak = sorted((pair for pair in judged if is_weak(*pair)), key=_urgency)
    improvements = [point_feedback(point, verdict, mode) for point, verdict in weak]
    return Feedback(
        summary=_summary(judged),
        strengths=tuple(strengths[:MAX_LISTED]),
        improvements=tuple(improvements[:MAX_LISTED]),
        next_step=_next_step(weak, verdicts),
    )


def point_feedback(point: KeyPoint, verdict: Verdict, mode: FeedbackMode) -> str:
    """What to tell the person about one key point."""
    if mode is FeedbackMode.NONE:
        return ""
    mistake = point.penalty and verdict.label is not Label.UNGRADED
    return (_mistake_feedback if mistake else _statement_feedback)(point, verdict, mode)


def _statement_feedback(point: KeyPoint, verdict: Verdict, mode: FeedbackMode) -> str:
    """What to tell the person about something a full answer says."""
    subject = name_of(point)
    reveal = mode is FeedbackMode.FULL
    said = f"You wrote “{words}”. " if (words := _quotable(verdict)) else ""
    match verdict.label:
        case Label.COVERED:
            return "You made this point."
        case Label.PARTIAL:
            return f"{said}That is only part of it. " + (
                f"The whole point: {point.text}" if reveal else f"Say more about {subject}."
            )
        case Label.MISSING:
            return (
                f"Not in your answer: {point.text}" if reveal else f"Your answer says nothing usable about {subject}."
            )
        case Label.CONTRADICTED:
            wrong = "That may be wrong" if Flag.LOW_CONFIDENCE in verdict.flags else "That is wrong"
            return said + (f"{wrong}. Right is: {point.text}" if reveal else f"{wrong}; think again about {subject}.")
        case Label.UNGRADED:
            return "This point could not be graded; it counts neither for you nor against you."


def is_weak(point: KeyPoint, verdict: Verdict) -> bool:
    """Whether the person has something to do about this point; a penalty is weak where the mistake was made."""
    if point.penalty:
        return verdict.label in _MISTAKEN
    return verdict.label in _URGENCY


def _mistake_feedback(point: KeyPoint, verdict: Verdict, mode: FeedbackMode) -> str:
    """What to tell the person about a mistake of the rubric, made or not."""
    if verdict.label not in _MISTAKEN:
        return "You did not make this mistake."
    said = f"You wrote “{words}”. " if (words := _quotable(verdict)) else ""
    named = f"That is a mistake: {point.text}" if mode is FeedbackMode.FULL else "That is a mistake"
    return f"{said}{named.rstrip('.')}. It cost you credit."


def hints(point: KeyPoint, verdict: Verdict, mode: FeedbackMode) -> tuple[str, ...]:
    """The hint ladder of a point that is not fully covered: topic, pointed question and, if allowed, the point."""
    if point.penalty or not is_weak(point, verdict) or mode is FeedbackMode.NONE:
        return ()
    ladder = (f"Think about {name_of(point)}.", point.hint, point.text if mode is FeedbackMode.FULL else None)
    return tuple(step for step in ladder if step)


def name_of(point: KeyPoint) -> str:
    """How to speak of a point without giving it away."""
    return point.topic or f"point {point.id}"


_URGENCY: Final = {Label.CONTRADICTED: 0, Label.MISSING: 1, Label.PARTIAL: 2}
_MISTAKEN: Final = frozenset({Label.COVERED, Label.PARTIAL})


def _urgency(pair: tuple[KeyPoint, Verdict]) -> tuple[int, bool, float]:
    """Wrong before missing before partial, required before optional, heavy before light."""
    point, verdict = pair
    return 0 if point.penalty else _URGENCY[verdict.label], not point.required, -point.weight


def _strength(point: KeyPoint, verdict: Verdict, mode: FeedbackMode) -> str:
    if point.topic is None and mode is FeedbackMode.FULL:
        return point.text
    quote = f": “{words}”" if (words := _quotable(verdict)) else ""
    return f"{name_of(point)[:1].upper()}{name_of(point)[1:]}{quote}"


def _quotable(verdict: Verdict) -> str:
    """The person's own words for this point; none where they would bring a link or markup into the feedback."""
    return next((item.text for item in verdict.evidence if is_plain(item.text)), "")


def _summary(judged: list[tuple[KeyPoint, Verdict]]) -> str:
    labels = [verdict.label for point, verdict in judged if not point.penalty]
    mistakes = sum(point.penalty and verdict.label in _MISTAKEN for point, verdict in judged)
    ungraded = sum(verdict.label is Label.UNGRADED for _, verdict in judged)
    counted = {label: labels.count(label) for label in Label}
    parts = [f"{counted[Label.COVERED]} of {_plural(len(labels), 'key point')} covered"]
    parts += [f"{counted[Label.PARTIAL]} in part"] if counted[Label.PARTIAL] else []
    parts += [f"{counted[Label.MISSING]} missed"] if counted[Label.MISSING] else []
    parts += [f"{counted[Label.CONTRADICTED]} contradicted"] if counted[Label.CONTRADICTED] else []
    parts += [_plural(mistakes, "mistake")] if mistakes else []
    parts += [f"{ungraded} not graded"] if ungraded else []
    return ", ".join(parts) + "."


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _next_step(weak: list[tuple[KeyPoint, Verdict]], verdicts: tuple[Verdict, ...]) -> str:
    if not weak:
        ungraded = any(verdict.label is Label.UNGRADED for verdict in verdicts)
        return (
            "Try again later: some points could not be graded."
            if ungraded
            else "Nothing is missing. Say it again in one minute."
        )
    point, verdict = weak[0]
    if point.penalty:
        return f"Think again about {name_of(point)}."
    question = f" {point.hint}" if point.hint else ""
    task = {
        Label.CONTRADICTED: "Put right what you say about",
        Label.MISSING: "Add something about",
        Label.PARTIAL: "Complete what you say about",
    }[verdict.label]
    return f"{task} {name_of(point)}.{question}"
