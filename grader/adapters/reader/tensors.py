"""Packed rows as tensors, as the network takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

import torch

from grader.adapters.reader.layout import CONTEXT, Row

PADDING: Final = -1
"""Group of what only fills a batch up in training."""

HIDDEN: Final = -1e4
"""Added to the attention of two tokens that may not see each other."""


@dataclass(frozen=True)
class Batch:
    """Rows as tensors of shape (rows, tokens); `row_of_point` and `start_of_point` have one entry a key point."""

    tokens: torch.Tensor
    segments: torch.Tensor
    positions: torch.Tensor
    groups: torch.Tensor
    in_answer: torch.Tensor
    row_of_point: torch.Tensor
    start_of_point: torch.Tensor

    def to(self, device: torch.device) -> Batch:
        """The same on another device."""
        parts = (getattr(self, part.name).to(device) for part in fields(self))
        return Batch(*parts)


def stack(rows: Sequence[Row], padding: int) -> Batch:
    """The rows, filled up to the longest."""
    width = max(len(row.tokens) for row in rows)
    in_answer = torch.zeros(len(rows), width, dtype=torch.bool)
    for number, row in enumerate(rows):
        in_answer[number, row.answer.start : row.answer.stop] = True
    return Batch(
        tokens=_filled([row.tokens for row in rows], width, padding),
        segments=_filled([row.segments for row in rows], width, 0),
        positions=_filled([row.positions for row in rows], width, 0),
        groups=_filled([row.groups for row in rows], width, PADDING),
        in_answer=in_answer,
        row_of_point=torch.tensor([number for number, row in enumerate(rows) for _ in row.starts]),
        start_of_point=torch.tensor([start for row in rows for start in row.starts]),
    )


def attention_mask(groups: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """What is added to the attention of every pair of tokens, shape (rows, 1, tokens, tokens).

    0 where one may see the other: within a group, and between the context and every group; else HIDDEN.
    """
    seen, seeing = groups[:, None, :], groups[:, :, None]
    visible = (seen == seeing) | ((seen == CONTEXT) | (seeing == CONTEXT)) & (seen != PADDING)
    return torch.where(visible, 0.0, HIDDEN).to(dtype)[:, None]


def _filled(lists: list[list[int]], width: int, filler: int) -> torch.Tensor:
    return torch.tensor([entries + [filler] * (width - len(entries)) for entries in lists])
