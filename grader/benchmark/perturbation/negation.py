"""The negation test: one sentence of a covered point turned round, so that it says the opposite of the point.

Each rule in `flips` changes one word or puts a few in front, and only where that surely makes the sentence false
of the key point; most sentences fit no rule, and then there is no variant. What stands elsewhere in the answer is
left alone: an answer that makes the point twice now says both, which is for a judge to see, and not known here.

Of 200 flips read by hand about 6 left the point as true as before; a wrong number or a wrong modifier sometimes
leaves it unmade rather than contradicted.
"""

from __future__ import annotations

from collections import defaultdict

from grader.benchmark.dataset import Case
from grader.benchmark.perturbation.claim import Claim
from grader.benchmark.perturbation.flips import FLIPS
from grader.benchmark.perturbation.variant import Proof, Variant, proofs


def negations(case: Case) -> tuple[Variant, ...]:
    """One variant for each rule and different flip, with the covered points that it turns round."""
    text, proven = proofs(case)
    turned: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for proof in proven:
        if len(proof.sentences) == 1:  # a point made across sentences is not undone in one of them
            for rule, flip in FLIPS.items():
                flipped = flip(_claim(text, proof, case))
                if flipped is not None:
                    turned[rule, _replaced(text, proof, flipped)].append(proof.key_point_id)
    return tuple(Variant(rule, answer, tuple(ids)) for (rule, answer), ids in turned.items())


def _claim(text: str, proof: Proof, case: Case) -> Claim:
    (sentence,) = proof.sentences
    return Claim(
        sentence=sentence.of(text),
        start=proof.quote.start - sentence.start,
        end=proof.quote.end - sentence.start,
        point=case.rubric.point(proof.key_point_id).text,
    )


def _replaced(text: str, proof: Proof, flipped: str) -> str:
    (sentence,) = proof.sentences
    return text[: sentence.start] + flipped + text[sentence.end :]
