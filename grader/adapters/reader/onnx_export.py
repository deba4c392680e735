"""Writing the network as an ONNX graph, with torch."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import Final

import torch
from torch import nn

from grader.adapters.reader.checkpoint import trained_network
from grader.adapters.reader.layout import SpecialTokens, pack
from grader.adapters.reader.network import PointReader
from grader.adapters.reader.onnx_graph import OPSET, inputs
from grader.adapters.reader.pretrained import Pretrained
from grader.adapters.reader.tensors import Batch
from grader.adapters.reader.trained import Trained

_EXAMPLE: Final = pack(SpecialTokens(1, 2, 0), [3], [4, 5, 6], [[7], [8, 9]])
"""Any row will do that has no part of length 1, which the exporter would take for fixed."""


class OneRow(nn.Module):
    """The network over a batch of one row, which is what a served answer is."""

    def __init__(self, reader: PointReader) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, *parts: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Class logits and places; `parts` as in `onnx_graph.inputs`."""
        tokens, segments, positions, groups, in_answer, starts = parts
        row_of_point = torch.zeros_like(starts)
        return self.reader(Batch(tokens, segments, positions, groups, in_answer, row_of_point, starts))


def export(base: Pretrained, trained: Trained, file: Path) -> None:
    """Write the graph of the trained network, in fp32, for any number of tokens and of key points."""
    taken = inputs(_EXAMPLE)
    tokens, points = torch.export.Dim("tokens"), torch.export.Dim("points")
    shapes = tuple({0: points} if name == "starts" else {1: tokens} for name in taken)
    example = tuple(torch.from_numpy(array) for array in taken.values())
    network = OneRow(trained_network(base, trained)).eval()
    program = torch.export.export(network, example, dynamic_shapes=(shapes,))
    _onnx(program, list(taken)).save(file, external_data=False)


def _onnx(program: torch.export.ExportedProgram, names: list[str]) -> torch.onnx.ONNXProgram:
    # Says at every start that torchvision, which nothing here uses, is missing.
    logging.getLogger("torch.onnx._internal.exporter._registration").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*LeafSpec", category=FutureWarning)  # torch 2.13 about itself
        return torch.onnx.export(
            program, input_names=names, output_names=["classes", "places"], opset_version=OPSET, verbose=False
        )
