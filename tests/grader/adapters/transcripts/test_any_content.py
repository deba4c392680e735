"""Whatever a file holds: a transcript or InvalidTranscript; and whatever was said is in it, once, in order."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.adapters.transcripts import SniffingReader
from grader.errors import InvalidTranscript
from grader.transcripts import Transcript

_BEGINNINGS = [
    *(b"", b"WEBVTT\n\n", b"{", b"[{", b"PK\x03\x04", b"\xff\xfe", b"1\n00:00:01,000 --> ", b"**Ann:** a\n\n**Ben:** "),
    *(b"Ann  0:01\n", b"Ann: a\nBen: b\n", b"speaker,text\n", b"start\tend\ttext\n", b"[00:01.000 --> 00:02.000] "),
]
_MARKS = st.sampled_from(
    '\n \n\n --> 00:01.000 00:00:02,500 <v Ann> </v> ** : ： | \t , " \\[ [ ] ( NOTE 7 a . Ann Ben &amp; \ufeff'.split(
        " "
    )
)
_KEYS = (
    "results channels alternatives words word text content start end speaker items type segments speaker_labels role "
    "start_time channel_labels channel_label monologues elements value ts speakers id name retval segmentation punct "
    "body duration @id audio_url sentences transcript data raw_text meeting_transcripts turns startTime utterances"
).split()
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["1.5", "punctuation"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=5),
    max_leaves=25,
)


def _read(raw: bytes) -> Transcript:
    return SniffingReader().read(raw, "interview")


@settings(max_examples=300)
@given(st.sampled_from(_BEGINNINGS), st.binary(max_size=200))
def test_any_bytes(beginning: bytes, rest: bytes) -> None:
    with suppress(InvalidTranscript):
        _read(beginning + rest)


@settings(max_examples=300)
@given(st.sampled_from(_BEGINNINGS), st.lists(_MARKS, max_size=40).map(" ".join))
def test_any_text(beginning: bytes, rest: str) -> None:
    with suppress(InvalidTranscript):
        _read(beginning + rest.encode())


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(_JSON)
def test_any_json(document: Any) -> None:
    with suppress(InvalidTranscript):
        _read(json.dumps(document).encode())


@st.composite
def _interviews(draw: st.DrawFn) -> list[tuple[str, int, int, str]]:
    """Cues of (speaker, start, end in milliseconds, words), in order of time."""
    words = st.text("abcäß你ж.,?!", min_size=1, max_size=12).map(lambda word: f"w{word}")
    cues, clock = [], 0
    for _ in range(draw(st.integers(2, 12))):
        start = clock + draw(st.integers(0, 4_000))
        clock = start + draw(st.integers(0, 4_000))
        name = draw(st.sampled_from(["Ann Lee", "田中", "Z. Zhou (x)"]))
        cues.append((name, start, clock, " ".join(draw(st.lists(words, min_size=1, max_size=6)))))
    return cues


def _stamp(milliseconds: int, mark: str = ".") -> str:
    minutes, rest = divmod(milliseconds, 60_000)
    return f"00:{minutes:02}:{rest // 1000:02}{mark}{rest % 1000:03}"


def _webvtt(cues: list[Any]) -> str:
    cued = (f"{_stamp(start)} --> {_stamp(end)}\r\n<v {name}>{said}</v>\r\n" for name, start, end, said in cues)
    return "WEBVTT\r\n\r\n" + "\r\n".join(cued)


def _zoom(cues: list[Any]) -> str:
    cued = (
        f"{at}\n{_stamp(start)} --> {_stamp(end)}\n{name}: {said}\n" for at, (name, start, end, said) in enumerate(cues)
    )
    return "WEBVTT\n\n" + "\n".join(cued)


def _srt(cues: list[Any]) -> str:
    return "\n".join(
        f"{at}\n{_stamp(start, ',')} --> {_stamp(end, ',')}\n{name}: {said}\n"
        for at, (name, start, end, said) in enumerate(cues)
    )


def _csv(cues: list[Any]) -> str:
    rows = (f'{start},{end},{name},"{said}"' for name, start, end, said in cues)
    return "\n".join(["start_ms,end_ms,speaker,text", *rows])


def _assemblyai(cues: list[Any]) -> str:
    words = [{"speaker": name, "start": start, "end": end, "text": said} for name, start, end, said in cues]
    return json.dumps({"audio_url": "x", "words": words})


def _deepgram(cues: list[Any]) -> str:
    words = [{"speaker": n, "start": start / 1000, "end": end / 1000, "word": said} for n, start, end, said in cues]
    return json.dumps({"results": {"channels": [{"alternatives": [{"words": words}]}]}})


def _whisperx(cues: list[Any]) -> str:
    segments = [{"speaker": n, "start": start / 1000, "end": end / 1000, "text": said} for n, start, end, said in cues]
    return json.dumps({"segments": segments})


@settings(max_examples=100)
@given(_interviews(), st.sampled_from([_webvtt, _zoom, _srt, _csv, _assemblyai, _deepgram, _whisperx]))
def test_every_format_gives_every_word_to_its_speaker_at_its_time(cues: list[Any], written: Any) -> None:
    transcript = _read(written(cues).encode())
    heard = [
        (turn.speaker, segment.start, segment.end, segment.span.of(turn.text))
        for turn in transcript.turns
        for segment in turn.segments
    ]
    assert heard == [(name, start / 1000, end / 1000, said) for name, start, end, said in cues]
    starts = [turn.start for turn in transcript.turns]
    assert starts == sorted(starts)
    assert not transcript.remarks
    assert all(transcript.verifies(turn.cite(each.span)) for turn in transcript.turns for each in turn.segments)
