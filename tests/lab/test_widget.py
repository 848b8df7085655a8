"""The lab as Python sees it: settings as traits, errors, results, and what it hands to a page."""

import copy
import json
import re
import sys
import threading
import warnings
from html import unescape
from io import BytesIO

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
import pytest
import traitlets
from PIL import Image

import optimizers
from lab import Lab, TraceError, descend, figures, landscapes, respond, trace
from lab.signals import SIGNALS
from optimizers import SGD, Adam, AdaMax, Momentum, Optimizer


def spec_of(lab):
    return json.loads(unescape(re.search(r'data-spec="(.*?)"', lab.html())[1]))


class Sign(Optimizer):
    """A rule that can be traced."""

    def __init__(self, lr=0.1):
        self.lr = lr

    def delta_w(self, g):
        return -self.lr * np.sign(g)


class Branching(Optimizer):
    """A rule that cannot: it looks at the values."""

    def __init__(self, lr=0.1):
        self.lr = lr

    def delta_w(self, g):
        return -self.lr * g if np.max(np.abs(g)) < 1 else -self.lr * np.sign(g)


class Bare:
    """A class without the base class, with a hyperparameter of the reader's own."""

    def __init__(self, lr=0.1, rho=0.9):
        self.lr, self.rho, self.v = lr, rho, 0.0

    def update(self, g):
        self.v = self.rho * self.v + g
        return -self.lr * self.v


class BareBranching(Bare):
    def update(self, g):
        if np.max(np.abs(g)) > 1e3:
            return g * np.nan
        return super().update(g)


def with_hyperparameters(**defaults):
    """A class with these hyperparameters, which it does not use."""
    signature = ", ".join(name if value is ... else f"{name}={value!r}" for name, value in defaults.items())
    made = {}
    exec(f"def __init__(self, {signature}): pass", made)
    return type("Mine", (), {"__init__": made["__init__"], "update": lambda self, g: -0.1 * g})


def test_settings_are_traits_to_read_set_observe_and_link():
    lab = Lab.descent([Momentum], lr=0.1, steps=50)
    assert isinstance(lab, ipywidgets.DOMWidget)
    assert (lab.lr, lab.alpha, lab.steps, lab.kappa, lab.start) == (0.1, 0.9, 50, 25.0, [-9.0, 3.0])
    seen, slider = [], ipywidgets.FloatSlider(0.5, min=0, max=1)
    lab.observe(lambda change: seen.append(change["new"]), "alpha")
    ipywidgets.link((lab, "alpha"), (slider, "value"))
    slider.value = 0.25
    assert lab.alpha == slider.value == seen[-1]
    lab.alpha = 0.75
    assert slider.value == 0.75


def test_two_labs_do_not_share_their_settings():
    one, two = Lab.descent([SGD], lr=0.1), Lab.descent([Adam], lr=0.2)
    one.lr = 0.3
    assert two.lr == 0.2
    assert not hasattr(one, "beta")


def test_results_of_a_descent_follow_the_settings():
    lab = Lab.descent({"slow": (SGD, {"lr": 0.01}), "SGD": SGD}, "rosenbrock", lr=1e-3, start=(0, 0), steps=30)
    lab.factor, lab.noise, lab.m = 0.5, 1.0, 4
    results = lab.results()
    for label, lr in (("slow", 0.01), ("SGD", 1e-3)):
        expected = descend(SGD(lr * 0.5), landscapes.rosenbrock, (0, 0), 30, noise=1.0, m=4, seed=1)
        np.testing.assert_array_equal(results[label].w, expected.w)


def test_results_of_a_signal_follow_the_settings():
    lab = Lab.signal([Adam, AdaMax], "outlier", size=7, steps=60)
    lab.at, lab.beta = 10, 0.9
    g = SIGNALS["outlier"](60, size=7, at=10)
    assert g[9] == 7
    results = lab.results()
    np.testing.assert_array_equal(results["Adam"]["g"], g)
    np.testing.assert_array_equal(results["AdaMax"]["dw"], respond(AdaMax(beta=0.9), g)["dw"])


def test_results_of_curves_follow_the_settings():
    lab = Lab.curve({"a": "k**i", "seen": ([1, 2, 5], [3.0, 4.0, 5.0])}, domain=(1, 10), k=0.5)
    lab.k = 2.0
    x, y = lab.results()["a"]
    np.testing.assert_allclose(y, 2.0**x)
    np.testing.assert_array_equal(lab.results()["seen"], [[1, 2, 5], [3, 4, 5]])


