"""The last loss over two hyperparameters, and the descent at one point of that map."""

from collections.abc import Iterable
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lab.formula.trace import TraceError, trace
from lab.ground.descent import Descent
from lab.ground.landscapes import Landscape
from lab.widget import figures
from lab.widget.formulas import formula
from lab.widget.runs import limited, rule_of
from lab.widget.settings import HYPERPARAMETERS, SETTINGS

from .base import EDGES, Parts
from .descent import DescentView

Axis = tuple[str, float, float]  # a hyperparameter, from its lowest value to its highest


class MapView(DescentView):
    """One optimizer at many settings."""

    name = "map"
    columns, rows = 72, 48

    @classmethod
    def spec(  # type: ignore[override]  # a map is of one rule, and has axes
        cls,
        rule: type | str,
        landscape: str | Landscape = "ravine",
        x: Axis = ("lr", 1e-2, 10),
        y: Axis = ("alpha", 0, 0.99),
        *,
        boundaries: dict[str, str] | None = None,
        controls: Iterable = (),
        **settings: Any,
    ) -> Parts:
        """The last loss of a rule over two of its hyperparameters, and the descent at one point of that map.

        Parameters
        ----------
        rule : class or name
        landscape : as in `descent`
        x, y : (name, low, high)
            The hyperparameters along the axes; lr and eps are spaced logarithmically, beta in 1 - beta.
        boundaries : dict from label to formula
            Lines over the map: formulas that give x from y, in the names of both and of the other settings.
        controls : as in `descent`
            Further sliders.
        **settings : start, steps, caption and what else `descent` takes

        Raises
        ------
        TraceError
            If the class cannot be traced: only the browser makes all the runs of a map while the reader looks.
        ValueError
            As in `descent`.
        """
        for name, low, high in (x, y):
            if name not in HYPERPARAMETERS or not low < high:
                raise ValueError(
                    f"the axis {(name, low, high)!r} must be (name, low, high), the name one of {', '.join(HYPERPARAMETERS)}"
                )
        try:
            rule = rule_of(rule)
            limited(rule, lambda: trace(rule))
        except TraceError as error:
            raise TraceError(
                f"{error}. A map is thousands of runs in the browser; without a formula for it, use Lab.descent"
            ) from None
        spec, traits, rules = super().spec([rule], landscape, controls=(x, y, *controls), **settings)
        known = sorted(traits.keys() - {"start", x[0]})
        lines = [{"label": label, **formula(text, known)} for label, text in (boundaries or {}).items()]
        axes = [
            {
                "name": name,
                "symbol": SETTINGS[name].symbol,
                "low": float(low),
                "high": float(high),
                "scale": SETTINGS[name].scale,
            }
            for name, low, high in (x, y)
        ]
        return {**spec, "axes": axes, "boundaries": lines}, traits, rules

    def last_losses(self) -> tuple[NDArray, NDArray, NDArray]:
        """As `Lab.last_losses`."""
        (run,), axes = self.lab.spec["runs"], self.lab.spec["axes"]
        x, y = (_along(axis, n) for axis, n in zip(axes, (self.columns, self.rows), strict=True))
        at = {axes[0]["name"]: x[None, :, None], axes[1]["name"]: y[:, None, None]}
        start = np.broadcast_to(self.lab.start, (len(y), len(x), len(self.lab.start)))
        made = self.limited(run, lambda opt: self.descend(opt, start), {**self.lab.settings, **at})
        return x, y, made.loss[-1]

    def draw(self, results: dict[str, Descent]) -> Figure:
        figure, axes = plt.subplots(1, 2, figsize=(7.2, 3.2), gridspec_kw=EDGES)
        spec, settings = self.lab.spec, self.lab.settings
        figures.heat(*self.last_losses(), spec["axes"], axes[0])
        axes[0].plot(*(settings[axis["name"]] for axis in spec["axes"]), "wo", markeredgecolor="k")
        figures.paths(self.landscape, results, axes[1], self.looks)
        return figure


def _along(axis, n):
    """The values of a setting along an axis of a map, at the middles of its n cells."""
    low, high = axis["low"], axis["high"]
    share = (np.arange(n) + 0.5) / n
    if axis["scale"] == "log":
        return low * (high / low) ** share
    if axis["scale"] == "complement":
        return 1 - (1 - low) * ((1 - high) / (1 - low)) ** share
    return low + (high - low) * share
