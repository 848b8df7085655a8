"""A million zero gradients in a row, then a real one; subnormal gradients; never NaN.

A zero gradient only multiplies each piece of state by its rate, down to a floor. So a drought of any length can be
wound on at once with `np.multiply.accumulate`, the same products in the same order, and lands on the same bits as the
steps. The tests check that wherever something happens, taking every step there.
"""

import copy
import math

import numpy as np
import pytest

import optimizers

from .rules import ADAPTIVE, RULES, hyperparameters, kept, make, run

MILLION = 1_000_000
DTYPES = [np.float32, np.float64]


def rates(opt):
    """By what a zero gradient multiplies each piece of state: 1, unless it is an average (`walk` notices if not)."""
    rate = {**opt.hyperparameters, "none": 1.0}
    mean = "alpha" if "alpha" in rate else "beta"
    decay = {"v": "alpha", "s": mean, "r": "beta" if "beta" in rate else "none", "alpha_i": "alpha", "beta_i": "beta"}
    return {name: rate[decay.get(name, "none")] for name in opt.state}


def wind(opt, n):
    """Moves opt on by n zero gradients."""
    for name, rate in rates(opt).items():
        value = np.asarray(opt.state[name])
        factors = np.full((n + 1, *value.shape), rate, value.dtype)
        factors[0] = value
        value = np.multiply.accumulate(factors)[-1]
        if name == "r":
            value = np.maximum(value, np.finfo(value.dtype).tiny)
        setattr(opt, name, value if value.ndim else float(value))
    opt.i += n


def walk(opt, n, zero):
    """n zero gradients, each for itself; winding does the same to the bit."""
    wound = copy.deepcopy(opt)
    wind(wound, n)
    for _ in range(n):
        assert np.isfinite(opt.update(zero)).all()
    assert kept(opt) == kept(wound), (
        f"a zero gradient does more to the state of {opt} than to multiply it by a rate, so it cannot be wound on"
    )
    assert all(np.isfinite(value).all() for value in opt.state.values())


def edges(opt):
    """The steps at which pieces of state leave the normal numbers, if only zero gradients come."""
    for name, rate in rates(opt).items():
        for x in np.ravel(opt.state[name]):
            if x and rate < 1:
                tiny = np.finfo(np.asarray(x).dtype).tiny
                yield opt.i + int(math.log(abs(float(x)) / float(tiny)) / -math.log(rate))


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("beta", [0.5, 0.999])
def test_a_million_zero_gradients_then_a_real_one(rule, dtype, beta):
    opt, zero = make(rule, beta=beta), np.zeros(2, dtype)
    opt.update(np.array([0, 1], dtype))  # one coordinate has never had a gradient, one has
    for edge in sorted(edges(opt)):
        if edge - 100 > opt.i:
            wind(opt, edge - 100 - opt.i)
        walk(opt, max(0, edge + 100 - opt.i), zero)
    wind(opt, MILLION - 20 - opt.i)
    walk(opt, 21, zero)
    assert opt.i == MILLION + 1
    if "beta" in hyperparameters(rule):
        assert (opt.r == np.finfo(dtype).tiny).all()
    first = opt.update(np.ones(2, dtype))
    assert np.isfinite(first).all()
    assert (first < 0).all() or rule is optimizers.AdaDelta  # whose s has died: see the errata
    assert np.isfinite(run(opt, np.ones((50, 2), dtype))).all()


def test_every_step_of_the_first_seventy_thousand():
    opt, zero = optimizers.RMSProp(), np.zeros(1, np.float32)
    opt.update(zero)
    walk(opt, 70_000, zero)
    assert opt.r == np.finfo(np.float32).tiny
    assert opt.update(np.ones(1, np.float32)) < 0


@pytest.mark.parametrize("rule", ADAPTIVE)
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_batch_in_a_long_drought(rule, dtype):
    opt = make(rule, beta=np.array([[0.5], [0.9], [0.99]]))
    opt.update(np.array([0, 1], dtype))
    for _ in range(1_000):
        assert np.isfinite(opt.update(np.zeros(2, dtype))).all()
    assert np.isfinite(opt.update(np.ones(2, dtype))).all()


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_subnormal_gradients(rule, dtype):
    tiny = np.finfo(dtype)
    gs = np.array([tiny.smallest_subnormal, -tiny.smallest_subnormal, tiny.tiny / 2, -tiny.tiny / 8, 0], dtype)
    for eps in (1e-8, float(tiny.smallest_subnormal)):
        opt = make(rule, eps=eps)
        dw = run(opt, np.tile(gs, (200, 1)))
        assert np.isfinite(dw).all()
        assert (dw * np.sign(gs) <= 0).all()  # downhill or, where it rounds to 0, nowhere
        assert np.isfinite(opt.update(np.ones(5, dtype))).all()
