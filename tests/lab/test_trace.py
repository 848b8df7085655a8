"""What a class remembers is in its trace, or the class is refused by name: no trace is wrong in silence."""

import re

import numpy as np
import pytest

from lab import TraceError, trace
from optimizers import SGD, Adam, Momentum, Optimizer


class Rule(Optimizer):
    def __init__(self, lr=0.1):
        self.lr = lr


class MadeInTheStep(Rule):
    def delta_w(self, g):
        self.v = 0.9 * getattr(self, "v", 0.0) + g
        return -self.lr * self.v


class InTheClassBody(Rule):
    v = 0.0

    def delta_w(self, g):
        self.v = 0.9 * self.v + g
        return -self.lr * self.v


class OfTheClass(Rule):
    v = 0.0

    def delta_w(self, g):
        type(self).v = 0.9 * type(self).v + g
        return -self.lr * self.v


class NoneAtFirst(Rule):
    def __init__(self, lr=0.1):
        self.lr, self.v = lr, None

    def delta_w(self, g):
        self.v = g if self.v is None else 0.9 * self.v + g
        return -self.lr * self.v


class InAList(Rule):
    def __init__(self, lr=0.1):
        self.lr, self.past = lr, [0.0]

    def delta_w(self, g):
        self.past[0] = 0.9 * self.past[0] + g
        return -self.lr * self.past[0]


class InASlot:
    __slots__ = ("lr", "v")

    def __init__(self, lr=0.1):
        self.lr, self.v = lr, 0.0

    def update(self, g):
        self.v = 0.9 * self.v + g
        return -self.lr * self.v


class Decaying(Rule):
    def delta_w(self, g):
        self.lr = 0.9 * self.lr
        return -self.lr * g


class Halved(Rule):
    def __init__(self, lr=0.1):
        self.lr = lr / 2

    def delta_w(self, g):
        return -self.lr * g


class MovedByLookahead(Rule):
    def __init__(self, lr=0.1):
        self.lr, self.v = lr, 0.0

    def lookahead(self, w):
        self.v = 0.9 * self.v
        return w + self.v

    def delta_w(self, g):
        self.v = self.v - self.lr * g
        return self.v


class InPlace(Rule):
    def __init__(self, lr=0.1):
        self.lr, self.v = lr, 0.0

    def delta_w(self, g):
        self.v *= 0.9
        self.v -= self.lr * g
        return self.v


class LastGradient(Rule):
    def __init__(self, lr=0.1):
        self.lr, self.g = lr, 0.0

    def delta_w(self, g):
        change, self.g = g - self.g, g
        return -self.lr * (g + change)


class WeightDecay(Rule):
    def __init__(self, lr=0.1, w=0.5):
        self.lr, self.w = lr, w

    def delta_w(self, g):
        return -self.lr * self.w * g


class TrueOrFalse(Rule):
    def __init__(self, lr=0.1):
        self.lr, self.up = lr, 0.0

    def delta_w(self, g):
        self.up = g > 0
        return -self.lr * g


@pytest.mark.parametrize(
    ("cls", "words"),
    [
        (MadeInTheStep, "the step sets self.v"),
        (InTheClassBody, "the step sets self.v; it may set only what __init__ has set to a number"),
        (OfTheClass, "remembered elsewhere"),
        (NoneAtFirst, "the step sets self.v"),
        (InAList, "remembered elsewhere"),
        (InASlot, "remembered elsewhere"),
        (Decaying, "the step sets self.lr"),
        (Halved, "self.lr is not the hyperparameter lr"),
        (MovedByLookahead, "lookahead sets self.v"),
        (InPlace, "write `self.v = self.v"),
        (LastGradient, "g is the name of the gradient; give self.g another name"),
        (WeightDecay, "w is the name of the parameters; give self.w another name"),
        (TrueOrFalse, "np.where(..., 1.0, 0.0) makes a number of it"),
    ],
)
def test_a_class_that_would_be_traced_wrong_is_refused(cls, words):
    with pytest.raises(TraceError, match=f"{cls.__name__}: .*{re.escape(words)}"):
        trace(cls)


def test_a_private_state_is_a_state():
    class Private(Rule):
        def __init__(self, lr=0.1, alpha=0.9):
            self.lr, self.alpha = lr, alpha
            self._v, self._rest, self.name = 0.0, 1 - alpha, "private"

        def delta_w(self, g):
            self._v = self.alpha * self._v + self._rest * g
            return -self.lr * self._v

    traced = trace(Private)
    assert str(traced.init) == "{'_v': 0, '_rest': 1 - alpha}"
    assert str(traced.next) == "{'_v': _rest*g + _v*alpha, '_rest': _rest}"


def test_an_update_of_the_classs_own_is_what_is_traced():
    class Own(Momentum):
        def update(self, g):
            return -self.lr * np.sign(g)

    assert str(trace(Own).dw) == "-lr*sign(g)"


def test_the_count_of_steps_is_the_base_classs_own():
    class Counting(Rule):
        def __init__(self, lr=0.1):
            self.lr, self.i = lr, 0

        def delta_w(self, g):
            return -self.lr * g / (1 + self.i)

    assert str(trace(Counting).next) == "{'i': i + 1}"


def test_the_count_of_steps_is_found_wherever_it_is_used():
    class OnlyAhead(Rule):
        def lookahead(self, w):
            return w / (1 + self.i)

        def delta_w(self, g):
            return -self.lr * g

    class OnBothSides(Rule):
        def __init__(self, lr=0.1):
            self.lr, self.v = lr, 0.0

        def delta_w(self, g):
            self.v = self.i * g
            return -self.v  # the sum of both is without i

    assert "i" in trace(OnlyAhead).init and "i" in trace(OnBothSides).init


def test_operations_a_coordinate_leave_out_what_is_done_once_a_step():
    # Counted by hand in Adam's formula: s 3, r 4, the two corrections 2, the floor, the root, the learning rate and the
    # division 4. The powers and the terms 1 − αⁱ and 1 − βⁱ are numbers of the whole array.
    counts = {rule.__name__: len(trace(rule).per_coordinate) for rule in (SGD, Momentum, Adam)}
    assert counts == {"SGD": 1, "Momentum": 3, "Adam": 13}
