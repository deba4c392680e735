"""The model that reads answers: its network, its trained weights, how it is run and how it is trained."""

from grader.adapters.reader.cross_encoder import CrossEncoder
from grader.adapters.reader.onnx_backend import OnnxBackend
from grader.adapters.reader.pretrained import Pretrained
from grader.adapters.reader.torch_backend import TorchBackend

__all__ = ["CrossEncoder", "OnnxBackend", "Pretrained", "TorchBackend"]
