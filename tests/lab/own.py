"""Optimizers as a reader may write them, and what a page gets of a lab."""

import json
import re
from html import unescape

import numpy as np

from optimizers import Optimizer


def spec_of(lab):
    return json.loads(unescape(re.search(r'data-spec="(.*?)"', lab.html())[1]))


class Sign(Optimizer):
    """A rule that can be traced."""

    def __init__(self, lr=0.1):
        self.lr = lr

    def delta_w(self, g):
        return -self.lr * np.sign(g)


class Branching(Optimizer):
    """A rule that cannot: it looks at the values."""

    def __init__(self, lr=0.1):
        self.lr = lr

    def delta_w(self, g):
        return -self.lr * g if np.max(np.abs(g)) < 1 else -self.lr * np.sign(g)


class Bare:
    """A class without the base class, with a hyperparameter of the reader's own."""

    def __init__(self, lr=0.1, rho=0.9):
        self.lr, self.rho, self.v = lr, rho, 0.0

    def update(self, g):
        self.v = self.rho * self.v + g
        return -self.lr * self.v


class BareBranching(Bare):
    def update(self, g):
        if np.max(np.abs(g)) > 1e3:
            return g * np.nan
        return super().update(g)


def with_hyperparameters(**defaults):
    """A class with these hyperparameters, which it does not use."""
    signature = ", ".join(name if value is ... else f"{name}={value!r}" for name, value in defaults.items())
    made = {}
    exec(f"def __init__(self, {signature}): pass", made)
    return type("Mine", (), {"__init__": made["__init__"], "update": lambda self, g: -0.1 * g})
