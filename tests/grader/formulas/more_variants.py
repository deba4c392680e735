"""Forty more formulas, of other fields; when they were first tried 96 of their 120 variants were judged right."""

from __future__ import annotations

from tests.grader.formulas.variants import Variants

MORE_VARIANTS = (
    Variants(
        "Precision is TP / (TP + FP).",
        "precision = TP/(TP+FP).",
        "It's true positives, so TP divided by TP plus FP.",
        "precision = TP/(TP+FN).",
    ),
    Variants(
        "The mean squared error is MSE = (1/n) Σ (y_i − ŷ_i)².",
        "MSE = 1/n * sum (y_i - ŷ_i)^2.",
        r"$\text{MSE} = \frac{1}{n}\sum_{i=1}^n (y_i-\hat{y}_i)^2$.",
        "MSE = (1/n) Σ |y_i − ŷ_i|.",
    ),
    Variants(
        "The output size of a convolution is (W − K + 2P)/S + 1.",
        "you get (W - K + 2P)/S + 1 pixels.",
        "W minus K plus two P, all over S, plus one.",
        "you get (W − K + P)/S + 1.",
    ),
    Variants("Newton's second law is F = m·a.", "F = ma.", "force is m times a.", "F = m / a."),
    Variants(
        "The Nernst slope: E = E_0 − (R·T)/(n·F) · ln Q.",
        "E = E0 - RT/(nF) ln Q.",
        r"E = E_0 - \frac{RT}{nF}\ln Q.",
        "E = E_0 + (RT)/(nF) ln Q.",
    ),
    Variants(
        "Adam's first moment: m_t = β₁·m_{t−1} + (1 − β₁)·g_t.",
        "m_t = beta1 m_{t-1} + (1-beta1) g_t.",
        r"m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t.",
        "m_t = β1·m_{t-1} + (1 + β1)·g_t.",
    ),
    Variants("The area of a circle is A = π·r².", "A = pi r^2.", "pi times r squared.", "A = 2·π·r."),
    Variants(
        "The distance formula is d = √((x₂ − x₁)² + (y₂ − y₁)²).",
        "d = sqrt((x2-x1)^2 + (y2-y1)^2).",
        r"d = \sqrt{(x_2-x_1)^2+(y_2-y_1)^2}.",
        "d = (x2−x1)² + (y2−y1)².",
    ),
    Variants(
        "Merge sort takes O(n log n) time.", "Merge sort is O(n·log n).", "it runs in n log n.", "Merge sort is O(n²)."
    ),
    Variants(
        "Leaky ReLU is f(x) = max(αx, x).", "f(x) = max(alpha*x, x).", "the max of alpha x and x.", "f(x) = max(0, x)."
    ),
    Variants(
        "Entropy is H = −Σ p_i log p_i.", "H = -sum p_i log(p_i).", "minus the sum of p i log p i.", "H = Σ p_i²."
    ),
    Variants(
        "Learning with a discount: G = r + γ·V(s').",
        "G = r + gamma V(s').",
        "r plus gamma times V of s prime.",
        "G = r − γ·V(s').",
    ),
    Variants(
        "Cosine similarity is a·b / (‖a‖·‖b‖).",
        "cos = a·b / (||a|| ||b||).",
        r"\frac{a \cdot b}{\|a\| \|b\|}.",
        "a·b / (‖a‖ + ‖b‖).",
    ),
    Variants(
        "The gravitational force is F = G·m1·m2 / r².",
        "F = G m1 m2 / r^2.",
        "G times m one times m two over r squared.",
        "F = G·m1·m2 / r.",
    ),
    Variants("Expected value: E[X] = Σ x·p(x).", "E[X] = sum x p(x).", "the sum of x times p of x.", "E[X] = Σ x / n."),
    Variants(
        "The learning rate decays as η_t = η_0 / (1 + k·t).",
        "eta_t = eta_0/(1+kt).",
        "eta zero over one plus k t.",
        "η_t = η_0 · (1 + k·t).",
    ),
    Variants(
        "KL divergence is Σ p(x) log(p(x)/q(x)).",
        "sum p(x) log(p(x)/q(x)).",
        r"\sum_x p(x) \log \frac{p(x)}{q(x)}.",
        "Σ q(x) log(p(x)/q(x)).",
    ),
    Variants(
        "Memory of the KV cache is 2·L·n·d.",
        "2 * L * n * d numbers.",
        "two times L times n times d.",
        "L·n·d² numbers.",
    ),
    Variants("Batch norm: y = γ·x̂ + β.", "y = gamma * x̂ + beta.", "gamma times x hat plus beta.", "y = γ·x̂ − β."),
    Variants(
        "The chain rule gives dL/dw = dL/dy · dy/dw.",
        "dL/dw = dL/dy * dy/dw.",
        r"\frac{dL}{dw} = \frac{dL}{dy}\cdot\frac{dy}{dw}.",
        "dL/dw = dL/dy + dy/dw.",
    ),
    Variants(
        "The dot product attention score is score = q·k / √d.",
        "score = q·k/sqrt(d).",
        "q times k over the square root of d.",
        "score = q·k / d.",
    ),
    Variants(
        "The perceptron computes ŷ = sign(w·x + b).",
        "ŷ = sign(w x + b).",
        "sign of w times x plus b.",
        "ŷ = sign(w·x − b).",
    ),
    Variants("Lift is L = m·g·h for the work done.", "L = mgh.", "m times g times h.", "L = m·g / h."),
    Variants(
        "The geometric series sums to a / (1 − r).",
        "it sums to a/(1-r).",
        r"it sums to \frac{a}{1-r}.",
        "it sums to a / (1 + r).",
    ),
    Variants("The energy of a photon is E = h·f.", "E = h f.", "E equals h times f.", "E = h / f."),
    Variants("Mass-energy equivalence is E = m·c².", "E = mc^2.", "E equals m c squared.", "E = m·c."),
    Variants(
        "Recurrence of merge sort: T(n) = 2·T(n/2) + n.",
        "T(n) = 2T(n/2) + n.",
        "T of n is two times T of n over two plus n.",
        "T(n) = T(n/2) + n.",
    ),
    Variants(
        "The tanh is (e^x − e^(−x)) / (e^x + e^(−x)).",
        "(exp(x) - exp(-x))/(exp(x) + exp(-x)).",
        "e to the x minus e to the minus x over e to the x plus e to the minus x.",
        "(e^x + e^(−x)) / (e^x − e^(−x)).",
    ),
    Variants("The standard error is SE = s / √n.", "SE = s/sqrt(n).", "s over the square root of n.", "SE = s / n."),
    Variants(
        "Elo: the expected score is 1 / (1 + 10^(d/400)).",
        "1/(1+10^(d/400)).",
        r"\frac{1}{1+10^{d/400}}.",
        "1 / (1 + 10^(400/d)).",
    ),
    Variants(
        "Layer parameters: n_in · n_out + n_out.",
        "n_in*n_out + n_out weights.",
        "n in times n out plus n out.",
        "n_in · n_out + n_in weights.",
    ),
    Variants(
        "Interpolation: z = (1 − t)·a + t·b.",
        "z = (1-t)a + tb.",
        "one minus t times a plus t times b.",
        "z = (1 − t)·b + t·a.",
    ),
    Variants("Radix sort is O(d·(n + k)).", "O(d(n+k)).", "d times n plus k.", "O(n·k)."),
    Variants(
        "Dice = 2·|A ∩ B| / (|A| + |B|).",
        "Dice = 2|A ∩ B|/(|A|+|B|).",
        "2|A ∩ B| / (|A| + |B|), twice the overlap.",
        "Dice = |A ∩ B| / (|A| + |B|).",
    ),
    Variants("Wave speed: v = f·λ.", "v = f λ.", "v is f times lambda.", "v = f / λ."),
    Variants("The margin is 2 / ‖w‖.", "2/||w||.", "two over the norm of w.", "1 / ‖w‖²."),
    Variants(
        "Pythagoras: c² = a² + b².", "c^2 = a^2 + b^2.", "c squared equals a squared plus b squared.", "c² = a² − b²."
    ),
    Variants(
        "Price elasticity: e = (ΔQ/Q) / (ΔP/P).",
        "e = (ΔQ/Q)/(ΔP/P).",
        r"e = \frac{\Delta Q / Q}{\Delta P / P}.",
        "e = (ΔP/P) / (ΔQ/Q).",
    ),
    Variants("Dropout scales by 1 / (1 − p).", "1/(1-p).", "one over one minus p.", "1 / p."),
    Variants(
        "RMSNorm divides by √(Σ x_i² / n).",
        "sqrt(sum x_i^2 / n).",
        "the square root of the sum of x i squared over n.",
        "√(Σ x_i / n).",
    ),
)
