"""Run an optimizer: down a landscape, or on a given sequence of gradients."""

import inspect
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from optimizers import Optimizer

from .landscapes import Landscape
from .noise import batch_noise

BOUND = 1e150  # a gradient beyond this has left: its square is about to leave the range of a float
NUMBERS = (int, float, np.number, np.ndarray)


@dataclass(frozen=True)
class Descent:
    """Where a descent went. For a batch of runs, the axes of the batch stand between the step and the coordinates."""

    w: np.ndarray  # (steps + 1, ..., d): the parameters; NaN once the run has left
    loss: np.ndarray  # (steps + 1, ...)
    left: np.ndarray  # (...): the step at which the run left the range of floats, or -1

    @property
    def end(self) -> NDArray:
        """The parameters after the last step."""
        return self.w[-1]


def descend(
    opt: Any,
    landscape: Landscape,
    start: ArrayLike | None = None,
    steps: int = 200,
    *,
    noise: float = 0.0,
    m: int = 1,
    seed: int = 1,
) -> Descent:
    """Let an optimizer descend a landscape.

    Parameters
    ----------
    opt : Optimizer, or any object with `update(g)`, and `lookahead(w)` if it has one
        Fresh, or it goes on from the state that it has. Arrays as hyperparameters, of shape (B, 1) say, make B runs.
    landscape : Landscape
    start : array_like of shape (..., d), optional
        The first w; the landscape's own start unless given.
    steps : int
    noise : float
        Standard deviation of the gradient of one sample; 0 gives the exact gradient.
    m : int
        Samples a mini-batch: the noise of their mean has standard deviation noise / √m.
    seed : int
        Of the noise.

    Returns
    -------
    Descent
        A run whose gradient exceeds 1e150 or whose step overflows, divides by 0 or is NaN has left: its w is NaN from
        that step on.
    """
    if steps < 1 or m < 1:
        raise ValueError(f"steps = {steps} and m = {m} must both be at least 1")
    w = np.array(landscape.start if start is None else start, float)
    path, left = [w], np.full(w.shape[:-1], -1)
    lookahead = getattr(opt, "lookahead", lambda w: w)
    for i in range(1, steps + 1):
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            g = landscape.grad(lookahead(w))
            if noise:
                g = g + noise * batch_noise(seed, i, len(landscape.domain), m)
            within = np.abs(g) < BOUND
        if not within.all():
            left = np.where((left < 0) & ~within.all(axis=-1), i, left)
            if (left > 0).all():
                break
            g = np.where((left > 0)[..., None], 0.0, g)
        try:
            # As an Optimizer does by itself.
            with np.errstate(over="raise", divide="raise", invalid="raise", under="ignore"):
                w = w + opt.update(g)
        except ArithmeticError:
            if left.ndim:
                raise
            left = np.asarray(i)
            break
        if w.ndim > left.ndim + 1:  # arrays as hyperparameters have just made a batch of it
            left = np.broadcast_to(left, w.shape[:-1])
        if not np.isfinite(w).all():  # an update that hides its NaN from NumPy
            left = np.where((left < 0) & ~np.isfinite(w).all(axis=-1), i, left)
        path.append(w)
    w = np.full((steps + 1, *w.shape), np.nan)
    for i, at in enumerate(path):
        w[i] = at
    w[(np.arange(steps + 1).reshape(-1, *[1] * left.ndim) >= left) & (left > 0)] = np.nan
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        return Descent(w, landscape(w), left)


def respond(opt: Any, gradients: ArrayLike) -> dict[str, NDArray]:
    """Feed a sequence of gradients to an optimizer and record what it does.

    Parameters
    ----------
    opt : Optimizer, or any object with `update(g)`
    gradients : array_like of shape (n, ...)
        One gradient a step.

    Returns
    -------
    dict of str to numpy.ndarray
        `dw`, and each state (v, s, r, ...) by name: its value after each of the n steps. The state of a plain object is
        the numbers among its attributes, but for the hyperparameters.
    """
    records: dict[str, list[NDArray]] = {"dw": []}
    other = {*inspect.signature(type(opt)).parameters, "dw"}
    for g in np.asarray(gradients, float):
        records["dw"].append(np.array(opt.update(g)))  # a copy, as all here: a plain object may write into its arrays
        for name, value in (opt.state if isinstance(opt, Optimizer) else attributes(opt)).items():
            if name not in other and isinstance(value, NUMBERS) and not isinstance(value, bool):
                records.setdefault(name, []).append(np.array(value))
    return {name: np.array(values) for name, values in records.items()}


def attributes(obj: object) -> dict[str, Any]:
    """The attributes of an object by name, those in __slots__ included."""
    state = object.__getstate__(obj)
    held, slots = state if isinstance(state, tuple) else (state, None)
    return {**(held or {}), **(slots or {})}
