"""The article's derivations as mathematics, by the numbers of its equations, in exact arithmetic wherever there is one.

Where the article prints a slip, the meant formula stands here, and test_errata.py shows the slip.
"""

import cmath
import math
import random
from fractions import Fraction

import sympy as sp

i = sp.Symbol("i", integer=True, positive=True)
j, k = sp.symbols("j k", integer=True)
lr, alpha, beta, eps = sp.symbols("eta alpha beta epsilon", positive=True)
N = 6  # as far as recursions are unrolled; beyond, induction
g = sp.symbols(f"g1:{N + 1}", real=True)  # g_1 to g_N


def equal(a, b):
    return sp.simplify(sp.expand(a - b)) == 0


def unrolled(step, start, gradients=g):
    """State after each gradient: [x_1, x_2, ...] from x_i = step(x_{i-1}, g_i)."""
    states = [start]
    for gradient in gradients:
        states.append(step(states[-1], gradient))
    return states[1:]


# Momentum


def test_1_1_to_1_6_momentum_from_newtons_second_law():
    F, m, t, v, v_old, w, push, gradient, c = sp.symbols("F m t v v_old w I_G g c")
    eq_11 = sp.Eq(F * t, m * v - m * v_old)
    eq_12 = eq_11.subs({m: 1, t: 1})
    assert equal(eq_12.lhs - eq_12.rhs, F - (v - v_old))

    eq_13 = push - c * v_old  # F, with the drag of the velocity that the ball comes with
    [eq_14] = sp.solve(eq_12.subs(F, eq_13), v)
    assert equal(eq_14.subs(c, 1 - alpha), alpha * v_old + push)

    eq_15 = (w + v * t).subs(t, 1)
    assert equal(eq_15, w + v)

    eq_16 = eq_14.subs({c: 1 - alpha, push: -lr * gradient})
    assert equal(eq_16, alpha * v_old - lr * gradient)


def momentum(v, gradient):
    return alpha * v - lr * gradient


def test_1_6_unfolds_into_a_weighted_sum():
    v0 = sp.Symbol("v0")
    for n, v in enumerate(unrolled(momentum, v0), 1):
        assert equal(v, alpha**n * v0 - lr * sum(alpha ** (n - m) * g[m - 1] for m in range(1, n + 1)))

    past, gradient = sp.symbols("Sigma g")  # induction: α Σ_{j<i} α^{i-1-j} g_j + g_i is the next sum
    before = alpha ** (i - 1) * v0 - lr * past
    assert equal(momentum(before, gradient), alpha**i * v0 - lr * (alpha * past + gradient))


def test_1_6_under_a_constant_gradient_is_a_geometric_sum():
    gradient = sp.Symbol("g", real=True)

    def closed(n):
        return -lr * gradient * (1 - alpha**n) / (1 - alpha)

    assert closed(0) == 0
    assert equal(sp.powsimp(momentum(closed(i - 1), gradient)), closed(i))
    for n, v in enumerate(unrolled(momentum, 0, [gradient] * N), 1):
        assert equal(v, closed(n))
    a = sp.Rational(9, 10)
    assert sp.limit(closed(i).subs(alpha, a), i, sp.oo) == -lr * gradient / (1 - a)  # ten times the step of SGD


def test_1_6_forgets_old_gradients_geometrically():
    a = sp.Rational(9, 10)
    weights = [a**m * (1 - a) for m in range(200)]
    assert sum(m * weight for m, weight in enumerate(weights)) - a / (1 - a) < sp.Rational(1, 10**5)
    assert sp.simplify(sp.summation(a**k * (1 - a), (k, 0, sp.oo))) == 1
    assert sp.simplify(sp.summation(k * a**k * (1 - a), (k, 0, sp.oo))) == a / (1 - a)  # their mean age: 9 steps


def test_momentum_swings_as_its_complex_roots_say():
    """The line with the cosine in Momentum's chapter: from w = 1 at rest, on a curvature where ηλ is 1/100."""
    alpha, x = Fraction(9, 10), Fraction(1, 100)
    w = [Fraction(1), 1 - x]
    while len(w) < 200:
        w.append((1 + alpha - x) * w[-1] - alpha * w[-2])
    theta = math.acos((1 + alpha - x) / (2 * math.sqrt(alpha)))
    a = complex(
        0.5, -(w[1] / math.sqrt(alpha) - math.cos(theta)) / (2 * math.sin(theta))
    )  # A + B = w_0, A z_1 + B z_2 = w_1
    for n, exact in enumerate(w):
        swing = 2 * abs(a) * alpha ** (n / 2) * math.cos(n * theta + cmath.phase(a))
        assert math.isclose(swing, exact, abs_tol=1e-12)


