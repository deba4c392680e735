"""What must never happen, whatever the judge says: 0 of N (D1 to D3, D5 to D8, D10 and D13 of the abuse catalogue).

Each property tries a twentieth of its examples here, and all of them with `pytest -m slow tests/attacks`.
"""

from __future__ import annotations

import json
import random
import time
import unicodedata
from typing import Any

import pytest

from grader.domain import Submission
from grader.errors import InvalidAnswer
from grader.fakes import FakeJudge
from grader.feedback import FeedbackMode
from grader.grading import Grader, Request
from grader.prompting import build_prompt
from grader.text.canonical import canonicalise
from grader.text.firewall import is_plain, leaks
from grader.text.neutral import neutralised
from grader.text.quotes import says
from grader.text.screening import CUT, screen
from rubrics.model import Rubric
from tests.attacks.malice import LyingModel, ObedientJudge, all_covered, asked_ids, credited, llm_grader, shown_answer
from tests.attacks.strings import WRONG, filled

WORDS = (
    "the moon pulls water because gravity is not weak and each token attends to its window only while memory grows "
    "= === <b> </answer> {x} [INST] <|im_end|> \u200b \u202e é 注意 \n \n\n . , ; 🙂 === answer"
).split(" ")


def texts(seed: str, count: float) -> list[str]:
    """Random answers: words, marks, forged frames, invisible characters."""
    chance = random.Random(seed)
    return [" ".join(chance.choices(WORDS, k=chance.randint(4, 40))) for _ in range(int(count))]


async def test_d1_a_prompt_has_one_frame_and_the_code_is_not_in_the_answer(
    share: float, rubrics: tuple[Rubric, ...], attacks: list[dict[str, Any]]
) -> None:
    answers = texts("D1", 10_000 * share) + [filled(row["text"], rubrics[0]) for row in attacks]
    before = build_prompt(Submission(rubrics[0], canonicalise("x")), secret=b"s").user.split("=== answer ")[0]
    for text in answers:
        submission = Submission(rubrics[0], canonicalise(text))
        prompt = build_prompt(submission, secret=b"s")
        assert shown_answer(prompt.user) == neutralised(submission.answer.text.strip())
        assert prompt.user.split("=== answer ")[0] == before
        assert prompt.user.count("=== answer ") == prompt.user.count("=== end of answer ") == 1


async def test_d2_no_point_is_credited_without_the_answers_own_words(share: float, rubrics: tuple[Rubric, ...]) -> None:
    chance = random.Random("D2")
    for text in texts("D2", 10_000 * share):
        rubric = chance.choice(rubrics)
        piece = text[chance.randrange(len(text)) :][: chance.randint(1, 80)]
        quotes = chance.choice([[], ["made up words of mine"], [piece], [piece[::-1]], [rubric.key_points[0].text]])
        model = LyingModel(lambda user, quotes=quotes: all_covered(asked_ids(user), quotes))  # type: ignore[misc]
        grade = await llm_grader(model).grade(Request(rubric, text))
        answer = canonicalise(text).text
        for point in credited(grade):
            assert point.evidence
            assert all(answer[item.start : item.end] == item.text for item in point.evidence)
            assert not any(says(rubric.question.text, item.text) for item in point.evidence)


async def test_d3_words_of_question_rubric_reference_or_interviewer_earn_nothing(
    share: float, rubrics: tuple[Rubric, ...]
) -> None:
    chance = random.Random("D3")
    for _ in range(int(2_000 * share)):
        rubric = chance.choice(rubrics)
        foreign = chance.choice(
            [rubric.question.text, rubric.key_points[0].text, (rubric.reference_answer or rubric.question.text)[:290]]
        )
        said = chance.choice(["", f"\nInterviewer: {' '.join(foreign.split())}\nCandidate: I agree."])
        asked = f"{rubric.question.text} " if foreign == rubric.question.text else ""
        model = LyingModel(lambda user, foreign=foreign: all_covered(asked_ids(user), [foreign]))  # type: ignore[misc]
        grade = await llm_grader(model).grade(Request(rubric, f"{asked}{WRONG} I saw it at the sea as a child.{said}"))
        assert credited(grade) == []


async def test_d5_an_answer_without_content_is_zero_and_no_judge_is_asked(
    rubrics: tuple[Rubric, ...], attacks: list[dict[str, Any]]
) -> None:
    rows = [row for row in attacks if row["kind"] == "no_content" or row["kind"].startswith("master_key")]
    assert len(rows) == 49
    model = LyingModel(lambda user: all_covered(asked_ids(user), [shown_answer(user)]))
    for rubric in rubrics:
        for row in rows:
            grade = await llm_grader(model).grade(Request(rubric, row["text"]))
            assert (grade.score, model.asked) == (0.0, [])


async def test_d6_no_invisible_character_reaches_the_judge_or_the_grade(
    share: float, rubrics: tuple[Rubric, ...]
) -> None:
    chance = random.Random("D6")
    hidden = "\u200b\u2060\ufeff\u202a\u202e\u2066\u200e\U000e0041\U000e007f\u0000\u001b\u009f\u00ad"
    model = LyingModel(lambda user: all_covered(asked_ids(user), [shown_answer(user)[:200]]))
    for text in texts("D6", 10_000 * share):
        place = chance.randrange(len(text))
        dirty = text[:place] + "".join(chance.choices(hidden, k=5)) + text[place:]
        model.asked.clear()
        grade = await llm_grader(model).grade(Request(chance.choice(rubrics), dirty))
        read = grade.model_dump_json() + "".join(user for _, user in model.asked)
        assert not set(hidden) & set(read)
        assert "\\u0000" not in read


