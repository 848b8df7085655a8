"""AdaGrad."""

import numpy as np

from .base import Optimizer


class AdaGrad(Optimizer):
    """Each coordinate's rate shrinks with the sum of its squared gradients. Article (2.1) to (2.3);
    Duchi et al., 2011."""

    def __init__(self, lr=1e-3, *, eps=1e-8):
        self.lr, self.eps = lr, eps
        self.r = self.eps  # r₀ = ε

    def delta_w(self, g):
        self.r = self.r + np.square(g)  # (2.1)
        return -self.lr * g / np.sqrt(self.r)  # (2.2), with ε in r₀