def test_a_map_is_one_batch_of_descents():
    lab = Lab.map(
        Momentum, "ravine", ("lr", 0.01, 10), ("alpha", 0, 0.99), kappa=9, steps=40, boundaries={"limit": "2*(1+alpha)"}
    )
    lab.start = [1.0, 2.0]
    x, y, loss = lab.last_losses()
    assert loss.shape == (48, 72)
    for j, i in ((0, 0), (10, 40), (47, 60)):
        run = descend(Momentum(x[i], alpha=y[j]), landscapes.ravine.with_parameters(kappa=9), (1, 2), 40)
        assert loss[j, i] == run.loss[-1]
    spec = spec_of(lab)
    assert spec["view"] == "map" and [c["name"] for c in spec["controls"]] == ["lr", "alpha"]
    assert Image.open(BytesIO(lab.picture())).width > 600


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Lab.descent(["Adamm"]), "'Adamm' is no optimizer; there are: SGD, Momentum"),
        (lambda: Lab.descent([]), "runs is empty"),
        (lambda: Lab.descent([SGD], "valey"), "'valey' is no landscape; there are: ravine"),
        (lambda: Lab.descent([SGD], start=(1, 2, 3)), r"start = \[1.0, 2.0, 3.0\] must have 2 coordinates"),
        (lambda: Lab.descent([SGD], beta=0.9), "beta: no such setting here; there are: lr, kappa"),
        (lambda: Lab.descent([SGD], lr=np.nan), "lr = nan is not finite"),
        (lambda: Lab.descent([SGD], steps=0), "steps = 0 must be a whole number of at least 1"),
        (lambda: Lab.descent({"A": (SGD, {"beta": 1})}), "SGD has no beta; it has: lr"),
        (lambda: Lab.descent({"A": (Momentum, {"alpha": 1.5})}), "alpha = 1.5 is not allowed"),
        (lambda: Lab.descent([SGD], controls=("alpha",)), "'alpha' is no setting here; there are: lr"),
        (lambda: Lab.descent([SGD], controls=(("lr", 1, 0),)), r"the control \('lr', 1, 0\) must be"),
        (lambda: Lab.map(SGD), "'alpha' is no setting here; there are: lr"),
        (lambda: Lab.map(Momentum, x=("lr", 1, 0.1)), "must be .name, low, high., the name one of lr, alpha"),
        (lambda: Lab.map(Momentum, boundaries={"b": "2/q"}), "q is not known here"),
        (lambda: Lab.signal([SGD], "sinus"), "'sinus' is no signal; there are: constant"),
        (lambda: Lab.signal([SGD], show=("q",)), "'q' cannot be shown; there are g, dw"),
        (lambda: Lab.signal([SGD], references={"a": "lr*foo"}), "foo is not known here; there are"),
        (lambda: Lab.curve({"a": "k*i"}), "k is not known here; there are: i"),
        (lambda: Lab.curve({"a": "k*("}, k=1), "is no formula"),
        (lambda: Lab.curve({"a": "i"}, log="z"), "log = 'z' must be"),
        (lambda: Lab.curve({"a": [np.nan, np.inf]}), "the curve 'a' has no finite value"),
        (lambda: Lab.curve({"a": "k*i"}, k=np.nan), "k = nan is not finite"),
        (
            lambda: Lab.descent([SGD], start=(np.nan, 0)),
            r"start = \[nan, 0.0\] must have 2 coordinates on ravine, all finite",
        ),
        (
            lambda: Lab.descent([with_hyperparameters(m=0.9)]),
            r"Mine: the hyperparameter m has .* the lab's own m \(samples in.*rename it",
        ),
        (lambda: Lab.descent([with_hyperparameters(kappa=0.9)]), "the lab's own kappa"),
        (lambda: Lab.descent([with_hyperparameters(start=0.9)]), "the lab's own start"),
        (lambda: Lab.descent([with_hyperparameters(keys=0.9)]), "the lab's own keys"),
        (lambda: Lab.signal([with_hyperparameters(size=0.9)], "outlier"), "the lab's own size"),
        (
            lambda: Lab.descent([with_hyperparameters(decay=None)]),
            "the hyperparameter decay has the value None; a lab needs a number",
        ),
        (lambda: Lab.descent([with_hyperparameters(decay=...)]), "Mine: the hyperparameter decay has no default"),
    ],
)
def test_bad_input_is_named(make, words):
    with pytest.raises(ValueError, match=words):
        make()


