"""`check` tells a learner what is wrong with a class, whatever it does."""

import inspect
import re
import subprocess
import sys
import threading
from dataclasses import dataclass

import numpy as np
import pytest

from lab import check
from lab.school.check import examine
from optimizers import SGD, AdaMax, Momentum, Nesterov
from tests.optimizers.rules import RULES


class MyMomentum:
    def __init__(self, lr=1e-3, alpha=0.9):
        self.lr, self.alpha, self.v = lr, alpha, 0

    def update(self, g):
        self.v = self.alpha * self.v - self.lr * g
        return self.v.copy()


def momentum(update):
    return examine(type("MyMomentum", (MyMomentum,), {"update": update})).text


def own_array(self, g):
    self.v = self.alpha * self.v - self.lr * g
    return self.v


def local_name(self, g):
    v = self.alpha * v - self.lr * g  # noqa: F821
    return v


def in_place(self, g):
    g *= self.lr
    self.v = self.alpha * self.v - g
    return self.v.copy()


def added(self, g):
    self.v = self.alpha * self.v + self.lr * g
    return self.v.copy()


def endless(self, g):
    while True:
        try:
            g = g + 1
        except Exception:
            pass


def interrupting(self, g):
    raise KeyboardInterrupt


def a_step_later(self, g):
    if hasattr(self, "last"):
        self.last *= 0
    self.last = g
    return MyMomentum.update(self, g)


def buffered(self, g):
    self.buffers = getattr(self, "buffers", [None])
    if self.buffers[0] is None:
        self.buffers[0] = np.zeros_like(g)
    self.buffers[0][:] = MyMomentum.update(self, g)
    return self.buffers[0]


