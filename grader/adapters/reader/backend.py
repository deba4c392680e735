"""What runs the network over a packed row."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from grader.adapters.reader.layout import Row
from grader.adapters.reader.pretrained import Pretrained
from grader.adapters.reader.trained import Trained


class Logits(NamedTuple):
    """Of every key point of a row: class logits, shape (points, 4), and evidence logits, shape (points, tokens)."""

    classes: NDArray[np.float32]
    evidence: NDArray[np.float32]


Run = Callable[[Row], Logits]


class Backend(Protocol):
    """A library that can run the network; `name` stands in the provenance of a grade."""

    @property
    def name(self) -> str:
        """Library and number format, such as `torch-fp32`."""
        ...

    def open(self, base: Pretrained, trained: Trained) -> Run:
        """The loaded network; blocking; ModelUnavailable when it cannot be loaded, saying what to do."""
        ...
