"""The embedding model's files, and the reader of the local judge: found, opened, trained."""

from __future__ import annotations

from pathlib import Path

from grader.adapters.embedding import (
    WEIGHTS_SHA256,
    Weights,
    find_weights,
)
from grader.adapters.reader import CrossEncoder, OnnxBackend, Pretrained, TorchBackend
from grader.adapters.reader.trained import trained
from grader.settings import Settings
from grader.training.curriculum import Course, OnStep


def locate_embedding_model(settings: Settings) -> Weights:
    """Where the embedding model's files are, without loading them; ModelUnavailable names the ways to get them."""
    return find_weights(settings.embedding_model_path)


def locate_reader(settings: Settings) -> tuple[str, str]:
    """The sha256 of the reader's base model and of its weights; ModelUnavailable as for the embedding model."""
    with trained() as weights:
        return _reader_base(settings).sha256, weights.sha256


def open_reader(settings: Settings, weights: Path | None = None) -> CrossEncoder:
    """The reader of the local judge on the shipped weights, or on those in the file `weights`; loads nothing yet."""
    backend = OnnxBackend(settings.data_dir / "cache") if settings.reader_backend == "onnx" else TorchBackend()
    return CrossEncoder(lambda: _reader_base(settings), weights, backend)


def train_reader(settings: Settings, course: Course, weights: Path, on_step: OnStep) -> None:
    """Train the reader and write its weights."""
    from grader.adapters.reader.fitting import train  # noqa: PLC0415 - torch, 4 s

    train(_reader_base(settings), course, weights, on_step)


def _reader_base(settings: Settings) -> Pretrained:
    """The model that the reader's weights change: the pinned one, whatever else embeds."""
    found = find_weights(settings.embedding_model_path)
    if found.sha256 != WEIGHTS_SHA256:
        found = find_weights()
    return Pretrained(found.folder, found.sha256)
