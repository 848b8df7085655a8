"""The usual mistakes: each rule with one of them made, so that a learner's wrong numbers are recognised by their likes.

Nothing is written twice: a wrong rule is the right one with a change in the text of its formula, in its start values,
its hyperparameters, or in what becomes of its increment.
"""

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

import optimizers

# What was done wrong, in words, and the change in the formula's text (as Python itself writes it) that does it.
IN_THE_FORMULA = [
    ("The bias correction is missing: divide s by 1 − αⁱ, and r by 1 − βⁱ where there is an average of squares.",
     [(r" / \(1 - self\.(alpha|beta)_i\)", "")]),
    ("The bias correction of s, by 1 − αⁱ, is missing.", [(r" / \(1 - self\.alpha_i\)", "")]),
    ("The bias correction of r, by 1 − βⁱ, is missing.", [(r" / \(1 - self\.beta_i\)", "")]),
    ("β is used twice, or rather not at all: a power that begins at 1 and is multiplied by itself stays at 1. Multiply it by β.",
     [(r"self\.beta_i = self\.beta \* self\.beta_i", "self.beta_i = self.beta_i * self.beta_i")]),
    ("A power that begins at 1 and is multiplied by itself stays at 1. Multiply it by α.",
     [(r"self\.alpha_i = self\.alpha \* self\.alpha_i", "self.alpha_i = self.alpha_i * self.alpha_i")]),
    ("The correction divides by 1 − α or 1 − β at every step; it takes the powers αⁱ and βⁱ.",
     [(r"self\.(\w+)_i = self\.\1 \* self\.\1_i", r"self.\1_i = self.\1")]),
    ("The power βⁱ begins one step late: at step 1 it is β, not 1.",
     [(r"(self\.beta_i) = (self\.beta \* self\.beta_i)", r"late, \1 = \1, \2"), (r"1 - self\.beta_i\b", "1 - late")]),
    ("β was applied a second time: r decays by β once a step.", [(r"self\.beta \* self\.r\b", "self.beta * self.beta * self.r")]),
    ("The square root over r is missing.", [(r"np\.sqrt\((self\.r|r_hat)\)", r"\1")]),
    ("The square root over s is missing.", [(r"np\.sqrt\(self\.s\)", "self.s")]),
    ("The gradient is not squared in r.", [(r"np\.square\(g\)", "g")]),
    ("r takes the absolute value of the gradient where it needs the square.", [(r"np\.square\(g\)", "np.abs(g)")]),
    ("s takes the gradient where it needs Δw.", [(r"np\.square\(dw\)", "np.square(g)")]),
    ("The absolute value of the gradient is missing: a negative gradient is never the larger one.", [(r"np\.abs\(g\)", "g")]),
    ("r takes the smaller of the two where it needs the larger.", [(r"np\.maximum", "np.minimum")]),
    ("The factor 1 − α of the gradient is missing.", [(r"\(1 - self\.alpha\) \* g\b", "g")]),
    ("The factor 1 − β of the square is missing.", [(r"\(1 - self\.beta\) \* (np\.square)", r"\1")]),
    ("The new gradient counts with α where it needs 1 − α.", [(r"\(1 - self\.alpha\) \* g\b", "self.alpha * g")]),
    ("The new square counts with β where it needs 1 − β.", [(r"\(1 - self\.beta\) \* (np\.square)", r"self.beta * \1")]),
    ("The factor 1 − α does not belong here: in this form the new gradient counts in full.",
     [(r"self\.lr \* g\b", "self.lr * (1 - self.alpha) * g")]),
    ("The velocity has the wrong sign: the gradient is to be subtracted.",
     [(r"(self\.v = self\.alpha \* self\.v) - ", r"\1 + ")]),
]  # fmt: skip
OUTSIDE = [(r"/ (np\.sqrt\([^()]*\)|self\.r\b)", r"/ (\1 + self.eps)")]
INSIDE = [(r"np\.sqrt\((self\.r|r_hat)\)", r"np.sqrt(\1 + self.eps)")]


