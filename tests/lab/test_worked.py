"""The worked table has each line of the card, with the numbers that the class computes."""

from pathlib import Path

import numpy as np
import pytest

from lab import respond, worked
from lab.formula.cards import cards
from lab.formula.proof import equations
from optimizers import RULES, Adam, Momentum, Nesterov

SETTINGS = {"lr": 0.5, "alpha": 0.5, "beta": 0.75, "eps": 0.25}
GRADIENTS = np.array([[1.0, 2.0], [1.0, 0.0], [-1.0, 2.0]])
CARDS = {name: card for (_, name), card in cards(Path(__file__).parents[2] / "chapters").items()}
each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)


def made(rule):
    return rule(**{name: SETTINGS[name] for name in rule().hyperparameters})


def numbers(table):
    """{row: [the numbers of each step]}, the start left out."""
    return {
        first: [np.array(cell.replace("−", "-").split(", "), float) for cell in cells]
        for first, _, *cells in table.rows
    }


def assert_shown(shown, values):
    for cell, value in zip(shown, values, strict=True):
        np.testing.assert_allclose(cell, value, rtol=5.1e-4, atol=1e-12)  # four digits


@each_rule
def test_the_numbers_are_those_of_the_class(rule):
    shown, records = numbers(worked(made(rule), GRADIENTS, w=(3, -1))), respond(made(rule), GRADIENTS)
    names = {"dw": "Δw", "alpha_i": "αⁱ", "beta_i": "βⁱ"}
    for name, values in records.items():
        assert_shown(shown[names.get(name, name)], values)
    assert_shown(shown["w"], np.add([3, -1], np.cumsum(records["dw"], axis=0)))
    assert_shown(shown["g"], GRADIENTS)
    for name, hat, power in (("s", "ŝ", "alpha_i"), ("r", "r̂", "beta_i")):
        if hat in shown:
            assert_shown(shown[hat], [a / (1 - b) for a, b in zip(records[name], records[power], strict=True)])


@each_rule
def test_each_line_of_the_card_has_a_row_in_its_order(rule):
    symbols = {r"\Delta w": "Δw", r"\hat{s}_i": "ŝ", r"\hat{r}_i": "r̂", r"\tilde{w}": "w̃"}
    lines = [symbols.get(left, left[0]) for left in equations(CARDS[rule.__name__]) if not left.endswith("_0")]
    rows = [first for first, *_ in worked(made(rule), GRADIENTS).rows]
    assert set(lines) <= set(rows)
    # A correction may stand right behind its average or behind both averages.
    assert [row for row in rows if row in lines and row not in ("ŝ", "r̂")] == [
        line for line in lines if line not in ("ŝ", "r̂")
    ]


def test_a_function_is_asked_where_the_rule_takes_its_gradient():
    def slope(w):
        return w

    shown = numbers(worked(Nesterov(0.5, alpha=0.5), slope, w=(8, 4)))
    assert_shown(shown["w̃"], [(8, 4), (2, 1), (-0.5, -0.25)])
    assert_shown(shown["g"], shown["w̃"])
    assert "w̃" not in numbers(worked(Momentum(0.5, alpha=0.5), slope, w=(8, 4)))


def test_it_is_shown_as_html_and_as_text():
    table = worked(Adam(), GRADIENTS)
    assert '<th scope="row">ŝ</th><td></td><td>1, 2</td>' in table._repr_html_()
    assert "step 3" in repr(table) and "\nβⁱ" in repr(table)


def test_gradients_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"\(3,\)"):
        worked(Momentum(), [1, 2, 3])
    with pytest.raises(ValueError, match=r"\(3, 2\) do not fit w of shape \(1,\)"):
        worked(Momentum(), GRADIENTS, w=(0,))
