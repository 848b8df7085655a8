"""A fair race: every rule tries equally many settings, drawn at random, in rounds that redraw settings and starts.

`python -m benchmarks.record_race` runs all rounds on all landscapes and stores what they took beside this module.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import comb
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lab.ground.descent import descend
from lab.ground.landscapes import LANDSCAPES, Landscape, ravine, slanted
from lab.ground.noise import hashed
from optimizers import TEN

SETTINGS = 60  # how many settings a rule may try in a round
STARTS, STEPS = 24, 500
CHOICE = STARTS // 2  # so many of a round's starts serve to choose a setting; it is reported on the others
ROUNDS = 30
SEED = 100  # of the starts of the first round; each round has the next
BUDGETS = (1, 5, 20, 60)

# What is drawn, evenly in the logarithm. In α and β that is 1 - α and 1 - β, up to 1, so that each range begins at 0.
LR = (1e-4, 10.0)
KEPT = {"alpha": (1e-2, 1.0), "beta": (1e-4, 1.0)}
EPS = (LR[0] ** 2, LR[1] ** 2)  # of a rule without η, such as AdaDelta: its steps go with √ε

TURN = np.array([[1, 1], [-1, 1]]) / 2**0.5  # w @ TURN turns w as the slanted ravine is turned
FILE = Path(__file__).with_suffix(".npz")


def rounded(values: NDArray) -> NDArray:
    """Values of six digits, as the last of sixteen differs between machines."""
    return np.array([float(f"{value:.6g}") for value in values])


def spaced(low: float, high: float, n: int) -> NDArray:
    """N values in equal ratios."""
    return rounded(np.geomspace(low, high, n))


def draw(rule: type, round: int = 0) -> dict[str, NDArray]:
    """The settings that a rule tries in a round: {hyperparameter: array of 60 values}.

    ε keeps its default, except in a rule without a learning rate.
    """
    rng = np.random.default_rng([crc32(rule.__name__.encode()), round])

    def between(low, high):
        return rounded(low * (high / low) ** rng.random(SETTINGS))

    names = rule().hyperparameters
    settings = {"lr": between(*LR)} if "lr" in names else {"eps": between(*EPS)}
    return settings | {name: 1 - between(*KEPT[name]) for name in KEPT if name in names}


def starts(landscape: Landscape, seed: int = 7) -> NDArray:
    """24 points spread at random over the landscape's domain, shape (24, d); the slanted ravine's are the ravine's,
    turned."""
    if landscape.name == slanted.name:
        return starts(ravine, seed) @ TURN
    low, high = np.array(landscape.domain, float).T
    d = len(low)
    return low + (high - low) * hashed(seed, np.arange(STARTS * d)).reshape(STARTS, d) / 2**32


def starts_of(landscape: Landscape, round: int) -> NDArray:
    """The starts of a round."""
    return starts(landscape, seed=SEED + round)


def target(landscape: Landscape) -> float:
    """The loss to get below: a thousandth of the way from the minimum up to the median loss of the landscape's
    `starts`.

    On a landscape without a lower bound: the least loss in the domain, so that a run has to leave it.
    """
    if not landscape.minima:
        axes = [np.linspace(low, high, 101) for low, high in landscape.domain]
        return float(landscape(np.stack(np.meshgrid(*axes), axis=-1)).min())
    least = min(landscape(np.array(m, float)) for m in landscape.minima)
    return float(least + 1e-3 * (np.median(landscape(starts(landscape))) - least))


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


def steps_taken(rule: type, settings: dict[str, NDArray], landscape: Landscape, points: ArrayLike) -> NDArray:
    """The steps that each setting needs from each point, all as one batch of runs.

    Parameters
    ----------
    rule : class
    settings : dict from hyperparameter to array of shape (n,)
    landscape : Landscape
    points : array_like of shape (m, d)

    Returns
    -------
    numpy.ndarray of shape (n, m)
    """
    opt = rule(**{name: np.asarray(values)[:, None, None] for name, values in settings.items()})
    n = len(next(iter(settings.values())))
    descent = descend(opt, landscape, np.broadcast_to(points, (n, *np.shape(points))), STEPS)
    # Who has left counts with the last loss: without a lower bound, to leave far below the target is to arrive.
    last = np.take_along_axis(descent.loss, np.maximum(descent.left - 1, 0)[None], axis=0)
    loss = np.where(np.isnan(descent.w[..., 0]), last, descent.loss)
    return steps_needed(loss, target(landscape))


@dataclass(frozen=True)
class Result:
    """How a rule did on a landscape in one round."""

    rule: type
    settings: dict[str, NDArray]  # hyperparameter -> array of the settings tried
    steps: NDArray  # (settings, starts): the steps needed

    @property
    def chosen(self) -> int:
        """The index of the setting with the least mean of steps over the first twelve starts."""
        return int(self.steps[:, :CHOICE].mean(axis=1).argmin())

    @property
    def score(self) -> float:
        """The chosen setting's mean of steps over the other twelve starts."""
        return float(self.steps[self.chosen, CHOICE:].mean())

    @property
    def best(self) -> dict[str, float]:
        """The chosen setting, as keyword arguments of the rule."""
        return {name: float(values[self.chosen]) for name, values in self.settings.items()}

    @property
    def arrived(self) -> float:
        """The share of the other twelve starts from which the chosen setting reaches the target before the last
        step."""
        return float(np.mean(self.steps[self.chosen, CHOICE:] < STEPS))


