"""The 42 sample files, against counts made by other means.

Turns, words and times were counted with grep, awk and jq: a change of speaker, or a sentence that ends before a silence
of more than two seconds, begins a turn; without speakers the end of a sentence does.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.adapters.transcripts import SniffingReader
from grader.errors import InvalidTranscript

if TYPE_CHECKING:
    from grader.transcripts import Transcript


@dataclass(frozen=True)
class Counted:
    file: str
    format: str
    turns: int
    segments: int
    start: float | None = None
    end: float | None = None
    speakers: dict[str, int] = field(default_factory=dict)


_FOCIL = {"Jihoon": 21, "Fabio Di Fabio": 3, "nflaig": 4, "Pelle Krabbenhoeft": 4}
_NASA = {"Speaker 0": 2, "Speaker 1": 9, "Speaker 2": 4}
_QUBE = {"Jonas Rosland": 27, "Carolyn Lu": 26}
_AMI = {"User Interface": 49, "Project Manager": 102, "Marketing": 103, "Industrial Designer": 66}
_IDIAP = {"User Interface": 77, "Project Manager": 80, "Marketing": 65, "Industrial Designer": 79}
_PANEL = {"Ashley McNamara": 49, "Carmen Andoh": 51, "Johnny Boursiquot": 29, "Mat Ryer": 53}
_REDSTART = {"Jon Lawitts": 18, "Jonas Rosland": 10, "Rich McGrath": 5, "Vicky Wei": 16}

COUNTED = [
    Counted("json-assemblyai/assemblyai_transcription.json", "AssemblyAI JSON", 1, 60, 0.17, 25.14, {"A": 1}),
    Counted("json-assemblyai/assemblyai_utterances.json", "AssemblyAI JSON", 1, 60, 0.17, 25.14, {"A": 1}),
    Counted(
        "json-aws-transcribe/02-channel-identification.json",
        "AWS Transcribe JSON",
        7,
        354,
        0.49,
        141.54,
        {"ch_0": 3, "ch_1": 4},
    ),
    Counted(
        "json-aws-transcribe/03-speaker-identification.json",
        "AWS Transcribe JSON",
        7,
        354,
        0.49,
        141.54,
        {"spk_0": 4, "spk_1": 2, "spk_2": 1},
    ),
    Counted("json-bbc-kaldi/KateDarling.json", "BBC Kaldi JSON", 17, 1712, 13.02, 704.34, {"S12": 10, "S10": 7}),
    Counted("json-deepgram/dg_speakers.json", "Deepgram JSON", 15, 226, 3.04, 163.105, _NASA),
    Counted("json-deepgram/dg_speakers_no_utterances.json", "Deepgram JSON", 15, 226, 3.04, 163.105, _NASA),
    Counted("json-deepgram/dg_utterances.json", "Deepgram JSON", 2, 62, 0.08, 25.439999),
    Counted(
        "json-podcast-namespace/example.json", "podcast namespace JSON", 2, 5, 0.5, 3.0, {"Darth Vader": 1, "Luke": 1}
    ),
    Counted("json-qmsum/ES2004a.json", "QMSum JSON", 320, 320, speakers=_AMI),
    Counted("json-qmsum/IS1003a.json", "QMSum JSON", 301, 301, speakers=_IDIAP),
    Counted("json-rev/revai-python-sdk-test-shape.json", "Rev JSON", 1, 1, 0.75, 1.25, {"Speaker 1": 1}),
    Counted("json-whisper/hitsave-goodboy-galaxy.first60segments.json", "Whisper JSON", 53, 516, 43.81, 265.57),
    Counted("json-whisper/hitsave-keitai-2025.first150segments.json", "Whisper JSON", 150, 150, 0.0, 1091.04),
    Counted("json-whisper/whisper_timestamped.json", "Whisper JSON", 2, 59, 0.12, 25.32),
    Counted(
        "markdown-changelog/go-time-323-go-runtime-two-person.md",
        "Markdown",
        82,
        101,
        speakers={"Natalie Pistunovich": 41, "Jesús Espino": 41},
    ),
    Counted("markdown-changelog/go-time-82-hiring-and-interviews.md", "Markdown", 182, 222, speakers=_PANEL),
    Counted("markdown/hitsave-artemio-urbina.md", "captions", 877, 1087, 0.0, 5208.52),
    Counted(
        "otter/hitsave-lantana.otter.md", "Otter", 59, 71, 0.0, speakers={"Jonas Rosland": 29, "Danny Silvers": 30}
    ),
    Counted("otter/hitsave-q-cubed.otter.md", "Otter", 53, 53, 21.0, speakers=_QUBE),
    Counted("otter/hitsave-q-cubed.txt", "Otter", 53, 53, 21.0, speakers=_QUBE),
    Counted("otter/hitsave-redstart-no-timestamps.excerpt.md", "Otter", 49, 52, speakers=_REDSTART),
    Counted("srt/hitsave-goodboy-galaxy.srt", "SRT", 485, 753, 43.81, 3125.56),
    Counted(
        "srt/podcast-namespace-example-speaker-prefix.srt",
        "SRT",
        10,
        222,
        0.179,
        754.769,
        {"Travis": 5, "Sarah": 2, "Gilon": 3},
    ),
    Counted("tsv-whisper/hitsave-goodboy-galaxy.tsv", "TSV", 485, 753, 43.81, 3125.56),
    Counted("txt-plain/hitsave-goodboy-galaxy.txt", "text with times", 485, 753, 43.81, 3125.56),
    Counted("vtt-edge-cases/captions_with_bom.vtt", "WebVTT", 4, 4, 0.5, 21.58),
    Counted("vtt-edge-cases/comments.vtt", "WebVTT", 3, 3, 135.0, 150.0),
    Counted("vtt-edge-cases/cue_tags.vtt", "WebVTT", 3, 3, 16.5, 21.5),
    Counted("vtt-edge-cases/invalid_timeframe.vtt", "WebVTT", 7, 7, 0.5, 30.28),
    Counted("vtt-edge-cases/metadata_headers_multiline.vtt", "WebVTT", 2, 2, 0.5, 11.89),
    Counted("vtt-edge-cases/missing_timeframe.vtt", "WebVTT", 7, 7, 0.5, 30.28),
    Counted("vtt-edge-cases/styles.vtt", "WebVTT", 1, 1, 0.0, 10.0),
    Counted("vtt-edge-cases/using_identifiers.vtt", "WebVTT", 6, 6, 0.5, 27.28),
    Counted("vtt-edge-cases/youtube_dl.vtt", "WebVTT", 3, 3, 286.07, 305.069),
    Counted("vtt-voice-tags/podcast-namespace-example.vtt", "WebVTT", 2, 7, 0.0, 25.35, {"Sarah": 1, "Gillian": 1}),
    Counted("vtt-whisper/hitsave-goodboy-galaxy.vtt", "WebVTT", 485, 753, 43.81, 3125.56),
    Counted(
        "vtt-zoom/ethereum-pm-allwalletdevs-039.vtt",
        "WebVTT",
        13,
        30,
        117.23,
        499.22,
        {"Z. Victor Zhou (xinbenlv)": 13},
    ),
    Counted("vtt-zoom/ethereum-pm-focil-029.corrected.vtt", "WebVTT", 32, 81, 163.48, 810.09, _FOCIL),
    Counted("vtt-zoom/ethereum-pm-focil-029.vtt", "WebVTT", 32, 81, 163.48, 810.09, _FOCIL),
]

NO_SPEECH = {
    "zoom-chat/ethereum-pm-focil-029.chat.txt": "is a chat log",
    "vtt-zoom/ethereum-pm-focil-029.changelog.tsv": "a text needs speakers in front of what they say",
}


@pytest.fixture
def samples(shared: Path) -> Path:
    return shared / "transcripts"


def _read(path: Path) -> Transcript:
    return SniffingReader().read(path.read_bytes(), path.name)


def test_every_sample_is_counted(samples: Path) -> None:
    files = {str(path.relative_to(samples)) for path in samples.glob("*/*")}
    assert files == {counted.file for counted in COUNTED} | set(NO_SPEECH)
    assert len(files) == 42


@pytest.mark.parametrize("counted", COUNTED, ids=lambda counted: counted.file)
def test_turns_speakers_and_times_are_as_counted(samples: Path, counted: Counted) -> None:
    transcript = _read(samples / counted.file)
    speakers = Counter(turn.speaker for turn in transcript.turns if turn.speaker)
    assert transcript.format == counted.format
    assert len(transcript.turns) == counted.turns
    assert sum(len(turn.segments) for turn in transcript.turns) == counted.segments
    assert dict(speakers) == counted.speakers
    assert (transcript.turns[0].start, transcript.turns[-1].end) == (counted.start, counted.end)


@pytest.mark.parametrize(("file", "message"), NO_SPEECH.items())
def test_what_is_no_speech_is_refused(samples: Path, file: str, message: str) -> None:
    with pytest.raises(InvalidTranscript, match=message):
        _read(samples / file)


def test_a_recording_in_two_parts_keeps_its_order_and_says_that_the_clock_starts_over(samples: Path) -> None:
    transcript = _read(samples / "otter/hitsave-lantana.otter.md")
    (turn,) = transcript.setbacks
    assert (turn.speaker, turn.start, transcript.turns[turn.index - 1].start) == ("Danny Silvers", 0, 2355)
    assert any("starts before what stands above it" in remark.text for remark in transcript.remarks)


def test_escaped_marks_of_markdown_are_undone_and_time_stamps_are_no_speech(samples: Path) -> None:
    transcript = _read(samples / "markdown-changelog/go-time-323-go-runtime-two-person.md")
    said = "\n".join(turn.text for turn in transcript.turns)
    assert "[unintelligible 00:09:12.21]" in said
    assert "[08:14]" not in said
    times = {segment.source: segment.start for turn in transcript.turns for segment in turn.segments}
    assert (times["line 29"], times["line 41"]) == (8 * 60 + 14, 12 * 60 + 3)


def test_one_interview_in_five_forms_has_the_same_words_and_times(samples: Path) -> None:
    forms = [f"{folder}/hitsave-goodboy-galaxy.{end}" for folder, end in
             (("srt", "srt"), ("tsv-whisper", "tsv"), ("txt-plain", "txt"), ("vtt-whisper", "vtt"))]  # fmt: skip
    heard = [[(turn.start, turn.end, turn.text) for turn in _read(samples / form).turns] for form in forms]
    assert heard[0] == heard[1] == heard[2] == heard[3]
    whisper = _read(samples / "json-whisper/hitsave-goodboy-galaxy.first60segments.json")
    assert [turn.text for turn in whisper.turns] == [text for _, _, text in heard[0][:53]]


def test_webvtt_py_hears_the_same_words(samples: Path) -> None:
    """A second opinion, but for what it drops: bad times, lines of rolling captions; and for what it leaves encoded."""
    webvtt = pytest.importorskip("webvtt")
    differing = {"invalid_timeframe.vtt", "missing_timeframe.vtt", "youtube_dl.vtt"}
    for path in samples.glob("vtt-*/*.vtt"):
        if path.name in differing:
            continue
        theirs = [" ".join(caption.text.split()).replace("&amp;", "&") for caption in webvtt.read(str(path))]
        transcript = _read(path)
        ours = [segment.span.of(turn.text) for turn in transcript.turns for segment in turn.segments]
        assert len(ours) == len(theirs)
        assert all(their.endswith(our) for our, their in zip(ours, theirs, strict=True))


def test_srt_hears_the_same_words_at_the_same_times(samples: Path) -> None:
    srt = pytest.importorskip("srt")
    for path in samples.glob("srt/*.srt"):
        theirs = [
            (each.start.total_seconds(), each.end.total_seconds(), " ".join(each.content.split()))
            for each in srt.parse(path.read_text("utf-8"))
        ]
        segments = [(turn, segment) for turn in _read(path).turns for segment in turn.segments]
        ours = [(segment.start, segment.end, segment.span.of(turn.text)) for turn, segment in segments]
        assert [times for *times, _ in ours] == [times for *times, _ in theirs]
        assert all(re.sub(r"^\w+: ", "", their[2]) == our[2] for our, their in zip(ours, theirs, strict=True))
