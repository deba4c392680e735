"""Finite verbs, as far as word lists can tell them: enough to know a clause from a heading.

Nothing here parses. Each function answers a narrow question and errs towards "no", because a "no" leaves the
text as its author wrote it. Text in other languages gets "no" throughout.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from rubrics.extraction.words import STOPWORDS

AUXILIARIES: Final = frozenset(
    """
    is are was were am isn't aren't wasn't weren't it's that's they're has have had hasn't haven't does do did doesn't
    don't didn't can cannot can't could may might must shall should will would won't wouldn't couldn't shouldn't
    """.split()
)

_BASE_FORMS: Final = frozenset(
    """
    accelerate accept accumulate achieve act activate adapt add address adjust affect aggregate aim allocate allow
    amplify analyse analyze answer appear apply argue arise arrange ask assign assume attend attract augment avoid
    balance become begin behave belong bind block boil borrow break bring build calculate call capture carry cause
    change choose collapse collect combine come commit communicate compare compensate compete compile complete compress
    compute concatenate concentrate conclude conduct confirm connect consist consume contain continue contribute control
    converge convert coordinate copy correct cost count cover create cut decide declare decline decrease deduct defer
    define delay delegate deliver demand denote depend derive describe deserve destroy detect determine develop differ
    diffuse disappear discard discourage dissolve distinguish distort distribute divide dominate double downsample
    downweight drink drop earn elect eliminate emit employ enable enclose encode encourage end enforce engage enhance
    ensure enter erode escape establish estimate evaluate evict examine exceed exclude execute exert exist expand expect
    explain exploit expose express extend extract fail fall favor favour feed fetch find finish fit fix flow flush focus
    follow force form formulate forward freeze generate get give go govern grow guarantee guide handle happen help hide
    highlight hold identify ignore imply impose improve include increase indicate induce inform inherit inhibit
    initialize initiate inject insert insist inspect install integrate interact interpret introduce invest invoke
    involve isolate judge justify keep kill know lack last launch lead learn leave lend let leverage lie limit link list
    live load log look lose lower maintain make manage manufacture map mark match matter mean measure melt merge migrate
    minimise minimize mirror mitigate mix model modify monitor motivate move multiply need negotiate normalise normalize
    notify observe obtain occur offer open operate oppose optimise optimize organise organize originate output overcome
    own participate pass pay penalize perform permit persist persuade pick place play point pool possess predict prefer
    prepare preserve prevent proceed process produce prohibit project promise promote propagate propose prosecute
    protect prove provide publish pull pump pursue push query quote raise range reach react read realise realize receive
    recognise recognize recommend record recover recycle reduce refer refine reflect regard regulate reinforce reject
    relate relax release rely remain remember remind remove render repair repeat replace represent require rescale
    resemble reset resist resolve respond restore restrict result retain retrieve return reveal revise rise rotate run
    sample satisfy save scale scan score secrete secure see seek seem select send separate serve set settle share shift
    show shrink simplify sit skip slide slow smooth solve spawn specify speed split spread stabilize stand start state
    stay stem stimulate stop store strengthen stretch strike struggle submit substitute subtract succeed suffer suggest
    suit summarize supply support suppress survive sweep switch synthesise synthesize tackle take teach tell tend
    terminate test threaten throw tie tolerate touch track train transfer transform translate transmit travel treat
    trigger try turn unite update use utilize validate vanish vary verify violate wait want warm warn wash watch weaken
    wear weigh win work write yield
    """.split()
)

_PAST_FORMS: Final = frozenset(
    """
    began brought built came chose fell found gave got grew held kept knew led left lost made meant met paid ran rose
    said saw sent sold spent spoke stood took told went won wrote
    """.split()
)


def _third_person(verb: str) -> str:
    if verb.endswith(("s", "sh", "ch", "x", "o")):
        return verb + "es"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + "s"


SINGULAR_FORMS: Final = frozenset(_third_person(verb) for verb in _BASE_FORMS)

_PLURAL_SUBJECTS: Final = frozenset(
    """
    they we you i who which that these those all both people data not also then usually often typically always never
    only generally normally frequently
    """.split()
)
"""Words a base form may follow; any other subject of one ends in "s" ("models use")."""

_NOT_BEFORE_VERB: Final = (
    STOPWORDS
    - _PLURAL_SUBJECTS
    - frozenset("it he she this one each often usually typically only thus there here never itself".split())
)
"""After these words ("the use", "to use", "of changes") a word that could be a verb is none."""

_AFTER_PAST: Final = frozenset("the a an its his her their only that to no all into from".split())
"""A word in -ed before these is finite ("Lincoln issued the ..."); before "by" it is a participle."""

_TOKEN: Final = re.compile(r"\S+")
EDGE: Final = "\"'“”‘’()[]{}*_.,;:!?`"
"""Marks that may stick to a word."""


class Verb(NamedTuple):
    """The first finite verb of a text: the words before it, the character it starts at, itself in lower case."""

    position: int
    start: int
    word: str


def finite_verb(text: str) -> Verb | None:
    """The first word that can only, or in its place most likely, be a finite verb."""
    tokens = [(match.start(), match.group().strip(EDGE)) for match in _TOKEN.finditer(text)]
    words = [token.replace("’", "'").lower() for _, token in tokens]
    for index, (word, previous, following) in enumerate(zip(words, ["", *words], [*words[1:], ""], strict=False)):
        name = index > 0 and tokens[index][1][:1].isupper()  # "Similarity Score" holds no verb
        if (not name or word in AUXILIARIES) and is_finite(word, previous, following):
            return Verb(index, tokens[index][0], word)
    return None


def is_finite(word: str, previous: str, following: str) -> bool:
    """Whether a word in lower case is a finite verb between these two; either may be empty."""
    if word in AUXILIARIES:
        return True
    if previous in _NOT_BEFORE_VERB:
        return False
    if word in _BASE_FORMS:
        return not previous or previous in _PLURAL_SUBJECTS or previous.endswith("s")
    if word in SINGULAR_FORMS or word in _PAST_FORMS:
        return following not in AUXILIARIES  # "tea leaves are"
    return word.endswith("ed") and following in _AFTER_PAST and bool(previous)


def is_clause(text: str) -> bool:
    """Whether the text has a subject and a finite verb behind it."""
    verb = finite_verb(text)
    return verb is not None and verb.position > 0
