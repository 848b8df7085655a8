"""Large arrays go through the formulas in blocks: nobody can tell by the numbers."""

import numpy as np
import pytest
from optimizers import Adam, Momentum
from optimizers.base import PLAIN

from .rules import RULES, gradients, kept

SIZE = PLAIN + 1001


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_blocks_are_the_formula_bit_for_bit(rule, dtype):
    gs = gradients(steps=3, shape=(SIZE,), dtype=dtype)
    large, parts = rule(), [rule() for _ in range(2)]
    for g in gs:
        dw = large.update(g)
        assert dw.dtype == dtype and dw.shape == g.shape
        np.testing.assert_array_equal(dw, np.concatenate([opt.update(g[half]) for opt, half in zip(parts, HALVES, strict=True)]))
    for name, value in large.state.items():
        whole = [opt.state[name] for opt in parts]
        np.testing.assert_array_equal(value, np.concatenate(whole) if np.ndim(value) else whole[0])
        assert np.ndim(value) == 0 or value.dtype == dtype


HALVES = (slice(0, SIZE // 2), slice(SIZE // 2, SIZE))


def test_the_shape_is_kept_and_the_increment_is_the_caller_s():
    opt = Momentum()
    g = gradients(steps=1, shape=(3, PLAIN))[0]
    dw = opt.update(g)
    assert dw.shape == (3, PLAIN) and opt.v.shape == (3, PLAIN)
    before = opt.v.copy()
    dw[:] = 0
    np.testing.assert_array_equal(opt.v, before)


def test_an_error_in_the_last_block_leaves_the_state_as_it_was():
    opt = Adam()
    g = gradients(steps=1, shape=(SIZE,), dtype=np.float32)[0]
    opt.update(g)
    before = kept(opt)
    g[-1] = 1e30
    with pytest.raises(OverflowError, match="squares"):
        opt.update(g)
    g[-1] = np.nan
    with pytest.raises(ValueError, match=f"1 of {SIZE} values.*index \\({SIZE - 1},\\)"):
        opt.update(g)
    assert kept(opt) == before


def test_finite_gradients_with_an_infinite_sum_are_fine():
    assert np.all(Momentum(1e-3).update(np.full(SIZE, 3e38, np.float32)) < 0)


def test_a_reader_s_formula_may_look_at_the_whole_gradient():
    class Normalized(Momentum):
        def delta_w(self, g):
            self.v = self.alpha * self.v - self.lr * g / np.linalg.norm(g)
            return self.v

    g = gradients(steps=1, shape=(SIZE,))[0]
    np.testing.assert_allclose(np.linalg.norm(Normalized(1.0).update(g)), 1, rtol=1e-12)
