"""Training the network: stages of batches, AdamW, resumed where it was left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from torch import nn

from grader.adapters.reader import checkpoint
from grader.adapters.reader.model import Vocabulary
from grader.adapters.reader.network import PointReader
from grader.adapters.reader.pretrained import Pretrained
from grader.adapters.reader.teaching import length, lesson, loss
from grader.training.curriculum import Course, OnStep, Stage
from grader.training.examples import Example

SEED: Final = 1
WARM_UP_STEPS: Final = 100
LEAST_RATE: Final = 0.02
"""Share of the highest learning rate at the end of a stage."""

WEIGHT_DECAY: Final = 0.01
LARGEST_GRADIENT: Final = 1.0
"""Norm that the gradient is cut to."""

SAVE_EVERY: Final = 200
"""Steps between two saves: three minutes on two cores."""

SMOOTHING: Final = 0.98


def train(base: Pretrained, course: Course, weights: Path, on_step: OnStep) -> None:
    """Train a network and write what it learned to `weights`."""
    torch.manual_seed(SEED)
    network = PointReader(base.folder)
    if course.start is not None:
        checkpoint.load(network, base.sha256, course.start)
    trained = Training(network, base.folder, course, on_step).run()
    torch.manual_seed(SEED)
    checkpoint.save(trained, PointReader(base.folder), base.sha256, weights)


@dataclass
class Training:
    """A network in training; what is in the course's folder lets the same call go on after a stop."""

    network: PointReader
    base: Path
    course: Course
    on_step: OnStep
    seed: int = SEED

    def run(self) -> PointReader:
        """The trained network, on the processor."""
        torch.manual_seed(self.seed)
        self.course.work.mkdir(parents=True, exist_ok=True)
        self.network.to(_device())
        vocabulary = Vocabulary(self.base)
        for stage in self.course.stages:
            self._run(stage, vocabulary)
        return self.network.cpu().eval()

    def _run(self, stage: Stage, vocabulary: Vocabulary) -> None:
        done = self.course.work / f"{stage.name}.pt"
        if done.is_file():
            self.network.load_state_dict(torch.load(done, map_location=_device()))
            return
        batches = list(stage.steps(length, self.seed))
        state = _State.new(self.network, stage.rate, len(batches))
        kept = self.course.work / f"{stage.name}.partial.pt"
        first = state.restore(kept) if kept.is_file() else 0
        self.network.train()
        running: float | None = None
        for step, batch in enumerate(batches[first:], start=first + 1):
            value = self._step(state, vocabulary, batch)
            running = value if running is None else SMOOTHING * running + (1 - SMOOTHING) * value
            self.on_step(stage.name, step, len(batches), running)
            if step % SAVE_EVERY == 0:
                state.save(kept, step)
        _write(self.network.state_dict(), done)
        kept.unlink(missing_ok=True)

    def _step(self, state: _State, vocabulary: Vocabulary, batch: Sequence[Example]) -> float:
        device = _device()
        taught = lesson(vocabulary, batch).to(device)
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=_multiplies_bf16(device)):
            read = self.network(taught.batch)
        value = loss(taught, read)
        value.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), LARGEST_GRADIENT)
        state.advance()
        return float(value.detach())


@dataclass
class _State:
    """What a stage changes from step to step."""

    network: PointReader
    optimiser: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.LRScheduler

    @classmethod
    def new(cls, network: PointReader, rate: float, steps: int) -> _State:
        learning = [weights for weights in network.parameters() if weights.requires_grad]
        optimiser = torch.optim.AdamW(learning, lr=rate, weight_decay=WEIGHT_DECAY, fused=True)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimiser, lambda step: min(1.0, (step + 1) / WARM_UP_STEPS) * max(LEAST_RATE, 1 - step / steps)
        )
        return cls(network, optimiser, schedule)

    def advance(self) -> None:
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        self.schedule.step()

    def save(self, file: Path, step: int) -> None:
        _write(
            {
                "step": step,
                **{name: part.state_dict() for name, part in self._parts()},
                "random": torch.get_rng_state(),
            },
            file,
        )

    def restore(self, file: Path) -> int:
        kept = torch.load(file)
        for name, part in self._parts():
            part.load_state_dict(kept[name])
        torch.set_rng_state(kept["random"])
        return int(kept["step"])

    def _parts(self) -> Iterator[tuple[str, Any]]:
        yield from (("network", self.network), ("optimiser", self.optimiser), ("schedule", self.schedule))


def _write(entries: dict[str, Any], file: Path) -> None:
    """Save so that a stop in the middle leaves the older file."""
    fresh = file.with_suffix(".new")
    torch.save(entries, fresh)
    fresh.replace(file)


def _device() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def _multiplies_bf16(device: torch.device) -> bool:
    """Whether 16 bits are faster here than 32: a processor that has to convert them is slower for it (measured)."""
    able = torch.cpu.get_capabilities()
    return device.type != "cpu" or bool(able.get("avx512_bf16") or able.get("amx_bf16"))
