"""What the tests of the package share: every rule, gradients to feed it, and runs."""

import inspect

import numpy as np

import optimizers

RULES = optimizers.RULES
ADAPTIVE = tuple(rule for rule in RULES if "eps" in inspect.signature(rule).parameters)


def hyperparameters(rule):
    """{name: default} of a rule."""
    return {name: p.default for name, p in inspect.signature(rule).parameters.items()}


def make(rule, **values):
    """The rule with those of the values that it takes."""
    return rule(**{name: value for name, value in values.items() if name in hyperparameters(rule)})


def gradients(steps=20, shape=(5,), dtype=float):
    """Gradients of scales from 1e-3 to 10, a tenth of the entries exactly zero."""
    rng = np.random.default_rng(1)
    g = rng.normal(size=(steps, *shape)) * 10 ** rng.uniform(-3, 1, size=(steps, *shape))
    g[rng.random(g.shape) < 0.1] = 0
    return g.astype(dtype)


def run(opt, gs):
    """The increments of a run, in one array."""
    return np.array([opt.update(g) for g in gs])


def kept(opt):
    """All that an optimizer holds, as something that can be compared to the bit."""

    def exact(value):
        if isinstance(value, (np.ndarray, np.generic)):
            return value.dtype.str, value.shape, value.tobytes()
        return type(value), repr(value)

    return {name: exact(value) for name, value in vars(opt).items()}
