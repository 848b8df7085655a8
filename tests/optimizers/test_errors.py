"""Bad input: what is said, and that nothing has changed."""

import copy
import inspect
import re

import numpy as np
import pytest

import optimizers

from .rules import ADAPTIVE, RULES, gradients, hyperparameters, kept, make, run

each_rule = pytest.mark.parametrize("rule", RULES)
ALLOWED = {"lr": "lr >= 0", "alpha": "0 <= alpha < 1", "beta": "0 <= beta < 1", "eps": "eps > 0"}
OUTSIDE = {"lr": [-1, -1e-300], "alpha": [1, 1.0, -0.1, 2], "beta": [1, -0.1, 2], "eps": [0, -1e-8, -0.0]}
NOT_FINITE = [np.nan, np.inf, -np.inf]
NOT_A_NUMBER = ["0.1", None, 0.1j, True, [True, False], object(), {}, ["0.1"]]

each_hyperparameter = pytest.mark.parametrize(
    ("rule", "name"), [(rule, name) for rule in RULES for name in hyperparameters(rule)]
)


def refuses(opt, error, *words, call):
    """The call raises the error with all the words in its message, and opt is what it was."""
    before = kept(opt)
    with pytest.raises(error) as raised:
        call()
    message = str(raised.value)
    for word in (type(opt).__name__, *words):
        assert str(word) in message, f"{word!r} is not in: {message}"
    assert kept(opt) == before


# Hyperparameters


@each_hyperparameter
def test_hyperparameter_out_of_range(rule, name):
    opt = rule()
    for bad in (*OUTSIDE[name], *NOT_FINITE):
        with pytest.raises(ValueError, match=re.escape(f"{rule.__name__}: {name} = {float(bad)} is not allowed")) as e:
            rule(**{name: bad})
        assert "finite" in str(e.value) and ALLOWED[name] in str(e.value)
        refuses(opt, ValueError, f"{name} = {float(bad)}", ALLOWED[name], call=lambda: setattr(opt, name, bad))
    run(opt, gradients(3))
    refuses(opt, ValueError, name, ALLOWED[name], call=lambda: setattr(opt, name, np.float32(-1)))


@each_hyperparameter
def test_hyperparameter_out_of_range_in_an_array(rule, name):
    for bad in (*OUTSIDE[name], *NOT_FINITE):
        with pytest.raises(ValueError, match=re.escape(f"{name} = {float(bad)} at index (1, 0) is not allowed")):
            rule(**{name: [[0.5, 0.5], [bad, -7]]})
    opt = rule(**{name: [0.25, 0.5]})
    refuses(opt, ValueError, "(2,)", call=lambda: setattr(opt, name, [0.5, 0.5, -1]))


@each_hyperparameter
def test_hyperparameter_that_is_no_number(rule, name):
    opt = rule()
    for bad in NOT_A_NUMBER:
        with pytest.raises(TypeError, match=f"{name} must be a number"):
            rule(**{name: bad})
        refuses(opt, TypeError, name, "must be a number", ALLOWED[name], call=lambda: setattr(opt, name, bad))


@each_hyperparameter
def test_hyperparameter_at_the_edge_of_its_range(rule, name):
    least, most = {"lr": (0, 1e300), "eps": (5e-324, 1e300)}.get(name, (0, np.nextafter(1, 0)))
    assert rule(**{name: least}).hyperparameters[name] == least
    assert rule(**{name: most}).hyperparameters[name] == most
    assert np.isfinite(run(rule(**{name: least}), gradients(50))).all()


@each_rule
def test_unknown_hyperparameter(rule):
    with pytest.raises(TypeError, match="gamma"):
        rule(gamma=1)


# Gradients