def test_the_average_is_the_sum_times_one_minus_alpha():
    average = unrolled(lambda v, x: alpha * v + (1 - alpha) * x, sp.S.Zero)
    for v, v_average in zip(unrolled(momentum, sp.S.Zero), average, strict=True):
        assert equal(v_average, -(1 - alpha) / lr * v)


# AdaGrad, RMSProp


def test_2_1_unfolds_into_2_3():
    r0 = sp.Symbol("r0", positive=True)
    for n, r in enumerate(unrolled(lambda r, x: r + x**2, r0), 1):
        assert equal(r, r0 + sum(x**2 for x in g[:n]))
        assert r.subs(r0, eps).is_positive  # ε and squares of real numbers


def test_2_2_at_the_first_step():
    first = (-lr / (eps + sp.sqrt(sp.S.Zero + g[0] ** 2))) * g[0]
    assert equal(first, -lr * g[0] / (eps + sp.Abs(g[0])))
    assert sp.limit(first.subs(g[0], sp.Symbol("x", positive=True)), eps, 0) == -lr


def test_2_2_under_a_constant_gradient_slows_down_as_one_over_root_i():
    x, n = sp.symbols("x n", positive=True)
    step = lr * x / sp.sqrt(eps + n * x**2)
    assert sp.limit(step * sp.sqrt(n), n, sp.oo) == lr


def rmsprop(r, x):
    return beta * r + (1 - beta) * x**2


def test_rmsprop_unfolds_into_a_weighted_sum():
    r0 = sp.Symbol("r0", positive=True)
    for n, r in enumerate(unrolled(rmsprop, r0), 1):
        assert equal(r, beta**n * r0 + (1 - beta) * sum(beta ** (n - m) * g[m - 1] ** 2 for m in range(1, n + 1)))
    past, gradient = sp.symbols("Sigma g")
    before = beta ** (i - 1) * r0 + (1 - beta) * past
    assert equal(rmsprop(before, gradient), beta**i * r0 + (1 - beta) * (beta * past + gradient**2))


# AdaDelta


def test_3_1_with_eps_in_the_start():
    s, r, x = sp.symbols("s r x", positive=True)
    dw = -sp.sqrt(s) / sp.sqrt(r) * x
    assert equal(dw**2, s / r * x**2)
    assert equal(beta * s + (1 - beta) * dw**2, beta * s + s / r * (1 - beta) * x**2)


def test_3_1_unfolds_into_a_product():
    """s_i = s₀ Π (1 + β(1 - r_{j-1}/r_j)): what r grows by is what s may grow by."""
    s, r, r_old = sp.symbols("s r r_old", positive=True)
    x_squared = (r - beta * r_old) / (1 - beta)  # (3.1), first line
    assert equal(beta * s + s / r * (1 - beta) * x_squared, s * (1 + beta * (1 - r_old / r)))

    b = Fraction(9, 10)
    s, r, product = Fraction(1, 10), Fraction(1, 10), Fraction(1)
    for x in (3, 0, Fraction(1, 7), 100, -2):
        r_old, r = r, b * r + (1 - b) * x**2
        s = b * s + s / r * (1 - b) * x**2
        product *= 1 + b * (1 - r_old / r)
        assert s == Fraction(1, 10) * product


def test_3_1_grows_by_a_bounded_factor():
    """No step raises s by more than 1 + β, and none raises s/r by more than (1+β)²/(4β)."""
    x = sp.Symbol("x", positive=True)  # r_{i-1}/r_i, which lies between 0 and 1/β
    s_grows = 1 + beta * (1 - x)
    assert s_grows.subs(x, 0) == 1 + beta and sp.diff(s_grows, x) == -beta
    assert equal(s_grows.subs(x, 1 / beta), beta)  # a zero gradient
    ratio_grows = x * s_grows
    bound = (1 + beta) ** 2 / (4 * beta)
    assert equal(bound - ratio_grows, beta * (x - (1 + beta) / (2 * beta)) ** 2)  # a square: never negative
    assert float(bound.subs(beta, sp.Rational(999, 1000))) - 1 < 2.51e-7


# Adam


