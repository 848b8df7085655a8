"""The optimizers of a lab: as data for the browser, and as classes for Python."""

import inspect
import warnings
from collections.abc import Callable, Iterable, Mapping
from numbers import Real
from typing import Any

import optimizers
from lab.formula.javascript import rule_js
from lab.formula.trace import TraceError, trace

from . import figures
from .settings import HYPERPARAMETERS, SETTINGS
from .timeout import within

SECONDS = 10  # for what a reader's class is asked to do at a time


def rule_of(given: type | str) -> type:
    """A class, given by its name or as itself."""
    if inspect.isclass(given):
        return given
    if not isinstance(given, str):
        raise TypeError(
            f"{given!r} is no class; a lab takes a class, such as Adam, and makes its own instances; (Adam, {{'lr': 0.1}}) in a dict sets a value"
        )
    names = [rule.__name__ for rule in optimizers.RULES]
    if given not in names:
        raise ValueError(f"{given!r} is no optimizer; there are: {', '.join(names)}")
    return getattr(optimizers, given)


def runs_of(given: Iterable | dict[str, Any]) -> tuple[list[dict[str, Any]], dict[str, type]]:
    """The runs as data for the browser, and the classes by label."""
    if not isinstance(given, dict):
        given = {rule_of(rule).__name__: rule for rule in given}
    if not given:
        raise ValueError("runs is empty; a lab needs at least one optimizer")
    runs: list[dict[str, Any]] = []
    rules: dict[str, type] = {}
    for label, item in given.items():
        named, fixed = item if isinstance(item, tuple) else (item, {})
        rule = rule_of(named)
        unknown = set(fixed) - set(_hyper(rule))
        if unknown:
            raise ValueError(f"{rule.__name__} has no {', '.join(sorted(unknown))}; it has: {', '.join(_hyper(rule))}")
        hyper = {**_hyper(rule), **fixed}
        _check_hyper(rule, hyper, fixed)
        limited(rule, lambda rule=rule, fixed=fixed: rule(**fixed))  # the class checks the values
        run = {"label": label, "rule": rule.__name__, "fixed": {k: float(v) for k, v in fixed.items()}}
        run["hyper"] = {k: float(v) for k, v in hyper.items()}
        if getattr(optimizers, rule.__name__, None) is not rule:
            try:
                run["code"] = rule_js(limited(rule, lambda rule=rule: trace(rule)))
            except TraceError as error:
                warnings.warn(f"{error}. The kernel computes its path instead.", stacklevel=4)
                run["frozen"] = str(error)
        runs.append(run)
        rules[label] = rule
    styles = figures.styles(rules, [run["rule"] for run in runs])
    for run in runs:
        run |= look(styles[run["label"]])
    return runs, rules


def shared(runs: list[dict[str, Any]]) -> dict[str, float]:
    """The hyperparameters that the runs share, with the default of the first class that has them."""
    shared: dict[str, float] = {}
    for run in runs:
        for name, default in run["hyper"].items():
            if name not in run["fixed"]:
                shared.setdefault(name, default)
    return shared


def hyper_now(run: dict[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """The hyperparameters of a run at these settings."""
    hyper = {**{name: settings.get(name) for name in run["hyper"]}, **run["fixed"]}
    if "lr" in hyper:
        hyper["lr"] = hyper["lr"] * settings["factor"]
    return hyper


def limited(rule: type, work: Callable) -> Any:
    """What work() returns; in a limited time, if the rule is a reader's own."""
    return work() if rule in optimizers.RULES else within(SECONDS, work, rule.__name__)


def look(style: figures.Style) -> dict[str, Any]:
    """How a run or a curve is drawn, as data."""
    return {"color": style.color, "dark": style.dark, "dash": list(style.dash), "marker": style.marker}


def _hyper(cls):
    return {name: p.default for name, p in inspect.signature(cls).parameters.items()}


def _check_hyper(rule, hyper, fixed):
    """Has each hyperparameter a number, and the name of no other setting?"""
    for name, value in hyper.items():
        about = f"{rule.__name__}: the hyperparameter {name}"
        if not isinstance(value, Real):
            has = "no default" if value is inspect.Parameter.empty else f"the value {value!r}"
            raise ValueError(f"{about} has {has}; a lab needs a number, for a slider to move")
        if name not in (*HYPERPARAMETERS, *fixed) and name in (*SETTINGS, "start"):
            title = f" ({SETTINGS[name].title})" if name in SETTINGS else ""
            raise ValueError(f"{about} has the name of the lab's own {name}{title}; rename it in the class")
