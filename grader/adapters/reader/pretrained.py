"""The published model that training starts from."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Pretrained(NamedTuple):
    """Its folder, and the sha256 of its weights."""

    folder: Path
    sha256: str
