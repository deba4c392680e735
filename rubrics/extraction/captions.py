"""Text that is about the page and not about the subject: captions, figure references, page noise, lead-ins."""

from __future__ import annotations

import re
from typing import Final

_FIGURE: Final = (
    r"(?:figure|fig\.?|image|picture|photo|plot|chart|diagram|graph|table|illustration|animation|screenshot|heatmap|"
    r"visuali[sz]ation|visual|comparison|drawing|sketch|infographic)s?"
)
_DEPICTS: Final = r"(?:shows?|illustrates?|demonstrates?|depicts?|compares?|visuali[sz]es?|displays?|presents?|plots?)"
_AS_SHOWN: Final = r"as\s+(?:shown|seen|illustrated|depicted)"
_CAPTION: Final = re.compile(
    rf"""
    (?:the|this|these)?\s*(?:following|below|above)\s+(?:\w+\s+){{0,2}}{_FIGURE}\b                # The below plot ...
    | (?:the|this|these)?\s*(?:following|below|above)\s+(?:\w+\s+)?examples?\s+(?:\w+\s+)?{_DEPICTS}\b
    | (?:the|this)\s+(?:\w+[\s-]+){{0,2}}{_FIGURE}\s+(?:below|above|(?:on|to)\s+the\s+(?:left|right))\b
    | (?:figure|fig\.?|table|image|plot|chart|diagram)\s+\d+\b                                    # Figure 3: ...
    | below\s+{_DEPICTS}\b                                                                        # Below shows ...
    | (?:below|above)\s+(?:is|are)\s+(?:[\w-]+\s+){{0,6}}(?:{_FIGURE}|examples?)\b
    | here(?:['’]s|\s+is|\s+are)\s+(?:[\w-]+\s+){{0,5}}{_FIGURE}\b                                # Here is a table ...
    | (?:see|refer\s+to|{_AS_SHOWN}\s+in)\s+(?:the\s+)?(?:\w+\s+)?{_FIGURE}\b[^,]*$
    """,
    re.IGNORECASE | re.VERBOSE,
)
_FIGURE_REFERENCE: Final = re.compile(
    rf"""
    ^{_AS_SHOWN}\s+(?:in\s+)?(?:the\s+)?(?:\w+\s+)?{_FIGURE}(?:\s+(?:below|above|\d+))?,\s+
    | ,?\s*\((?:see|{_AS_SHOWN}\s+in)\s+[^()]*{_FIGURE}[^()]*\)
    | ,?\s+{_AS_SHOWN}\s+(?:in\s+)?(?:the\s+)?(?:\w+\s+)?{_FIGURE}(?:\s+(?:below|above|\d+))?(?=[.,;]|$)
    | ,?\s+{_AS_SHOWN}\s+(?:below|above)(?=[.,;]|$)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NOISE: Final = re.compile(
    r"""
    login\s+to\s+view\s+more.* | read\s+more | advertisement | share\s+this(?:\s+\w+)? | click\s+here.*
    | !\[[^\]]*\]\([^)]*\)                                  # a Markdown image
    | [-*_=~\s]{3,} | <[^<>]+>(?:\s*<[^<>]+>)*              # a rule, bare HTML tags
    """,
    re.IGNORECASE | re.VERBOSE,
)
_LEAD_IN: Final = re.compile(
    r"(?:here(?:['’]s|\s+is|\s+are)|below\s+are|the\s+following\s+(?:is|are)|listed\s+below|these\s+are)\b",
    re.IGNORECASE,
)


def is_caption(sentence: str) -> bool:
    """Whether a sentence describes a figure, table or example that plain text does not have."""
    return bool(_CAPTION.match(sentence.lstrip("([*_ ")))


def is_noise(line: str) -> bool:
    """Whether a whole line is furniture of a page: a log-in prompt, an image, a rule."""
    return bool(_NOISE.fullmatch(line.strip()))


def is_lead_in(line: str) -> bool:
    """Whether a line says "Here are the ..." of what follows."""
    return bool(_LEAD_IN.match(line)) and not is_caption(line)


def without_figure_reference(sentence: str) -> str:
    """The sentence without "As shown in Figure 2, " or ", as shown in the figure below"."""
    plain = _FIGURE_REFERENCE.sub("", sentence)
    return plain if plain[:1] == sentence[:1] else plain[:1].upper() + plain[1:]
