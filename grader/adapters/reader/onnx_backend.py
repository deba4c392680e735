"""The network run by onnxruntime, from a graph that torch writes once and the data folder keeps.

Where the graph lies ready, reading needs no torch: in a process of its own a reader starts within about a
second and 210 MiB, where torch takes several and 570 MiB (tests/benchmarks/test_reader_backends.py).
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from grader.adapters.reader import onnx_graph
from grader.adapters.reader.backend import Output, Run
from grader.adapters.reader.layout import Row
from grader.adapters.reader.pretrained import Pretrained
from grader.adapters.reader.trained import Trained
from grader.errors import ModelUnavailable

_WAYS: Final = "pip install 'answer-grader[onnx]', or unset GRADER_READER_BACKEND to run it with torch"


class _Session(Protocol):
    """A graph loaded by onnxruntime."""

    def run(self, names: None, inputs: dict[str, NDArray[Any]]) -> tuple[NDArray[np.float32], NDArray[np.float32]]: ...


@dataclass(frozen=True)
class OnnxBackend:
    """A Backend in onnxruntime on the processor; graphs are kept in the folder `cache`, 93 MB each.

    `threads` is how many work on one answer; 0 means one a core.
    """

    cache: Path
    threads: int = 0
    name: str = "onnx-fp32"

    def open(self, base: Pretrained, trained: Trained) -> Run:
        """The network in fp32; its graph is written first, in some 10 s and with torch, where it is not there."""
        runtime = _from_extra("onnxruntime")
        graph = self.cache / onnx_graph.file_name(base, trained)
        if not graph.is_file():
            _write(base, trained, graph)
        session = self._session(runtime, graph)

        def run(row: Row) -> Output:
            return Output(*session.run(None, onnx_graph.inputs(row)))

        return run

    def _session(self, runtime: ModuleType, graph: Path) -> _Session:
        options = runtime.SessionOptions()
        options.intra_op_num_threads = self.threads
        # Threads that wait in a loop would take the processor from the embedder between two answers.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            return runtime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise ModelUnavailable(f"{graph} cannot be loaded ({error}); delete it, and it is written anew") from error


def _from_extra(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ImportError as error:
        raise ModelUnavailable(f"GRADER_READER_BACKEND is onnx, but {name} is missing: {_WAYS}") from error


def _write(base: Pretrained, trained: Trained, graph: Path) -> None:
    """Put the graph in its place in one step: another process sees all of it or nothing."""
    _from_extra("onnxscript")
    try:
        graph.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=graph.parent) as folder:
            from grader.adapters.reader.onnx_export import export  # noqa: PLC0415 - torch, only to write a graph

            fresh = Path(folder) / graph.name
            export(base, trained, fresh)
            fresh.replace(graph)
    except OSError as error:
        raise ModelUnavailable(
            f"The reader's ONNX graph cannot be written: {error}. Set GRADER_DATA_DIR to a folder that can be "
            "written to, or unset GRADER_READER_BACKEND to run it with torch"
        ) from error
