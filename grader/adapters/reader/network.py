"""The network that reads: MiniLM, a head that finds where a key point is made, and one that says what is made of it."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional
from transformers import BertConfig, BertModel

from grader.adapters.reader.tensors import Batch, attention_mask

CLASSES: Final = 4
"""Covered, partial, missing, contradicted, in the order of `grader.judges.local.LABELS`."""

_OUTSIDE: Final = -1e4
"""Logit of a token that is no word of the answer."""

_SHARPNESS: Final = 2.5
"""Logarithm of what cosines are multiplied by before they are compared, at the start of training."""

_NOWHERE: Final = 0.3
"""Cosine that a word has to beat to be where the point is made, at the start of training."""


class Read(NamedTuple):
    """What the network says of every point of a batch.

    `classes` are logits of shape (points, 4). `places` are logarithms of probabilities of shape
    (points, tokens + 1): at which word the answer speaks of the point, and last, that it does nowhere.
    """

    classes: torch.Tensor
    places: torch.Tensor


class PointReader(nn.Module):
    """From packed rows to what the answers say of the points.

    The words that a point is most like are found first, learned from quotes; the point, what was found and how the
    two differ (Conneau et al. 2017, "Supervised Learning of Universal Sentence Representations") give the class.
    """

    def __init__(self, base: Path) -> None:
        super().__init__()
        self.encoder = _encoder(base)
        # The vocabulary's vectors stay the published ones: training data knows too few of its words.
        self.encoder.embeddings.word_embeddings.weight.requires_grad_(requires_grad=False)
        width = self.encoder.config.hidden_size
        self.of_point = _unchanging(width)
        self.of_word = _unchanging(width)
        self.sharpness = nn.Parameter(torch.tensor(_SHARPNESS))
        self.nowhere = nn.Parameter(torch.tensor(_NOWHERE))
        self.mix = nn.Linear(4 * width + 2, width)
        self.classify = nn.Linear(width, CLASSES)

    def forward(self, batch: Batch) -> Read:
        """Class logits and places of every point of the batch, in order."""
        states = self.encoder(
            input_ids=batch.tokens,
            attention_mask=attention_mask(batch.groups, _precision()),
            token_type_ids=batch.segments,
            position_ids=batch.positions,
        ).last_hidden_state
        points = _means(states, batch)
        cosines = self._cosines(states, points, batch)
        places = self._places(cosines)
        shares = places[:, :-1].softmax(dim=-1).to(states.dtype)
        found = torch.bmm(shares[:, None, :], states[batch.row_of_point])[:, 0]
        seen = torch.stack([places[:, -1].exp(), cosines.amax(dim=-1).clamp(min=-1)], dim=-1).to(states.dtype)
        firsts = states[batch.row_of_point, batch.start_of_point]
        features = torch.cat([firsts, found, points * found, (points - found).abs(), seen], dim=-1)
        return Read(self.classify(functional.gelu(self.mix(features))).float(), places)

    def _cosines(self, states: torch.Tensor, points: torch.Tensor, batch: Batch) -> torch.Tensor:
        """How alike each point and each word of its answer are, shape (points, tokens); others are far away."""
        wanted = functional.normalize((points + self.of_point(points)).float(), dim=-1)
        words = functional.normalize((states + self.of_word(states)).float(), dim=-1)[batch.row_of_point]
        cosines = (words @ wanted[:, :, None])[:, :, 0]
        return cosines.masked_fill(~batch.in_answer[batch.row_of_point], _OUTSIDE)

    def _places(self, cosines: torch.Tensor) -> torch.Tensor:
        nowhere = self.nowhere.expand(cosines.shape[0], 1)
        return (torch.cat([cosines, nowhere], dim=-1) * self.sharpness.exp()).log_softmax(dim=-1)


def _means(states: torch.Tensor, batch: Batch) -> torch.Tensor:
    """The mean of each point's final states, shape (points, width), as the base model embeds a text."""
    groups = batch.groups[batch.row_of_point]
    own = groups == batch.groups[batch.row_of_point, batch.start_of_point][:, None]
    weights = own.to(states.dtype) / own.sum(dim=-1, keepdim=True)
    return torch.bmm(weights[:, None, :].to(states.dtype), states[batch.row_of_point])[:, 0]


def _unchanging(width: int) -> nn.Linear:
    """A linear map that adds nothing until it is trained."""
    linear = nn.Linear(width, width)
    nn.init.zeros_(linear.weight)
    nn.init.zeros_(linear.bias)
    return linear


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
