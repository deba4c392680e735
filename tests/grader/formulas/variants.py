"""Twenty formulas, each said as its key point says it, in another notation, and wrongly; written for this project."""

from __future__ import annotations

from typing import NamedTuple


class Variants(NamedTuple):
    """A key point that is a formula, and three sentences of answers about it."""

    point: str
    right: str
    otherwise: str
    wrong: str


VARIANTS = (
    Variants(
        "A residual block computes y = F(x) + x.",
        "What comes out is y = F(x) + x, nothing else changes.",
        "The output is just F of x plus x, so you add the input back on.",
        "The block returns y = F(x) · x.",
    ),
    Variants(
        r"Attention is \text{softmax}\left(\frac{QK^T}{\sqrt{d_k}}\right)V.",
        "You compute softmax(QK^T / sqrt(d_k)) V for all tokens at once.",
        "It's the softmax of QK transpose over root d k, times V.",
        "You take softmax(QK^T / d_k) V and that is it.",
    ),
    Variants(
        "Self-attention costs O(n²·d) for sequence length n and width d.",
        "All the pairs together make it O(n^2 d).",
        "I'd say it grows like n squared times d.",
        "Attention only costs O(n·d²) in total.",
    ),
    Variants(
        "The sigmoid is σ(x) = 1 / (1 + e^(−x)).",
        "Its formula is sigma(x) = 1/(1 + exp(-x)).",
        "So that's one over one plus e to the minus x.",
        "It is defined by σ(x) = 1 / (1 − e^(−x)).",
    ),
    Variants(
        "Softmax is p_i = e^{z_i} / Σ_j e^{z_j}.",
        "Each output is p_i = exp(z_i) / sum_j exp(z_j).",
        r"In symbols: $p_i = \frac{e^{z_i}}{\sum_{j} e^{z_j}}$.",
        "Each output is p_i = z_i / Σ_j z_j.",
    ),
    Variants(
        "Bayes' theorem: P(A|B) = P(B|A)·P(A) / P(B).",
        "It follows that P(A | B) = P(A) P(B | A) / P(B).",
        "P of A given B is P of B given A times P of A divided by P of B.",
        "It follows that P(A|B) = P(B|A)·P(B) / P(A).",
    ),
    Variants(
        "The sample variance is s² = Σ(x_i − x̄)² / (n − 1).",
        "We use s^2 = sum (x_i - x̄)^2 / (n - 1), the unbiased one.",
        r"The estimator is $s^2 = \frac{1}{n-1} \sum_{i=1}^{n} (x_i - \bar{x})^2$.",
        "We use s² = Σ(x_i − x̄)² / n there.",
    ),
    Variants(
        "Momentum updates the velocity by v_t = μ·v_{t−1} + g_t.",
        "First v_t = mu * v_{t-1} + g_t is formed.",
        r"First $v_t = g_t + \mu v_{t-1}$ is formed.",
        "First v_t = μ·v_{t−1} − g_t is formed.",
    ),
    Variants(
        "The F1 score is F1 = 2·P·R / (P + R) for precision P and recall R.",
        "F1 = 2PR/(P+R), so both have to be high.",
        "F1 is two times P times R over P plus R.",
        "F1 = (P + R) / 2, the plain average.",
    ),
    Variants(
        "Kinetic energy is E = ½·m·v².",
        "The energy of motion is E = 1/2 m v^2.",
        "It is one half m v squared.",
        "The energy of motion is E = m·v.",
    ),
    Variants(
        "The quadratic formula gives x = (−b + √(b² − 4ac)) / (2a) as one root.",
        "One solution is x = (-b + sqrt(b^2 - 4ac)) / (2a).",
        r"One solution is \(x = \frac{-b + \sqrt{b^2 - 4ac}}{2a}\).",
        "One solution is x = (−b + √(b² + 4ac)) / (2a).",
    ),
    Variants(
        "Compound interest gives A = P·(1 + r/n)^(n·t).",
        "After t years you own A = P (1 + r/n)^(nt).",
        r"After t years you own $A = P\left(1+\frac{r}{n}\right)^{nt}$.",
        "After t years you own A = P·(1 + r·n·t).",
    ),
    Variants(
        "Ohm's law is V = I·R.",
        "The law says V = I R.",
        "The law says that V equals I times R.",
        "The law says V = I / R.",
    ),
    Variants(
        "He initialisation uses Var(W) = 2 / n_in.",
        "The weights get Var(W) = 2/n_in.",
        "The variance of W is two over n in.",
        "The weights get Var(W) = 1 / n_in².",
    ),
    Variants(
        "Cross-entropy is L = −Σ_i y_i · log(p_i).",
        "The loss is L = -sum_i y_i log p_i.",
        r"The loss is $\mathcal{L} = -\sum_{i} y_i \log(p_i)$.",
        "The loss is L = Σ_i y_i · log(p_i).",
    ),
    Variants(
        "Standardising a value gives z = (x − μ) / σ.",
        "You work with z = (x - mu)/sigma.",
        "You take x minus mu and divide, so z is x minus mu all over sigma.",
        "You work with z = (x − σ) / μ.",
    ),
    Variants(
        "Gradient descent updates θ ← θ − η·∇L(θ).",
        "Each step does θ = θ − η ∇L(θ).",
        r"Each step does \theta \leftarrow \theta - \eta \nabla L(\theta).",
        "Each step does θ = θ + η ∇L(θ).",
    ),
    Variants(
        "ReLU is f(x) = max(0, x).",
        "It computes f(x) = max(0,x) for every unit.",
        "It's the max of zero and x.",
        "It computes f(x) = min(0, x) for every unit.",
    ),
    Variants(
        "Binary search takes O(log n) steps.",
        "Halving the range each time gives O(log(n)).",
        "It needs on the order of log n comparisons.",
        "It needs O(n log n) steps.",
    ),
    Variants(
        "Instance normalisation gives x̂ = (x − μ) / √(σ² + ε).",
        "What you get is x̂ = (x − μ)/sqrt(σ² + ε).",
        "x hat is x minus mu over the square root of sigma squared plus epsilon.",
        "What you get is x̂ = (x − μ) / (σ² + ε).",
    ),
)
