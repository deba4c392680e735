"""The trained network behind the `Reader` port: blocking, in fp32, one answer at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader.adapters.reader.backend import Backend
from grader.adapters.reader.pretrained import Pretrained
from grader.adapters.reader.torch_backend import TorchBackend
from grader.adapters.reader.trained import trained
from grader.micro_batching import MicroBatcher
from grader.ports import Passage, Reading

if TYPE_CHECKING:
    from grader.adapters.reader.model import ReaderModel

ANSWERS_AT_ONCE: Final = 8
"""Answers taken from the queue in one go; each is read by itself."""


class CrossEncoder:
    """A Reader over the shipped weights, or those in `weights`, loaded at first use and run by `backend`.

    Every answer goes through the network alone: what is read with it in a batch cannot change a bit of
    its result, and on a processor one row of a few hundred tokens already fills the machine.
    """

    def __init__(
        self, find_base: Callable[[], Pretrained], weights: Path | None = None, backend: Backend | None = None
    ) -> None:
        self._find_base = find_base
        self._weights = weights
        self._backend = backend or TorchBackend()
        self._model: ReaderModel | None = None
        self._identity = {"backend": self._backend.name}
        self._batcher: MicroBatcher[Passage, list[list[Reading]]] = MicroBatcher(
            self._read_all, max_batch=ANSWERS_AT_ONCE, bulk_batch=1, name="reader"
        )

    @property
    def identity(self) -> dict[str, str]:
        """Backend and, once loaded, the digests of the trained and of the base weights."""
        return dict(self._identity)

    async def read(self, passage: Passage) -> list[list[Reading]]:
        """One list a statement, in order, with a reading for every window of the text."""
        return (await self._batcher.submit([passage]))[0]

    async def warm(self) -> None:
        """Return when the model is loaded and has run once."""
        await self.read(Passage("What is warm?", "This is warm.", ("Something is warm.",)))

    def close(self) -> None:
        """End the thread after what is queued."""
        self._batcher.close()

    def load(self) -> None:
        """Bring the network into memory; ModelUnavailable when the base model or the backend is not there."""
        self._loaded()

    def _loaded(self) -> ReaderModel:
        if self._model is None:
            base = self._find_base()
            with trained(self._weights) as weights:
                run = self._backend.open(base, weights)
            from grader.adapters.reader.model import ReaderModel  # noqa: PLC0415 - its tokenizer, 0.1 s

            self._model = ReaderModel(base.folder, run)
            self._identity |= {"weights_sha256": weights.sha256, "base_sha256": base.sha256}
        return self._model

    def _read_all(self, passages: Sequence[Passage]) -> list[list[list[Reading]]]:
        model = self._loaded()
        return [model.read(passage) for passage in passages]
