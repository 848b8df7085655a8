"""A small neural network in NumPy whose parameters are one vector, so that one optimizer moves them all."""

import json
import math
from itertools import pairwise
from pathlib import Path

import numpy as np

REPETITIONS = Path(__file__).with_name("repetitions.json")


def repetitions():
    """What the rules reached when the chapter's race was repeated with other seeds, by `benchmarks/record_network.py`.

    A list of dicts from a rule's name to the means over ten runs of the test accuracy and of the steps to 95 per cent;
    the latter infinite where a run never got there.
    """
    record = json.loads(REPETITIONS.read_text(encoding="utf-8"))["repetitions"]
    return [
        {rule: (accuracy, math.inf if steps is None else steps) for rule, (accuracy, steps) in seen.items()}
        for seen in record
    ]


class Network:
    """A classifier: layers of weights and biases, tanh between them, softmax at the end.

    `Network(64, 10)` is softmax regression, `Network(64, 32, 10)` has one hidden layer of 32 units. The network keeps
    no parameters; they are a vector w of length `size` that goes into every call. `layers(w)` gives the matrices W and
    the biases b as views into it.

    Like the optimizers, it takes batches of runs: w of shape (..., size), with X of shape (samples, inputs) for all of
    them or (..., samples, inputs) for each; what comes out then has the axes of the batch first.
    """

    def __init__(self, *sizes):
        if len(sizes) < 2 or min(sizes) < 1:
            raise ValueError(f"sizes = {sizes}: at least an input and an output of at least one unit are needed")
        self.sizes = sizes
        self.shapes = list(pairwise(sizes))
        self.size = sum(n * m + m for n, m in self.shapes)

    def layers(self, w):
        """The layers' (W, b), with shapes (n, m) and (m,): views into w, so that writing into them changes w."""
        if np.shape(w)[-1:] != (self.size,):
            raise ValueError(f"w must hold {self.size} parameters along its last axis; its shape is {np.shape(w)}")
        views, at = [], 0
        for n, m in self.shapes:
            W, b = w[..., at : at + n * m], w[..., at + n * m : at + n * m + m]
            views.append((W.reshape(*w.shape[:-1], n, m), b))
            at += n * m + m
        return views

    def start(self, seed):
        """Random parameters: weights with variance 1/n, where n is the number of a layer's inputs, and biases 0."""
        rng, w = np.random.default_rng(seed), np.zeros(self.size)
        for W, _ in self.layers(w):
            W[:] = rng.normal(scale=len(W) ** -0.5, size=W.shape)
        return w

    def scores(self, w, X):
        """What the last layer says of each row of X, before the softmax: shape (samples, classes)."""
        return self._forward(w, X)[-1]

    def accuracy(self, w, X, labels):
        """The share of rows whose highest score is at their label."""
        return np.mean(self.scores(w, X).argmax(axis=-1) == labels, axis=-1)

    def loss(self, w, X, labels):
        """The mean over the samples of -log p(label): the cross-entropy J(w)."""
        log_p = _log_softmax(self.scores(w, X))
        return -np.sum(self._one_hot(labels) * log_p, axis=-1).mean(axis=-1)

    def gradient(self, w, X, labels):
        """J'(w), the mean gradient over the samples, by back-propagation: of the shape of w."""
        h = self._forward(w, X)  # h[0] = X, h[1] = tanh(X W + b), ..., h[-1]: the scores
        p = np.exp(_log_softmax(h[-1]))
        delta = (p - self._one_hot(labels)) / X.shape[-2]  # dJ/d(scores), the mean over the samples
        g = np.empty((*delta.shape[:-2], self.size))
        for k in reversed(range(len(self.shapes))):
            dW, db = self.layers(g)[k]
            dW[:], db[:] = h[k].swapaxes(-1, -2) @ delta, delta.sum(axis=-2)
            if k > 0:
                W, _ = self.layers(w)[k]
                delta = (delta @ W.swapaxes(-1, -2)) * (1 - h[k] ** 2)  # tanh' = 1 - tanh²
        return g

    def _forward(self, w, X):
        h = [X]
        for k, (W, b) in enumerate(self.layers(w)):
            z = h[-1] @ W + b[..., None, :]
            h.append(np.tanh(z) if k < len(self.shapes) - 1 else z)
        return h

    def _one_hot(self, labels):
        return labels[..., None] == np.arange(self.sizes[-1])


def _log_softmax(scores):
    scores = scores - scores.max(axis=-1, keepdims=True)  # so that exp cannot overflow
    return scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))


def digits():
    """scikit-learn's 1797 handwritten digits of 8 by 8 pixels, in three parts that are always the same.

    Returns
    -------
    list of three (X, labels)
        1149 images to train on, 288 to choose settings by, 360 to report on. X has a row for each, of 64 pixels from
        0 to 1.
    """
    from sklearn.datasets import load_digits  # here, since it takes a second and few need it

    X, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(X))
    return [(X[rows] / 16, labels[rows]) for rows in np.split(order, [1149, 1437])]


def batches(n, m, seed):
    """The rows of one mini-batch after the other, without end: each epoch goes through all n samples in a new order."""
    if not 1 <= m <= n:
        raise ValueError(f"a mini-batch of m = {m} out of n = {n} samples; 1 <= m <= n is needed")
    rng, order = np.random.default_rng(seed), np.empty(0, int)
    while True:
        if len(order) < m:
            order = rng.permutation(n)
        yield order[:m]
        order = order[m:]


def train(opt, network, X, labels, *, steps, m=32, seed=0, watch=None):
    """Mini-batch training: w after the steps, from `network.start(seed)`.

    Parameters
    ----------
    opt : Optimizer
        Arrays as hyperparameters, of shape (B, 1) say, make B runs.
    m : int
        Samples a mini-batch; each epoch goes through all samples in a new order drawn from the seed.
    seed : int or sequence of int
        Of the start and of the mini-batches. With K seeds there are K runs, and hyperparameters of shape (B, 1, 1)
        make B runs for each.
    watch : callable (step, w), optional
        Called before the first and after each step, to record what the caller wants.

    Returns
    -------
    numpy.ndarray
        The parameters after the last step: shape (size,), or with the axes of the batch before it.
    """
    seeds = np.asarray(seed)
    w = np.reshape([network.start(s) for s in seeds.flat], (*seeds.shape, network.size))
    w = np.broadcast_to(w, np.broadcast_shapes(w.shape, *map(np.shape, opt.hyperparameters.values())))
    sources = [batches(len(X), m, s) for s in seeds.flat]
    if watch:
        watch(0, w)
    for i in range(1, steps + 1):
        rows = np.reshape([next(source) for source in sources], (*seeds.shape, m))
        w = w + opt.update(network.gradient(opt.lookahead(w), X[rows], labels[rows]))
        if watch:
            watch(i, w)
    return w
