"""Interviews made of chance, and a judge that gives everything to everybody."""

from __future__ import annotations

import random
from dataclasses import dataclass

from grader.domain import Evidence, Judgement, Label, Submission, Verdict
from grader.fakes import FakeEmbedder
from grader.grading import Grader
from grader.interviews.interviewing import graded
from grader.interviews.planned import Planned
from grader.interviews.preparing import Commission, prepare
from grader.interviews.report import InterviewReport
from grader.interviews.roles import Hints
from grader.text.sentences import sentences
from grader.transcripts import Role, Transcript
from grader.transcripts.assembly import Piece, turns_of
from rubrics.model import KeyPoint, Question, Rubric

TOPICS = ("tides moon", "volcano magma", "glacier ice", "desert sand")


@dataclass(frozen=True)
class CredulousJudge:
    """Finds every point covered, proved by every sentence of the answer."""

    name: str = "credulous"

    @property
    def identity(self) -> dict[str, str]:
        return {"model": "credulous"}

    async def judge(self, submission: Submission) -> Judgement:
        text = submission.answer.text
        proof = tuple(Evidence(start=span.start, end=span.end, text=span.of(text)) for span in sentences(text))
        return Judgement(
            tuple(
                Verdict(key_point_id=point.id, label=Label.COVERED, judged_by=self.name, evidence=proof)
                for point in submission.points
            )
        )


def plan() -> tuple[Planned, ...]:
    return tuple(Planned(_rubric(number, topic)) for number, topic in enumerate(TOPICS))


def _rubric(number: int, topic: str) -> Rubric:
    one, two = topic.split()
    question = Question(id=f"q{number}", title=topic, text=f"What makes the {topic}?")
    points = (KeyPoint(id="k1", text=f"The {one} comes from the {two}."), KeyPoint(id="k2", text=f"A {two} is heavy."))
    return Rubric(question=question, key_points=points)


def chance_interview(seed: int) -> Transcript:
    """A few dozen turns of two interviewers and two candidates; each side has words that only it uses."""
    chance = random.Random(seed)
    names = {"Ada": "iv", "Ben": "iv", "Cleo": "ca", "Dan": "ca"}
    pieces = []
    for number in range(chance.randint(2, 24)):
        name = chance.choice([*names])
        pieces.append(Piece(_said(chance, names[name]), f"line {number}", name, number * 10.0, number * 10.0 + 5))
    return Transcript(file="chance", format="test", turns=turns_of(pieces))


def _said(chance: random.Random, side: str) -> str:
    if chance.random() < 0.15:
        return chance.choice([f"Mm {side}.", f"Okay {side}?", f"{side} no wait, sorry."])
    topic = chance.choice(TOPICS)
    parts = [f"What makes the {topic} {side}?"] if side == "iv" and chance.random() < 0.7 else []
    for _ in range(chance.randint(1, 3)):
        words = [f"{side}{chance.randint(1, 40)}" for _ in range(chance.randint(1, 5))]
        joint = chance.choice([" ", ", um, ", " no wait, ", "\n", " – "])
        parts.append(joint.join([*words, *topic.split()]) + chance.choice([".", "?", "…", ""]))
    return " ".join(parts)


async def report_of(transcript: Transcript) -> InterviewReport:
    roles = {"Ada": Role.INTERVIEWER, "Ben": Role.INTERVIEWER, "Cleo": Role.CANDIDATE, "Dan": Role.CANDIDATE}
    commission = Commission(plan(), Hints(roles=roles), accept_roles=True)
    grader = Grader({"credulous": CredulousJudge()}, "credulous", FakeEmbedder())
    prepared = await prepare(FakeEmbedder(), transcript, commission, {})
    return prepared.report if prepared.unclear else await graded(grader, FakeEmbedder(), prepared)
