"""What all views have in common."""

from . import figures
from .runs import hyper_now, limited

# Room for the labels round the pictures. To let matplotlib find it takes as long as all the rest of a picture.
EDGES = {"left": 0.09, "right": 0.98, "bottom": 0.16, "top": 0.92, "wspace": 0.36}


class View:
    """What a lab shows: a subclass each, and in `web/` a class of the same name, whose methods have the same names too.

    One more is such a class here, its twin there, and a line in `Lab`. Beside what stands below it has

    - `spec(cls, ...)`, which becomes the lab's own method of the view's name: it takes what an author gives, and returns
      the data for the page, a trait for each setting, and the classes by label;
    - `run(opt)`, what an optimizer does at the present settings (or a `compute` of its own);
    - `computed(result)`, what the page gets of a run that only Python can compute;
    - `draw(results)`, the picture, as a matplotlib Figure;
    - `sentence(label, result)`, where a run ended.
    """

    name = None  # "descent", ...
    lines = "runs"  # where the data has what is drawn: runs or curves

    def __init__(self, lab, rules):
        self.lab, self.rules = lab, rules

    @property
    def looks(self):
        """The styles by label, for a picture that looks as the page does."""
        return {
            line["label"]: figures.Style(line["color"], line["dark"], tuple(line["dash"]), line["marker"])
            for line in self.lab.spec[self.lines]
        }

    def compute(self):
        """What the runs do at the present settings: {label: result}."""
        return {run["label"]: self.limited(run, self.run, self.lab.settings) for run in self.lab.spec["runs"]}

    def limited(self, run, work, settings):
        """What work(optimizer) returns for the optimizer of a run at some settings; in a limited time, if it is a reader's own."""
        rule = self.rules[run["label"]]
        return limited(rule, lambda: work(rule(**hyper_now(run, settings))))


def named(given, registry, kind):
    """An entry of a registry, given by its name or as itself."""
    name = given if isinstance(given, str) else getattr(given, "name", None)
    if name not in registry:
        raise ValueError(f"{given!r} is no {kind}; there are: {', '.join(registry)}")
    return registry[name]
