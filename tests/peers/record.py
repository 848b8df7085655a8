"""Record the trajectories of torch, optax and Keras: `python -m tests.peers.record` writes `lab/evidence/peers/*.json`.

With `--check` it writes nothing: it records afresh and compares with the files. Both compare the classes of
`optimizers` with the whole trajectories, and make sure that controls which should differ do. `make peers` checks.
"""

import argparse
import inspect
import json
import os
import sys

os.environ["KERAS_BACKEND"] = "torch"
os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import jax.numpy as jnp
import keras
import numpy as np
import optax
import torch

from lab.evidence.parity import (
    FILES,
    KEPT,
    LIBRARIES,
    NADAM_STEPS,
    RULES,
    SETTINGS,
    difference,
    gradients,
    recorded,
    trajectory,
)  # fmt: skip

from .controls import CONTROL, TOLERANCE, UNSEEDED, VARIANTS

jax.config.update("jax_enable_x64", True)
keras.config.set_floatx("float64")  # or the learning rate is rounded to float32

SYMBOLS = {"η": SETTINGS["lr"], "α": SETTINGS["alpha"], "β": SETTINGS["beta"], "ε": SETTINGS["eps"]}

# How a library is made to follow the book's rule: the code that is run is the code that the book shows. None if it
# cannot.
RECIPES = {
    "torch": {
        "SGD": "SGD([w], η)",
        "Momentum": "SGD([w], η, momentum=α)",
        "EMAMomentum": "SGD([w], η * (1 - α), momentum=α)",
        "Nesterov": "SGD([w], η, momentum=α, nesterov=True)",
        "AdaGrad": "Adagrad([w], η, initial_accumulator_value=ε, eps=0)",
        "RMSProp": "seeded(RMSprop([w], η, alpha=β, eps=0), square_avg=ε)",
        "AdaDelta": "seeded(Adadelta([w], 1, rho=β, eps=0), square_avg=ε, acc_delta=ε)",
        "Adam": "seeded(Adam([w], η, betas=(α, β), eps=0), exp_avg=0, exp_avg_sq=ε)",
        "AdaMax": "seeded(Adamax([w], η, betas=(α, β), eps=0), exp_avg=0, exp_inf=ε)",
    },
    "optax": {
        "SGD": "sgd(η)",
        "Momentum": "sgd(η, momentum=α)",
        "EMAMomentum": "chain(ema(α, debias=False), scale(-η))",
        "Nesterov": "sgd(η, momentum=α, nesterov=True)",
        "AdaGrad": "adagrad(η, initial_accumulator_value=ε, eps=0)",
        "RMSProp": "rmsprop(η, decay=β, eps=0, initial_scale=ε)",
        "AdaDelta": "seeded(adadelta(1, rho=β, eps=0), e_g=ε, e_x=ε)",
        "Adam": "seeded(adam(η, α, β, eps=0), nu=ε)",
        "AdaMax": "seeded(adamax(η, α, β, eps=0), nu=ε)",
    },
    "keras": {
        "SGD": "SGD(η)",
        "Momentum": "SGD(η, momentum=α)",
        "EMAMomentum": "SGD(η * (1 - α), momentum=α)",
        "Nesterov": "SGD(η, momentum=α, nesterov=True)",
        "AdaGrad": "Adagrad(η, initial_accumulator_value=ε, epsilon=0)",
        "RMSProp": "seeded(RMSprop(η, rho=β, epsilon=0), _velocities=ε)",
        "AdaDelta": "seeded(Adadelta(1.0, rho=β, epsilon=0), _accumulated_grads=ε, _accumulated_delta_vars=ε)",
        "Adam": "seeded(Adam(η, α, β, epsilon=0), _velocities=ε)",
        "AdaMax": "seeded(Adamax(η, α, β, epsilon=0), _u=ε)",
    },
}
# Exact, and of the library's own increments: α s_i + (1 - α) g, where (1 - α) g over its correction is Adam's at α = 0.
COMPOSITES = {"Nadam": "Adam", "NadaMax": "AdaMax"}
COMPOSITE = "α * {0}(α) + (1 - α) / (1 - α**i) * {0}(0)"

