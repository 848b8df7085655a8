"""The lab as Python sees it: settings as traits, errors, results, and what it hands to a page."""

import json
import re
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
from lab.ground.signals import SIGNALS
from optimizers import SGD, Adam, AdaMax, Momentum

from .own import BareBranching, Branching, spec_of, with_hyperparameters


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


def test_only_a_map_has_last_losses():
    with pytest.raises(TypeError, match=r"this lab is a descent; only that of Lab.map has last losses"):
        Lab.descent([SGD]).last_losses()


def test_python_s_own_messages_name_what_was_called():
    with pytest.raises(TypeError, match=r"Lab.descent\(\) missing 1 required positional argument: 'runs'"):
        Lab.descent()


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
        (lambda: Lab.curve({"a": "keys*i"}, keys=1), "the variable keys has the name of the lab's own keys; rename it"),
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