@pytest.mark.parametrize(
    "given",
    [Adam(), Branching(), lambda lr: None, 5, (Adam, {"lr": 0.1})],
    ids=["rule", "own", "function", "number", "pair"],
)
def test_a_run_that_is_no_class_is_named(given):
    for make in (Lab.descent, Lab.signal):
        with pytest.raises(TypeError, match=re.escape(f"{given!r} is no class; a lab takes a class, such as Adam")):
            make([given])
    if not isinstance(given, tuple):
        with pytest.raises(TypeError, match="is no class"):
            Lab.descent({"a": given})
        with pytest.raises(TypeError, match="is no class"):
            Lab.map(given)
    with pytest.raises(TraceError, match="takes a class"):
        trace(given)


def test_a_class_that_exits_does_not_end_the_caller():
    leave = {"update": lambda self, g: sys.exit()}
    with pytest.raises(RuntimeError, match="Leaving raises SystemExit"):
        Lab.descent([type("Leaving", (Bare,), leave)])

    def late(self, g):
        return sys.exit() if np.max(np.abs(g)) > 0 else g  # cannot be traced

    with (
        pytest.warns(UserWarning, match="cannot be traced"),
        pytest.raises(RuntimeError, match="Leaving raises SystemExit"),
    ):
        Lab.descent([type("Leaving", (Bare,), {"update": late})])
    with pytest.raises(RuntimeError, match="Leaving raises SystemExit"):
        Lab.descent([type("Leaving", (Bare,), {"__init__": lambda self: sys.exit()})])


def test_a_class_that_does_not_end_is_given_up(monkeypatch):
    monkeypatch.setattr("lab.widget.SECONDS", 0.3)
    ended = threading.Event()

    def endless(self, g):
        try:
            while True:
                g = -g if isinstance(g, np.ndarray) else g
        finally:
            ended.set()

    with pytest.raises(TimeoutError, match=r"Endless is not done after 0.3 seconds"):
        Lab.descent([type("Endless", (Bare,), {"update": endless})])
    assert ended.wait(20), "and it does not go on in the background"
    slow = {"update": lambda self, g: ended.clear() or ended.wait(20) if np.max(np.abs(g)) > 0 else g}
    with (
        pytest.warns(UserWarning, match="cannot be traced"),
        pytest.raises(TimeoutError, match="Sleeping is not done"),
    ):
        Lab.descent([type("Sleeping", (Bare,), slow)])
    ended.set()


def test_a_class_with_slots_runs_in_a_lab():
    class Slotted:
        __slots__ = ("lr", "rho", "v")
        __init__, update = Bare.__init__, Bare.update

    with pytest.warns(UserWarning, match="Slotted"):
        lab, signal = Lab.descent([Slotted], steps=20), Lab.signal([Slotted], show=("dw", "v"), steps=20)
    np.testing.assert_array_equal(lab.results()["Slotted"].w, descend(Bare(), landscapes.ravine, steps=20).w)
    np.testing.assert_array_equal(signal.results()["Slotted"]["v"], respond(Bare(), np.ones(20))["v"])


def test_a_readers_class_comes_along_as_code():
    run = spec_of(Lab.descent([Sign]))["runs"][0]
    assert "Math.sign" in run["code"] and "frozen" not in run


def test_a_class_that_cannot_be_traced_is_computed_by_python():
    with pytest.warns(UserWarning, match=r"Branching: np.max cannot be traced.*The kernel computes"):
        lab = Lab.descent({"b": Branching}, steps=20)
    first = lab.computed["b"]
    np.testing.assert_array_equal(
        np.reshape(first["w"], (-1, 2)), descend(Branching(0.1), landscapes.ravine, steps=20).w
    )
    lab.lr = 0.5
    assert lab.computed["b"] != first
    assert "np.max cannot be traced" in spec_of(lab)["runs"][0]["frozen"]


