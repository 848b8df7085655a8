"""Gradients to feed to an optimizer, each written once, in SymPy, as a function of the step i = 1, 2, ..."""

import json
from dataclasses import dataclass

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from lab.formula.javascript import function_js

from .noise import batch_noise

i, u = sp.symbols("i u", real=True)  # u: random, with mean 0 and variance 1
g, g2, size, at, period, noise, first, last = sp.symbols("g g2 size at period noise first last", real=True)


@dataclass(frozen=True)
class Signal:
    """A sequence of gradients of one coordinate."""

    name: str
    expr: sp.Expr
    parameters: dict  # name -> default

    def __call__(self, steps: int, *, seed: int = 1, **parameters: float) -> NDArray:
        """The gradients of steps 1 to `steps`: shape (steps,)."""
        values = {**self.parameters, **parameters}
        unknown = set(values) - set(self.parameters)
        if unknown:
            raise ValueError(
                f"signal {self.name} has no {', '.join(sorted(unknown))}; it has {', '.join(self.parameters)}"
            )
        n = np.arange(1, steps + 1)
        random = np.array([batch_noise(seed, k, 1, 1)[0] for k in n.tolist()]) if u in self.expr.free_symbols else 0.0
        f = sp.lambdify(
            [i, u, *map(sp.Symbol, values)],
            self.expr.subs({s: sp.Symbol(s.name) for s in self.expr.free_symbols - {i, u}}),
        )
        return np.broadcast_to(np.asarray(f(n, random, *values.values()), float), n.shape)

    def javascript(self) -> str:
        """The signal as a JavaScript object literal: {name, parameters, random, at: ({i, u, g, ...}) => gradient}."""
        names = sorted({s.name for s in self.expr.free_symbols})
        return (
            f"{{name: {json.dumps(self.name)}, parameters: {json.dumps(self.parameters)}, "
            f"random: {json.dumps('u' in names)}, at: {function_js(self.expr, names)}}}"
        )


SIGNALS = {
    s.name: s
    for s in (
        Signal("constant", g, {"g": 1.0}),
        Signal("step", sp.Piecewise((g, i < at), (g2, True)), {"g": 1.0, "g2": 0.1, "at": 50}),
        Signal("alternating", sp.Piecewise((g, sp.Eq(sp.Mod(i, 2), 1)), (-g, True)), {"g": 1.0}),
        Signal("sparse", sp.Piecewise((g, sp.Eq(sp.Mod(i - 1, period), 0)), (0, True)), {"g": 1.0, "period": 10}),
        Signal("noisy", g + noise * u, {"g": 1.0, "noise": 1.0}),
        Signal("outlier", sp.Piecewise((size, sp.Eq(i, at)), (g, True)), {"g": 1.0, "size": 100.0, "at": 50}),
        Signal(
            "drought", sp.Piecewise((0, (i >= first) & (i <= last)), (g, True)), {"g": 1.0, "first": 20, "last": 60}
        ),
    )
}
