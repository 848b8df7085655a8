"""What optimizers make of a sequence of gradients, against the step."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lab.formula.expressions import names, parse
from lab.formula.javascript import function_js
from lab.ground.descent import respond
from lab.ground.signals import SIGNALS, Signal
from lab.widget import figures
from lab.widget.formulas import evaluate, formula
from lab.widget.runs import hyper_now, runs_of, shared
from lab.widget.settings import chosen, sliders, traits

from .base import EDGES, Parts, View, named

RECORDS = ("g", "dw", "v", "s", "r", "rate")


class SignalView(View):
    """Optimizers on a sequence of gradients."""

    name = "signal"

    @classmethod
    def spec(
        cls,
        runs: Iterable | dict[str, Any],
        signal: str | Signal = "constant",
        *,
        show: Sequence[str | tuple[str, str]] = ("dw",),
        steps: int = 100,
        controls: Iterable | None = None,
        references: dict[str, str] | None = None,
        caption: str = "",
        **settings: float,
    ) -> Parts:
        """Optimizers that are fed a sequence of gradients.

        Parameters
        ----------
        runs : as in `descent`
        signal : str
            One of `SIGNALS`.
        show : sequence of str or (label, formula)
            What is drawn against the step: "g", "dw", "v", "s", "r", "rate" (|Δw/g|), or a formula in the state, the
            hyperparameters, g, dw and i.
        references : dict from label to formula
            Thin lines in the panel of "dw", or in the first: formulas in the hyperparameters, the signal's parameters
            and i.
        """
        signal = named(signal, SIGNALS, "signal")
        runs, rules = runs_of(runs)
        settings = chosen({**shared(runs), **signal.parameters, "factor": 1.0, "seed": 1, "steps": steps}, settings)
        controls = sliders(shared(runs) if controls is None else controls, settings)
        panels = [_panel(item) for item in show]
        panels[show.index("dw") if "dw" in show else 0]["references"] = True
        known = sorted({*settings, "i"})
        spec = {
            "view": cls.name,
            "signal": signal.name,
            "runs": runs,
            "panels": panels,
            "references": [{"label": label, **formula(text, known)} for label, text in (references or {}).items()],
            "controls": controls,
            "caption": caption,
            "title": f"{signal.name} gradient",
        }
        return spec, traits(settings), rules

    def run(self, opt: Any) -> dict[str, NDArray]:
        signal, s = SIGNALS[self.lab.spec["signal"]], self.lab.settings
        g = signal(s["steps"], seed=s["seed"], **{name: s[name] for name in signal.parameters})
        return respond(opt, g) | {"g": g}

    def computed(self, result: dict[str, NDArray]) -> dict[str, Any]:
        n = min(np.argmin([*np.isfinite(v), False]) for v in result.values())  # cut short, as in the browser
        return {name: values[:n].tolist() for name, values in result.items()}

    def draw(self, results: dict[str, dict[str, NDArray]]) -> Figure:
        panels = self.lab.spec["panels"]
        figure, axes = plt.subplots(1, len(panels), figsize=(7.2, 2.8), squeeze=False, gridspec_kw=EDGES)
        for ax, panel in zip(axes[0], panels, strict=True):
            figures.series(self.curves(panel, results), {"g": figures.GREY, **self.looks}, ax=ax)
            ax.set_title(panel["label"], fontsize=9)
        return figure

    def curves(
        self, panel: Mapping[str, Any], results: dict[str, dict[str, NDArray]]
    ) -> dict[str, tuple[NDArray, NDArray]]:
        """What a panel shows: {label: (step, value)}."""
        spec, settings, curves = self.lab.spec, self.lab.settings, {}
        i = np.arange(1, settings["steps"] + 1)
        for run in spec["runs"]:
            y = _values(panel, results[run["label"]], hyper_now(run, settings))
            if y is not None:
                curves[run["label"]] = (i, y)
        if panel.get("record") == "g":
            curves = {"g": next(iter(curves.values()))}  # common to all runs
        if "references" in panel:
            for line in spec["references"]:
                curves[line["label"]] = (i, evaluate(line["formula"], {**settings, "i": i}, i.shape))
        return curves

    def sentence(self, label: str, result: dict[str, NDArray]) -> str:
        return f"{label}: Δw = {result['dw'][-1]:.3g} at step {len(result['dw'])}."


def _panel(item):
    """A panel as data."""
    label, text = item if isinstance(item, tuple) else (item, item)
    shown = {"dw": "Δw", "rate": "|Δw / g|"}.get(label, label)
    if not isinstance(item, tuple):
        if item not in RECORDS:
            raise ValueError(f"{item!r} cannot be shown; there are {', '.join(RECORDS)}, and (label, formula)")
        return {"label": shown, "record": item}
    expr = parse(text)
    known = sorted(names(expr))
    return {"label": shown, "formula": text, "names": known, "code": function_js(expr, known)}


def _values(panel, result, hyper):
    """What a panel shows of a run, against the step; None if the run has no such thing."""
    g, dw = result["g"], result["dw"]
    if panel.get("record") == "rate":
        return np.divide(np.abs(dw), np.abs(g), out=np.full(len(g), np.nan), where=g != 0)
    if "record" in panel:
        return result.get(panel["record"])
    try:
        return evaluate(panel["formula"], {**hyper, **result, "i": np.arange(1, len(g) + 1)}, g.shape)
    except KeyError:  # a rule without that state
        return None
