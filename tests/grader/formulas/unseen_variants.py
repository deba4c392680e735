"""Forty more formulas, written before the code was run on them: 53 and 55 of 60 were right at first sight."""

from __future__ import annotations

from tests.grader.formulas.variants import Variants

UNSEEN_VARIANTS = (
    Variants(
        "Accuracy is (TP + TN) / (TP + TN + FP + FN).",
        "accuracy = (TP+TN)/(TP+TN+FP+FN).",
        r"\text{accuracy} = \frac{TP + TN}{TP + TN + FP + FN}.",
        "accuracy = TP / (TP + TN + FP + FN).",
    ),
    Variants("Pressure is p = F / A.", "p = F/A.", "the force F over the area A.", "p = F · A."),
    Variants(
        "The slope of the regression line is b = Σ (x − x̄)(y − ȳ) / Σ (x − x̄)².",
        r"b = \frac{\sum (x-\bar{x})(y-\bar{y})}{\sum (x-\bar{x})^2}.",
        "b = sum((x - x̄)(y - ȳ)) / sum((x - x̄)^2).",
        "b = Σ (x − x̄)(y − ȳ) / Σ (y − ȳ)².",
    ),
    Variants(
        "Return on investment is (gain − cost) / cost.",
        "ROI = (gain - cost) / cost.",
        "gain minus cost, all divided by cost.",
        "(gain − cost) / gain.",
    ),
    Variants(
        "The Fibonacci recurrence: F(n) = F(n−1) + F(n−2).",
        r"F_n = F_{n-1} + F_{n-2}.",
        "F of n is F of n minus one plus F of n minus two.",
        "F(n) = F(n−1) · F(n−2).",
    ),
    Variants(
        "Huber uses ½·(y − f)² for small errors.",
        "0.5*(y-f)^2 for small errors.",
        "half of y minus f squared for small errors.",
        "|y − f| for small errors.",
    ),
    Variants("Hooke's law: F = −k·x.", "F = -kx.", "F equals minus k times x.", "F = k / x."),
    Variants(
        "The receptive field grows as r_l = r_{l−1} + (k − 1)·s.",
        "r_l = r_{l-1} + (k-1)s.",
        r"r_l = r_{l-1} + (k-1)\cdot s.",
        "r_l = r_{l−1} + (k + 1)·s.",
    ),
    Variants(
        "The binomial coefficient is n! / (k!·(n − k)!).",
        r"\frac{n!}{k!(n-k)!}.",
        "n factorial over k factorial times n minus k factorial.",
        "n! / (n − k)!.",
    ),
    Variants("Doppler: f' = f·(c + v) / c.", "f' = f(c+v)/c.", "f times c plus v over c.", "f' = f·c / (c + v)."),
    Variants("Insertion into a heap is O(log n).", "it costs O(log n).", "order log n.", "it costs O(n log n)."),
    Variants("Quantity theory of money: M·V = P·Y.", "MV = PY.", "M times V equals P times Y.", "M·P = V·Y."),
    Variants(
        "Mean absolute error is (1/n)·Σ |y_i − ŷ_i|.",
        r"\frac{1}{n}\sum_i |y_i - \hat{y}_i|.",
        "one over n times the sum of the absolute value of y i minus y hat i.",
        "(1/n)·Σ (y_i − ŷ_i)².",
    ),
    Variants(
        "The step is x_{k+1} = x_k − f(x_k) / f'(x_k).",
        r"x_{k+1} = x_k - \frac{f(x_k)}{f'(x_k)}.",
        "x k plus one is x k minus f of x k over f prime of x k.",
        "x_{k+1} = x_k + f(x_k) / f'(x_k).",
    ),
    Variants(
        "Sharpe ratio: S = (R_p − R_f) / σ_p.",
        "S = (R_p - R_f)/sigma_p.",
        "R p minus R f over sigma p.",
        "S = (R_p + R_f) / σ_p.",
    ),
    Variants(
        "ELBO: L = E[log p(x|z)] − KL(q(z|x) || p(z)).",
        "L = E[log p(x|z)] - KL(q(z|x) || p(z)).",
        r"L = E[\log p(x|z)] - KL(q(z|x) \| p(z)).",
        "L = E[log p(x|z)] + KL(q(z|x) || p(z)).",
    ),
    Variants("The area of a triangle is ½·b·h.", "A = bh/2.", "half of b times h.", "b·h."),
    Variants(
        "Capacity: C = B·log₂(1 + S/N).",
        "C = B log2(1 + S/N).",
        r"C = B \log_2\left(1 + \frac{S}{N}\right).",
        "C = B·log₂(1 + N/S).",
    ),
    Variants("The GELU is x·Φ(x).", "x Φ(x).", "x times Phi of x.", "x + Φ(x)."),
    Variants("Elastic modulus: E = σ / ε.", "E = sigma/epsilon.", "sigma over epsilon.", "E = ε / σ."),
    Variants("Specificity is TN / (TN + FP).", "TN/(TN+FP).", "T N over T N plus F P.", "TN / (TN + FN)."),
    Variants("The energy of a capacitor is E = ½·C·U².", "E = 1/2 C U^2.", r"E = \frac{1}{2} C U^2.", "E = ½·C·U."),
    Variants("Average speed is v = s / t.", "v = s/t.", "distance s over time t.", "v = t / s."),
    Variants(
        "The hinge loss is max(0, 1 − y·f).",
        "max(0, 1 - y f).",
        "the maximum of zero and one minus y times f.",
        "max(0, 1 + y·f).",
    ),
    Variants(
        "The temperature softmax is exp(z_i/T) / Σ_j exp(z_j/T).",
        r"\frac{e^{z_i/T}}{\sum_j e^{z_j/T}}.",
        "e to the z i over T divided by the sum over j of e to the z j over T.",
        "exp(z_i·T) / Σ_j exp(z_j·T).",
    ),
    Variants(
        "Earnings per share: EPS = (NI − D) / S.",
        "EPS = (NI - D)/S.",
        "N I minus D, all over S.",
        "EPS = (NI + D) / S.",
    ),
    Variants(
        "Amdahl's law: S = 1 / ((1 − p) + p/n).",
        r"S = \frac{1}{(1-p)+\frac{p}{n}}.",
        "one over one minus p plus p over n.",
        "S = 1 / (p + (1 − p)/n).",
    ),
    Variants("The Gini impurity is 1 − Σ p_i².", "1 - sum p_i^2.", "one minus the sum of p i squared.", "1 − Σ p_i."),
    Variants(
        "Stefan–Boltzmann: P = σ·A·T⁴.", "P = sigma A T^4.", "sigma times A times T to the fourth.", "P = σ·A·T³."
    ),
    Variants(
        "The exponential moving average: v = β·v + (1 − β)·g.",
        "v = beta*v + (1-beta)*g.",
        "beta times v plus one minus beta times g.",
        "v = (1 − β)·v + β·g.",
    ),
    Variants("Time complexity of matrix multiplication: O(n³).", "it is O(n^3).", "n cubed.", "it is O(n²)."),
    Variants(
        "Covariance: Cov(X,Y) = E[XY] − E[X]·E[Y].",
        "Cov(X,Y) = E[XY] - E[X]E[Y].",
        r"\mathrm{Cov}(X,Y) = E[XY] - E[X]E[Y].",
        "Cov(X,Y) = E[XY] + E[X]·E[Y].",
    ),
    Variants(
        "The lens equation: 1/f = 1/b + 1/g.",
        "1/f = 1/b + 1/g.",
        r"\frac{1}{f} = \frac{1}{b} + \frac{1}{g}.",
        "1/f = 1/b − 1/g.",
    ),
    Variants(
        "The loan payment is P·r / (1 − (1 + r)^(−n)).",
        r"\frac{P r}{1-(1+r)^{-n}}.",
        "P times r over one minus one plus r to the minus n.",
        "P·r / (1 + (1 + r)^(−n)).",
    ),
    Variants(
        "Debt ratio = debt / assets.",
        "debt ratio = debt / assets.",
        "debt divided by assets.",
        "debt ratio = assets / debt.",
    ),
    Variants(
        "The cosine annealing: η = η_min + ½·(η_max − η_min)·(1 + cos(π·t/T)).",
        "eta = eta_min + 0.5 (eta_max - eta_min)(1 + cos(pi t / T)).",
        r"\eta = \eta_{min} + \frac{1}{2}(\eta_{max}-\eta_{min})(1+\cos(\frac{\pi t}{T})).",
        "η = η_min + ½·(η_max − η_min)·(1 − cos(π·t/T)).",
    ),
    Variants("Work is W = F·s·cos α.", "W = F s cos(alpha).", "F times s times cosine of alpha.", "W = F·s·sin α."),
    Variants(
        "The Jaccard index is |A ∩ B| / |A ∪ B|.",
        "|A ∩ B| / |A ∪ B|.",
        r"\frac{|A \cap B|}{|A \cup B|}.",
        "|A ∪ B| / |A ∩ B|.",
    ),
    Variants("Throughput = WIP / lead time: T = W / L.", "T = W/L.", "W over L.", "T = W·L."),
    Variants("Entropy change: ΔS = Q / T.", "ΔS = Q/T.", "delta S equals Q over T.", "ΔS = Q·T."),
)