def test_4_1_to_4_4_the_corrected_averages_weigh_to_one():
    for base in (alpha, beta):
        ones = unrolled(lambda x, one, b=base: b * x + (1 - b) * one, sp.S.Zero, [sp.S.One] * N)
        for n, weight in enumerate(ones, 1):
            assert equal(weight, 1 - base**n)  # so dividing by it gives a mean
    before = 1 - alpha ** (i - 1)
    assert equal(sp.powsimp(alpha * before + (1 - alpha)), 1 - alpha**i)
    assert equal((1 - alpha) * sum(alpha**m for m in range(N)), 1 - alpha**N)


def test_4_3_and_4_4_are_unbiased_for_a_stationary_gradient():
    mean, square = sp.symbols("mu q")  # E g and E g²
    for n in range(1, N + 1):
        s = unrolled(lambda s, x: alpha * s + (1 - alpha) * x, sp.S.Zero, g[:n])[-1]
        r = unrolled(rmsprop, sp.S.Zero, g[:n])[-1]
        expected_s = sp.expand(s).subs(dict.fromkeys(g, mean))  # the expectation is linear
        expected_r = sp.expand(r).subs({x: sp.sqrt(square) for x in g})
        assert equal(expected_s / (1 - alpha**n), mean)
        assert equal(expected_r / (1 - beta**n), square)


def test_4_5_collected():
    s, r = sp.symbols("s r", positive=True)
    b_i, a_i = sp.symbols("b_i a_i", positive=True)  # 1 - βⁱ and 1 - αⁱ
    assert equal(-lr * (s / a_i) / sp.sqrt(r / b_i), -lr * sp.sqrt(b_i) / a_i * s / sp.sqrt(r))


def test_4_5_the_correction_fades_but_not_steadily():
    a, b = sp.Rational(9, 10), sp.Rational(999, 1000)
    n = sp.Symbol("n", positive=True)
    assert sp.limit(sp.sqrt(1 - b**n) / (1 - a**n), n, sp.oo) == 1

    def correction(m):
        return sp.sqrt(1 - sp.Float(b, 30) ** m) / (1 - sp.Float(a, 30) ** m)

    values = [correction(m) for m in range(1, 101)]
    assert values.index(min(values)) + 1 == 12
    assert [round(float(values[m]), 3) for m in (0, 11)] == [0.316, 0.152]
    assert correction(3915) < 0.99 < correction(3916)


# AdaMax


def test_the_lp_sum_unfolds():
    p = sp.Symbol("p", positive=True)
    size = sp.symbols("g1:5", positive=True)  # |g_1| to |g_4|
    for n, r in enumerate(unrolled(lambda r, x: beta**p * r + (1 - beta**p) * x**p, sp.S.Zero, size), 1):
        assert equal(r, (1 - beta**p) * sum(beta ** (p * (n - m)) * size[m - 1] ** p for m in range(1, n + 1)))


def test_the_lp_sum_squeezes_onto_the_maximum():
    """max ≤ (Σ xᵖ)^(1/p) ≤ i^(1/p) max, and both i^(1/p) and (1-βᵖ)^(1/p) tend to 1."""
    p = sp.Symbol("p", positive=True)
    b = sp.Rational(9, 10)
    assert sp.limit(sp.Integer(7) ** (1 / p), p, sp.oo) == 1
    assert sp.limit((1 - b**p) ** (1 / p), p, sp.oo) == 1
    sizes = [sp.Rational(x) for x in ("7/2", "0", "3", "1/9", "3")]
    decayed = [b ** (len(sizes) - m) * x for m, x in enumerate(sizes, 1)]
    largest = max(decayed)
    for power in (1, 2, 10, 100):
        total = sum(x**power for x in decayed)
        assert largest**power <= total <= len(sizes) * largest**power
    total = sum(x**2000 for x in decayed)
    root = sp.exp(sp.log(sp.Float((1 - b**2000) * total, 50)) / 2000)
    assert abs(root - largest) < largest * sp.log(5).evalf() / 2000


def test_the_limit_recurs_as_6_2():
    rng = random.Random(0)
    for _ in range(200):
        b, r = Fraction(rng.randint(1, 99), 100), Fraction(0)
        sizes = [Fraction(rng.randint(0, 99), rng.randint(1, 9)) for _ in range(6)]
        for n, x in enumerate(sizes, 1):
            r = max(b * r, x)
            assert r == max(b ** (n - m) * sizes[m - 1] for m in range(1, n + 1))


# Nadam