def mistakes(reference: type, hyper: dict[str, float]) -> Iterator[tuple[str, Callable[[NDArray], NDArray]]]:
    """Every mistake that can be made in a rule: its words, and a function from gradients to the increments with it.

    Parameters
    ----------
    reference : class
        The rule made right, a subclass of `optimizers.Optimizer`.
    hyper : dict
        The hyperparameters of the run.
    """

    def run(rule=reference, values=hyper, start=None, change=lambda dw: dw, forget=()):
        return lambda gs: increments(rule(**values), gs, start, change, forget)

    for words, changes in IN_THE_FORMULA:
        yield words, run(_rewritten(reference, changes))
    if "eps" in hyper:
        place = "ε stands in the wrong place: "
        zero, no_more = "r starts at ε, and then", "has none"
        yield (
            place + f"{zero} the denominator {no_more} (here r starts at 0 and ε is added outside the root).",
            run(_rewritten(reference, OUTSIDE), start=0.0),
        )
        yield (
            place + f"{zero} the denominator {no_more} (here it is added outside the root as well).",
            run(_rewritten(reference, OUTSIDE)),
        )
        yield (
            place + f"{zero} the root {no_more} (here r starts at 0 and ε is added inside the root).",
            run(_rewritten(reference, INSIDE), start=0.0),
        )
        yield (
            place + f"{zero} the root {no_more} (here it is added inside the root as well).",
            run(_rewritten(reference, INSIDE)),
        )
        yield "The state starts at 0 where it must start at ε.", run(start=0.0)
        yield "The state starts at 1 where it must start at ε.", run(start=1.0)
    yield (
        "The sign of the gradient is wrong: this climbs. The increment goes against the gradient.",
        run(change=lambda dw: -dw),
    )
    if "lr" in hyper:
        yield "The learning rate is missing.", run(change=lambda dw: dw / hyper["lr"])
        yield "The learning rate is applied twice.", run(change=lambda dw: dw * hyper["lr"])
    states = list(reference(**hyper).state)
    for names in (states, *([name] for name in states if len(states) > 1)):
        if names:
            which = ", ".join(names)
            yield (
                f"The state is not updated: {which} is the same at every step. Keep its new value in self.",
                run(forget=names),
            )
    for other in optimizers.RULES:
        known = {name: hyper[name] for name in inspect.signature(other).parameters if name in hyper}
        yield f"These are the increments of {other.__name__}.", run(other, known)
    for name in ("v", "s", "r"):
        if name in states:
            yield f"Δw is computed with {name} from before the step. Update {name} first.", run(_early(reference, name))
    if {"alpha", "beta"} <= hyper.keys():
        yield "α and β have changed places.", run(values={**hyper, "alpha": hyper["beta"], "beta": hyper["alpha"]})
    for name, parameter in inspect.signature(reference).parameters.items():
        if parameter.default != hyper[name]:
            yield (
                f"{name} is not used: its default is, whatever is given.",
                run(values={**hyper, name: parameter.default}),
            )


def increments(
    opt: Any, gs: NDArray, start: float | None = None, change: Callable = lambda dw: dw, forget: Iterable[str] = ()
) -> NDArray:
    """The increments of a run, without the checks of `update`: a mistake may end in NaN."""
    if start is not None:
        eps = opt.hyperparameters.get("eps")
        vars(opt).update({name: start for name, value in opt.state.items() if value == eps})
    made = []
    with np.errstate(all="ignore"):
        for g in gs:
            before = {name: getattr(opt, name) for name in forget}
            made.append(change(np.array(opt.delta_w(g))))
            vars(opt).update(before)
    return np.array(made)


def _rewritten(rule, changes):
    """The rule with changes in the text of its formula."""
    text = _formula(rule)
    for pattern, replacement in changes:
        text = re.sub(pattern, replacement, text)
    return _with_formula(rule, text)


def _early(rule, name):
    """The rule whose other lines use a state's value from before the step."""
    head, *lines = _formula(rule).splitlines()
    lines = [
        line if re.match(rf"\s*self\.{name} =", line) else re.sub(rf"self\.{name}\b", "before", line) for line in lines
    ]
    return _with_formula(rule, "\n".join([head, f"    before = self.{name} + 0 * g", *lines]))


def _formula(rule):
    return ast.unparse(ast.parse(textwrap.dedent(inspect.getsource(rule.delta_w))))


def _with_formula(rule, text):
    made: dict[str, Any] = {}
    exec(text, rule.delta_w.__globals__, made)
    return type(rule.__name__, (rule,), made)
