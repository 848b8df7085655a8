"""What the article prints, shown to be wrong, beside what is right: one test or more for each item that can be checked.

Listings run as printed (see printed.py). The numbers are those of the book's page of errata. Items that are only words
or slips of the pen (18, 20, 32, 39, 40, 41) have no test.
"""

import inspect
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import sympy as sp
from mpmath import mpf

import optimizers

from . import printed

lr, alpha, beta, eps = sp.symbols("lr alpha beta epsilon", positive=True)

rng = np.random.default_rng(0)
GRADIENTS = rng.normal(size=(50, 4)) * 10 ** rng.uniform(-3, 1, size=(50, 4))

# What the listings need to run, as (printed, meant).
MENDS = {
    "AdaGrad": [("r = r +", "self.r = self.r +"), ("np.sqrt(r)", "np.sqrt(self.r)")],
    "RMSProp": [("r = r *", "self.r = self.r *"), ("np.sqrt(r)", "np.sqrt(self.r)")],
    "AdaDelta": [("r = r *", "self.r = self.r *"), ("s / r", "self.s / self.r"), ("s = s *", "self.s = self.s *")],
    "Adam": [("self.beta_i *= self.beta_i", "self.beta_i *= self.beta")],
    "Nadam": [("self.beta_i *= self.beta_i", "self.beta_i *= self.beta")],
}


def mended(name, *more):
    """The printed class with the given pieces of its text replaced."""
    source = inspect.getsource(getattr(printed, name))
    for old, new in [*MENDS.get(name, []), *more]:
        assert source.count(old) == 1, f"{old!r} stands {source.count(old)} times in {name}"
        source = source.replace(old, new)
    namespace = {"np": np}
    exec(source, namespace)
    return namespace[name]


def increments(opt, gradients=GRADIENTS):
    return np.array([opt.update(g) for g in gradients])


# Code


@pytest.mark.parametrize("name", ["AdaGrad", "RMSProp", "AdaDelta"])
def test_erratum_01_self_is_missing(name):
    with pytest.raises(UnboundLocalError, match="'r'"):
        getattr(printed, name)().update(GRADIENTS[0])
    if name != "AdaDelta":  # which stumbles once more, see item 2
        np.testing.assert_allclose(
            increments(mended(name)()), increments(getattr(optimizers, name)()), rtol=1e-13, atol=0
        )


def test_erratum_02_adadelta_uses_an_unknown_name():
    with pytest.raises(NameError, match="g_squaretmp"):
        mended("AdaDelta")().update(GRADIENTS[0])
    right = mended("AdaDelta", ("g_squaretmp", "g_square"))
    np.testing.assert_allclose(increments(right()), increments(optimizers.AdaDelta()), rtol=1e-12, atol=0)


@pytest.mark.parametrize("name", ["Adam", "Nadam"])
def test_erratum_03_beta_i_stays_at_one(name):
    as_printed = getattr(printed, name)()
    assert not increments(as_printed).any()
    assert as_printed.beta_i == 1
    np.testing.assert_allclose(increments(mended(name)()), increments(getattr(optimizers, name)()), rtol=1e-12, atol=0)


@pytest.mark.parametrize("name", ["AdaMax", "NadaMax"])
def test_erratum_04_a_zero_first_gradient_gives_nan(name):
    opt, w = getattr(printed, name)(), np.ones(2)
    with np.errstate(invalid="ignore"):
        w = w + opt.update(np.array([0.0, 1.0]))
        for _ in range(10):
            w = w + opt.update(np.array([1.0, 1.0]))
    assert np.isnan(w).tolist() == [True, False]

    with_eps = mended(name, ("self.r = 0", "self.r = 1e-8"))  # r₀ = ε cures it
    for rule in (with_eps, getattr(optimizers, name)):
        np.testing.assert_array_equal(increments(rule(), np.zeros((3, 2))), 0)
    ours = increments(getattr(optimizers, name)())
    np.testing.assert_allclose(increments(getattr(printed, name)()), ours, rtol=1e-12, atol=0)  # elsewhere the same