def race(landscape: Landscape, rules: Sequence[type] = TEN, round: int = 0) -> list[Result]:
    """One round on one landscape: a list of a Result for each rule."""
    points, settings = starts_of(landscape, round), [draw(rule, round) for rule in rules]
    return [
        Result(rule, tried, steps_taken(rule, tried, landscape, points))
        for rule, tried in zip(rules, settings, strict=True)
    ]


def chances(k: int, n: int = SETTINGS) -> NDArray:
    """The chance of each of n settings, the best first, to be the best of k that are drawn: shape (n,)."""
    # The i-th best, counted from 0, is the best drawn if the other k - 1 are among the n - 1 - i behind it.
    return np.array([comb(n - 1 - i, k - 1) / comb(n, k) for i in range(n)])


@dataclass(frozen=True)
class Rounds:
    """What all rounds on one landscape took: mean steps of each setting, of shape (rules, rounds, settings)."""

    choice: NDArray  # over the starts by which a setting is chosen
    report: NDArray  # over the starts on which it is reported

    def results(self, k: int, draws: int = 200, seed: int = 0) -> NDArray:
        """What a budget of k settings brings: the reported mean steps of the best of k drawn at random.

        Returns
        -------
        numpy.ndarray of shape (rules, rounds, draws)
        """
        rules, rounds, n = self.choice.shape
        u = np.random.default_rng(seed).random((rules, rounds, draws))
        rank = np.minimum(np.searchsorted(chances(k, n).cumsum(), u), n - 1)
        order = self.choice.argsort(axis=-1, kind="stable")
        return np.take_along_axis(self.report, np.take_along_axis(order, rank, axis=-1), axis=-1)

    def wins(self, k: int, draws: int = 200, seed: int = 0) -> NDArray:
        """The share of a round's draws in which each rule needs the fewest steps, ties shared: shape (rules,
        rounds)."""
        results = self.results(k, draws, seed)
        first = results == results.min(axis=0)
        return (first / first.sum(axis=0)).mean(axis=-1)


def interval(share: float, n: int = ROUNDS) -> tuple[float, float]:
    """Wilson's interval of 95 % for a probability, of which n independent rounds have shown `share`: (low, high)."""
    z = 1.96
    middle, half = share + z**2 / (2 * n), z * (share * (1 - share) / n + (z / (2 * n)) ** 2) ** 0.5
    return (middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n)


def protocol() -> str:
    """What the recorded numbers depend on, as text: a record of another protocol is not read."""
    return json.dumps(
        {
            "landscapes": list(LANDSCAPES),
            "rules": [rule.__name__ for rule in TEN],
            "rounds": ROUNDS,
            "settings": SETTINGS,
            "starts": [CHOICE, STARTS - CHOICE],
            "steps": STEPS,
            "seeds": {"settings": "crc32 of the rule's name, round", "starts": f"{SEED} + round"},
            "lr": LR,
            "eps": EPS,
            "1 - alpha": KEPT["alpha"],
            "1 - beta": KEPT["beta"],
        }
    )


@cache
def recorded() -> dict[str, Rounds]:
    """The rounds as recorded: a dict from the name of a landscape to its Rounds, the rules in the order of `TEN`.

    Raises
    ------
    ValueError
        If they were recorded under another protocol.
    """
    with np.load(FILE) as file:
        if str(file["protocol"]) != protocol():
            raise ValueError(
                f"{FILE.name} was recorded under another protocol, {file['protocol']}; "
                "record it anew by python -m benchmarks.record_race"
            )
        return {
            name: Rounds(choice / CHOICE, report / (STARTS - CHOICE))
            for name, choice, report in zip(LANDSCAPES, file["choice"], file["report"], strict=True)
        }


def at_the_edge(rule: type, settings: dict[str, NDArray], landscape: Landscape, points: ArrayLike) -> NDArray:
    """Does a tenth more η (without an η, a tenth more √ε) at least double the mean steps of each setting?

    Parameters, as those of `steps_taken`. Returns an array of bool of shape (n,).
    """
    more = {"lr": 1.1, "eps": 1.1**2}
    beyond = {name: np.asarray(values) * more.get(name, 1) for name, values in settings.items()}
    here, there = (steps_taken(rule, tried, landscape, points).mean(axis=1) for tried in (settings, beyond))
    return there >= 2 * here
