"""What a candidate said to a question, put together from all the turns, with the way back to each of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from grader.interviews.glossary import Glossary, mended
from grader.interviews.placement import Alignment
from grader.interviews.speech import LeftOut, Why, left_out
from grader.transcripts import Citation, Role, Transcript, Turn
from rubrics.model import Immutable, Rubric, Span


class Omission(Immutable):
    """Words of a candidate that are not part of the answer, and why."""

    words: Citation
    why: Why


class Misheard(Immutable):
    """Words that were read as another term, because that is what the speaker must have meant."""

    words: Citation
    meant: str


@dataclass(frozen=True)
class _Piece:
    """A range of the answer and the range of a turn it was taken from; `mends` where it is another word than heard."""

    at: Span
    turn: int
    span: Span
    mends: bool = False


@dataclass(frozen=True)
class SpokenAnswer:
    """An answer as it is graded, and where each of its characters was said."""

    text: str
    pieces: tuple[_Piece, ...]
    omissions: tuple[Omission, ...]
    misheard: tuple[Misheard, ...]

    @property
    def turns(self) -> tuple[int, ...]:
        """The turns it was taken from, in order."""
        return tuple(dict.fromkeys(piece.turn for piece in self.pieces))

    def said(self, transcript: Transcript, span: Span) -> tuple[Citation, ...]:
        """The words at `span` of the answer as they stand in the transcript, one citation a turn."""
        ranges: dict[int, Span] = {}
        for piece, part in self._touched(span):
            known = ranges.get(piece.turn, part)
            ranges[piece.turn] = Span(start=min(known.start, part.start), end=max(known.end, part.end))
        return tuple(transcript.turns[turn].cite(part) for turn, part in ranges.items())

    def is_mended(self, span: Span) -> bool:
        """Whether `span` of the answer holds a term that was heard otherwise."""
        return any(piece.mends for piece, _ in self._touched(span))

    def first_turn(self, span: Span) -> int | None:
        """The turn in which the words at `span` begin."""
        return next((piece.turn for piece, _ in self._touched(span)), None)

    def until(self, turn: int) -> str:
        """The answer as far as it was given before `turn`."""
        ends = [piece.at.end for piece in self.pieces if piece.turn < turn]
        return self.text[: max(ends, default=0)]

    def _touched(self, span: Span) -> Iterator[tuple[_Piece, Span]]:
        for piece in self.pieces:
            start, end = max(span.start, piece.at.start), min(span.end, piece.at.end)
            if start < end:
                ahead = piece.span.start - piece.at.start
                yield piece, piece.span if piece.mends else Span(start=start + ahead, end=end + ahead)


def spoken_answer(
    transcript: Transcript, alignment: Alignment, rubric: Rubric, candidate: str | None, glossary: Glossary
) -> SpokenAnswer:
    """Everything this candidate said to the rubric's question, wherever in the interview; only candidates' words."""
    parts = list(_parts(transcript, alignment, rubric.question.id, candidate))
    raw = "\n".join(span.of(turn.text) for turn, span in parts)
    pieces: list[_Piece] = []
    omissions, misheard, answer, at = [], [], "", 0
    dropped, terms = left_out(raw), mended(raw, glossary, rubric)
    for turn, span in parts:
        ahead = span.start - at
        here = Span(start=at, end=at + span.end - span.start)
        for part, said in _told(here, dropped, [(each.span, each.meant) for each in terms]):
            source = Span(start=part.start + ahead, end=part.end + ahead)
            if isinstance(said, Why):
                omissions.append(Omission(words=turn.cite(source), why=said))
                continue
            if said is not None:
                misheard.append(Misheard(words=turn.cite(source), meant=said))
            shown = part.of(raw) if said is None else said
            place = Span(start=len(answer), end=len(answer) + len(shown))
            pieces.append(_Piece(place, turn.index, source, mends=said is not None))
            answer += shown
        answer += "\n"
        at = here.end + 1
    told = tuple(each for each in omissions if each.why in {Why.TAKEN_BACK, Why.BOTH_WAYS})
    return SpokenAnswer(answer.rstrip("\n"), tuple(pieces), told, tuple(misheard))


def _parts(
    transcript: Transcript, alignment: Alignment, question_id: str, candidate: str | None
) -> Iterator[tuple[Turn, Span]]:
    """The ranges of the candidate's turns that belong to the question, in order."""
    elsewhere = {passage.turn: passage for passage in alignment.passages}
    for turn in transcript.turns:
        if turn.role is not Role.CANDIDATE or turn.speaker != candidate:
            continue
        passage = elsewhere.get(turn.index)
        end = passage.span.start if passage else len(turn.text)
        if alignment.placements[turn.index].question_id == question_id and end > 0:
            yield turn, Span(start=0, end=end)
        if passage and passage.question_id == question_id:
            yield turn, passage.span


def _told(
    whole: Span, dropped: Sequence[LeftOut], terms: Iterable[tuple[Span, str]]
) -> Iterator[tuple[Span, Why | str | None]]:
    """The ranges that tile `whole`: as said (None), left out (why), or read as another term (the term)."""
    marks: list[tuple[Span, Why | str]] = [(each.span, each.why) for each in dropped]
    gone = [each.span for each in dropped]
    marks += [mark for mark in terms if not any(mark[0].start < g.end and g.start < mark[0].end for g in gone)]
    at = whole.start
    for span, said in sorted(marks, key=lambda mark: mark[0].start):
        start, end = max(at, span.start), min(whole.end, span.end)
        if start < end:
            if at < start:
                yield Span(start=at, end=start), None
            yield Span(start=start, end=end), said
            at = end
    if at < whole.end:
        yield Span(start=at, end=whole.end), None


__all__ = ["Misheard", "Omission", "SpokenAnswer", "spoken_answer"]
