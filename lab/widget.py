"""The lab: an experiment that the reader moves, in a live notebook and on the static page alike."""

import base64
import html
import inspect
import io
import json
import math
import warnings
from dataclasses import dataclass
from functools import cache
from numbers import Real

import anywidget
import matplotlib.pyplot as plt
import numpy as np
import optimizers
import sympy as sp
import traitlets
from PIL import Image

from . import figures
from .assets import bundle, style_sheet
from .descent import descend, respond
from .expressions import names, parse
from .javascript import function_js, rule_js
from .landscapes import LANDSCAPES
from .limits import within
from .signals import SIGNALS
from .trace import TraceError, trace


@dataclass(frozen=True)
class Setting:
    """What a slider may set: its symbol, its name, its default and range, and how the slider is spaced."""

    symbol: str
    title: str
    default: float
    low: float
    high: float
    scale: str = "linear"  # or "log", or "complement": logarithmic in 1 - x, for β near 1
    integer: bool = False


SETTINGS = {
    "lr": Setting("η", "learning rate", 1e-3, 1e-5, 10, "log"),
    "alpha": Setting("α", "momentum", 0.9, 0, 0.99),
    "beta": Setting("β", "decay of the squares", 0.999, 0, 0.9999, "complement"),
    "eps": Setting("ε", "epsilon", 1e-8, 1e-14, 1, "log"),
    "factor": Setting("η ×", "factor on every learning rate", 1, 0.01, 100, "log"),
    "kappa": Setting("κ", "condition number", 25, 1, 1000, "log"),
    "steps": Setting("steps", "number of steps", 100, 1, 1000, "log", True),
    "noise": Setting("σ", "noise of one sample", 0, 0, 10),
    "m": Setting("m", "samples in a mini-batch", 1, 1, 256, "log", True),
    "seed": Setting("seed", "of the noise", 1, 1, 100, integer=True),
    "g": Setting("g", "gradient", 1, 1e-6, 100, "log"),
    "g2": Setting("g₂", "gradient afterwards", 0.1, 1e-6, 100, "log"),
    "size": Setting("size", "of the outlier", 100, 1, 1e4, "log"),
    "at": Setting("at", "step of the change", 50, 1, 1000, "log", True),
    "period": Setting("period", "steps from one gradient to the next", 10, 1, 100, "log", True),
    "first": Setting("first", "first step without a gradient", 20, 1, 1000, "log", True),
    "last": Setting("last", "last step without a gradient", 60, 1, 1000, "log", True),
}
SECONDS = 10  # for what a reader's class is asked to do at a time
HYPERPARAMETERS = ("lr", "alpha", "beta", "eps")
RECORDS = ("g", "dw", "v", "s", "r", "rate")
# Room for the labels round the pictures. To let matplotlib find it takes as long as all the rest of a picture.
EDGES = {"left": 0.09, "right": 0.98, "bottom": 0.16, "top": 0.92, "wspace": 0.36}


