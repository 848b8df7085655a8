"""Run an optimizer once on symbols, and learn from it what its formula is.

`trace(Adam)` calls Adam's own method with values that record what is done to them. Each carries a SymPy expression,
which the proof compares with the chapter's LaTeX, and the name of a JavaScript variable; the tape of JavaScript
statements, in NumPy's own order of evaluation, becomes the step function that moves the picture on the page.
"""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from optimizers import Optimizer

# Each NumPy function that a rule may use, as SymPy and as JavaScript.
FUNCTIONS: dict[Callable, tuple[Callable, str]] = {
    np.add: (lambda a, b: a + b, "{} + {}"),
    np.subtract: (lambda a, b: a - b, "{} - {}"),
    np.multiply: (lambda a, b: a * b, "{} * {}"),
    np.divide: (lambda a, b: a / b, "{} / {}"),
    np.power: (lambda a, b: a**b, "Math.pow({}, {})"),
    np.negative: (lambda a: -a, "-{}"),
    np.positive: (lambda a: a, "{}"),
    np.reciprocal: (lambda a: 1 / a, "1 / {}"),
    np.square: (lambda a: a**2, "{0} * {0}"),
    np.sqrt: (sp.sqrt, "Math.sqrt({})"),
    np.exp: (sp.exp, "Math.exp({})"),
    np.log: (sp.log, "Math.log({})"),
    np.tanh: (sp.tanh, "Math.tanh({})"),
    np.absolute: (sp.Abs, "Math.abs({})"),
    np.sign: (sp.sign, "Math.sign({})"),
    np.maximum: (sp.Max, "Math.max({}, {})"),
    np.minimum: (sp.Min, "Math.min({}, {})"),
    np.greater: (sp.Gt, "{} > {}"),
    np.greater_equal: (sp.Ge, "{} >= {}"),
    np.less: (sp.Lt, "{} < {}"),
    np.less_equal: (sp.Le, "{} <= {}"),
    np.where: (lambda c, a, b: sp.Piecewise((a, c), (b, True)), "{} ? {} : {}"),
}


# The names of the book's own rules. Any other might be a word of JavaScript, or a name that the generated code uses
# itself.
PLAIN = {"lr", "alpha", "beta", "eps", "alpha_i", "beta_i", "v", "s", "r", "i"}
# What formulas and pages call otherwise already.
TAKEN = {"g": "the gradient", "w": "the parameters", "dw": "the increment"}


class TraceError(TypeError):
    """The class does something that cannot be followed with symbols; the message says what."""


@dataclass(frozen=True)
class Statement:
    """One operation on the tape: `const name = code`."""

    name: str
    code: str
    fixed: bool  # does it depend on hyperparameters only, and so stay the same at every step?


class Symbolic(np.lib.mixins.NDArrayOperatorsMixin):
    """A stand-in for an array that records what NumPy does to it."""

    dtype = np.dtype(float)

    def __init__(self, expr, js, tape, fixed=False):
        self.expr, self.js, self.tape, self.fixed = expr, js, tape, fixed

    def __repr__(self):
        return self.js

    def __array_ufunc__(self, ufunc, method, *args, **options):
        if "out" in options:
            raise TraceError("a change in place (`self.v *= ...`) cannot be traced; write `self.v = self.v * ...`")
        if method != "__call__" or options:
            raise TraceError(f"np.{ufunc.__name__}.{method} with {options or 'no options'} cannot be traced")
        return self._apply(ufunc, args)

    def __array_function__(self, function, types, args, options):
        if options:
            raise TraceError(f"np.{function.__name__} with {options} cannot be traced")
        return self._apply(function, args)

    def _apply(self, function, args):
        if function is np.power and not isinstance(args[1], Symbolic):  # as NumPy itself does for arrays
            shortcut = {2: np.square, 0.5: np.sqrt, 1: np.positive, -1: np.reciprocal}.get(args[1])
            function, args = (shortcut, args[:1]) if shortcut else (function, args)
        if function not in FUNCTIONS:
            known = ", ".join(sorted(f.__name__ for f in FUNCTIONS))
            raise TraceError(f"np.{function.__name__} cannot be traced; these can: {known}")
        to_sympy, to_js = FUNCTIONS[function]
        statement = Statement(f"t{len(self.tape)}", to_js.format(*map(js_of, args)), all(map(is_fixed, args)))
        self.tape.append(statement)
        return Symbolic(to_sympy(*map(expr_of, args)), statement.name, self.tape, statement.fixed)

    def __bool__(self):
        raise TraceError("the formula branches on a value (if, while, and, or, max, min); use np.where or np.maximum")

    def __float__(self):
        raise TraceError("the formula turns a value into a Python float; use NumPy functions, which work on arrays")

    def __getitem__(self, key):
        raise TraceError(f"the formula picks out single coordinates ([{key!r}]); a rule treats each coordinate alike")


