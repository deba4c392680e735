"""The judge that asks again, but only where it matters: several votes on a point that one vote leaves open."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from grader.domain import Flag, Judgement, Label, Submission, Usage, Verdict
from grader.errors import JudgeFailure
from grader.judges.merging import flagged, merged_flags, opposed, ungraded
from grader.ports import Judge

_log: Final = logging.getLogger(__name__)

_BY_CREDIT: Final = (Label.CONTRADICTED, Label.MISSING, Label.PARTIAL, Label.COVERED)


@dataclass(frozen=True)
class VotingJudge:
    """Asks `judges` one after the other, each only for the points that are still open, until the majority is certain.

    The judges are samples of one model (each with its own cache key) or different models; an odd number of them
    has fewer ties. A point is settled by one vote where an earlier judge's opinion (`Submission.opinions`) says
    the same, else by more than half of all votes.
    """

    judges: tuple[Judge, ...]

    def __post_init__(self) -> None:
        if not self.judges:
            raise ValueError("a vote needs at least one judge")

    @property
    def name(self) -> str:
        """The name of the judge that votes first."""
        return self.judges[0].name

    @property
    def identity(self) -> dict[str, str]:
        """The first judge's, what differs in the others with `vote_2_` and so on before it, and how many votes."""
        first = self.judges[0].identity
        others = {
            f"vote_{number}_{name}": value
            for number, judge in enumerate(self.judges[1:], start=2)
            for name, value in judge.identity.items()
            if first.get(name) != value
        }
        return {**first, **others, "votes": str(len(self.judges))}

    async def judge(self, submission: Submission) -> Judgement:
        """The majority's verdict a point; JudgeFailure where the first judge fails.

        A later one that fails ends the vote: what has been said by then counts.
        """
        ballots = _ballots(submission, len(self.judges))
        heard: list[Judgement] = []
        for judge in self.judges:
            still_open = tuple(ballot.key_point_id for ballot in ballots if not ballot.is_settled)
            if not still_open:
                break
            try:
                heard.append(await judge.judge(replace(submission, asked=still_open)))
            except JudgeFailure as failure:
                if not heard:
                    raise
                _log.warning("vote %d of %d failed: %s (%s)", len(heard) + 1, len(self.judges), failure.reason, failure)
                heard.append(Judgement((), failure.usage))
                break
            ballots = tuple(ballot.with_votes(heard[-1]) for ballot in ballots)
        verdicts = tuple(ballot.result(self.name) for ballot in ballots)
        usage = sum((judgement.usage for judgement in heard), Usage())
        return Judgement(verdicts, usage, merged_flags(heard, verdicts))


@dataclass(frozen=True)
class Ballot:
    """The votes on one point; `seats` is how many there can be, `asked` how many were asked for."""

    key_point_id: str
    seats: int
    opinion: Label | None = None
    votes: tuple[Verdict, ...] = ()
    asked: int = 0

    def with_votes(self, judgement: Judgement) -> Ballot:
        """The ballot after one more judge; an open ballot counts it even where it says nothing."""
        if self.is_settled:
            return self
        mine = tuple(verdict for verdict in judgement.verdicts if verdict.key_point_id == self.key_point_id)
        return replace(self, votes=(*self.votes, *mine), asked=self.asked + 1)

    @property
    def labels(self) -> tuple[Label, ...]:
        """What was said; an ungraded verdict says nothing."""
        return tuple(vote.label for vote in self.votes if vote.label is not Label.UNGRADED)

    @property
    def has_majority(self) -> bool:
        """Whether one label has more than half of all seats, or the first vote is what was thought before."""
        return bool(self.labels) and (self.labels[0] is self.opinion or 2 * self._most > self.seats)

    @property
    def is_settled(self) -> bool:
        """Whether no further vote can change whether there is a majority."""
        return self.has_majority or 2 * (self._most + self.seats - self.asked) <= self.seats

    @property
    def _most(self) -> int:
        return max(Counter(self.labels).values(), default=0)

    def result(self, judge: str) -> Verdict:
        """The verdict first given with the winning label; without a majority, or with opposites, flagged for review."""
        if not self.labels:
            return self.votes[0] if self.votes else ungraded(self.key_point_id, judge, "no_verdict")
        winner = self.labels[0] if self.labels[0] is self.opinion else _winner(self.labels)
        verdict = next(vote for vote in self.votes if vote.label is winner)
        disputed = not self.has_majority or any(opposed(winner, label) for label in self.labels)
        return flagged(verdict, Flag.JUDGES_DISAGREE) if disputed else verdict


def _winner(labels: Sequence[Label]) -> Label:
    """The label said most often; among equals the middle one by credit, of two the lower."""
    counts = Counter(labels)
    tied = [label for label in _BY_CREDIT if counts[label] == max(counts.values())]
    return tied[(len(tied) - 1) // 2]


def _ballots(submission: Submission, seats: int) -> tuple[Ballot, ...]:
    opinions = {verdict.key_point_id: verdict.label for verdict in submission.opinions}
    return tuple(Ballot(point.id, seats, opinions.get(point.id)) for point in submission.points)
