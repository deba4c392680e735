"""From turns to a report: what was asked, what belongs where, what was supplied, what a person put right."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.caching import subject
from grader.domain import Flag, Judgement, Label, Submission
from grader.fakes import FakeEmbedder, FakeReader
from grader.grading import Grader
from grader.interviews.interviewing import graded
from grader.interviews.placement import Move
from grader.interviews.planned import Planned
from grader.interviews.preparing import Commission, prepare
from grader.interviews.prompting import PromptedCredit
from grader.interviews.report import InterviewReport
from grader.interviews.roles import Hints
from grader.interviews.splitting import MIN_SPLIT_CONFIDENCE
from grader.judges.local import Calibration, LocalJudge
from grader.judges.similarity import Calibration as SimilarityCalibration
from grader.judges.similarity import SimilarityJudge
from grader.ports import Subject
from grader.transcripts import Role, Transcript
from grader.transcripts.assembly import Piece, turns_of
from rubrics.model import KeyPoint, Question, Rubric

TIDES = Rubric(
    question=Question(id="tides", title="Tides", text="Why are there tides?"),
    key_points=(
        KeyPoint(id="moon", text="The gravity of the moon pulls the oceans."),
        KeyPoint(id="sun", text="The sun adds its smaller pull."),
    ),
)
ICE = Rubric(
    question=Question(id="ice", title="Ice", text="Why does ice float on water?"),
    key_points=(KeyPoint(id="density", text="Frozen crystals have a lower density than the liquid."),),
)
VOLCANO = Rubric(
    question=Question(id="volcano", title="Volcano", text="What makes a volcano erupt?"),
    key_points=(KeyPoint(id="gas", text="Dissolved gas drives the magma upwards."),),
)
ROLES = {"Ada": Role.INTERVIEWER, "Bo": Role.CANDIDATE}


def interview(*said: tuple[str, str]) -> Transcript:
    pieces = [Piece(text, f"line {n}", name, n * 10.0, n * 10.0 + 5) for n, (name, text) in enumerate(said, start=1)]
    return Transcript(file="made up", format="test", turns=turns_of(pieces))


SAID = interview(
    ("Ada", "Welcome, nice that you came."),
    ("Ada", "So, why are there tides?"),
    ("Bo", "The gravity of the moon pulls the oceans."),
    ("Ada", "Mm-hmm."),
    ("Bo", "That happens twice a day."),
    ("Ada", "And the sun adds its smaller pull, right?"),
    ("Bo", "Yes, the sun adds its smaller pull."),
    ("Ada", "Now, why does ice float on water?"),
    ("Bo", "Frozen crystals have a lower density than the liquid."),
)
COMMISSION = Commission((Planned(TIDES), Planned(ICE), Planned(VOLCANO)), Hints(roles=ROLES))


async def report_of(commission: Commission = COMMISSION, said: Transcript = SAID) -> InterviewReport:
    grader = Grader({"local": LocalJudge(FakeReader(), Calibration.shipped())}, "local", FakeEmbedder())
    prepared = await prepare(FakeEmbedder(), said, commission, {})
    return await graded(grader, FakeEmbedder(), prepared)


def labels(report: InterviewReport, question: str) -> dict[str, Label]:
    found = next(each for each in report.candidates[0].questions if each.question_id == question)
    return {point.key_point_id: point.verdict for point in found.grade.points} if found.grade else {}


async def test_not_asked_is_not_missed() -> None:
    (bo,) = (await report_of()).candidates
    assert [each.asked for each in bo.questions] == [True, True, False]
    assert bo.questions[2].grade is None
    assert bo.score == pytest.approx((bo.questions[0].score + bo.questions[1].score) / 2)


async def test_a_back_channel_does_not_end_an_answer() -> None:
    report = await report_of()
    assert [each.turn for each in report.alignment.placements if each.move is Move.BACK_CHANNEL] == [3]
    assert report.candidates[0].questions[0].turns == (2, 4, 6)


@pytest.mark.parametrize(
    ("credit", "label"),
    [(PromptedCredit.HALF, Label.PARTIAL), (PromptedCredit.NONE, Label.MISSING), (PromptedCredit.FULL, Label.COVERED)],
)
async def test_what_the_interviewer_had_just_supplied_counts_less_and_is_shown(
    credit: PromptedCredit, label: Label
) -> None:
    report = await report_of(replace(COMMISSION, prompted=credit))
    assert labels(report, "tides") == {"moon": Label.COVERED, "sun": label}
    grade = report.candidates[0].questions[0].grade
    assert grade is not None
    assert Flag.PROMPTED in grade.flags
    assert grade.provenance.judge["prompted"] == credit


async def test_who_said_it_before_the_interviewer_did_was_not_prompted() -> None:
    said = interview(
        ("Ada", "So, why are there tides?"),
        ("Bo", "The gravity of the moon pulls the oceans. The sun adds its smaller pull."),
        ("Ada", "And the sun adds its smaller pull, right?"),
        ("Bo", "Yes, the sun adds its smaller pull."),
    )
    assert labels(await report_of(said=said), "tides")["sun"] is Label.COVERED


async def test_a_supplied_point_is_looked_for_before_by_a_judge_that_goes_by_similarity_too() -> None:
    grader = Grader({"similarity": SimilarityJudge(SimilarityCalibration.shipped())}, "similarity", FakeEmbedder())
    prepared = await prepare(FakeEmbedder(), SAID, COMMISSION, {})
    report = await graded(grader, FakeEmbedder(), prepared)
    assert labels(report, "tides")["sun"] is not Label.UNGRADED
    grade = report.candidates[0].questions[0].grade
    assert grade is not None
    assert Flag.PROMPTED in grade.flags


async def test_a_turn_that_a_person_moves_makes_a_new_version_with_new_grades_only_where_answers_changed() -> None:
    first = await report_of()
    second = await report_of(replace(COMMISSION, moved={4: None}, earlier=first))
    before, after = first.candidates[0].questions, second.candidates[0].questions
    assert second.version == 2
    assert after[0].turns == (2, 6)
    assert after[0].grade is not None
    assert before[0].grade is not None
    assert after[0].grade.regrade_of == before[0].grade.id
    assert after[1].grade == before[1].grade
    assert second.alignment.placements[4].decided_by == "person"


async def test_evidence_names_turn_time_and_words() -> None:
    (moon, *_) = (await report_of()).candidates[0].questions[0].proofs
    (words,) = moon.words
    assert (words.turn, words.time, words.text) == (2, 30.0, "The gravity of the moon pulls the oceans.")


async def test_roles_that_nothing_shows_are_asked_for_and_nothing_is_graded() -> None:
    said = interview(("Ada", "We met on Monday by the sea."), ("Bo", "We met on Monday by the lake."))
    prepared = await prepare(FakeEmbedder(), said, replace(COMMISSION, hints=Hints()), {})
    assert prepared.unclear
    assert not prepared.answers
    assert {each.speaker for each in prepared.report.roles} == {"Ada", "Bo"}


@pytest.mark.parametrize("name", ["ada", "ADA", "Ms. Ada"])
async def test_names_are_recognised_without_case_and_titles(name: str) -> None:
    prepared = await prepare(
        FakeEmbedder(), SAID, replace(COMMISSION, hints=Hints(interviewers=[name], candidates=["bo"])), {}
    )
    assert {each.speaker: (each.role, each.found_by) for each in prepared.report.roles} == {
        "Ada": (Role.INTERVIEWER, "name"),
        "Bo": (Role.CANDIDATE, "name"),
    }


def unnamed(*said: str) -> Transcript:
    pieces = [Piece(text, f"line {number}", None, number * 10.0, number * 10.0 + 5) for number, text in enumerate(said)]
    return Transcript(file="made up", format="test", turns=turns_of(pieces))


UNCLEAR = unnamed("We met on Monday.", "That was by the sea.", "It rained there.", "Nobody had an umbrella.")
UNNAMED = replace(COMMISSION, hints=Hints())


async def test_without_speakers_nothing_is_graded_where_the_split_is_not_sure_unless_the_caller_accepts_it() -> None:
    asked = await prepare(FakeEmbedder(), UNCLEAR, UNNAMED, {})
    assert asked.unclear
    assert asked.report.roles_confidence < MIN_SPLIT_CONFIDENCE
    taken = await prepare(FakeEmbedder(), UNCLEAR, replace(UNNAMED, accept_roles=True), {})
    assert not taken.unclear
    assert {turn.role for turn in taken.report.transcript.turns} <= {Role.INTERVIEWER, Role.CANDIDATE}


async def test_without_speakers_a_clear_split_is_graded_and_says_how_sure_it_is() -> None:
    prepared = await prepare(FakeEmbedder(), unnamed(*(turn.text for turn in SAID.turns)), UNNAMED, {})
    assert not prepared.unclear
    assert MIN_SPLIT_CONFIDENCE <= prepared.report.roles_confidence < 1
    roles = [turn.role for turn in prepared.report.transcript.turns]
    assert [roles[1], roles[2], roles[7], roles[8]] == 2 * [Role.INTERVIEWER, Role.CANDIDATE]


async def test_a_person_says_whose_a_turn_is_and_what_is_around_it_follows() -> None:
    said = replace(UNNAMED, hints=Hints(turns={0: Role.CANDIDATE, 3: Role.INTERVIEWER}), accept_roles=True)
    roles = [turn.role for turn in (await prepare(FakeEmbedder(), UNCLEAR, said, {})).report.transcript.turns]
    assert (roles[0], roles[3]) == (Role.CANDIDATE, Role.INTERVIEWER)
    named = replace(COMMISSION, hints=Hints(roles=ROLES, turns={2: Role.INTERVIEWER}))
    turns = (await prepare(FakeEmbedder(), SAID, named, {})).report.transcript.turns
    assert (turns[2].role, turns[4].role) == (Role.INTERVIEWER, Role.CANDIDATE)


class Attentive(LocalJudge):
    """Notes on whose behalf it is asked."""

    async def judge(self, submission: Submission) -> Judgement:
        HEARD.append(subject())
        return await super().judge(submission)


HEARD: list[Subject] = []


async def test_what_a_model_is_asked_is_asked_on_behalf_of_the_tenant_and_the_candidate() -> None:
    HEARD.clear()
    grader = Grader({"local": Attentive(FakeReader(), Calibration.shipped())}, "local", FakeEmbedder())
    prepared = await prepare(FakeEmbedder(), SAID, replace(COMMISSION, candidate_ref="c-7"), {})
    await graded(grader, FakeEmbedder(), prepared, "acme")
    assert set(HEARD) == {Subject("acme", "c-7")}