def expr_of(x: Any) -> sp.Expr:
    """The expression of a stand-in, or of a number: exactly the one that is written, 1/10 for 0.1."""
    if isinstance(x, Symbolic):
        return x.expr
    if not np.isscalar(x) and np.ndim(x):
        raise TraceError(f"the formula uses an array of constants, {x!r}; use numbers")
    return sp.Rational(repr(x.item() if isinstance(x, np.generic) else x))


def js_of(x: Any) -> str:
    """The JavaScript variable of a stand-in, or a number as JavaScript."""
    if isinstance(x, Symbolic):
        return x.js
    return f"({float(x)!r})" if x < 0 else repr(float(x))


def is_fixed(x: Any) -> bool:
    """Does it depend on hyperparameters only?"""
    return not isinstance(x, Symbolic) or x.fixed


def js_name(name: str) -> str:
    """The JavaScript variable of a hyperparameter or a state; no name of Python has a $."""
    return name if name in PLAIN else f"${name}"


@dataclass(frozen=True)
class Trace:
    """What a rule does, in SymPy and in JavaScript. The symbols are named as the attributes: lr, alpha, s, r, ..."""

    name: str
    hyper: dict  # hyperparameter -> default
    init: dict  # state -> initial value, an expression in the hyperparameters
    next: dict  # state -> value after one step, an expression in state, g and hyperparameters
    dw: sp.Expr  # the increment
    lookahead: sp.Expr  # the point at which to take the gradient, from w
    tape: tuple  # the step, as statements
    js: dict  # {"init": {state: js}, "next": {state: js}, "dw": js, "lookahead": (tape, js)}

    @property
    def per_coordinate(self) -> tuple[Statement, ...]:
        """The statements that are carried out for each coordinate; those of the powers αⁱ and βⁱ are once a step."""
        arrays, known = {"g"}, 0
        while len(arrays) > known:  # a state is an array if its next value is made from one
            known = len(arrays)
            arrays |= {
                state for state, value in self.next.items() if arrays & {symbol.name for symbol in value.free_symbols}
            }
        names, found = {"g", *map(js_name, arrays)}, []
        for statement in self.tape:
            if names & set(re.findall(r"[\w$]+", statement.code)):
                names.add(statement.name)
                found.append(statement)
        return tuple(found)


