"""What a learner's class is tried on: the reference's gradients, the point of the gradient, two instances at once."""

import inspect
from typing import Any

import numpy as np
from numpy.typing import NDArray

import optimizers

from .learner import ROOT, ZERO, Finding, Handed, allowed, later_steps, make, real_numbers, rounding, step
from .mistakes import increments, mistakes

STEPS = 30
RTOL = 1e-9  # float32 differs by up to 6e-8, another order of operations by about 1e-13
OTHER = {"lr": 0.02, "alpha": 0.8, "beta": 0.95, "eps": 1e-4}  # hyperparameters that are not the defaults


def settings(reference: type) -> tuple[dict[str, float], dict[str, float]]:
    """Hyperparameters to try: the defaults, and others."""
    defaults = {name: p.default for name, p in inspect.signature(reference).parameters.items()}
    return defaults, {name: OTHER.get(name, default) for name, default in defaults.items()}


def compare(learner: type, reference: type, hyper: dict[str, float]) -> None:
    """One run of the learner's class beside that of the reference."""
    for shape in ((4,), (2, 3)):
        gs = _gradients(shape)
        wanted = increments(reference(**hyper), gs)
        opt = make(learner, hyper)
        got: list[NDArray] = []
        handed: list[Handed] = []
        for i, (g, right) in enumerate(zip(gs, wanted, strict=True), 1):
            got.append(step(opt, g, i, handed))
            differs = ~_same(got[-1], right)
            if differs.any():
                rounded = rounding(opt, got[-1], right)
                got += later_steps(opt, gs[i:], shape)
                raise Finding(
                    _difference(learner, reference, hyper, i, np.argwhere(differs)[0], gs, got, right, rounded)
                )


def look_ahead(learner: type, reference: Any) -> None:
    """Does it take the gradient where the reference does?"""
    hyper = settings(reference)[1]
    opt, right = make(learner, hyper), reference(**hyper)
    if not hasattr(opt, "lookahead"):
        if reference.lookahead is optimizers.Optimizer.lookahead:
            return
        raise Finding(
            f"The increments are right. {reference.__name__} also needs a method lookahead(self, w): where is the gradient taken?"
        )
    w, g = np.array([1.0, -2.0]), np.array([0.3, 0.5])
    handed: list[Handed] = []
    for i in range(1, 4):
        given = w.copy()
        with allowed(f"lookahead, before step {i},"):
            got = opt.lookahead(given)
        found = f"The increments are right. But before step {i} lookahead({w}) gives {got}"
        if not np.array_equal(given, w):
            raise Finding(
                f"The increments are right. But before step {i} lookahead changes the w that it is given. Make a new array."
            )
        expected = right.lookahead(w)
        if (
            got is None
            or got is ...
            or np.shape(got) != w.shape
            or not np.allclose(real_numbers(got, found), expected, rtol=RTOL)
        ):
            raise Finding(f"{found}; expected {expected}.")
        dw = right.update(g)
        if not _same(step(opt, g, i, handed), dw).all():
            raise Finding(
                f"The increments are right until lookahead is called, but not at step {i} after it: lookahead must not change the state."
            )
        w = w + dw


def side_by_side(learner: type, reference: type) -> None:
    """Does each instance have a state of its own?"""
    hyper, gs = settings(reference)[1], _gradients((4,))[:5]
    wanted = increments(reference(**hyper), gs)
    opt, other = make(learner, hyper), make(learner, hyper)
    handed: list[Handed] = []
    others: list[Handed] = []
    for i, (g, right) in enumerate(zip(gs, wanted, strict=True), 1):
        step(other, 1 - g, i, others)
        if not _same(step(opt, g, i, handed), right).all():
            raise Finding(
                f"One {learner.__name__} is right, but two disturb each other: the state belongs in self.…, not in the class or a global name."
            )


def _gradients(shape):
    """Gradients of scales from 1e-4 to 10, some of them zero; the first of the first coordinate is."""
    rng = np.random.default_rng(0)
    g = rng.normal(size=(STEPS, *shape)) * 10 ** rng.uniform(-4, 1, size=(1, *shape))
    g[rng.random(g.shape) < 0.1] = 0
    g[0].flat[0] = 0
    return g


def _same(got, right):
    return np.isclose(got, right, rtol=RTOL, atol=1e-12 * np.max(np.abs(right)))


def _difference(learner, reference, hyper, i, at, gs, got, right, rounded):
    at = tuple(int(k) for k in at)
    place = at[0] if len(at) == 1 else at
    wrong, expected = float(got[i - 1][at]), float(right[at])
    digits = next(n for n in range(6, 18) if f"{wrong:.{n}g}" != f"{expected:.{n}g}")  # as many as show the difference
    text = (
        f"{learner.__name__} differs from {reference.__name__} at step {i}, coordinate {place}, where g = {gs[i - 1][at]:.4g}:\n"
        f"  got      {wrong:.{digits}g}\n  expected {expected:.{digits}g}\n  with {', '.join(f'{k} = {v:g}' for k, v in hyper.items())}"
    )
    words = rounded or _recognised(reference, hyper, gs, np.array(got))
    if words is None and not np.isfinite(wrong):
        words = ROOT if np.isnan(wrong) and gs[i - 1][at] else ZERO
    return text + (f"\n{words}" if words else "")


def _recognised(reference, hyper, gs, got):
    """The words for the mistake that makes the same increments, or None."""
    scale = np.max(np.abs(got[np.isfinite(got)]), initial=0)
    for words, run in mistakes(reference, hyper):
        try:
            same = run(gs[: len(got)])
        except (AttributeError, TypeError, ValueError, NameError):  # this mistake cannot be made in this rule
            continue
        if (
            len(got) > 5
            and same.shape == got.shape
            and np.allclose(same, got, rtol=1e-8, atol=1e-12 * scale, equal_nan=True)
        ):
            return words
    return None
