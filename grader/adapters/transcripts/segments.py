"""JSON in which every sentence or so has its time and perhaps its speaker.

Whisper, faster-whisper, WhisperX, whisper-timestamped, podcast namespace, Fireflies, QMSum, and plain lists of such.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.adapters.transcripts.document import Node
from grader.adapters.transcripts.names import speaker
from grader.adapters.transcripts.source import Heard
from grader.transcripts.assembly import Piece


def read_whisper(document: Node) -> Heard:
    """Whisper's segments, word by word where words have times; WhisperX adds speakers, not to every segment."""
    heard = Heard("Whisper JSON")
    for segment in (document.get("segments") if document.has("segments") else document).items():
        heard.pieces += _segment(segment)
    return heard


def _segment(segment: Node) -> list[Piece]:
    text = segment.get("text").text().strip()
    label = speaker(segment.get("speaker").value)
    words = list(_words(segment, text, label))
    if words and "".join("".join(word.text for word in words).split()) == "".join(text.split()):
        return words
    return [Piece(text, segment.path, label, segment.get("start").seconds(), segment.get("end").seconds())]


def _words(segment: Node, text: str, label: str | None) -> Iterator[Piece]:
    """The words of a segment with what stands between them in its text, up to the first that does not stand there."""
    at = 0
    for index, node in enumerate(segment.get("words").items()):
        word = node.first("word", "text").text().strip()
        found = text.find(word, at)
        if found < 0:
            return
        who = speaker(node.get("speaker").value) or label
        start, end = node.get("start").seconds(), node.get("end").seconds()
        joint = text[at:found] if index else " "
        yield Piece(word, node.path, who, start, end, joint=joint, within=index > 0)
        at = found + len(word)


def read_podcast(document: Node) -> Heard:
    """The podcast namespace's transcript: segments with `body`, `startTime`, `endTime`, `speaker`."""
    heard = Heard("podcast namespace JSON")
    for segment in document.get("segments").items():
        start, end = segment.get("startTime").seconds(), segment.get("endTime").seconds()
        label = speaker(segment.get("speaker").value)
        heard.pieces.append(Piece(segment.get("body").text(), segment.path, label, start, end))
    return heard


def fireflies_sentences(document: Node) -> Node:
    """Where Fireflies keeps its sentences, whether saved from the API or from the app; null where it is none."""
    places = (("data", "transcript", "sentences"), ("transcript", "sentences"), ("sentences",))
    return next((node for keys in places if (node := document.get(*keys)).value is not None), document.get("sentences"))


def read_fireflies(document: Node) -> Heard:
    """Fireflies' sentences, as they were said before its filters; shape by docs.fireflies.ai."""
    heard = Heard("Fireflies JSON")
    for sentence in fireflies_sentences(document).items():
        label = speaker(sentence.get("speaker_name").value) or speaker(sentence.get("speaker_id").value)
        start, end = sentence.get("start_time").seconds(), sentence.get("end_time").seconds()
        heard.pieces.append(Piece(sentence.first("raw_text", "text").text(), sentence.path, label, start, end))
    return heard


def read_qmsum(document: Node) -> Heard:
    """QMSum and lists like it: a speaker and what was said; times where there are some."""
    heard = Heard("QMSum JSON" if document.has("meeting_transcripts") else "list of turns JSON")
    turns = (
        document.first("meeting_transcripts", "turns", "transcript") if isinstance(document.value, dict) else document
    )
    for turn in turns.items():
        label = speaker(turn.first("speaker", "speaker_name", "role", "name").value)
        text = turn.first("content", "text", "utterance", "body").text()
        start, end = turn.first("start", "start_time", "startTime").seconds(), turn.first("end", "end_time").seconds()
        heard.pieces.append(Piece(text, turn.path, label, start, end))
    return heard