def test_a_hyperparameter_that_a_run_fixes_may_have_any_default_and_any_name():
    rule = with_hyperparameters(m=0.9, decay=None)
    run = spec_of(Lab.descent({"a": (rule, {"m": 0.5, "decay": 2})}, steps=5, m=4))["runs"][0]
    assert run["fixed"] == {"m": 0.5, "decay": 2} and "code" in run


def test_a_class_without_the_base_class_works_and_each_of_its_hyperparameters_has_a_slider():
    lab = Lab.descent([Bare], steps=30)
    spec = spec_of(lab)
    assert [control["name"] for control in spec["controls"]] == ["lr", "rho"] and "code" in spec["runs"][0]
    lab.rho = 0.5
    np.testing.assert_allclose(
        lab.results()["Bare"].w, descend(Momentum(0.1, alpha=0.5), landscapes.ravine, steps=30).w
    )
    signal = Lab.signal([Bare], show=("dw", "v", ("rho v", "rho*v")), steps=30)
    np.testing.assert_allclose(signal.results()["Bare"]["dw"], respond(Momentum(0.1, alpha=0.9), np.ones(30))["dw"])
    assert signal.html()


def test_a_bare_class_leaves_where_the_base_class_would():
    with pytest.warns(UserWarning, match="BareBranching"):
        lab = Lab.descent([BareBranching], lr=30, steps=100)
    run, sound = lab.results()["BareBranching"], descend(Bare(30), landscapes.ravine, steps=100)
    assert 1 < run.left < 100 and np.isfinite(run.w[: run.left]).all() and np.isnan(run.w[run.left :]).all()
    np.testing.assert_array_equal(run.w[: run.left], sound.w[: run.left])
    for update in (lambda self, g: -(g**3), lambda self, g: -g / 0.0, lambda self, g: -self.lr / 0.0 * g):
        rule = type("Overflowing", (Bare,), {"update": update})
        assert descend(rule(), landscapes.ravine, (1e120, 1e120), steps=20).left == 1


def test_a_descent_is_the_same_whatever_the_caller_s_error_state():
    for rule in (Bare(1e-300), optimizers.Nesterov(1e-300), SGD(1e-300)):
        quiet = descend(copy.deepcopy(rule), landscapes.ravine, (1e-15, 1e-15), steps=20)
        with np.errstate(all="raise"):
            loud = descend(copy.deepcopy(rule), landscapes.ravine, (1e-15, 1e-15), steps=20)
        assert loud.left == quiet.left == -1
        np.testing.assert_array_equal(loud.w, quiet.w)


def test_what_a_bare_class_writes_into_is_not_what_was_recorded():
    class InPlace(Bare):
        def update(self, g):
            self.v = np.zeros_like(g) if np.isscalar(self.v) else self.v
            self.v *= self.rho
            self.v -= self.lr * g
            return self.v

    made, expected = respond(InPlace(), np.ones((9, 2))), respond(Momentum(0.1), np.ones((9, 2)))
    for name in ("dw", "v"):
        np.testing.assert_allclose(made[name], expected[name])


def test_a_map_of_a_class_that_cannot_be_traced_is_refused():
    with pytest.raises(
        TraceError, match=r"Branching: np.max cannot be traced.*thousands of runs in the browser.*Lab.descent"
    ):
        Lab.map(Branching, y=("lr", 0.1, 1))


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("steps", -5, "steps = -5 must be a whole number of at least 1"),
        ("m", 0.5, "m = 0.5 must be a whole number"),
        ("lr", np.nan, "lr = nan is not finite"),
        ("kappa", np.inf, "kappa = inf is not finite"),
        ("lr", "fast", "expected a float"),
        ("start", [1.0], "must have 2 coordinates on ravine"),
        ("start", [1.0, np.nan], "all finite"),
    ],
)
def test_a_setting_is_checked_whenever_it_is_set(name, value, words):
    lab = Lab.descent([SGD], lr=0.1)
    before = lab.settings
    with pytest.raises((ValueError, traitlets.TraitError), match=words):
        setattr(lab, name, value)
    assert lab.settings == before


def test_a_page_may_set_what_its_reader_types_beyond_a_slider():
    lab = Lab.descent([SGD], lr=0.1)
    lab.set_state({"lr": 1000, "steps": 20000, "kappa": 1e9, "start": [3, -4]})
    assert (lab.lr, lab.steps, lab.kappa, lab.start) == (1000.0, 20000, 1e9, [3.0, -4.0])


