"""The trained weights as a small file: what training changed in the base model, in eight bits, and the heads.

A row of a matrix is stored as its largest change and, per entry, a whole number from -127 to 127;
vectors stand as they are. So the file is a quarter of the weights, and adding it to the published
base gives the trained network back, the same on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from grader.adapters.reader.network import PointReader
from grader.adapters.reader.pretrained import Pretrained
from grader.adapters.reader.trained import Trained
from grader.errors import ModelUnavailable

LEVELS: Final = 127
"""Largest stored magnitude of an eight-bit entry."""

_FROZEN: Final = "encoder.embeddings.word_embeddings.weight"
_SCALE: Final = ".scale"
_BASE: Final = "base_sha256"
_MATRIX: Final = 2


def save(reader: PointReader, base: PointReader, base_digest: str, path: Path) -> None:
    """Write what distinguishes `reader` from `base`, the network before training."""
    before = base.state_dict()
    entries: dict[str, torch.Tensor] = {}
    for name, weights in reader.state_dict().items():
        if name == _FROZEN:
            continue
        change = (weights - before[name]) if name.startswith("encoder.") else weights
        if change.dim() == _MATRIX:
            entries[name], entries[name + _SCALE] = _quantised(change)
        else:
            entries[name] = change.contiguous()
    save_file(entries, path, metadata={_BASE: base_digest})


def load(reader: PointReader, base_digest: str, path: Path) -> None:
    """Make `reader`, fresh from the base model, the trained network whose weights `path` holds.

    ModelUnavailable where the file was trained on another base.
    """
    _check_base(path, base_digest)
    entries = load_file(path)
    weights = reader.state_dict()
    for name, change in _changes(entries).items():
        weights[name] = weights[name] + change if name.startswith("encoder.") else change
    reader.load_state_dict(weights)


def trained_network(base: Pretrained, trained: Trained) -> PointReader:
    """The trained network in evaluation mode; ModelUnavailable as for `load`."""
    network = PointReader(base.folder)
    load(network, base.sha256, trained.file)
    return network.eval()


def _check_base(path: Path, base_digest: str) -> None:
    with safe_open(path, framework="pt") as file:
        wanted = (file.metadata() or {}).get(_BASE)
    if wanted != base_digest:
        raise ModelUnavailable(
            f"{path.name} changes the model with sha256 {wanted}, but the base model here has {base_digest}; "
            "install the pinned one with: pip install 'answer-grader[model]'"
        )


def _quantised(change: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    scale = change.abs().amax(dim=1, keepdim=True).clamp(min=torch.finfo(torch.float32).tiny) / LEVELS
    return (change / scale).round().to(torch.int8), scale


def _changes(entries: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    scales = {name.removesuffix(_SCALE): scale for name, scale in entries.items() if name.endswith(_SCALE)}
    return {
        name: entry.float() * scales[name] if name in scales else entry
        for name, entry in entries.items()
        if not name.endswith(_SCALE)
    }
