"""A reference answer becomes a rubric a person would accept: self-contained points, their sources, what is left out."""

from __future__ import annotations

import pytest

from rubrics.errors import ExtractionError
from rubrics.extraction.structure import Extraction, extract
from rubrics.model import KeyPoint, KeyPointKind, Question


def drawn(reference: str, title: str = "Green Tea", text: str = "What about it?") -> Extraction:
    return extract(Question(id="q1", title=title, text=text), reference)


def points(reference: str, title: str = "Green Tea") -> tuple[KeyPoint, ...]:
    return drawn(reference, title).rubric.key_points


def texts(reference: str, title: str = "Green Tea") -> list[str]:
    return [point.text for point in points(reference, title)]


# One statement, two statements, other scripts


def test_one_sentence_is_one_required_point() -> None:
    sentence = "Photosynthesis converts light into chemical energy."
    (point,) = points(sentence, "Photosynthesis")
    assert (point.text, point.weight, point.required) == (sentence, 3, True)


def test_an_answer_of_one_word_is_a_point() -> None:
    assert texts("Paris", "Capital of France") == ["Paris."]


@pytest.mark.parametrize(
    ("reference", "number"),
    [
        ("光合作用把光能转化为化学能。它发生在叶绿体中。", 2),
        ("Фотосинтез — превращение энергии света. Он идёт в хлоропластах.", 2),
        ("Tee ist ein Getränk. Er wird heiß getrunken.", 2),
        ("الشاي مشروب ساخن. يُشرب في كل مكان.", 2),
    ],
)
def test_text_in_other_languages_gives_its_sentences(reference: str, number: int) -> None:
    assert len(points(reference)) == number


# Self-contained points


def test_an_item_that_does_not_name_the_subject_gets_it_and_its_head() -> None:
    reference = """Green tea is a drink.
(1) Keeps Its Colour: Heat stops the enzymes in the leaf.
(2) Short Steeping: It needs two minutes."""
    assert texts(reference)[1:] == [
        "Green tea — keeps its colour: heat stops the enzymes in the leaf.",
        "Green tea — short steeping: it needs two minutes.",
    ]


def test_an_item_that_names_the_subject_gets_only_its_head() -> None:
    assert texts("(1) Origin: Green tea comes from China.") == ["Origin: green tea comes from China."]


@pytest.mark.parametrize(
    ("heading", "label"),
    [
        ("Advantages:", "Advantage of green tea"),
        ("Drawbacks of Tea Bags:", "Drawback of tea bags"),
        ("Here are the common causes of bitterness:", "Common cause of bitterness"),
        ("Green tea offers several important benefits:", "Benefit of green tea"),
        ("How the leaves are dried:", "Green tea, how the leaves are dried"),
        ("## Steps", "Step of green tea"),
    ],
)
def test_items_carry_what_their_heading_says(heading: str, label: str) -> None:
    assert texts(f"{heading}\n- low cost\n- long life") == [f"{label}: low cost.", f"{label}: long life."]


def test_a_heading_ends_where_prose_begins_again() -> None:
    reference = "Advantages:\n- low cost\n\nTea bushes grow on hills."
    assert texts(reference)[-1] == "Tea bushes grow on hills."


def test_names_keep_their_capitals_in_labels() -> None:
    reference = "The method of Newton is old.\n(1) Newton Step: Divide by the slope.\n(2) Bayesian View: Add a prior."
    labels = [point.split(":", maxsplit=1)[0] for point in texts(reference, "Roots")[1:]]
    assert labels == ["Roots — Newton step", "Roots — Bayesian view"]


def test_a_pronoun_is_resolved_and_what_is_said_of_a_sentence_joins_it() -> None:
    assert texts("Green tea contains caffeine. It is steamed early. This keeps it green.") == [
        "Green tea contains caffeine.",
        "Green tea is steamed early, which keeps it green.",
    ]


def test_a_pronoun_that_could_mean_several_things_gets_the_topic_before_it() -> None:
    reference = "What is picked in spring is steamed. It takes a minute."
    assert texts(reference)[1] == "Green tea: it takes a minute."


