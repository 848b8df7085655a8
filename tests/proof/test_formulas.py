"""The formula on the page is the code: both are read, both become functions, and the functions are the same."""

import ast
import inspect
import re
import textwrap
from pathlib import Path

import numpy as np
import pytest

import optimizers
from lab.formula.cards import cards
from lab.formula.proof import Card, Different, prove
from lab.formula.trace import TraceError, trace

CARDS = cards(Path(__file__).parents[2] / "chapters")
each_card = pytest.mark.parametrize(("chapter", "name"), CARDS, ids=lambda part: part)


@each_card
def test_the_card_is_the_code(chapter, name):
    prove(Card(CARDS[chapter, name]), getattr(optimizers, name))


def test_every_rule_has_one_card():
    assert sorted(name for _, name in CARDS) == sorted(rule.__name__ for rule in optimizers.RULES)


def flipped_signs(markdown):
    """The card with one sign changed, for every + and - in its formulas but those of indices."""
    for block in re.finditer(r"\$\$(.*?)\$\$", markdown, re.DOTALL):
        for sign in re.finditer(r"(?<!\{i)([+-])", block[1]):
            at = block.start(1) + sign.start()
            yield markdown[:at] + {"+": "-", "-": "+"}[markdown[at]] + markdown[at + 1 :]


@each_card
def test_one_sign_changed_in_the_card_is_noticed(chapter, name):
    mutants = list(flipped_signs(CARDS[chapter, name]))
    assert mutants
    for mutant in mutants:
        with pytest.raises(Different):
            prove(Card(mutant), getattr(optimizers, name))


class Mutation(ast.NodeTransformer):
    """Changes the n-th operator of a method: + and - into each other, * and / likewise, a minus sign away."""

    SWAPS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}

    def __init__(self, n):
        self.left = n

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if self.left == 0:
            node.op = self.SWAPS[type(node.op)]()
        self.left -= 1
        return node

    def visit_UnaryOp(self, node):
        self.generic_visit(node)
        self.left -= 1
        return node.operand if self.left == -1 else node


def mutants(cls):
    """The class with one operator changed, for every operator of its formula and of its look-ahead."""
    for method in ("delta_w", "lookahead"):
        function = getattr(cls, method)
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
        operators = sum(isinstance(node, (ast.BinOp, ast.UnaryOp)) for node in ast.walk(tree))
        for n in range(operators):
            mutant = Mutation(n).visit(ast.parse(textwrap.dedent(inspect.getsource(function))))
            namespace = dict(function.__globals__)
            exec(compile(ast.fix_missing_locations(mutant), "<mutant>", "exec"), namespace)
            yield type(cls.__name__, (cls,), {method: namespace[method]}), ast.unparse(mutant)


@each_card
def test_one_operator_changed_in_the_class_is_noticed(chapter, name):
    card, tried = Card(CARDS[chapter, name]), 0
    for mutant, source in mutants(getattr(optimizers, name)):
        tried += 1
        try:
            prove(card, mutant)
        except Different:
            continue
        pytest.fail(f"this passes for {name}:\n{source}")
    assert tried


def test_the_articles_beta_i_bug_is_noticed():
    class Buggy(optimizers.Adam):
        """The article multiplies beta_i by itself, which keeps it at 1."""

        def delta_w(self, g):
            beta_i = self.beta_i
            dw = super().delta_w(g)
            self.beta_i = beta_i * beta_i
            return dw

    card = next(text for (_, name), text in CARDS.items() if name == "Adam")
    with pytest.raises(Different, match="beta_i"):
        prove(Card(card), Buggy)


def test_a_rule_that_branches_is_refused():
    class Branching(optimizers.SGD):
        def delta_w(self, g):
            return g if np.all(g > 0) else -g

    with pytest.raises(TraceError, match="Branching"):
        trace(Branching)


@pytest.mark.parametrize("line", [r"\Delta w = -\eta g_i \foo", r"\Delta w = -\eta q_i", r"\Delta w = -\eta g_i = 0"])
def test_what_cannot_be_read_is_refused(line):
    with pytest.raises(Exception, match=r"foo|q_|one `=`"):
        Card(f"$$\n{line}\n$$")
