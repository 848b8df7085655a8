"""A learner's class, called with care: whatever it does becomes a finding in words."""

import contextlib
import inspect
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import optimizers
from lab.ground.descent import attributes

ZERO = "Is that 0/0? What keeps the denominator above zero if the first gradient is 0?"
ROOT = "Is that the root of a negative number? What stands under it, and what makes it negative?"

Handed = tuple[str, NDArray, bytes]  # what an array is, the array, and what it held


class Finding(Exception):
    """Something to tell the learner."""


@contextlib.contextmanager
def allowed(where: str) -> Iterator[None]:
    """Run a line of the learner's code: NumPy does not warn, and what is raised becomes a finding that says where."""
    try:
        with np.errstate(all="ignore"):
            yield
    except BaseException as error:
        raise Finding(_accident(where, error)) from None


def make(learner: type, hyper: dict[str, float]) -> Any:
    """An instance with these hyperparameters."""
    try:
        taken = inspect.signature(learner).parameters
        unknown = [
            name for name in hyper if name not in taken and not any(p.kind is p.VAR_KEYWORD for p in taken.values())
        ]
    except ValueError:  # some classes made in C have none
        unknown = list(hyper)
    if unknown:
        raise Finding(f"{learner.__name__} takes no {', '.join(unknown)}; its __init__ needs {', '.join(hyper)}.")
    with allowed(f"{learner.__name__}(...)"):
        return learner(**hyper)


def step(opt: Any, g: NDArray, i: int, handed: list[Handed]) -> NDArray:
    """The increment of a step, looked at from all sides.

    `handed` holds the gradients and increments of the run so far, which are the caller's and must stay as they were.
    """
    name, given = type(opt).__name__, g.copy()
    if not hasattr(opt, "update"):
        raise Finding(f"{name} has no method update(self, g).")
    with allowed(f"update, at step {i},"):
        dw = opt.update(given)
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
    numbers = real_numbers(dw, f"update returns {dw!r} at step {i}")
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


def later_steps(opt: Any, gs: NDArray, shape: tuple[int, ...]) -> list[NDArray]:
    """The steps after the first that differs, as far as they go; they tell one mistake from another."""
    steps: list[NDArray] = []
    with contextlib.suppress(BaseException), np.errstate(all="ignore"):
        for g in gs:
            steps.append(np.broadcast_to(np.array(opt.update(g.copy()), float), shape))  # noqa: PERF401 - kept one by one
    return steps


def rounding(opt: Any, got: NDArray, right: NDArray) -> str | None:
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


def real_numbers(values: Any, found: str) -> NDArray:
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


def _accident(where, error):
    """An exception from the learner's code, in words."""
    ours = (optimizers.__path__[0], np.__path__[0], str(Path(__file__).parent))
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
