"""A fair race: every rule gets the same number of settings to try, the same starts, the same steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lab.ground.descent import descend
from lab.ground.landscapes import Landscape
from lab.ground.noise import hashed
from optimizers import TEN, AdaDelta

SETTINGS = 60  # how many settings each rule may try on each landscape
STARTS, STEPS = 24, 500

LR = (1e-4, 10.0)  # the range of learning rates, spaced evenly in the logarithm
ALPHA = (0.5, 0.7, 0.8, 0.9, 0.95)
BETA = (0.8, 0.9, 0.95, 0.99, 0.999)


def spaced(low: float, high: float, n: int) -> NDArray:
    """Values in equal ratios, n of them; of six digits, as the last of sixteen differs between machines."""
    return np.array([float(f"{value:.6g}") for value in np.geomspace(low, high, n)])


def grid(rule: type) -> dict[str, NDArray]:
    """The settings that a rule tries: {hyperparameter: array of 60 values}, every combination of a few values of each.

    A rule with fewer hyperparameters tries more values of each. ε keeps its default, except in AdaDelta, which has no
    learning rate and takes its scale from ε.
    """
    names = rule().hyperparameters
    if rule is AdaDelta:
        axes = {"eps": spaced(1e-9, 1e-1, 12), "beta": BETA}
    elif "alpha" in names and "beta" in names:
        axes = {"lr": spaced(*LR, 10), "alpha": (0.5, 0.8, 0.95), "beta": (0.9, 0.999)}
    elif "alpha" in names:
        axes = {"lr": spaced(*LR, 12), "alpha": ALPHA}
    elif "beta" in names:
        axes = {"lr": spaced(*LR, 12), "beta": BETA}
    else:
        axes = {"lr": spaced(*LR, SETTINGS)}
    values: Sequence[NDArray] = np.meshgrid(*axes.values(), indexing="ij")
    return {name: v.ravel() for name, v in zip(axes, values, strict=True)}


def starts(landscape: Landscape, n: int = STARTS, seed: int = 7) -> NDArray:
    """Points spread at random over the landscape's domain: shape (n, d)."""
    low, high = np.array(landscape.domain, float).T
    d = len(low)
    return low + (high - low) * hashed(seed, np.arange(n * d)).reshape(n, d) / 2**32


def target(landscape: Landscape, points: NDArray | None = None) -> float:
    """The loss to get below: a thousandth of the way from the minimum up to the median loss of the starts.

    On a landscape without a lower bound: the least loss in the domain, so that a run has to leave it.
    """
    if not landscape.minima:
        axes = [np.linspace(low, high, 101) for low, high in landscape.domain]
        return float(landscape(np.stack(np.meshgrid(*axes), axis=-1)).min())
    least = min(landscape(np.array(m, float)) for m in landscape.minima)
    return float(least + 1e-3 * (np.median(landscape(starts(landscape) if points is None else points)) - least))


def steps_needed(loss: NDArray, goal: float) -> NDArray:
    """The step from which on the loss stays at or below the goal; the number of steps if it does not.

    Parameters
    ----------
    loss : numpy.ndarray of shape (steps + 1, ...)
    goal : float
    """
    above = ~(loss <= goal)  # NaN counts as above
    last = len(loss) - 1 - np.argmax(above[::-1], axis=0)  # the last step above the goal
    return np.where(above.any(axis=0), np.minimum(last + 1, len(loss) - 1), 0)


@dataclass(frozen=True)
class Result:
    """How a rule did on a landscape."""

    rule: type
    settings: dict  # hyperparameter -> array of the settings tried
    steps: np.ndarray  # (settings, starts): the steps needed

    @property
    def scores(self) -> NDArray:
        """The mean over the starts of the steps needed, for each setting."""
        return self.steps.mean(axis=1)

    @property
    def score(self) -> float:
        """The best setting's mean of steps needed."""
        return float(self.scores.min())

    @property
    def best(self) -> dict[str, float]:
        """The best setting, as keyword arguments of the rule."""
        return {name: float(values[self.scores.argmin()]) for name, values in self.settings.items()}

    @property
    def arrived(self) -> float:
        """The share of the starts from which the best setting reaches the target before the last step."""
        return float(np.mean(self.steps[self.scores.argmin()] < STEPS))

    @property
    def tolerance(self) -> float:
        """The share of the settings tried that need at most twice the best one's steps.

        NaN if twice the best one's steps are more than the race allows: then every setting would count.
        """
        return float(np.mean(self.scores <= 2 * self.score)) if 2 * self.score < STEPS else np.nan


def race(landscape: Landscape, rules: Sequence[type] = TEN, points: ArrayLike | None = None) -> list[Result]:
    """All rules on one landscape, each with its 60 settings, as one batch of runs a rule.

    Parameters
    ----------
    landscape : Landscape
    rules : sequence of classes
    points : array_like of shape (n, d), optional
        Where the runs start; the landscape's 24 `starts` unless given.

    Returns
    -------
    list of Result
    """
    points = starts(landscape) if points is None else np.asarray(points, float)
    goal, results = target(landscape, points), []
    for rule in rules:
        settings = grid(rule)
        opt = rule(**{name: values[:, None, None] for name, values in settings.items()})
        w = np.broadcast_to(points, (SETTINGS, *points.shape))
        descent = descend(opt, landscape, w, STEPS)
        # Who has left counts with the last loss: without a lower bound, to leave far below the target is to arrive.
        last = np.take_along_axis(descent.loss, np.maximum(descent.left - 1, 0)[None], axis=0)
        loss = np.where(np.isnan(descent.w[..., 0]), last, descent.loss)
        results.append(Result(rule, settings, steps_needed(loss, goal)))
    return results


def expected_best(scores: Sequence[float] | NDArray, k: int) -> float:
    """The mean of the least of k scores, over all ways to draw k of them: what a budget of k settings is worth."""
    n = len(scores)
    # The i-th least score, counted from 0, is the least drawn if the other k - 1 are among the n - 1 - i above it.
    ways = [comb(n - 1 - i, k - 1) for i in range(n)]
    return float(np.sort(scores) @ ways / comb(n, k))
