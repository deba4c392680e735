"""The composition root: settings in, a working service out. The only place that knows every adapter."""

from grader.bootstrap.judging import build_chat_model
from grader.bootstrap.reading import locate_embedding_model, locate_reader, open_reader, train_reader
from grader.bootstrap.services import Services, build_services
from grader.bootstrap.stores import open_store

__all__ = [
    "Services",
    "build_chat_model",
    "build_services",
    "locate_embedding_model",
    "locate_reader",
    "open_reader",
    "open_store",
    "train_reader",
]
