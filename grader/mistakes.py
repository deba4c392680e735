"""The same words in several answers, judged once for all of them.

Answers are alike only if the same words and signs follow each other: of 339 pairs of quotes for one key point that do
(in `gold` and `goldtrain`), people gave 337 the same verdict. Of as many pairs that only share four fifths of their
words they gave 1 the same, for one word more or less turns a statement round; such pairs are never put together.
"""

from __future__ import annotations

import re
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from grader.access import Principal
from grader.domain import Grade, GradedPoint, Label
from grader.errors import AlreadyStored
from grader.keeping import request_of
from grader.outcome import NotRecomputable, outcome, overruled
from grader.ports import BasisStore, GradeStore, ReferralFilter, ReferralStore, ReviewStore
from grader.referral import BLIND
from grader.review import OverrideReason
from grader.reviewing import Reviewer, Verdict
from grader.text.canonical import canonicalise
from grader.triage import Triage

LOOKED_AT: Final = 500
"""Referrals that are compared, those that wait the longest: three reads each, together about a second."""

_PIECE: Final = re.compile(r"[\w']+|[^\w\s.,;:!?\"'“”‘’…]")
"""A word, or a sign that means something; marks between sentences do not."""

_WITH_WORDS: Final = frozenset({Label.COVERED, Label.PARTIAL, Label.CONTRADICTED})


@dataclass(frozen=True)
class Member:
    """One answer's words on one key point: those the machine rests its verdict on, else the whole answer."""

    grade: Grade
    point: GradedPoint
    words: str


@dataclass(frozen=True)
class Cluster:
    """Answers that say the same on a key point, of which the machine thinks the same; two at least."""

    members: tuple[Member, ...]

    @property
    def first(self) -> Member:
        """The one that waits the longest; it stands for all."""
        return self.members[0]

    def has(self, grade_id: str, key_point_id: str) -> bool:
        """Whether it is about this point of this grade."""
        return self.first.point.key_point_id == key_point_id and any(each.grade.id == grade_id for each in self.members)


@dataclass(frozen=True)
class Change:
    """What a verdict does to the score of one grade; `possible` is False where it cannot be put in."""

    member: Member
    before: float | None
    after: float | None
    possible: bool = True


@dataclass(frozen=True)
class Decided:
    """In how many grades a verdict now stands, and how many were left alone because another person is at them."""

    done: int
    left: int


@dataclass(frozen=True)
class Decision:
    """A verdict for a whole cluster, and why."""

    label: Label
    reason: OverrideReason
    note: str


def pieces(text: str) -> tuple[str, ...]:
    """What two texts must have in common, in order, to be alike."""
    return tuple(_PIECE.findall(text.casefold()))


def clusters(members: Iterable[Member]) -> tuple[Cluster, ...]:
    """Those that are alike, the largest clusters first; who is alone is left out."""
    groups: dict[tuple[object, ...], list[Member]] = defaultdict(list)
    for each in members:
        point = each.point
        groups[each.grade.rubric_hash, point.key_point_id, point.verdict, pieces(each.words)].append(each)
    found = [Cluster(tuple(group)) for group in groups.values() if len(group) > 1]
    return tuple(sorted(found, key=lambda cluster: -len(cluster.members)))


@dataclass(frozen=True)
class Mistakes:
    """Finds clusters among what waits for a person, and decides on them; what is judged blind is left out.

    So is, when it is decided, what another person has reserved: they may be about to say something else of it.
    """

    grades: GradeStore
    bases: BasisStore
    reviews: ReviewStore
    referrals: ReferralStore
    reviewer: Reviewer
    triage: Triage

    async def clusters(self, tenant: str) -> tuple[Cluster, ...]:
        """The clusters there are now; points that a person decided are in none."""
        waiting = await self.referrals.page(tenant, ReferralFilter(), limit=LOOKED_AT)
        found: list[Member] = []
        for referral in waiting:
            if not BLIND.intersection(referral.reasons):
                found += await self._members(tenant, referral.grade_id)
        return clusters(found)

    async def cluster(self, tenant: str, grade_id: str, key_point_id: str) -> Cluster | None:
        """The cluster about this point of this grade, or None where there is none any more."""
        return next((each for each in await self.clusters(tenant) if each.has(grade_id, key_point_id)), None)

    async def preview(self, tenant: str, members: Iterable[Member], label: Label) -> tuple[Change, ...]:
        """What the verdict would do to each of them; nothing is kept."""
        return tuple([await self._change(tenant, each, label) for each in members])

    async def others(self, who: Principal) -> dict[str, str]:
        """By whom else grades are reserved just now."""
        return {each.grade_id: each.by for each in await self.triage.reserved(who)}

    async def decide(self, who: Principal, members: Collection[Member], decision: Decision) -> Decided:
        """Put the verdict into each of them that nobody else is at, one by one, where that is possible."""
        others = await self.others(who)
        free = [each for each in members if each.grade.id not in others]
        done = [await self._decide(who, each, decision) for each in free]
        return Decided(sum(done), len(members) - len(free))

    async def _decide(self, who: Principal, member: Member, decision: Decision) -> bool:
        spans = tuple(item.span for item in member.point.evidence) if decision.label in _WITH_WORDS else ()
        verdict = Verdict(member.point.key_point_id, decision.label, decision.reason, decision.note, spans)
        try:
            await self.reviewer.override(who, member.grade, verdict, str(uuid.uuid4()))
        except (NotRecomputable, AlreadyStored):
            return False
        return True

    async def _members(self, tenant: str, grade_id: str) -> list[Member]:
        grade = await self.grades.find(tenant, grade_id)
        basis = await self.bases.find(tenant, grade_id)
        if grade is None or basis is None:
            return []
        decided = {each.key_point_id for each in await self.reviews.overrides(tenant, grade_id)}
        whole = canonicalise(request_of(basis).answer).text
        return [
            Member(grade, point, " … ".join(item.text for item in point.evidence) or whole)
            for point in grade.points
            if point.key_point_id not in decided
        ]

    async def _change(self, tenant: str, member: Member, label: Label) -> Change:
        overrides = await self.reviews.overrides(tenant, member.grade.id)
        before = outcome(member.grade, overrides).score
        try:
            after = overruled(member.grade, overrides, {member.point.key_point_id: label}).score
        except NotRecomputable:
            return Change(member, before, before, possible=False)
        return Change(member, before, after)
