"""Twenty more formulas, written before the code was run on them: 55 of 60 were right at first sight."""

from __future__ import annotations

from tests.grader.formulas.variants import Variants

FRESH_VARIANTS = (
    Variants(
        "The margin of error is E = z·σ / √n.",
        "It is computed as E = z*sigma/sqrt(n).",
        "You take z times sigma and divide it by the square root of n.",
        "It is computed as E = z·σ / n.",
    ),
    Variants(
        r"Adam corrects the first moment by \hat{m}_t = \frac{m_t}{1 - \beta_1^t}.",
        "The bias correction is m̂_t = m_t / (1 - β_1^t).",
        "m hat t is m t over one minus beta one to the t.",
        "The bias correction is m̂_t = m_t / (1 + β_1^t).",
    ),
    Variants(
        "The output width of a convolution is (W − K + 2P) / S + 1.",
        "The width afterwards is (W - K + 2*P)/S + 1.",
        "W minus K plus two P, divided by S, plus one.",
        "The width afterwards is (W − K + P) / S + 1.",
    ),
    Variants(
        "The price elasticity of demand is (ΔQ / Q) / (ΔP / P).",
        "Elasticity = (ΔQ/Q) / (ΔP/P).",
        r"Elasticity is $\frac{\Delta Q / Q}{\Delta P / P}$.",
        "Elasticity = (ΔP/P) / (ΔQ/Q).",
    ),
    Variants(
        "The entropy of a distribution is H(p) = −Σ_i p_i log p_i.",
        "H(p) = -sum_i p_i log(p_i), in nats.",
        "Entropy is minus the sum of p i times log p i.",
        "H(p) = Σ_i p_i log p_i, in nats.",
    ),
    Variants(
        "Newton's law of gravitation: F = G·m₁·m₂ / r².",
        "The force is F = G m1 m2 / r^2.",
        "G times m one times m two over r squared.",
        "The force is F = G·m₁·m₂ / r.",
    ),
    Variants(
        "The discounted return is G_t = R_{t+1} + γ·G_{t+1}.",
        "By definition G_t = R_{t+1} + gamma G_{t+1}.",
        r"By definition $G_t = R_{t+1} + \gamma G_{t+1}$.",
        "By definition G_t = R_{t+1} − γ·G_{t+1}.",
    ),
    Variants(
        "The geometric series sums to a / (1 − r) for |r| < 1.",
        "Its limit is a/(1-r) as long as |r| < 1.",
        "Its limit is a over one minus r.",
        "Its limit is a / (1 + r) as long as |r| < 1.",
    ),
    Variants(
        "Merge sort follows the recurrence T(n) = 2·T(n/2) + O(n).",
        "So we have T(n) = 2T(n/2) + O(n).",
        "T of n equals two times T of n over two plus O of n.",
        "So we have T(n) = T(n/2) + O(n).",
    ),
    Variants(
        "The Poisson probability is P(k) = λ^k·e^(−λ) / k!.",
        "P(k) = lambda^k e^{-lambda} / k!",
        r"\(P(k) = \frac{\lambda^k e^{-\lambda}}{k!}\)",
        "P(k) = λ^k·e^(−λ) / k.",
    ),
    Variants(
        "The mean squared error is (1/n)·Σ (y_i − ŷ_i)².",
        "MSE = 1/n * sum((y_i - ŷ_i)^2).",
        "One over n times the sum of y i minus y hat i squared.",
        "MSE = (1/n)·Σ |y_i − ŷ_i|.",
    ),
    Variants(
        "The ideal gas law: p·V = n·R·T.",
        "It states pV = nRT.",
        "It states p V equals n R T.",
        "It states p·T = n·R·V.",
    ),
    Variants(
        "Cosine similarity is a·b / (‖a‖·‖b‖).",
        "It is the dot product a·b / (||a|| ||b||).",
        r"It is $\frac{a \cdot b}{\|a\| \|b\|}$.",
        "It is a·b / (‖a‖ + ‖b‖).",
    ),
    Variants(
        "Present value is PV = FV / (1 + r)^n.",
        "Discounting gives PV = FV/(1+r)^n.",
        "F V divided by one plus r to the n.",
        "Discounting gives PV = FV·(1 + r)^n.",
    ),
    Variants(
        "Ridge regression adds λ·Σ w_j² to the loss.",
        "The penalty is lambda * sum w_j^2.",
        "It adds lambda times the sum of w j squared.",
        "The penalty is λ·Σ |w_j|.",
    ),
    Variants(
        "The number of edges in a complete graph is n·(n − 1) / 2.",
        "There are n(n-1)/2 edges.",
        "There are n times n minus one over two edges.",
        "There are n·(n + 1) / 2 edges.",
    ),
    Variants(
        "A LoRA update is W' = W + (α / r)·B·A.",
        "The merged weight is W' = W + (alpha/r) BA.",
        r"The merged weight is $W' = W + \frac{\alpha}{r} B A$.",
        "The merged weight is W' = W + (r / α)·B·A.",
    ),
    Variants(
        "Michaelis–Menten: v = V_max·S / (K_m + S).",
        "The rate is v = V_max S / (K_m + S).",
        "The rate is V max times S over K m plus S.",
        "The rate is v = V_max·S / (K_m − S).",
    ),
    Variants(
        "The IDF of a term is log(N / n_t).",
        "idf = log(N/n_t).",
        "It is the log of N over n t.",
        "idf = log(n_t / N).",
    ),
    Variants(
        "Utilisation in an M/M/1 queue is ρ = λ / μ, and the mean number in it L = ρ / (1 − ρ).",
        "With rho = lambda/mu we get L = rho/(1 - rho).",
        "Rho is lambda over mu, and L is rho over one minus rho.",
        "With ρ = μ / λ we get L = ρ / (1 − ρ).",
    ),
)
