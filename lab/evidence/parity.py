"""Each rule beside the same rule in torch, optax and Keras: their trajectories as recorded, ours computed now.

`tests/peers/record.py` runs the libraries and writes `lab/evidence/peers/*.json`.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import optimizers
from lab.formula.table import Table
from lab.ground.noise import hashed

LIBRARIES = ("torch", "optax", "keras")
FILES = Path(__file__).parent / "peers"
RULES = {rule.__name__: rule for rule in optimizers.RULES}

SETTINGS = {"lr": 1e-2, "alpha": 0.9, "beta": 0.999, "eps": 1e-8}
STEPS, COORDINATES = 200, 64
SCALES = np.array([1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0])
KEPT = np.ix_(np.array([1, 2, 3, 5, 10, 20, 50, 100, 150, 200]) - 1, np.r_[0:8, 32:40])  # what the files hold

NADAM_STEPS = (1, 2, 10, 50)


def gradients() -> NDArray:
    """The gradients that every rule and every library is fed, the same on every machine bit for bit.

    Half of the coordinates keep to one scale, the others draw one at each step; a tenth of the values is exactly 0.

    Returns
    -------
    numpy.ndarray of shape (200, 64)
    """
    n = np.arange(STEPS * COORDINATES, dtype=np.uint64).reshape(STEPS, COORDINATES)
    coordinate = n % COORDINATES
    scale = SCALES[np.where(coordinate < COORDINATES // 2, coordinate, hashed(1, n)) % len(SCALES)]
    return np.where(hashed(2, n) % 10 == 0, 0.0, (hashed(3, n) / 2**31 - 1) * scale)


def trajectory(rule: type, gradients: NDArray) -> NDArray:
    """Where a rule goes from w = 0 under the `SETTINGS`, as `opt.lookahead(w)` after each step.

    That is w itself for all rules but Nesterov's, whose libraries store w + αv as their parameter.
    """
    opt = rule(**{name: SETTINGS[name] for name in rule().hyperparameters})
    w, path = np.zeros(gradients.shape[1:]), []
    for g in gradients:
        w = w + opt.update(g)
        path.append(opt.lookahead(w))
    return np.array(path)


def difference(path: NDArray, peer: NDArray) -> float:
    """The largest |path - peer| over the steps, relative to the largest |peer|, in the coordinate where that is worst.

    In each coordinate by itself, because a difference in one that hardly moves would vanish beside the others.
    """
    return float(np.max(np.abs(path - peer).max(axis=0) / np.abs(peer).max(axis=0)))


@cache
def recorded(library: str) -> dict[str, Any]:
    """What `peers/` holds of a library: its version, and for each rule recipe, defaults and trajectory w.

    The recipe is None where the library cannot be made to follow the rule.
    """
    record = json.loads((FILES / f"{library}.json").read_text(encoding="utf-8"))
    for rule in record["rules"].values():
        if rule["recipe"]:
            rule["w"] = np.array([row.split() for row in rule["w"]], float)
    return record


class Parity:
    """`parity("Adam")`, `parity.defaults("Adam")` and `parity.nadam_forms()`, each the last line of a cell."""

    def __call__(self, name: str) -> Table:
        """How far the libraries' recorded trajectories are from this book's class, run now.

        Each library follows its recipe, if it has one; the figure is `difference`, over the recorded steps and
        coordinates.
        """
        path = trajectory(_known(name), gradients())[KEPT]
        rows = []
        for library in LIBRARIES:
            rule = _recorded(library, name)
            shown = (rule["recipe"], f"{difference(path, rule['w']):.0e}") if rule["recipe"] else ("none", "–")
            rows.append((_versioned(library), *shown))
        caption = (
            f"{name} in other libraries: {STEPS} steps in float64, "
            f"η = {SETTINGS['lr']}, α = {SETTINGS['alpha']}, β = {SETTINGS['beta']}, ε = {SETTINGS['eps']:.0e}"
        )
        notes = []
        if any("seeded" in recipe for _, recipe, _ in rows):
            notes.append("seeded(optimizer, x=ε): the optimizer, with its state x set to ε before the first step.")
        if name in ("Nadam", "NadaMax"):
            base = {"Nadam": "Adam", "NadaMax": "AdaMax"}[name]
            notes.append(f"Put together from the increments of the library's {base}, here a function of its α.")
        return Table(caption, ("Library", "Recipe", "Largest relative difference"), rows, notes)

    def defaults(self, name: str) -> Table:
        """The libraries' defaults for a rule, recorded from their signatures, beside this book's."""
        rows = [("this book", repr(_known(name)()))]
        rows += [(_versioned(library), _recorded(library, name)["defaults"] or "none") for library in LIBRARIES]
        return Table(f"{name}: defaults", ("Library", "Defaults"), rows)

    def nadam_forms(self) -> Table:
        """The first steps |Δw|/η of the published forms of Nadam under a constant gradient of 1, beside this book's."""
        opt = optimizers.Nadam(lr=1)
        steps = [abs(opt.update(1.0)) for _ in range(max(NADAM_STEPS))]
        forms = [("this book", "Nadam(1)", [steps[i - 1] for i in NADAM_STEPS])]
        for library in LIBRARIES:
            forms += [(_versioned(library), form, steps) for form, steps in recorded(library)["nadam"].items()]
        rows = [(library, form, *(f"{step:.4f}" for step in steps)) for library, form, steps in forms]
        caption = "Nadam, steps |Δw|/η under a constant gradient of 1"
        return Table(caption, ("Library", "Form", *(f"i = {i}" for i in NADAM_STEPS)), rows)


parity = Parity()


def _known(name):
    if name not in RULES:
        raise ValueError(f"parity: no rule is called {name!r}; there are {', '.join(RULES)}")
    return RULES[name]


def _recorded(library, name):
    rules = recorded(library)["rules"]
    if name not in rules:
        raise ValueError(
            f"parity: {name} is not recorded in {library}; it needs a recipe in tests/peers/record.py, and then `make record`"
        )
    return rules[name]


def _versioned(library):
    return f"{library} {recorded(library)['version']}"
