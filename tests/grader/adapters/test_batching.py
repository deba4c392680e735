"""Requests share batches, repeated texts are remembered, and nobody waits for ever."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import numpy as np
import pytest

from grader.adapters.embedding.batching import MAX_BATCH, BatchingEmbedder
from grader.errors import ModelUnavailable
from grader.ports import Vectors


class LengthEncoder:
    """A text's vector is its length; remembers the batches it saw, and can be held back."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.batches: list[list[str]] = []
        self.may_go = threading.Event()
        self.may_go.set()
        self._failure = failure

    @property
    def identity(self) -> dict[str, str]:
        return {"model": "length"}

    def load(self) -> None:
        pass

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.may_go.wait(timeout=5)
        if self._failure is not None:
            raise self._failure
        self.batches.append(list(texts))
        return np.array([[len(text)] for text in texts], dtype=np.float32)


async def test_every_request_gets_its_own_rows_in_order() -> None:
    embedder = BatchingEmbedder(LengthEncoder())
    first, second = await asyncio.gather(embedder.embed(["a", "bbb"]), embedder.embed(["cc"]))
    embedder.close()
    assert first.tolist() == [[1], [3]]
    assert second.tolist() == [[2]]


async def test_requests_that_wait_together_share_a_batch() -> None:
    encoder = LengthEncoder()
    encoder.may_go.clear()
    embedder = BatchingEmbedder(encoder)
    requests = [asyncio.create_task(embedder.embed([f"text {number}"])) for number in range(MAX_BATCH)]
    await asyncio.sleep(0)
    encoder.may_go.set()
    await asyncio.gather(*requests)
    embedder.close()
    assert len(encoder.batches) <= 3


async def test_a_text_is_encoded_once() -> None:
    encoder = LengthEncoder()
    embedder = BatchingEmbedder(encoder)
    await embedder.embed(["same", "same", "other"])
    await embedder.embed(["same"])
    embedder.close()
    assert sorted(text for batch in encoder.batches for text in batch) == ["other", "same"]


async def test_a_failure_reaches_everyone_who_waits_and_the_next_request_is_served() -> None:
    embedder = BatchingEmbedder(LengthEncoder(ModelUnavailable("no model")))
    results = await asyncio.gather(embedder.embed(["a"]), embedder.embed(["b"]), return_exceptions=True)
    assert all(isinstance(result, ModelUnavailable) for result in results)
    with pytest.raises(ModelUnavailable):
        await embedder.embed(["c"])
    embedder.close()


async def test_who_gives_up_waiting_takes_nobody_along() -> None:
    encoder = LengthEncoder()
    encoder.may_go.clear()
    embedder = BatchingEmbedder(encoder)
    working, waiting = (asyncio.create_task(embedder.embed([text])) for text in ("working", "waiting"))
    await asyncio.sleep(0.02)
    working.cancel()
    waiting.cancel()
    encoder.may_go.set()
    assert (await asyncio.wait_for(embedder.embed(["next"]), timeout=5)).tolist() == [[4]]
    embedder.close()


async def test_the_event_loop_stays_free_while_the_model_works() -> None:
    encoder = LengthEncoder()
    encoder.may_go.clear()
    embedder = BatchingEmbedder(encoder)
    waiting = asyncio.create_task(embedder.embed(["slow"]))
    await asyncio.sleep(0.01)
    assert not waiting.done()
    encoder.may_go.set()
    assert (await waiting).tolist() == [[4]]
    embedder.close()
