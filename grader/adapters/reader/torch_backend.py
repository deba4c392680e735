"""The network run by the library it is trained with."""

from __future__ import annotations

from dataclasses import dataclass

from grader.adapters.reader.backend import Output, Run
from grader.adapters.reader.layout import Row
from grader.adapters.reader.pretrained import Pretrained
from grader.adapters.reader.trained import Trained


@dataclass(frozen=True)
class TorchBackend:
    """A Backend in torch: 4 s to import, nothing to prepare."""

    name: str = "torch-fp32"

    def open(self, base: Pretrained, trained: Trained) -> Run:
        """The network in evaluation mode, in fp32."""
        import torch  # noqa: PLC0415 - 4 s, see the class

        from grader.adapters.reader.checkpoint import trained_network  # noqa: PLC0415 - torch
        from grader.adapters.reader.tensors import stack  # noqa: PLC0415 - torch

        network = trained_network(base, trained)

        def run(row: Row) -> Output:
            with torch.inference_mode():
                read = network(stack([row], padding=0))  # a single row is not filled up
            return Output(read.classes.numpy(), read.places.numpy())

        return run
