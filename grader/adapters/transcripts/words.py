"""JSON in which every word has its time: Deepgram, AssemblyAI, AWS Transcribe, Rev, BBC Kaldi.

Turns are made from the words: what a service calls utterances or segments it may cut at every pause.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Final

from grader.adapters.transcripts.document import Node
from grader.adapters.transcripts.names import speaker
from grader.adapters.transcripts.source import Heard
from grader.transcripts.assembly import Piece

MILLISECOND: Final = 0.001

PHRASE_PAUSE_SECONDS: Final = 0.8
"""Silence between two words of one speaker, from which they are two phrases; Deepgram's own default."""


def read_deepgram(document: Node) -> Heard:
    """The words of every channel; where there are several, a channel is a speaker (Deepgram, pre-recorded audio)."""
    heard = Heard("Deepgram JSON")
    channels = list(document.get("results", "channels").items())
    for number, channel in enumerate(channels):
        alternative = next(channel.get("alternatives").items(), channel.get("alternatives"))
        of_channel = f"Channel {number}" if len(channels) > 1 else None
        words = [
            _word(word, word.first("punctuated_word", "word").text(), speaker(word.get("speaker").value) or of_channel)
            for word in alternative.get("words").items()
        ]
        if not words and alternative.get("transcript").text().strip():
            raise alternative.error("has a transcript without words and times; ask Deepgram for words")
        heard.pieces += _phrases(words)
    heard.pieces = _by_time(heard.pieces) if len(channels) > 1 else heard.pieces
    return heard


def read_assemblyai(document: Node) -> Heard:
    """The words of all utterances, or all words where there are none; milliseconds. The audio's address is unread."""
    heard = Heard("AssemblyAI JSON")
    for utterance in document.get("utterances").items():
        label = speaker(utterance.first("speaker", "channel").value)
        words = list(utterance.get("words").items()) or [utterance]
        heard.pieces += _phrases([_word(word, word.get("text").text(), label, MILLISECOND) for word in words])
    if not heard.pieces:
        words = list(document.get("words").items())
        heard.pieces += _phrases(
            [_word(word, word.get("text").text(), speaker(word.get("speaker").value), MILLISECOND) for word in words]
        )
    return heard


def read_aws(document: Node) -> Heard:
    """AWS Transcribe: items with a speaker each, or only the segments with one (older files), or channels."""
    heard = Heard("AWS Transcribe JSON")
    results = document.get("results")
    channels = list(results.get("channel_labels", "channels").items())
    for channel in channels:
        heard.pieces += _aws_words(channel.get("items"), {}, speaker(channel.get("channel_label").value))
    heard.pieces = _by_time(heard.pieces)
    if not channels:
        heard.pieces += _aws_words(results.get("items"), _aws_speakers(results), None)
    return heard


def _aws_speakers(results: Node) -> dict[str, object]:
    """Who begins to speak a word when: older files say it only here."""
    found: dict[str, object] = {}
    for segment in results.get("speaker_labels", "segments").items():
        for item in segment.get("items").items():
            found[str(item.get("start_time").value)] = (
                item.first("speaker_label").value or segment.get("speaker_label").value
            )
    return found


def _aws_words(items: Node, speakers: dict[str, object], channel: str | None) -> list[Piece]:
    words: list[Piece] = []
    for item in items.items():
        content = next(item.get("alternatives").items(), item).get("content").text()
        if item.get("type").value == "punctuation" and words:
            words[-1] = replace(words[-1], text=words[-1].text + content)
            continue
        label = item.get("speaker_label").value or speakers.get(str(item.get("start_time").value))
        start, end = item.get("start_time").seconds(), item.get("end_time").seconds()
        words.append(Piece(content, item.path, speaker(label) or channel, start, end))
    return _phrases(words)


def read_rev(document: Node) -> Heard:
    """Rev's monologues; punctuation comes as elements of its own, with the blanks it stands between."""
    heard = Heard("Rev JSON")
    names = {str(each.get("id").value): each.get("name").value for each in document.get("speakers").items()}
    for monologue in document.get("monologues").items():
        number = monologue.get("speaker").value
        label = speaker(names.get(str(number)) or monologue.get("speaker_info", "display_name").value) or speaker(
            number
        )
        heard.pieces += _phrases(list(_rev_words(monologue, label)))
    return heard


def _rev_words(monologue: Node, label: str | None) -> Iterator[Piece]:
    word: Piece | None = None
    joint = ""
    for element in monologue.get("elements").items():
        value = element.get("value").text()
        if element.get("type").value == "punct":
            mark, joint = value.strip(), " " if value != value.rstrip() else ""
            word = replace(word, text=word.text + mark) if word else None
            continue
        if word:
            yield word
        start, end = element.get("ts").seconds(), element.get("end_ts").seconds()
        word, joint = Piece(value, element.path, label, start, end, joint=joint or " " * (word is None)), ""
    if word:
        yield word


def read_kaldi(document: Node) -> Heard:
    """BBC Kaldi: words, and beside them who speaks from when on."""
    heard = Heard("BBC Kaldi JSON")
    body = document.get("retval") if document.has("retval") else document
    turns = sorted(
        (segment.get("start").seconds() or 0.0, str(segment.get("speaker", "@id").value or ""))
        for segment in body.get("segmentation", "segments").items()
    )
    begins = [start for start, _ in turns]
    words = []
    for node in body.get("words").items():
        word = _word(node, node.first("punct", "word").text(), None)
        at = bisect_right(begins, word.start or 0.0) - 1
        words.append(replace(word, speaker=speaker(turns[at][1]) if at >= 0 else None))
    heard.pieces += _phrases(words)
    return heard


def _word(node: Node, text: str, label: str | None, scale: float = 1.0) -> Piece:
    return Piece(text, node.path, label, node.get("start").seconds(scale), node.get("end").seconds(scale))


def _phrases(words: list[Piece]) -> list[Piece]:
    """The words, those of one phrase kept together."""
    return words[:1] + [replace(word, within=_is_near(before, word)) for before, word in pairwise(words)]


def _is_near(before: Piece, word: Piece) -> bool:
    if before.speaker != word.speaker:
        return False
    return before.end is None or word.start is None or 0 <= word.start - before.end <= PHRASE_PAUSE_SECONDS


def _by_time(pieces: list[Piece]) -> list[Piece]:
    """What several channels say, phrase by phrase in order of time; words of one phrase stay together."""
    times: list[float] = []
    for piece in pieces:
        times.append(times[-1] if times and (piece.within or piece.start is None) else piece.start or 0.0)
    return [pieces[index] for index in sorted(range(len(pieces)), key=times.__getitem__)]