class Lab(anywidget.AnyWidget):
    """An experiment. Make one with `Lab.descent`, `Lab.map`, `Lab.signal` or `Lab.curve`.

    Each setting (lr, alpha, kappa, steps, start, ...) is a trait: read it, set it, observe it, link it. On the static
    site the same experiment is the element `<optimizer-lab>`, which runs the same module without a kernel.
    """

    spec = traitlets.Dict().tag(sync=True)  # what does not change: the view, the runs, the sliders
    computed = traitlets.Dict().tag(sync=True)  # the paths of rules that only Python can run, by label

    def __init__(self, spec, rules=None, **settings):
        self._rules = rules or {}
        super().__init__(spec=spec, **settings)
        if any(run.get("frozen") for run in spec.get("runs", ())):
            self._compute()
            self.observe(lambda change: self._compute(), names=list(settings))

    @classmethod
    def descent(
        cls, runs, landscape="ravine", *, start=None, steps=100, controls=None, caption="", vectors=False, **settings
    ):
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
        landscape = _named(landscape, LANDSCAPES, "landscape")
        start = _start(landscape.start if start is None else start, landscape)
        runs, rules = _runs(runs)
        known = {
            **_shared(runs),
            **landscape.parameters,
            "factor": 1.0,
            "noise": 0.0,
            "m": 1,
            "seed": 1,
            "steps": steps,
        }
        settings = _settings(known, settings)
        if controls is None:
            controls = _shared(runs)
        spec = {
            "view": "descent",
            "landscape": landscape.name,
            "runs": runs,
            "vectors": bool(vectors),
            "controls": _controls(controls, settings),
            "caption": caption,
            "title": landscape.title,
        }
        return _lab(cls, spec, rules, settings, start, landscape)

    @classmethod
    def map(
        cls, rule, landscape="ravine", x=("lr", 1e-2, 10), y=("alpha", 0, 0.99), *, boundaries=None, controls=(), **settings
    ):  # fmt: skip
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
            rule = _rule(rule)
            _limited(rule, lambda: trace(rule))
        except TraceError as error:
            raise TraceError(
                f"{error}. A map is thousands of runs in the browser; without a formula for it, use Lab.descent"
            ) from None
        lab = cls.descent([rule], landscape, controls=(x, y, *controls), **settings)
        known = sorted(lab.settings.keys() - {"start", x[0]})
        lines = []
        for label, text in (boundaries or {}).items():
            expr = parse(text)
            _check_names(text, expr, known)
            lines.append({"label": label, "formula": text, "arguments": known, "code": function_js(expr, known)})
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
        lab.spec = {**lab.spec, "view": "map", "axes": axes, "boundaries": lines}
        return lab

    @classmethod
    def signal(
        cls, runs, signal="constant", *, show=("dw",), steps=100, controls=None, references=None, caption="", **settings
    ):
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
        signal = _named(signal, SIGNALS, "signal")
        runs, rules = _runs(runs)
        settings = _settings({**_shared(runs), **signal.parameters, "factor": 1.0, "seed": 1, "steps": steps}, settings)
        if controls is None:
            controls = _shared(runs)
        panels = [_panel(item, runs) for item in show]
        panels[show.index("dw") if "dw" in show else 0]["references"] = True
        lines = []
        for label, text in (references or {}).items():
            expr = parse(text)
            arguments = sorted({*settings, "i"})
            _check_names(text, expr, arguments)
            lines.append(
                {"label": label, "formula": text, "arguments": arguments, "code": function_js(expr, arguments)}
            )
        spec = {
            "view": "signal",
            "signal": signal.name,
            "runs": runs,
            "panels": panels,
            "references": lines,
            "controls": _controls(controls, settings),
            "caption": caption,
            "title": f"{signal.name} gradient",
        }
        return _lab(cls, spec, rules, settings)

    @classmethod
    def curve(cls, curves, x="i", domain=(1, 100), *, controls=None, log="", caption="", **settings):
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
        lines = []
        styles = figures.styles(curves)
        for label, given in curves.items():
            line = {"label": label, **_style(styles[label])}
            if isinstance(given, str):
                expr = parse(given)
                arguments = sorted({*settings, x})
                _check_names(given, expr, arguments)
                line |= {"formula": given, "arguments": arguments, "code": function_js(expr, arguments)}
            else:
                xs, ys = given if isinstance(given, tuple) else (np.arange(len(given)), given)
                points = [[float(a), float(b)] for a, b in zip(xs, ys, strict=True)]
                line["points"] = [point for point in points if all(map(math.isfinite, point))]  # JSON knows no NaN
                if not line["points"]:
                    raise ValueError(f"the curve {label!r} has no finite value")
            lines.append(line)
        settings = {k: float(v) for k, v in settings.items()}
        spec = {
            "view": "curve",
            "x": x,
            "domain": [float(d) for d in domain],
            "log": log,
            "curves": lines,
            "controls": _controls(settings if controls is None else controls, settings),
            "caption": caption,
            "title": " and ".join(curves),
        }
        if any(axis not in "xy" for axis in log):
            raise ValueError(f'log = {log!r} must be "", "x", "y" or "xy"')
        return _lab(cls, spec, {}, settings)

    @property
    def settings(self):
        """The present settings, by name."""
        return {name: getattr(self, name) for name in self.spec["settings"]}

    def results(self):
        """What the runs do at the present settings, computed in Python.

        Returns
        -------
        dict
            label -> Descent, in a descent; label -> dict of records, in a signal; label -> (x, y), in curves.
        """
        s = self.settings
        if self.spec["view"] == "curve":
            return {line["label"]: _curve(line, self.spec, s) for line in self.spec["curves"]}
        made = {}
        for run in self.spec["runs"]:
            rule = self._rules[run["label"]]
            made[run["label"]] = _limited(rule, lambda rule=rule, run=run: self._result(rule(**_hyper_now(run, s))))
        return made

    def _result(self, opt):
        s = self.settings
        if self.spec["view"] in ("descent", "map"):
            return self._descend(opt, s["start"])
        signal = SIGNALS[self.spec["signal"]]
        g = signal(s["steps"], seed=s["seed"], **{k: s[k] for k in signal.parameters})
        return respond(opt, g) | {"g": g}

    def _descend(self, opt, start):
        s, landscape = self.settings, LANDSCAPES[self.spec["landscape"]]
        landscape = landscape.with_parameters(**{k: s[k] for k in landscape.parameters})
        return descend(opt, landscape, start, s["steps"], noise=s["noise"], m=s["m"], seed=s["seed"])

    def last_losses(self):
        """The map: the loss after the last step at each of its points, all computed as one batch.

        Returns
        -------
        x : numpy.ndarray of shape (72,)
        y : numpy.ndarray of shape (48,)
        loss : numpy.ndarray of shape (48, 72), NaN where a run left the range of numbers
        """
        (run,), (x, y) = (
            self.spec["runs"],
            (_along(axis, n) for axis, n in zip(self.spec["axes"], (72, 48), strict=True)),
        )
        s, cls = self.settings, self._rules[run["label"]]
        names = [axis["name"] for axis in self.spec["axes"]]
        at = dict(zip(names, (x[None, :, None], y[:, None, None]), strict=True))
        start = np.broadcast_to(s["start"], (len(y), len(x), len(s["start"])))
        return x, y, _limited(cls, lambda: self._descend(cls(**_hyper_now(run, {**s, **at})), start)).loss[-1]

    def _compute(self):
        """Let Python compute the paths of the runs that the browser cannot run."""
        results, paths = self.results(), {}
        for run in self.spec["runs"]:
            if run.get("frozen"):
                result = results[run["label"]]
                if self.spec["view"] in ("descent", "map"):
                    keep = np.isfinite(result.w).all(axis=-1)
                    paths[run["label"]] = {"w": result.w[keep].ravel().tolist(), "left": int(result.left)}
                else:  # cut short, as in the browser, where a value is not finite
                    n = min(np.argmin([*np.isfinite(v), False]) for v in result.values())
                    paths[run["label"]] = {k: v[:n].tolist() for k, v in result.items()}
        self.computed = paths

    def summary(self, results=None):
        """Where each run ended, in words: the text in the place of the picture. `results()` are computed unless given."""
        return f"{self.spec['title']}. " + " ".join(_ends(self.spec, results or self.results()))

    def picture(self, results=None):
        """The experiment at the present settings as a PNG, for pages without JavaScript and for print. `results()` are computed unless given."""
        results, view = results or self.results(), self.spec["view"]
        looks = _looks(self.spec["curves" if view == "curve" else "runs"])
        with plt.style.context(["default", {"font.size": 9, "axes.spines.top": False, "axes.spines.right": False}]):
            if view == "descent":
                figure, axes = plt.subplots(1, 2, figsize=(7.2, 3.2), width_ratios=(3, 2), gridspec_kw=EDGES)
                landscape = LANDSCAPES[self.spec["landscape"]]
                landscape = landscape.with_parameters(**{k: self.settings[k] for k in landscape.parameters})
                figures.paths(landscape, results, axes[0], looks)
                figures.losses(results, axes[1], looks)
                axes[1].get_legend().remove()
            elif view == "map":
                figure, axes = plt.subplots(1, 2, figsize=(7.2, 3.2), gridspec_kw=EDGES)
                landscape = LANDSCAPES[self.spec["landscape"]]
                landscape = landscape.with_parameters(**{k: self.settings[k] for k in landscape.parameters})
                figures.heat(*self.last_losses(), self.spec["axes"], axes[0])
                axes[0].plot(*(self.settings[axis["name"]] for axis in self.spec["axes"]), "wo", markeredgecolor="k")
                figures.paths(landscape, results, axes[1], looks)
            elif view == "signal":
                figure, axes = plt.subplots(
                    1, len(self.spec["panels"]), figsize=(7.2, 2.8), squeeze=False, gridspec_kw=EDGES
                )
                for ax, panel in zip(axes[0], self.spec["panels"], strict=True):
                    curves = _panel_curves(panel, self.spec, results, self.settings)
                    figures.series(curves, {"g": figures.GREY, **looks}, ax=ax)
                    ax.set_title(panel["label"], fontsize=9)
            else:
                figure, ax = plt.subplots(figsize=(7.2, 3), gridspec_kw=EDGES)
                figures.series(results, looks, self.spec["log"], ax, xlabel=self.spec["x"])
            buffer = io.BytesIO()
            figure.savefig(buffer, format="png", dpi=110)
            plt.close(figure)
        small = io.BytesIO()
        Image.open(buffer).convert("RGB").quantize(64).save(small, format="PNG", optimize=True)
        return small.getvalue()

    def html(self, results=None):
        """The experiment as an element of a static page, with the picture inside for where there is no JavaScript."""
        results = results or self.results()
        spec = {**self.spec, "settings": self.settings, "computed": self.computed}
        data = html.escape(json.dumps(spec, allow_nan=False), quote=True)
        image = base64.b64encode(self.picture(results)).decode()
        alt = html.escape(self.summary(results), quote=True)
        caption = html.escape(self.spec["caption"])
        return (
            f'<optimizer-lab data-spec="{data}"><figure><img src="data:image/png;base64,{image}" alt="{alt}">'
            f"<figcaption>{caption}</figcaption></figure></optimizer-lab>"
        )

    def _repr_mimebundle_(self, **options):
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        results = self.results()
        return {**(data or {}), "text/html": self.html(results), "text/plain": self.summary(results)}, metadata


