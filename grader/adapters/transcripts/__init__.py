"""Readers of what meeting and speech tools export, each turning one kind of file into pieces of speech.

Start at `sniffing`, which finds out what a file is and asks its reader. `source` is what every reader gets and gives,
`names` and `times` read speakers and time stamps, `document` walks through JSON. The readers: `captions` (WebVTT, SRT,
Whisper text), `otter`, `markdown`, `plain`, `tables` (CSV, TSV), `words` (JSON with a time for each word), `segments`
(JSON with a time for each sentence), `office` (Teams and Meet DOCX).

WebVTT and SRT are read here and not by webvtt-py and srt, which are the tests' second opinion: the first leaves a
cue with a bad time out without a word and knows no line numbers, the second stops at the first fault.
"""

from grader.adapters.transcripts.sniffing import SniffingReader

__all__ = ["SniffingReader"]
