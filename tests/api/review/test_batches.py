"""Batches on the review pages: how far they are, what came out, and doubtful rows brought before a person."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.api.batch_worker import work_off
from tests.api.doors import Doors
from tests.api.markup import MARKUP, assert_no_markup
from tests.api.practice.judges import ANSWER
from tests.api.reading_pages import read, send
from tests.api.review.waiting import JUDGES, done, graded, path_to

JSONL = {"Content-Type": "application/jsonl"}


@pytest.fixture(scope="module")
def client(serve: Callable[..., TestClient]) -> TestClient:
    """An application whose judge doubts every answer."""
    return serve(judges=JUDGES, default_judge="unsure", audit_share=0.0)


@pytest.fixture(scope="module")
def finished(client: TestClient) -> str:
    """The id of a batch of six rows by three candidates, and one by nobody, that is done."""
    refs = ["ann@x.org", "bob@x.org", "ann@x.org", "eve@x.org", "bob@x.org", "ann@x.org", None]
    batch_id = submitted(client, [f"{ANSWER} {number}." for number in range(len(refs))], refs, "Spring <b>")
    doors = Doors(client)
    doors.call(work_off, doors.application, "local", batch_id)
    return batch_id


def submitted(client: TestClient, answers: list[str], refs: list[str | None], name: str) -> str:
    rows: list[dict[str, Any]] = [
        {"question_id": "DL0028", "answer": answer, **({"candidate_ref": ref} if ref else {})}
        for answer, ref in zip(answers, refs, strict=True)
    ]
    body = "\n".join(json.dumps(row) for row in rows)
    response = client.post("/v1/batches", content=body, headers=JSONL, params={"name": name})
    assert response.status_code == 202, response.text
    return str(response.json()["id"])


def test_the_list_says_how_far_each_batch_is(client: TestClient, finished: str) -> None:
    page = read(client.get("/review/batches"))
    assert "Spring <b>" in page.words
    assert "7 for review" in page.words
    assert f"/review/batches/{finished}" in page.links


def test_a_batch_shows_scores_hard_points_and_candidates_without_their_names(client: TestClient, finished: str) -> None:
    response = client.get(f"/review/batches/{finished}")
    page = read(response)
    assert "7 of 7 rows" in page.words
    assert "7 scores in steps of 5 %" in page.words
    assert "Sliding window attention was introduced" in page.words
    assert 'aria-label="covered 0 percent, partial 0 percent, missing 100 percent' in page.markup
    assert page.words.count("Candidate ") >= 3
    assert "Nameless" in page.words
    assert "ann@x.org" not in page.markup
    assert "ann@x.org" in read(client.get(f"/review/batches/{finished}?names=shown")).words


@pytest.mark.parametrize(("name", "kind"), [("jsonl", "application/jsonl"), ("csv", "text/csv"), ("html", "text/html")])
def test_the_results_are_there_as_files(client: TestClient, finished: str, name: str, kind: str) -> None:
    response = client.get(f"/review/batches/{finished}/results/{name}")
    assert response.headers["Content-Type"].startswith(kind)
    assert response.headers["Content-Disposition"].endswith(f'.{name}"')
    assert response.content


def test_doubtful_rows_wait_in_the_queue_and_can_be_decided(client: TestClient, finished: str) -> None:
    graded(client)
    link = next(link for link in read(client.get(f"/review/batches/{finished}")).links if "batch=" in link)
    found = [link for link in read(client.get(link)).links if link.startswith(path_to(""))]
    assert len(found) == 7, "those of the batch only"
    page = read(client.get(found[0].partition("?")[0]))
    fields = {"verdict": "covered", "reason": "evidence_missed", "words": "a local window"}
    assert "As people decided" in read(send(client, page, "/overrides", {"point": "k1"}, **fields)).words


def test_a_batch_shows_what_counts_once_people_have_spoken(client: TestClient) -> None:
    batch_id = submitted(client, [f"{ANSWER} {number}!" for number in range(3)], ["ann", "bob", "eve"], "Autumn")
    doors = Doors(client)
    doors.call(work_off, doors.application, "local", batch_id)
    before = read(client.get(f"/review/batches/{batch_id}")).words
    assert "3 for a person to look at" in before
    assert "decided by a person" not in before
    link = next(link for link in read(client.get(f"/review/batches/{batch_id}")).links if "batch=" in link)
    found = [link.partition("?")[0] for link in read(client.get(link)).links if link.startswith(path_to(""))]
    fields = {"verdict": "covered", "reason": "evidence_missed", "words": "a local window"}
    for point in ("k1", "k2", "k3", "k4", "k5"):
        send(client, read(client.get(found[0])), "/overrides", {"point": point}, **fields)
    done(client, found[1].rpartition("/")[2])
    now = read(client.get(f"/review/batches/{batch_id}")).words
    assert "2 decided by a person" in now
    assert "1 for a person to look at" in now
    assert "2 graded" in now
    assert "the machine’s alone" in now
    assert "100\u202f%" in now, "of the candidate whose verdicts were changed"


def test_what_is_not_there_is_not_found(client: TestClient, finished: str) -> None:
    read(client.get("/review/batches/nothing"), 404)
    read(client.get("/review/batches/nothing/results/csv"), 404)
    read(client.get(f"/review/batches/{finished}/results/exe"), 404)


def test_a_batch_under_way_looks_again_by_itself_and_its_texts_stay_texts(client: TestClient) -> None:
    text = " ".join(MARKUP)
    batch_id = submitted(client, [text], [text[:200]], text[:100])
    for path in ("/review/batches", f"/review/batches/{batch_id}", f"/review/batches/{batch_id}?names=shown"):
        assert_no_markup(client.get(path))
    doors = Doors(client)
    doors.call(work_off, doors.application, "local", batch_id)
    assert_no_markup(client.get(f"/review/batches/{batch_id}?names=shown"))