def test_a_sentence_of_two_claims_about_one_thing_is_two_points() -> None:
    assert texts("Green tea is steamed after picking, but it is not oxidised; the leaves are then rolled.") == [
        "Green tea is steamed after picking.",
        "Green tea is not oxidised.",
        "The leaves are then rolled.",
    ]


def test_a_title_that_asks_names_the_topic() -> None:
    assert texts("Kinds:\n- steamed\n- rolled", "What is green tea?") == [
        "Kind of green tea: steamed.",
        "Kind of green tea: rolled.",
    ]


def test_an_announcement_leads_to_what_it_announces() -> None:
    assert texts("Tea has two kinds. The green one is steamed.")[0] == "Tea has two kinds: the green one is steamed."


def test_what_follows_a_list_speaks_of_the_topic() -> None:
    assert (
        texts("(1) Picking: by hand.\n(2) Drying: in the sun.\nThis needs dry weather.")[-1]
        == "Green tea needs dry weather."
    )


# Lists


def test_numbered_items_are_list_items_with_their_head_as_topic() -> None:
    item = points("Tea is a drink.\n1. Picking: by hand.\n2. Drying: in the sun.")[1]
    assert (item.kind, item.topic, item.weight, item.required) == (KeyPointKind.LIST_ITEM, "Picking", 2, False)


def test_lines_under_an_item_are_points_of_their_own() -> None:
    reference = "(1) Water Care:\nFilter the water twice.\nBoil the water once.\n(2) Leaf Care:\nKeep the leaves dry."
    assert texts(reference) == [
        "Green tea — water care: filter the water twice.",
        "Green tea — water care: boil the water once.",
        "Green tea — leaf care: keep the leaves dry.",
    ]


def test_what_an_item_adds_is_a_detail_and_fragments_stay_with_it() -> None:
    first, second = points("(1) Picking: Only young leaves are taken. Two from each twig. The pickers work at dawn.")[
        :2
    ]
    assert first.text == "Green tea — picking: only young leaves are taken; two from each twig."
    assert (second.text, second.weight) == ("Green tea — picking: the pickers work at dawn.", 1)


def test_an_example_is_a_detail_of_its_item() -> None:
    example = points("(1) Cold Brew: Use cold water.\nExample: a bottle in the fridge.\n(2) Hot Brew: Use hot water.")[
        1
    ]
    assert (example.text, example.weight) == ("Green tea — cold brew, example: a bottle in the fridge.", 1)


def test_nested_markdown_items_belong_to_their_parent() -> None:
    nested = points("Tools:\n- no pot\n  - too small\n  - too old\n- no cup")
    assert [point.weight for point in nested] == [2, 1, 1, 2]


def test_an_introduction_that_only_repeats_the_items_is_left_out() -> None:
    reference = """Tea is a drink. Leaves are picked by hand, dried in the sun and rolled in a drum.
(1) Picking: Leaves are picked by hand.
(2) Drying: Leaves are dried in the sun.
(3) Rolling: Leaves are rolled in a drum."""
    extraction = drawn(reference)
    assert len(extraction.rubric.key_points) == 4
    assert [one.reason.value for one in extraction.coverage.dropped] == ["repeats a point"]


# Formulas


FORMULAS = r"""The heat of a pot follows these formulas:
m = \frac{1}{N} \sum_i x_i
s^2 = \frac{1}{N} \sum_i (x_i - m)^2
Where:
 x_i is the heat of cup  i .
 N is the number of cups.
 m is the mean heat.
 s^2 is the variance."""


def test_formulas_keep_their_latex_and_get_their_symbols() -> None:
    mean, variance = points(FORMULAS, "Heat")
    assert mean.kind is variance.kind is KeyPointKind.FORMULA
    assert mean.text == r"Heat, mean heat: m = \frac{1}{N} \sum_i x_i"
    assert [symbol.name for symbol in mean.symbols] == ["x_i", "N", "m"]
    assert [symbol.name for symbol in variance.symbols] == ["x_i", "N", "m", "s^2"]