def strictly(text):
    """JSON as a browser reads it: without NaN and Infinity."""

    def refuse(name):
        raise AssertionError(f"{name} is no JSON")

    return json.loads(text, parse_constant=refuse)


def test_what_a_page_gets_is_json():
    lab = Lab.curve({"seen": [1.0, np.nan, 3.0, np.inf]}, domain=(0, 3))
    spec = strictly(unescape(re.search(r'data-spec="(.*?)"', lab.html())[1]))
    assert spec["curves"][0]["points"] == [[0, 1], [2, 3]]
    with pytest.warns(UserWarning, match="BareBranching"):
        lab = Lab.signal([BareBranching], "outlier", size=1e4, at=8, steps=20)
    records = strictly(json.dumps(lab.computed))["BareBranching"]
    assert {len(values) for values in records.values()} == {7}  # up to the step at which it is NaN
    with np.errstate(all="ignore"):
        assert lab.html()


def test_the_page_gets_a_picture_with_a_text():
    for lab in (
        Lab.descent([SGD, Adam], lr=0.1),
        Lab.descent([SGD], "valley", lr=0.1),
        Lab.descent([SGD], lr=1e9, steps=500),  # leaves at once
        Lab.signal([Adam], "noisy", show=("g", "dw", ("ratio", "s/sqrt(r)")), references={"-η": "-lr"}),
        Lab.curve({"a": "1/i"}, log="xy"),
    ):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            page = lab.html()
        image = Image.open(BytesIO(lab.picture()))
        assert image.width > 600 and len(image.convert("L").getcolors()) > 10
        assert f'alt="{lab.summary()}"' in unescape(page)


def test_the_summary_says_where_a_run_ended_or_left():
    assert re.search(r"SGD ended at \(-0\.\d+, .*\) with loss", Lab.descent([SGD], lr=1, kappa=10).summary())
    assert "SGD left the range of numbers at step" in Lab.descent([SGD], lr=1e9, steps=500).summary()


def test_what_a_notebook_shows_and_what_a_page_shows_are_one_lab():
    lab = Lab.descent([SGD], lr=0.1)
    data, _ = lab._repr_mimebundle_()
    assert set(data) == {"application/vnd.jupyter.widget-view+json", "text/html", "text/plain"}
    assert spec_of(lab)["settings"] == lab.settings


def test_the_page_of_a_lab_is_the_same_at_every_build():
    assert Lab.descent([SGD], lr=0.1).html() == Lab.descent([SGD], lr=0.1).html()


def test_every_rule_has_a_style_of_its_own():
    assert set(figures.STYLE) == {rule.__name__ for rule in optimizers.RULES}
    assert len(set(figures.STYLE.values())) == len(figures.STYLE)


def test_every_rule_can_be_told_apart_without_its_colour():
    assert len({(style.dash, style.marker) for style in figures.STYLE.values()}) == len(figures.STYLE)


@pytest.mark.parametrize("n", [7, 20])
def test_more_runs_than_styles_repeat_some(n):
    styles = figures.styles([f"run {k}" for k in range(n)], ["Adam"] * n)
    assert styles["run 0"] == figures.STYLE["Adam"]
    assert len(set(styles.values())) == 7 and len(set(list(styles.values())[:7])) == 7
    assert Lab.curve({f"curve {k}": "i" for k in range(n)}).html()


@pytest.mark.parametrize(
    "make",
    [
        lambda: Lab.descent({"η = 0.1": (Adam, {"lr": 0.1}), "η = 1": (Adam, {"lr": 1})}, steps=5),
        lambda: Lab.signal({"a": Adam, "b": SGD}, show=("g", "s", "dw"), references={"-η": "-lr"}, steps=5),
        lambda: Lab.curve({"Adam: a": "i", "b": "2*i"}),
    ],
    ids=["descent", "signal", "curve"],
)
def test_the_picture_has_the_colours_of_the_page(make, monkeypatch):
    lab, drawn = make(), []
    monkeypatch.setattr(plt, "close", drawn.append)
    lab.picture()
    monkeypatch.undo()
    colors = {line["label"]: line["color"] for line in lab.spec.get("runs", lab.spec.get("curves"))}
    found = [(line.get_label(), line.get_color()) for ax in drawn[0].axes for line in ax.lines]
    plt.close(drawn[0])
    assert set(colors.items()) == {(label, color) for label, color in found if label in colors}
