"""What speech recognition made of an interview earns what was said does, by the local judge: `pytest -m slow`.

30 November 2026: every question of four interviews, and a meeting of 32 turns, have the same score raw and corrected.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from grader.adapters.transcripts import SniffingReader
from grader.bootstrap import build_services
from grader.interviews.interviewing import graded
from grader.interviews.planned import Planned
from grader.interviews.preparing import Commission, prepare
from grader.interviews.report import CandidateReport
from grader.interviews.roles import Hints
from grader.settings import Settings
from grader.transcripts import Role, Transcript
from rubrics.model import KeyPoint, Question, Rubric
from tests.grader.interviews.exported import exported
from tests.grader.interviews.scripted import Interview, interviews

pytestmark = [
    pytest.mark.slow,
    pytest.mark.embed,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]
DIFFERENCE = 0.05
HEARD = {each.name: each for each in interviews()}
SAID = {each.name: each for each in interviews(corrected=True) if each.lines != HEARD[each.name].lines}

FOCIL = Rubric(
    question=Question(id="focil", title="FOCIL", text="What does the change to the FOCIL specification do?"),
    key_points=(
        KeyPoint(id="k1", text="FOCIL reorganises a payload that does not comply with the inclusion list.", weight=3),
        KeyPoint(id="k2", text="Attesters do not vote for a payload that is not compliant.", weight=2),
        KeyPoint(id="k3", text="A proposer does not extend a payload that is not compliant.", weight=2),
        KeyPoint(id="k4", text="FOCIL was scheduled for inclusion in a hard fork.", weight=1),
    ),
)
FOCIL_HEARD = {"FOCIL": ["Fossil", "facility"], "Besu": ["bezel"], "Glamsterdam": ["Amsterdam"], "ePBS": ["EPBS"]}


async def report(
    transcript: Transcript, wanted: Commission, glossary: Mapping[str, Sequence[str]] | None = None
) -> CandidateReport:
    async with build_services(Settings()) as services:
        known = services.bank.sound_alikes if glossary is None else glossary
        prepared = await prepare(services.embedder, transcript, wanted, known)
        return (await graded(services.grader, services.embedder, prepared)).candidates[0]


async def recorded(interview: Interview) -> CandidateReport:
    name, raw = exported(interview)
    transcript = SniffingReader().read(raw, name)
    async with build_services(Settings()) as services:
        plan = tuple(Planned(services.bank.rubric(each)) for each in interview.questions)
    roles = {speaker: interview.role_of(speaker) for speaker in transcript.speakers}
    return await report(transcript, Commission(plan, Hints(roles=roles), "local"))


@pytest.mark.parametrize("name", SAID)
async def test_a_corrected_interview_has_the_grade_of_the_raw_one(name: str) -> None:
    raw, corrected = await recorded(HEARD[name]), await recorded(SAID[name])
    assert raw.score is not None
    assert raw.score == pytest.approx(corrected.score, abs=DIFFERENCE)


async def test_a_meeting_and_its_corrected_twin_have_the_same_grade(shared: Path) -> None:
    scores = []
    for version in ("", ".corrected"):
        file = shared / "transcripts/vtt-zoom" / f"ethereum-pm-focil-029{version}.vtt"
        transcript = SniffingReader().read(file.read_bytes(), file.name)
        spoken = [turn.index for turn in transcript.turns if turn.speaker == "Jihoon"]
        roles = {each: Role.CANDIDATE if each == "Jihoon" else Role.INTERVIEWER for each in transcript.speakers}
        wanted = Commission((Planned(FOCIL),), Hints(roles=roles), "local", moved=dict.fromkeys(spoken, "focil"))
        found = await report(transcript, wanted, FOCIL_HEARD)
        scores.append(found.score)
    assert scores[0] is not None
    assert scores[0] == pytest.approx(scores[1], abs=DIFFERENCE)
