"""Is the class the formula on the page? Both are read, both become functions, and the functions are compared.

The page's formula is its algorithm card (`cards.py`), each line of its `$$` blocks one equation. The class's is its
trace (`trace.py`).
"""

import random
import re
from collections.abc import Iterable

import sympy as sp
from mpmath import mp, mpf
from sympy.parsing.latex import parse_latex

from .trace import trace

POINTS, DIGITS = 20, 40


class Different(AssertionError):
    """The card and the class say different things."""


def prove(card: "Card", cls: type) -> None:
    """Card and class agree on the start, the increment, the next state and the point at which to take the gradient.

    Parameters
    ----------
    card : Card
    cls : type

    Raises
    ------
    Different
        If they do not; the message says where, and shows both.
    """
    traced = trace(cls)
    powers = {k for k in traced.init if k.endswith("_i")}
    for power in powers:  # induction: it starts at base^0, and each step multiplies it by the base
        base = power.removesuffix("_i")
        assert_same(f"{power} at the start", sp.Integer(1), traced.init[power])
        assert_same(f"{power} after a step", sp.Symbol(base) * sp.Symbol(power), traced.next[power])
    state = set(traced.init) - powers
    if not state == set(card.start) == set(card.next):
        raise Different(f"the class has the state {state}; the card starts {set(card.start)}, moves {set(card.next)}")
    for k in state:
        assert_same(f"{k}_0", card.start[k], traced.init[k])
        assert_same(f"{k}_i", card.next[k], traced.next[k])
    assert_same("Δw", card.dw, traced.dw)
    assert_same("the point of the gradient", card.lookahead, traced.lookahead)
    elsewhere = traced.lookahead != sp.Symbol("w", real=True)
    if card.point not in ([r"J'(\tilde{w})"] if elsewhere else [r"J'(w)", None]):
        raise Different(f"g_i is taken at {card.point} in the card")
    if card.applied not in (r"w + \Delta w", None):
        raise Different(f"w becomes {card.applied} in the card")


def assert_same(what: str, a: sp.Expr, b: sp.Expr) -> None:
    """Two expressions are the same function: equal to 40 digits at 20 random rational points.

    Two different rational functions of degree d agree at one such point with a chance of at most d/999 (Schwartz and
    Zippel), so at twenty of them hardly ever. A proof by simplification would get stuck on the roots.
    """
    symbols = a.free_symbols | b.free_symbols
    names, positive = sorted({s.name for s in symbols}), {s.name for s in symbols if s.is_positive}
    functions = [(sp.lambdify(list(e.free_symbols), e, "mpmath"), [s.name for s in e.free_symbols]) for e in (a, b)]
    rng = random.Random(0)
    with mp.workdps(DIGITS + 10):
        for _ in range(POINTS):
            at = point(names, positive, rng)
            x, y = (f(*map(at.get, names)) for f, names in functions)
            if not abs(x - y) <= mpf(10) ** -DIGITS * max(1, abs(x)):
                place = ", ".join(f"{name} = {mp.nstr(at[name], 4)}" for name in names)
                values = f"{mp.nstr(x, 8)} and {mp.nstr(y, 8)}"
                raise Different(
                    f"{what}: {_short(a)} in the card, {_short(b)} in the class; at {place} they are {values}"
                )


def _short(expression):
    """An expression for a reader: the smallest float, a fraction of three hundred digits, in three of them."""
    tiny = {number: sp.Float(number, 3) for number in expression.atoms(sp.Rational) if 0 < abs(number) < 1e-99}
    return str(expression.xreplace(tiny))


def point(names: Iterable[str], positive: set[str], rng: random.Random) -> dict[str, mpf | int]:
    """Random rational values for the names: hyperparameters between 0 and 1, all else of either sign if it may be."""
    at = {name: mpf(rng.randint(1, 999)) / 1000 for name in ("lr", "alpha", "beta", "eps")}
    at["i"] = rng.randint(1, 9)
    # By induction (in `prove`), the powers before step i are those of i - 1.
    at |= {f"{base}_i": at[base] ** (at["i"] - 1) for base in ("alpha", "beta")}
    for name in names:
        if name not in at:  # a gradient, a parameter, a state
            sign = 1 if name in positive else rng.choice((-1, 1))
            at[name] = sign * mpf(rng.randint(1, 9999)) / rng.choice((1000, 10000, 100000))
    return at


