"""Record how torch learns the digits: `python -m tests.peers.network` writes `lab/evidence/peers/network.json`.

With `--check` it writes nothing, and compares with the file. It runs in the book's environment, which has the data, and
lets the peers' environment, which has torch, train on them: the images, the first parameters and the mini-batches go
over in a file.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent.parent
FILE = ROOT / "lab" / "evidence" / "peers" / "network.json"
TOLERANCE = 1e-10  # of a loss; other processors round otherwise, and 200 steps carry it on

CASE = {
    "sizes": [64, 32, 10],
    "m": 32,
    "seed": 7,
    "steps": 200,
    "rules": {
        "SGD": {"lr": 0.5},
        "Nesterov": {"lr": 0.05, "alpha": 0.9},
        "Adam": {"lr": 0.01, "alpha": 0.9, "beta": 0.999, "eps": 1e-8},
    },
}


def write_case(path):
    """What torch needs to train on the very same numbers."""
    from lab.evidence.network import Network, batches, digits

    (X, labels), *_ = digits()
    rows = batches(len(X), CASE["m"], CASE["seed"])
    first = Network(*CASE["sizes"]).start(CASE["seed"])
    np.savez(path, X=X, labels=labels, first=first, rows=[next(rows) for _ in range(CASE["steps"])])


def torch_losses(path):
    """The loss of each mini-batch before its step, rule by rule; layers, derivatives and updates are torch's own."""
    import torch

    case, losses = np.load(path), {}
    X, labels = torch.tensor(case["X"]), torch.tensor(case["labels"])
    recipes = {
        "SGD": lambda p, lr: torch.optim.SGD(p, lr),  # noqa: PLW0108 - as the two below
        "Nesterov": lambda p, lr, alpha: torch.optim.SGD(p, lr, momentum=alpha, nesterov=True),
        "Adam": lambda p, lr, alpha, beta, eps: seeded(torch.optim.Adam(p, lr, betas=(alpha, beta), eps=0), eps),
    }

    def seeded(optimizer, eps):
        for p in optimizer.param_groups[0]["params"]:
            start = {"exp_avg": torch.zeros_like(p), "exp_avg_sq": torch.full_like(p, eps)}
            optimizer.state[p] = {"step": torch.tensor(0.0), **start}
        return optimizer

    for rule, hyperparameters in CASE["rules"].items():
        modules, at = [], 0
        for n, m in zip(CASE["sizes"][:-1], CASE["sizes"][1:], strict=True):
            layer = torch.nn.Linear(n, m, dtype=torch.float64)
            W, b = torch.tensor(case["first"][at : at + n * m + m]).split([n * m, m])
            layer.weight.data, layer.bias.data = W.reshape(n, m).T.contiguous(), b
            modules += [layer, torch.nn.Tanh()]
            at += n * m + m
        network = torch.nn.Sequential(*modules[:-1])
        optimizer = recipes[rule](list(network.parameters()), **hyperparameters)
        losses[rule] = []
        for rows in torch.tensor(case["rows"]):
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(network(X[rows]), labels[rows])
            loss.backward()
            optimizer.step()
            losses[rule].append(loss.item())
    return {"torch": torch.__version__.split("+")[0], **CASE, "losses": losses}


def changes(fresh, stored):
    """What differs between a record made now and the stored one, in words."""
    for key in fresh.keys() - {"losses"}:
        if fresh[key] != stored.get(key):
            yield f"{key}: {fresh[key]} now, {stored.get(key)} in the file"
    for rule, losses in fresh["losses"].items():
        distance = np.abs(np.subtract(losses, stored["losses"].get(rule, np.inf))).max()
        if not distance <= TOLERANCE:
            yield f"{rule}: the losses differ from the file's by {distance:.0e}"


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m tests.peers.network", description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; compare with the file")
    check = parser.parse_args(arguments).check

    with tempfile.TemporaryDirectory() as folder:
        case = Path(folder) / "case.npz"
        write_case(case)
        program = "import json, sys; from tests.peers.network import *; print(json.dumps(torch_losses(sys.argv[1])))"
        python = ROOT / ".venv-peers" / "bin" / "python"
        run = subprocess.run([python, "-c", program, case], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    fresh = json.loads(run.stdout)

    faults = list(changes(fresh, json.loads(FILE.read_text(encoding="utf-8")))) if check else []
    if not check:
        FILE.parent.mkdir(exist_ok=True)
        FILE.write_text(json.dumps(fresh, indent=1) + "\n", encoding="utf-8")
    print("\n".join(faults or ["torch learns the digits as in the file." if check else "Written."]))
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
