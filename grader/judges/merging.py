"""What judges that ask other judges share: when two labels are opposites, and which flags remain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from grader.domain import Flag, Judgement, Label, Verdict

_OPPOSITES: Final = frozenset(
    {
        frozenset({Label.COVERED, Label.MISSING}),
        frozenset({Label.COVERED, Label.CONTRADICTED}),
        frozenset({Label.PARTIAL, Label.CONTRADICTED}),
    }
)


def opposed(one: Label, other: Label) -> bool:
    """Whether two labels cannot both be nearly right; neighbours such as covered and partial can."""
    return frozenset({one, other}) in _OPPOSITES


def flagged(verdict: Verdict, flag: Flag) -> Verdict:
    """The verdict with one more flag, once."""
    return verdict.model_copy(update={"flags": tuple(dict.fromkeys((*verdict.flags, flag)))})


def ungraded(key_point_id: str, judge: str, reason: str) -> Verdict:
    """No verdict on a point, and why."""
    return Verdict(key_point_id=key_point_id, label=Label.UNGRADED, judged_by=judge, reason=reason)


def merged_flags(judgements: Iterable[Judgement], verdicts: Sequence[Verdict]) -> tuple[Flag, ...]:
    """The flags of `judgements`, each once; that one failed only counts where a point stayed ungraded for it."""
    said = (flag for judgement in judgements for flag in judgement.flags if flag is not Flag.JUDGE_FAILED)
    failed = any(verdict.label is Label.UNGRADED for verdict in verdicts)
    return tuple(dict.fromkeys((*said, *((Flag.JUDGE_FAILED,) if failed else ()))))