class Card:
    """What a card says, in the symbols of a trace: g, lr, alpha, beta, eps, i, and the state before the step.

    The state is whatever the card starts: `v_0 = 0` makes v a state.
    """

    def __init__(self, markdown):
        lines = equations(markdown)
        self.point = lines.pop("g_i", None)  # where the gradient is taken, as LaTeX
        self.applied = lines.pop("w", None)
        ahead = lines.pop(r"\tilde{w}", None)
        state = {lhs[0] for lhs in lines if re.fullmatch("[a-z]_0", lhs)}
        self.start = {k: _renamed(lines.pop(f"{k}_0"), state) for k in state}
        steps = {_symbol(lhs, state): _renamed(rhs, state) for lhs, rhs in lines.items()}

        def in_old_state(expr):
            while expr.free_symbols & set(steps):
                expr = expr.subs(steps)
            return expr.subs({s: sp.Symbol(s.name.removesuffix("_old")) for s in expr.free_symbols})

        self.dw = in_old_state(sp.Symbol("Dw"))
        self.next = {s.name[0]: in_old_state(s) for s in steps if s.name.endswith("_new")}
        self.lookahead = sp.Symbol("w") if ahead is None else in_old_state(_renamed(ahead, state))


def equations(markdown: str) -> dict[str, str]:
    r"""The card's lines as {left-hand side: right-hand side}, both LaTeX: {"v_i": r"\alpha v_{i-1} - ..."}."""
    lines = {}
    for block in re.findall(r"\$\$(.*?)\$\$", markdown, re.DOTALL):
        block = re.sub(r"\\(begin|end)\{(aligned|gathered)\}|\\tag\{.*?\}|\\q?quad|&", " ", block)
        for line in filter(str.strip, re.split(r"\\\\(?:\[.*?\])?", block)):
            sides = line.strip().rstrip(",.").split("=")
            if len(sides) != 2:
                raise ValueError(f"one `=` a line, please: {line.strip()}")
            lhs, rhs = (" ".join(side.split()) for side in sides)
            if lhs in lines:
                raise ValueError(f"two lines define {lhs}")
            lines[lhs] = rhs
    return lines


def _symbol(lhs, state):
    """The symbol that a left-hand side defines."""
    expr = _renamed(lhs, state)
    if not expr.is_Symbol:
        raise ValueError(f"{lhs} is no left-hand side of a card")
    return expr


def _renamed(tex, state):
    """LaTeX as SymPy, with the names v_new and v_old for v_i and v_{i-1}, H_{v} for a hatted v_i, and lr for η."""
    tex = tex.replace(r"\Delta w", "D").replace(r"\,", " ")
    tex = re.sub(r"\\hat\{?([a-z])\}?_i", lambda m: f"H_{{{m[1]}}}", tex)
    # Strictly: otherwise the parser drops in silence what it cannot read.
    expr = parse_latex(tex, strict=True)
    expr = expr.replace(lambda e: type(e).__name__ == "max", lambda e: sp.Max(*e.args))
    names = {
        "D": "Dw", "eta": "lr", "epsilon": "eps", "g_{i}": "g",
        **{f"{k}_{{i}}": f"{k}_new" for k in state},
        **{f"{k}_{{i - 1}}": f"{k}_old" for k in state},
        **{name: name for name in ("i", "w", "alpha", "beta", *(f"H_{{{k}}}" for k in state))},
    }  # fmt: skip
    unknown = {s.name for s in expr.free_symbols} - set(names)
    if unknown:
        readable = [re.sub(r"^H_\{(.)\}$", r"\\hat{\1}_i", name) for name in names if name != "D"] + [r"\Delta w"]
        raise ValueError(
            f"{tex}: {', '.join(sorted(unknown))} has no meaning in a card; known: {', '.join(readable)}. "
            "A letter is state if the card gives it a start value; a quantity that is none wears the hat of a state, or is written out."
        )
    return expr.subs({s: sp.Symbol(names[s.name]) for s in expr.free_symbols}, simultaneous=True)