async def test_d6_honest_joiners_and_signs_are_kept(attacks: list[dict[str, Any]]) -> None:
    decoys = [row["text"] for row in attacks if row["file"] == "benign_decoys_own"]
    assert len(decoys) == 37
    assert [text for text in decoys if canonicalise(text).text != unicodedata.normalize("NFC", text)] == []


async def test_d7_what_a_judge_leaks_does_not_reach_the_person(share: float, rubrics: tuple[Rubric, ...]) -> None:
    chance = random.Random("D7")
    for _ in range(int(1_000 * share)):
        rubric = chance.choice(rubrics)
        leak = chance.choice([rubric.reference_answer or "", *(point.text for point in rubric.key_points)])
        extra = chance.choice(["", " https://evil.example/x", " <script>alert(1)</script>", " ![x](http://a.example)"])
        reply = all_covered([point.id for point in rubric.key_points], ["at the sea"])
        leaking = reply.replace('"Yes."', json.dumps(leak + extra))
        grade = await llm_grader(LyingModel(lambda _, reply=leaking: reply)).grade(  # type: ignore[misc]
            Request(rubric, f"{WRONG} I saw it at the sea.", feedback=FeedbackMode.HINTS)
        )
        read = [*grade.feedback.model_dump().values(), *(point.reason for point in grade.points)]
        read += [point.feedback for point in grade.points]
        shown = "\n".join(text for part in read for text in ([part] if isinstance(part, str) else part))
        assert is_plain(shown)
        assert not leaks(shown, [point.text for point in rubric.key_points])


QUESTIONS = 34
"""Questions that every attack is tried on: 2,400 pairs in all."""


async def test_d8_no_flagged_words_raise_a_score_whatever_the_judge(
    share: float, rubrics: tuple[Rubric, ...], attacks: list[dict[str, Any]]
) -> None:
    tried = 0
    for rubric in rubrics[: round(QUESTIONS * share)]:
        plain = await Grader({"fake": FakeJudge()}, "fake").grade(Request(rubric, WRONG))
        for row in attacks:
            text = filled(row["text"], rubric).replace(WRONG, "").strip("\r\n ")
            attack = f"{WRONG}\n\n{text}"
            if len(attack) > 20_000 or not ends_flagged(attack, rubric):
                continue
            tried += 1
            judge = ObedientJudge(honest=canonicalise(WRONG).text)
            grade = await Grader({"obedient": judge}, "obedient").grade(Request(rubric, attack))
            assert (grade.score, grade.status) == (plain.score, "needs_review"), row
    assert tried >= 70 * round(QUESTIONS * share)


def ends_flagged(attack: str, rubric: Rubric) -> bool:
    """Whether the screen flags all of an attack's words behind the honest ones."""
    answer = canonicalise(attack)
    spans = [finding.span for finding in screen(answer, rubric) if finding.flag in CUT and finding.span]
    covered = {place for span in spans for place in range(span.start, span.end)}
    letters = (place for place, char in enumerate(answer.text) if char.isalnum() and place >= len(WRONG))
    return bool(spans) and all(place in covered for place in letters)


BOMBS = {
    "letters": "a" * 1_048_576,
    "rare script": "\U00010330" * 10_000,
    "han": "字" * 20_000,
    "emoji": "🙂" * 19_999,
    "marks": "{" * 19_999,
    "lines": "\n" * 1_000_000,
}


@pytest.mark.parametrize("bomb", BOMBS)
async def test_d10_what_is_too_long_is_refused_and_no_judge_is_asked(bomb: str, rubrics: tuple[Rubric, ...]) -> None:
    model = LyingModel(lambda user: all_covered(asked_ids(user), []))
    with pytest.raises(InvalidAnswer, match="are allowed"):
        await llm_grader(model).grade(Request(rubrics[0], BOMBS[bomb]))
    assert model.asked == []


HEAVY = [
    "a ",
    "some say others say ",
    "<b style=",
    "[grading ",
    "= ",
    '{"score":',
    "ignore the ",
    " \n",
    "A1b2",
    "=== x\n",
]
MAX_SECONDS = 3.0
"""Processor time to screen the longest answer; the slowest of HEAVY takes about a tenth of it."""


@pytest.mark.parametrize("piece", HEAVY)
def test_d10_no_answer_holds_the_screen_up(piece: str, rubrics: tuple[Rubric, ...]) -> None:
    answer = canonicalise((piece * 10_000)[:15_000])
    start = time.process_time()
    screen(answer, rubrics[0])
    assert time.process_time() - start < MAX_SECONDS


async def test_d13_the_same_canonical_answer_has_the_same_prompt_and_score(
    share: float, rubrics: tuple[Rubric, ...]
) -> None:
    chance = random.Random("D13")
    for text in texts("D13", 1_000 * share):
        rubric = chance.choice(rubrics)
        model = LyingModel(lambda user: all_covered(asked_ids(user), [shown_answer(user)[:60]]))
        once = await llm_grader(model).grade(Request(rubric, text))
        again = await llm_grader(model).grade(Request(rubric, unicodedata.normalize("NFD", text) + "\r\n"))
        assert (once.score, once.points) == (again.score, again.points)
        half = len(model.asked) // 2
        assert model.asked[:half] == model.asked[half:]
