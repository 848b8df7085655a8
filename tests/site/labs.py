"""What a reader can read in a lab, and whether Python says the same."""

import functools
import math
import re
from types import SimpleNamespace

import numpy as np

import optimizers
from book.build import SITE
from lab import LANDSCAPES, SIGNALS, descend, respond
from lab.formula.expressions import parse

# Do at once what the lab does at the next frame and when the hand rests, and read everything that a reader can read.
READ = """(lab, { drawn = false } = {}) => {
  lab.details.open = true;
  if (lab.frame) lab.recompute();
  lab.settle();
  const seen = (shape) => { const { width, height } = shape.getBoundingClientRect(); return width + height > 3; };
  const still = (panel) => [...panel.querySelectorAll(".ol-drawing:not(.ol-moving) :is(text, path, polygon, image)")].filter(seen).length;
  const text = (shape) => shape.getAttribute("d") ?? shape.getAttribute("points");
  const lines = (panel) => [...panel.querySelectorAll(".ol-run:not([display=none]) :is(polyline, polygon, path)")].map(text).join("");
  const { view } = lab, last = (line) => line.getAttribute("points").trim().split(" ").slice(-2).map((tenths) => tenths / 10);
  const end = (run, r) => { // of its line over a landscape, in the landscape's coordinates
    const drawn = [...view.map.lines.runs[r]?.lines.children ?? []].filter((line) => line.getAttribute("points"));
    if (lab.muted.has(r) || !drawn.length) return [run.label, null];
    const [x, y] = last(drawn.at(-1));
    return [run.label, [view.x.invert(x), view.y.invert(y)]];
  };
  return {
    name: lab.name, spec: lab.spec, values: { ...lab.values }, step: lab.step,
    status: lab.status.textContent, message: lab.message.textContent,
    fields: Object.fromEntries(Object.entries(lab.inputs).map(([name, { field }]) => [name, field.value])),
    words: Object.fromEntries(Object.entries(lab.inputs).map(([name, { slider }]) => [name, slider.getAttribute("aria-valuetext")])),
    table: [...lab.details.querySelectorAll("tbody tr")].map((row) => [...row.cells].map((cell) => cell.dataset.value ?? cell.textContent)),
    shapes: drawn ? [...lab.querySelectorAll(".ol-panel")].map(still) : [],
    lines: [...lab.querySelectorAll(".ol-panel:not(.ol-chart:has(.ol-point))")].map(lines),
    ends: view.plane ? Object.fromEntries(lab.runs.map(end)) : {},
    pixel: view.plane ? [view.x, view.y].map((map) => Math.abs(map.invert(1) - map.invert(0))) : [],
  };
}"""


@functools.cache
def lab_pages():
    """The pages with labs: asked for when the site stands."""
    return sorted(file.name for file in SITE.glob("*.html") if "<optimizer-lab" in file.read_text(encoding="utf-8"))


def up(tab):
    """A page, and its labs once they are up: as handles, since a locator looks its element up again for each
    question."""
    tab.wait_for_function(
        "document.querySelectorAll('optimizer-lab').length === document.querySelectorAll('optimizer-lab.ol-on').length"
    )
    return tab, tab.query_selector_all("optimizer-lab")


def read(lab, **options):
    return SimpleNamespace(**lab.evaluate(READ, options))


def of_run(seen, run):
    """The optimizer of a run and its landscape, if there is one, under the present settings."""
    hyper = {name: run["fixed"].get(name, seen.values.get(name)) for name in run["hyper"]}
    if "lr" in hyper:
        hyper["lr"] *= seen.values["factor"]
    landscape = LANDSCAPES.get(seen.spec.get("landscape"))
    return getattr(optimizers, run["rule"])(**hyper), landscape and landscape.with_parameters(
        **{k: seen.values[k] for k in landscape.parameters}
    )


def expected(seen):
    """The table at the present step, computed in Python: (label, numbers, step at which it left or -1), where Python
    has the class."""
    spec, values, step = seen.spec, seen.values, seen.step
    if spec["view"] == "curve":
        low, high = spec["domain"]
        x = low * (high / low) ** (step / 240) if "x" in spec["log"] else low + (high - low) * step / 240
        for line in spec["curves"]:
            if "formula" in line:
                known = {**values, spec["x"]: x}
                expr = parse(line["formula"])
                y = complex(expr.subs({s: known[s.name] for s in expr.free_symbols}).evalf())
                yield line["label"], [x, y.real if y.imag == 0 else math.nan], -1
        return
    for run in spec["runs"]:
        if "code" in run or "frozen" in run:
            continue
        rule, landscape = of_run(seen, run)
        if landscape:
            noise = {k: values[k] for k in ("noise", "m", "seed")}
            path = descend(rule, landscape, values["start"], values["steps"], **noise)
            yield run["label"], [*path.w[step], path.loss[step]], path.left
        else:
            signal = SIGNALS[spec["signal"]]
            g = signal(values["steps"], seed=values["seed"], **{k: values[k] for k in signal.parameters})
            if step:
                yield run["label"], [g[step - 1], *(record[step - 1] for record in respond(rule, g).values())], -1


def check(seen):
    """What the page shows is drawn, and is no nonsense."""
    assert all(shapes >= 5 for shapes in seen.shapes), "axes and their numbers are drawn"
    assert all(re.fullmatch(r"[MZHVh0-9 -]*", line) for line in seen.lines), seen.lines
    text = " ".join([seen.status, *seen.fields.values()])
    assert not re.search(r"NaN|undefined|null|Infinity|\[object", text), text


def compare(seen):
    """What the page says is what Python says."""
    check(seen)
    rows = {row[0]: [cell for cell in row[1:] if cell != ""] for row in seen.table}
    for label, numbers, left in expected(seen):
        if seen.spec.get("landscape") == "rastrigin":
            continue  # sines are not the same to the last bit; tests/lab compares them with care
        end, domain = seen.ends.get(label), seen.spec.get("landscape") and LANDSCAPES[seen.spec["landscape"]].domain
        if end and all(low <= w <= high for w, (low, high) in zip(numbers, domain, strict=False)):
            assert all(abs(np.subtract(end, numbers[:2])) <= seen.pixel), f"the line of {label} ends elsewhere"
        if 0 < left <= seen.step:
            assert (
                rows[label][0] == f"left at step {left}"
                and f"{label} left the range of numbers at step {left}." in seen.status
            )
        elif all(math.isfinite(n) for n in numbers):
            np.testing.assert_allclose([float(cell) for cell in rows[label]], numbers, rtol=1e-11, atol=1e-300)
