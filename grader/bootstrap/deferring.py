"""Grading at half the price: the same judges over a chat model that takes up to a day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from grader.bootstrap.judging import build_bulk_model, build_judges, chat_samples, prices_of
from grader.bootstrap.stores import Storage
from grader.budget import Budget, BudgetedChatModel, Prices
from grader.clearing import BulkCleaner
from grader.deferring import DeferredChatModel
from grader.grading import Grader
from grader.judges import cascade, llm
from grader.ports import Reader
from grader.settings import Settings

HALF: Final = 0.5
"""The Batch API's price of a token beside the usual one (https://platform.openai.com/docs/guides/batch)."""

JUDGES: Final = frozenset({llm.NAME, cascade.NAME})
"""Those who can ask this way."""


@dataclass(frozen=True)
class HalfPrice:
    """Grades by bulk jobs, at these prices; `grader` has no coach, who would cost another day."""

    grader: Grader
    prices: Prices
    model: DeferredChatModel
    cleaner: BulkCleaner

    async def close(self) -> None:
        """Stop waiting for jobs; what is on its way is found again."""
        await self.model.close()

    async def clear(self) -> None:
        """Let the endpoint forget what was given out, for nobody is at work here who could lose it."""
        await self.cleaner.clear(timedelta(0))


def build_half_price(settings: Settings, grader: Grader, reader: Reader, storage: Storage, budget: Budget) -> HalfPrice:
    """`grader` with the judges `llm` and `cascade` over bulk jobs, one vote each, within the process's budget.

    ConfigurationError where there is no LLM.
    """
    bulk = build_bulk_model(settings)
    model = DeferredChatModel(bulk, storage.bulk_jobs)
    names = ("llm_input_price", "llm_output_price", "llm_cached_input_price")
    halved = {name: None if (price := getattr(settings, name)) is None else price * HALF for name in names}
    cheaper = settings.model_copy(update={**halved, "llm_votes": 1})
    prices = prices_of(cheaper)
    samples = chat_samples(cheaper, BudgetedChatModel(model, budget, prices), storage.responses)
    judges = build_judges(cheaper, reader, samples, None)
    patient = {**grader.judges, **{name: judges[name] for name in JUDGES}}
    return HalfPrice(
        replace(grader, judges=patient, coach=None, coached=False), prices, model, BulkCleaner(bulk, storage.bulk_jobs)
    )
