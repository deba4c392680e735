"""What marks, commands and words of mathematics stand for."""

from __future__ import annotations

from typing import Final

GREEK: Final = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ϵ": "epsilon", "ζ": "zeta", "η": "eta",
    "θ": "theta", "κ": "kappa", "λ": "lambda", "μ": "mu", "µ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho",
    "σ": "sigma", "τ": "tau", "φ": "phi", "ϕ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Δ": "Delta", "Θ": "Theta",
    "Λ": "Lambda", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega", "Γ": "Gamma", "ℓ": "l", "∂": "d", "∇": "grad",
}  # fmt: skip
"""Greek letters by their names; where a sign has two shapes both mean the same."""

GREEK_NAMES: Final = frozenset(GREEK.values()) - {"l", "d", "grad"} | {"eps"}

SUPERSCRIPTS: Final = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿⁱᵀᵗˣʸᵏᵐᵞ", "0123456789+-()niTtxykmγ", strict=True))
SUBSCRIPTS: Final = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₍₎ₐₑₒₓₕₖₗₘₙₚₛₜᵢⱼᵣᵤᵥ", "0123456789+-()aeoxhklmnpstijruv", strict=True))

FRACTIONS: Final = {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅛": (1, 8)}

ACCENTS: Final = {"\u0302": "hat", "\u0304": "bar", "\u0305": "bar", "\u0303": "tilde", "\u0307": "dot"}
"""Combining marks, as canonical decomposition gives them."""

MARKS: Final = {
    "·": "*", "×": "*", "⋅": "*", "∗": "*", "*": "*", "⊙": "*", "∘": "*", "÷": "/", "/": "/", "⁄": "/", "∕": "/",
    "+": "+", "−": "-", "–": "-", "-": "-", "^": "^", "_": "_", "√": "sqrt", "∑": "sum", "Σ": "sum", "∏": "prod",
    "Π": "prod", "∫": "int", "=": "=", "≈": "=", "≡": "=", "∼": "=", "←": "=", "≔": "=", "≤": "<", "≥": ">",
    "<": "<", ">": ">", "(": "(", ")": ")", "[": "(", "]": ")", "{": "{", "}": "}", ",": ",",
    "|": "|", "‖": "|", "!": "!", "'": "'", "′": "'", "∈": "in", ";": ";", "±": "pm", "∩": "*", "∪": "+", "%": "%",
}  # fmt: skip
"""One-character marks by the token they are."""

COMMANDS: Final = {
    "frac": "frac", "dfrac": "frac", "tfrac": "frac", "cdot": "*", "times": "*", "odot": "*", "ast": "*", "div": "/",
    "sqrt": "sqrt", "sum": "sum", "prod": "prod", "int": "int", "top": "T", "intercal": "T", "approx": "=", "sim": "=",
    "equiv": "=", "leftarrow": "=", "le": "<", "leq": "<", "ge": ">", "geq": ">", "lt": "<", "gt": ">",
    "lVert": "|", "rVert": "|", "Vert": "|", "mid": "given", "vert": "|", "lvert": "|", "rvert": "|", "in": "in",
    "varepsilon": "epsilon", "ldots": "...", "cdots": "...", "dots": "...", "infty": "inf", "partial": "d",
    "nabla": "grad", "pm": "pm", "cap": "*", "cup": "+",
}  # fmt: skip
"""LaTeX commands by the token they are; a Greek letter or a function has its own name."""

LAYOUT: Final = frozenset(
    """
    left right big Big bigl bigr Bigl Bigr displaystyle textstyle large Large quad qquad mathcal mathrm mathbf mathbb
    mathit text textbf textit mbox operatorname boldsymbol bm limits nolimits rm it bf
    """.split()
)
"""LaTeX commands that change nothing but the looks."""

DECORATIONS: Final = {
    "hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde", "dot": "dot", "vec": "vec",
}  # fmt: skip

FUNCTIONS: Final = frozenset(
    """
    sin cos tan sinh cosh tanh arcsin arccos arctan log ln lg exp max min softmax sigmoid relu gelu argmax argmin lim
    det var cov std mean tr diag concat norm abs sign floor ceil round clip clamp layernorm sqrt rank attention ffn
    multihead erf
    """.split()
)
"""Names that take an argument, in lower case."""

SAME_FUNCTION: Final = {"ln": "log", "lg": "log", "logarithm": "log", "maximum": "max", "minimum": "min",
                        "exponential": "exp", "larger": "max", "smaller": "min", "sine": "sin", "cosine": "cos",
                        "variance": "var", "concatenation": "concat", "clamp": "clip", "norm": "abs"}  # fmt: skip
"""Other names of functions, spoken or written."""

ORDERS: Final = frozenset({"O", "Theta", "Omega", "o"})
"""Heads of growth rates: what they hold is what counts."""

_SPOKEN: Final = {
    "*": "times | multiplied by | multiply by | multiply it by | and multiply by | and multiply it by",
    "+": "plus",
    "-": "minus | negative",
    "pm": "plus or minus | plus minus",
    "over": "over | divided by | all over | the whole over | all divided by | and divided by | divide by | "
    "divide it by | divide that by | and divide by | and divide it by | and divide that by | and divide the whole by | "
    "then divide by | then divide it by | and then divide by | and then divide it by",
    "=": "equals | is equal to | equal to | equals to | is given by | becomes | is | gives",
    "^ 2": "squared | square",
    "^ 3": "cubed | to the third | to the third power",
    "^ 4": "to the fourth | to the fourth power",
    "^ 5": "to the fifth | to the fifth power",
    "^ -": "to the minus | to the power of minus | to the power minus | to the negative | raised to minus",
    "^": "to the power of | to the power | raised to the power of | raised to the power | raised to | to the",
    "^ T": "transpose | transposed",
    "sqrt": "square root of | the square root of | square root | root of | root | sqrt of",
    "hat": "hat",
    "bar": "bar",
    "sub": "sub | subscript",
    "of": "of",
    "and": "and",
    "given": "given",
    "sum": "sum over | sum of | the sum of | sum from | sum",
    "prod": "product over | product of | the product of",
    "O of": "big o of | big oh of | order of",
    "0.5": "one half | half",
    "0.5 *": "half of | one half of",
    "0.25": "one quarter",
    "0.25 *": "a quarter of | one quarter of",
    "abs": "absolute value",
    "'": "prime",
    ">": "at least | greater than",
    "<": "at most | less than",
    "factorial": "factorial",
}
SPOKEN: Final = {phrase.strip(): token for token, phrases in _SPOKEN.items() for phrase in phrases.split("|") if token}
"""Spoken words by the tokens they are."""

NUMBER_WORDS: Final = {
    **{word: str(number) for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split())},
    "twice": "2", "hundred": "100", "thousand": "1000",
}  # fmt: skip

GLUE: Final = frozenset("the a an all whole quantity both then uh um er erm so just again both value".split())
"""Words that may stand inside a spoken formula and change nothing."""
