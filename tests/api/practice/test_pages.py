"""What holds for every page: nothing comes from elsewhere, no text becomes markup, and it is light."""

from __future__ import annotations

import gzip
import hashlib
import re
import time
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.web.rendering import STATIC
from grader.domain import Label
from grader.fakes import FakeJudge
from grader.text.canonical import MAX_CHARACTERS
from rubrics.bank import Bank
from rubrics.serialization import format_rubric
from tests.api.markup import MARKUP, assert_no_markup, hostile_texts
from tests.api.practice.judges import ANSWER
from tests.api.reading_pages import answer, read, send

PATH = "/practice/questions/DL0028"
HTMX_SHA256 = "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"
"""Of dist/htmx.min.js in htmx.org 2.0.11 as the npm registry has it; Zero-Clause BSD."""


def every_page(client: TestClient) -> list[Any]:
    graded = answer(client, ANSWER)
    return [client.get("/practice"), client.get(PATH), graded, client.get("/practice/progress"), client.get("/nowhere")]


def test_the_pages_load_nothing_from_elsewhere_and_have_nothing_inline(reader: TestClient) -> None:
    for response in every_page(reader)[:4]:
        page = read(response)
        assert not [link for link in page.links if not link.startswith(("/", "#"))]
        assert not re.findall(r'src="(?!/static/)', response.text)
        assert "style" not in page.tags | page.attributes
        assert not [name for name in page.attributes if name.startswith("on")]
        assert not re.search(r"<script(?![^>]+src=)", response.text)


def test_the_policy_allows_no_inline_script_or_style(reader: TestClient) -> None:
    policy = reader.get("/practice").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'"} <= set(policy.split("; "))


def test_the_first_page_weighs_less_than_100_kilobytes(reader: TestClient) -> None:
    page = reader.get("/practice")
    files = re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text)
    imported = ["/static/answer-editor.js", "/static/practice-keys.js", "/static/keys.js"]
    assert len(files) >= 5
    sent = 0
    for name in {*files, *imported}:
        response = reader.get(name, headers={"Accept-Encoding": "gzip"})
        packed = response.headers.get("Content-Encoding") == "gzip"
        sent += len(gzip.compress(response.content)) if packed else len(response.content)
    assert len(page.content) + sent <= 100_000


def test_the_vendored_script_is_the_one_that_was_published() -> None:
    assert hashlib.sha256((STATIC / "htmx-2.0.11.min.js").read_bytes()).hexdigest() == HTMX_SHA256


def test_feedback_on_twelve_points_takes_less_than_a_tenth_of_a_second(serve: Any, tmp_path: Any, bank: Bank) -> None:
    rubric = bank.rubric("DL0028")
    texts = [f"Attention costs O(n^{number}) with $\\frac{{n}}{{{number}}}$ windows." for number in range(1, 13)]
    points = tuple(
        rubric.key_points[0].model_copy(update={"id": f"k{number}", "text": text, "source": None})
        for number, text in enumerate(texts, 1)
    )
    (tmp_path / "DL0028.yaml").write_text(format_rubric(rubric.model_copy(update={"key_points": points, "groups": ()})))
    judge = FakeJudge({f"k{number}": Label.COVERED for number in range(1, 7)})
    client = serve(judges={"fake": judge}, default_judge="fake", bank=Bank(tmp_path))
    response = answer(client, ANSWER)
    assert read(response).words.count("weight 3") == 12
    took = []
    for _ in range(5):
        start = time.perf_counter()
        client.get(response.url.path)
        took.append(time.perf_counter() - start)
    assert min(took) <= 0.1


def test_no_text_of_an_answer_a_flag_or_a_search_becomes_markup(reader: TestClient, attacks: list[str]) -> None:
    for text in (*MARKUP, *attacks):
        assert_no_markup(answer(reader, text, action="draft"))
        assert_no_markup(reader.get("/practice", params={"text": text[:200]}))
    everything = "\n".join((ANSWER, *MARKUP, *attacks))[:MAX_CHARACTERS]
    graded = answer(reader, everything)
    assert_no_markup(graded)
    assert_no_markup(send(reader, read(graded), "/flags", {"point": "k2"}, reason="other", text="".join(MARKUP)))
    assert "{{ 7*7 }}" in graded.text


def test_no_text_of_a_rubric_becomes_markup(serve: Any, tmp_path: Any, bank: Bank) -> None:
    text, rubric = " ".join(MARKUP), bank.rubric("DL0028")
    question = rubric.question.model_copy(update={"title": text, "text": text, "category": text, "tags": (text,)})
    points = tuple(
        point.model_copy(update={"text": f"{text} {point.id}", "topic": text, "hint": text, "source": None})
        for point in rubric.key_points
    )
    changed = rubric.model_copy(update={"question": question, "key_points": points, "reference_answer": text})
    (tmp_path / "DL0028.yaml").write_text(format_rubric(changed), "utf-8")
    judge = FakeJudge({"k1": Label.COVERED, "k3": Label.CONTRADICTED})
    client = serve(judges={"fake": judge}, default_judge="fake", bank=Bank(tmp_path))
    graded = answer(client, ANSWER)
    follow_up = next(link for link in read(graded).links if "/follow-ups/" in link)
    for response in (
        graded,
        send(client, read(graded), "/reference"),
        send(client, read(graded), "/hints", {"point": "k4"}),
        *(client.get(path) for path in (follow_up, PATH, "/practice", "/practice/progress")),
    ):
        assert_no_markup(response)


@pytest.fixture
def attacks(shared: Path) -> list[str]:
    """What was written to do harm."""
    return hostile_texts(shared)
