"""WebVTT, SRT and text with times: every trap of the tools that write them."""

from __future__ import annotations

from typing import Any

import pytest

ZOOM = """WEBVTT\r
\r
1\r
00:00:01.000 --> 00:00:03.500\r
Z. Victor Zhou (xinbenlv): What is a Fossil?\r
\r
2\r
00:00:04.000 --> 00:00:05.000\r
田中: It is, um,\r
\r
3\r
00:00:05.000 --> 00:00:07.000\r
田中: an inclusion list.\r
"""

TEAMS = """WEBVTT

f0a1b2c3-d4e5-f607-1829-3a4b5c6d7e8f/12-0
00:00:01.000 --> 00:00:03.500
<v Ada Lovelace>What is attention,
and why is it quadratic?</v>

f0a1b2c3-d4e5-f607-1829-3a4b5c6d7e8f/15-0
00:00:04.000 --> 00:00:05.000
Every token looks at all others.

f0a1b2c3-d4e5-f607-1829-3a4b5c6d7e8f/16-0
00:00:06.000 --> 00:00:07.000
<v Ada Lovelace>Good.</v> <v José Ñandú>Thanks.</v>
"""


def test_zoom_names_stand_in_front_of_the_words_in_any_script(read: Any) -> None:
    transcript = read(ZOOM)
    assert [(turn.speaker, turn.start, turn.end, turn.text) for turn in transcript.turns] == [
        ("Z. Victor Zhou (xinbenlv)", 1, 3.5, "What is a Fossil?"),
        ("田中", 4, 7, "It is, um, an inclusion list."),
    ]
    assert transcript.turns[1].source == "line 8 – line 12"


def test_teams_wraps_lines_leaves_voices_out_and_puts_two_into_a_cue(said: Any) -> None:
    assert said(TEAMS) == [
        ("Ada Lovelace", "What is attention, and why is it quadratic?"),
        (None, "Every token looks at all others."),
        ("Ada Lovelace", "Good."),
        ("José Ñandú", "Thanks."),
    ]


def test_voice_tags_need_no_end_and_entities_are_decoded(said: Any) -> None:
    text = (
        "WEBVTT\n\n00:00.0 --> 00:02.000\n<v.loud Sarah>Our Q&amp;A\n\n00:02.000 --> 00:03.000\n<v Sarah>&lt;x&gt;.\n"
    )
    assert said(text) == [("Sarah", "Our Q&A <x>.")]


def test_what_only_looks_like_a_tag_is_words(said: Any) -> None:
    text = "WEBVTT\n\n00:00.000 --> 00:02.000\n<b>A</b> vector<int> where a < b and <00:01.000><c.red>c</c> > d.\n"
    assert said(text) == [(None, "A vector<int> where a < b and c > d.")]


def test_comments_styles_regions_settings_and_a_mark_in_front_are_no_speech(said: Any) -> None:
    text = (
        "\ufeffWEBVTT - title\nKind: subtitles\n\nNOTE nobody says\nthis\n\nSTYLE\n::cue { color: red }\n\n"
        "REGION\nid:fred\n\n"
        "intro\n00:01.000 --> 00:02.000 align:start position:0%\nHello.\n\nNOTE\nor this\n"
    )
    assert said(text) == [(None, "Hello.")]


def test_words_under_a_bad_time_are_kept_and_the_line_is_named(read: Any) -> None:
    transcript = read("WEBVTT\n\n00:01.000 --> 00:0x.000\nHello.\n\n00:03.000 --> 00:04.000\nThere.\n")
    assert [(turn.start, turn.text) for turn in transcript.turns] == [(None, "Hello."), (3, "There.")]
    assert [remark.source for remark in transcript.remarks] == ["line 3"]


