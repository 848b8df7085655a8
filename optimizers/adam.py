"""Adam."""

import numpy as np

from .base import Optimizer, above_zero


class Adam(Optimizer):
    """Adaptive moment estimation: averages of g and of g², corrected for their start. Article (4.1) to (4.5);
    Kingma and Ba, 2015."""

    def __init__(self, lr=1e-3, *, alpha=0.9, beta=0.999, eps=1e-8):
        self.lr, self.alpha, self.beta, self.eps = lr, alpha, beta, eps
        self.s, self.r = 0.0, self.eps  # s₀ = 0, r₀ = ε
        self.alpha_i = self.beta_i = 1.0  # α⁰, β⁰

    def delta_w(self, g):
        self.alpha_i = self.alpha * self.alpha_i  # αⁱ
        self.beta_i = self.beta * self.beta_i  # βⁱ
        self.s = self.alpha * self.s + (1 - self.alpha) * g  # (4.1)
        self.r = above_zero(self.beta * self.r + (1 - self.beta) * np.square(g))  # (4.2)
        s_hat = self.s / (1 - self.alpha_i)  # (4.3)
        r_hat = self.r / (1 - self.beta_i)  # (4.4)
        return -self.lr * s_hat / np.sqrt(r_hat)  # (4.5), with ε in r₀
