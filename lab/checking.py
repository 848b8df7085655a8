"""Check a learner's optimizer against the book's: where it first differs, and which mistake that looks like."""

import contextlib
import inspect
import re
import traceback
from dataclasses import dataclass

import numpy as np
import optimizers

from .limits import within
from .mistakes import increments, mistakes
from .trace import attributes

SECONDS = 5  # for all that a learner's class is asked to do
STEPS = 30
RTOL = 1e-9  # float32 differs by up to 6e-8, another order of operations by about 1e-13
ZERO = "Is that 0/0? What keeps the denominator above zero if the first gradient is 0?"
ROOT = "Is that the root of a negative number? What stands under it, and what makes it negative?"
OTHER = {"lr": 0.02, "alpha": 0.8, "beta": 0.95, "eps": 1e-4}  # hyperparameters that are not the defaults


@dataclass(frozen=True)
class Verdict:
    """What a check found."""

    right: bool
    text: str


class Finding(Exception):
    """Something to tell the learner."""


def check(learner, reference=None):
    """Say how a learner's optimizer compares with the book's, in words. Never raises for a class that is merely wrong.

    Parameters
    ----------
    learner : class
        With `__init__(self, lr=..., ...)` and `update(self, g)`, as in the article; or a subclass of `Optimizer` with `delta_w`.
    reference : class, optional
        What it is to be; found by the learner's name unless given: MyAdam is compared with Adam.
    """
    print(examine(learner, reference).text)


def examine(learner, reference=None):
    """As `check`, but returns the `Verdict`.

    Raises
    ------
    TypeError
        If `learner` or `reference` is not a class.
    ValueError
        If no reference is given and the name of the class has none in it, or two.
    """
    if not inspect.isclass(learner):
        raise TypeError(f"check takes a class, such as MyAdam, not {learner!r}")
    name, note = learner.__name__, ""
    if reference is None:
        reference = _named_in(name)
        if name.replace("_", "").lower().removeprefix("my") != reference.__name__.lower():
            note = f"\n(Compared with {reference.__name__} because of the name; check({name}, …) compares it with another rule.)"
    if not inspect.isclass(reference):
        raise TypeError(f"check compares with a class, such as Adam, not {reference!r}")
    try:
        within(SECONDS, lambda: _examine(learner, reference), name)
    except TimeoutError:
        return Verdict(
            False,
            f"Not yet. check stopped waiting for {name} after {SECONDS} seconds: is there a loop without an end?{note}",
        )
    except Finding as finding:
        return Verdict(False, f"Not yet. {finding}{note}")
    return Verdict(
        True,
        f"Right. {name} does what {reference.__name__} does, with every gradient and hyperparameter that was tried.{note}",
    )


def _examine(learner, reference):
    for hyper in _settings(reference):
        _compare(learner, reference, hyper)
    _look_ahead(learner, reference)
    _side_by_side(learner, reference)


def _named_in(name):
    """The rule whose name is in this one: NadaMax, and not the Adam within it."""
    places = [
        (found.span(), rule) for rule in optimizers.RULES for found in re.finditer(rule.__name__, name, re.IGNORECASE)
    ]
    rules = {
        rule.__name__: rule
        for (a, b), rule in places
        if not any(c <= a and b <= d and b - a < d - c for (c, d), _ in places)
    }
    if not rules:
        raise ValueError(
            f"{name}: which rule is it to be? Name it after one, as in MyAdam, or give the rule: check({name}, Adam)"
        )
    if len(rules) > 1:
        raise ValueError(f"{name}: is it to be {' or '.join(rules)}? Give the rule: check({name}, {next(iter(rules))})")
    return next(iter(rules.values()))


def _settings(reference):
    """Hyperparameters to try: the defaults, and others."""
    defaults = {name: p.default for name, p in inspect.signature(reference).parameters.items()}
    return defaults, {name: OTHER.get(name, default) for name, default in defaults.items()}