def test_words_under_no_time_are_kept_and_stay_with_their_speaker(read: Any) -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\nAda: Hello.\n\nMore of it.\n\n00:02.000 --> 00:04.000\nBob: There.\n"
    transcript = read(text)
    assert [(turn.speaker, turn.text) for turn in transcript.turns] == [
        ("Ada", "Hello. More of it."),
        ("Bob", "There."),
    ]
    assert [remark.source for remark in transcript.remarks] == ["line 6"]


def test_a_cut_off_file_keeps_what_is_whole_and_names_the_line_of_the_cut(read: Any) -> None:
    transcript = read("1\n00:00:01,000 --> 00:00:02,000\nHello.\n\n2\n00:00:03,000 -->")
    assert [turn.text for turn in transcript.turns] == ["Hello."]
    assert transcript.remarks[0].source == "line 6"


def test_rolling_captions_say_nothing_twice(said: Any) -> None:
    text = (
        "WEBVTT\nKind: captions\nLanguage: en\n\n00:01.000 --> 00:02.000\nattention is\n\n"
        "00:02.000 --> 00:03.000\nattention is\nquadratic in length.\n\n00:03.000 --> 00:04.000\nquadratic in length.\n"
    )
    assert said(text) == [(None, "attention is quadratic in length.")]


def test_a_word_said_twice_stays_said_twice_elsewhere(said: Any) -> None:
    assert said(
        "WEBVTT\n\n00:01.000 --> 00:02.000\nyes\n\n00:02.000 --> 00:03.000\nyes\n\n00:03.000 --> 00:04.000\nso.\n"
    ) == [(None, "yes yes so.")]


SRT_OF_CHANGES = """1
00:00:01,000 --> 00:00:02,000
Ann: What is a
transformer?

2
00:00:02,000 --> 00:00:03,000
Ben: It is a model,

3
00:00:03,000 --> 00:00:04,000
and it has attention.

4
00:00:04,000 --> 00:00:05,000
the answer is: yes

5
00:00:05,000 --> 00:00:06,000
the answer is: no

6
00:00:06,000 --> 00:00:07,000
Ann: I see.

7
00:00:07,000 --> 00:00:08,000
Ben: Note: Well, 10:30 is late.

8
00:00:08,000 --> 00:00:09,000
Sum: of all.

9
00:00:09,000 --> 00:00:10,000
And that is it.

10
00:00:10,000 --> 00:00:11,000
Really it.
"""


def test_labels_that_stand_only_at_a_change_hold_until_the_next(read: Any) -> None:
    transcript = read(SRT_OF_CHANGES)
    assert [(turn.speaker, turn.text) for turn in transcript.turns] == [
        ("Ann", "What is a transformer?"),
        ("Ben", "It is a model, and it has attention. the answer is: yes the answer is: no"),
        ("Ann", "I see."),
        ("Ben", "Note: Well, 10:30 is late. Sum: of all. And that is it. Really it."),
    ]
    assert [remark.source for remark in transcript.remarks] == ["Sum"]


@pytest.mark.parametrize("name", ["李雷", "Иван Петров", "محمد", "D'Arcy O’Neil-Smith", "नेहा", "M. de la Cruz"])
def test_names_in_any_script(said: Any, name: str) -> None:
    text = f"1\n00:00:01,000 --> 00:00:02,000\n{name}: Why?\n\n2\n00:00:02,000 --> 00:00:03,000\nBob：Because.\n"
    assert said(text) == [(name, "Why?"), ("Bob", "Because.")]


def test_whisper_text_with_times(read: Any) -> None:
    transcript = read("[00:43.810 --> 00:47.850]  Hello everyone\r\n[01:00:47.850 --> 01:00:49.000]  and welcome.\r\n")
    assert [(turn.start, turn.text) for turn in transcript.turns] == [
        (43.81, "Hello everyone"),
        (3647.85, "and welcome."),
    ]


def test_an_arrow_in_speech_is_words(said: Any) -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\nfrom a\nx --> y, then.\n"
    assert said(text) == [(None, "from a x --> y, then.")]
