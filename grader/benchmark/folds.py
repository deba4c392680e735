"""Which questions are held out: the one split that training and benchmark share."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from grader.errors import DatasetError


def fold_of(question_id: str, folds: int) -> int:
    """The fold in `[0, folds)` of a question, from the sha256 of its id: the same on every machine, for ever.

    All answers to a question share its fold. ValueError where `folds` is below 1.
    """
    if folds < 1:
        raise ValueError(f"folds is {folds}; it must be at least 1")
    return int.from_bytes(hashlib.sha256(question_id.encode()).digest()[:8], "big") % folds


@dataclass(frozen=True)
class HeldOut:
    """Fold number `fold`, counted from 0, of `folds`; the training used the other folds."""

    folds: int
    fold: int

    @classmethod
    def parse(cls, text: str) -> HeldOut:
        """`5/0` is the first of five folds; DatasetError where `text` names no fold."""
        match = re.fullmatch(r"([1-9][0-9]{0,3})/([0-9]{1,4})", text)
        if match is None or int(match[2]) >= int(match[1]):
            raise DatasetError(f"{text!r} names no fold; write FOLDS/FOLD counted from 0, as in 5/0 for the first of 5")
        return cls(folds=int(match[1]), fold=int(match[2]))

    def __contains__(self, question_id: str) -> bool:
        return fold_of(question_id, self.folds) == self.fold

    def __str__(self) -> str:
        return f"fold {self.fold} of {self.folds}"