class _Number(traitlets.Float):
    """A setting as a trait: checked whenever it is set, by Python or by the page."""

    def validate(self, obj, value):
        super().validate(obj, value)
        return _checked(self.name, value)


class _Point(traitlets.List):
    """The start as a trait, checked likewise."""

    def __init__(self, start, landscape):
        self.landscape = landscape
        super().__init__(traitlets.Float(), start)

    def validate(self, obj, value):
        return _start(super().validate(obj, value), self.landscape)


def _lab(cls, spec, rules, settings, start=None, landscape=None):
    """A widget of a class of its own, with one trait for each setting."""
    traits = {name: _Number(value).tag(sync=True) for name, value in settings.items()}
    if start is not None:
        traits["start"] = _Point(start, landscape).tag(sync=True)
        settings = {**settings, "start": start}
    module = {"_esm": bundle(), "_css": style_sheet()}
    return type("Lab", (cls,), {**traits, **module})({**spec, "settings": settings}, rules, **settings)


def _named(given, registry, kind):
    """An entry of a registry, given by its name or as itself."""
    name = given if isinstance(given, str) else getattr(given, "name", None)
    if name not in registry:
        raise ValueError(f"{given!r} is no {kind}; there are: {', '.join(registry)}")
    return registry[name]


def _start(given, landscape):
    """Where the runs start, checked."""
    start = [float(c) for c in given]
    if len(start) != len(landscape.domain) or not all(map(math.isfinite, start)):
        raise ValueError(
            f"start = {start} must have {len(landscape.domain)} coordinates on {landscape.name}, all finite"
        )
    return start


