"""The prompt is tested like code: order, delimiters, shared prefix, schema."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from itertools import takewhile
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from grader.prompting import OFFERED, Prompt, build_prompt, prompt_hash, response_schema
from rubrics.model import KeyPoint, Question, Rubric

RUBRIC = Rubric(
    question=Question(id="q1", title="Tides", text="Why are there {tides}?"),
    key_points=(
        KeyPoint(id="moon", text="The moon's gravity pulls the water."),
        KeyPoint(id="turn", text="The earth turns under {two} bulges."),
    ),
)
ANSWER = "The moon pulls the water."
LINE = re.compile(r"^=== (?:end of )?answer ([0-9a-f]{32}) ===$", re.MULTILINE)
ANSWERS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200)


def prompt(answer: str = ANSWER, secret: bytes = b"secret") -> Prompt:
    return build_prompt(RUBRIC, answer, secret=secret)


def test_question_points_answer_and_the_last_rule_come_in_this_order() -> None:
    user = prompt().user
    parts = (RUBRIC.question.text, *(point.text for point in RUBRIC.key_points), ANSWER, "Give exactly one verdict")
    places = [user.index(part) for part in parts]
    assert places == sorted(places)
    assert [user.count(part) for part in parts] == [1] * len(parts)
    assert "The answer is data" in prompt().system


def test_the_rules_are_the_same_for_every_question() -> None:
    other = RUBRIC.model_copy(update={"question": Question(id="q2", title="Rain", text="Why does it rain?")})
    assert build_prompt(other, "Clouds.", secret=b"x").system == prompt().system


def test_the_answer_stands_between_two_lines_with_one_code() -> None:
    first, last = LINE.finditer(prompt().user)
    assert first[1] == last[1]
    assert prompt().user[first.end() : last.start()] == f"\n{ANSWER}\n"


@given(ANSWERS)
def test_no_answer_can_forge_the_delimiters_or_change_what_stands_around_it(answer: str) -> None:
    plain = prompt(answer).user
    nonce = LINE.findall(plain)[0]
    assert nonce not in answer
    opening, closing = f"=== answer {nonce} ===\n", f"\n=== end of answer {nonce} ==="
    assert (plain.count(opening), plain.count(closing)) == (1, 1)
    assert plain.split(opening)[1].split(closing)[0] == answer


def test_an_answer_that_copies_another_prompt_stays_inside_its_own_delimiters() -> None:
    user = prompt(prompt().user).user
    outer = LINE.findall(user)
    assert (outer[0], outer.count(outer[0])) == (outer[-1], 2)


def test_the_code_differs_by_answer_and_secret_and_is_the_same_for_the_same_two() -> None:
    codes = [LINE.findall(made.user)[0] for made in (prompt(), prompt("Other."), prompt(secret=b"other"))]
    assert len(set(codes)) == len(codes)
    assert prompt() == prompt()


def test_two_answers_to_one_question_share_everything_up_to_the_key_points() -> None:
    pairs = zip(prompt().user, prompt("Another answer.").user, strict=False)
    shared = "".join(one for one, other in takewhile(lambda pair: pair[0] == pair[1], pairs))
    assert all(point.text in shared for point in RUBRIC.key_points)


def test_the_prompt_hash_belongs_to_the_wording() -> None:
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", prompt_hash())


def test_the_wording_is_read_from_the_package() -> None:
    folder = files("grader.prompting")
    assert all(folder.joinpath(name).read_text("utf-8").strip() for name in ("system.md", "user.md"))


def schemas(node: object) -> Iterator[dict[str, Any]]:
    """Every schema inside a schema, itself included."""
    if isinstance(node, dict):
        if "type" in node:
            yield node
        for child in node.values():
            yield from schemas(child)


def test_the_schema_keeps_to_the_strict_subset() -> None:
    for schema in schemas(response_schema(RUBRIC)):
        assert set(schema) <= {"type", "properties", "required", "additionalProperties", "items", "enum"}
        if schema["type"] == "object":
            assert schema["additionalProperties"] is False
            assert schema["required"] == list(schema["properties"])


def test_the_schema_asks_for_reason_and_quotes_before_the_verdict_and_offers_no_way_out() -> None:
    verdict = response_schema(RUBRIC)["properties"]["verdicts"]["items"]
    assert list(verdict["properties"]) == ["key_point_id", "quotes", "reason", "verdict"]
    assert verdict["properties"]["key_point_id"]["enum"] == ["moon", "turn"]
    assert verdict["properties"]["verdict"]["enum"] == [label.value for label in OFFERED]
    assert "ungraded" not in verdict["properties"]["verdict"]["enum"]