NAMES = {  # the class or function whose defaults are a rule's; None where a library has no such rule
    "torch": dict(
        SGD="SGD", Momentum="SGD", EMAMomentum="SGD", Nesterov="SGD", AdaGrad="Adagrad", RMSProp="RMSprop",
        AdaDelta="Adadelta", Adam="Adam", AdaMax="Adamax", Nadam="NAdam", NadaMax=None,
    ),
    "optax": dict(
        SGD="sgd", Momentum="sgd", EMAMomentum="ema", Nesterov="sgd", AdaGrad="adagrad", RMSProp="rmsprop",
        AdaDelta="adadelta", Adam="adam", AdaMax="adamax", Nadam="nadam", NadaMax=None,
    ),
    "keras": dict(
        SGD="SGD", Momentum="SGD", EMAMomentum="SGD", Nesterov="SGD", AdaGrad="Adagrad", RMSProp="RMSprop",
        AdaDelta="Adadelta", Adam="Adam", AdaMax="Adamax", Nadam="Nadam", NadaMax=None,
    ),
}  # fmt: skip
IN_A_FORMULA = set(
    "lr learning_rate momentum dampening nesterov alpha rho decay betas b1 b2 beta_1 beta_2 momentum_decay eps epsilon "
    "eps_root eps_in_sqrt initial_accumulator_value initial_scale bias_correction debias".split()
)

NADAM_FORMS = {
    "torch": ["NAdam([w], 1)", "NAdam([w], 1, momentum_decay=1e9)"],
    "optax": ["nadam(1)"],
    "keras": ["Nadam(1.0)"],
}


def run_torch(recipe, gradients, zeroed):
    w = torch.zeros(gradients.shape[1], dtype=torch.float64)

    def seeded(opt, **state):  # the state is made at the first step, unless it is there: then it has to be whole
        opt.state[w] = {"step": torch.tensor(0.0)} | {k: torch.full_like(w, value) for k, value in state.items()}
        return opt

    opt, path = recipe(vars(torch.optim) | {"w": w, "seeded": seeded}), []
    for g in gradients:
        if zeroed:
            w.zero_()
        w.grad = torch.tensor(g)
        opt.step()
        path.append(w.numpy().copy())
    return np.array(path)


def run_optax(recipe, gradients, zeroed):
    def seeded(opt, **state):
        def init(w):
            return optax.tree.set(opt.init(w), **{k: jnp.full_like(w, value) for k, value in state.items()})

        return optax.GradientTransformation(init, opt.update)

    def step(carry, g):
        w, state = carry
        if zeroed:
            w = jnp.zeros_like(w)
        dw, state = opt.update(g, state, w)
        w = optax.apply_updates(w, dw)
        return (w, state), w

    opt, w = recipe(vars(optax) | {"seeded": seeded}), jnp.zeros(gradients.shape[1])
    return np.array(jax.lax.scan(step, (w, opt.init(w)), jnp.array(gradients))[1])


def run_keras(recipe, gradients, zeroed):
    w = keras.Variable(np.zeros(gradients.shape[1]))

    def seeded(opt, **state):
        opt.build([w])
        for name, value in state.items():
            getattr(opt, name)[0].assign(np.full(w.shape, value))
        return opt

    opt, path = recipe(vars(keras.optimizers) | {"seeded": seeded}), []
    for g in gradients:
        if zeroed:
            w.assign(np.zeros(w.shape))
        opt.apply([keras.ops.convert_to_tensor(g)], [w])
        path.append(keras.ops.convert_to_numpy(w).copy())
    return np.array(path)


LIBRARY = {"torch": (torch, run_torch), "optax": (optax, run_optax), "keras": (keras, run_keras)}


def run(library, recipe, gradients, zeroed=False, **symbols):
    """The path of w from 0. If `zeroed`, w is brought back to 0 before each step, so that these are the increments."""
    run = LIBRARY[library][1]
    return run(lambda names: eval(recipe, names | SYMBOLS | symbols), gradients, zeroed)


def recipe(library, name):
    """The code that makes a library follow the rule `name`."""
    if name in COMPOSITES:
        return COMPOSITE.format(NAMES[library][COMPOSITES[name]])
    return RECIPES[library][name]


def peer(library, name, gradients):
    """The library's trajectory under the recipe for the rule `name`; None if there is no recipe."""
    if name not in COMPOSITES:
        return recipe(library, name) and run(library, recipe(library, name), gradients)
    base = COMPOSITES[name]

    def increments(alpha):
        return run(library, recipe(library, base), gradients, zeroed=True, α=float(alpha))

    i = np.arange(1, len(gradients) + 1)[:, None]
    return eval(recipe(library, name), SYMBOLS | {NAMES[library][base]: increments, "i": i}).cumsum(axis=0)