def _hyper(cls):
    return {name: p.default for name, p in inspect.signature(cls).parameters.items()}


def _hyper_now(run, settings):
    """The hyperparameters of a run at these settings."""
    hyper = {**{name: settings.get(name) for name in run["hyper"]}, **run["fixed"]}
    if "lr" in hyper:
        hyper["lr"] = hyper["lr"] * settings["factor"]
    return hyper


def _rule(given):
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


def _runs(given):
    """The runs as data for the browser, and the classes by label."""
    if not isinstance(given, dict):
        given = {_rule(rule).__name__: rule for rule in given}
    if not given:
        raise ValueError("runs is empty; a lab needs at least one optimizer")
    runs, rules = [], {}
    for label, rule in given.items():
        rule, fixed = rule if isinstance(rule, tuple) else (rule, {})
        rule = _rule(rule)
        unknown = set(fixed) - set(_hyper(rule))
        if unknown:
            raise ValueError(f"{rule.__name__} has no {', '.join(sorted(unknown))}; it has: {', '.join(_hyper(rule))}")
        hyper = {**_hyper(rule), **fixed}
        _check_hyper(rule, hyper, fixed)
        _limited(rule, lambda rule=rule, fixed=fixed: rule(**fixed))  # the class checks the values
        run = {"label": label, "rule": rule.__name__, "fixed": {k: float(v) for k, v in fixed.items()}}
        run["hyper"] = {k: float(v) for k, v in hyper.items()}
        if getattr(optimizers, rule.__name__, None) is not rule:
            try:
                run["code"] = rule_js(_limited(rule, lambda rule=rule: trace(rule)))
            except TraceError as error:
                warnings.warn(f"{error}. The kernel computes its path instead.", stacklevel=4)
                run["frozen"] = str(error)
        runs.append(run)
        rules[label] = rule
    styles = figures.styles(rules, [run["rule"] for run in runs])
    for run in runs:
        run |= _style(styles[run["label"]])
    return runs, rules


