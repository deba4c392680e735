"""Drafts that a language model draws, over HTTP: what they show, and what happens when it is not there."""

from __future__ import annotations

import json
from typing import Any

from grader.access import Scope
from grader.budget import Prices
from grader.domain import Label, Usage
from grader.errors import JudgeFailure
from grader.extracting import LlmExtractor, is_worth_keeping
from grader.fakes import FakeChatModel, FakeJudge, completion
from tests.api.doors import Doors, slug

BODY = {
    "question": "Why are there tides?",
    "reference_answer": "The moon pulls the oceans. The earth turns under two bulges of water.",
    "extractor": "llm",
}
MOON = {"citation": "moon pulls the oceans", "text": "The moon pulls the oceans.", "weight": 3}
TURN = {"citation": "turns under two bulges", "text": "The earth turns under two bulges.", "weight": 2}


def points(**changes: str) -> str:
    drawn = [each | {"required": False, "formula": False} | changes for each in (MOON, TURN)]
    return json.dumps({"points": drawn})


GOOD = points()


def doors(serve: Any, *replies: Any, **settings: Any) -> Doors:
    """An application whose language model says these replies, the last one again and again."""
    extractor = LlmExtractor(FakeChatModel(list(replies)), b"secret", Prices(input=10))
    judges = {"fake": FakeJudge({"k1": Label.COVERED})}
    return Doors(serve(judges=judges, default_judge="fake", extractor=extractor, **settings))


def test_a_draft_by_the_model_cites_its_source_and_says_who_drew_it_and_what_it_cost(serve: Any) -> None:
    found = doors(serve, completion(GOOD))
    response = found.send("POST", "/v1/rubrics/drafts", None, json=BODY)
    draft = response.json()
    assert response.status_code == 201, response.text
    assert [point["text"] for point in draft["rubric"]["key_points"]] == [MOON["text"], TURN["text"]]
    assert draft["provenance"].items() >= {"extractor": "llm", "model": "fake-chat"}.items()
    assert (draft["usage"]["llm_calls"], draft["usage"]["cost_usd"]) == (1, 0.001)


def test_without_a_model_it_is_refused_by_name(client: Any) -> None:
    response = client.post("/v1/rubrics/drafts", json=BODY)
    assert (response.status_code, response.json()["errors"][0]["code"]) == (422, "no_llm")


def test_a_model_that_gives_no_points_is_an_unavailable_judge_and_its_calls_count(serve: Any) -> None:
    found = doors(serve, JudgeFailure("timeout", "late", usage=Usage(llm_calls=1)), tenant_budget_calls=1)
    key = found.key(Scope.AUTHOR)
    first, second = (found.send("POST", "/v1/rubrics/drafts", key, json=BODY) for _ in range(2))
    assert (first.status_code, slug(first)) == (503, "judge-unavailable")
    assert first.headers["Retry-After"]
    assert (second.status_code, slug(second)) == (429, "budget-exhausted")


def test_a_draft_counts_even_where_none_of_its_points_cites_the_reference(serve: Any) -> None:
    found = doors(serve, completion(points(citation="the sun pulls the coasts")), tenant_budget_calls=1)
    key = found.key(Scope.AUTHOR)
    first, second = (found.send("POST", "/v1/rubrics/drafts", key, json=BODY) for _ in range(2))
    assert [first.status_code, second.status_code] == [422, 429]
    by_structure = BODY | {"extractor": "structure"}
    assert found.send("POST", "/v1/rubrics/drafts", key, json=by_structure).status_code == 201


def test_a_reference_without_a_statement_costs_nothing(serve: Any) -> None:
    found = doors(serve, completion(GOOD), tenant_budget_calls=1)
    key = found.key(Scope.AUTHOR)
    empty = found.send("POST", "/v1/rubrics/drafts", key, json=BODY | {"reference_answer": "???"})
    assert empty.status_code == 422
    assert found.send("POST", "/v1/rubrics/drafts", key, json=BODY).status_code == 201


def test_only_a_whole_list_of_points_is_worth_keeping() -> None:
    cut = completion(GOOD, finish_reason="length")
    replies = (completion(GOOD), completion(GOOD[:-9]), cut, completion("[]"), completion('{"verdicts": []}'))
    assert [is_worth_keeping(reply, ()) for reply in replies] == [True, False, False, False, False]
