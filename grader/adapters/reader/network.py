"""The network that reads: MiniLM, a head that says what the answer says of a point, and one that shows where."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Final

import torch
from safetensors.torch import load_file
from torch import nn
from transformers import BertConfig, BertModel

from grader.adapters.reader.tensors import Batch, attention_mask

CLASSES: Final = 4
"""Covered, partial, missing, contradicted, in the order of `grader.judges.local.LABELS`."""

_OUTSIDE: Final = -1e4
"""Evidence logit of a token that is no word of the answer."""

_RARE: Final = -2.0
"""Where the evidence logits start: about one word in eight of an answer carries a given point."""


class PointReader(nn.Module):
    """From packed rows to class logits of shape (points, 4) and evidence logits of shape (points, tokens).

    The evidence head is one attention of the point over the answer's words, trained on quotes; what it
    attends to goes into the class beside the point's own final state. With the shipped weights it has not
    learned to tell where (see the model card), so nobody is shown what it says.
    """

    def __init__(self, base: Path, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = _encoder(base)
        # The vocabulary's vectors stay the published ones: training data knows too few of its words.
        self.encoder.embeddings.word_embeddings.weight.requires_grad_(requires_grad=False)
        width = self.encoder.config.hidden_size
        self.evidence_query = nn.Linear(width, width)
        self.evidence_key = nn.Linear(width, width)
        self.evidence_bias = nn.Parameter(torch.tensor(_RARE))
        self.mix = nn.Linear(2 * width, width)
        self.classify = nn.Linear(width, CLASSES)
        self.dropout = nn.Dropout(dropout)

    def forward(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        """Class logits and evidence logits of every point of the batch, in order."""
        states = self.encoder(
            input_ids=batch.tokens,
            attention_mask=attention_mask(batch.groups, _precision()),
            token_type_ids=batch.segments,
            position_ids=batch.positions,
        ).last_hidden_state
        points = states[batch.row_of_point, batch.start_of_point]
        evidence = self._evidence(states, points, batch)
        shares = torch.softmax(evidence, dim=-1).to(states.dtype)
        found = torch.bmm(shares[:, None, :], states[batch.row_of_point])[:, 0]
        mixed = nn.functional.gelu(self.mix(self.dropout(torch.cat([points, found], dim=-1))))
        return self.classify(self.dropout(mixed)).float(), evidence

    def _evidence(self, states: torch.Tensor, points: torch.Tensor, batch: Batch) -> torch.Tensor:
        keys = self.evidence_key(states)[batch.row_of_point]
        logits = (self.evidence_query(points)[:, None, :] * keys).sum(-1).float() / math.sqrt(keys.shape[-1])
        return (logits + self.evidence_bias).masked_fill(~batch.in_answer[batch.row_of_point], _OUTSIDE)


def _encoder(base: Path) -> BertModel:
    """The published model; its pooling layer, made for whole texts, is left out."""
    config = BertConfig.from_json_file(str(base / "config.json"))
    # Plain attention and no dropout train 1.7 times as fast on two cores as fused attention with it (measured), and
    # a network that sees its data a few times only has nothing to forget.
    config._attn_implementation = "eager"  # noqa: SLF001 - the name under which transformers reads it
    config.attention_probs_dropout_prob = config.hidden_dropout_prob = 0.0
    encoder = BertModel(config, add_pooling_layer=False)
    weights = load_file(base / "model.safetensors")
    encoder.load_state_dict({name: weights[name] for name in encoder.state_dict() if name in weights})
    return encoder


def _precision() -> torch.dtype:
    """What the network computes in: 16 bits in training, where its steps are rounded anyway, else 32."""
    return torch.bfloat16 if torch.is_autocast_enabled("cpu") or torch.is_autocast_enabled("cuda") else torch.float32
