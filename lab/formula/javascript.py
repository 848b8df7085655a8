"""From traces and expressions to JavaScript: no formula is typed twice."""

import json
from collections.abc import Iterable

import sympy as sp
from sympy.printing.codeprinter import CodePrinter
from sympy.printing.jscode import JavascriptCodePrinter
from sympy.printing.numpy import NumPyPrinter

from .trace import Trace, js_name


def rule_js(trace: Trace) -> str:
    """A traced optimizer as a JavaScript object literal.

        {name, hyper: {lr: 0.001, ...}, state: ["s", ...],
         start(h) -> [initial state values],
         stepper(h) -> (q, g) => dw,           moves the state q, an array in the order of `state`, on by one step
         lookahead: null or (h) -> (q, w) => point}

    One call handles one coordinate. What depends on hyperparameters only is computed once a run, in `stepper`.
    """
    h = _unpacked(trace.hyper)
    state, init_tape = list(trace.init), trace.js["init_tape"]
    unpack = " ".join(f"const {js_name(name)} = q[{k}];" for k, name in enumerate(state))
    fixed = _statements([*init_tape, *(s for s in trace.tape if s.fixed)])
    moving = _statements([s for s in trace.tape if not s.fixed])
    store = " ".join(f"q[{k}] = {trace.js['next'][name]};" for k, name in enumerate(state))
    ahead_tape, ahead = trace.js["lookahead"]
    lookahead = (
        f"({h}) => (q, w) => {{ {unpack} {_statements([*init_tape, *ahead_tape])} return {ahead}; }}"
        if ahead != "w"
        else "null"
    )
    start = f"({h}) => {{ {_statements(init_tape)} return [{', '.join(trace.js['init'].values())}]; }}"
    return (
        f"{{name: {json.dumps(trace.name)}, hyper: {json.dumps(trace.hyper, default=float)}, state: {json.dumps(state)},\n"
        f"  start: {start},\n"
        f"  stepper: ({h}) => {{ {fixed} return (q, g) => {{ {unpack} {moving} {store} return {trace.js['dw']}; }}; }},\n"
        f"  lookahead: {lookahead}}}"
    )


def _unpacked(names):
    """The pattern that takes values by name out of an object: {lr, tau: $tau}."""
    return "{" + ", ".join(name if name == js_name(name) else f"{name}: {js_name(name)}" for name in names) + "}"


def _statements(tape):
    return " ".join(f"const {s.name} = {s.code};" for s in tape)


class _Products(CodePrinter):
    """Print x**2, x**3, x**4 as products: NumPy and JavaScript then round alike, as they do not in pow."""

    def _print_Pow(self, expr, **options):
        base, exponent = expr.as_base_exp()
        if exponent.is_Integer and 2 <= exponent <= 4:
            factor = self.parenthesize(base, 51)  # above the precedence of a product
            return "(" + "*".join([factor] * int(exponent)) + ")"
        return super()._print_Pow(expr, **options)


class JavaScriptPrinter(_Products, JavascriptCodePrinter):
    """Print an expression in names that JavaScript takes as they are."""


class FormulaPrinter(JavaScriptPrinter):
    """Print a chapter's formula: its names may be words of JavaScript."""

    def _print_Symbol(self, expr):
        return js_name(expr.name)


class NumPyCodePrinter(_Products, NumPyPrinter):
    """Print an expression for NumPy."""


def function_js(expr: sp.Expr, arguments: Iterable[str]) -> str:
    """A SymPy expression as a JavaScript function of an object with the arguments: ({x, lr}) => ..."""
    return f"({_unpacked(arguments)}) => {FormulaPrinter().doprint(expr)}"
