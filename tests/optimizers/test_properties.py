"""Laws that hold for every gradient: hypothesis looks for one that breaks them, always along the same path."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from optimizers import SGD, AdaDelta, AdaGrad, Adam, AdaMax, EMAMomentum, Momentum, Nadam, NadaMax, Nesterov, RMSProp

from .rules import RULES, hyperparameters, kept, make, run

each_rule = pytest.mark.parametrize("rule", RULES)
# Each rule's law of scale, by what it divides by.
BY_NOTHING = [SGD, Momentum, EMAMomentum, Nesterov]
BY_SQUARES = [AdaGrad, RMSProp, Adam, Nadam]
BY_A_MAXIMUM = [AdaMax, NadaMax]

checked = settings(derandomize=True, deadline=None, database=None, max_examples=20)

# Ordinary gradients: 0, or far enough from the limits of the dtype that nothing over- or underflows when scaled.
ordinary = st.one_of(st.just(0.0), st.floats(1e-6, 1e6), st.floats(-1e6, -1e-6))
runs = st.integers(1, 8).flatmap(lambda steps: arrays(float, (steps, 3), elements=ordinary))
powers_of_two = st.integers(-20, 20).map(lambda k: 2.0**k)
values = st.fixed_dictionaries(
    {  # β well above 0: where β < α², zeros after a gradient make s/√r or s/r grow beyond bounds
        "lr": st.floats(1e-6, 10),
        "alpha": st.one_of(st.just(0.0), st.floats(1e-3, 0.999)),
        "beta": st.floats(0.5, 0.9999),
        "eps": st.floats(1e-12, 1e-2),
    }
)


def same(a, b):
    np.testing.assert_array_equal(a, b)


@each_rule
@checked
@given(runs, values)
def test_each_coordinate_goes_its_own_way(rule, gs, h):
    together = run(make(rule, **h), gs)
    same(together, np.stack([run(make(rule, **h), gs[:, k]) for k in range(3)], axis=1))


@each_rule
@checked
@given(runs, values, st.permutations(range(3)))
def test_the_order_of_coordinates_is_of_no_account(rule, gs, h, order):
    same(run(make(rule, **h), gs[:, order]), run(make(rule, **h), gs)[:, order])


@each_rule
@checked
@given(runs, values, arrays(float, 3, elements=st.sampled_from([-1.0, 1.0])))
def test_turning_an_axis_round_turns_the_increment_round(rule, gs, h, signs):
    same(run(make(rule, **h), signs * gs), signs * run(make(rule, **h), gs))


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule is not AdaDelta])
@checked
@given(runs, values, powers_of_two)
def test_the_increment_is_proportional_to_the_rate(rule, gs, h, c):
    same(run(make(rule, **{**h, "lr": c * h["lr"]}), gs), c * run(make(rule, **h), gs))


# How Δw answers to g -> c g. Powers of two only shift the exponent, so these laws hold to the bit.


@pytest.mark.parametrize("rule", BY_NOTHING)
@checked
@given(runs, values, powers_of_two)
def test_linear_rules_scale_with_the_gradient(rule, gs, h, c):
    same(run(make(rule, **h), c * gs), c * run(make(rule, **h), gs))


@pytest.mark.parametrize("rule", BY_NOTHING)
@checked
@given(st.integers(1, 8).flatmap(lambda n: st.tuples(*[arrays(float, (n, 3), elements=ordinary)] * 2)), values)
def test_linear_rules_add(rule, pair, h):
    a, b = pair
    apart = run(make(rule, **h), a) + run(make(rule, **h), b)
    np.testing.assert_allclose(run(make(rule, **h), a + b), apart, rtol=0, atol=1e-12 * 1e6 * len(a) * h["lr"])


@pytest.mark.parametrize("rule", BY_SQUARES)
@checked
@given(runs, values, powers_of_two)
def test_rules_with_squares_do_not_feel_the_scale_if_eps_goes_with_it(rule, gs, h, c):
    same(run(make(rule, **{**h, "eps": c**2 * h["eps"]}), c * gs), run(make(rule, **h), gs))


@pytest.mark.parametrize("rule", BY_A_MAXIMUM)
@checked
@given(runs, values, powers_of_two)
def test_rules_with_a_maximum_do_not_feel_the_scale_if_eps_goes_with_it(rule, gs, h, c):
    same(run(make(rule, **{**h, "eps": c * h["eps"]}), c * gs), run(make(rule, **h), gs))


@pytest.mark.parametrize("rule", BY_SQUARES + BY_A_MAXIMUM)
@checked
@given(
    st.integers(1, 8).flatmap(lambda n: arrays(float, (n, 3), elements=st.floats(1e-3, 1e3))),
    st.sampled_from([-1, 1]),
    st.floats(0.5, 1e3),
)
def test_adaptive_rules_do_not_feel_the_scale_while_eps_is_small(rule, gs, sign, c):
    dw = run(make(rule, eps=1e-20), gs)
    np.testing.assert_allclose(run(make(rule, eps=1e-20), sign * c * gs), sign * dw, rtol=1e-9)


@checked
@given(runs, values, powers_of_two)
def test_adadelta_moves_in_proportion_to_the_root_of_s0(gs, h, c):
    plain, scaled, half = (make(AdaDelta, **h) for _ in range(3))
    scaled.r, scaled.s = c**2 * scaled.r, c**2 * scaled.s  # as ε -> c² ε
    half.r = c**2 * half.r
    dw = run(plain, gs)
    same(run(scaled, c * gs), c * dw)  # linear: s₀ sets the length of the steps
    same(run(half, c * gs), dw)  # with s₀ as it was, blind to the scale


def test_every_rule_has_its_law_of_scale():
    assert {*BY_NOTHING, *BY_SQUARES, *BY_A_MAXIMUM, AdaDelta} == set(RULES)


# How long a step can be.


@checked
@given(runs, values)
def test_adagrad_steps_at_most_the_rate(gs, h):
    assert (np.abs(run(make(AdaGrad, **h), gs)) <= h["lr"]).all()


@checked
@given(runs, values)
def test_rmsprop_steps_at_most_the_rate_over_the_root(gs, h):
    assert (np.abs(run(make(RMSProp, **h), gs)) <= h["lr"] / np.sqrt(1 - h["beta"]) * (1 + 1e-12)).all()


@checked
@given(runs, values)
def test_adamax_steps_at_most_a_mean_of_decayed_ones(gs, h):
    alpha, beta = h["alpha"], h["beta"]
    dw = np.abs(run(make(AdaMax, **h), gs))
    for i, step in enumerate(dw, 1):  # |g_j| is at most β^{j-i} r_i, and its weight in ŝ_i is known
        weights = (1 - alpha) * alpha ** np.arange(i) / (1 - alpha**i)
        assert (step <= h["lr"] * weights @ beta ** -np.arange(i, dtype=float) * (1 + 1e-9)).all()


# What surrounds the formulas.


@each_rule
@checked
@given(runs, st.lists(values, min_size=1, max_size=4))
def test_a_batch_is_a_loop(rule, gs, hs):
    batch = run(make(rule, **{name: np.array([[h[name]] for h in hs]) for name in hs[0]}), gs)
    same(batch, np.stack([run(make(rule, **h), gs) for h in hs], axis=1))


BAD = [[np.nan, 1, 1], [1, 1], [1, np.inf, 1], ["1", "2", "3"], [1j, 1, 1], [[1, 1, 1]], [True] * 3, 1.0]


@each_rule
@checked
@given(runs, values, st.data())
def test_errors_leave_no_trace(rule, gs, h, data):
    opt = make(rule, **h)
    increments = []
    for g in gs:
        increments.append(opt.update(g))
        before = kept(opt)
        if data.draw(st.booleans()):
            with pytest.raises((TypeError, ValueError)):
                opt.update(data.draw(st.sampled_from(BAD)))
            name = data.draw(st.sampled_from(sorted(hyperparameters(rule))))
            with pytest.raises((TypeError, ValueError)):
                setattr(opt, name, data.draw(st.sampled_from([-1, np.nan, "1", [0.5, -0.5]])))
        assert kept(opt) == before
    same(increments, run(make(rule, **h), gs))


@each_rule
@checked
@given(runs, values, st.sampled_from([copy.deepcopy, lambda opt: pickle.loads(pickle.dumps(opt))]), st.integers(0, 8))
def test_copies_go_on(rule, gs, h, again, at):
    opt = make(rule, **h)
    head = [opt.update(g) for g in gs[:at]]
    tail = run(again(opt), gs[at:])
    same([*head, *tail], run(make(rule, **h), gs))


@each_rule
@pytest.mark.parametrize(("dtype", "width"), [(np.float32, 32), (np.float64, 64)])
@checked
@given(st.data())
def test_no_finite_gradients_yield_nan(rule, dtype, width, data):
    """Any floats, from subnormal to the largest: a finite increment, or an OverflowError that changes nothing."""
    finite = st.floats(allow_nan=False, allow_infinity=False, width=width)
    gs = data.draw(st.lists(arrays(dtype, 2, elements=finite), min_size=1, max_size=8))
    opt = make(rule, beta=data.draw(st.sampled_from([0.0, 0.5, 0.999])))
    for g in gs:
        before = kept(opt)
        try:
            dw = opt.update(g)
        except OverflowError as error:
            assert "overflow encountered" in str(error)  # noqa: PT017 - not 0/0, if there is an error
            assert kept(opt) == before
        else:
            assert np.isfinite(dw).all() and dw.dtype == dtype
            assert all(np.isfinite(value).all() for value in opt.state.values())