def test_erratum_05_three_rules_have_no_listing():
    listed = {name for name, value in vars(printed).items() if inspect.isclass(value)}
    ours = {rule.__name__ for rule in (*optimizers.TEN, optimizers.EMAMomentum)}
    assert listed < ours
    assert ours - listed == {"SGD", "EMAMomentum", "Nesterov"}


def test_erratum_06_momentum_hands_out_its_own_state():
    as_printed, right = printed.Momentum(), optimizers.Momentum()
    for opt in (as_printed, right):
        dw = opt.update(np.ones(2))
        dw *= 0
    assert not as_printed.v.any()
    np.testing.assert_array_equal(right.v, -1e-3)


def test_erratum_07_a_second_shape_broadcasts_in_silence():
    as_printed, right = printed.Momentum(), optimizers.Momentum()
    for opt in (as_printed, right):
        opt.update(np.ones(3))
    assert as_printed.update(np.ones((2, 1))).shape == (2, 3)
    with pytest.raises(ValueError, match="shape"):
        right.update(np.ones((2, 1)))


def test_erratum_08_a_numpy_hyperparameter_promotes_float32():
    g = np.ones(2, np.float32)
    assert printed.Momentum(lr=1e-3).update(g).dtype == np.float32
    assert printed.Momentum(lr=np.float64(1e-3)).update(g).dtype == np.float64
    assert optimizers.Momentum(lr=np.float64(1e-3)).update(g).dtype == np.float32


# Formulas and claims


def test_erratum_09_the_minibatch_sum_lacks_its_index():
    k, m = sp.symbols("k m", integer=True, positive=True)
    J = sp.Symbol("J'(w)")
    assert sp.simplify(sp.summation(J, (k, 1, m)) / m - J) == 0  # as printed: nothing is averaged

    x, y, w = rng.normal(size=(5, 3)), rng.normal(size=5), rng.normal(size=3)
    of_sample = [(x[k] @ w - y[k]) * x[k] for k in range(5)]  # J'_k(w) for J_k = (x_k w - y_k)²/2
    of_mean = x.T @ (x @ w - y) / 5
    np.testing.assert_allclose(np.mean(of_sample, axis=0), of_mean, rtol=1e-12)
    assert all(np.linalg.norm(g - of_mean) > 0.1 for g in of_sample)


def test_erratum_10_the_drag_in_1_3_needs_the_old_velocity():
    v, v_old, push, c = sp.symbols("v v_old I_G c", positive=True)
    article_14 = (1 - c) * v_old + push  # (1.4) with α = 1 - c

    def new_velocity(drag):
        [solution] = sp.solve(sp.Eq(v - v_old, push - drag), v)  # (1.2) and (1.3)
        return solution

    assert sp.simplify(new_velocity(c * v) - article_14) != 0
    assert sp.simplify(new_velocity(c * v) - (v_old + push) / (1 + c)) == 0
    assert sp.simplify(new_velocity(c * v_old) - article_14) == 0


def momentum(gradients, lr=Fraction(1, 10), alpha=Fraction(9, 10)):
    """(1.6), exactly."""
    v, velocities = Fraction(0), []
    for g in gradients:
        v = alpha * v - lr * g
        velocities.append(v)
    return velocities


def test_erratum_11_the_limit_of_momentum_has_the_other_sign():
    limit = Fraction(1, 10) * 2 / (1 - Fraction(9, 10))  # η g/(1-α) for g = 2, as printed
    *_, v = momentum([2] * 400)
    assert abs(v + limit) < 1e-15
    assert abs(v - limit) > 3


def test_erratum_11_the_limit_of_momentum_needs_a_constant_gradient():
    *_, v = momentum([(-1) ** j for j in range(1, 401)])  # ends with g = 1
    assert abs(v + Fraction(1, 10)) > 0.04
    assert abs(v + Fraction(1, 10) / (1 + Fraction(9, 10))) < 1e-15  # -η g_i/(1+α), nineteen times smaller


def test_erratum_12_the_two_forms_differ_by_a_factor():
    plain, average = optimizers.Momentum(lr=0.1), optimizers.EMAMomentum(lr=0.1)
    dw, dw_average = (increments(opt, np.ones((400, 1)))[-1] for opt in (plain, average))
    np.testing.assert_allclose(dw_average, (1 - 0.9) * dw, rtol=1e-12)
    rescaled = increments(optimizers.Momentum(lr=0.1 * (1 - 0.9)))
    np.testing.assert_allclose(increments(optimizers.EMAMomentum(lr=0.1)), rescaled, rtol=1e-9, atol=1e-15)


