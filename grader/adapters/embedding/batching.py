"""One queue in front of the model: concurrent requests share a batch, repeated texts are remembered."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from grader.ports import Vectors

MAX_BATCH: Final = 32
"""Texts in one model call: the knee of the throughput curve on two cores (172/s at 8, 199/s at 32, 152/s at 128)."""

MAX_WAIT_SECONDS: Final = 0.005
"""Time the first request waits for company."""

CACHED_TEXTS: Final = 4096
"""Remembered vectors (6 MiB at 384 dimensions): every key point of the bank several times over."""


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


@dataclass(frozen=True)
class _Request:
    texts: tuple[str, ...]
    vectors: Future[Vectors]


class BatchingEmbedder:
    """An Embedder over a blocking encoder, run by one thread of its own, so the event loop stays free."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._requests: queue.SimpleQueue[_Request | None] = queue.SimpleQueue()
        self._known: OrderedDict[str, Vectors] = OrderedDict()
        self._thread: threading.Thread | None = None

    @property
    def identity(self) -> dict[str, str]:
        """The encoder's."""
        return self._encoder.identity

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """One row a text, in order; raises what the encoder raised."""
        self._start()
        request = _Request(tuple(texts), Future())
        self._requests.put(request)
        return await asyncio.wrap_future(request.vectors)

    async def warm(self) -> None:
        """Return when the model is loaded and has run once."""
        await self.embed(["warm"])

    def close(self) -> None:
        """End the thread after what is queued."""
        if self._thread is not None:
            self._requests.put(None)
            self._thread.join()
            self._thread = None

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name="embedder", daemon=True)
            self._thread.start()

    def _serve(self) -> None:
        while (first := self._requests.get()) is not None:
            batch, ended = self._gather(first)
            self._answer(batch)
            if ended:
                return

    def _gather(self, first: _Request) -> tuple[list[_Request], bool]:
        """`first` and what else comes in before the batch is full or the wait is over."""
        batch, count = [first], len(first.texts)
        deadline = time.monotonic() + MAX_WAIT_SECONDS
        while count < MAX_BATCH:
            try:
                request = self._requests.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                break
            if request is None:
                return batch, True
            batch.append(request)
            count += len(request.texts)
        return batch, False

    def _answer(self, batch: list[_Request]) -> None:
        # From here on nobody can withdraw; whoever has already gone is not worked for.
        batch = [request for request in batch if request.vectors.set_running_or_notify_cancel()]
        try:
            vectors = self._vectors([text for request in batch for text in request.texts])
        except Exception as error:  # noqa: BLE001 - handed to everyone who waits for this batch
            for request in batch:
                request.vectors.set_exception(error)
            return
        start = 0
        for request in batch:
            end = start + len(request.texts)
            request.vectors.set_result(vectors[start:end])
            start = end

    def _vectors(self, texts: list[str]) -> Vectors:
        unknown = [text for text in dict.fromkeys(texts) if text not in self._known]
        fresh = dict(zip(unknown, self._encoder.encode(unknown), strict=True)) if unknown else {}
        rows = [fresh[text] if text in fresh else self._known[text] for text in texts]
        self._remember(texts, fresh)
        return np.vstack(rows) if rows else np.empty((0, 0), dtype=np.float32)

    def _remember(self, texts: list[str], fresh: dict[str, Vectors]) -> None:
        self._known.update(fresh)
        for text in texts:
            self._known.move_to_end(text)
        while len(self._known) > CACHED_TEXTS:
            self._known.popitem(last=False)