def _limited(rule, work):
    """What work() returns; in a limited time, if the rule is a reader's own."""
    return work() if rule in optimizers.RULES else within(SECONDS, work, rule.__name__)


def _check_hyper(rule, hyper, fixed):
    """Has each hyperparameter a number, and the name of no other setting?"""
    for name, value in hyper.items():
        about = f"{rule.__name__}: the hyperparameter {name}"
        if not isinstance(value, Real):
            has = "no default" if value is inspect.Parameter.empty else f"the value {value!r}"
            raise ValueError(f"{about} has {has}; a lab needs a number, for a slider to move")
        if name not in (*HYPERPARAMETERS, *fixed) and (name in (*SETTINGS, "start") or hasattr(Lab, name)):
            title = f" ({SETTINGS[name].title})" if name in SETTINGS else ""
            raise ValueError(f"{about} has the name of the lab's own {name}{title}; rename it in the class")


def _style(style):
    return {"color": style.color, "dark": style.dark, "dash": list(style.dash), "marker": style.marker}


def _shared(runs):
    """The hyperparameters that the runs share, with the default of the first class that has them."""
    shared = {}
    for run in runs:
        for name, default in run["hyper"].items():
            if name not in run["fixed"]:
                shared.setdefault(name, default)
    return shared


def _looks(lines):
    """The styles of runs or curves by label, for a picture that looks as the page does."""
    return {
        line["label"]: figures.Style(line["color"], line["dark"], tuple(line["dash"]), line["marker"]) for line in lines
    }


def _settings(known, given):
    """The settings with their values, checked."""
    unknown = set(given) - set(known)
    if unknown:
        raise ValueError(f"{', '.join(sorted(unknown))}: no such setting here; there are: {', '.join(known)}")
    return {name: _checked(name, value) for name, value in {**known, **given}.items()}


def _checked(name, value):
    """The value of a setting: a float, or an int where only whole numbers go."""
    if not math.isfinite(value):
        raise ValueError(f"{name} = {value} is not finite")
    if name not in SETTINGS or not SETTINGS[name].integer:
        return float(value)
    if value != int(value) or value < 1:
        raise ValueError(f"{name} = {value} must be a whole number of at least 1")
    return int(value)


def _controls(given, settings):
    """The sliders as data for the browser."""
    controls = []
    for control in given:
        name, *bounds = (control,) if isinstance(control, str) else control
        if name not in settings:
            raise ValueError(f"{name!r} is no setting here; there are: {', '.join(settings)}")
        if bounds and not (len(bounds) == 2 and bounds[0] < bounds[1]):
            raise ValueError(f"the control {control!r} must be a name or (name, low, high) with low < high")
        value = settings[name]
        setting = SETTINGS.get(name)
        if setting is None:
            low, high = bounds or (min(0.0, 2 * value), max(1.0, 2 * abs(value)))
            log = low > 0 and high / low >= 100
            integer = (
                bool(bounds) and all(isinstance(b, int) for b in bounds) and value == int(value) and name in "ijkn"
            )
            setting = Setting(name, "", value, low, high, "log" if log else "linear", integer)
        low, high = bounds or (setting.low, setting.high)
        scale = setting.scale
        if scale == "log" and (low <= 0 or high / low < 20):
            scale = "linear"
        if scale == "complement" and high < 0.99:
            scale = "linear"
        controls.append(
            {
                "name": name,
                "symbol": setting.symbol,
                "title": setting.title,
                "low": min(low, value),
                "high": max(high, value),
                "scale": scale,
                "integer": setting.integer,
            }
        )
    return controls