CURVATURE = np.array([1, 0.01])  # the quadratic w₁²/2 + w₂²/200, κ = 100


def path(opt, point, steps=2000, curvature=CURVATURE):
    """Points visited from (1, 1) with the gradient taken at point(w)."""
    w, points = np.ones(len(curvature)), []
    for _ in range(steps):
        w = w + opt.update(curvature * point(w))
        points.append(w)
    return np.array(points)


def test_erratum_13_momentum_is_nesterov_only_for_a_caller_who_looks_ahead():
    nesterov = optimizers.Nesterov(lr=0.1)
    right = path(nesterov, nesterov.lookahead, 50)
    reused = printed.Momentum(lr=0.1)
    np.testing.assert_array_equal(path(reused, lambda w: w + reused.alpha * reused.v, 50), right)
    reused = printed.Momentum(lr=0.1)
    assert np.abs(path(reused, lambda w: w, 50) - right).max() > 0.1


@pytest.mark.parametrize(("rate", "momentum_steps", "nesterov_steps"), [(1.0, 263, 237), (0.1, 1246, 1260)])
def test_erratum_14_nesterov_is_not_always_faster(rate, momentum_steps, nesterov_steps):
    def steps(rule):
        opt = rule(lr=rate)
        far = np.abs(path(opt, opt.lookahead)).max(axis=1) >= 1e-6
        return int(np.flatnonzero(far)[-1]) + 2  # the step from which on all stays below

    assert (steps(optimizers.Momentum), steps(optimizers.Nesterov)) == (momentum_steps, nesterov_steps)


def test_erratum_14_nesterov_is_stable_up_to_a_smaller_rate():
    x, z = sp.symbols("x z")  # x = ηλ
    a = sp.Rational(9, 10)
    step = {
        optimizers.Momentum: sp.Matrix([[a, -x], [a, 1 - x]]),  # of (v, w)
        optimizers.Nesterov: sp.Matrix([[a - a * x, -x], [a - a * x, 1 - x]]),
    }
    limits = {}
    for rule, matrix in step.items():  # stability ends where an eigenvalue reaches -1
        [limits[rule]] = sp.solve(matrix.charpoly(z).as_expr().subs(z, -1), x)
    assert limits[optimizers.Momentum] == 2 * (1 + a) == sp.Rational(38, 10)
    assert limits[optimizers.Nesterov] == 2 * (1 + a) / (1 + 2 * a)
    for rule, limit in limits.items():
        for rate, stable in ((float(limit) * 0.99, True), (float(limit) * 1.01, False)):
            opt = rule(lr=rate)
            end = np.abs(path(opt, opt.lookahead, 1000, np.ones(1))[-1])
            assert (end < 1e-3) if stable else (end > 1e3)


def test_erratum_15_after_2_3_the_gradient_needs_its_absolute_value():
    g = sp.Symbol("g", real=True)
    by_22 = -lr * g / (eps + sp.sqrt(g**2))
    as_printed, right = -lr * g / (eps + g), -lr * g / (eps + sp.Abs(g))
    assert sp.simplify(by_22 - right) == 0
    at = {lr: 1, eps: sp.Rational(1, 10**8)}
    assert abs(as_printed.subs(at).subs(g, -2) + 1) < 1e-7  # downhill lies at larger w, and it goes to smaller
    assert abs(right.subs(at).subs(g, -2) - 1) < 1e-7
    assert as_printed.subs(g, -eps).has(sp.zoo)  # the division by 0 that ε was to prevent


def test_erratum_16_without_eps_adagrad_is_another_formula():
    g = 1e-6
    by_22 = g / (1e-8 + abs(g))
    [ours] = -optimizers.AdaGrad(lr=1).update([g])
    assert by_22 == pytest.approx(0.990, abs=5e-4)
    assert ours == pytest.approx(0.010, abs=5e-4)
    [unit] = -optimizers.AdaGrad(lr=1).update([1e-9])
    assert 1e-9 / unit == pytest.approx(1e-4, rel=1e-6)  # the floor of the denominator: √ε, not ε