def test_5_1_to_5_4_are_one_walk_seen_from_two_points():
    """With w̃ = w + α v, (5.1) and (5.2) become (5.3) and (5.4): for any loss, exactly."""
    w, v = sp.symbols("w v")
    slope = sp.Function("J'")
    v_next = alpha * v - lr * slope(w + alpha * v)  # (5.1)
    w_next = w + v_next  # (5.2)

    moved = w + alpha * v  # w̃
    v_moved = alpha * v - lr * slope(moved)  # (5.3)
    moved_next = moved + (alpha * v_moved - lr * slope(moved))  # (5.4)
    assert equal(v_moved, v_next)
    assert equal(moved_next, w_next + alpha * v_next)  # w̃ after the step


s_old, gradient, root_r = sp.symbols("s_old g R")  # R = √r̂_i
s_new = alpha * s_old + (1 - alpha) * gradient  # (5.5)
a_i, a_old = 1 - alpha**i, 1 - alpha ** (i - 1)


def test_5_5_to_5_7_substituted():
    eq_57 = -lr * (s_new / a_i) / root_r  # with (5.6)
    assert equal(eq_57, -lr / root_r * (alpha * s_old / a_i + (1 - alpha) * gradient / a_i))


def test_5_7_to_5_8_by_an_approximation_and_a_look_ahead():
    s_hat_old, s_hat = sp.symbols("shat_old shat")
    exact = -lr / root_r * (alpha * s_old / a_i + (1 - alpha) * gradient / a_i)
    approximated = exact.subs(s_old, s_hat_old * a_i)  # s_{i-1}/(1-αⁱ) ≈ ŝ_{i-1}
    eq_58 = -lr / root_r * (alpha * s_hat + (1 - alpha) * gradient / a_i)
    assert equal(approximated.subs(s_hat_old, s_hat), eq_58)
    n = sp.Symbol("n", positive=True)
    error = (a_i / a_old).subs({i: n, alpha: sp.Rational(9, 10)})
    assert sp.limit(error, n, sp.oo) == 1


def test_5_8_collected():
    s, r, b_i = sp.symbols("s r b_i", positive=True)  # b_i = 1 - βⁱ
    eq_58 = -lr / sp.sqrt(r / b_i) * (alpha * s / a_i + (1 - alpha) * gradient / a_i)
    assert equal(eq_58, -lr * sp.sqrt(b_i) / a_i / sp.sqrt(r) * (alpha * s + (1 - alpha) * gradient))


def test_5_8_is_a_mix_of_adam_and_of_rmsprop_corrected():
    s = sp.Symbol("s")
    eq_58 = -lr / root_r * (alpha * s / a_i + (1 - alpha) * gradient / a_i)
    adam, adam_without_momentum = -lr / root_r * s / a_i, -lr / root_r * gradient
    assert equal(eq_58, alpha * adam + (1 - alpha) / a_i * adam_without_momentum)


def test_adam_and_nadam_with_a_fixed_divisor_have_the_roots_of_momentum_and_nesterov():
    """They leave the unit circle at z = -1 only: the product of the roots is below 1, and at z = 1 the left-hand side
    is y."""
    w, s, z, y = sp.symbols("w s z y")
    s_next = alpha * s + (1 - alpha) * w
    step = {"Adam": s_next, "Nadam": alpha * s_next + (1 - alpha) * w}
    equation = {
        "Adam": z**2 - (1 + alpha - y) * z + alpha,
        "Nadam": z**2 - (1 + alpha) * (1 - y) * z + alpha * (1 - y),
    }
    limit = {"Adam": 2 * (1 + alpha), "Nadam": 2 * (1 + alpha) / (1 + 2 * alpha)}
    for name, increment in step.items():
        after = sp.Matrix([w - y / (1 - alpha) * increment, s_next])  # from y = (1 - α) η L/√r̂
        assert equal(after.jacobian([w, s]).charpoly(z).as_expr(), equation[name])
        assert equal(equation[name].subs(z, 1), y)
        assert equal(*sp.solve(equation[name].subs(z, -1), y), limit[name])


# NadaMax


def test_6_1_to_6_3():
    s, r = sp.symbols("s r", positive=True)
    ahead = alpha * s / a_i + (1 - alpha) * gradient / a_i
    eq_61 = -lr / root_r * ahead
    swapped = eq_61.subs(root_r, r)  # √r̂ of (6.1) for r of (6.2), as (6.3) does
    assert equal(swapped, -lr / r * ahead)
    assert equal(swapped, -lr / a_i / r * (alpha * s + (1 - alpha) * gradient))
    adamax = -lr * (s / a_i) / r  # (6.3)
    assert equal(swapped.subs(alpha, 0), adamax.subs({alpha: 0, s: gradient}))  # without momentum s_i is g_i
