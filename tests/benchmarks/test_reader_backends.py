"""What the ONNX backend of the reader costs beside torch, in the same run: `pytest -m slow tests/benchmarks -s`.

On a quiet machine: while others work on its cores, torch's threads wait in loops and take ten times as long.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.adapters.reader import OnnxBackend, Pretrained, TorchBackend
from grader.adapters.reader.trained import trained
from grader.ports import Passage, Reading
from tests.reader_weights import pinned_base, write_untrained

pytestmark = [pytest.mark.slow, pytest.mark.embed]

THREADS = 2
ROUNDS = 15
MARGIN = 1.25
"""How much slower than torch the median of a round may be; the rounds of one backend differ by a tenth."""

PASSAGE = Passage(
    "Explain dropout.",
    "Dropout drops random units of a layer in every step of training, so that no unit can rely on a certain other one. "
    "It works like training many thin networks that share their weights. At test time all units are used, and the "
    "weights are scaled by the chance of keeping a unit, or the activations are scaled up in training already. It is "
    "a regulariser and makes training slower.",
    (
        "Dropout sets random units of a layer to zero in every training step.",
        "Dropout prevents units from adapting to each other too much.",
        "Dropout can be seen as training an ensemble of many networks that share weights.",
        "At test time no units are dropped.",
        "Activations are scaled so that their expected value stays the same.",
        "Dropout usually makes training converge more slowly.",
    ),
)

START = """
import sys, time
from pathlib import Path
began = time.perf_counter()
from grader.adapters.reader import Pretrained, OnnxBackend, TorchBackend
from grader.adapters.reader.trained import trained
backend, folder, sha256, weights, cache = sys.argv[1:]
with trained(Path(weights)) as found:
    (OnnxBackend(Path(cache), 2) if backend == "onnx" else TorchBackend()).open(Pretrained(Path(folder), sha256), found)
elapsed = time.perf_counter() - began
kibibytes = Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]
print(elapsed, int(kibibytes) / 1024)
"""


@pytest.fixture(scope="module")
def base() -> Pretrained:
    return pinned_base()


@pytest.fixture(scope="module")
def untrained(base: Pretrained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_untrained(base, tmp_path_factory.mktemp("weights") / "reader.safetensors")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("onnxruntime", reason="the extra answer-grader[onnx] is not installed")
    return tmp_path_factory.mktemp("cache")


def test_onnx_reads_an_answer_about_as_fast_as_torch(base: Pretrained, untrained: Path, cache: Path) -> None:
    import torch

    from grader.adapters.reader.model import ReaderModel

    torch.set_num_threads(THREADS)
    with trained(untrained) as weights:
        models = {
            backend.name: ReaderModel(base.folder, backend.open(base, weights))
            for backend in (TorchBackend(), OnnxBackend(cache, THREADS))
        }
    times = interleaved({name: lambda model=model: model.read(PASSAGE) for name, model in models.items()})
    print(f"\none answer of 70 words, 6 points, {THREADS} threads, {ROUNDS} rounds")
    for name, seconds in times.items():
        print(f"{name}: median {seconds * 1e3:.0f} ms")
    assert times["onnx-fp32"] < times["torch-fp32"] * MARGIN


def test_with_its_graph_onnx_starts_faster_and_smaller_than_torch(
    base: Pretrained, untrained: Path, cache: Path
) -> None:
    with trained(untrained) as weights:
        OnnxBackend(cache).open(base, weights)
    if not Path("/proc/self/status").is_file():
        pytest.skip("memory is read from Linux's /proc")
    started = {backend: start(backend, base, untrained, cache) for backend in ("torch", "onnx")}
    for backend, (seconds, mebibytes) in started.items():
        print(f"\n{backend}: open after {seconds:.2f} s, at most {mebibytes:.0f} MiB")
    assert started["onnx"][0] < started["torch"][0]
    assert started["onnx"][1] < started["torch"][1]


def interleaved(reads: dict[str, Callable[[], list[list[Reading]]]]) -> dict[str, float]:
    """Median seconds per read, in turns so that noise meets all alike."""
    rounds: dict[str, list[float]] = {name: [] for name in reads}
    for read in reads.values():
        read()
    for _ in range(ROUNDS):
        for name, read in reads.items():
            began = time.perf_counter()
            read()
            rounds[name].append(time.perf_counter() - began)
    return {name: statistics.median(found) for name, found in rounds.items()}


def start(backend: str, base: Pretrained, weights: Path, cache: Path) -> tuple[float, float]:
    """Seconds until the network is loaded in a fresh process, and its highest memory in MiB."""
    arguments = [backend, str(base.folder), base.sha256, str(weights), str(cache)]
    done = subprocess.run([sys.executable, "-c", START, *arguments], capture_output=True, text=True, check=True)
    seconds, mebibytes = done.stdout.split()
    return float(seconds), float(mebibytes)