def defaults(library, name):
    """The signature of the library's class or function, cut to what a formula has and is not switched off."""
    name = NAMES[library][name]
    if name is None:
        return None
    home = {"torch": torch.optim, "optax": optax, "keras": keras.optimizers}[library]
    shown = [
        p.name if p.default is p.empty else f"{p.name}={p.default}"
        for p in inspect.signature(getattr(home, name)).parameters.values()
        if p.name in IN_A_FORMULA and p.default is not False
    ]
    return f"{name}({', '.join(shown)})"


def record(library, paths):
    """The contents of the library's file."""
    ones = np.ones((max(NADAM_STEPS), 1))
    return {
        "library": library,
        "version": LIBRARY[library][0].__version__.split("+")[0],  # without torch's +cpu
        "settings": SETTINGS,
        "rules": {
            name: {
                "recipe": recipe(library, name),
                "defaults": defaults(library, name),
                "w": [] if path is None else path[KEPT],
            }
            for name, path in paths.items()
        },
        "nadam": {
            form: [abs(float(run(library, form, ones, zeroed=True)[i - 1, 0])) for i in NADAM_STEPS]
            for form in NADAM_FORMS[library]
        },
    }


def write(record):
    for rule in record["rules"].values():
        rule["w"] = [" ".join(map(repr, row)) for row in np.array(rule["w"]).tolist()]
    text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
    (FILES / f"{record['library']}.json").write_text(text, encoding="utf-8")


def changes(fresh, stored):
    """What differs between a record made now and the stored one, in words."""
    for key in ("version", "settings"):
        if fresh[key] != stored[key]:
            yield f"{key}: {fresh[key]} now, {stored[key]} in the file"
    for key in ("rules", "nadam"):
        if set(fresh[key]) != set(stored[key]):
            yield f"{key}: {', '.join(fresh[key])} now, {', '.join(stored[key])} in the file"
            return
    for name, rule in fresh["rules"].items():
        for key in ("recipe", "defaults"):
            if rule[key] != stored["rules"][name][key]:
                yield f"{name}: {key} {rule[key]} now, {stored['rules'][name][key]} in the file"
        if rule["recipe"] is None:
            continue
        distance = difference(rule["w"], stored["rules"][name]["w"])
        if not distance <= TOLERANCE:
            yield f"{name}: the trajectory differs from the file's by {distance:.0e}"
    for form, steps in fresh["nadam"].items():
        if not np.allclose(steps, stored["nadam"][form], rtol=TOLERANCE, atol=0):
            yield f"{form}: first steps {steps} now, {stored['nadam'][form]} in the file"


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m tests.peers.record", description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; compare with the files")
    check = parser.parse_args(arguments).check

    g, faults = gradients(), []
    paths = {library: {name: peer(library, name, g) for name in RULES} for library in LIBRARIES}
    ours = {name: trajectory(rule, g) for name, rule in RULES.items()}

    print(f"{'relative difference':22}" + "".join(f"{library:>8}" for library in LIBRARIES))
    for name in RULES:
        followed = [paths[library][name] for library in LIBRARIES]
        distances = [np.nan if path is None else difference(ours[name], path) for path in followed]
        print(
            f"{name:22}" + "".join("       –" if np.isnan(distance) else f"{distance:8.0e}" for distance in distances)
        )
        if not np.nanmax(distances) <= TOLERANCE:
            faults.append(f"{name}: our class is further than {TOLERANCE} from a library")

    controls = {f"{name}: torch, unseeded": (run("torch", UNSEEDED[name], g), ours[name]) for name in UNSEEDED}
    controls |= {f"{name}: ours, {fault}": (trajectory(v, g), paths["torch"][name]) for name, fault, v in VARIANTS}
    print("\ncontrols, which must differ")
    for what, (path, reference) in controls.items():
        distance = difference(path, reference)
        print(f"{what:32}{distance:8.0e}, absolute {np.abs(path - reference).max():.3f}")
        if not distance >= CONTROL:
            faults.append(f"{what} does not differ")

    records = [record(library, paths[library]) for library in LIBRARIES]
    if check:
        for fresh in records:
            faults += [f"{fresh['library']}: {change}" for change in changes(fresh, recorded(fresh["library"]))]
    elif not faults:
        for fresh in records:
            write(fresh)
    good = "The libraries agree with the files and with our classes." if check else "Written."
    print("\n" + "\n".join(faults or [good]))
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
