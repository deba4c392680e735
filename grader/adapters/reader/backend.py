"""What runs the network over a packed row."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from grader.adapters.reader.layout import Row
from grader.adapters.reader.pretrained import Pretrained
from grader.adapters.reader.trained import Trained


class Output(NamedTuple):
    """Of every key point of a row, as `network.Read` has them: class logits, and logarithms of where it is made."""

    classes: NDArray[np.float32]
    places: NDArray[np.float32]


Run = Callable[[Row], Output]


class Backend(Protocol):
    """A library that can run the network; `name` stands in the provenance of a grade."""

    @property
    def name(self) -> str:
        """Library and number format, such as `torch-fp32`."""
        ...

    def open(self, base: Pretrained, trained: Trained) -> Run:
        """The loaded network; blocking; ModelUnavailable when it cannot be loaded, saying what to do."""
        ...
