"""Formulas, or recorded values, against one variable."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lab.widget import figures
from lab.widget.formulas import evaluate, formula
from lab.widget.runs import look
from lab.widget.settings import sliders, traits

from .base import EDGES, Parts, View

Points = tuple[NDArray, NDArray]  # x and y


class CurveView(View):
    """Formulas, or recorded values."""

    name = "curve"
    lines = "curves"

    @classmethod
    def spec(
        cls,
        curves: dict[str, Any],
        x: str = "i",
        domain: tuple[float, float] = (1, 100),
        *,
        controls: Iterable | None = None,
        log: str = "",
        caption: str = "",
        **settings: float,
    ) -> Parts:
        """Formulas against one of their variables.

        Parameters
        ----------
        curves : dict from label to formula, or to recorded values: y, or (x, y)
        x : str
            The variable along the axis.
        domain : (low, high)
        log : str
            "x", "y" or "xy": which axes are logarithmic.
        controls, **settings : the formulas' other variables
        """
        lines, known = [], sorted({*settings, x})
        styles = figures.styles(curves)
        for label, given in curves.items():
            shown = formula(given, known) if isinstance(given, str) else {"points": _points(label, given)}
            lines.append({"label": label, **look(styles[label]), **shown})
        if any(axis not in "xy" for axis in log):
            raise ValueError(f'log = {log!r} must be "", "x", "y" or "xy"')
        settings = {name: float(value) for name, value in settings.items()}
        spec = {
            "view": cls.name,
            "x": x,
            "domain": [float(d) for d in domain],
            "log": log,
            "curves": lines,
            "controls": sliders(settings if controls is None else controls, settings),
            "caption": caption,
            "title": " and ".join(curves),
        }
        return spec, traits(settings), {}

    def compute(self) -> dict[str, Points]:
        return {line["label"]: self.points(line) for line in self.lab.spec["curves"]}

    def points(self, line: Mapping[str, Any]) -> Points:
        """The points (x, y) of a curve: 241 along the axis, or what was recorded."""
        if "points" in line:
            x, y = np.array(line["points"]).T
            return x, y
        spec, (low, high) = self.lab.spec, self.lab.spec["domain"]
        x = np.geomspace(low, high, 241) if "x" in spec["log"] else np.linspace(low, high, 241)
        return x, evaluate(line["formula"], {**self.lab.settings, spec["x"]: x}, x.shape)

    def draw(self, results: dict[str, Points]) -> Figure:
        figure, ax = plt.subplots(figsize=(7.2, 3), gridspec_kw=EDGES)
        figures.series(results, self.looks, self.lab.spec["log"], ax, xlabel=self.lab.spec["x"])
        return figure

    def sentence(self, label: str, result: Points) -> str:
        _, y = result
        return f"{label}: from {y[0]:.3g} to {y[-1]:.3g}."


def _points(label, given):
    """Recorded values, y or (x, y), as points; without those that are not finite, since JSON knows no NaN."""
    x, y = given if isinstance(given, tuple) else (np.arange(len(given)), given)
    points = [[float(a), float(b)] for a, b in zip(x, y, strict=True)]
    finite = [point for point in points if all(map(math.isfinite, point))]
    if not finite:
        raise ValueError(f"the curve {label!r} has no finite value")
    return finite
