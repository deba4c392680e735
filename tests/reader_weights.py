"""Weights for the reader that nobody trained: enough to see how it is run, whatever it says."""

from __future__ import annotations

from pathlib import Path

from grader.adapters.embedding import find_weights
from grader.adapters.reader import Pretrained


def pinned_base() -> Pretrained:
    """The base model of this machine."""
    found = find_weights()
    return Pretrained(found.folder, found.sha256)


def write_untrained(base: Pretrained, file: Path) -> Path:
    """Write weights that change the base by a little noise, always the same."""
    import torch  # noqa: PLC0415 - 4 s, only for tests that run the network

    from grader.adapters.reader import checkpoint  # noqa: PLC0415 - torch
    from grader.adapters.reader.network import PointReader  # noqa: PLC0415 - torch

    torch.manual_seed(0)
    reader = PointReader(base.folder)
    torch.manual_seed(0)
    before = PointReader(base.folder)
    with torch.no_grad():
        for weights in reader.parameters():
            weights.add_(torch.randn_like(weights) * 0.01)
    checkpoint.save(reader, before, base.sha256, file)
    return file
