"""Every line of a reference answer is told for what it is: point, heading, formula, symbols, caption, noise."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rubrics.extraction.blocks import Block, BlockKind, read_blocks
from rubrics.model import Span, Symbol


def only(text: str) -> Block:
    (block,) = read_blocks(text)
    return block


def parts(text: str) -> tuple[str | None, str | None]:
    block = only(text)
    return tuple(span.of(text) if span else None for span in (block.head, block.body))  # type: ignore[return-value]


def kinds(text: str) -> list[str]:
    return [block.kind.value for block in read_blocks(text)]


@pytest.mark.parametrize(
    ("line", "head", "body"),
    [
        ("(1) Dry leaves: they keep for years.", "Dry leaves", "they keep for years."),
        ("2. Fresh water: boil it once.", "Fresh water", "boil it once."),
        ("- **Cup**: warm it.", "Cup", "warm it."),
        ("* Cup – warm it.", "Cup", "warm it."),
        ("3) Reduces bitterness and keeps the aroma: steep briefly.", "Reduces bitterness and keeps the aroma", None),
        ("(4) Steep:", "Steep", None),
        ("- Milk comes last.", None, "Milk comes last."),
        ("(5) A pot is a vessel that keeps heat: it has a lid.", None, None),
    ],
)
def test_a_list_item_has_its_head_and_text(line: str, head: str | None, body: str | None) -> None:
    assert only(line).kind is BlockKind.ITEM
    found_head, found_body = parts(line)
    assert found_head == head
    assert body is None or found_body == body


def test_a_head_and_text_line_is_told_from_a_clause_with_a_colon() -> None:
    assert parts("Water Quality: soft water suits green tea.") == ("Water Quality", "soft water suits green tea.")
    assert only("The kettle is a simple machine: it heats water.").kind is BlockKind.PARAGRAPH


def test_lines_with_heads_do_not_run_into_each_other_without_full_stops() -> None:
    text = "Green tea: steamed or pan-fired leaves that were never allowed to oxidise\nBlack tea: oxidised leaves"
    assert kinds(text) == ["headed", "headed"]


@pytest.mark.parametrize(
    "line", ["Advantages:", "## Steps", "**Steps**", "Here are the kinds of tea.", "The kinds of tea include:"]
)
def test_headings_are_told_by_their_marks(line: str) -> None:
    assert kinds(f"{line}\n- one kind") == ["heading", "item"]


def test_an_item_goes_on_where_an_editor_wrapped_it() -> None:
    text = "1. Pour the water over\n   the leaves.\n2. Wait."
    assert [block.span.of(text) for block in read_blocks(text)] == [
        "1. Pour the water over\n   the leaves.",
        "2. Wait.",
    ]


def test_a_paragraph_may_count_within_itself() -> None:
    assert kinds("(1) Water is boiled first. (2) Then the leaves are added.") == ["paragraph"]
    assert kinds("1) Boil 2) Pour 3) Wait") == ["item", "item", "item"]


@pytest.mark.parametrize(
    "line",
    [r"E = \frac{1}{2} m v^2", r"\mathcal{O}(n^2)", "y = F(x) + x", "$$a + b$$", r"W \sim \mathcal{N}(0, 1)"],
)
def test_a_line_of_mathematics_is_a_formula(line: str) -> None:
    assert only(line).kind is BlockKind.FORMULA


@pytest.mark.parametrize("line", ["The sum a = b + c holds for every cup of tea.", "CI/CD", "Tea = good."])
def test_prose_with_an_equals_sign_is_no_formula(line: str) -> None:
    assert only(line).kind is not BlockKind.FORMULA


def test_a_formula_behind_a_head_keeps_the_head() -> None:
    text = r"Cost: \mathcal{O}(n \cdot d) (for both passes)."
    assert only(text).kind is BlockKind.FORMULA
    assert parts(text)[0] == "Cost"


def test_a_where_list_gives_the_symbols_and_ends_at_the_next_item() -> None:
    text = r"""T = k \cdot m_t
Where:
 m_t is the mass (in grams);
 k — a constant
 A ,  B , and  C represent heat, time, and mass
 \gamma \ge 0 controls the heat.
 pos : place on the stove
(2) Pour: carefully."""
    formula, symbols, item = read_blocks(text)
    assert (formula.kind, item.kind) == (BlockKind.FORMULA, BlockKind.ITEM)
    assert symbols.symbols == (
        Symbol(name="m_t", meaning="mass (in grams)"),
        Symbol(name="k", meaning="constant"),
        Symbol(name="A, B, and C", meaning="heat, time, and mass"),
        Symbol(name=r"\gamma \ge 0", meaning="controls the heat"),
        Symbol(name="pos", meaning="place on the stove"),
    )


def test_symbols_may_be_explained_in_one_line() -> None:
    text = "$$A = P(1 + r)$$\nwhere $P$ is the principal, $r$ is the rate and $A$ the amount."
    assert [symbol.name for symbol in read_blocks(text)[1].symbols] == ["P", "r", "A"]


@pytest.mark.parametrize(
    "line",
    [
        "Below shows a pot of tea.",
        "The figure below shows a pot. It is made of clay.",
        "Here is a table of temperatures.",
        "The following image shows leaves.",
        "The chart below on the right shows heat.",
        "The below chart compares cups.",
        "Below is a simple drawing of a pot.",
        "Figure 3 shows steam.",
        "The following example neatly illustrates two pots.",
    ],
)
def test_a_caption_is_no_text(line: str) -> None:
    assert only(line).kind is BlockKind.CAPTION


def test_a_caption_below_a_line_of_text_takes_only_itself() -> None:
    assert kinds("Tea is a drink.\nThe image below shows a cup.") == ["paragraph", "caption"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Login to view more content", BlockKind.NOISE),
        ("![a cup](cup.png)", BlockKind.NOISE),
        ("---", BlockKind.NOISE),
        ("```\nprint('tea')\n```", BlockKind.CODE),
        ("| tea | minutes |", BlockKind.TABLE),
    ],
)
def test_furniture_of_a_page_is_told_from_text(text: str, kind: BlockKind) -> None:
    assert only(text).kind is kind


@given(st.text())
def test_every_line_that_is_not_blank_lies_in_exactly_one_block(text: str) -> None:
    spans = [block.span for block in read_blocks(text)]
    assert all(one.end <= other.start for one, other in pairwise(spans))
    covered = {place for span in spans for place in range(span.start, span.end)}
    assert all(text[place].isspace() for place in set(range(len(text))) - covered)


@given(st.text())
def test_heads_and_bodies_lie_in_their_block(text: str) -> None:
    for block in read_blocks(text):
        inner = [span for span in (block.head, block.body) if span]
        assert all(block.span.start <= span.start and span.end <= block.span.end for span in inner)
        assert block.span.of(text).strip() == block.span.of(text)
        assert isinstance(block.span, Span)
