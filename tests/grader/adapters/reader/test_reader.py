"""The reader: the order of the points is of no account, and what is trained can be kept and loaded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.adapters.reader import Pretrained, TorchBackend
from grader.adapters.reader.model import POINTS_AT_ONCE
from grader.adapters.reader.trained import trained
from grader.domain import Label
from grader.errors import ModelUnavailable
from grader.ports import Passage, Reading
from grader.training.curriculum import Course, Stage
from grader.training.examples import Example, Target, mark
from rubrics.model import Span

if TYPE_CHECKING:
    from grader.adapters.reader.model import ReaderModel

pytestmark = pytest.mark.embed

ANSWER = "Dropout drops random units in every training step. At test time all units are used."
POINTS = ("Dropout drops units at random.", "Dropout is used in training only.", "Batch norm normalises activations.")


def loaded(base: Pretrained, file: Path) -> ReaderModel:
    from grader.adapters.reader.model import ReaderModel

    with trained(file) as weights:
        return ReaderModel(base.folder, TorchBackend().open(base, weights))


def read(base: Pretrained, file: Path, *points: str) -> list[list[Reading]]:
    return loaded(base, file).read(Passage("What is dropout?", ANSWER, points))


def test_a_reading_does_not_depend_on_the_order_of_the_points(base: Pretrained, untrained: Path) -> None:
    forwards, backwards = read(base, untrained, *POINTS), read(base, untrained, *reversed(POINTS))
    for one, other in zip(forwards, reversed(backwards), strict=True):
        assert one[0].logits == pytest.approx(other[0].logits, abs=1e-4)


def test_the_same_passage_gives_the_same_bits(base: Pretrained, untrained: Path) -> None:
    assert read(base, untrained, *POINTS) == read(base, untrained, *POINTS)


def test_more_points_than_fit_in_one_row_are_all_read(base: Pretrained, untrained: Path) -> None:
    points = tuple(f"Dropout has property {number}." for number in range(POINTS_AT_ONCE + 4))
    readings = read(base, untrained, *points)
    assert len(readings) == len(points)
    last = read(base, untrained, *points[POINTS_AT_ONCE:])
    assert readings[-1][0].logits == pytest.approx(last[-1][0].logits, abs=1e-4)


def test_the_words_of_a_reading_are_ranges_of_the_text(base: Pretrained, untrained: Path) -> None:
    words = read(base, untrained, *POINTS)[0][0].words
    assert ANSWER[words[0].start : words[0].end] == "Drop"
    assert all(0 <= word.weight <= 1 for word in words)
    assert words[-1].end == len(ANSWER)


def test_a_long_answer_is_read_in_stretches(base: Pretrained, untrained: Path) -> None:
    text = " ".join(f"Sentence number {number} says very little." for number in range(120))
    (readings,) = loaded(base, untrained).read(Passage("Why?", text, POINTS[:1]))
    assert len(readings) > 1
    assert readings[-1].words[-1].end == len(text)


def test_weights_for_another_base_are_refused(base: Pretrained, untrained: Path) -> None:
    with pytest.raises(ModelUnavailable, match="pip install"):
        loaded(base._replace(sha256="0" * 64), untrained)


def test_eight_bits_keep_the_trained_network(base: Pretrained, untrained: Path) -> None:
    import torch

    from grader.adapters.reader import checkpoint
    from grader.adapters.reader.network import PointReader

    torch.manual_seed(0)
    wanted = PointReader(base.folder)
    with torch.no_grad():
        for weights in wanted.parameters():
            weights.add_(torch.randn_like(weights) * 0.01)
    loaded = PointReader(base.folder)
    checkpoint.load(loaded, base.sha256, untrained)
    name = "encoder.encoder.layer.0.attention.self.query.weight"
    difference = (wanted.state_dict()[name] - loaded.state_dict()[name]).abs().max()
    assert float(difference) < 0.05 / 127


def example(*, covered: bool) -> Example:
    text = "Dropout drops random units." if covered else "Dropout keeps all units."
    label = Label.COVERED if covered else Label.CONTRADICTED
    words = mark(text, [Span(start=0, end=len(text))])
    return Example("What is dropout?", words, (Target(POINTS[0], frozenset({label}), marked=True),))


def test_training_lowers_the_loss_and_goes_on_where_it_was_stopped(base: Pretrained, tmp_path: Path) -> None:
    import torch

    from grader.adapters.reader.fitting import Training
    from grader.adapters.reader.network import PointReader

    losses: list[float] = []
    stage = Stage("tiny", 12, 3e-4, lambda _choice: [example(covered=covered) for covered in (True, False) * 4])

    def run(folder: Path) -> dict[str, torch.Tensor]:
        torch.manual_seed(1)
        course = Course([stage], folder)
        training = Training(
            PointReader(base.folder), base.folder, course, lambda _stage, _step, _steps, value: losses.append(value)
        )
        return dict(training.run().state_dict())

    first = run(tmp_path / "one")
    assert losses[-1] < losses[0]
    steps = len(losses)
    again = run(tmp_path / "one")
    assert len(losses) == steps
    assert torch.equal(first["classify.weight"], again["classify.weight"])
