"""What a person reads carries no link, no markup and no secret."""

from __future__ import annotations

import pytest

from grader.text.firewall import is_plain, leaks

SECRET = "The gravity of the moon pulls the water, and the earth turns below the two bulges."


@pytest.mark.parametrize(
    "text",
    [
        "https://a.example/x",
        "see www.evil",
        "go to evil.com/login",
        "mail a@b.example",
        "[here](//x)",
        "![x](y)",
        "<script>alert(1)</script>",
        "</b>",
        "javascript:alert(1)",
        "&lt;b&gt; &#60;",
        "\x1b[2J",
    ],
)
def test_links_and_markup_are_seen(text: str) -> None:
    assert not is_plain(f"Well done. {text} More.")


@pytest.mark.parametrize("text", ["a < b and c > d", "i.e. this, e.g. that", "O(n·w) & more; R&D", "x_i"])
def test_formulas_and_abbreviations_are_plain(text: str) -> None:
    assert is_plain(text)


def test_a_run_of_eight_words_is_a_leak_and_seven_are_not() -> None:
    row = SECRET.casefold().replace(",", "").replace(".", "").split()
    assert leaks("You could say: " + " ".join(row[3:11]), [SECRET])
    assert not leaks(" ".join(row[3:10]), [SECRET])
    assert not leaks("", [SECRET, ""])
