"""The file of trained weights: the shipped one, or one that was just trained."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final, NamedTuple

_SHIPPED: Final = "point_reader.safetensors"


class Trained(NamedTuple):
    """The file, and its sha256."""

    file: Path
    sha256: str


@contextmanager
def trained(file: Path | None = None) -> Iterator[Trained]:
    """The weights in `file`, default the shipped ones, which lie in a file only inside the `with`."""
    if file is not None:
        yield Trained(file, hashlib.sha256(file.read_bytes()).hexdigest())
        return
    with as_file(files("grader.adapters.reader").joinpath(_SHIPPED)) as shipped, trained(shipped) as found:
        yield found
