"""The concept-deletion test: without the sentences that make a point, the point is not made.

The rest of the answer may make the point once more, in full or in part; for the shortened answers of `gold`,
`read_again` knows where. On other sets a judge that still gives credit may be right now and then.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from grader.benchmark.dataset import Case
from grader.benchmark.perturbation.variant import Proof, Variant, proofs

DELETION: Final = "deletion"

LEAST_WORDS: Final = 3
"""Words that must be left: with fewer the contentless rule decides, not the judge."""


def deletions(case: Case) -> tuple[Variant, ...]:
    """One variant for each different rest of the answer, with the covered points that it lost."""
    text, proven = proofs(case)
    lost: defaultdict[str, list[str]] = defaultdict(list)
    for proof in proven:
        rest = _without(text, proof)
        if len(rest.split()) >= LEAST_WORDS:
            lost[rest].append(proof.key_point_id)
    return tuple(Variant(DELETION, rest, tuple(ids)) for rest, ids in lost.items())


def _without(text: str, proof: Proof) -> str:
    kept, position = "", 0
    for sentence in proof.sentences:
        kept += text[position : sentence.start]
        position = sentence.end
    return (kept + text[position:]).strip()
