"""The ONNX backend says what the torch backend says, keeps its graph, and tells what it lacks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from grader.adapters.reader import CrossEncoder, OnnxBackend, Pretrained, TorchBackend
from grader.adapters.reader.onnx_graph import file_name
from grader.adapters.reader.trained import Trained, trained
from grader.bootstrap import open_reader
from grader.errors import ModelUnavailable
from grader.ports import Passage, Reading
from grader.settings import Settings

TOLERANCE = 1e-4
"""Largest difference of a probability or an evidence weight."""

ONE = Passage("What is dropout?", "It drops units.", ("Dropout drops units at random.",))
SIX = Passage(
    "What is dropout?",
    "Dropout drops random units in every training step. At test time all units are used.",
    (
        "Dropout drops units at random.",
        "Dropout is used in training only.",
        "Batch norm normalises activations.",
        "Yes.",
        "The loss goes down.",
        "E = mc².",
    ),
)
LONG = Passage(
    "Why?",
    " ".join(f"Sentence number {number} says very little." for number in range(120)),
    tuple(f"Sentence {number} says little." for number in range(20)),
)
EMPTY = Passage("", "", ("Dropout drops units at random.",))

BASE = Pretrained(Path("nowhere"), "a" * 64)
TRAINED = Trained(Path("nowhere"), "b" * 64)

CHILD = """
import asyncio, sys
from pathlib import Path
from grader.adapters.reader import Pretrained, CrossEncoder, OnnxBackend
folder, sha256, weights, cache = sys.argv[1:]
reader = CrossEncoder(lambda: Pretrained(Path(folder), sha256), Path(weights), OnnxBackend(Path(cache)))
asyncio.run(reader.warm())
reader.close()
print("torch" in sys.modules, "transformers" in sys.modules, "onnxruntime" in sys.modules)
"""


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose graph all tests share; without the extra they are skipped."""
    pytest.importorskip("onnxruntime", reason="the extra answer-grader[onnx] is not installed")
    return tmp_path_factory.mktemp("cache")


def probabilities(reading: Reading) -> NDArray[np.float64]:
    odds = np.exp(np.array(reading.logits))
    shares: NDArray[np.float64] = odds / odds.sum()
    return shares


@pytest.mark.embed
@pytest.mark.parametrize("passage", [ONE, SIX, LONG, EMPTY], ids=["one", "six", "long", "empty"])
async def test_both_backends_read_the_same(base: Pretrained, untrained: Path, cache: Path, passage: Passage) -> None:
    of_torch = CrossEncoder(lambda: base, untrained, TorchBackend())
    of_onnx = CrossEncoder(lambda: base, untrained, OnnxBackend(cache))
    expected, found = await of_torch.read(passage), await of_onnx.read(passage)
    assert [len(readings) for readings in found] == [len(readings) for readings in expected]
    for readings, others in zip(expected, found, strict=True):
        for one, other in zip(readings, others, strict=True):
            assert probabilities(other) == pytest.approx(probabilities(one), abs=TOLERANCE)
            assert [word.weight for word in other.words] == pytest.approx(
                [word.weight for word in one.words], abs=TOLERANCE
            )
            assert [(word.start, word.end) for word in other.words] == [(word.start, word.end) for word in one.words]
    of_torch.close()
    of_onnx.close()


@pytest.mark.embed
async def test_the_backend_stands_in_the_identity(base: Pretrained, untrained: Path, cache: Path) -> None:
    reader = CrossEncoder(lambda: base, untrained, OnnxBackend(cache))
    await reader.warm()
    reader.close()
    assert reader.identity["backend"] == "onnx-fp32"
    assert reader.identity["base_sha256"] == base.sha256


@pytest.mark.embed
def test_a_kept_graph_is_read_without_torch_and_left_as_it_is(base: Pretrained, untrained: Path, cache: Path) -> None:
    with trained(untrained) as weights:
        OnnxBackend(cache).open(base, weights)
    (graph,) = cache.iterdir()
    written = graph.stat().st_mtime_ns
    arguments = [str(base.folder), base.sha256, str(untrained), str(cache)]
    done = subprocess.run([sys.executable, "-c", CHILD, *arguments], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False", "True"]
    assert done.stderr == ""
    assert [graph.stat().st_mtime_ns for graph in cache.iterdir()] == [written]


@pytest.mark.usefixtures("cache")
def test_a_torn_graph_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / file_name(BASE, TRAINED)).write_bytes(b"torn")
    with pytest.raises(ModelUnavailable, match="delete it"):
        OnnxBackend(tmp_path).open(BASE, TRAINED)


@pytest.mark.usefixtures("cache")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ModelUnavailable, match="GRADER_DATA_DIR"):
        OnnxBackend(tmp_path / "file").open(BASE, TRAINED)


def test_without_the_runtime_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ModelUnavailable, match=r"pip install 'answer-grader\[onnx\]'"):
        OnnxBackend(tmp_path).open(BASE, TRAINED)


@pytest.mark.usefixtures("cache")
def test_without_the_exporter_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxscript", None)
    with pytest.raises(ModelUnavailable, match=r"onnxscript is missing: pip install 'answer-grader\[onnx\]'"):
        OnnxBackend(tmp_path).open(BASE, TRAINED)


def test_other_weights_have_another_graph() -> None:
    names = {
        file_name(BASE, TRAINED),
        file_name(BASE._replace(sha256="c" * 64), TRAINED),
        file_name(BASE, TRAINED._replace(sha256="c" * 64)),
    }
    assert len(names) == 3


@pytest.mark.parametrize(("setting", "name"), [({}, "torch-fp32"), ({"reader_backend": "onnx"}, "onnx-fp32")])
def test_the_setting_chooses_the_backend(setting: dict[str, str], name: str) -> None:
    assert open_reader(Settings.model_validate(setting)).identity["backend"] == name
