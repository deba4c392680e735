"""The embedding model is looked for in a fixed order, trusted by digest, and missed quickly and helpfully."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from grader.adapters.embedding import weights
from grader.adapters.embedding.weights import Weights, find_weights
from grader.errors import ModelUnavailable


def model_folder(path: Path, content: bytes = b"weights") -> Path:
    path.mkdir(parents=True)
    (path / "model.safetensors").write_bytes(content)
    return path


def test_a_path_named_by_the_operator_is_taken_as_it_is(tmp_path: Path) -> None:
    found = find_weights(model_folder(tmp_path / "own"))
    assert (found.origin, found.folder.name, len(found.sha256)) == ("path", "own", 64)


def test_a_path_without_a_model_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="GRADER_EMBEDDING_MODEL_PATH"):
        find_weights(tmp_path)


def test_the_first_place_that_has_the_model_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = model_folder(tmp_path / "cache")
    monkeypatch.setattr(weights, "WEIGHTS_SHA256", weights._digest(folder / "model.safetensors"))  # noqa: SLF001
    monkeypatch.setattr(weights, "_PLACES", (("package", lambda: None), ("cache", lambda: folder)))
    assert find_weights() == Weights(folder, "cache", weights.WEIGHTS_SHA256)


def test_weights_with_another_digest_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = model_folder(tmp_path / "tampered")
    monkeypatch.setattr(weights, "_PLACES", (("package", lambda: folder),))
    with pytest.raises(ModelUnavailable, match="is not the pinned one"):
        find_weights()


def test_a_missing_model_names_three_ways_to_get_it_within_two_seconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "PACKAGE", "no_such_package")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:1")  # nothing listens there
    started = time.monotonic()
    with pytest.raises(ModelUnavailable) as caught:
        find_weights()
    assert time.monotonic() - started < 2
    assert all(
        way in str(caught.value) for way in ("answer-grader[model]", "GRADER_EMBEDDING_MODEL_PATH", "hf download")
    )