@each_rule
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_gradient_that_is_not_finite(rule, dtype):
    opt, gs = rule(), gradients(4, (2, 3), dtype)

    def refuses_each(step):
        for bad in NOT_FINITE:
            poor = gs[0].copy()
            poor[0, 2] = poor[1, 1] = bad
            words = (f"step {step}", "2 of 6", f"first, {bad}", "index (0, 2)", "must be finite")
            refuses(opt, ValueError, *words, call=lambda: opt.update(poor))

    refuses_each(step=1)
    refuses(opt, ValueError, "step 1", "1 of 1", "index ()", call=lambda: opt.update(np.nan))
    run(opt, gs[:3])
    refuses_each(step=4)
    assert opt.i == 3
    np.testing.assert_array_equal(opt.update(gs[3]), run(rule(), gs)[3])


@each_rule
def test_gradient_of_another_shape(rule):
    opt, gs = rule(), gradients(2, (3,))
    opt.update(gs[0])
    for shape in [(), (1,), (2,), (4,), (1, 3), (3, 1), (3, 3), (0,)]:
        words = ("step 2", f"shape {shape}", "(3,)", "make a new one")
        refuses(opt, ValueError, *words, call=lambda: opt.update(np.ones(shape)))
    refuses(opt, ValueError, "shape ()", call=lambda: opt.update(1.0))
    np.testing.assert_array_equal(opt.update(gs[1]), run(rule(), gs)[1])


@each_rule
def test_gradient_that_does_not_broadcast_with_a_hyperparameter(rule):
    opt = make(rule, lr=np.ones((4, 1)), beta=np.full((4, 1), 0.5))
    refuses(opt, ValueError, "step 1", "(2, 3)", "(4, 1)", "broadcast", call=lambda: opt.update(np.ones((2, 3))))
    opt.update(np.ones((4, 3)))
    refuses(opt, ValueError, "step 2", "(2, 3)", "(4, 1)", call=lambda: opt.update(np.ones((2, 3))))
    refuses(opt, ValueError, "step 2", "(4, 2)", "(4, 3)", call=lambda: opt.update(np.ones((4, 2))))
    opt.update(np.ones((1, 3)))  # broadcasts to the shape of the state
    assert opt.i == 2


@each_hyperparameter
def test_hyperparameter_set_later_to_another_shape(rule, name):
    opt, g = rule(), np.ones(3)
    opt.update(g)
    setattr(opt, name, np.full((2, 1), 0.5))
    refuses(opt, ValueError, "step 2", "(3,)", call=lambda: opt.update(g))
    setattr(opt, name, np.full(4, 0.5))
    refuses(opt, ValueError, "step 2", "(3,)", "(4,)", "broadcast", call=lambda: opt.update(g))
    setattr(opt, name, np.full(3, 0.5))
    opt.update(g)
    setattr(opt, name, 0.5)
    opt.update(g)
    assert opt.i == 3


WRONG_TYPES = [1j, [1, 2j], "1", ["1", "2"], b"1", None, [None, 1], True, [True, False], object, {}, {1.0}]


@each_rule
def test_gradient_of_another_type(rule):
    opt = rule()

    def refuses_each(step):
        for bad in (*WRONG_TYPES, np.array(["2020-01-01"], "M8[D]")):
            words = (f"step {step}", "real numbers", np.asarray(bad).dtype)
            refuses(opt, TypeError, *words, call=lambda: opt.update(bad))

    refuses_each(step=1)
    opt.update(np.ones(2))
    refuses_each(step=2)


@each_rule
def test_ragged_gradient(rule):
    opt = rule()
    before = kept(opt)
    with pytest.raises(ValueError, match="inhomogeneous shape"):
        opt.update([[1.0], [1.0, 2.0]])
    assert kept(opt) == before


# What does not fit the dtype


@pytest.mark.parametrize("rule", ADAPTIVE)
def test_eps_that_rounds_to_zero(rule):
    half = np.ones(2, np.float16)
    opt = rule()
    refuses(opt, ValueError, "step 1", "eps = 1e-08", "float16", "at least 6e-08", call=lambda: opt.update(half))
    assert opt.update(half.astype(np.float32)).dtype == np.float32

    opt = rule(eps=[1e-3, 1e-60])
    refuses(opt, ValueError, "1e-60", "float32", "at least 1.4e-45", call=lambda: opt.update(np.ones(2, np.float32)))
    opt.update(np.ones(2))

    opt = rule(eps=1e-3)
    opt.update(half)
    opt.eps = 1e-9
    refuses(opt, ValueError, "step 2", "eps = 1e-09", "float16", call=lambda: opt.update(half))
    opt.eps = 1e-3
    opt.update(half)


