"""Ten thousand descents: as one batch of arrays, looped in NumPy, and looped in torch, in one run.

    make batch

Every row is the time of 10 000 runs of 200 steps on Beale's function with 10 000 learning rates. The loops are timed on
a sample of the runs, evenly spread, and scaled up; each figure is the median of the repetitions.
"""

import argparse
import statistics
import time

import numpy as np
import sympy as sp

from lab.ground.descent import descend
from lab.ground.landscapes import beale
from optimizers import SGD, Adam, Momentum, Nadam

RUNS, STEPS, SAMPLE = 10_000, 200, 20
LR = np.logspace(-5, -2, RUNS)


def batch(rule):
    return descend(rule(LR[:, None]), beale, start=np.tile(beale.start, (RUNS, 1)), steps=STEPS).loss[-1]


def numpy_loop(rule):
    return [descend(rule(lr), beale, steps=STEPS).loss[-1] for lr in LR[:: RUNS // SAMPLE]]


def torch_loop(rule):
    import torch

    torch.set_num_threads(1)
    make = {
        SGD: lambda w, lr: torch.optim.SGD([w], lr),
        Momentum: lambda w, lr: torch.optim.SGD([w], lr, momentum=0.9),
        Adam: lambda w, lr: torch.optim.Adam([w], lr),
        Nadam: lambda w, lr: torch.optim.NAdam([w], lr),
    }[rule]
    loss_of = sp.lambdify(beale.variables, beale.expr)  # the gradient is torch's own
    losses = []
    for lr in LR[:: RUNS // SAMPLE]:
        w = torch.tensor(beale.start, dtype=torch.float64, requires_grad=True)
        opt = make(w, lr)
        for _ in range(STEPS):
            loss = loss_of(*w)
            opt.zero_grad()
            loss.backward()
            opt.step()
        losses.append(loss.item())
    return losses


def seconds(function, *args, repeat):
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        function(*args)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=3)
    repeat = parser.parse_args().repeat
    print(f"{'rule':10} {'batch':>9} {'NumPy loop':>12} {'torch loop':>12}   batch is faster than torch by")
    for rule in (SGD, Momentum, Adam, Nadam):
        one = seconds(batch, rule, repeat=repeat)
        loop, torch = (seconds(f, rule, repeat=repeat) * RUNS / SAMPLE for f in (numpy_loop, torch_loop))
        print(f"{rule.__name__:10} {one:8.2f}s {loop:11.0f}s {torch:11.0f}s   {torch / one:.0f} times", flush=True)


if __name__ == "__main__":
    main()
