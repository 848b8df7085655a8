"""The formulas that a chapter gives as text: as data for the browser, and as values for the picture."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from lab.formula.expressions import names, parse
from lab.formula.javascript import function_js


def formula(text: str, known: Sequence[str]) -> dict[str, Any]:
    """A formula in names that are known, as data.

    Raises
    ------
    ValueError
        If the text is no formula, or has a name that is not known.
    """
    expr = parse(text)
    unknown = names(expr) - set(known)
    if unknown:
        raise ValueError(f"{text!r}: {', '.join(sorted(unknown))} is not known here; there are: {', '.join(known)}")
    return {"formula": text, "arguments": known, "code": function_js(expr, known)}


def evaluate(text: str, values: Mapping[str, Any], shape: tuple[int, ...]) -> NDArray:
    """The values of a formula, of this shape: as in the browser, NaN or infinite without a warning.

    Raises
    ------
    KeyError
        If `values` lacks one of the formula's names.
    """
    arguments, function = _numpy(text)
    given = [values[name] for name in arguments]
    with np.errstate(all="ignore"):
        return np.broadcast_to(np.asarray(function(*given), float), shape)


@cache
def _numpy(text):
    expr = parse(text)
    arguments = sorted(names(expr))
    return arguments, sp.lambdify([sp.Symbol(name) for name in arguments], expr, "numpy")