@pytest.mark.parametrize("rule", ADAPTIVE)
def test_eps_is_checked_again_when_the_dtype_changes(rule):
    opt = rule()
    opt.update(np.ones(2))
    refuses(opt, ValueError, "step 2", "float16", call=lambda: opt.update(np.ones(2, np.float16)))
    assert opt.update(np.ones(2, np.float32)).dtype == np.float32


SQUARING = [rule for rule in RULES if "np.square(" in inspect.getsource(rule.delta_w)]
LARGE = [(np.float16, 1e3, "256"), (np.float32, 1e20, "1.84e+19"), (np.float64, 1e160, "1.34e+154")]


@pytest.mark.parametrize("rule", SQUARING)
@pytest.mark.parametrize(("dtype", "large", "limit"), LARGE)
def test_squares_that_overflow(rule, dtype, large, limit):
    gs = gradients(6, (3,), dtype)
    opt = make(rule, eps=1e-3)
    poor = np.array([1, -large, 0], dtype)
    words = ("overflow", f"largest |g| is {np.abs(poor).max():.3g}", np.dtype(dtype), f"|g| < {limit}")
    refuses(opt, OverflowError, "step 1", *words, call=lambda: opt.update(poor))
    run(opt, gs[:5])
    refuses(opt, OverflowError, "step 6", *words, call=lambda: opt.update(poor))
    assert opt.i == 5
    np.testing.assert_array_equal(opt.update(gs[5]), run(make(rule, eps=1e-3), gs)[5])


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule not in SQUARING])
def test_without_squares_large_gradients_are_fine(rule):
    dw = run(rule(), np.full((10, 2), 1e30, np.float32))
    assert np.isfinite(dw).all() and dw.all()


@each_rule
def test_an_increment_out_of_range(rule):
    opt = make(rule, lr=1e30, eps=1e-30, alpha=0.0)
    run(opt, np.full((2, 2), 1e-8, np.float32))
    if "lr" in opt.hyperparameters:
        opt.lr = 1e300  # rounds to infinity in float32
        g = np.ones(2, np.float32)
        refuses(opt, (OverflowError, ValueError), "step 3", "float32", call=lambda: opt.update(g))
        opt.lr = np.full(2, 1e300)  # computes in float64, but the increment is to be float32
        refuses(opt, (OverflowError, ValueError), "step 3", "float32", call=lambda: opt.update(g))
    else:
        refuses(opt, OverflowError, "step 3", "float32", call=lambda: opt.update(np.full(2, 1e30, np.float32)))


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt, FloatingPointError])
def test_a_step_that_fails_halfway_is_taken_back(error):
    class Fails(optimizers.Adam):
        fail = False

        def delta_w(self, g):
            dw = super().delta_w(g)
            if type(self).fail:
                self.new = 1
                raise error("on purpose")
            return dw

    opt, gs = Fails(), gradients(4)
    run(opt, gs[:3])
    Fails.fail = True
    before = kept(opt)
    with pytest.raises(error, match="on purpose"):
        opt.update(gs[3])
    assert kept(opt) == before
    Fails.fail = False
    np.testing.assert_array_equal(opt.update(gs[3]), run(optimizers.Adam(), gs)[3])


@each_rule
def test_the_callers_error_state_is_left_alone(rule):
    opt = rule()
    with np.errstate(over="ignore", under="raise", divide="warn", invalid="call"):
        outside = np.geterr()
        opt.update(np.ones(2))
        assert np.geterr() == outside
        with pytest.raises(ValueError, match="not finite"):
            opt.update([np.nan, 1])
        assert np.geterr() == outside


