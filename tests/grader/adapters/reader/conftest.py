"""The base model, and weights for it that nobody trained."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.adapters.reader import Pretrained
from tests.reader_weights import pinned_base, write_untrained


@pytest.fixture(scope="session")
def base() -> Pretrained:
    return pinned_base()


@pytest.fixture(scope="session")
def untrained(base: Pretrained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A weights file that changes the base by a little noise."""
    return write_untrained(base, tmp_path_factory.mktemp("weights") / "reader.safetensors")