def _gradients(shape):
    """Gradients of scales from 1e-4 to 10, some of them zero; the first of the first coordinate is."""
    rng = np.random.default_rng(0)
    g = rng.normal(size=(STEPS, *shape)) * 10 ** rng.uniform(-4, 1, size=(1, *shape))
    g[rng.random(g.shape) < 0.1] = 0
    g[0].flat[0] = 0
    return g


def _compare(learner, reference, hyper):
    """One run of the learner's class beside that of the reference."""
    for shape in ((4,), (2, 3)):
        gs = _gradients(shape)
        wanted = increments(reference(**hyper), gs)
        opt, handed = _made(learner, hyper), []
        got = []
        for i, (g, right) in enumerate(zip(gs, wanted, strict=True), 1):
            got.append(_step(opt, g, i, handed))
            differs = ~_same(got[-1], right)
            if differs.any():
                rounded = _rounded(opt, got[-1], right)
                got += _rest(opt, gs[i:], shape)
                raise Finding(
                    _difference(learner, reference, hyper, i, np.argwhere(differs)[0], gs, got, right, rounded)
                )


def _same(got, right):
    return np.isclose(got, right, rtol=RTOL, atol=1e-12 * np.max(np.abs(right)))


def _made(learner, hyper):
    try:
        taken = inspect.signature(learner).parameters
        unknown = [
            name for name in hyper if name not in taken and not any(p.kind is p.VAR_KEYWORD for p in taken.values())
        ]
    except ValueError:  # some classes made in C have none
        unknown = list(hyper)
    if unknown:
        raise Finding(f"{learner.__name__} takes no {', '.join(unknown)}; its __init__ needs {', '.join(hyper)}.")
    try:
        with np.errstate(all="ignore"):
            return learner(**hyper)
    except BaseException as error:
        raise Finding(_accident(f"{learner.__name__}(...)", error)) from None


def _step(opt, g, i, handed):
    """The increment of a step, looked at from all sides.

    `handed` holds the gradients and increments of the run so far, which are the caller's and must stay as they were.
    """
    name, given = type(opt).__name__, g.copy()
    if not hasattr(opt, "update"):
        raise Finding(f"{name} has no method update(self, g).")
    try:
        with np.errstate(all="ignore"):
            dw = opt.update(given)
    except BaseException as error:
        raise Finding(_accident(f"update, at step {i},", error)) from None
    held = attributes(opt)
    if dw is ... or any(value is ... for value in held.values()):
        raise Finding("There are still blanks: put your own code in the place of every `...`.")
    if dw is None:
        raise Finding("update returns nothing: end it with `return` and the increment Δw.")
    if not np.array_equal(given, g):
        raise Finding(
            f"update changes the gradient that it is given, at step {i}. Make a new array in place of `g *= ...`."
        )
    shared = isinstance(dw, np.ndarray) and [
        key for key, value in held.items() if isinstance(value, np.ndarray) and np.shares_memory(value, dw)
    ]
    if shared:
        raise Finding(
            f"update returns the array that self.{shared[0]} holds: who writes into Δw changes the state. Return a copy."
        )
    numbers = _numbers(dw, f"update returns {dw!r} at step {i}")
    if numbers.shape != g.shape:
        raise Finding(f"Δw has the shape {numbers.shape} at step {i}; the gradient has {g.shape}.")
    for what, array, was in handed:
        if array.tobytes() != was:
            raise Finding(
                f"update changes {what}, at step {i}. That array belongs to the caller: keep a copy, as by g.copy()."
            )
    handed.append((f"the gradient of step {i}", given, given.tobytes()))
    if isinstance(dw, np.ndarray):
        handed.append((f"the Δw that it returned at step {i}", dw, dw.tobytes()))
    return numbers


def _numbers(values, found):
    """A copy as an array, of real numbers only. `found` says where they come from."""
    try:
        numbers = np.array(values)
    except Exception:
        raise Finding(f"{found}; it must return an array of numbers.") from None
    if isinstance(values, np.ma.MaskedArray):
        raise Finding(f"{found}; it must return an array of numbers, without a mask.")
    if numbers.dtype.kind not in "iuf":
        raise Finding(f"{found}; it must return an array of numbers that are real, not of {numbers.dtype}.")
    return numbers


