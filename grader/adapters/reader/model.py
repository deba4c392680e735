"""A passage in, readings out: cut into tokens, packed into rows, and what the network says of each."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from tokenizers import Encoding, Tokenizer

from grader.adapters.reader.backend import Run
from grader.adapters.reader.layout import MAX_ANSWER_TOKENS, Row, SpecialTokens, pack
from grader.adapters.reader.windows import windows
from grader.ports import Passage, Reading, Word
from grader.text.sentences import split

POINTS_AT_ONCE: Final = 16
"""Statements in one row; more go into further rows, so that the cost grows with their number and not its square."""


class Vocabulary:
    """Cuts texts into the base model's word pieces."""

    def __init__(self, base: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        vocabulary = self._tokenizer.get_vocab()
        self.special = SpecialTokens(vocabulary["[CLS]"], vocabulary["[SEP]"], vocabulary["[PAD]"])

    def encode(self, text: str) -> Encoding:
        """Word pieces with their character ranges, without special marks."""
        return self._tokenizer.encode(text, add_special_tokens=False)


class ReaderModel:
    """Reads passages with the network that `run` runs; `base` is the folder of the base model."""

    def __init__(self, base: Path, run: Run) -> None:
        self._vocabulary = Vocabulary(base)
        self._network = run

    def read(self, passage: Passage) -> list[list[Reading]]:
        """One list a statement with a reading for every window of the text."""
        text = self._vocabulary.encode(passage.text)
        starts = [bisect_left(text.offsets, (span.start, 0)) for span in split(passage.text)]
        stretches = windows(len(text.ids), starts, MAX_ANSWER_TOKENS)
        of_windows = [self._read_window(passage, text, stretch) for stretch in stretches]
        return [list(readings) for readings in zip(*of_windows, strict=True)]

    def _read_window(self, passage: Passage, text: Encoding, stretch: range) -> list[Reading]:
        readings: list[Reading] = []
        question = self._vocabulary.encode(passage.question).ids
        for first in range(0, len(passage.statements), POINTS_AT_ONCE):
            points = [
                self._vocabulary.encode(point).ids for point in passage.statements[first : first + POINTS_AT_ONCE]
            ]
            row = pack(self._vocabulary.special, question, text.ids[stretch.start : stretch.stop], points)
            readings += self._run(row, text.offsets[stretch.start : stretch.stop])
        return readings

    def _run(self, row: Row, offsets: Sequence[tuple[int, int]]) -> list[Reading]:
        classes, places = self._network(row)
        weights = np.exp(places[:, row.answer.start : row.answer.stop]).tolist()
        return [
            Reading((logit[0], logit[1], logit[2], logit[3]), tuple(map(_word, offsets, weight)))
            for logit, weight in zip(classes.tolist(), weights, strict=True)
        ]


def _word(offsets: tuple[int, int], weight: float) -> Word:
    return Word(offsets[0], offsets[1], weight)