def trace(cls: type) -> Trace:
    """The formula of an optimizer class, read off one run on symbols.

    Parameters
    ----------
    cls : type
        A subclass of Optimizer, or any class with `update(g)` that returns the increment; hyperparameters are the
        parameters of its constructor, state is every other number that it keeps in an attribute from `__init__` on.

    Raises
    ------
    TraceError
        If the class branches on values, indexes into the gradient, uses a function that has no counterpart, or
        remembers something elsewhere than in its state.
    """
    if not inspect.isclass(cls):
        raise TraceError(f"trace takes a class, such as Adam, not {cls!r}")
    hyper = {name: p.default for name, p in inspect.signature(cls).parameters.items()}
    missing = [name for name, default in hyper.items() if default is inspect.Parameter.empty]
    if missing:
        raise TraceError(f"{cls.__name__}: every hyperparameter needs a default; {', '.join(missing)} has none")

    tape: list[Statement] = []
    # Symbols are no numbers, so the checks on setting a hyperparameter would refuse them.
    unchecked = type(cls.__name__, (cls,), {"__setattr__": object.__setattr__})
    # The base class's update counts the steps and calls delta_w; an update of the class's own is the whole step.
    counts = getattr(cls, "update", None) is Optimizer.update
    steps_made = sp.Symbol("i", integer=True, nonnegative=True)
    try:
        given = {name: Symbolic(sp.Symbol(name, positive=True), js_name(name), tape, True) for name in hyper}
        opt = unchecked(**given)
        start = {k: v for k, v in vars(opt).items() if k not in hyper and is_number(v) and not (counts and k == "i")}
        _check_names(opt, given, start, counts)
        init = {k: expr_of(v) for k, v in start.items()}
        init_tape = tuple(tape)

        symbols = {
            k: sp.Symbol(k, **({"positive": True} if v.is_positive else {"real": True})) for k, v in init.items()
        }
        before = {**vars(opt), **{k: Symbolic(symbol, js_name(k), tape) for k, symbol in symbols.items()}}
        if counts:  # a formula may use the count
            before["i"] = Symbolic(steps_made, "i", tape)
        step = opt.delta_w if counts else opt.update
        ahead_tape, ahead, step_tape, dw, after = run = _run(opt, step, before, start, tape)
        results = {k: expr_of(v) for k, v in after.items()}
        increment, point = expr_of(dw), expr_of(ahead)
        formulas = (*results.values(), increment, point)
        if not all(isinstance(formula, sp.Expr) for formula in formulas):
            raise TraceError("true or false is kept or returned as it is; np.where(..., 1.0, 0.0) makes a number of it")
        if repr(_run(opt, step, before, start, tape)) != repr(run):
            raise TraceError(
                "the same step made again is another, so something is remembered elsewhere than in numbers in attributes"
            )
    except TraceError as error:
        raise TraceError(f"{cls.__name__}: {error}") from None
    except Exception as error:
        raise TraceError(f"{cls.__name__} cannot be run on symbols: {type(error).__name__}: {error}") from error

    js: dict[str, Any] = {
        "init_tape": init_tape,
        "init": {k: js_of(v) for k, v in start.items()},
        "next": {k: js_of(v) for k, v in after.items()},
        "dw": js_of(dw),
        "lookahead": (ahead_tape, js_of(ahead)),
    }
    if counts and any(steps_made in formula.free_symbols for formula in formulas):
        init["i"], results["i"] = sp.Integer(0), steps_made + 1
        js["init"]["i"], js["next"]["i"] = "0.0", "i + 1"
    return Trace(cls.__name__, hyper, init, results, increment, point, step_tape, js)


def is_number(x: Any) -> bool:
    """Is it one number, or stands for one?"""
    return isinstance(x, Symbolic | int | float | np.number) and not isinstance(x, bool)


def _check_names(opt, given, start, counts):
    """Is each name that of one thing only?"""
    taken = {**TAKEN, "i": "the number of steps"} if counts else TAKEN
    for name in (*given, *start):
        if name in taken:
            raise TraceError(f"{name} is the name of {taken[name]}; give self.{name} another name")
    for name, value in given.items():
        if vars(opt).get(name, value) is not value:
            raise TraceError(
                f"self.{name} is not the hyperparameter {name} as it was given; give the attribute another name"
            )


def _run(opt, step, before, state, tape):
    """One look-ahead and one step, from the attributes `before`: their tapes and results."""
    n = len(tape)
    vars(opt).update(before)
    ahead = Symbolic(sp.Symbol("w", real=True), "w", tape)
    if hasattr(opt, "lookahead"):
        ahead = opt.lookahead(ahead)
    ahead_tape = _cut(tape, n)
    if changed := _changed(opt, before):
        raise TraceError(f"lookahead sets {changed}; only a step may change an attribute")
    dw = step(Symbolic(sp.Symbol("g", real=True), "g", tape))
    if changed := _changed(opt, before, but=state):
        raise TraceError(
            f"the step sets {changed}; it may set only what __init__ has set to a number, such as 0.0, and no hyperparameter"
        )
    return ahead_tape, ahead, _cut(tape, n), dw, {k: getattr(opt, k) for k in state}


def _cut(tape, n):
    """Take all but the first n statements off the tape."""
    taken = tuple(tape[n:])
    del tape[n:]
    return taken


def _changed(opt, before, but=()):
    return ", ".join(f"self.{k}" for k, v in vars(opt).items() if k not in but and v is not before.get(k, ...))