def _panel(item, runs):
    """One of a signal's panels as data for the browser."""
    label, text = item if isinstance(item, tuple) else (item, item)
    shown = {"dw": "Δw", "rate": "|Δw / g|"}.get(label, label)
    if not isinstance(item, tuple):
        if item not in RECORDS:
            raise ValueError(f"{item!r} cannot be shown; there are {', '.join(RECORDS)}, and (label, formula)")
        return {"label": shown, "record": item}
    expr = parse(text)
    return {
        "label": shown,
        "formula": text,
        "names": sorted(names(expr)),
        "code": function_js(expr, sorted(names(expr))),
    }


def _check_names(text, expr, known):
    unknown = names(expr) - set(known)
    if unknown:
        raise ValueError(f"{text!r}: {', '.join(sorted(unknown))} is not known here; there are: {', '.join(known)}")


def _along(axis, n):
    """n values of a setting along an axis of a map, at the middles of its cells."""
    low, high = axis["low"], axis["high"]
    share = (np.arange(n) + 0.5) / n
    if axis["scale"] == "log":
        return low * (high / low) ** share
    if axis["scale"] == "complement":
        return 1 - (1 - low) * ((1 - high) / (1 - low)) ** share
    return low + (high - low) * share


@cache
def _numpy(text, arguments):
    return sp.lambdify([sp.Symbol(a) for a in arguments], parse(text), "numpy")


def _curve(line, spec, settings):
    """The points (x, y) of a curve: 241 along the axis, or what was recorded."""
    if "points" in line:
        x, y = np.array(line["points"]).T
        return x, y
    low, high = spec["domain"]
    x = np.geomspace(low, high, 241) if "x" in spec["log"] else np.linspace(low, high, 241)
    with np.errstate(all="ignore"):
        y = _numpy(line["formula"], tuple(line["arguments"]))(**settings, **{spec["x"]: x})
    return x, np.broadcast_to(np.asarray(y, float), x.shape)


def _panel_curves(panel, spec, results, settings):
    """What a panel shows: {label: (step, value)}."""
    curves = {}
    for run in spec["runs"]:
        record = results[run["label"]]
        i = np.arange(1, len(record["g"]) + 1)
        values = {**_hyper_now(run, settings), **record, "i": i}
        if panel.get("record") == "rate":
            y = np.full(len(i), np.nan)
            np.divide(np.abs(record["dw"]), np.abs(record["g"]), out=y, where=record["g"] != 0)
        elif "record" in panel:
            y = record.get(panel["record"])
        else:
            try:
                with np.errstate(all="ignore"):
                    y = _numpy(panel["formula"], tuple(panel["names"]))(**{k: values[k] for k in panel["names"]})
            except KeyError:  # a rule without that state
                y = None
        if y is not None:
            curves[run["label"]] = (i, np.broadcast_to(np.asarray(y, float), i.shape))
    if panel.get("record") == "g":
        curves = {"g": next(iter(curves.values()))}
    if "references" in panel:
        for line in spec["references"]:
            y = _numpy(line["formula"], tuple(line["arguments"]))(
                **{k: v for k, v in settings.items() if k in line["arguments"]}, i=i
            )
            curves[line["label"]] = (i, np.broadcast_to(np.asarray(y, float), i.shape))
    return curves


def _ends(spec, results):
    """A sentence on where each run or curve ended."""
    for label, result in results.items():
        if spec["view"] in ("descent", "map"):
            if result.left > 0:
                yield f"{label} left the range of numbers at step {int(result.left)}."
            else:
                at = ", ".join(f"{c:.4g}" for c in result.end)
                yield f"{label} ended at ({at}) with loss {result.loss[-1]:.3g}."
        elif spec["view"] == "signal":
            yield f"{label}: Δw = {result['dw'][-1]:.3g} at step {len(result['dw'])}."
        else:
            yield f"{label}: from {result[1][0]:.3g} to {result[1][-1]:.3g}."