@pytest.mark.parametrize(("dtype", "steps"), [(np.float32, 124), (np.float64, 1049)])
def test_erratum_17_a_decaying_average_reaches_zero(dtype, steps):
    as_printed, right = mended("RMSProp")(beta=0.5), optimizers.RMSProp(beta=0.5)
    zero = np.zeros(1, dtype)
    for _ in range(steps - 1):
        as_printed.update(zero)
        right.update(zero)
    assert as_printed.r > 0
    with np.errstate(invalid="ignore"):
        assert np.isnan(as_printed.update(zero))
    assert as_printed.r == 0
    assert right.update(zero) == 0 < right.r


@pytest.mark.parametrize("epsilon", [1e-8, 1e-6])
@pytest.mark.parametrize("g", [1.0, 1000.0])
def test_erratum_19_eps_is_the_learning_rate_of_adadelta(epsilon, g):
    [first] = optimizers.AdaDelta(eps=epsilon).update([g])
    assert -first == pytest.approx((epsilon / (1 - 0.999)) ** 0.5, rel=1e-3)
    if epsilon == 1e-8:
        assert -first == pytest.approx(3.16e-3, abs=5e-6)


def test_erratum_21_eps_under_the_root_of_adam_is_another_formula():
    r = sp.Symbol("r", positive=True)
    as_printed, papers = sp.sqrt(r + eps), sp.sqrt(r) + eps
    assert [f.subs(r, 0) for f in (as_printed, papers)] == [sp.sqrt(eps), eps]
    at = {r: sp.Rational(1, 10**8), eps: sp.Rational(1, 10**8)}  # the first step for g = 1e-4: ŝ = g, r̂ = g²
    first = [float(sp.Rational(1, 10**4) / f.subs(at)) for f in (as_printed, papers)]
    assert first == pytest.approx([0.7071, 0.9999], abs=5e-5)


def test_erratum_22_with_r0_at_eps_the_correction_leaves_a_bias():
    i = sp.Symbol("i", integer=True, positive=True)
    j = sp.Symbol("j", integer=True)
    g, r0 = sp.symbols("g r0", positive=True)
    r = beta**i * r0 + (1 - beta) * g**2 * sp.summation(beta**j, (j, 0, i - 1)).args[1][0]
    r_hat = r / (1 - beta**i)
    assert sp.simplify(r_hat.subs(r0, 0) - g**2) == 0
    assert sp.simplify(r_hat.subs(r0, eps) - g**2 - eps * beta**i / (1 - beta**i)) == 0

    adam = optimizers.Adam()
    for n in range(1, 101):
        adam.update(np.array([0.0, 1e-2]))
        bias = 1e-8 * 0.999**n / (1 - 0.999**n)
        np.testing.assert_allclose(adam.r / (1 - adam.beta_i), [bias, 1e-4 + bias], rtol=1e-10)


def squares(gradients, b=Fraction(9, 10)):
    """RMSProp's r from r₀ = 0, exactly."""
    r = Fraction(0)
    for g in gradients:
        r = b * r + (1 - b) * g**2
    return r


def test_erratum_23_the_average_of_squares_is_no_norm():
    assert squares([3 * 2, 3 * 5]) == 9 * squares([2, 5])  # a norm would be 3 times as large
    assert squares([2, 5]) != squares([5, 2])  # and would not care for the order
    assert squares([2, 5]) != 2**2 + 5**2


def lp(gradients, p, b):
    """The article's recursion for the Lp norm, from r₀ = 0, before the root."""
    r = 0
    for g in gradients:
        r = b**p * r + (1 - b**p) * abs(g) ** p
    return r


def test_erratum_24_the_lp_sum_needs_p_in_the_exponent():
    p, b = sp.symbols("p beta", positive=True)
    g = sp.symbols("g1:4", positive=True)
    as_printed = (1 - b**p) * sum(b ** (3 - j) * g[j - 1] ** p for j in (1, 2, 3))
    right = (1 - b**p) * sum(b ** (p * (3 - j)) * g[j - 1] ** p for j in (1, 2, 3))
    assert sp.simplify(sp.expand(lp(g, p, b) - right)) == 0
    assert lp((1, 2, 3), 2, Fraction(1, 2)) == right.subs({p: 2, b: sp.S.Half, **dict(zip(g, (1, 2, 3), strict=True))})
    assert lp((1, 2, 3), 2, Fraction(1, 2)) != as_printed.subs(
        {p: 2, b: sp.S.Half, **dict(zip(g, (1, 2, 3), strict=True))}
    )


