"""Static pictures in the book's one style: contours with paths, loss against step."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray
from PIL import Image

from lab.ground.descent import Descent
from lab.ground.landscapes import Landscape


@dataclass(frozen=True)
class Style:
    """How a rule is drawn, everywhere: told apart by hue, by dashes and by the marker at the end of its path."""

    color: str  # on a light page
    dark: str  # on a dark page
    dash: tuple  # lengths of strokes and gaps in pixels; () is a solid line
    marker: str


STYLE = {
    "SGD": Style("#555555", "#bdbdbd", (), "o"),
    "Momentum": Style("#b35900", "#f2a65a", (), "s"),
    "EMAMomentum": Style("#7a4a21", "#d3a27c", (2, 3), "s"),
    "Nesterov": Style("#8c2d04", "#e08e67", (7, 3), "s"),
    "AdaGrad": Style("#6a3d9a", "#bfa2e6", (), "^"),
    "RMSProp": Style("#00735c", "#45c7a6", (), "v"),
    "AdaDelta": Style("#736300", "#d2c04a", (7, 3), "v"),
    "Adam": Style("#c1121f", "#ff7b7b", (), "D"),
    "AdaMax": Style("#0050a8", "#6ab0ff", (), "P"),
    "Nadam": Style("#b8157f", "#ff86cc", (7, 3), "D"),
    "NadaMax": Style("#2e7300", "#8fce58", (7, 3), "P"),
}
GREY = Style("#777777", "#777777", (), "o")  # of what is no run, such as the gradient
_OTHERS = [
    Style("#0050a8", "#6ab0ff", (7, 3), "o"),
    Style("#b35900", "#f2a65a", (2, 3), "s"),
    Style("#00735c", "#45c7a6", (7, 3, 2, 3), "^"),
    Style("#6a3d9a", "#bfa2e6", (2, 3), "v"),
    Style("#c1121f", "#ff7b7b", (7, 3), "D"),
    Style("#555555", "#bdbdbd", (2, 3), "P"),
]


def styles(labels: Iterable[str], rules: Sequence[str] = ()) -> dict[str, Style]:
    """A style for each label: its rule's own unless that is taken, else a free one; when none is, they repeat."""
    chosen: dict[str, Style] = {}
    again = cycle(_OTHERS)
    for k, label in enumerate(labels):
        own = STYLE.get(rules[k] if k < len(rules) else label)
        free = [style for style in (own, *_OTHERS) if style and style not in chosen.values()]
        chosen[label] = free[0] if free else next(again)
    return chosen


def levels(values: NDArray, n: int = 18) -> NDArray:
    """Contour levels that show a valley's floor as well as its walls: even steps in the logarithm above the least."""
    low, high = np.min(values), np.max(values)
    return low + np.expm1(np.linspace(0, np.log1p(high - low), n + 1)[1:-1])


def paths(
    landscape: Landscape, descents: dict[str, Descent], ax: Axes | None = None, looks: dict[str, Style] | None = None
) -> Axes:
    """Draw paths over a landscape: contours for two parameters, the curve of the loss for one.

    Parameters
    ----------
    landscape : Landscape
    descents : dict of str to Descent
        Each of a single run.
    ax : matplotlib Axes, optional
    looks : dict of str to Style, optional
        By label; as `styles` has them unless given.

    Returns
    -------
    matplotlib Axes
    """
    ax = ax or plt.figure(figsize=(5.2, 4)).add_subplot()
    axes = [np.linspace(low, high, 201) for low, high in landscape.domain]
    if len(axes) == 2:
        grid = np.stack(np.meshgrid(*axes), axis=-1)
        heights = landscape(grid)
        ax.contour(*axes, heights, levels(heights), colors="#9db4cc", linewidths=0.7)
        ax.set(xlabel="x", ylabel="y", ylim=landscape.domain[1])
    else:
        ax.plot(axes[0], landscape(axes[0][:, None]), color="#9db4cc")
        ax.set(xlabel="w", ylabel="J(w)")
    for m in np.array(landscape.minima, float):
        ax.plot(m[0], m[1] if len(m) > 1 else landscape(m), "*", color="#d4a017", markersize=10)
    for label, style in (looks or styles(descents)).items():
        w, loss = descents[label].w, descents[label].loss
        keep = np.isfinite(loss) & (np.abs(w) < 1e6).all(axis=-1)
        x, y = w[keep, 0], w[keep, 1] if len(axes) == 2 else loss[keep]
        line = (0, style.dash) if style.dash else "-"
        ax.plot(x, y, color=style.color, linestyle=line, linewidth=1.4, label=label)
        ax.plot(x[-1:], y[-1:], style.marker, color=style.color, markersize=6)
    ax.set_xlim(landscape.domain[0])
    ax.legend(fontsize=8, frameon=False, loc="best")
    return ax


