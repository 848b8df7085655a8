"""Formulas that a chapter gives as text, for the curves and lines of a lab."""

import re

import sympy as sp

FUNCTIONS = {
    name: getattr(sp, name)
    for name in ("sqrt", "exp", "log", "Abs", "Max", "Min", "sin", "cos", "tanh", "sign", "Piecewise", "floor")
}


def parse(text: str) -> sp.Expr:
    """Text such as "sqrt(1-beta**i)" as a SymPy expression; every name that is no function becomes a symbol.

    Raises
    ------
    ValueError
        If the text cannot be read.
    """
    names = set(re.findall(r"[A-Za-z_]\w*", text)) - set(FUNCTIONS)
    try:
        return sp.sympify(text, locals={**FUNCTIONS, **{name: sp.Symbol(name) for name in names}}, rational=False)
    except (sp.SympifyError, SyntaxError, TypeError, AttributeError) as error:
        raise ValueError(f"{text!r} is no formula: {error}") from None


def names(expr: sp.Expr) -> set[str]:
    """The names of an expression's symbols."""
    return {s.name for s in expr.free_symbols}
