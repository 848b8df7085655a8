"""Paths over a landscape, and the loss against the step."""

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.figure import Figure

from lab.ground.descent import Descent, descend
from lab.ground.landscapes import LANDSCAPES, Landscape
from lab.widget import figures
from lab.widget.runs import runs_of, shared
from lab.widget.settings import chosen, sliders, traits

from .base import EDGES, Parts, View, named


class DescentView(View):
    """Optimizers on a landscape."""

    name = "descent"

    @classmethod
    def spec(
        cls,
        runs: Iterable | dict[str, Any],
        landscape: str | Landscape = "ravine",
        *,
        start: Sequence[float] | None = None,
        steps: int = 100,
        controls: Iterable | None = None,
        caption: str = "",
        vectors: bool = False,
        **settings: float,
    ) -> Parts:
        """Optimizers that descend a landscape.

        Parameters
        ----------
        runs : list of classes or names; or dict from a label to a class, a name, or (class, {hyperparameter: value})
            A hyperparameter given here is this run's own; the others are shared and follow the sliders.
        landscape : str or Landscape
            One of `LANDSCAPES`, by name or itself.
        start : sequence of float, optional
            Where the runs start; the landscape's own start unless given.
        controls : sequence of str or (str, low, high)
            The settings that get a slider; the hyperparameters that runs share unless given.
        vectors : bool
            Draw αv, -ηg and the point at which the gradient is taken.
        **settings : float
            The hyperparameters, factor, noise, m, seed, and the landscape's parameters. A hyperparameter cannot have
            the name of another setting.

        Raises
        ------
        TypeError
            For a run that is no class, such as an instance: a lab makes its own, again and again.
        ValueError
            For names that do not exist or mean two things, and values out of range; the message says what there is.
        TimeoutError
            If a class of the reader's own takes more than 10 seconds.
        RuntimeError
            If such a class calls sys.exit().
        """
        landscape = named(landscape, LANDSCAPES, "landscape")
        start = start_on(landscape, landscape.start if start is None else start)
        runs, rules = runs_of(runs)
        known = {
            **shared(runs), **landscape.parameters, "factor": 1.0, "noise": 0.0, "m": 1, "seed": 1, "steps": steps,
        }  # fmt: skip
        settings = chosen(known, settings)
        spec = {
            "view": cls.name,
            "landscape": landscape.name,
            "runs": runs,
            "vectors": bool(vectors),
            "controls": sliders(shared(runs) if controls is None else controls, settings),
            "caption": caption,
            "title": landscape.title,
        }
        return spec, {**traits(settings), "start": Point(start, landscape).tag(sync=True)}, rules

    @property
    def landscape(self) -> Landscape:
        """The landscape with its parameters at the present settings."""
        name, settings = self.lab.spec["landscape"], self.lab.settings
        return _landscape(name, tuple((parameter, settings[parameter]) for parameter in LANDSCAPES[name].parameters))

    def run(self, opt: Any) -> Descent:
        return self.descend(opt, self.lab.start)

    def descend(self, opt: Any, start: Any) -> Descent:
        """The descent of an optimizer, or of a batch of them, at the present settings."""
        s = self.lab.settings
        return descend(opt, self.landscape, start, s["steps"], noise=s["noise"], m=s["m"], seed=s["seed"])

    def computed(self, result: Descent) -> dict[str, Any]:
        keep = np.isfinite(result.w).all(axis=-1)
        return {"w": result.w[keep].ravel().tolist(), "left": int(result.left)}

    def draw(self, results: dict[str, Descent]) -> Figure:
        figure, axes = plt.subplots(1, 2, figsize=(7.2, 3.2), width_ratios=(3, 2), gridspec_kw=EDGES)
        figures.paths(self.landscape, results, axes[0], self.looks)
        figures.losses(results, axes[1], self.looks)
        axes[1].get_legend().remove()
        return figure

    def sentence(self, label: str, result: Descent) -> str:
        if result.left > 0:
            return f"{label} left the range of numbers at step {int(result.left)}."
        at = ", ".join(f"{c:.4g}" for c in result.end)
        return f"{label} ended at ({at}) with loss {result.loss[-1]:.3g}."


class Point(traitlets.List):
    """The start as a trait, checked whenever it is set."""

    def __init__(self, start: list[float], landscape: Landscape):
        self.landscape = landscape
        super().__init__(traitlets.Float(), start)

    def validate(self, obj: Any, value: Any) -> list[float]:
        """The start, if it is one on this landscape."""
        given: Any = super().validate(obj, value)
        return start_on(self.landscape, given)


def start_on(landscape: Landscape, given: Iterable[float]) -> list[float]:
    """Where the runs start, checked."""
    start = [float(c) for c in given]
    if len(start) != len(landscape.domain) or not all(map(math.isfinite, start)):
        raise ValueError(
            f"start = {start} must have {len(landscape.domain)} coordinates on {landscape.name}, all finite"
        )
    return start


@lru_cache
def _landscape(name: str, parameters: tuple[tuple[str, float], ...]) -> Landscape:
    """One landscape for all runs of a lab: each prints its formulas for NumPy when it is first asked."""
    return LANDSCAPES[name].with_parameters(**dict(parameters))
