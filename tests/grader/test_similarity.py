"""Retrieval finds the passage that talks about a key point."""

from __future__ import annotations

from collections.abc import Sequence

from grader.fakes import FakeEmbedder
from grader.ports import Vectors
from grader.similarity import MAX_PASSAGES, find_matches
from grader.text.canonical import canonicalise
from rubrics.model import KeyPoint, Question, Rubric

RUBRIC = Rubric(
    question=Question(id="q", title="Tides", text="Why are there tides?"),
    key_points=(
        KeyPoint(id="k1", text="Gravity of the moon pulls the ocean."),
        KeyPoint(id="k2", text="Rotation moves coasts through bulges.", paraphrases=("The earth spins below.",)),
    ),
)


class CountingEmbedder(FakeEmbedder):
    """Counts the texts it was given."""

    texts = 0

    async def embed(self, texts: Sequence[str]) -> Vectors:
        CountingEmbedder.texts += len(texts)
        return await super().embed(texts)


async def test_each_point_gets_the_sentence_that_is_closest_to_it() -> None:
    answer = canonicalise("The ocean is pulled by gravity of the moon. Then the earth spins below. Nice weather.")
    first, second = await find_matches(FakeEmbedder(), RUBRIC, answer)
    assert first.passage.of(answer.text) == "The ocean is pulled by gravity of the moon."
    assert second.passage.of(answer.text) == "Then the earth spins below."
    assert first.similarity > 0.5


async def test_a_paraphrase_counts_as_the_point() -> None:
    answer = canonicalise("The earth spins below.")
    _, second = await find_matches(FakeEmbedder(), RUBRIC, answer)
    assert second.similarity == 1.0


async def test_terms_are_the_share_of_the_points_own_words_that_the_answer_uses() -> None:
    answer = canonicalise("Tides come from the moon and its gravity.")
    first, second = await find_matches(FakeEmbedder(), RUBRIC, answer)
    assert (first.terms, second.terms) == (0.5, 0.0)  # gravity and moon of gravity, moon, pulls, ocean


async def test_an_answer_without_words_matches_nothing() -> None:
    assert await find_matches(FakeEmbedder(), RUBRIC, canonicalise("…")) == ()


async def test_an_answer_of_thousands_of_sentences_is_measured_in_a_bounded_number_of_passages() -> None:
    answer = canonicalise("One word. " * 2_000)
    embedder = CountingEmbedder()
    await find_matches(embedder, RUBRIC, answer)
    assert embedder.texts <= MAX_PASSAGES + 10
