"""What a reader may set: each setting's name and range, its check whenever it is set, and its slider."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import traitlets


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
HYPERPARAMETERS = ("lr", "alpha", "beta", "eps")


class Number(traitlets.Float):
    """A setting as a trait: checked whenever it is set, by Python or by the page."""

    name: str  # what the widget calls it

    def validate(self, obj: Any, value: Any) -> float:
        """The value, if it is one that the setting may have."""
        super().validate(obj, value)
        return checked(self.name, value)


def traits(settings: Mapping[str, float]) -> dict[str, traitlets.TraitType]:
    """A trait for each setting, which the page follows."""
    return {name: Number(value).tag(sync=True) for name, value in settings.items()}


def chosen(known: Mapping[str, float], given: Mapping[str, float]) -> dict[str, float]:
    """The settings with their values, checked."""
    unknown = set(given) - set(known)
    if unknown:
        raise ValueError(f"{', '.join(sorted(unknown))}: no such setting here; there are: {', '.join(known)}")
    return {name: checked(name, value) for name, value in {**known, **given}.items()}


def checked(name: str, value: float) -> float:
    """The value of a setting: a float, or an int where only whole numbers go."""
    if not math.isfinite(value):
        raise ValueError(f"{name} = {value} is not finite")
    if name not in SETTINGS or not SETTINGS[name].integer:
        return float(value)
    if value != int(value) or value < 1:
        raise ValueError(f"{name} = {value} must be a whole number of at least 1")
    return int(value)


def sliders(given: Iterable, settings: Mapping[str, float]) -> list[dict[str, Any]]:
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
