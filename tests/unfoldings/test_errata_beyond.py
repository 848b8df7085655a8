"""The errata from 42 on, each shown as in test_errata.py, and the page of errata held to its tests."""

import inspect
import json
import re
from pathlib import Path

import numpy as np
import pytest
import sympy as sp

import optimizers

from . import printed, test_errata
from .test_errata import increments, mended

PAGE = Path(__file__).parents[2] / "chapters" / "errata.ipynb"


def test_erratum_42_adagrad_encourages_only_while_r_is_below_one():
    for g in (0.01, 0.1, 0.5, 2.0):
        opt = optimizers.AdaGrad(lr=1)
        for _ in range(300):
            rate = opt.update(g) / -g
            assert (rate > 1) == (opt.r < 1)
        first = optimizers.AdaGrad(lr=1).update(g) / -g
        assert (first > 1) == (g < 1)  # of gradients above 1, even the first is penalised
    opt = optimizers.AdaGrad()
    for _ in range(10):
        opt.update(np.array([1.0, 0.0]))
    assert opt.r[1] == 1e-8  # where the gradient is 0 nothing shrinks


def test_erratum_43_without_eps_in_the_numerator_adadelta_cannot_accelerate():
    ours = optimizers.AdaDelta(beta=0.95, eps=1e-6)
    dw = -increments(ours, np.ones((20_000, 1)))
    assert dw.max() == pytest.approx(dw[0], rel=0.02)

    r = s = 0.0
    papers = []
    for _ in range(20_000):
        r = 0.95 * r + 0.05
        papers.append(np.sqrt((s + 1e-6) / (r + 1e-6)))
        s = 0.95 * s + 0.05 * papers[-1] ** 2
    assert papers[-1] > 7 * papers[0]


def test_erratum_43_the_most_that_adadelta_can_accelerate():
    s, r_old, r, beta = sp.symbols("s r_old r beta", positive=True)
    g_squared = (r - beta * r_old) / (1 - beta)  # (3.1), first line
    grown = (beta * s + (1 - beta) * s / r * g_squared) / r / (s / r_old)  # s_i/r_i over s_{i-1}/r_{i-1}
    x = sp.Symbol("x", positive=True)  # r_{i-1}/r_i
    factor = sp.simplify(grown.subs(r_old, x * r))
    [at] = sp.solve(sp.diff(factor, x), x)
    assert sp.simplify(factor.subs(x, at) - (1 + beta) ** 2 / (4 * beta)) == 0
    assert sp.simplify(sp.diff(factor, x, 2) + 2 * beta) == 0  # so it is a maximum


def test_erratum_45_the_approximation_in_nadam_is_not_needed():
    i = sp.Symbol("i", integer=True, positive=True)
    s, s_old, alpha, g = sp.symbols("s s_old alpha g")
    bracket = (alpha * s_old + (1 - alpha) * g) / (1 - alpha**i)  # of (5.5) and (5.6) in (5.7), exact
    by_58 = alpha * s / (1 - alpha**i) + (1 - alpha) * g / (1 - alpha**i)
    assert sp.simplify(bracket.subs(s_old, s) - by_58) == 0


def test_erratum_46_the_first_argument_is_something_else_in_each_listing():
    def first(cls):
        return next(iter(inspect.signature(cls).parameters))

    listed = [printed.Momentum, printed.AdaGrad, printed.RMSProp, printed.AdaDelta]
    assert [first(cls) for cls in listed] == ["alpha", "eps", "lr", "beta"]
    assert printed.Momentum(0.01).alpha == 0.01
    for rule in optimizers.TEN:
        if rule is not optimizers.AdaDelta:
            assert first(rule) == "lr"


def test_erratum_47_a_ball_on_a_slope_is_not_pushed_by_the_gradient():
    slope = sp.Symbol("J'", positive=True)
    along = sp.sin(sp.atan(slope))  # gravity's part along a slope of angle atan J', for weight 1
    assert sp.simplify(along - slope / sp.sqrt(1 + slope**2)) == 0
    assert sp.series(along, slope, 0, 3).removeO() == slope
    assert sp.limit(along, slope, sp.oo) == 1


@pytest.mark.parametrize("name", ["AdaGrad", "RMSProp", "Adam"])
def test_erratum_48_a_square_that_overflows_stops_the_listing_for_ever(name):
    large, ordinary = np.array([1e25], np.float32), np.ones(1, np.float32)
    as_printed = mended(name)()
    with np.errstate(all="ignore"):
        as_printed.update(large)
        later = increments(as_printed, [ordinary] * 100)
    assert np.isinf(as_printed.r)
    assert not later.any()
    with pytest.raises(OverflowError):
        getattr(optimizers, name)().update(large)


def test_erratum_48_the_default_eps_is_zero_in_float16():
    zero = np.zeros(1, np.float16)
    with np.errstate(all="ignore"):
        assert np.isnan(mended("RMSProp")().update(zero))
    with pytest.raises(ValueError, match="rounds to 0"):
        optimizers.RMSProp().update(zero)


def test_erratum_49_the_first_step_of_rmsprop_is_too_long():
    [first] = -optimizers.RMSProp(lr=1).update([1.0])
    assert first == pytest.approx((1 - 0.999) ** -0.5, rel=1e-4)
    assert first == pytest.approx(31.6, abs=0.05)


@pytest.mark.parametrize("rule", [optimizers.Nadam, optimizers.NadaMax])
def test_erratum_50_the_corrected_weights_do_not_sum_to_one(rule):
    opt = rule(lr=1, eps=1e-300)
    for i in range(1, 101):  # for g = 1 the step is the sum of the weights
        assert -opt.update(1.0) == pytest.approx((1 - 0.9 ** (i + 1)) / (1 - 0.9**i), rel=1e-12)


def items():
    """The items of the page, paragraphs and rows of a table: {number: its text}."""
    cells = json.loads(PAGE.read_text(encoding="utf-8"))["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    parts = re.split(r"^(?:\(|\| \[\*\*\d+\*\*\]\{#)erratum-(\d+)(?:\)=$|\})", text, flags=re.MULTILINE)[1:]
    numbers = [int(n) for n in parts[::2]]
    assert len(numbers) == len(set(numbers)), "a number stands twice"
    return dict(zip(numbers, parts[1::2], strict=True))


def test_the_page_has_every_number_once():
    assert sorted(items()) == list(range(1, len(items()) + 1))


def test_the_page_names_the_tests_that_there_are():
    tested = {
        int(match[1]) for name in (*globals(), *vars(test_errata)) if (match := re.match(r"test_erratum_(\d+)_", name))
    }
    for number, text in items().items():
        named = [int(n) for n in re.findall(r"`erratum_(\d+)`", text)]
        assert named == [number] * (number in tested), f"item {number} names {named}"
