"""The lab: an experiment that the reader moves, in a live notebook and on the static page alike."""

import base64
import functools
import html
import io
import json
from typing import Any

import anywidget
import matplotlib.pyplot as plt
import traitlets
from numpy.typing import NDArray

from . import figures
from .assets import bundle, style_sheet
from .views.curve import CurveView
from .views.descent import DescentView
from .views.map import MapView
from .views.signal import SignalView


def _maker(view):
    """A class method that makes a lab of a view, with the signature and the docstring of the view's `spec`."""
    spec = view.spec.__func__
    spec.__qualname__ = f"Lab.{view.name}"  # so that Python's own messages, of a missing argument, name what was called

    @functools.wraps(spec)
    def make(cls, *given, **settings):
        return cls(view, *view.spec(*given, **settings))

    make.__name__ = view.name
    return classmethod(make)


class Lab(anywidget.AnyWidget):
    """An experiment. Make one with `Lab.descent`, `Lab.map`, `Lab.signal` or `Lab.curve`.

    Each setting (lr, alpha, kappa, steps, start, ...) is a trait: read it, set it, observe it, link it. On the static
    site the same experiment is the element `<optimizer-lab>`, which runs the same module without a kernel.
    """

    descent = _maker(DescentView)
    map = _maker(MapView)
    signal = _maker(SignalView)
    curve = _maker(CurveView)

    spec = traitlets.Dict().tag(sync=True)  # what does not change: the view, the runs, the sliders
    computed = traitlets.Dict().tag(sync=True)  # the paths of rules that only Python can run, by label
    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)

    def __init__(self, view, spec, traits, rules):
        for name in traits:
            if hasattr(type(self), name):
                raise ValueError(_taken(name, spec))
        self._view = view(self, rules)
        self.add_traits(**traits)
        super().__init__(spec={**spec, "settings": {name: getattr(self, name) for name in traits}})
        if any(run.get("frozen") for run in spec.get("runs", ())):
            self._compute()
            self.observe(lambda change: self._compute(), names=list(traits))

    @traitlets.default("_esm")
    def _module(self):
        return bundle()

    @traitlets.default("_css")
    def _style(self):
        return style_sheet()

    @property
    def settings(self) -> dict[str, Any]:
        """The present settings, by name."""
        return {name: getattr(self, name) for name in self.spec["settings"]}

    def results(self) -> dict[str, Any]:
        """What the runs do at the present settings, computed in Python.

        Returns
        -------
        dict
            label -> Descent, in a descent; label -> dict of records, in a signal; label -> (x, y), in curves.
        """
        return self._view.compute()

    def last_losses(self) -> tuple[NDArray, NDArray, NDArray]:
        """The map: the loss after the last step at each of its points, all computed as one batch.

        Returns
        -------
        x : numpy.ndarray of shape (72,)
        y : numpy.ndarray of shape (48,)
        loss : numpy.ndarray of shape (48, 72), NaN where a run left the range of numbers
        """
        if not isinstance(self._view, MapView):
            raise TypeError(f"this lab is a {self._view.name}; only that of Lab.map has last losses")
        return self._view.last_losses()

    def _compute(self):
        """Let Python compute the paths of the runs that the browser cannot run."""
        results, frozen = self.results(), [run["label"] for run in self.spec["runs"] if run.get("frozen")]
        self.computed = {label: self._view.computed(results[label]) for label in frozen}

    def summary(self, results: dict[str, Any] | None = None) -> str:
        """Where each run ended, in words: the text in the place of the picture; of `results()`, unless given."""
        results = results or self.results()
        return " ".join([f"{self.spec['title']}.", *(self._view.sentence(*result) for result in results.items())])

    def picture(self, results: dict[str, Any] | None = None) -> bytes:
        """The experiment at the present settings as a PNG, for pages without JavaScript and for print; of `results()`,
        unless given."""
        with plt.style.context(["default", {"font.size": 9, "axes.spines.top": False, "axes.spines.right": False}]):
            figure = self._view.draw(results or self.results())
            buffer = io.BytesIO()
            figure.savefig(buffer, format="png", dpi=110)
            plt.close(figure)
        return figures.compact(buffer.getvalue())

    def html(self, results: dict[str, Any] | None = None) -> str:
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


def _taken(name, spec):
    """What to say of a setting that has the name of an attribute of the widget itself."""
    rules = [run["rule"] for run in spec.get("runs", ()) if name in run["hyper"]]
    whose = f"{rules[0]}: the hyperparameter" if rules else "the variable"
    return f"{whose} {name} has the name of the lab's own {name}; rename it" + (" in the class" if rules else "")
