"""Each usual mistake is made in a class, and `check` recognises it."""

import re

import numpy as np
import pytest

from lab.school.check import examine
from lab.school.mistakes import increments, mistakes
from optimizers import Adam, AdaMax, EMAMomentum, Momentum, RMSProp
from tests.optimizers.rules import RULES, gradients, hyperparameters


class Article:
    """Adam as the article writes it, in pieces that a test replaces by wrong ones."""

    def __init__(self, lr=1e-3, alpha=0.9, beta=0.999, eps=1e-8):
        self.lr, self.alpha, self.beta, self.eps = lr, alpha, beta, eps
        self.s, self.r, self.alpha_i, self.beta_i = 0, self.r_0(), 1, 1

    def r_0(self):
        return self.eps

    def powers(self):
        self.alpha_i *= self.alpha
        self.beta_i *= self.beta

    def averages(self, g):
        self.s = self.alpha * self.s + (1 - self.alpha) * g
        self.r = self.beta * self.r + (1 - self.beta) * np.square(g)

    def factor(self):
        return np.sqrt(1 - self.beta_i) / (1 - self.alpha_i)

    def root(self):
        return np.sqrt(self.r)

    def update(self, g):
        self.powers()
        self.averages(g)
        return -self.lr * self.factor() * self.s / self.root()


def powers_of_themselves(self):
    self.alpha_i *= self.alpha
    self.beta_i *= self.beta_i


def forgotten_r(self, g):
    self.s = self.alpha * self.s + (1 - self.alpha) * g
    self.r = self.beta * self.r_0() + (1 - self.beta) * np.square(g)


def late(self, g):
    step = -self.lr * self.factor() * self.s / self.root()
    self.powers()
    self.averages(g)
    return step


def full_gradient(self, g):
    self.s = self.alpha * self.s + g
    self.r = self.beta * self.r + (1 - self.beta) * np.square(g)


def swapped_alpha(self, g):
    self.s = self.alpha * self.s + self.alpha * g
    self.r = self.beta * self.r + (1 - self.beta) * np.square(g)


def swapped_beta(self, g):
    self.s = self.alpha * self.s + (1 - self.alpha) * g
    self.r = self.beta * self.r + self.beta * np.square(g)


def negative_root(self, g):
    self.s = self.alpha * self.s + (1 - self.alpha) * g
    self.r = self.beta * self.r + (1 - self.beta) * np.sign(g)


def not_squared(self, g):
    self.s = self.alpha * self.s + (1 - self.alpha) * g
    self.r = self.beta * self.r + (1 - self.beta) * np.abs(g)


def twice(self, g):
    self.s = self.alpha * self.s + (1 - self.alpha) * g
    self.r = self.beta * self.beta * self.r + (1 - self.beta) * np.square(g)


def hatted(self):
    return np.sqrt(self.r / (1 - self.beta_i))


WRONG = {
    "no bias correction": ({"factor": lambda self: 1}, "The bias correction is missing"),
    "no correction of s": ({"factor": lambda self: np.sqrt(1 - self.beta_i)}, "correction of s, by 1 − αⁱ, is missing"),
    "no correction of r": ({"factor": lambda self: 1 / (1 - self.alpha_i)}, "correction of r, by 1 − βⁱ, is missing"),
    "beta_i *= beta_i": ({"powers": powers_of_themselves}, "β is used twice"),
    "beta * beta": ({"averages": twice}, "β was applied a second time"),
    "no powers": ({"factor": lambda self: np.sqrt(1 - self.beta) / (1 - self.alpha)}, "it takes the powers αⁱ and βⁱ"),
    "eps outside": (
        {"r_0": lambda self: 0, "factor": lambda self: 1 / (1 - self.alpha_i), "root": lambda self: hatted(self) + self.eps},
        "added outside the root",
    ),
    "eps inside": (
        {"r_0": lambda self: 0, "factor": lambda self: 1 / (1 - self.alpha_i), "root": lambda self: np.sqrt(self.r / (1 - self.beta_i) + self.eps)},
        "added inside the root",
    ),
    "no eps": ({"r_0": lambda self: 0}, "What keeps the denominator above zero"),
    "eps too large": ({"r_0": lambda self: 1}, "The state starts at 1"),
    "state not updated": ({"averages": forgotten_r}, "not updated: r "),
    "no root": ({"factor": lambda self: (1 - self.beta_i) / (1 - self.alpha_i), "root": lambda self: self.r}, "square root over r"),
    "no square": ({"averages": not_squared}, "absolute value of the gradient where it needs the square"),
    "alpha for 1 - alpha": ({"averages": swapped_alpha}, "counts with α where it needs 1 − α"),
    "beta for 1 - beta": ({"averages": swapped_beta}, "counts with β where it needs 1 − β"),
    "negative root": ({"averages": negative_root}, "root of a negative number"),
    "decaying form": ({"averages": full_gradient}, "The factor 1 − α of the gradient is missing"),
    "sign": ({"factor": lambda self: -Article.factor(self)}, "sign of the gradient is wrong"),
    "learning rate twice": ({"factor": lambda self: self.lr * Article.factor(self)}, "applied twice"),
    "no learning rate": ({"factor": lambda self: Article.factor(self) / self.lr}, "learning rate is missing"),
}  # fmt: skip


def test_the_article_s_adam_is_right_once_mended():
    verdict = examine(Article, Adam)
    assert verdict.right and verdict.text.startswith("Right.")


@pytest.mark.parametrize(("parts", "words"), WRONG.values(), ids=WRONG)
def test_a_usual_mistake_is_recognised(parts, words):
    verdict = examine(type("MyAdam", (Article,), parts))
    assert not verdict.right
    assert words in verdict.text, verdict.text
    assert (
        re.search(r"differs from Adam at step [12], coordinate \d", verdict.text)
        and "got " in verdict.text
        and "expected " in verdict.text
    )


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_each_rule_is_right_and_each_of_its_mistakes_is_told(rule):
    assert examine(rule).right
    hyper = {name: {"lr": 0.02, "alpha": 0.8, "beta": 0.95, "eps": 1e-4}[name] for name in hyperparameters(rule)}
    gs = gradients(shape=(4,))
    right = increments(rule(**hyper), gs)
    told = 0
    for _, run in mistakes(rule, hyper):
        try:
            wrong = run(gs)
        except AttributeError:
            continue
        told += not np.allclose(wrong, right, rtol=1e-6, equal_nan=True)
    assert told >= 4, "the mistakes do not change the numbers"


def test_a_hyperparameter_that_is_not_used_and_two_that_changed_places():
    def fixed(self, lr=1e-3, alpha=0.9, beta=0.999, eps=1e-8):
        Article.__init__(self, lr, 0.9, beta, eps)

    assert "alpha is not used" in examine(type("MyAdam", (Article,), {"__init__": fixed})).text

    def swapped(self, lr=1e-3, alpha=0.9, beta=0.999, eps=1e-8):
        Article.__init__(self, lr, beta, alpha, eps)

    assert "changed places" in examine(type("MyAdam", (Article,), {"__init__": swapped})).text


def test_another_rule_is_named():
    assert "These are the increments of RMSProp" in examine(type("MyAdaGrad", (RMSProp,), {})).text
    assert "These are the increments of AdaMax" in examine(type("MyNadaMax", (AdaMax,), {})).text
    assert "The factor 1 − α of the gradient is missing" in examine(Momentum, EMAMomentum).text
    assert "The factor 1 − α does not belong here" in examine(EMAMomentum, Momentum).text
