"""Key points out of a reference answer, offline and deterministic.

Start at `structure`, which goes the whole way: `lines` and `blocks` say what each line is, `outline` and
`entries` what belongs to what, `writing` and `drafts` make claims that can stand alone, `condensing` leaves at
most ten with the help of `salience`, `coverage` reports what they leave out. `cited` makes a rubric of claims that a
language model drew, where they cite their words. The rest is language: `sentences`, `verbs`, `references`
(pronouns), `labels`, `heads`, `casing`, `words`, `formulas`, `captions`.
"""
