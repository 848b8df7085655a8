"""Check a learner's optimizer against the book's: where it first differs, and which mistake that looks like."""

import inspect
import re
from dataclasses import dataclass

import optimizers
from lab.widget.timeout import within

from .learner import Finding
from .trials import compare, look_ahead, settings, side_by_side

SECONDS = 5  # for all that a learner's class is asked to do


@dataclass(frozen=True)
class Verdict:
    """What a check found."""

    right: bool
    text: str


def check(learner: type, reference: type | None = None) -> None:
    """Say how a learner's optimizer compares with the book's, in words. Never raises for a class that is merely wrong.

    Parameters
    ----------
    learner : class
        With `__init__(self, lr=..., ...)` and `update(self, g)`, as in the article; or a subclass of `Optimizer` with
        `delta_w`.
    reference : class, optional
        What it is to be; found by the learner's name unless given: MyAdam is compared with Adam.
    """
    print(examine(learner, reference).text)


def examine(learner: type, reference: type | None = None) -> Verdict:
    """As `check`, but returns the `Verdict`.

    Raises
    ------
    TypeError
        If `learner` or `reference` is not a class.
    ValueError
        If no reference is given and the name of the class has none in it, or two.
    """
    if not inspect.isclass(learner):
        raise TypeError(f"check takes a class, such as MyAdam, not {learner!r}")
    name, note = learner.__name__, ""
    if reference is None:
        reference = _named_in(name)
        if name.replace("_", "").lower().removeprefix("my") != reference.__name__.lower():
            note = f"\n(Compared with {reference.__name__} because of the name; check({name}, …) compares it with another rule.)"
    if not inspect.isclass(reference):
        raise TypeError(f"check compares with a class, such as Adam, not {reference!r}")
    try:
        within(SECONDS, lambda: _examine(learner, reference), name)
    except TimeoutError:
        return Verdict(
            False,
            f"Not yet. check stopped waiting for {name} after {SECONDS} seconds: is there a loop without an end?{note}",
        )
    except Finding as finding:
        return Verdict(False, f"Not yet. {finding}{note}")
    return Verdict(
        True,
        f"Right. {name} does what {reference.__name__} does, with every gradient and hyperparameter that was tried.{note}",
    )


def _examine(learner, reference):
    for hyper in settings(reference):
        compare(learner, reference, hyper)
    look_ahead(learner, reference)
    side_by_side(learner, reference)


def _named_in(name):
    """The rule whose name is in this one: NadaMax, and not the Adam within it."""
    places = [
        (found.span(), rule) for rule in optimizers.RULES for found in re.finditer(rule.__name__, name, re.IGNORECASE)
    ]
    rules = {
        rule.__name__: rule
        for (a, b), rule in places
        if not any(c <= a and b <= d and b - a < d - c for (c, d), _ in places)
    }
    if not rules:
        raise ValueError(
            f"{name}: which rule is it to be? Name it after one, as in MyAdam, or give the rule: check({name}, Adam)"
        )
    if len(rules) > 1:
        raise ValueError(f"{name}: is it to be {' or '.join(rules)}? Give the rule: check({name}, {next(iter(rules))})")
    return next(iter(rules.values()))
