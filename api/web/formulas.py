r"""Formulas in texts of rubrics, as markup that a browser draws without a script.

LaTeX between `$…$`, `$$…$$`, `\(…\)` or `\[…\]` becomes MathML. In formulas in plain text (`d_k`, `x^(2i/d)`) indices
are lowered and exponents raised, and `sqrt(` gets its sign. Everything else is escaped.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from xml.etree.ElementTree import Element, ParseError, fromstring, tostring

from markupsafe import Markup, escape

MAX_FORMULA: Final = 1_000
"""Longest LaTeX in characters that is drawn; longer ones are shown as they are written."""

_LATEX: Final = re.compile(
    r"\$\$(.+?)\$\$|\\\[(.+?)\\\]|\\\((.+?)\\\)|(?<![\\\w$])\$(?![\s$])([^$\n]+?)(?<![\s\\])\$(?![\w$])", re.DOTALL
)
_SCRIPT: Final = re.compile(r"(?<=[\w)\]}\u0302])([_^])(\{[^{}\s]{1,40}\}|\([^()]{1,40}\)|-?\w{1,12})")
_MATHML: Final = frozenset(
    "math mrow mi mn mo mtext mspace msup msub msubsup mfrac msqrt mroot mover munder munderover mtable mtr mtd "
    "mstyle mfenced mpadded mphantom".split()
)
"""Elements that may be drawn; links, styles and actions are not among them."""

_ATTRIBUTES: Final = frozenset({"display", "mathvariant", "stretchy", "fence", "form", "separator", "accent", "width"})


@lru_cache(maxsize=4_096)
def prose(text: str) -> Markup:
    """A text with its formulas drawn."""
    parts, end = [], 0
    for found in _LATEX.finditer(text):
        parts += [_plain(text[end : found.start()]), _drawn(found)]
        end = found.end()
    return Markup("").join([*parts, _plain(text[end:])])


def _drawn(found: re.Match[str]) -> Markup:
    latex = next(group for group in found.groups() if group is not None)
    block = found[0].startswith(("$$", "\\["))
    math = _mathml(latex, block=block) if len(latex) <= MAX_FORMULA else None
    return Markup("<code>{}</code>").format(found[0]) if math is None else math


def _mathml(latex: str, *, block: bool) -> Markup | None:
    """MathML of harmless elements only; None where the LaTeX cannot be read."""
    from latex2mathml.converter import convert  # noqa: PLC0415 - 50 ms, only where there is LaTeX

    try:
        root = fromstring(convert(latex, display="block" if block else "inline"))  # noqa: S314 - our own library wrote it
    except (ParseError, Exception):  # noqa: BLE001 - the converter raises many things at what it cannot read
        return None
    if not _is_harmless(root):
        return None
    drawn = tostring(root, encoding="unicode")
    return Markup(drawn)  # noqa: S704 - escaped by ElementTree, its elements and attributes are those above


def _is_harmless(root: Element) -> bool:
    """Whether it consists of known elements; attributes that are not known are dropped."""
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        if element.tag not in _MATHML:
            return False
        for name in set(element.attrib) - _ATTRIBUTES:
            del element.attrib[name]
    return True


def _plain(text: str) -> Markup:
    parts, end = [], 0
    text = re.sub(r"\bsqrt(?=\()", "√", text)
    for found in _SCRIPT.finditer(text):
        raised = Markup("<sup>{}</sup>") if found[1] == "^" else Markup("<sub>{}</sub>")
        inner = found[2][1:-1] if found[2][0] in "{(" else found[2]
        parts += [escape(text[end : found.start()]), raised.format(inner)]
        end = found.end()
    return Markup("").join([*parts, escape(text[end:])])
