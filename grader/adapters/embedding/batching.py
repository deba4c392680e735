"""An Embedder over a blocking model: concurrent requests share a batch, repeated texts are remembered."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from grader.micro_batching import MicroBatcher
from grader.ports import Vectors

MAX_BATCH: Final = 32
"""Texts in one model call: the knee of the throughput curve on two cores (172/s at 8, 199/s at 32, 152/s at 128)."""

CACHED_TEXTS: Final = 4096
"""Remembered vectors (6 MiB at 384 dimensions): every key point of the bank several times over."""

_Vector = NDArray[np.float32]


class Encoder(Protocol):
    """A blocking model that turns texts into unit vectors."""

    @property
    def identity(self) -> dict[str, str]:
        """What the vectors depend on."""
        ...

    def load(self) -> None:
        """Make ready; may take seconds."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row a text."""
        ...


class BatchingEmbedder:
    """An Embedder over a blocking encoder, run by one thread of its own, so the event loop stays free."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: OrderedDict[str, _Vector] = OrderedDict()
        self._batcher: MicroBatcher[str, _Vector] = MicroBatcher(self._vectors, max_batch=MAX_BATCH, name="embedder")

    @property
    def identity(self) -> dict[str, str]:
        """The encoder's."""
        return self._encoder.identity

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """One row a text, in order; raises what the encoder raised."""
        rows = await self._batcher.submit(texts)
        return np.vstack(rows) if rows else np.empty((0, 0), dtype=np.float32)

    async def warm(self) -> None:
        """Return when the model is loaded and has run once."""
        await self.embed(["warm"])

    def close(self) -> None:
        """End the thread after what is queued."""
        self._batcher.close()

    def _vectors(self, texts: Sequence[str]) -> list[_Vector]:
        unknown = [text for text in dict.fromkeys(texts) if text not in self._known]
        fresh = dict(zip(unknown, self._encoder.encode(unknown), strict=True)) if unknown else {}
        rows = [fresh[text] if text in fresh else self._known[text] for text in texts]
        self._remember(texts, fresh)
        return rows

    def _remember(self, texts: Sequence[str], fresh: dict[str, _Vector]) -> None:
        self._known.update(fresh)
        for text in texts:
            self._known.move_to_end(text)
        while len(self._known) > CACHED_TEXTS:
            self._known.popitem(last=False)
