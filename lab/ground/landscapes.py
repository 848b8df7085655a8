"""Losses to descend, each written once, in SymPy; value and gradient both come from that expression."""

import json
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike, NDArray

from lab.formula.javascript import JavaScriptPrinter, NumPyCodePrinter

x, y = sp.symbols("x y", real=True)
kappa = sp.Symbol("kappa", positive=True)


@dataclass(frozen=True)
class Landscape:
    """A loss J(w) of one or two parameters.

    Calling it gives the loss: `f(w)` for w of shape (..., d) has shape (...). `f.grad(w)` has the shape of w.
    """

    name: str
    title: str
    expr: sp.Expr  # in x, or in x and y, and in the parameters
    domain: tuple  # ((x0, x1), (y0, y1)), or ((x0, x1),): what is drawn
    minima: tuple  # where the loss is least, as tuples of coordinates; empty if it has no lower bound
    start: tuple  # where a descent starts unless told otherwise
    source: str
    parameters: dict = field(default_factory=dict)  # name -> value, such as the condition number kappa

    @property
    def variables(self) -> tuple[sp.Symbol, ...]:
        """The coordinates of w as symbols: x, or x and y."""
        return (x, y)[: len(self.domain)]

    def __call__(self, w: ArrayLike) -> NDArray:
        """J(w), of shape (...) for w of shape (..., d)."""
        return self._numpy[0](*self._coordinates(w))

    def grad(self, w: ArrayLike) -> NDArray:
        """J'(w), with the shape of w."""
        coordinates = self._coordinates(w)
        gradient = np.empty((*coordinates[0].shape, len(coordinates)))
        for k, slope in enumerate(self._numpy[1](*coordinates)):
            gradient[..., k] = slope
        return gradient

    def with_parameters(self, **values: float) -> "Landscape":
        """The same landscape with other parameters: `ravine.with_parameters(kappa=100)`."""
        unknown = set(values) - set(self.parameters)
        if unknown:
            allowed = ", ".join(self.parameters) or "none"
            raise ValueError(f"{self.name} has no parameter {', '.join(sorted(unknown))}; it has: {allowed}")
        return replace(self, parameters={**self.parameters, **values})

    def _coordinates(self, w):
        w = np.asarray(w, float)
        if w.shape[-1:] != (len(self.domain),):
            raise ValueError(f"{self.name}: w must have shape (..., {len(self.domain)}), not {w.shape}")
        return [w[..., k] for k in range(len(self.domain))]

    @cached_property
    def _numpy(self):
        """The loss and the list of its derivatives, as functions of the coordinates."""
        printer = NumPyCodePrinter({"fully_qualified_modules": False, "allow_unknown_functions": False})
        constants = {sp.Symbol(k, positive=True): v for k, v in self.parameters.items()}
        names = ", ".join(map(str, self.variables))

        def function(body):
            return eval(f"lambda {names}: {body}", {**vars(np), **{str(k): float(v) for k, v in constants.items()}})

        gradient = ", ".join(printer.doprint(self.expr.diff(v)) for v in self.variables)
        return function(printer.doprint(self.expr)), function(f"[{gradient}]")

    def javascript(self) -> str:
        """The landscape as a JavaScript object literal.

        {name, title, domain, minima, start, parameters: {kappa: 25}, f: (p, x, y) => J, grad: (p, x, y) => [gx, gy]}
        """
        p = JavaScriptPrinter()
        args = ", ".join(["{" + ", ".join(self.parameters) + "}", *map(str, self.variables)])
        gradient = ", ".join(p.doprint(self.expr.diff(v)) for v in self.variables)
        data = {
            "name": self.name,
            "title": self.title,
            "domain": self.domain,
            "minima": [[float(c) for c in m] for m in self.minima],
            "start": self.start,
            "parameters": self.parameters,
        }
        head = json.dumps(data)[1:-1]
        return f"{{{head},\n  f: ({args}) => {p.doprint(self.expr)},\n  grad: ({args}) => [{gradient}]}}"


ravine = Landscape(
    "ravine",
    "Ravine",
    (x**2 / kappa + y**2) / 2,
    ((-10, 10), (-4, 4)),
    ((0, 0),),
    (-9, 3),
    "The quadratic with curvatures 1/κ and 1: L = 1, condition number κ.",
    {"kappa": 25},
)
slanted = Landscape(
    "slanted",
    "Slanted ravine",
    ((x + y) ** 2 / kappa + (x - y) ** 2) / 4,
    ((-8, 8), (-8, 8)),
    ((0, 0),),
    (-7, -3),
    "The ravine turned by 45 degrees: the same curvatures, but not along the axes.",
    {"kappa": 25},
)
rosenbrock = Landscape(
    "rosenbrock",
    "Rosenbrock's valley",
    (1 - x) ** 2 + 100 * (y - x**2) ** 2,
    ((-2, 2), (-1, 3)),
    ((1, 1),),
    (-1.2, 1),
    "Rosenbrock, 1960, with its classical starting point.",
)
beale = Landscape(
    "beale",
    "Beale's function",
    (sp.Rational(3, 2) - x + x * y) ** 2
    + (sp.Rational(9, 4) - x + x * y**2) ** 2
    + (sp.Rational(21, 8) - x + x * y**3) ** 2,
    ((-4.5, 4.5), (-4.5, 4.5)),
    ((3, sp.Rational(1, 2)),),
    (1, 1.5),
    "Beale, 1958.",
)
himmelblau = Landscape(
    "himmelblau",
    "Himmelblau's function",
    (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2,
    ((-5, 5), (-5, 5)),
    (
        (3, 2),
        (-2.805118086952745, 3.131312518250573),
        (-3.779310253377747, -3.283185991286170),
        (3.584428340330492, -1.848126526964404),
    ),
    (0, -4),
    "Himmelblau, 1972: four minima, all at 0.",
)
saddle = Landscape(
    "saddle",
    "Saddle",
    x**2 - y**2,
    ((-2, 2), (-2, 2)),
    (),
    (-1.5, 0.01),
    "The plainest saddle: up along x, down along y, without a lower bound.",
)
valley = Landscape(
    "valley",
    "Two valleys",
    x**4 / 4 - x**2 + x / 4,
    ((-2.2, 2.2),),
    ((-1.472997601114030,),),
    (2.1,),
    "A quartic with two minima, of which the left one is the lower.",
)
rastrigin = Landscape(
    "rastrigin",
    "Rastrigin's function",
    20 + x**2 - 10 * sp.cos(2 * sp.pi * x) + y**2 - 10 * sp.cos(2 * sp.pi * y),
    ((-5.12, 5.12), (-5.12, 5.12)),
    ((0, 0),),
    (-3.2, 2.6),
    "Rastrigin, 1974, in its two-dimensional form: a bowl full of local minima.",
)

LANDSCAPES = {f.name: f for f in [*vars().values()] if isinstance(f, Landscape)}  # all of the above, in their order
