"""Otter, plain text, Markdown and tables, and what is typed instead of said."""

from __future__ import annotations

from typing import Any

import pytest

from grader.errors import InvalidTranscript

OTTER = """# Interview

Jonas Rosland  0:21  
Hello everyone.

Second paragraph: with a colon.

Unknown Speaker  0:40
Hm.

Carolyn Lu  1:02:03  
Thanks.

Transcribed by https://otter.ai
"""  # noqa: W291 - Otter ends its headings with two blanks


def test_otter_heads_turns_with_name_and_time(read: Any) -> None:
    transcript = read(OTTER)
    assert [(turn.speaker, turn.start, turn.text) for turn in transcript.turns] == [
        ("Jonas Rosland", 21, "Hello everyone.\nSecond paragraph: with a colon."),
        (None, 40, "Hm."),
        ("Carolyn Lu", 3723, "Thanks."),
    ]
    assert [remark.text for remark in transcript.remarks] == ["above the first speaker, left out: # Interview"]


def test_otter_without_times(said: Any) -> None:
    text = "Ann Lee  \nWhy?\n\nBen Wu  \nBecause.\n\nNo,  \nreally.\n\nAnn Lee\nI see.\n"
    assert said(text) == [("Ann Lee", "Why?"), ("Ben Wu", "Because.\nNo, really."), ("Ann Lee", "I see.")]


PLAIN = {
    "name first": ("Interviewer: ", "Candidate: ", None),
    "time first": ("[00:01:00] Interviewer: ", "[00:01:05] Candidate: ", 60),
    "time in brackets": ("(1:00) Interviewer: ", "(1:05) Candidate: ", 60),
    "time behind": ("Interviewer (1:00): ", "Candidate [1:05]: ", 60),
    "bare time": ("01:00 Interviewer: ", "01:05 Candidate: ", 60),
}


@pytest.mark.parametrize(("asking", "answering", "start"), PLAIN.values(), ids=PLAIN)
def test_plain_labels_with_and_without_times(read: Any, asking: str, answering: str, start: float | None) -> None:
    turns = read(f"{asking}What is it?\n{answering}A model,\nor so.\n\nIt learns.\n{asking}Good: thanks.\n").turns
    assert [(turn.speaker, turn.text) for turn in turns] == [
        ("Interviewer", "What is it?"),
        ("Candidate", "A model, or so.\nIt learns."),
        ("Interviewer", "Good: thanks."),
    ]
    assert turns[0].start == start


@pytest.mark.parametrize("name", ["李雷", "Иван Петров", "محمد", "नेहा शर्मा", "Ngọc Ánh", "Ὀδυσσεύς"])
@pytest.mark.parametrize("written", ["{0}: {1}\n", "**{0}:** {1}\n\n", "{0}  0:01  \n{1}\n\n", "{0} (0:01): {1}\n"])
def test_names_in_any_script(said: Any, name: str, written: str) -> None:
    text = "".join(
        written.format(*each) for each in [(name, "Why?"), ("Ben", "So."), (name, "I see."), ("Ben", "Yes.")]
    )
    assert said(text) == [(name, "Why?"), ("Ben", "So."), (name, "I see."), ("Ben", "Yes.")]


def test_a_label_of_a_role_is_believed_the_first_time(said: Any) -> None:
    text = "Interviewer: Why?\nCandidate: Because of this\nand that\nand more\nand more\nand more.\n"
    assert said(text)[1] == ("Candidate", "Because of this and that and more and more and more.")


def test_what_stands_above_the_first_speaker_is_remarked(read: Any) -> None:
    transcript = read("Interview of 3 May\n\nAnn: Why?\nBen: Because.\nAnn: I see.\n")
    assert [remark.text for remark in transcript.remarks] == ["above the first speaker, left out: Interview of 3 May"]


def test_a_title_is_no_table_and_a_time_of_day_no_heading(said: Any) -> None:
    text = "Transcript\n\nAnn: Why?\nBen: Because.\nAnn: See you at  10:30\nBen: Yes.\n"
    assert [name for name, _ in said(text)] == ["Ann", "Ben", "Ann", "Ben"]


MARKDOWN = r"""**Mat Ryer:** Welcome to [Go](https://go.dev)!

\[04:03\] And now \[laughter\] the question \[unintelligible 00:09:12.21\].

**Break:** \[05:00\]

**Jingle** \[05:01\]

**Ana** (05:02): Yes.

**Really** yes.

**Ñusta**: No.
"""


def test_markdown_speakers_are_bold_and_paragraphs_go_on(read: Any) -> None:
    transcript = read(MARKDOWN)
    assert [(turn.speaker, turn.text) for turn in transcript.turns] == [
        ("Mat Ryer", "Welcome to [Go](https://go.dev)!\nAnd now [laughter] the question [unintelligible 00:09:12.21]."),
        ("Ana", "Yes.\n**Really** yes."),
        ("Ñusta", "No."),
    ]
    assert [segment.start for segment in transcript.turns[0].segments] == [None, 243]
    assert transcript.turns[1].start == 302
    assert [remark.source for remark in transcript.remarks] == ["line 7"]


@pytest.mark.parametrize(
    "text",
    [
        'Speaker,Start Time,End Time,Text\nAnn,0:01,0:02,Why?\n,0:02,0:03,\nBen,0:03,0:04,"Because, well,\nso."\n',
        "speaker;start;end;text\nAnn;1;2;Why?\nBen;3.0;4;Because, well, so.\n",
        "start_ms\tend_ms\tspeaker\ttext\n1000\t2000\tAnn\tWhy?\n3000\t4000\tBen\tBecause, well, so.\n",
    ],
)
def test_tables_with_columns_for_speaker_and_times(read: Any, text: str) -> None:
    heard = [(turn.speaker, turn.start, turn.end, " ".join(turn.text.split())) for turn in read(text).turns]
    assert heard == [("Ann", 1, 2, "Why?"), ("Ben", 3, 4, "Because, well, so.")]


def test_whispers_tsv_counts_milliseconds_and_quotes_are_words(read: Any) -> None:
    (turn,) = read('start\tend\ttext\n43810\t47850\t"Hello everyone.\n').turns
    assert (turn.start, turn.end, turn.text) == (43.81, 47.85, '"Hello everyone.')


def test_a_whole_interview_in_one_cell(said: Any) -> None:
    text = 'id,transcript\n7,"Interviewer: Why? | Candidate: Because. | | well, yes. | Interviewer: I see."\n'
    assert said(text) == [
        ("Interviewer", "Why?"),
        ("Candidate", "Because."),
        (None, "well, yes."),
        ("Interviewer", "I see."),
    ]


def test_several_interviews_in_one_table_are_refused(read: Any) -> None:
    with pytest.raises(InvalidTranscript, match="lines 2, 3 each hold a whole interview"):
        read("id,transcript\n7,Interviewer: Why? | Candidate: So.\n8,Interviewer: Why? | Candidate: So.\n")


@pytest.mark.parametrize(
    "text",
    [
        "00:04:33\tJihoon:\thttps://example.org/\r\n00:09:23\tPelle Krabbenhoeft:\tJust some data.\r\n",
        "10:04:33 From Ann Lee to Everyone:\n10:05:00 From Ben : hi\n",
        "10:04:33\t From  Ann Lee : hi\n10:05:00\t From  Ben : hello\n",
    ],
)
def test_chat_logs_are_refused(read: Any, text: str) -> None:
    with pytest.raises(InvalidTranscript, match="is a chat log"):
        read(text)
