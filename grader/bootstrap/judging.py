"""The judges of a configuration, and the chat models behind them."""

from __future__ import annotations

from grader import extracting
from grader.access import Limit
from grader.adapters.chat.breaker import GuardedChatModel
from grader.adapters.chat.limits import LimitedChatModel
from grader.adapters.chat.options import ChatOptions, Endpoint
from grader.adapters.chat.retrying import RetryingChatModel
from grader.bootstrap.secret import deployment_secret
from grader.budget import Budget, BudgetedChatModel, Prices
from grader.caching import CachedChatModel
from grader.coach import Coach
from grader.errors import ConfigurationError
from grader.extracting import LlmExtractor
from grader.interviews.adviser import Adviser
from grader.judges import cascade, decisions, formula, llm, local, similarity, voting
from grader.ports import BulkChatModel, ChatModel, DecisionModel, Judge, Reader, ResponseCache
from grader.prompting.examples import load_examples
from grader.settings import Settings


def build_judges(
    settings: Settings, reader: Reader, samples: tuple[ChatModel, ...], decision_model: DecisionModel | None
) -> dict[str, Judge]:
    """The judges by name; `samples` are as many views of the chat model as there are votes."""
    judges: dict[str, Judge] = {
        similarity.NAME: similarity.SimilarityJudge(similarity.Calibration.shipped()),
        local.NAME: formula.FormulaJudge(local.LocalJudge(reader, local.Calibration.shipped())),
    }
    if decision_model is not None:
        judges[decisions.NAME] = decisions.DecisionJudge(decision_model)
    if samples:
        examples = load_examples(settings.llm_examples) if settings.llm_examples else ()
        secret, prices = deployment_secret(settings), prices_of(settings)
        votes = tuple(llm.LlmJudge(model, secret, prices, examples) for model in samples)
        judges[llm.NAME] = votes[0]
        judges[cascade.NAME] = _cascade(settings, judges[local.NAME], votes)
    return judges


def _cascade(settings: Settings, first: Judge, votes: tuple[Judge, ...]) -> Judge:
    second = voting.VotingJudge(votes) if len(votes) > 1 else votes[0]
    thresholds = cascade.Thresholds.read(first.name, settings.cascade_thresholds)
    return cascade.CascadeJudge(first, second, thresholds, fallback=settings.cascade_fallback)


def build_budget(settings: Settings) -> Budget:
    """What this process may spend."""
    limit = Limit(settings.llm_budget_calls, settings.llm_budget_tokens, settings.llm_budget_usd)
    return Budget(limit, "this process (GRADER_LLM_BUDGET_…)")


def build_budgeted_model(settings: Settings, budget: Budget) -> ChatModel | None:
    """The configured chat model within a budget, or None."""
    if settings.llm_model is None:
        return None
    return BudgetedChatModel(build_chat_model(settings, settings.llm_model), budget, prices_of(settings))


def chat_samples(settings: Settings, model: ChatModel, cache: ResponseCache) -> tuple[ChatModel, ...]:
    """The chat model once a vote, each with its own place in the cache, which keeps replies with verdicts."""
    if settings.llm_cache_days == 0:
        return (model,) * settings.llm_votes
    return tuple(CachedChatModel(model, cache, llm.is_worth_keeping, vote) for vote in range(settings.llm_votes))


def build_coach(settings: Settings, chat_model: ChatModel | None) -> Coach | None:
    """Who can write feedback in its own words, for requests that ask for it."""
    if chat_model is None:
        return None
    return Coach(chat_model, deployment_secret(settings), prices_of(settings))


def build_extractor(
    settings: Settings, chat_model: ChatModel | None, cache: ResponseCache | None = None
) -> LlmExtractor | None:
    """Who can draw key points with a language model, for those who ask for the extractor `llm`.

    Its place in the `cache`, where there is one, keeps replies with points: those of the judges keep verdicts.
    """
    if chat_model is None:
        return None
    if cache is not None and settings.llm_cache_days > 0:
        chat_model = CachedChatModel(chat_model, cache, extracting.is_worth_keeping)
    return LlmExtractor(chat_model, deployment_secret(settings), prices_of(settings))


def build_adviser(settings: Settings, chat_model: ChatModel | None) -> Adviser | None:
    """Who can be asked about turns and speakers of interviews; its replies are in no cache."""
    if chat_model is None:
        return None
    return Adviser(chat_model, deployment_secret(settings), prices_of(settings))


def build_decision_model(settings: Settings) -> DecisionModel | None:
    """The configured decision model, or None."""
    if settings.llm_decisions_model is None:
        return None
    from grader.adapters.chat.decisions import OpenAiDecisionModel  # noqa: PLC0415 - as above

    return OpenAiDecisionModel(settings.llm_decisions_model, _endpoint(settings), timeout=settings.llm_try_seconds)


def prices_of(settings: Settings) -> Prices:
    """What tokens cost."""
    return Prices(settings.llm_input_price, settings.llm_output_price, settings.llm_cached_input_price)


def build_chat_model(settings: Settings, model: str) -> ChatModel:
    """The model behind its layers; a try is inside the breaker, the breaker inside the limits, all inside the tries."""
    from grader.adapters.chat.openai_chat import OpenAiChatModel  # noqa: PLC0415 - 0.5 s, only where one is configured

    options = _chat_options(settings)
    one_try = OpenAiChatModel(model, _endpoint(settings), timeout=settings.llm_try_seconds, options=options)
    limited = LimitedChatModel(
        GuardedChatModel(one_try),
        concurrency=settings.llm_concurrency,
        tokens_per_minute=settings.llm_tokens_per_minute,
        longest_wait=settings.llm_deadline_seconds / 2,  # later, too little time would be left for an answer
    )
    return RetryingChatModel(limited, deadline=settings.llm_deadline_seconds, tries=settings.llm_tries)


def build_bulk_model(settings: Settings) -> BulkChatModel:
    """The configured model by the endpoint's Batch API; ConfigurationError where none is configured."""
    if settings.llm_model is None:
        raise ConfigurationError("GRADER_LLM_MODEL is not set; half the price needs an LLM with a Batch API")
    from grader.adapters.chat.bulk import OpenAiBulkChatModel  # noqa: PLC0415 - as above
    from grader.adapters.chat.dialect import Dialect  # noqa: PLC0415 - as above

    endpoint = _endpoint(settings)
    return OpenAiBulkChatModel(
        settings.llm_model, endpoint, Dialect(settings.llm_model, endpoint, _chat_options(settings))
    )


def _chat_options(settings: Settings) -> ChatOptions:
    return ChatOptions(
        temperature=settings.llm_temperature,
        seed=settings.llm_seed,
        reasoning_effort=settings.llm_reasoning_effort,
        max_output_tokens=settings.llm_max_output_tokens,
    )


def _endpoint(settings: Settings) -> Endpoint:
    key = settings.llm_api_key
    return Endpoint(settings.llm_base_url, key.get_secret_value() if key else None)
