"""A reader's own classes in a lab: traced or not, with the base class or without, and whatever they do."""

import copy
import sys
import threading

import numpy as np
import pytest

import optimizers
from lab import Lab, TraceError, descend, landscapes, respond
from optimizers import SGD, Momentum

from .own import Bare, BareBranching, Branching, Sign, spec_of, with_hyperparameters


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
    monkeypatch.setattr("lab.widget.runs.SECONDS", 0.3)
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
    with pytest.warns(UserWarning, match="cannot be traced"), pytest.raises(TimeoutError, match="Sleeping is not done"):
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
    with pytest.warns(UserWarning, match="Branching: np.max cannot be traced.*The kernel computes"):
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
