"""An answer as a prompt may show it: the marks that frame a prompt are replaced one for one by look-alikes.

One character for one, so that a quote copied from the neutral text is found in the original (`grader.text.quotes`).
"""

from __future__ import annotations

import re
from typing import Final

MARKS: Final = {"<": "‹", ">": "›", "=": "＝", "[": "⟦", "]": "⟧", "|": "¦"}
"""Marks of tags, of this project's delimiters and of chat templates, and what stands for them."""

_ANGLES: Final = str.maketrans({mark: MARKS[mark] for mark in "<>"})
_FORGED: Final = re.compile(r"={3,}|\[/?(?:INST|SYS|SYSTEM)\]|[‹<]\|[^|]{0,40}\|[›>]", re.IGNORECASE)
_ALL: Final = str.maketrans(MARKS)


def neutralised(text: str) -> str:
    """`text`, equally long, without angle brackets and without anything that imitates a delimiter."""
    return _FORGED.sub(lambda match: match[0].translate(_ALL), text).translate(_ANGLES)
