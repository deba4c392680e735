"""The files that the interviews of `recorded` would be exported to, by the tool that each names as its form."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from grader.text.sentences import sentences
from tests.grader.interviews.scripted import WORDS_A_SECOND, Interview, Line


def exported(interview: Interview) -> tuple[str, bytes]:
    """A file of the interview's form: its name and content."""
    write, suffix = FORMS[interview.form]
    return f"{interview.name}.{suffix}", write(interview).encode()


def without_speakers(interview: Interview) -> tuple[str, bytes]:
    """What Whisper makes of it, who knows no speakers: its JSON, a segment a sentence."""
    segments = []
    for line in interview.lines:
        parts = [span.of(line.text) for span in sentences(line.text)]
        length = (line.end - line.start) / len(parts)
        for number, part in enumerate(parts):
            start = line.start + number * length
            segments.append({"id": len(segments), "start": start, "end": start + length, "text": f" {part}"})
    return f"{interview.name}.json", json.dumps({"text": "", "segments": segments, "language": "en"}).encode()


def _stamp(seconds: float) -> str:
    return f"{int(seconds // 3600):02}:{int(seconds // 60) % 60:02}:{seconds % 60:06.3f}"


def _zoom(interview: Interview) -> str:
    cues = (
        f"{number}\r\n{_stamp(line.start)} --> {_stamp(line.end)}\r\n{interview.names[line.speaker]}: {line.text}\r\n"
        for number, line in enumerate(interview.lines, start=1)
    )
    return "WEBVTT\r\n\r\n" + "\r\n".join(cues)


def _teams(interview: Interview) -> str:
    """Voice tags, ids, and a line break in the middle of what is said."""
    cues = []
    for number, line in enumerate(interview.lines):
        words = line.text.split(" ")
        said = "\n".join(" ".join(part) for part in (words[:12], words[12:]) if part)
        cue = f"6ac01a2e-9c1f-4d0a-8b3e-5f2d7c9b0e11/{number}-0\n{_stamp(line.start)} --> {_stamp(line.end)}"
        cues.append(f"{cue}\n<v {interview.names[line.speaker]}>{said}</v>\n")
    return "WEBVTT\n\n" + "\n".join(cues)


def _otter(interview: Interview) -> str:
    turns = (
        f"{interview.names[line.speaker]}  {int(line.start // 60)}:{int(line.start % 60):02}  \n{line.text}\n"
        for line in interview.lines
    )
    return "\n".join(turns) + "\nTranscribed by https://otter.ai\n"


def _plain(interview: Interview) -> str:
    return "\n".join(f"{interview.names[line.speaker]}: {line.text}" for line in interview.lines) + "\n"


def _markdown(interview: Interview) -> str:
    return "\n\n".join(f"**{interview.names[line.speaker]}:** {line.text}" for line in interview.lines) + "\n"


def _csv(interview: Interview) -> str:
    rows = (f'"{interview.names[line.speaker]}","{line.start}","{line.end}","{line.text}"' for line in interview.lines)
    return "speaker,start,end,text\n" + "\n".join(rows) + "\n"


def _deepgram(interview: Interview) -> str:
    words = [word for line in interview.lines for word in _words(line, int(interview.names[line.speaker]))]
    alternative = {"transcript": " ".join(str(word["punctuated_word"]) for word in words), "words": words}
    return json.dumps({"metadata": {}, "results": {"channels": [{"alternatives": [alternative]}]}})


def _assemblyai(interview: Interview) -> str:
    said = [
        {
            "speaker": interview.names[line.speaker],
            "text": line.text,
            "start": int(line.start * 1_000),
            "end": int(line.end * 1_000),
        }
        for line in interview.lines
    ]
    return json.dumps({"id": "1", "status": "completed", "audio_url": "", "utterances": said})


def _words(line: Line, speaker: int) -> Iterator[dict[str, object]]:
    for number, word in enumerate(line.text.split()):
        start = line.start + number / WORDS_A_SECOND
        yield {
            "word": word.strip(".,?!").lower(),
            "punctuated_word": word,
            "start": round(start, 2),
            "end": round(start + 1 / WORDS_A_SECOND, 2),
            "confidence": 0.98,
            "speaker": speaker,
        }


FORMS: dict[str, tuple[Callable[[Interview], str], str]] = {
    "zoom": (_zoom, "vtt"),
    "teams": (_teams, "vtt"),
    "otter": (_otter, "txt"),
    "plain": (_plain, "txt"),
    "markdown": (_markdown, "md"),
    "csv": (_csv, "csv"),
    "deepgram": (_deepgram, "json"),
    "assemblyai": (_assemblyai, "json"),
}
