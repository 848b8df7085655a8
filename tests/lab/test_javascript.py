"""The labs' JavaScript does what the Python classes do: bit for bit, or to rounding where the functions are not
exact."""

import json

import numpy as np
import pytest

import optimizers
from lab import LANDSCAPES, SIGNALS, Lab, descend, respond, trace
from lab.formula.expressions import parse
from lab.formula.javascript import function_js, rule_js
from lab.ground.noise import batch_noise, hashed
from optimizers import RULES, Adam, Optimizer

from .conftest import same

LEARNING_RATES = (1e-3, 0.05, 3.0)  # calm, lively, and for many rules and landscapes too much
STEPS = 500

DESCEND = """
return request.map(({ run, landscape, settings }) => {
  const { w, d, n, left, loss } = descend(run, LANDSCAPES[landscape], settings);
  return { w: w.slice(0, d * n), left, loss };
});
"""


def hyper(rule, **given):
    """A rule's hyperparameters: its defaults, and those of the given that it has."""
    names = trace(rule).hyper
    return {**names, **{k: v for k, v in given.items() if k in names}}


def request(rule, landscape, steps=STEPS, noise=0.0, m=1, seed=1, **given):
    values = hyper(rule, **given)
    settings = {
        "steps": steps,
        "start": list(landscape.start),
        "noise": noise,
        "m": m,
        "seed": seed,
        **landscape.parameters,
    }
    run = {"rule": rule.__name__, "fixed": values, "hyper": values}
    return {"run": run, "landscape": landscape.name, "settings": settings}


def cases():
    for rule in RULES:
        for name in LANDSCAPES:
            for lr in LEARNING_RATES if "lr" in hyper(rule) else (None,):
                yield rule, name, lr


@pytest.fixture(scope="module")
def answers(javascript):
    """Every descent of `cases` in JavaScript, in one run of node."""
    keys = list(cases())
    made = javascript(DESCEND, [request(rule, LANDSCAPES[name], lr=lr) for rule, name, lr in keys])
    return dict(zip(keys, made, strict=True))


@pytest.mark.parametrize("landscape", LANDSCAPES.values(), ids=lambda f: f.name)
@pytest.mark.parametrize("rule", RULES)
def test_a_path_is_the_same_in_both_languages(answers, rule, landscape):
    for (r, name, lr), answer in answers.items():
        if (r, name) != (rule, landscape.name):
            continue
        python = descend(rule(**hyper(rule, lr=lr)), landscape, steps=STEPS)
        path = np.reshape(np.array(answer["w"], float), (-1, len(landscape.domain)))
        steps = len(path)
        if landscape.expr.is_polynomial(*landscape.variables):
            assert answer["left"] == python.left
            assert same(python.w[:steps], path) and np.isnan(python.w[steps:]).all()
            assert same(python.loss[:steps], answer["loss"])
            continue
        # Sines and cosines may be off by a rounding: then paths agree for as long as paths that start a rounding apart
        # do.
        start = np.array(landscape.start) * (1 + 1e-15)
        nearby = descend(rule(**hyper(rule, lr=lr)), landscape, start, steps=STEPS).w
        apart = np.maximum.accumulate(np.abs(nearby - python.w).max(axis=1))[:steps]
        calm = ~(apart > 1e-13)
        assert calm.sum() >= (100 if lr in (None, min(LEARNING_RATES)) else 1)
        np.testing.assert_allclose(path[calm], python.w[:steps][calm], rtol=0, atol=1e-12)


def test_some_of_these_paths_leave(answers):
    assert sum(answer["left"] > 0 for answer in answers.values()) > 20


def test_noise_is_the_same_in_both_languages(javascript):
    n = [0, 1, 2, 1000, 2**31, 2**32 - 1]
    body = "return request.map(([seed, n]) => hashed(seed, n))"
    for seed in (1, 2, 100):
        assert same(hashed(seed, n), javascript(body, [[seed, k] for k in n]))
    body = "return request.map(([seed, step, k, m]) => batchNoise(seed, step, 2, k, m))"
    for m in (1, 7, 256):
        ours = [batch_noise(3, step, 2, m) for step in (1, 2, 500)]
        theirs = javascript(body, [[3, step, k, m] for step in (1, 2, 500) for k in (0, 1)])
        assert same(np.ravel(ours), theirs)


@pytest.mark.parametrize("rule", RULES)
def test_a_noisy_descent_is_the_same_in_both_languages(javascript, rule):
    landscape = LANDSCAPES["ravine"]
    (answer,) = javascript(DESCEND, [request(rule, landscape, lr=0.1, noise=2.0, m=8, seed=5)])
    python = descend(rule(**hyper(rule, lr=0.1)), landscape, steps=STEPS, noise=2.0, m=8, seed=5)
    assert same(python.w.ravel(), answer["w"])


@pytest.mark.parametrize("signal", SIGNALS.values(), ids=lambda s: s.name)
def test_signals_and_responses_are_the_same_in_both_languages(javascript, signal):
    settings = {**signal.parameters, "steps": 300, "seed": 4}
    runs = [request(rule, LANDSCAPES["ravine"], lr=0.01)["run"] for rule in RULES]
    body = """
    const { signal, settings, runs } = request, g = gradients(SIGNALS[signal], settings);
    return { g, responses: runs.map((run) => respond(run, g, settings)) };
    """
    answer = javascript(body, {"signal": signal.name, "settings": settings, "runs": runs})
    g = signal(300, seed=4)
    assert same(g, answer["g"])
    for rule, response in zip(RULES, answer["responses"], strict=True):
        python = respond(rule(**hyper(rule, lr=0.01)), g)
        assert set(python) == set(response)
        for name, values in python.items():
            assert same(values, response[name]), (rule.__name__, name)


