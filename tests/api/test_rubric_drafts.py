"""Drafting rubrics over HTTP."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

REFERENCE = (
    "Tides come from the gravity of the moon, which pulls the water of the oceans. "
    "The earth turns under two bulges of water, so most coasts see two high tides a day.\n\n"
    "- Spring tides: the sun and the moon pull in one line.\n"
    "- Neap tides: the sun pulls at a right angle to the moon.\n"
)
BODY = {"question": "Why are there tides?", "reference_answer": REFERENCE}


def test_a_draft_says_what_was_found_where_it_comes_from_and_how_it_does_in_trials(client: TestClient) -> None:
    response = client.post("/v1/rubrics/drafts", json=BODY)
    draft = response.json()
    assert response.status_code == 201
    assert set(draft) == {"rubric", "content_hash", "provenance", "coverage", "readability", "check", "usage"}
    assert len(draft["rubric"]["key_points"]) >= 3
    assert draft["content_hash"].startswith("sha256:")
    assert draft["provenance"] == {"extractor": "structure"}
    tried = ["reference", "blank", "question", "keywords", "shuffled", "negated", "other question"]
    assert [trial["answer"] for trial in draft["check"]["trials"]] == tried


def test_every_key_point_of_a_draft_stands_in_the_reference_answer(client: TestClient) -> None:
    rubric = client.post("/v1/rubrics/drafts", json=BODY).json()["rubric"]
    text = rubric["reference_answer"]
    assert all(text[point["source"]["start"] : point["source"]["end"]].strip() for point in rubric["key_points"])


def test_the_same_reference_answer_gives_the_same_draft(client: TestClient) -> None:
    first, second = (client.post("/v1/rubrics/drafts", json=BODY).json() for _ in range(2))
    assert first == second


@pytest.mark.parametrize("reference", ["???", "Figure 1", "-", "   "])
def test_a_reference_answer_without_a_statement_is_refused(client: TestClient, reference: str) -> None:
    response = client.post("/v1/rubrics/drafts", json=BODY | {"reference_answer": reference})
    assert (response.status_code, response.json()["type"]) == (422, "urn:answer-grader:problem:validation-error")


@pytest.mark.parametrize("sentence", ["Water follows the moon in case {}. ", "1. Item {} is one of them.\n", "詞{}。"])
def test_a_long_reference_answer_gives_a_draft_of_at_most_fifty_points(client: TestClient, sentence: str) -> None:
    reference = "".join(sentence.format(number) for number in range(500))[:2_000]
    response = client.post("/v1/rubrics/drafts", json=BODY | {"reference_answer": reference})
    assert response.status_code == 201
    assert len(response.json()["rubric"]["key_points"]) <= 50
