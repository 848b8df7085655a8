"""Back-propagation is the derivative, the parameters are one vector, and torch learns along the same curve."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

import lab
import optimizers
from book.build import execute
from lab.evidence.network import Network, batches, digits, train
from lab.evidence.progress import progress
from optimizers import Adam

TORCH = json.loads((Path(lab.__file__).parent / "evidence" / "peers" / "network.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def images():
    (X, labels), *_ = digits()
    return X, labels


@pytest.mark.parametrize("sizes", [(64, 10), (64, 32, 10), (64, 16, 12, 10)])
def test_the_gradient_is_the_central_difference(sizes, images):
    X, labels = images[0][:40], images[1][:40]
    network, rng = Network(*sizes), np.random.default_rng(0)
    w = network.start(1) + rng.normal(scale=0.1, size=network.size)
    gradient = network.gradient(w, X, labels)
    for _ in range(5):
        d, h = rng.normal(size=network.size), 1e-5
        slope = (network.loss(w + h * d, X, labels) - network.loss(w - h * d, X, labels)) / (2 * h)
        assert slope == pytest.approx(gradient @ d, rel=1e-6)


def test_the_layers_are_views_into_the_vector():
    network = Network(3, 4, 2)
    w = np.zeros((5, network.size))
    for W, b in network.layers(w):
        W[:], b[:] = 1, 2
    assert (w.sum(axis=1) == 3 * 4 + 4 * 2 + 2 * (4 + 2)).all()
    with pytest.raises(ValueError, match=rf"hold {network.size} parameters.*\(5,\)"):
        network.layers(np.zeros(5))
    with pytest.raises(ValueError, match=r"\(3,\)"):
        Network(3)


def test_the_loss_of_a_network_that_knows_nothing_is_log_10(images):
    network = Network(64, 10)
    assert network.loss(np.zeros(network.size), *images) == pytest.approx(np.log(10))


def test_huge_scores_do_not_overflow(images):
    network = Network(64, 10)
    w = network.start(0) * 1e4
    assert np.isfinite(network.loss(w, *images)) and np.isfinite(network.gradient(w, *images)).all()


def test_the_digits_come_in_three_parts_with_no_image_in_two():
    parts = digits()
    assert [X.shape for X, _ in parts] == [(1149, 64), (288, 64), (360, 64)]
    assert [labels.shape for _, labels in parts] == [(1149,), (288,), (360,)]
    from sklearn.datasets import load_digits

    given = sorted(map(tuple, np.column_stack(load_digits(return_X_y=True)) / ([16] * 64 + [1])))
    assert given == sorted(tuple(row) for X, labels in parts for row in np.column_stack([X, labels]))


def test_training_learns_the_digits_and_repeats_itself(images):
    network, seen = Network(64, 32, 10), []
    w = train(Adam(0.01), network, *images, steps=200, watch=lambda i, w: seen.append(i))
    assert network.accuracy(w, *digits()[2]) > 0.9
    assert seen == list(range(201))
    np.testing.assert_array_equal(w, train(Adam(0.01), network, *images, steps=200))


def test_a_batch_of_runs_is_each_run_by_itself(images):
    network, rates, shapes = Network(64, 8, 10), np.array([0.003, 0.01, 0.1]), set()
    batch = train(
        Adam(rates[:, None, None]), network, *images, steps=30, seed=[4, 5], watch=lambda i, w: shapes.add(w.shape)
    )
    assert shapes == {(3, 2, network.size)}
    for (r, lr), (s, seed) in itertools.product(enumerate(rates), enumerate((4, 5))):
        alone = train(Adam(lr), network, *images, steps=30, seed=seed)
        np.testing.assert_allclose(batch[r, s], alone, rtol=1e-9, atol=1e-12)
        assert network.loss(batch, *images)[r, s] == pytest.approx(network.loss(alone, *images))
        assert network.accuracy(batch, *images)[r, s] == network.accuracy(alone, *images)


def test_each_epoch_shows_every_sample_once():
    source = batches(14, 3, seed=0)
    first, second = (np.concatenate([next(source) for _ in range(4)]) for _ in range(2))
    for epoch in (first, second):
        assert len(set(epoch)) == 12 and set(epoch) <= set(range(14))
    assert list(first) != list(second)
    np.testing.assert_array_equal(first[:3], next(batches(14, 3, seed=0)))
    with pytest.raises(ValueError, match="m = 3 out of n = 2"):
        next(batches(2, 3, seed=0))


@pytest.mark.parametrize("rule", TORCH["rules"])
def test_torch_learns_along_the_same_curve(rule, images):
    network, losses = Network(*TORCH["sizes"]), []

    class Watched(Network):
        def gradient(self, w, X, labels):
            losses.append(self.loss(w, X, labels))
            return super().gradient(w, X, labels)

    opt = getattr(optimizers, rule)(**TORCH["rules"][rule])
    w = train(opt, Watched(*TORCH["sizes"]), *images, steps=TORCH["steps"], m=TORCH["m"], seed=TORCH["seed"])
    np.testing.assert_allclose(losses, TORCH["losses"][rule], rtol=0, atol=1e-9)
    assert network.loss(w, *images) < 0.5 * losses[0]  # the curve has somewhere to go


def test_a_progress_bar_leaves_nothing_on_the_page():
    import nbformat

    source = 'from lab.evidence.progress import progress\nn = sum(progress([1, 2, 3], "Adding"))\nprint(n)'
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    result = execute(notebook)
    assert result.err is None
    (output,) = result.nb.cells[0].outputs
    assert output.text == "6\n"
    assert list(progress("ab", "in plain Python")) == ["a", "b"]
