"""The local judge says what the reader read, how sure it is, and where."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from grader.domain import Flag, Label, Match, Submission, Verdict
from grader.fakes import FakeReader
from grader.judges.local import NEAR, Calibration, LocalJudge
from grader.ports import Passage, Reading, Word
from grader.text.canonical import canonicalise
from rubrics.model import CountsAs, KeyPoint, Question, Rubric, Ruling, Span

RUBRIC = Rubric(
    question=Question(id="Q1", title="Dropout", text="What does dropout do?"),
    key_points=(
        KeyPoint(id="k1", text="Dropout drops random units."),
        KeyPoint(id="k2", text="Dropout is applied at training time."),
    ),
)
PLAIN = Calibration(fitted_on="nothing", temperature=1.0, unsure_below=0.5)


@dataclass(frozen=True)
class ScriptedReader:
    """Reads the same in every text: one list of readings a statement."""

    readings: list[list[Reading]]

    @property
    def identity(self) -> dict[str, str]:
        return {"model": "scripted"}

    async def read(self, passage: Passage) -> list[list[Reading]]:
        return self.readings[: len(passage.statements)]


async def verdicts(judge: LocalJudge, answer: str, asked: tuple[str, ...] | None = None) -> tuple[Verdict, ...]:
    return (await judge.judge(Submission(RUBRIC, canonicalise(answer), asked=asked))).verdicts


async def test_shows_the_sentence_that_makes_a_point() -> None:
    made, missed = await verdicts(LocalJudge(FakeReader(), PLAIN), "It is easy. Dropout drops random units. Good.")
    assert made.label is Label.COVERED
    assert [item.text for item in made.evidence] == ["Dropout drops random units."]
    assert missed.label is Label.MISSING
    assert missed.evidence == ()


async def test_names_a_contradiction_and_shows_the_wrong_words() -> None:
    _, denied = await verdicts(LocalJudge(FakeReader(), PLAIN), "Yes. Dropout is not applied at training time.")
    assert denied.label is Label.CONTRADICTED
    assert denied.evidence[0].text == "Dropout is not applied at training time."


async def test_judges_only_the_points_asked_for() -> None:
    judged = await verdicts(LocalJudge(FakeReader(), PLAIN), "Dropout drops random units.", asked=("k2",))
    assert [verdict.key_point_id for verdict in judged] == ["k2"]


async def test_the_stretch_that_says_most_decides() -> None:
    silent = Reading((-5.0, -5.0, 5.0, -5.0), (Word(0, 4, 0.1),))
    saying = Reading((5.0, -5.0, -5.0, -5.0), (Word(5, 9, 0.9),))
    judge = LocalJudge(ScriptedReader([[silent, saying], [silent, silent]]), PLAIN)
    first, second = await verdicts(judge, "One. Two.")
    assert (first.label, first.evidence[0].text) == (Label.COVERED, "Two.")
    assert second.label is Label.MISSING


async def test_says_so_when_it_is_not_sure() -> None:
    unsure = Reading((0.1, 0.0, 0.0, 0.0), (Word(0, 4, 0.1),))
    sure = Reading((9.0, 0.0, 0.0, 0.0), (Word(0, 4, 0.1),))
    first, second = await verdicts(LocalJudge(ScriptedReader([[unsure], [sure]]), PLAIN), "One two.")
    assert first.flags == (Flag.LOW_CONFIDENCE,)
    assert second.flags == ()


@pytest.mark.parametrize(("similarity", "flags"), [(NEAR, (Flag.JUDGES_DISAGREE,)), (NEAR - 0.01, ())])
async def test_a_missing_point_with_a_sentence_near_to_it_is_looked_at(
    similarity: float, flags: tuple[Flag, ...]
) -> None:
    answer = canonicalise("Nothing of the kind. Dropout is applied at training time.")
    near = tuple(Match(point.id, similarity, Span(start=0, end=20), 0.0, 0.0) for point in RUBRIC.key_points)
    missed, made = (await LocalJudge(FakeReader(), PLAIN).judge(Submission(RUBRIC, answer, near))).verdicts
    assert (missed.label, missed.flags) == (Label.MISSING, flags)
    assert (made.label, made.flags) == (Label.COVERED, ())


@pytest.mark.parametrize(("temperature", "confidence"), [(1.0, 0.8807), (2.0, 0.7312)])
async def test_a_higher_temperature_is_less_sure(temperature: float, confidence: float) -> None:
    reading = Reading((2.0, -50.0, 0.0, -50.0), (Word(0, 4, 0.1),))
    calibration = PLAIN.model_copy(update={"temperature": temperature})
    first, _ = await verdicts(LocalJudge(ScriptedReader([[reading], [reading]]), calibration), "One two.")
    assert first.confidence == pytest.approx(confidence, abs=1e-3)


async def test_provenance_names_the_reader_and_the_calibration() -> None:
    assert LocalJudge(FakeReader(), PLAIN).identity == {"model": "fake-shared-words", "calibration": "nothing"}


@pytest.mark.parametrize(("logit", "flags"), [(1.2, ()), (0.3, (Flag.LOW_CONFIDENCE,))])
async def test_that_somebody_is_wrong_is_said_with_reserve_unless_it_is_likely(
    logit: float, flags: tuple[Flag, ...]
) -> None:
    reading = Reading((0.0, -1.0, -1.0, logit), (Word(0, 4, 0.1),))
    calibration = PLAIN.model_copy(update={"unsure_below": 0.3})
    first, _ = await verdicts(LocalJudge(ScriptedReader([[reading], [reading]]), calibration), "One two.")
    assert (first.label, first.flags) == (Label.CONTRADICTED, flags)


def ruled(counts_as: CountsAs, said: str = "Dropout switches neurons off") -> Rubric:
    point = RUBRIC.key_points[0].model_copy(update={"rulings": (Ruling(said=said, counts_as=counts_as),)})
    return RUBRIC.model_copy(update={"key_points": (point, RUBRIC.key_points[1])})


async def judged(rubric: Rubric, answer: str) -> list[Label]:
    submission = Submission(rubric, canonicalise(answer))
    found = await LocalJudge(FakeReader(), PLAIN).judge(submission)
    return [verdict.label for verdict in found.verdicts]


@pytest.mark.parametrize("counts_as", [CountsAs.COVERED, CountsAs.PARTIAL])
async def test_words_that_a_reviewer_ruled_on_earn_what_the_ruling_says(counts_as: CountsAs) -> None:
    answer = "It switches neurons off."
    assert await judged(RUBRIC, answer) == [Label.MISSING, Label.MISSING]
    assert await judged(ruled(counts_as), answer) == [Label(counts_as), Label.MISSING]


async def test_a_ruling_takes_no_credit_away_from_a_point_that_is_made() -> None:
    answer = "Dropout drops random units. It switches neurons off."
    for counts_as in CountsAs:
        assert (await judged(ruled(counts_as), answer))[0] is Label.COVERED