def losses(descents: dict[str, Descent], ax: Axes | None = None, looks: dict[str, Style] | None = None) -> Axes:
    """Draw loss against step for each of the descents, on a logarithmic scale where all losses are positive.

    `looks` as in `paths`.
    """
    ax = ax or plt.figure(figsize=(5.2, 3)).add_subplot()
    for label, style in (looks or styles(descents)).items():
        loss = descents[label].loss
        keep = np.isfinite(loss) & (np.abs(loss) < 1e12)
        line = (0, style.dash) if style.dash else "-"
        ax.plot(np.flatnonzero(keep), loss[keep], color=style.color, linestyle=line, linewidth=1.4, label=label)
    if all((np.asarray(line.get_ydata()) > 0).all() for line in ax.lines):
        ax.set_yscale("log")
        ax.minorticks_off()  # they take a fifth of the time of the whole picture
    ax.set(xlabel="step i", ylabel="J(w)")
    ax.legend(fontsize=8, frameon=False, loc="best")
    return ax


def series(
    curves: dict[str, tuple[NDArray, NDArray]],
    looks: dict[str, Style],
    log: str = "",
    ax: Axes | None = None,
    xlabel: str = "step i",
) -> Axes:
    """Draw curves {label: (x, y)}, those without a look as thin lines for reference.

    `looks` as in `paths`; `log` names the axes, among "x" and "y", that are logarithmic.
    """
    ax = ax or plt.figure(figsize=(5.2, 3)).add_subplot()
    for label, (x, y) in curves.items():
        style = looks.get(label, GREY)
        line = ":" if label not in looks else (0, style.dash) if style.dash else "-"
        dots = "." if np.isnan(y).sum() > len(y) / 2 else None  # a value here and there makes no line
        ax.plot(
            x, y, color=style.color, linestyle=line, linewidth=1.4 if label in looks else 1, marker=dots, label=label
        )
    ax.set_xscale("log" if "x" in log else "linear")
    ax.set_yscale("log" if "y" in log else "linear")
    ax.minorticks_off()
    low, high = ax.dataLim.intervaly
    size = max(abs(low), abs(high)) or 1
    if "y" not in log and high - low <= 1e-3 * size:  # as good as constant: do not magnify the roundings
        ax.set_ylim(low - size / 2, high + size / 2)
    ax.set_xlabel(xlabel)
    ax.legend(fontsize=8, frameon=False, loc="best")
    return ax


def heat(x: NDArray, y: NDArray, loss: NDArray, axes: Sequence[dict[str, Any]], ax: Axes | None = None) -> Axes:
    """Draw a map of last losses over two hyperparameters, with the scale of its colours; what left is grey.

    Parameters
    ----------
    x, y, loss : as `Lab.last_losses` returns them
    axes : two dicts with the axis' symbol and scale
    """
    ax = ax or plt.figure(figsize=(5.2, 4)).add_subplot()
    shown = np.ma.masked_invalid(np.clip(loss, 1e-12, 1e6))
    ax.set_facecolor("#999999")
    colors = ax.pcolormesh(x, y, shown, cmap="cividis", norm="log", shading="nearest", rasterized=True)
    ax.figure.colorbar(colors, ax=ax, label="last loss")
    ax.set(xlabel=axes[0]["symbol"], ylabel=axes[1]["symbol"])
    ax.set_xscale("log" if axes[0]["scale"] == "log" else "linear")
    ax.set_yscale("log" if axes[1]["scale"] == "log" else "linear")
    ax.minorticks_off()
    return ax


def compact(png: bytes) -> bytes:
    """The same picture in 64 colours, which are enough for lines and points, in a third of the bytes."""
    small = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(64).save(small, format="PNG", optimize=True)
    return small.getvalue()
