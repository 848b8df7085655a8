"""Our classes go where torch, optax and Keras went when they were recorded, and what is almost a rule does not."""

import json

import numpy as np
import pytest

import optimizers
from lab import parity
from lab.evidence.parity import (
    FILES,
    KEPT,
    LIBRARIES,
    NADAM_STEPS,
    RULES,
    SCALES,
    difference,
    gradients,
    recorded,
    trajectory,
)  # fmt: skip

from .controls import CONTROL, TOLERANCE, VARIANTS

each_library = pytest.mark.parametrize("library", LIBRARIES)
each_rule = pytest.mark.parametrize("name", [rule.__name__ for rule in optimizers.RULES])


def followers():
    """(library, rule) for each rule that the library can be made to follow."""
    return [
        (library, name) for library in LIBRARIES for name, rule in recorded(library)["rules"].items() if rule["recipe"]
    ]


def distance(rule, library, name):
    return difference(trajectory(rule, gradients())[KEPT], recorded(library)["rules"][name]["w"])


@pytest.mark.parametrize(("library", "name"), followers())
def test_a_rule_goes_where_the_library_went(library, name):
    assert distance(getattr(optimizers, name), library, name) <= TOLERANCE


@each_library
@pytest.mark.parametrize(("name", "fault", "variant"), VARIANTS)
def test_almost_the_rule_goes_elsewhere(library, name, fault, variant):
    assert distance(variant, library, name) >= CONTROL


@each_library
def test_the_two_forms_of_momentum_are_told_apart(library):
    assert distance(optimizers.EMAMomentum, library, "Momentum") >= CONTROL
    assert distance(optimizers.Momentum, library, "Nesterov") >= CONTROL


def test_the_gradients_have_every_scale_and_zeros():
    g = gradients()
    assert 0.08 < np.mean(g == 0) < 0.12
    assert (g[0] == 0).any() and (g[0] != 0).any()
    for coordinate, scale in enumerate(SCALES):
        assert scale / 10 < np.abs(g[:, coordinate]).max() <= scale
    kept = np.abs(g[:, KEPT[1].ravel()])
    assert kept[kept > 0].min() < 1e-7 and kept.max() > 9


def test_the_difference_is_that_of_the_worst_coordinate():
    peer = np.array([[1.0, 1e-6], [2.0, -1e-5]])
    path = peer + np.array([[0.0, 1e-8], [1e-6, 0.0]])
    assert difference(path, peer) == pytest.approx(1e-3)
    assert not difference(np.full_like(peer, np.nan), peer) <= TOLERANCE


@each_library
def test_the_files_are_of_the_versions_that_are_pinned(library):
    pins = (FILES.parents[2] / "tests" / "peers" / "requirements.txt").read_text(encoding="utf-8").split()
    assert f"{library}=={recorded(library)['version']}" in pins


@each_rule
def test_the_table_shows_each_library_and_its_figure(name):
    table = parity(name)
    assert any(followed == name for _, followed in followers()), "no library follows this rule"
    for library, (_, recipe, figure) in zip(LIBRARIES, table.rows, strict=True):
        if (library, name) not in followers():
            assert (recipe, figure) == ("none", "–")
            continue
        assert recipe == recorded(library)["rules"][name]["recipe"] in repr(table)
        assert float(figure) == pytest.approx(distance(getattr(optimizers, name), library, name), rel=0.5)
    assert table._repr_html_().count("<tr>") == 1 + len(LIBRARIES)


def test_the_figure_is_computed_from_the_class_as_it_is(monkeypatch):
    monkeypatch.setattr(optimizers.Adam, "delta_w", lambda self, g: -0.01 * g)
    assert all(float(figure) >= CONTROL for _, _, figure in parity("Adam").rows)


def test_defaults_are_told_for_every_library():
    rows = dict(parity.defaults("Adam").rows)
    assert rows["this book"] == repr(optimizers.Adam())
    assert [name.split()[0] for name in rows] == ["this", *LIBRARIES]
    assert any("betas=(0.9, 0.999)" in text for text in rows.values())
    assert [text for _, text in parity.defaults("NadaMax").rows][1:] == ["none"] * 3


def test_nadam_forms():
    """For g = 1, s = 1 - αⁱ, and Δw = α s/(1 - αᵏ) + (1 - α)/(1 - αⁱ): ours with k = i, Dozat's with k = i + 1."""
    rows = {}
    for library, form, *steps in parity.nadam_forms().rows:
        rows[library.split()[0], form] = np.array(steps, float)
    i = np.array(NADAM_STEPS)
    now, following = 1 - 0.9**i, 1 - 0.9 ** (i + 1)
    np.testing.assert_allclose(rows["this", "Nadam(1)"], 0.9 + 0.1 / now, atol=6e-5)
    for form in (("optax", "nadam(1)"), ("torch", "NAdam([w], 1, momentum_decay=1e9)")):
        np.testing.assert_allclose(rows[form], 0.9 * now / following + 0.1 / now, atol=6e-5)
    for form in (("torch", "NAdam([w], 1)"), ("keras", "Nadam(1.0)")):
        assert not np.allclose(rows[form][:3], 0.9 * (now / following)[:3] + 0.1 / now[:3], atol=1e-2)
    assert len(rows) == 5


def test_an_unknown_rule_is_an_error_that_names_the_known():
    for ask in (parity, parity.defaults):
        with pytest.raises(ValueError, match=r"'adam'; there are SGD, .*EMAMomentum, .*Adam, .*NadaMax"):
            ask("adam")


def test_a_rule_that_is_not_recorded_is_an_error_that_says_how(monkeypatch):
    monkeypatch.setitem(RULES, "Eleventh", optimizers.Adam)
    for ask in (parity, parity.defaults):
        with pytest.raises(ValueError, match=r"Eleventh is not recorded in torch.*make record"):
            ask("Eleventh")


@each_library
def test_every_rule_is_recorded(library):
    stored = json.loads((FILES / f"{library}.json").read_text(encoding="utf-8"))
    assert set(stored["rules"]) == set(RULES) == {rule.__name__ for rule in optimizers.RULES}