@pytest.mark.parametrize(
    ("update", "words"),
    [
        (own_array, "returns the array that self.v holds"),
        (local_name, "A name without self."),
        (in_place, "changes the gradient that it is given"),
        (added, "wrong sign"),
        (lambda self, g: None, "returns nothing"),
        (lambda self, g: ..., "blanks"),
        (lambda self, g: ... * g, "blanks"),
        (lambda self, g: "down", "must return an array of numbers"),
        (lambda self, g: MyMomentum.update(self, g) + 0j, "not of complex128"),
        (lambda self, g: [str(x) for x in MyMomentum.update(self, g).flat], "not of <U"),
        (lambda self, g: MyMomentum.update(self, g).astype(object), "not of object"),
        (lambda self, g: np.ma.masked_array(MyMomentum.update(self, g), g == 0), "without a mask"),
        (lambda self, g: [[1], [1, 2]], "must return an array of numbers"),
        (lambda self, g: sys.exit(), "stopped with SystemExit"),
        (interrupting, "stopped with KeyboardInterrupt"),
        (a_step_later, "changes the gradient of step 1, at step 2"),
        (buffered, "changes the Δw that it returned at step 1, at step 2"),
        (lambda self, g: g[0], "has the shape ()"),
        (lambda self, g: self.velocity, "Is it set in __init__"),
        (lambda self, g: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_code_that_fails_gets_a_word_and_no_exception(update, words):
    assert words in momentum(update)


def test_exit_in_the_constructor_or_in_lookahead_is_told_as_well():
    def leave(self, *args, **options):
        sys.exit("enough")

    assert (
        "MyMomentum(...) stopped with SystemExit: enough"
        in examine(type("MyMomentum", (MyMomentum,), {"__init__": with_signature(leave)})).text
    )
    assert (
        "lookahead, before step 1, stopped with SystemExit"
        in examine(type("MyNesterov", (MyMomentum,), {"lookahead": leave})).text
    )


def with_signature(function):
    function.__signature__ = inspect.signature(MyMomentum.__init__)
    return function


def test_a_class_with_slots_is_checked_like_any_other():
    class SlottedMomentum:
        __slots__ = ("alpha", "lr", "v")
        __init__, update = MyMomentum.__init__, MyMomentum.update

    @dataclass(slots=True)
    class MySlots:
        lr: float = 1e-3
        alpha: float = 0.9
        v: float = 0.0
        update = MyMomentum.update

    class MyLeak(SlottedMomentum):
        __slots__ = ()
        update = own_array

    for rule in (SlottedMomentum, MySlots):
        assert examine(rule, Momentum).right
    assert "returns the array that self.v holds" in examine(MyLeak, Momentum).text


def test_float32_is_told_and_the_difference_is_shown():
    def update(self, g):
        self.v = (self.alpha * self.v - self.lr * g).astype(np.float32)
        return self.v.astype(float)

    text = momentum(update)
    got, expected = (re.search(rf"{word} +(\S+)", text)[1] for word in ("got", "expected"))
    assert got != expected and float(got) == pytest.approx(float(expected), rel=1e-6)
    assert "self.v is of float32" in text
    assert (
        "Δw is of float32" in examine(type("MySGD", (SGD,), {"update": lambda self, g: np.float32(-self.lr * g)})).text
    )


def test_a_lookahead_is_checked_where_the_rule_has_none():
    ahead = {"lookahead": lambda self, w: w + self.alpha * self.v}
    assert "before step 2 lookahead(" in examine(type("MyMomentum", (MyMomentum,), ahead)).text
    assert examine(type("MyMomentum", (MyMomentum,), {"lookahead": lambda self, w: w})).right

    def forgets(self, w):
        self.v = self.v * 0
        return w

    def writes(self, w):
        w += self.v
        return w

    assert "must not change the state" in examine(type("MyMomentum", (MyMomentum,), {"lookahead": forgets})).text
    moving = examine(type("MyNesterov", (MyMomentum,), {"lookahead": writes})).text
    assert "changes the w that it is given" in moving
    complex_ahead = {"lookahead": lambda self, w: w + self.alpha * self.v + 0j}
    assert "not of complex128" in examine(type("MyNesterov", (MyMomentum,), complex_ahead)).text


def test_two_instances_that_share_their_state_are_told():
    class Shared(MyMomentum):
        def __init__(self, lr=1e-3, alpha=0.9):
            self.lr, self.alpha, Shared.v = lr, alpha, 0

        def update(self, g):
            Shared.v = self.alpha * Shared.v - self.lr * g
            return Shared.v.copy()

    assert "two disturb each other" in examine(Shared, Momentum).text


def test_what_cannot_be_interrupted_is_not_waited_for(monkeypatch):
    awake = threading.Event()
    monkeypatch.setattr("lab.school.check.SECONDS", 0.3)
    text = momentum(lambda self, g: awake.wait(20))
    assert "stopped waiting for MyMomentum after 0.3 seconds" in text
    assert not awake.is_set(), "it came back before update did"
    awake.set()


def test_ctrl_c_still_stops_check():
    # In a process of its own: the keyboard's signal reaches the main thread, and a worker of pytest may not be that.
    code = """
import signal, threading
from lab import check

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has its programs in the background ignore it

class MyMomentum:
    def __init__(self, lr=1e-3, alpha=0.9):
        pass

    def update(self, g):
        signal.raise_signal(signal.SIGINT)
        threading.Event().wait(20)

try:
    check(MyMomentum)
except KeyboardInterrupt:
    print("stopped")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", timeout=60)
    assert done.stdout.strip() == "stopped", done.stderr


def test_an_error_state_of_the_caller_does_not_reach_the_learner_s_class():
    def update(self, g):
        np.square(np.full(2, 1e-200))  # an underflow
        return MyMomentum.update(self, g)

    with np.errstate(all="raise"):
        assert momentum(update).startswith("Right")


def test_code_that_hangs_is_stopped(monkeypatch):
    monkeypatch.setattr("lab.school.check.SECONDS", 0.3)
    assert "stopped waiting for MyMomentum after 0.3 seconds" in momentum(endless)
    assert examine(MyMomentum).right, "and what follows is left alone"


def test_what_else_a_class_lacks():
    assert "takes no alpha" in examine(type("MyMomentum", (), {"__init__": lambda self, lr=1e-3: None})).text
    assert "no method update" in examine(type("MySGD", (), {"__init__": lambda self, lr=1e-3: None})).text
    assert "lookahead(self, w)" in examine(type("MyNesterov", (MyMomentum,), {})).text
    assert "lookahead(" in examine(type("MyNesterov", (MyMomentum,), {"lookahead": lambda self, w: w})).text
    ahead = {"lookahead": lambda self, w: w + self.alpha * self.v}
    assert examine(type("MyNesterov", (MyMomentum,), ahead)).right
    assert (
        "What keeps the denominator above zero"
        in examine(type("MyAdaMax", (AdaMax,), {"delta_w": lambda self, g: 0 / g})).text
    )


def test_the_reference_is_found_by_name_or_given(capsys):
    assert check(type("MyNesterov", (Nesterov,), {})) is None
    assert capsys.readouterr().out.startswith("Right. MyNesterov does what Nesterov does")
    assert examine(type("Mine", (SGD,), {}), SGD).right
    with pytest.raises(ValueError, match="Name it after one"):
        examine(type("Mine", (SGD,), {}))
    with pytest.raises(TypeError, match="takes a class"):
        check(SGD())
    with pytest.raises(TypeError, match="compares with a class"):
        check(MyMomentum, Momentum())


def test_a_name_with_two_rules_in_it_is_asked_about():
    for name in ("NesterovMomentum", "MyAdamSGD", "AdamRMSProp"):
        with pytest.raises(ValueError, match=rf"{name}: is it to be \w+ or \w+\? Give the rule: check\({name}, "):
            examine(type(name, (MyMomentum,), {}))
    assert examine(type("NesterovMomentum", (MyMomentum,), {}), Momentum).right
    for rule in RULES:  # one name within another is no second one
        assert examine(type(f"My{rule.__name__}", (rule,), {})).text.count(rule.__name__) == 2


def test_a_name_that_fits_by_part_is_told_with_what_it_was_compared():
    part = "(Compared with Momentum because of the name; check(HeavyMomentum, …) compares it with another rule.)"
    assert examine(type("HeavyMomentum", (MyMomentum,), {})).text.endswith(part)
    assert examine(type("HeavyMomentum", (MyMomentum,), {"update": added})).text.endswith(part)
    for name in ("Momentum", "MyMomentum", "My_Momentum", "momentum"):
        assert "Compared" not in examine(type(name, (MyMomentum,), {})).text
    assert "Compared" not in examine(type("HeavyMomentum", (MyMomentum,), {}), Momentum).text
