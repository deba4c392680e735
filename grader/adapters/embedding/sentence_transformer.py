"""all-MiniLM-L6-v2 by sentence-transformers, in fp32: lower precision makes a score depend on its batch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from grader.adapters.embedding.weights import MODEL_ID, find_weights, silence_vendor_output
from grader.ports import Vectors

MAX_TOKENS: Final = 256
"""Longest text the model was made for, in word pieces; longer ones are cut by the model."""


class SentenceTransformerEncoder:
    """The model itself: blocking, loaded at first use (5 s, most of it importing torch)."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._model: Any = None
        self._identity = {"model": MODEL_ID if path is None else path.name, "backend": "torch-fp32"}

    @property
    def identity(self) -> dict[str, str]:
        """Model, backend and, once loaded, the digest of the weights and where they came from."""
        return dict(self._identity)

    def load(self) -> None:
        """Bring the model into memory; ModelUnavailable, before torch is imported, when there is none."""
        if self._model is not None:
            return
        weights = find_weights(self._path)
        silence_vendor_output()
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - imports torch

        self._model = SentenceTransformer(str(weights.folder), local_files_only=True)
        self._identity |= {"weights_sha256": weights.sha256, "origin": weights.origin}

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of shape (len(texts), 384)."""
        self.load()
        vectors = self._model.encode(
            list(texts), batch_size=32, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32)
