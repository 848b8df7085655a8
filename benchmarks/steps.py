"""One step of one run, in float32 and on one thread, against torch's and optax's own: `make steps`.

A step is what a training loop does with a gradient that it has: make the increment and add it to the parameters. torch
is as it comes (its default on a CPU, a loop over the tensors), optax is compiled. For each rule and size the three take
turns; every figure is the median of their times, and the ratios are of those medians: below 1 the book's class is
faster.
"""

import argparse
import os
import statistics
import time

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_PLATFORMS"] = "cpu"

import jax  # noqa: E402
import numpy as np  # noqa: E402
import optax  # noqa: E402
import torch  # noqa: E402

import optimizers  # noqa: E402

torch.set_num_threads(1)
LR = 1e-3
PEERS = {  # each library's rule with its own defaults but the learning rate; None where it has none
    "SGD": (lambda w: torch.optim.SGD(w, LR), optax.sgd),
    "Momentum": (lambda w: torch.optim.SGD(w, LR, momentum=0.9), lambda lr: optax.sgd(lr, 0.9)),
    "Nesterov": (
        lambda w: torch.optim.SGD(w, LR, momentum=0.9, nesterov=True),
        lambda lr: optax.sgd(lr, 0.9, nesterov=True),
    ),
    "AdaGrad": (lambda w: torch.optim.Adagrad(w, LR), optax.adagrad),
    "RMSProp": (lambda w: torch.optim.RMSprop(w, LR), optax.rmsprop),
    "AdaDelta": (lambda w: torch.optim.Adadelta(w, LR), optax.adadelta),
    "Adam": (lambda w: torch.optim.Adam(w, LR), optax.adam),
    "AdaMax": (lambda w: torch.optim.Adamax(w, LR), optax.adamax),
    "Nadam": (lambda w: torch.optim.NAdam(w, LR), optax.nadam),
    "NadaMax": (None, None),
}


def ours(rule, g):
    opt, w = rule(), np.zeros_like(g)

    def step():
        nonlocal w
        w += opt.update(g)

    return step


def torchs(make, g):
    w = torch.zeros(len(g))
    w.grad = torch.from_numpy(g)
    return make([w]).step


def optaxs(make, g):
    opt = make(LR)
    w, gradient = jax.numpy.zeros_like(g), jax.numpy.asarray(g)
    state = opt.init(w)

    @jax.jit
    def update(gradient, state, w):
        dw, state = opt.update(gradient, state, w)
        return optax.apply_updates(w, dw), state

    def step():
        nonlocal w, state
        w, state = jax.block_until_ready(update(gradient, state, w))

    return step


def microseconds(steps, seconds):
    """The median time of each step, the steps taking turns: {name: µs}."""
    times, loops = {name: [] for name in steps}, {}
    for name, step in steps.items():
        step(), step()
        started = time.perf_counter()
        step()
        loops[name] = max(1, int(2e-3 / (time.perf_counter() - started)))  # long enough for the clock
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times[next(iter(steps))]) < 5:
        for name, step in steps.items():
            started = time.perf_counter()
            for _ in range(loops[name]):
                step()
            times[name].append((time.perf_counter() - started) / loops[name] * 1e6)
    return {name: statistics.median(values) for name, values in times.items()}


def main():
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.steps", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=float, nargs="+", default=[2, 1e3, 1e5, 1e6, 1e7])
    parser.add_argument("--rules", nargs="+", default=list(PEERS))
    parser.add_argument("--seconds", type=float, default=1.0, help="for each line")
    options = parser.parse_args()
    print(f"torch {torch.__version__}, optax {optax.__version__}, NumPy {np.__version__}; µs a step")
    print(f"{'rule':10}{'n':>10}{'ours':>10}{'torch':>10}{'optax':>10}{'ours/torch':>12}{'ours/optax':>12}")
    for n in map(int, options.sizes):
        g = np.random.default_rng(0).standard_normal(n).astype(np.float32)
        for name in options.rules:
            by_torch, by_optax = PEERS[name]
            steps = {"ours": ours(getattr(optimizers, name), g)}
            if by_torch:
                steps |= {"torch": torchs(by_torch, g), "optax": optaxs(by_optax, g)}
            took = microseconds(steps, options.seconds)
            figures = "".join(
                f"{took[who]:10.1f}" if who in took else f"{'-':>10}" for who in ("ours", "torch", "optax")
            )
            ratios = "".join(
                f"{took['ours'] / took[who]:12.2f}" if who in took else f"{'-':>12}" for who in ("torch", "optax")
            )
            print(f"{name:10}{n:10}{figures}{ratios}", flush=True)


if __name__ == "__main__":
    main()