P = 4000  # a high p in place of the limit; roots of sums of three terms are then within log(3)/P of the maximum


def root(x):
    """x^(1/P), in mpmath's numbers, whose exponents are not bounded; complex where x is negative."""
    return mpf(x) ** (1 / mpf(P))


def rooted_sum(terms, b=mpf("0.9")):
    """(1-βᵖ)^(1/p) (Σ β^{p(i-j)} term_jᵖ)^(1/p)."""
    i = len(terms)
    return root((1 - b**P) * sum(b ** (P * (i - j)) * mpf(x) ** P for j, x in enumerate(terms, 1)))


def test_erratum_25_the_limit_lines_need_the_index_j():
    as_printed, right = rooted_sum([1, 1, 1]), rooted_sum([10, 2, 1])  # of g = (10, 2, 1): g_i everywhere, and g_j
    assert float(as_printed) == pytest.approx(1, rel=1e-3)  # the past is gone
    assert float(right) == pytest.approx(0.9**2 * 10, rel=1e-3)


def test_erratum_26_the_first_limit_line_lacks_a_bracket():
    b = mpf("0.9")
    as_printed, right = root(1 - b**P * mpf("0.5") ** P), root((1 - b**P) * mpf("0.5") ** P)
    assert float(as_printed) == pytest.approx(1, rel=1e-6)
    assert float(right) == pytest.approx(0.5, rel=1e-6)  # |g₁|, as it must be for i = 1
    assert root(1 - b**P * mpf(2) ** P).imag != 0  # for |g₁| = 2 it is no real number


@pytest.mark.parametrize("gradients", [("0.5", "0.25"), ("3", "2")])
def test_erratum_27_r_changes_its_meaning_in_the_limit(gradients):
    b, g = mpf("0.9"), [mpf(x) for x in gradients]
    r, largest = lp(g, P, b), max(b * g[0], g[1])
    assert float(root(r)) == pytest.approx(float(largest), rel=1e-3)  # the recursion with max is the root's
    assert r < mpf("1e-300") if largest < 1 else r > mpf("1e300")  # r itself tends to 0 or grows without bound


def test_erratum_28_the_maximum_decays():
    opt = optimizers.AdaMax(beta=0.9)
    for g in [10.0] + [1.0] * 30:
        opt.update([g])
    assert opt.r == 1  # "the largest so far" would be 10
    opt = optimizers.AdaMax(beta=0.9)
    for g in [10.0] + [1.0] * 5:
        opt.update([g])
    np.testing.assert_allclose(opt.r, 10 * 0.9**5)


def test_erratum_29_the_approximation_in_nadam_is_rough_at_the_start():
    i = sp.Symbol("i", integer=True, positive=True)
    factor = (1 - alpha**i) / (1 - alpha ** (i - 1))  # ŝ_{i-1} over what it stands for
    assert factor.subs(i, 1).has(sp.zoo)  # s₀/(1-α⁰) is 0/0
    assert sp.simplify(factor.subs(i, 2) - (1 + alpha)) == 0
    assert float(factor.subs({i: 2, alpha: sp.Rational(9, 10)})) == pytest.approx(1.9)
    assert float(factor.subs({i: 100, alpha: sp.Rational(9, 10)})) == pytest.approx(1, abs=1e-5)


def test_erratum_30_dozat_corrects_with_the_next_power():
    a, opt = Fraction(9, 10), optimizers.Nadam(lr=1, eps=1e-300)
    article, dozat = [], []
    for n in range(1, 51):
        s = 1 - a**n  # for g = 1
        article.append(float(a * s / (1 - a**n) + (1 - a) / (1 - a**n)))
        dozat.append(float(a * s / (1 - a ** (n + 1)) + (1 - a) / (1 - a**n)))
        assert -opt.update(1.0) == pytest.approx(article[-1], rel=1e-12)
    at = [0, 1, 9, 49]
    assert [article[k] for k in at] == pytest.approx([1.9000, 1.4263, 1.0535, 1.0005], abs=1e-4)
    assert [dozat[k] for k in at] == pytest.approx([1.4737, 1.1573, 1.0078, 1.0001], abs=1e-4)