def _rounded(opt, got, right):
    """What to say where the increment is right but for its last digits, or None."""
    if not np.allclose(got, right, rtol=1e-2, atol=0):
        return None
    narrow = {
        f"self.{name}": value.dtype
        for name, value in attributes(opt).items()
        if isinstance(value, np.ndarray | np.generic)
    }
    for name, dtype in {**narrow, "Δw": got.dtype}.items():
        if dtype in (np.float16, np.float32):
            return f"Only the last digits differ: {name} is of {dtype}, which holds {np.finfo(dtype).precision} of them. Use float64, the dtype of g."
    return None


def _rest(opt, gs, shape):
    """The steps after the first that differs, as far as they go; they tell one mistake from another."""
    rest = []
    with contextlib.suppress(BaseException), np.errstate(all="ignore"):
        for g in gs:
            rest.append(np.broadcast_to(np.array(opt.update(g.copy()), float), shape))
    return rest


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


def _look_ahead(learner, reference):
    """Does it take the gradient where the reference does?"""
    hyper = _settings(reference)[1]
    opt, right = _made(learner, hyper), reference(**hyper)
    if not hasattr(opt, "lookahead"):
        if reference.lookahead is optimizers.Optimizer.lookahead:
            return
        raise Finding(
            f"The increments are right. {reference.__name__} also needs a method lookahead(self, w): where is the gradient taken?"
        )
    w, g, handed = np.array([1.0, -2.0]), np.array([0.3, 0.5]), []
    for i in range(1, 4):
        given = w.copy()
        try:
            with np.errstate(all="ignore"):
                got = opt.lookahead(given)
        except BaseException as error:
            raise Finding(_accident(f"lookahead, before step {i},", error)) from None
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
            or not np.allclose(_numbers(got, found), expected, rtol=RTOL)
        ):
            raise Finding(f"{found}; expected {expected}.")
        dw = right.update(g)
        if not _same(_step(opt, g, i, handed), dw).all():
            raise Finding(
                f"The increments are right until lookahead is called, but not at step {i} after it: lookahead must not change the state."
            )
        w = w + dw


def _side_by_side(learner, reference):
    """Does each instance have a state of its own?"""
    hyper, gs = _settings(reference)[1], _gradients((4,))[:5]
    wanted = increments(reference(**hyper), gs)
    opt, other, handed, others = _made(learner, hyper), _made(learner, hyper), [], []
    for i, (g, right) in enumerate(zip(gs, wanted, strict=True), 1):
        _step(other, 1 - g, i, others)
        if not _same(_step(opt, g, i, handed), right).all():
            raise Finding(
                f"One {learner.__name__} is right, but two disturb each other: the state belongs in self.…, not in the class or a global name."
            )


def _accident(where, error):
    """An exception from the learner's code, in words."""
    ours = (optimizers.__path__[0], np.__path__[0], __file__)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith(ours)]
    line = f"\n  {frames[-1].line}\n" if frames and frames[-1].line else " "
    text = f"{where} stopped with {type(error).__name__}: {error}"
    if "ellipsis" in str(error):
        return f"There are still blanks: put your own code in the place of every `...`. ({text})"
    hints = {
        UnboundLocalError: "A name without self. belongs to this call alone. What is to last until the next step is self.…",
        NameError: "Is it spelled the same everywhere? A hyperparameter is kept in self.… by __init__, and read from there.",
        AttributeError: "Is it set in __init__, and spelled the same?",
        NotImplementedError: "A subclass of Optimizer needs delta_w(self, g); else write update(self, g).",
        FloatingPointError: ZERO,
        ZeroDivisionError: ZERO,
        SystemExit: "That ends the whole program. Leave a method with `return`.",
    }
    hint = next((words for kind, words in hints.items() if isinstance(error, kind)), "")
    return f"{text}{line}{hint}".rstrip()
