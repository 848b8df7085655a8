"""Run the race: `python -m benchmarks.record_race` writes `race.npz` beside `lab/evidence/race.py`.

All rules, landscapes and rounds are some 3.5 million descents of 500 steps: four minutes on one core. With `--check` it
writes nothing: it runs them afresh and compares with the file.
"""

import argparse
import platform
import sys
import time

import numpy as np

from lab.evidence.race import CHOICE, FILE, ROUNDS, protocol, race
from lab.ground.landscapes import LANDSCAPES


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m benchmarks.record_race", description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; compare with the file")
    check = parser.parse_args(arguments).check

    started, steps = time.process_time(), []
    for landscape in LANDSCAPES.values():
        rounds = [[result.steps for result in race(landscape, round=round)] for round in range(ROUNDS)]
        steps.append(np.swapaxes(rounds, 0, 1))  # (rules, rounds, settings, starts)
        print(f"{landscape.name:10} {time.process_time() - started:4.0f} s", flush=True)
    made = {
        "choice": np.array(steps)[..., :CHOICE].sum(axis=-1).astype(np.uint16),
        "report": np.array(steps)[..., CHOICE:].sum(axis=-1).astype(np.uint16),
    }
    if check:
        with np.load(FILE) as file:
            differing = {name: np.mean(file[name] != values) for name, values in made.items()}
        print(*(f"{name}: {share:.2%} of the settings differ" for name, share in differing.items()), sep="\n")
        return int(any(differing.values()))
    versions = f"Python {platform.python_version()}, NumPy {np.__version__}"
    np.savez_compressed(FILE, protocol=protocol(), versions=versions, **made)
    print(f"{FILE.name}: {FILE.stat().st_size / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
