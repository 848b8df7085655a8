"""Check a learner's optimizer against the book's: where it first differs, and which mistake that looks like."""

import contextlib
import ctypes
import inspect
import threading
import traceback
from dataclasses import dataclass

import numpy as np
import optimizers

from .mistakes import increments, mistakes

SECONDS = 5  # for all that a learner's class is asked to do
STEPS = 30
RTOL = 1e-7
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


class TooLong(BaseException):
    """The time is up. No Exception, so that a learner's `except Exception` does not swallow it."""


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
        If `learner` is not a class.
    ValueError
        If no reference is given and the name of the class has none in it.
    """
    if not inspect.isclass(learner):
        raise TypeError(f"check takes a class, such as MyAdam, not {learner!r}")
    reference = reference or _named_in(learner.__name__)
    name = learner.__name__
    try:
        with time_limit(SECONDS):
            for hyper in _settings(reference):
                _compare(learner, reference, hyper)
            _look_ahead(learner, reference)
    except TooLong:
        return Verdict(False, f"Not yet. {name} was stopped after {SECONDS} seconds: is there a loop without an end?")
    except Finding as finding:
        return Verdict(False, f"Not yet. {finding}")
    return Verdict(True, f"Right. {name} does what {reference.__name__} does, with every gradient and hyperparameter that was tried.")


def _named_in(name):
    rules = sorted(optimizers.RULES, key=lambda rule: -len(rule.__name__))
    for rule in rules:
        if rule.__name__.lower() in name.lower():
            return rule
    raise ValueError(f"{name}: which rule is it to be? Name it after one, as in MyAdam, or give the rule: check({name}, Adam)")


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
        opt = _made(learner, hyper)
        got = []
        for i, (g, right) in enumerate(zip(gs, wanted, strict=True), 1):
            got.append(_step(opt, g, i))
            scale = np.max(np.abs(right))
            differs = ~np.isclose(got[-1], right, rtol=RTOL, atol=1e-12 * scale)
            if differs.any():
                got += _rest(opt, gs[i:], shape)
                raise Finding(_difference(learner, reference, hyper, i, np.argwhere(differs)[0], gs, got, right))


def _made(learner, hyper):
    taken = inspect.signature(learner).parameters
    unknown = [name for name in hyper if name not in taken and not any(p.kind is p.VAR_KEYWORD for p in taken.values())]
    if unknown:
        raise Finding(f"{learner.__name__} takes no {', '.join(unknown)}; its __init__ needs {', '.join(hyper)}.")
    try:
        return learner(**hyper)
    except Exception as error:
        raise Finding(_accident(f"{learner.__name__}(...)", error)) from None


def _step(opt, g, i):
    """The increment of a step, looked at from all sides."""
    name, given = type(opt).__name__, g.copy()
    if not hasattr(opt, "update"):
        raise Finding(f"{name} has no method update(self, g).")
    try:
        with np.errstate(all="ignore"):
            dw = opt.update(given)
    except Exception as error:
        raise Finding(_accident(f"update, at step {i},", error)) from None
    if dw is ... or any(value is ... for value in vars(opt).values()):
        raise Finding("There are still blanks: put your own code in the place of every `...`.")
    if dw is None:
        raise Finding("update returns nothing: end it with `return` and the increment Δw.")
    if not np.array_equal(given, g):
        raise Finding(f"update changes the gradient that it is given, at step {i}. Make a new array in place of `g *= ...`.")
    shared = isinstance(dw, np.ndarray) and [key for key, value in vars(opt).items() if isinstance(value, np.ndarray) and np.shares_memory(value, dw)]
    if shared:
        raise Finding(f"update returns the array that self.{shared[0]} holds: who writes into Δw changes the state. Return a copy.")
    try:
        numbers = np.array(dw, float)
    except (TypeError, ValueError):
        raise Finding(f"update returns {dw!r} at step {i}; it must return an array of numbers.") from None
    if numbers.shape != g.shape:
        raise Finding(f"Δw has the shape {numbers.shape} at step {i}; the gradient has {g.shape}.")
    return numbers


def _rest(opt, gs, shape):
    """The steps after the first that differs, as far as they go; they tell one mistake from another."""
    rest = []
    with contextlib.suppress(Exception), np.errstate(all="ignore"):
        for g in gs:
            rest.append(np.broadcast_to(np.array(opt.update(g.copy()), float), shape))
    return rest


def _difference(learner, reference, hyper, i, at, gs, got, right):
    at = tuple(int(k) for k in at)
    place = at[0] if len(at) == 1 else at
    wrong = got[i - 1][at]
    text = (
        f"{learner.__name__} differs from {reference.__name__} at step {i}, coordinate {place}, where g = {gs[i - 1][at]:.4g}:\n"
        f"  got      {wrong:.6g}\n  expected {right[at]:.6g}\n  with {', '.join(f'{k} = {v:g}' for k, v in hyper.items())}"
    )
    words = _recognised(reference, hyper, gs, np.array(got))
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
        if len(got) > 5 and same.shape == got.shape and np.allclose(same, got, rtol=1e-8, atol=1e-12 * scale, equal_nan=True):
            return words
    return None


def _look_ahead(learner, reference):
    """Does it take the gradient where the reference does?"""
    if reference.lookahead is optimizers.Optimizer.lookahead:
        return
    hyper = _settings(reference)[1]
    opt, right = _made(learner, hyper), reference(**hyper)
    if not hasattr(opt, "lookahead"):
        raise Finding(f"The increments are right. {reference.__name__} also needs a method lookahead(self, w): where is the gradient taken?")
    w, g = np.array([1.0, -2.0]), np.array([0.3, 0.5])
    for i in range(3):
        try:
            got = opt.lookahead(w.copy())
        except Exception as error:
            raise Finding(_accident(f"lookahead, before step {i + 1},", error)) from None
        if got is None or got is ... or np.shape(got) != w.shape or not np.allclose(got, right.lookahead(w), rtol=RTOL):
            raise Finding(f"The increments are right. But before step {i + 1} lookahead({w}) gives {got}; expected {right.lookahead(w)}.")
        w = w + right.update(g)
        opt.update(g)


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
        OverflowError: ZERO,
        ZeroDivisionError: ZERO,
    }
    hint = next((words for kind, words in hints.items() if isinstance(error, kind)), "")
    return f"{text}{line}{hint}".rstrip()


@contextlib.contextmanager
def time_limit(seconds):
    """Raise TooLong in this thread when the time is up; again and again, in case it is caught."""
    thread, done = ctypes.c_ulong(threading.get_ident()), threading.Event()
    stop = ctypes.pythonapi.PyThreadState_SetAsyncExc

    def watch():
        wait = seconds
        while not done.wait(wait):
            stop(thread, ctypes.py_object(TooLong))
            wait = 0.2

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
        stop(thread, None)  # one that was sent in the last moment