@each_rule
def test_the_callers_error_state_does_not_reach_in(rule):
    gs = [*gradients(3), np.full(5, 1e-200), np.full(5, 1e-310), *np.zeros((300, 5)), np.full(5, 1e-310)]

    def path(opt):
        w, points = np.zeros(5), []
        for g in gs:
            ahead = opt.lookahead(w)
            w = w + opt.update(g)
            points += [ahead, w]
        return points

    quiet = path(make(rule, alpha=0.05, beta=0.1, lr=1e-3))
    with np.errstate(all="raise"):
        np.testing.assert_array_equal(path(make(rule, alpha=0.05, beta=0.1, lr=1e-3)), quiet)
    with np.errstate(all="ignore"), pytest.raises(OverflowError):
        make(rule, lr=1e300, alpha=0.0).update(np.full(2, 1e300))


class Dividing(optimizers.SGD):
    def delta_w(self, g):
        return -self.lr / np.square(g)


@pytest.mark.parametrize(
    ("g", "error", "advice", "other"),
    [
        (0.0, FloatingPointError, "is a denominator 0", "must stay below"),
        (1e200, OverflowError, "must stay below", "is a denominator 0"),
    ],
)
def test_the_advice_is_on_what_went_wrong(g, error, advice, other):
    opt = Dividing()
    refuses(opt, error, "step 1", advice, call=lambda: opt.update([g]))
    with pytest.raises(error, match=f"^(?!.*{other})"):
        opt.update([g])


# Names and masks


@each_rule
def test_a_name_that_a_rule_does_not_have(rule):
    opt = rule()
    for _ in range(2):
        for name in ("learning_rate", "momentum", *(ALLOWED.keys() - hyperparameters(rule))):
            has = (f"has no {name};", *hyperparameters(rule), *opt.state)
            refuses(opt, AttributeError, *has, call=lambda: setattr(opt, name, 0.5))
        opt.update(np.ones(2))
    again = copy.copy(opt)
    refuses(again, AttributeError, "learning_rate", call=lambda: setattr(again, "learning_rate", 0.5))


def test_a_rule_of_ones_own_names_what_it_keeps_as_it_likes():
    class Mine(optimizers.Momentum):
        def __init__(self, lr=1e-3, *, decay=0.5):
            super().__init__(lr)
            self.decay = decay

        def delta_w(self, g):
            self.largest = np.max(np.abs(g))
            return self.decay * super().delta_w(g)

    opt = Mine(decay=0.25)
    opt.update([3.0, -4.0])
    opt.decay = 0.75
    assert opt.largest == 4 and hyperparameters(Mine) == {"lr": 1e-3, "decay": 0.5}
    refuses(opt, AttributeError, "has no smallest", "decay", "largest", call=lambda: setattr(opt, "smallest", 0))


@each_rule
def test_a_mask_is_refused_and_not_lost(rule):
    opt, masked = rule(), np.ma.masked_array([1.0, 2.0], [True, False])
    for step in (1, 2):
        refuses(opt, TypeError, f"step {step}", "gradient is a masked array", "filled", call=lambda: opt.update(masked))
        opt.update(np.ones(2))
    for name in hyperparameters(rule):
        refuses(opt, TypeError, f"{name} is a masked array", call=lambda: setattr(opt, name, masked / 4))


def test_a_formula_without_a_return_is_noticed():
    class Forgets(optimizers.SGD):
        def delta_w(self, g):
            super().delta_w(g)

    opt = Forgets()
    refuses(opt, TypeError, "delta_w returned None", call=lambda: opt.update(np.ones(2)))


@pytest.mark.parametrize(
    ("dw", "words"),
    [
        ([1 + 0j], "complex128"),
        (["0.5"], "<U3"),
        ([True], "bool"),
        (np.ma.masked_array([1.0], [True]), "a masked array"),
    ],
)
def test_a_formula_that_returns_no_real_numbers_is_noticed(dw, words):
    class Strange(optimizers.SGD):
        def delta_w(self, g):
            return dw

    opt = Strange()
    refuses(opt, TypeError, "step 1", "real numbers", words, call=lambda: opt.update([1.0]))
