"""A rule of one's own: what the base class asks of it, and does for it."""

import numpy as np
import pytest

import optimizers


def test_a_rule_of_ones_own():
    class Signs(optimizers.Optimizer):
        def __init__(self, lr=1e-3):
            self.lr = lr

        def delta_w(self, g):
            return -self.lr * np.sign(g)

    np.testing.assert_array_equal(Signs(lr=2).update([3, 0, -4]), [-2, 0, 2])
    with pytest.raises(ValueError, match="Signs: lr = -1"):
        Signs(lr=-1)


def test_a_rule_without_a_formula_says_so():
    class Nothing(optimizers.Optimizer):
        pass

    with pytest.raises(NotImplementedError, match=r"Nothing needs a method delta_w"):
        Nothing().update([1.0])


class Viewing(optimizers.Momentum):
    """Returns a view of its state, keeps a view of what it returns, or hands the gradient back."""

    def __init__(self, way):
        super().__init__()
        self.way = way

    def delta_w(self, g):
        dw = super().delta_w(g)
        if self.way == "returns a view":
            return dw[:]
        if self.way == "keeps a view":
            self.v = dw[:]
            return dw
        return g


@pytest.mark.parametrize("way", ["returns a view", "keeps a view", "returns g"])
def test_whatever_a_formula_returns_the_increment_is_the_callers(way):
    opt, g = Viewing(way), np.array([1.0, -2.0])
    opt.update(g)[:] = 100
    np.testing.assert_array_equal(g, [1, -2])
    np.testing.assert_allclose(opt.v, [-1e-3, 2e-3])
