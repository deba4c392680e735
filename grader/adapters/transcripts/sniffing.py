"""What kind of file this is, which reader knows it, and the transcript it makes; the content decides, not the name.

Nothing inside a file is followed: no address is fetched, no entity resolved, no formula run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from grader.adapters.transcripts.captions import ARROW, read_captions, read_webvtt
from grader.adapters.transcripts.document import Node, load
from grader.adapters.transcripts.markdown import is_markdown, read_markdown
from grader.adapters.transcripts.office import read_docx
from grader.adapters.transcripts.otter import is_otter, read_otter
from grader.adapters.transcripts.plain import is_chat, is_plain, read_plain
from grader.adapters.transcripts.segments import (
    fireflies_sentences,
    read_fireflies,
    read_podcast,
    read_qmsum,
    read_whisper,
)
from grader.adapters.transcripts.source import Heard, Source
from grader.adapters.transcripts.tables import delimiter_of, read_table
from grader.adapters.transcripts.words import read_assemblyai, read_aws, read_deepgram, read_kaldi, read_rev
from grader.transcripts import Transcript
from grader.transcripts.assembly import turns_of

MAX_BYTES: Final = 32 * 1024 * 1024
"""Largest file, in bytes; an hour in the wordiest JSON takes about 5 MB."""

MAX_PIECES: Final = 200_000
"""Captions or words in one file; 200,000 words are twenty hours of speech."""

MAX_REMARKS: Final = 100

FORMATS: Final = (
    "WebVTT, SRT, Otter, `Speaker: text`, Markdown, CSV, TSV, DOCX of Teams and Google Meet, JSON of Whisper, "
    "WhisperX, Deepgram, AssemblyAI, AWS Transcribe, Rev, Fireflies, BBC Kaldi, podcast namespace, QMSum"
)

_ZIP: Final = b"PK\x03\x04"
_FOREIGN: Final = {
    b"%PDF": "is a PDF; export the transcript as text, VTT or DOCX",
    b"{\\rtf": "is RTF; save it as DOCX or text",
    b"\xd0\xcf\x11\xe0": "is an old or encrypted Office file; save it as DOCX without a password",
    b"ID3": "is a sound recording; export its transcript",
    b"RIFF": "is a sound recording; export its transcript",
    b"OggS": "is a sound recording; export its transcript",
    b"\x1f\x8b": "is compressed; unpack it first",
    b"<!DOCTYPE": "is a web page; export the transcript as text or VTT",
    b"<html": "is a web page; export the transcript as text or VTT",
}

_JSON: Final[tuple[tuple[Callable[[Node], bool], Callable[[Node], Heard]], ...]] = (
    (lambda document: document.get("results").has("channels"), read_deepgram),
    (lambda document: document.get("results").has("items"), read_aws),
    (lambda document: document.has("monologues"), read_rev),
    (lambda document: document.get("retval").has("words") or document.has("words", "segmentation"), read_kaldi),
    (lambda document: document.has("meeting_transcripts"), read_qmsum),
    (lambda document: document.has("utterances") or document.has("words", "audio_url"), read_assemblyai),
    (lambda document: isinstance(fireflies_sentences(document).value, list), read_fireflies),
    (lambda document: any(each.has("body") for each in _listed(document.get("segments"))), read_podcast),
    (lambda document: document.has("segments"), read_whisper),
    (lambda document: any(each.has("text", "start", "end") for each in _listed(document)), read_whisper),
    (lambda document: bool(_listed(document) or _listed(document.first("turns", "transcript"))), read_qmsum),
)

_TEXTS: Final[tuple[tuple[Callable[[Source], object], Callable[[Source], Heard]], ...]] = (
    (is_markdown, read_markdown),
    (is_otter, read_otter),
    (delimiter_of, read_table),
    (is_plain, read_plain),
)


class SniffingReader:
    """Reads any known export; implements TranscriptReader."""

    def read(self, raw: bytes, file: str) -> Transcript:
        """The interview in `raw`; InvalidTranscript where it is none, broken, or too large."""
        source = Source(file, raw)
        _check_raw(source)
        heard = _reader(source)(source)
        _check_heard(heard, source)
        turns = turns_of(heard.pieces)
        if not turns:
            raise source.error(f"is {heard.format}, but nobody says a word in it; is it the right file?")
        transcript = Transcript(file=file, format=heard.format, turns=turns)
        for turn in transcript.setbacks:
            heard.remark(turn.source, "starts before what stands above it; order and times are kept as in the file")
        return transcript.model_copy(update={"remarks": tuple(heard.remarks[:MAX_REMARKS])})


def _check_raw(source: Source) -> None:
    if len(source.raw) > MAX_BYTES:
        raise source.error(f"is longer than {MAX_BYTES // 2**20} MiB; split it, or export it without single words")
    if not source.raw.strip():
        raise source.error("is empty")
    for beginning, problem in _FOREIGN.items():
        if source.raw.startswith(beginning):
            raise source.error(problem)


def _check_heard(heard: Heard, source: Source) -> None:
    """Refuse what is too much, and what no database or page can hold."""
    if len(heard.pieces) > MAX_PIECES:
        raise source.error(f"holds {len(heard.pieces)} captions or words, {MAX_PIECES} are allowed; split it")
    for piece in heard.pieces:
        text = f"{piece.speaker or ''}{piece.text}"
        if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
            raise source.error("holds characters that are no text; export it again as UTF-8", piece.source)


def _reader(source: Source) -> Callable[[Source], Heard]:
    """The reader that knows this file; InvalidTranscript where none does."""
    if source.raw.startswith(_ZIP):
        return read_docx
    text = source.text.lstrip()
    if text.startswith("WEBVTT"):
        return read_webvtt
    if text.startswith(("{", "[{", "[\n", "[ ", "[]")):
        return _read_json
    return _text_reader(source)


def _text_reader(source: Source) -> Callable[[Source], Heard]:
    if is_chat(source):
        raise source.error("is a chat log: what was typed in a meeting, not what was said; export the transcript")
    if ARROW in source.text:
        return read_captions
    for knows, read in _TEXTS:
        if knows(source):
            return read
    raise source.error(f"is none of {FORMATS}; a text needs speakers in front of what they say: `Name: text`", "line 1")


def _read_json(source: Source) -> Heard:
    document = load(source)
    for knows, read in _JSON:
        if knows(document):
            return read(document)
    keys = ", ".join(list(document.value)[:8]) if isinstance(document.value, dict) else "a list"
    raise source.error(f"is JSON of no kind that is known ({keys}); known are {FORMATS}")


def _listed(node: Node) -> list[Node]:
    """The members of a list, none where there is no list."""
    return list(node.items()) if isinstance(node.value, list) else []