class Clipped(Optimizer):
    """As a reader may write it: most of the functions that a tracer knows, a look-ahead, a count of steps."""

    def __init__(self, lr=0.1, *, alpha=0.9, beta=0.99):
        self.lr, self.alpha, self.beta = lr, alpha, beta
        self.v, self.r = 0.0, 1.0

    def lookahead(self, w):
        return w - 0.5 * self.v

    def delta_w(self, g):
        self.r = np.minimum(self.beta * self.r + np.abs(g) ** 3, 100.0)
        self.v = self.alpha * self.v + np.where(g > 1, np.sign(g), g) / np.sqrt(self.r + 1) ** 2
        return -self.lr * self.v / (1 + (self.i + 1) ** 0.5)


def test_a_readers_class_is_the_same_in_both_languages(javascript):
    landscape = LANDSCAPES["beale"]
    ask = request(Clipped, landscape)
    ask["run"]["code"] = rule_js(trace(Clipped))
    (answer,) = javascript(DESCEND, [ask])
    python = descend(Clipped(), landscape, steps=STEPS)
    np.testing.assert_allclose(np.reshape(answer["w"], (-1, 2)), python.w, rtol=1e-12)
    assert np.abs(python.w[-1] - python.w[0]).max() > 0.1


class Awkward(Optimizer):
    """Hyperparameters and state with names that are JavaScript's, or the generated code's; constants in a place of
    their own."""

    def __init__(self, lr=0.1, new=0.9, h=0.5):
        self.lr, self.new, self.h = lr, new, h
        self.var = self.q = self._v = self.Math = self.t0 = 0.0
        self.constant = {"rest": 1 - new, "ahead": h / 2}

    def lookahead(self, w):
        return w + self.constant["ahead"] * self.var

    def delta_w(self, g):
        self.var = self.new * self.var - self.constant["rest"] * self.lr * g
        self.q = self.h * self.q + np.sqrt(np.square(g) + self.t0)
        self.t0, self._v, self.Math = self.q + self.t0, self._v + self.Math, self.var
        return self.var + 1e-3 * self._v / (1 + self.t0)


class Bare:
    """Without the base class, as in the chapters' exercises."""

    def __init__(self, lr=0.1, rho=0.9):
        self.lr, self.rho = lr, rho
        self.i, self._v = 0, 0.0

    def update(self, g):
        self.i = self.i + 1
        self._v = self.rho * self._v + (1 - self.rho) * g
        return -self.lr * self._v / (1 - self.rho**self.i)


@pytest.mark.parametrize("cls", [Awkward, Bare])
def test_names_and_bases_are_the_readers_own_affair(javascript, cls):
    landscape = LANDSCAPES["ravine"]
    ask = request(cls, landscape)
    ask["run"]["code"] = rule_js(trace(cls))
    (answer,) = javascript(DESCEND, [ask])
    python = descend(cls(), landscape, steps=STEPS)
    np.testing.assert_allclose(np.reshape(answer["w"], (-1, 2)), python.w, rtol=1e-9, atol=1e-12)
    g = SIGNALS["noisy"](50, seed=3)
    records, ours = (
        javascript("return respond(request.run, request.g, {})", {"run": ask["run"], "g": g.tolist()}),
        respond(cls(), g),
    )
    assert set(records) == set(ours) and "_v" in ours
    for name, values in ours.items():
        np.testing.assert_allclose(records[name], values, rtol=1e-9, atol=1e-12)


def test_a_formula_may_have_names_that_are_words_of_javascript(javascript):
    f = function_js(parse("new + 2*var + Max(q, lr)"), ["new", "var", "q", "lr"])
    assert javascript(f"return ({f})(request)", {"new": 1, "var": 2, "q": 3, "lr": 4}) == 9


@pytest.mark.parametrize(
    "text", ["sqrt(1-beta**i)/(1-alpha**i)", "Max(1, 100*beta**i)", "exp(-i/10)*sin(i) + log(1+i)**2", "Piecewise((0, i < 5), (i**3, True))"]
)  # fmt: skip
def test_formulas_are_the_same_in_both_languages(javascript, text):
    lab = Lab.curve({"f": text}, domain=(1, 100), alpha=0.9, beta=0.99) if "a" in text else Lab.curve({"f": text})
    x, y = lab.results()["f"]
    expr = parse(text)
    names = sorted({s.name for s in expr.free_symbols})
    body = f"const f = {function_js(expr, names)}; return request.map((i) => f({{ alpha: 0.9, beta: 0.99, i }}))"
    np.testing.assert_allclose(javascript(body, x.tolist()), y, rtol=1e-13, atol=1e-15)


def test_the_lab_hands_its_settings_to_the_page_as_they_are():
    lab = Lab.descent({"A": (Adam, {"lr": 0.02}), "B": Adam}, "ravine", beta=0.9, kappa=7)
    lab.alpha = 0.5
    spec = json.loads(lab.html().split('data-spec="')[1].split('"')[0].replace("&quot;", '"').replace("&#x27;", "'"))
    assert spec["settings"] == lab.settings
    assert spec["settings"]["alpha"] == 0.5 and spec["settings"]["kappa"] == 7
    assert [run["fixed"] for run in spec["runs"]] == [{"lr": 0.02}, {}]


def test_every_rule_is_in_the_module():
    assert {rule.__name__ for rule in RULES} == set(optimizers.__all__) - {"Optimizer", "RULES", "TEN"}
