"""Formulas, however they are written: LaTeX, Unicode, plain text, or spoken.

The way: `finding` cuts the runs of mathematics out of a text, with `notation` (tables of marks and words), `beside` and
`tokens`; `parsing` reads a run as expressions, in all the ways that loose notation allows; `expression` gives an
expression a number, and `comparing` calls two formulas the same when they give the same numbers wherever tried.
"""
