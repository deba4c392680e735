"""Texts to vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""Shape (texts, dimensions); every row has length 1."""


class Embedder(Protocol):
    """Turns texts into unit vectors whose dot product is their cosine similarity."""

    @property
    def identity(self) -> dict[str, str]:
        """What the vectors depend on: model id, weights digest, backend."""
        ...

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """One row a text, in order, the same whatever else is in the batch; ModelUnavailable when it cannot."""
        ...
