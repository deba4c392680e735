"""JSON of speech services: every trap of their shapes."""

from __future__ import annotations

from typing import Any

import pytest

from grader.errors import InvalidTranscript


def _deepgram(*words: dict[str, Any], utterances: list[Any] | None = None) -> dict[str, Any]:
    return {"results": {"channels": [{"alternatives": [{"words": list(words)}]}], "utterances": utterances or []}}


def test_deepgram_turns_are_made_from_words_not_from_utterances(read: Any) -> None:
    words = (
        {"word": "and", "punctuated_word": "And,", "start": 1.0, "end": 1.5, "speaker": 0},
        {"word": "why", "punctuated_word": "why?", "start": 9.0, "end": 9.5, "speaker": 0},
        {"word": "because", "start": 10, "end": 10.5, "speaker": 1},
    )
    transcript = read(_deepgram(*words, utterances=[{"transcript": "And,", "speaker": 0}]))
    assert [(turn.speaker, turn.start, turn.end, turn.text) for turn in transcript.turns] == [
        ("Speaker 0", 1, 9.5, "And, why?"),
        ("Speaker 1", 10, 10.5, "because"),
    ]
    assert transcript.turns[0].segments[1].source == "results.channels[0].alternatives[0].words[1]"


def test_a_deepgram_channel_is_a_speaker_and_phrases_are_not_shredded(said: Any) -> None:
    ask = [{"word": "why", "start": 1, "end": 1.4}, {"word": "this?", "start": 1.5, "end": 2}]
    answer = [{"word": "well", "start": 1.45, "end": 1.6}, {"word": "so.", "start": 2.5, "end": 3}]
    channels = [{"alternatives": [{"words": words}]} for words in (answer, ask)]
    assert said({"results": {"channels": channels}}) == [
        ("Channel 1", "why this?"),
        ("Channel 0", "well so."),
    ]


def test_deepgram_without_words_is_refused(read: Any) -> None:
    with pytest.raises(InvalidTranscript, match="without words and times"):
        read({"results": {"channels": [{"alternatives": [{"transcript": "Hello."}]}]}})


def test_assemblyai_counts_milliseconds_and_its_signed_link_goes_nowhere(read: Any) -> None:
    link = "https://bucket.example/audio.mp3?Signature=secret"
    words = [{"text": "Yeah.", "start": 170, "end": 718, "speaker": "A"}]
    for document in (
        {"audio_url": link, "words": words, "utterances": None},
        {"audio_url": link, "words": [], "utterances": [{"speaker": "A", "text": "Yeah.", "start": 170, "end": 718}]},
    ):
        transcript = read(document)
        (turn,) = transcript.turns
        assert (turn.speaker, turn.start, turn.end, turn.text) == ("A", 0.17, 0.718, "Yeah.")
        assert "secret" not in transcript.model_dump_json()


def _aws(content: str, start: str | None = None, **more: str) -> dict[str, Any]:
    item: dict[str, Any] = {"alternatives": [{"content": content, "confidence": "1.0"}], **more}
    if start is None:
        return item | {"type": "punctuation"}
    return item | {"type": "pronunciation", "start_time": start, "end_time": f"{float(start) + 0.4}"}


def test_aws_times_are_texts_and_punctuation_has_none(read: Any) -> None:
    items = [_aws("Why", "0.49", speaker_label="spk_0"), _aws("?"), _aws("So", "1.0", speaker_label="spk_1"), _aws(".")]
    assert [(turn.speaker, turn.start, turn.end, turn.text) for turn in read({"results": {"items": items}}).turns] == [
        ("spk_0", 0.49, 0.89, "Why?"),
        ("spk_1", 1.0, 1.4, "So."),
    ]


