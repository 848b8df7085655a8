"""A rule's first steps with all their numbers, to be followed with a pencil."""

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from optimizers import Optimizer

from .table import Table

# As the formulas have them; any other name is shown as the class has it.
SYMBOLS = {"alpha_i": "αⁱ", "beta_i": "βⁱ", "s_hat": "ŝ", "r_hat": "r̂", "dw": "Δw"}
DIGITS = 4


def worked(opt: Optimizer, gradients: ArrayLike | Callable, w: Any = (0.0, 0.0), steps: int = 3) -> Table:
    """Each line of a rule, from the gradient to the new w, with its numbers: a row a line, a column a step.

    The lines and their order are those of the class's `delta_w`; the numbers are those that it has after it has run.

    Parameters
    ----------
    opt : Optimizer
        Fresh, or the table goes on from the state that it has.
    gradients : array_like of shape (n, d), or callable
        One gradient a step; or J', a function from w to the gradient, for a rule that chooses where it takes it.
    w : array_like of shape (d,)
        Where the first step starts.
    steps : int
        How many steps, if `gradients` is a function.

    Returns
    -------
    Table
        Shown as HTML or as text. The coordinates stand beside each other in a cell.

    Raises
    ------
    ValueError
        If a gradient's shape is not that of w.
    """
    w = np.asarray(w, float)
    if not callable(gradients):
        gradients = np.asarray(gradients, float)
        if gradients.ndim != 2 or gradients.shape[1:] != w.shape:
            raise ValueError(
                f"gradients of shape {gradients.shape} do not fit w of shape {w.shape}; one row a step, please"
            )
        steps = len(gradients)
    columns, given = [{**opt.state, "w": w}], repr(opt)
    for i in range(steps):
        ahead = opt.lookahead(w)
        column = {} if ahead is w else {"w̃": ahead}
        g = gradients(ahead) if callable(gradients) else gradients[i]
        dw, local = _returned(type(opt).delta_w, lambda g=g: opt.update(g))
        w = w + dw
        values = {**local, **opt.state}
        columns.append({**column, "g": g, **{name: values[name] for name in _assigned(opt.delta_w)}, "dw": dw, "w": w})
    rows = [(SYMBOLS.get(name, name), *(_text(column.get(name)) for column in columns)) for name in columns[-1]]
    return Table(f"{given}, step by step", ("line", "start", *(f"step {i}" for i in range(1, steps + 1))), rows)


def _assigned(method):
    """The names that a method assigns, those of its own state without `self.`, in order."""
    nodes = ast.walk(ast.parse(textwrap.dedent(inspect.getsource(method))))
    targets: list[Any] = [node for node in nodes if isinstance(getattr(node, "ctx", None), ast.Store)]
    return dict.fromkeys(getattr(target, "attr", None) or target.id for target in targets)


def _returned(function, call):
    """What call() returns, and the local variables that a function had when it returned inside the call."""
    found, before = {}, sys.getprofile()

    def look(frame, event, arg):
        if event == "return" and frame.f_code is function.__code__:
            found.update(frame.f_locals)

    sys.setprofile(look)
    try:
        return call(), found
    finally:
        sys.setprofile(before)


def _text(value):
    """One number, or the numbers of all coordinates; nothing where the line has no value yet."""
    numbers = [] if value is None else [f"{x + 0.0:.{DIGITS}g}" for x in np.ravel(value)]
    return ", ".join(numbers).replace("e-0", "e-").replace("-", "−")
