"""Grading at half the price: the same judges over a chat model that takes up to a day."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from grader.bootstrap.judging import build_bulk_model, build_judges, chat_samples
from grader.bootstrap.services import Services
from grader.bootstrap.stores import Storage
from grader.deferring import DeferredChatModel
from grader.grading import Grader
from grader.judges import cascade, llm
from grader.ports import BulkChatModel, Reader
from grader.settings import Settings

HALF: Final = 0.5
"""The Batch API's price of a token beside the usual one (https://platform.openai.com/docs/guides/batch)."""


def build_deferred_model(settings: Settings, storage: Storage, bulk: BulkChatModel | None = None) -> DeferredChatModel:
    """The configured chat model by bulk jobs; `bulk` takes the endpoint's place. Close it when it is done."""
    return DeferredChatModel(bulk or build_bulk_model(settings), storage.bulk_jobs)


def build_deferred_grader(services: Services, reader: Reader, model: DeferredChatModel) -> Grader:
    """The services' grader with the judges `llm` and `cascade` over `model`, one vote each, at half the prices."""
    settings, grader = services.settings, services.grader
    prices = ("llm_input_price", "llm_output_price", "llm_cached_input_price")
    halved = {name: None if (price := getattr(settings, name)) is None else price * HALF for name in prices}
    cheaper = settings.model_copy(update={**halved, "llm_votes": 1})
    samples = chat_samples(cheaper, model, services.storage.responses)
    judges = build_judges(cheaper, reader, samples, None)
    return replace(grader, judges={**grader.judges, **{name: judges[name] for name in (llm.NAME, cascade.NAME)}})
