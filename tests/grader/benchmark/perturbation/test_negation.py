from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.benchmark import Case
from grader.benchmark.perturbation import FLIPS, negations
from grader.benchmark.perturbation.claim import Claim
from grader.benchmark.perturbation.opposites import FAMILIES, OPPOSITES

MakeCase = Callable[..., Case]


def flipped(rule: str, sentence: str, point: str) -> str | None:
    return FLIPS[rule](Claim(sentence, 0, len(sentence), point))


@pytest.mark.parametrize(
    ("sentence", "point", "false"),
    [
        ("More data increases accuracy.", "Accuracy rises with more data.", "Less data increases accuracy."),
        ("This raises the cost of training.", "The cost of training increases.", "This reduces the cost of training."),
        ("You normalise before the split.", "Normalisation comes before the split.", "You normalise after the split."),
        ("The variance is higher.", "Variance is higher with small samples.", "The variance is lower."),
        ("It never blocks readers.", "Readers are never blocked.", "It always blocks readers."),
        ("It runs without a server.", "No server: it runs without one.", None),  # two negations in the point
        ("It runs without a server.", "It works without a server.", "It runs with a server."),
        ("Larger batches need memory.", "Momentum smooths the gradient.", None),  # not the point's direction
        (
            "It needs more memory, which increases cost.",
            "Training cost increases.",
            "It needs more memory, which decreases cost.",
        ),
        ("It does not increase the cost.", "The cost does not increase.", None),  # a double turn is a turn back
        ("It is more or less the cost.", "It costs more cost.", None),
    ],
)
def test_a_word_becomes_its_opposite_where_the_point_uses_it_of_the_same_thing(
    sentence: str, point: str, false: str | None
) -> None:
    assert flipped("opposite word", sentence, point) == false


@pytest.mark.parametrize(
    ("sentence", "point", "false"),
    [
        ("The layer is linear.", "The layer is a linear map.", "The layer is not linear."),
        (
            "Attention can read the whole input.",
            "Attention reads the whole input.",
            "Attention cannot read the whole input.",
        ),
        ("The layer is always linear.", "The layer is linear.", None),  # not always is not never
        ("If the layer is linear it collapses.", "The layer is linear and collapses.", None),
        ("The layer is linear but deep.", "The layer is linear.", None),  # two claims
        ("The layer is not linear.", "The layer is linear.", None),
        ("The map which is learned shrinks inputs.", "The learned map shrinks inputs.", None),  # a side clause
        ("The layer is linear.", "Momentum smooths the gradient.", None),
        ("Is the layer linear", "The layer is linear.", None),
    ],
)
def test_not_is_inserted_into_plain_main_clauses_only(sentence: str, point: str, false: str | None) -> None:
    assert flipped("not inserted", sentence, point) == false


@pytest.mark.parametrize(
    ("sentence", "point", "false"),
    [
        ("POST is not idempotent.", "POST is not idempotent.", "POST is idempotent."),
        ("Food doesn't become radioactive.", "Food does not become radioactive.", "Food does become radioactive."),
        ("You can't reverse the hash.", "The hash cannot be reversed.", "You can reverse the hash."),
        ("Don't rebase shared commits.", "Shared commits must not be rebased.", "Do rebase shared commits."),
        ("POST is not only idempotent.", "POST is not idempotent.", None),
        ("POST is not idempotent but slow.", "POST is not idempotent.", None),
        ("POST is not idempotent.", "POST changes the state.", None),
        ("POST is not never idempotent.", "POST is not idempotent.", None),
    ],
)
def test_not_is_removed_where_the_point_is_negated_too(sentence: str, point: str, false: str | None) -> None:
    assert flipped("not removed", sentence, point) == false


@pytest.mark.parametrize(
    ("sentence", "point", "false"),
    [
        (
            "The moon pulls the water up.",
            "The moon pulls the water.",
            "It is not true that the moon pulls the water up.",
        ),
        ("A map has two sides.", "A map has sides.", "It is not true that a map has two sides."),
        (
            "BPE merges frequent pairs again.",
            "BPE merges pairs.",
            "It is not true that BPE merges frequent pairs again.",
        ),
        ("So the moon pulls the water up.", "The moon pulls the water.", None),  # leans on the sentence before
        ("I think the moon pulls it.", "The moon pulls the water.", None),  # an opinion
        ("The moon, water, tides, gravity.", "The moon pulls the water.", None),  # no verb
        ("The moon pulls it.", "The moon pulls the water.", None),  # a note
        ("The moon only pulls the water up.", "The moon pulls the water.", None),
    ],
)
def test_plain_sentences_are_denied_as_a_whole(sentence: str, point: str, false: str | None) -> None:
    assert flipped("denied", sentence, point) == false


@pytest.mark.parametrize(
    ("sentence", "point", "false"),
    [
        ("The default port is 53.", "DNS uses port 53.", "The default port is 106."),
        ("Symmetric has z = 0.", "The zero point is 0.", "Symmetric has z = 5."),
        ("It was passed in 1351.", "The statute of 1351.", "It was passed in 1311."),
        ("It is the middle 95 percent.", "A 95 percent interval.", "It is the middle 47.5 percent."),
        ("You need at least 3 nodes.", "You need at least 3 nodes.", None),  # more are at least three, too
        ("It costs O(n^2) time.", "It costs O(n^2).", None),  # part of a formula
        ("The port is 53.", "DNS uses UDP.", None),
        ("From 3 to 3.", "There are 3.", None),
    ],
)
def test_a_number_of_the_point_becomes_another(sentence: str, point: str, false: str | None) -> None:
    assert flipped("other number", sentence, point) == false


def test_only_words_inside_the_quote_are_changed() -> None:
    sentence = "It always fails, and the layer is linear."
    claim = Claim(sentence, sentence.index("the layer"), len(sentence), "It always has a linear layer.")
    assert FLIPS["opposite word"](claim) is None


def test_the_rest_of_the_answer_stays_as_it_is(case_of: MakeCase) -> None:
    answer = "Well, tides.\n- The default port is 53.\nThat is all."
    variants = negations(case_of(answer, ("DNS uses port 53.", "The default port is 53.")))
    changed = {variant.rule: variant.answer for variant in variants}
    assert changed == {
        "not inserted": answer.replace("is 53", "is not 53"),
        "other number": answer.replace("53", "106"),
    }


def test_points_undone_by_the_same_change_share_a_variant(case_of: MakeCase) -> None:
    answer = "The layer is linear."
    case = case_of(answer, ("The layer is linear.", answer), ("A linear layer.", answer))
    shared = [variant.key_point_ids for variant in negations(case) if variant.rule == "not inserted"]
    assert shared == [("k1", "k2")]


def test_a_point_made_across_sentences_is_left_alone(case_of: MakeCase) -> None:
    assert negations(case_of("The layer is linear. It is.", ("Linear layer.", "The layer is linear. It is."))) == ()


def test_every_opposite_is_another_word_of_a_known_family() -> None:
    assert all(word != opposite for word, opposite in OPPOSITES.items())
    assert set(OPPOSITES) == set(FAMILIES)
    assert not any(opposite in FAMILIES[word] for word, opposite in OPPOSITES.items())