def test_a_formula_is_told_by_the_sentence_that_leads_to_it() -> None:
    assert points("Here is the formula for steeping:\nt = 2 \\cdot c", "Tea")[0].text == (
        "Tea, formula for steeping: t = 2 \\cdot c"
    )


def test_two_versions_of_a_formula_are_one_point() -> None:
    (point,) = points("W \\sim U(0, 1)\nor (wide version):\nW \\sim U(0, 2)")
    assert point.text == "Green tea formula: W \\sim U(0, 1) or (wide version): W \\sim U(0, 2)"


def test_a_formula_that_stands_twice_is_one_point() -> None:
    assert len(points("Cost:\n\\mathcal{O}(n)\n\nSo it is:\n\\mathcal{O}(n)")) == 1


# What is left out


@pytest.mark.parametrize(
    "caption",
    ["Below shows a pot of tea.", "The figure below shows steam.", "Here is a table of teas.", "Login to view more"],
)
def test_captions_and_noise_never_become_points(caption: str) -> None:
    extraction = drawn(f"Green tea is a drink. It is hot.\n\n{caption}\n\nTea bushes are tall.")
    assert not any(caption[:12] in point.text for point in extraction.rubric.key_points)
    assert [one.text for one in extraction.coverage.dropped] == [caption]


def test_a_reference_to_a_figure_goes_out_of_its_sentence() -> None:
    assert texts("Tea bushes are tall, as shown in the figure below.") == ["Tea bushes are tall."]


def test_more_than_ten_items_are_joined_to_ten_points_that_cover_all_of_them() -> None:
    boxes = (f"(1) Box {letter}:\nThe tea {letter} is kept in it.\nIt is made of tin {letter}." for letter in "abcdefg")
    extraction = drawn("\n".join(boxes))
    assert len(extraction.rubric.key_points) == 10
    assert extraction.coverage.share == 1


ASIDES = """Green tea is a drink made from leaves that were steamed, because steam stops the enzymes in the leaf.
It needs water of about eighty degrees: hotter water draws bitter substances out of the leaves.
The leaves may be used for a second pot, which many drinkers of green tea like better than the first.
Some collect tins. Green tea keeps for about a year, so the leaves should not be bought in large amounts.
Many own a tiny pot."""


def test_prose_is_left_out_by_name_where_it_says_little() -> None:
    extraction = drawn(ASIDES)
    assert [(one.text, one.reason.value) for one in extraction.coverage.dropped] == [
        ("Some collect tins.", "detail beyond the main points"),
        ("Many own a tiny pot.", "detail beyond the main points"),
    ]
    assert len(extraction.rubric.key_points) == 4
    assert extraction.coverage.share == 1


def test_a_numbered_statement_is_a_point_however_short() -> None:
    numbered = ASIDES.replace("Some collect", "(1) Some collect").replace("Many own", "(2) Many own")
    assert sum("tins" in text or "tiny pot" in text for text in texts(numbered)) == 2


def test_half_a_sentence_is_not_left_out_without_the_other_half() -> None:
    halved = ASIDES.replace("Some collect tins.", "The tins keep light out; the cups are tiny.")
    assert not any("tins" in text or "cups" in text for text in texts(halved))
    whole = "Tins keep steam and damp out, because the leaves of green tea have to be dry; the cups are tiny."
    assert whole in texts(ASIDES.replace("Some collect tins.", whole))


def test_points_that_say_much_the_same_are_named() -> None:
    overlaps = drawn("Green tea leaves are steamed early.\n\nEarly steamed leaves make green tea.").coverage.overlaps
    assert [(one.first, one.second) for one in overlaps] == [("k1", "k2")]


@pytest.mark.parametrize(
    ("reference", "complaint"),
    [
        ("", "no words"),
        (" 42 + 1 ", "no words"),
        ("Advantages:", "only: heading"),
        ("The figure below shows a pot.", "only: caption"),
        ("a" * 20_001, "20001 characters long"),
        ("tea \ud800", "surrogate"),
    ],
)
def test_nothing_to_draw_is_an_error_that_says_why(reference: str, complaint: str) -> None:
    with pytest.raises(ExtractionError, match=complaint):
        drawn(reference)