def test_older_aws_files_label_only_segments(said: Any) -> None:
    segments = [
        {"speaker_label": "spk_0", "start_time": "0.49", "end_time": "0.9", "items": [{"start_time": "0.49"}]},
        {"speaker_label": "spk_1", "start_time": "1.0", "end_time": "1.4", "items": [{"start_time": "1.0"}]},
    ]
    items = [_aws("Why", "0.49"), _aws("?"), _aws("So", "1.0"), _aws(".")]
    assert said({"results": {"speaker_labels": {"segments": segments}, "items": items}}) == [
        ("spk_0", "Why?"),
        ("spk_1", "So."),
    ]


def test_aws_channels(said: Any) -> None:
    channels = [
        {"channel_label": "ch_0", "items": [_aws("So", "1.0"), _aws(".")]},
        {"channel_label": "ch_1", "items": [_aws("Why", "0.49"), _aws("?")]},
    ]
    items = [_aws("Why", "0.49"), _aws("?"), _aws("So", "1.0"), _aws(".")]
    assert said({"results": {"channel_labels": {"channels": channels}, "items": items}}) == [
        ("ch_1", "Why?"),
        ("ch_0", "So."),
    ]


def test_rev_puts_punctuation_into_elements(read: Any) -> None:
    elements = [
        {"type": "text", "value": "Well", "ts": 0.5, "end_ts": 0.9},
        {"type": "punct", "value": ", "},
        {"type": "text", "value": "state", "ts": 1.0, "end_ts": 1.2},
        {"type": "punct", "value": "-"},
        {"type": "text", "value": "space", "ts": 1.2, "end_ts": 1.5},
        {"type": "punct", "value": "."},
    ]
    document = {
        "monologues": [{"speaker": 1, "elements": elements}, {"speaker": 2, "elements": elements[-2:]}],
        "speakers": [{"id": 2, "name": "Ada"}],
    }
    turns = read(document).turns
    assert [(turn.speaker, turn.text) for turn in turns] == [("Speaker 1", "Well, state-space."), ("Ada", "space.")]
    assert (turns[0].start, turns[0].end) == (0.5, 1.5)


def test_kaldi_says_beside_the_words_who_speaks(said: Any) -> None:
    words = [
        {"start": 1.0, "end": 1.2, "word": "why", "punct": "Why?"},
        {"start": 2.0, "end": 2.5, "word": "so", "punct": "So."},
    ]
    segments = [
        {"start": 0, "duration": 1.5, "speaker": {"@id": "S1"}},
        {"start": 1.5, "duration": 1, "speaker": {"@id": "S2"}},
    ]
    document = {"retval": {"words": words, "segmentation": {"segments": segments}}}
    assert said(document) == [("S1", "Why?"), ("S2", "So.")]


def test_whisper_words_give_times_inside_a_segment(read: Any) -> None:
    words = [
        {"word": " all", "start": 1, "end": 1.2},
        {"word": "-female", "start": 1.2, "end": 1.5},
        {"word": " team.", "start": 1.6, "end": 2},
    ]
    (turn,) = read({"segments": [{"start": 1, "end": 2, "text": " all-female team.", "words": words}]}).turns
    assert turn.text == "all-female team."
    assert [(segment.span.of(turn.text), segment.start) for segment in turn.segments] == [
        ("all", 1),
        ("-female", 1.2),
        ("team.", 1.6),
    ]


def test_whisper_words_that_are_not_its_text_are_not_believed(read: Any) -> None:
    (turn,) = read(
        {"segments": [{"start": 1, "end": 2, "text": "All of it.", "words": [{"word": "none", "start": 1}]}]}
    ).turns
    assert (turn.text, len(turn.segments)) == ("All of it.", 1)


def test_whisperx_speakers_of_segments_and_words_and_segments_without(said: Any) -> None:
    words = [{"word": "Why?", "start": 1, "end": 2, "speaker": "SPEAKER_00"}, {"word": "So.", "speaker": "SPEAKER_01"}]
    segments = [
        {"start": 1, "end": 3, "text": "Why? So.", "speaker": "SPEAKER_00", "words": words},
        {"start": 3, "end": 4, "text": "And on."},
    ]
    assert said({"segments": segments, "word_segments": []}) == [
        ("SPEAKER_00", "Why?"),
        ("SPEAKER_01", "So."),
        (None, "And on."),
    ]


