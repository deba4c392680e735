"""How a text reads to a person: look-alike letters, digits for letters, spread or mirrored writing undone.

Only the screen reads a Reading; what is judged, quoted and shown stays as it was written.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from rubrics.model import Span

_LOOKALIKES: Final = str.maketrans(
    "авгеёікмнорстухѕјһԁԛԝᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢαβεικνορτυχɡıℓ",
    "abreeikmhopctyxsjhdqwabcdeghijklmnoprtuvwyzabeikvoptuxgil",
)
"""Letters that look like Latin ones, in lower case: Cyrillic, small capitals, Greek."""

_LEET: Final = str.maketrans("013457@$", "oieastas")
_MIXED: Final = re.compile(r"\b(?=\w*[a-z])(?=\w*[013457@$])[\w@$]{3,}")
_SPREAD: Final = re.compile(r"(?<!\w)\w(?: \w){3,}(?!\w)(?:\s{2,}\w(?: \w)*(?!\w))*")
_STRIKES: Final = "\u0334\u0335\u0336\u0337\u0338"


@dataclass(frozen=True)
class Reading:
    """One way to read a text: `places[i]` is where `text[i]` stands in what was written."""

    text: str
    places: tuple[int, ...]

    def span(self, found: Span) -> Span:
        """The written characters behind `found`, a range of `text`."""
        places = self.places[found.start : found.end]
        return Span(start=min(places), end=max(places) + 1)


def plain(text: str) -> Reading:
    """Lower case, compatibility forms and accents of Latin letters undone, single spaces, lines kept."""
    return _reading((char, place) for place, written in enumerate(text) for char in _folded(written))


def readings(text: str) -> tuple[Reading, ...]:
    """The different ways to read `text` in Latin letters: as it looks, leet, spread, ROT13 and from the back."""
    latin = plain(text)
    looks = Reading(latin.text.translate(_LOOKALIKES), latin.places)
    leet = Reading(_MIXED.sub(lambda match: match[0].translate(_LEET), looks.text), looks.places)
    turned = Reading(codecs.encode(looks.text, "rot13"), looks.places)
    back = Reading(looks.text[::-1], looks.places[::-1])
    found = (looks, leet, turned, back, *_despread(text))
    return tuple({reading.text: reading for reading in found}.values())


def _despread(text: str) -> Iterator[Reading]:
    """`text` with words written in single letters put together, where it has any."""
    spread = [match.span() for match in _SPREAD.finditer(text)]
    if not spread:
        return
    inside = {place for start, end in spread for place in range(start, end)}
    kept = (
        (char, place)
        for place, char in enumerate(text)
        if not (place in inside and char == " " and text[place - 1] != " " and text[place + 1 : place + 2] != " ")
    )
    yield _reading((folded, place) for char, place in kept for folded in _folded(char))


def _folded(char: str) -> str:
    if char.isascii():
        return char.lower()
    if char in _STRIKES:
        return ""
    decomposed = unicodedata.normalize("NFKD", char)
    if decomposed[0].isascii():
        return "".join(part for part in decomposed if not unicodedata.combining(part)).casefold()
    return unicodedata.normalize("NFKC", char).casefold()


def _reading(chars: Iterable[tuple[str, int]]) -> Reading:
    """Characters with their places, runs of blanks as one space."""
    texts: list[str] = []
    places: list[int] = []
    for char, place in chars:
        blank = char != "\n" and char.isspace()
        if blank and texts and texts[-1] == " ":
            continue
        texts.append(" " if blank else char)
        places.append(place)
    return Reading("".join(texts), tuple(places))
