"""What the ONNX graph of the network takes, and what its file is called. Knows no torch."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from importlib.resources import files
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from grader.adapters.reader.layout import Row
from grader.adapters.reader.pretrained import Pretrained
from grader.adapters.reader.trained import Trained

OPSET: Final = 20
"""Version of the operators the graph is written in: the first with GELU, which the network ends in."""

_NETWORK: Final = ("network.py", "tensors.py", "onnx_export.py")
"""The sources that make the graph: other code with the same weights is another network."""

_DIGITS: Final = 16
"""Hexadecimal digits of a digest in the file's name."""


def inputs(row: Row) -> dict[str, NDArray[Any]]:
    """The graph's inputs by name, in order: shape (1, tokens), but `starts` (points,); whole numbers and truths."""
    in_answer = np.zeros((1, len(row.tokens)), dtype=np.bool_)
    in_answer[0, row.answer.start : row.answer.stop] = True
    return {
        "tokens": np.array([row.tokens], dtype=np.int64),
        "segments": np.array([row.segments], dtype=np.int64),
        "positions": np.array([row.positions], dtype=np.int64),
        "groups": np.array([row.groups], dtype=np.int64),
        "in_answer": in_answer,
        "starts": np.array(row.starts, dtype=np.int64),
    }


def file_name(base: Pretrained, trained: Trained) -> str:
    """A name that changes with everything the graph is made from: weights, network, exporter, operators."""
    parts = (
        "reader",
        base.sha256[:_DIGITS],
        trained.sha256[:_DIGITS],
        _network_digest()[:_DIGITS],
        f"torch{version('torch')}",
        f"opset{OPSET}",
    )
    return "-".join(parts) + ".onnx"


def _network_digest() -> str:
    sources = (files("grader.adapters.reader").joinpath(name).read_bytes() for name in _NETWORK)
    return hashlib.sha256(b"\0".join(sources)).hexdigest()
