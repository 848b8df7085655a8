"""What all views have in common."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import traitlets
from matplotlib.figure import Figure

from lab.widget import figures
from lab.widget.runs import hyper_now, limited

# What a lab is made of: the data for the page, a trait for each setting, and the classes of its runs by label.
Parts = tuple[dict[str, Any], dict[str, traitlets.TraitType], dict[str, type]]
Entry = TypeVar("Entry")

# Room for the labels round the pictures. To let matplotlib find it takes as long as all the rest of a picture.
EDGES = {"left": 0.09, "right": 0.98, "bottom": 0.16, "top": 0.92, "wspace": 0.36}


class View(ABC):
    """What a lab shows: a subclass each in a module each, and its twin in `web/views/`, of the same name.

    One more is these two files, a line in `Lab` and a line in `web/views/index.js`.

    The same methods have the same names on both sides: `compute`, `draw`, `sentence`. Python alone has `spec`, which
    makes the data that the twin's constructor gets, `run`, and `computed` for what the browser cannot run. JavaScript
    alone has what takes a reader to look at it: `table`, the numbers at the step shown, and `settle`, for what waits
    until the hand rests.
    """

    name: str  # "descent", ...: of the method of `Lab`, and in `web/views/index.js`
    lines = "runs"  # where the data has what is drawn: runs or curves

    def __init__(self, lab: Any, rules: dict[str, type]):
        self.lab, self.rules = lab, rules

    @classmethod
    @abstractmethod
    def spec(cls, *given: Any, **settings: Any) -> Parts:
        """Make the parts of a lab from what an author gives: becomes the lab's own method of the view's name."""

    @property
    def looks(self) -> dict[str, figures.Style]:
        """The styles by label, for a picture that looks as the page does."""
        return {
            line["label"]: figures.Style(line["color"], line["dark"], tuple(line["dash"]), line["marker"])
            for line in self.lab.spec[self.lines]
        }

    def compute(self) -> dict[str, Any]:
        """What the runs do at the present settings: {label: result}."""
        return {run["label"]: self.limited(run, self.run, self.lab.settings) for run in self.lab.spec["runs"]}

    def run(self, opt: Any) -> Any:
        """What an optimizer does at the present settings, for the views that have no `compute` of their own."""
        raise NotImplementedError(f"the view {self.name} has no runs")

    def computed(self, result: Any) -> dict[str, Any]:
        """What the page gets of a run that only Python can compute."""
        raise NotImplementedError(f"the view {self.name} has no runs")

    @abstractmethod
    def draw(self, results: dict[str, Any]) -> Figure:
        """The picture of what `compute` returned."""

    @abstractmethod
    def sentence(self, label: str, result: Any) -> str:
        """Where a run ended, in words."""

    def limited(self, run: dict[str, Any], work: Callable[[Any], Any], settings: Mapping[str, Any]) -> Any:
        """What work(optimizer) returns for the optimizer of a run at some settings.

        In a limited time, if it is a reader's own.
        """
        rule = self.rules[run["label"]]
        return limited(rule, lambda: work(rule(**hyper_now(run, settings))))


def named(given: Any, registry: Mapping[str, Entry], kind: str) -> Entry:
    """An entry of a registry, given by its name or as itself."""
    name: Any = given if isinstance(given, str) else getattr(given, "name", None)
    if name not in registry:
        raise ValueError(f"{given!r} is no {kind}; there are: {', '.join(registry)}")
    return registry[name]