def test_a_bare_list_of_segments_as_faster_whisper_gives_them(read: Any) -> None:
    segments = [
        {"id": 1, "seek": 0, "start": 0.5, "end": 1.5, "text": " Why?", "tokens": [1], "words": None},
        {"id": 2, "seek": 0, "start": 4.0, "end": 5.0, "text": " Because.", "avg_logprob": -0.2, "words": None},
    ]
    transcript = read(segments)
    assert transcript.format == "Whisper JSON"
    assert [(turn.speaker, turn.start, turn.end, turn.text) for turn in transcript.turns] == [
        (None, 0.5, 1.5, "Why?"),
        (None, 4, 5, "Because."),
    ]


def test_numbers_that_are_none_are_no_times(read: Any) -> None:
    (turn,) = read('{"segments": [{"start": NaN, "end": 1e999, "text": "Hello.", "avg_logprob": NaN}]}').turns
    assert (turn.start, turn.end) == (None, None)


@pytest.mark.parametrize(
    "wrapped", [lambda it: it, lambda it: {"transcript": it}, lambda it: {"data": {"transcript": it}}]
)
def test_fireflies_sentences_are_joined_and_stay_as_said(read: Any, wrapped: Any) -> None:
    sentences = [
        {"index": 0, "text": "Why?", "raw_text": "Um, why?", "start_time": 1.5, "end_time": 2, "speaker_name": "Ada"},
        {"index": 1, "text": "So.", "raw_text": "So.", "start_time": "3", "end_time": "4", "speaker_id": 1},
        {"index": 2, "text": "Really.", "raw_text": None, "start_time": 4, "end_time": 5, "speaker_id": 1},
    ]
    turns = read(wrapped({"sentences": sentences, "title": "x"})).turns
    assert [(turn.speaker, turn.start, turn.text) for turn in turns] == [
        ("Ada", 1.5, "Um, why?"),
        ("Speaker 1", 3, "So. Really."),
    ]


def test_podcast_namespace(said: Any) -> None:
    segments = [
        {"speaker": "Darth Vader", "startTime": 0.5, "endTime": 0.75, "body": "I"},
        {"startTime": 1, "body": "am."},
    ]
    assert said({"version": "1.0.0", "segments": segments}) == [("Darth Vader", "I"), (None, "am.")]


@pytest.mark.parametrize(
    "document",
    [
        {
            "meeting_transcripts": [
                {"speaker": "PM", "content": "{vocalsound} So ?"},
                {"speaker": "UI", "content": "Um ."},
            ]
        },
        [{"speaker": "PM", "text": "{vocalsound} So ?"}, {"speaker": "UI", "text": "Um ."}],
        {"turns": [{"role": "PM", "text": "{vocalsound} So ?"}, {"role": "UI", "text": "Um ."}]},
    ],
)
def test_lists_of_turns_keep_marks_of_noise(said: Any, document: Any) -> None:
    assert said(document) == [("PM", "{vocalsound} So ?"), ("UI", "Um .")]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"segments": [{"start": 1, "end": 2, "text": 7}]}, r"interview, segments\[0\]\.text: should be a text"),
        ({"segments": {"0": "a"}}, r"interview, segments: should be a list"),
        ({"segments": [{"start": [], "text": "a"}]}, r"interview, segments\[0\]\.start: should be a time"),
        ({"results": {"channels": []}}, "is Deepgram JSON, but nobody says a word in it"),
        ({"a": 1, "b": 2}, r"is JSON of no kind that is known \(a, b\)"),
        ([], r"is JSON of no kind that is known \(a list\)"),
    ],
)
def test_wrong_shapes_are_refused_with_their_path(read: Any, document: Any, message: str) -> None:
    with pytest.raises(InvalidTranscript, match=message):
        read(document)
