"""Answers changed in a way whose effect on the verdicts is known: what a judge ought to notice, and what it ought not.

`deletion` takes away the sentences that make a point, `negation` turns one of them round, `invariance` changes what
does not matter. Pure and deterministic. The training of a judge has generators of its own and must not use these:
a judge that has seen the test's own tricks would be measured by what it remembers.
"""

from grader.benchmark.perturbation.deletion import DELETION, deletions
from grader.benchmark.perturbation.flips import FLIPS
from grader.benchmark.perturbation.invariance import REWORDINGS, rewordings
from grader.benchmark.perturbation.negation import negations
from grader.benchmark.perturbation.read_again import GONE, gone, read_again
from grader.benchmark.perturbation.variant import Variant

__all__ = [
    "DELETION",
    "FLIPS",
    "GONE",
    "REWORDINGS",
    "Variant",
    "deletions",
    "gone",
    "negations",
    "read_again",
    "rewordings",
]
