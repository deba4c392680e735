"""From entries to drafts: one claim each, with what it is about and where it stands.

Drafts are cut as fine as is safe; `rubrics.extraction.condensing` joins them again where there are too many.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from rubrics.extraction.coreference import Focus, continuation, told
from rubrics.extraction.drafts import CLAIM_WEIGHT, DEFINITION_WEIGHT, DETAIL_WEIGHT, Context, Draft, Place
from rubrics.extraction.entries import Entry, EntryKind, Part, is_example
from rubrics.extraction.formulas import defined_name, has_equation, symbols_in, without_delimiters
from rubrics.extraction.labels import read_label, without_opening
from rubrics.extraction.references import announces, leans_back, resolved, without_connective
from rubrics.extraction.sentences import clauses, tails
from rubrics.extraction.verbs import is_clause
from rubrics.model import KeyPointKind, Span, Symbol


def write_drafts(entries: Sequence[Entry], context: Context, *, fine: bool = False) -> tuple[Draft, ...]:
    """The claims of the entries in their order; `fine` cuts list items at their closing participles too."""
    drafts: list[Draft] = []
    for number, entry in enumerate(entries):
        writer = _WRITERS.get(entry.kind, _fine_item if fine else _item)
        drafts += writer(entry, number, context)
    if drafts and not drafts[0].listed:
        drafts[0] = replace(drafts[0], weight=DEFINITION_WEIGHT)
    return tuple(drafts)


# List items


def _item(entry: Entry, number: int, context: Context) -> Iterator[Draft]:
    """The parts of an item; its first draft begins where the item does."""
    head = context.of(entry.head)
    label = _item_label(entry, head, context)
    begun = False
    for index, part in enumerate(entry.parts):
        base = Draft("", part.span, Place(number, index), label, topic=head or None)
        for one in [_formula(entry, index, context, base)] if part.formula else _points(entry, part, context, base):
            yield one if begun else replace(one, span=Span(start=entry.start, end=one.span.end))
            begun = True


def _fine_item(entry: Entry, number: int, context: Context) -> Iterator[Draft]:
    """The same, with the closing participles as points of their own."""
    for one in _item(entry, number, context):
        halves = None if one.kind is KeyPointKind.FORMULA else tails(one.said)
        if halves is None:
            yield one
            continue
        begin, end = halves
        said_from = one.span.end - len(one.said)
        yield replace(one, said=begin, span=Span(start=one.span.start, end=said_from + len(begin)))
        yield replace(one, said=end, span=Span(start=one.span.end - len(end), end=one.span.end))


def _item_label(entry: Entry, head: str, context: Context) -> str:
    if entry.kind is EntryKind.HEADED and entry.section is None:
        own = read_label(head, context.topic, context.casing)
        if own.role:
            return own.text
    said = " ".join([head, *(context.of(part.body) for part in entry.parts)])
    around = context.around(entry, said)
    return f"{around} — {context.casing.inside(head)}" if around and head else around or context.casing.begun(head)


def _points(entry: Entry, part: Part, context: Context, base: Draft) -> Iterator[Draft]:
    """The sentences of an item: the first is its point, the others are details of it."""
    aspect = context.of(part.head).rstrip(" :")
    detail = part.head is not None or (base.place.part > 0 and not entry.open_ended)
    first = replace(
        base,
        said=part.sentences[0].of(context.text),
        span=part.sentences[0],
        aspect="example" if is_example(aspect) else context.casing.inside(aspect),
        kind=KeyPointKind.LIST_ITEM if entry.kind is EntryKind.ITEM else KeyPointKind.STATEMENT,
        weight=DETAIL_WEIGHT if detail else CLAIM_WEIGHT,
    )
    yield _with_equation(first)
    for number, sentence in enumerate(part.sentences[1:], start=1):
        said = sentence.of(context.text)
        hangs = not is_clause(said) or leans_back(said)  # "it" in an item is what the item is about
        behind = f"; {context.casing.after_label(said)}" if hangs else ""
        yield replace(
            first,
            said=said,
            span=sentence,
            place=base.place._replace(sentence=number),
            kind=KeyPointKind.STATEMENT,
            weight=DETAIL_WEIGHT,
            continued=continuation(said, context.casing) or behind,
        )


def _with_equation(one: Draft) -> Draft:
    return replace(one, kind=KeyPointKind.FORMULA) if has_equation(one.said) else one


# Formulas


def _formula(entry: Entry, index: int, context: Context, base: Draft) -> Draft:
    """A formula with its label, and the symbols of its list: all of them where the list explains one formula only."""
    part = entry.parts[index]
    first = index - part.run
    alone = not part.run and not any(other.run for other in entry.parts[index + 1 : index + 2])
    said = without_delimiters(part.body.of(context.text))
    filled = replace(
        base,
        said=said,
        place=base.place._replace(part=first, sentence=part.run),
        kind=KeyPointKind.FORMULA,
        symbols=part.symbols if alone else symbols_in(said, part.symbols),
    )
    meaning = "" if alone else _left_side(said, part.symbols)
    if meaning:
        return replace(filled, label=base.label or context.topic.name, aspect=context.casing.after_label(meaning))
    lead = context.of(entry.parts[first].head).rstrip(" :")
    if base.label:
        return replace(filled, aspect=context.casing.after_label(without_opening(lead)))
    return replace(filled, label=_lead_label(lead, entry, context) if lead else _bare_label(said, entry, context))


def _left_side(formula: str, symbols: tuple[Symbol, ...]) -> str:
    """What the symbol left of the equals sign means: it tells the formulas of a run apart."""
    left = formula.split("=", maxsplit=1)[0].strip()
    return next((symbol.meaning for symbol in symbols if symbol.name == left), "")


_OPENS_DOWN: Final = re.compile(r"(?:here|below|the (?:equation|formula)s?\b)", re.IGNORECASE)


def _lead_label(lead: str, entry: Entry, context: Context) -> str:
    """The sentence that leads to a formula as its label: a clause as it is, a heading without "Here is the"."""
    told = resolved(lead, context.topic_subject()) or lead
    if not is_clause(told) or _OPENS_DOWN.match(told):
        told = read_label(told, context.topic, context.casing).text
    around = context.around(entry, told)
    return f"{around}, {context.casing.after_label(told)}" if around and around != told else told


def _bare_label(formula: str, entry: Entry, context: Context) -> str:
    """What a formula without a lead is about: its section, the topic, or the name it defines itself."""
    section = context.section(entry)
    if section:
        return context.around(entry, section.text)
    name = defined_name(formula)
    related = context.topic.name and (not name or context.topic.shares_word_with(name))
    return f"{context.topic.name} formula" if related else "Formula"


# Prose


def _prose(entry: Entry, number: int, context: Context) -> Iterator[Draft]:
    """The claims of a paragraph, pronouns resolved as far as it is safe."""
    focus = Focus().on(context.topic_subject())
    for index, part in enumerate(entry.parts):
        base = Draft("", part.span, Place(number, index))
        if part.formula:
            yield _formula(entry, index, context, base)
            continue
        for count, claims in enumerate(_claims(part, context)):
            whole = entry.after_list and not index and not count  # behind a list, "this" is all of it
            if whole:
                focus = Focus().on(context.topic_subject())
            known = focus.singular
            for claim in claims:
                placed = replace(base, span=claim.span, place=base.place._replace(sentence=count))
                opening = told(claim.said, focus, context.casing, whole=whole)
                one = _statement(entry, context, placed, claim.said, opening, whole=whole)
                yield one if claim is claims[0] else replace(one, inside=opening is None)
                focus = focus.behind(opening or claim.said)
                if claim is not claims[0] and focus.singular != known:
                    focus = replace(focus, singular=None)  # of two subjects in one sentence "it" may be either
                known = focus.singular


class _Claim(NamedTuple):
    """A clause where it stands, and its words without inline list marks."""

    span: Span
    said: str


def _claims(part: Part, context: Context) -> Iterator[tuple[_Claim, ...]]:
    """Each sentence as its clauses; an announcement goes with what it announces."""
    pending: Span | None = None
    for sentence in part.sentences:
        said = _unmarked(sentence.of(context.text))
        if pending:
            whole = Span(start=pending.start, end=sentence.end)
            announcement = _unmarked(pending.of(context.text)).rstrip(".!: ")
            yield (_Claim(whole, f"{announcement}: {context.casing.after_label(said)}"),)
            pending = None
        elif sentence is not part.sentences[-1] and announces(sentence.of(context.text)):
            pending = sentence
        else:
            spans = clauses(context.text, sentence)
            yield tuple(_Claim(span, _unmarked(span.of(context.text))) for span in spans)


def _statement(  # noqa: PLR0913 - what is said, where, and what is known of it
    entry: Entry, context: Context, base: Draft, plain: str, opening: str | None, *, whole: bool
) -> Draft:
    """One claim of prose; `opening` is its text with the pronoun resolved, `whole` that it is about all before it."""
    said = opening or without_connective(plain)
    if said != base.span.of(context.text) or not _begins_sentence(context.text, base.span.start):
        said = said[:1].upper() + said[1:]
    leans = opening is None and leans_back(plain)
    section = context.section(entry)
    role = section.text if section and section.role else ""
    return _with_equation(
        replace(
            base,
            said=said,
            label=role or (context.around(entry, "") if leans else ""),
            weight=DETAIL_WEIGHT if is_example(plain) else CLAIM_WEIGHT,
            continued=continuation(plain, context.casing) if leans and not whole else "",
            marked=bool(_NUMBER.search(context.text, max(0, base.span.start - _NUMBER_REACH), base.span.start + 1))
            or bool(_MARK.match(base.span.of(context.text))),
        )
    )


# Tables


def _row(entry: Entry, number: int, context: Context) -> Iterator[Draft]:
    """A row of a table as one claim: what each column says of the thing the row is about."""
    head = context.of(entry.head)
    said = "; ".join(_cell(part, context) for part in entry.parts)
    yield Draft(
        said,
        Span(start=entry.start, end=entry.parts[-1].body.end),
        Place(number, 0),
        _item_label(entry, head, context),
        kind=KeyPointKind.LIST_ITEM,
        topic=head or None,
    )


def _cell(part: Part, context: Context) -> str:
    column = context.of(part.head).rstrip(" :")
    said = context.of(part.body)
    return f"{context.casing.inside(column)}: {said}" if column else said


_WRITERS: Final = {EntryKind.PROSE: _prose, EntryKind.ROW: _row}


def _begins_sentence(text: str, start: int) -> bool:
    return not text[:start].rstrip().endswith((";", ",", ":", "and", "but"))


_NUMBER: Final = re.compile(r"\(\d{1,2}\)\s+\w?$")
_NUMBER_REACH: Final = 6
"""Characters before a clause in which its number may stand, where a sentence was divided there."""

_MARK: Final = re.compile(r"(?:^|(?<=[,;:.]\s)|(?<=that\s))\(\d{1,2}\)\s+(?:(?:and|or)\s+)?")


def _unmarked(said: str) -> str:
    """The clause without inline list marks: "(2) Under ..."."""
    return _MARK.sub("", said)
