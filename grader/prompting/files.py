"""The wording, read from the package, and its hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files


@cache
def wording(name: str) -> str:
    """The prompt file `name`, without white space at its ends."""
    return files("grader.prompting").joinpath(name).read_text("utf-8").strip()


def wording_hash(names: Iterable[str], *more: str) -> str:
    """`sha256:` and 64 hex digits over the files `names` and other parts of a prompt."""
    texts = "\0".join((*map(wording, names), *more))
    return "sha256:" + hashlib.sha256(texts.encode()).hexdigest()