@pytest.mark.parametrize("rule", [optimizers.AdaMax, optimizers.NadaMax])
def test_erratum_31_r_of_nadamax_is_no_second_moment(rule):
    def r(rule, scale):
        opt = rule(eps=1e-30)
        for g in GRADIENTS:
            opt.update(scale * g)
        return opt.r

    np.testing.assert_allclose(r(rule, 8), 8 * r(rule, 1))
    np.testing.assert_allclose(r(optimizers.Nadam, 8), 8**2 * r(optimizers.Nadam, 1))


def test_erratum_33_nesterov_does_not_differ_in_its_increment():
    momentum, nesterov = optimizers.Momentum(), optimizers.Nesterov()
    np.testing.assert_array_equal(increments(momentum), increments(nesterov))
    w = np.ones(4)
    np.testing.assert_array_equal(momentum.lookahead(w), w)
    assert (nesterov.lookahead(w) != w).all()


def test_erratum_34_the_look_ahead_is_by_alpha_v():
    opt = optimizers.Nesterov()
    w = np.ones(4) + opt.update(GRADIENTS[0])
    v, ahead = opt.v, opt.lookahead(w)
    next_w = w + opt.update(np.zeros(4))  # where the velocity alone leads
    np.testing.assert_array_equal(ahead, next_w)
    assert np.abs(w + v - next_w).max() > 0.05 * np.abs(v).max()


def test_erratum_35_the_average_is_smaller_only_in_magnitude():
    a, v, weights = Fraction(9, 10), Fraction(0), Fraction(0)
    for i in range(1, 11):
        v, weights = a * v + (1 - a) * -2, a * weights + (1 - a)
        assert v == (1 - a**i) * -2 and weights == 1 - a**i  # E v_i = (1-αⁱ) E g: the weights' sum
        assert v > -2 and abs(v) < 2  # for a negative gradient the average lies above it


def test_erratum_36_with_varying_gradients_the_sum_is_no_geometric_series():
    i, a = 12, Fraction(9, 10)

    def terms(g):
        return [a ** (i - j) * g(j) for j in range(1, i + 1)]

    def ratios(x):
        return {y / x for x, y in pairwise(x)}

    assert ratios(terms(lambda j: 1)) == {1 / a}  # constant gradient: geometric
    assert len(ratios(terms(lambda j: j))) > 1
    grown = terms(lambda j: a**j)
    assert sum(grown) == i * a**i != a**i * (1 - a**i) / (1 - a)


def test_erratum_37_the_modified_nesterov_is_the_same_walk():
    a, rate = Fraction(9, 10), Fraction(1, 5)

    def slope(w):
        return w**3 - w  # of a valley with two minima

    w = w_moved = Fraction(1, 3)
    v = v_moved = Fraction(0)
    for _ in range(6):  # exactly; the digits double or triple at every step
        v = a * v - rate * slope(w + a * v)  # (5.1), (5.2)
        w = w + v
        g = slope(w_moved)  # (5.3)
        v_moved = a * v_moved - rate * g
        w_moved = w_moved + (a * v_moved - rate * g)  # (5.4)
        assert v_moved == v and w_moved == w + a * v


@pytest.mark.parametrize("name", ["AdaMax", "NadaMax"])
def test_erratum_38_r_can_be_zero_in_the_denominator(name):
    def run(opt):
        with np.errstate(all="ignore"):
            return increments(opt, [np.ones(1, np.float32)] + [np.zeros(1, np.float32)] * 2000)

    as_printed = getattr(printed, name)(beta=0.5)
    dw = run(as_printed)  # 0/0 on a zero first gradient is item 4; here r starts at 1, and decays
    assert as_printed.r == 0
    assert np.isinf(dw).any() and np.isnan(dw[-1])
    assert np.isfinite(run(getattr(optimizers, name)(beta=0.5))).all()
