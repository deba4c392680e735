"""Fakes that embed."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from grader.ports import (
    Vectors,
)
from grader.text.words import stems

DIMENSIONS: Final = 256


@dataclass(frozen=True)
class FakeEncoder:
    """A blocking model in which texts that share words are close: every word stem has one of DIMENSIONS places.

    With a `failure` it raises that instead.
    """

    failure: Exception | None = None

    @property
    def identity(self) -> dict[str, str]:
        """Says that it is a fake."""
        return {"model": "fake-word-hash"}

    def load(self) -> None:
        """Nothing to load."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit row a text."""
        if self.failure is not None:
            raise self.failure
        rows = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for stem in stems(text) or {text}:
                row[zlib.crc32(stem.encode()) % DIMENSIONS] += 1.0
        unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit


@dataclass(frozen=True)
class FakeEmbedder:
    """An Embedder over FakeEncoder, without a queue."""

    @property
    def identity(self) -> dict[str, str]:
        """Says that it is a fake."""
        return FakeEncoder().identity

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit row a text."""
        return FakeEncoder().encode(texts)
