"""Repeat the network's race with other seeds: `python -m benchmarks.record_network` stores what each rule reached.

A repetition runs the cells of the chapter that have the tag `protocol`: the choice of settings and the report, all with
seeds of its own. Ten take a minute and a half. A test repeats one of them.
"""

import contextlib
import io
import json
import platform
from typing import Any

import nbformat
import numpy as np

from book import environment
from book.build import CHAPTERS
from lab.evidence.network import REPETITIONS

COUNT = 10


def seeds(k):
    """The seeds of repetition k, of its choice and of its report; the chapter has others."""
    return [1000 + 10 * k, 1001 + 10 * k], list(range(2000 + 20 * k, 2010 + 20 * k))


def cells():
    """The chapter's code of the protocol."""
    chapter = nbformat.read(CHAPTERS / "network.ipynb", as_version=4)
    return [cell.source for cell in chapter.cells if "protocol" in cell.metadata.get("tags", [])]


def repetition(k):
    """What the rules reach: {rule: [mean accuracy, mean steps to 95 %, or None where a run never gets there]}."""
    scope: dict[str, Any] = dict(zip(("CHOICE", "REPORT"), seeds(k), strict=True))
    with contextlib.chdir(CHAPTERS), contextlib.redirect_stdout(io.StringIO()):
        for cell in cells():
            exec(cell, scope)
    seen = {}
    for rule, (_, accuracy) in scope["results"].items():
        first = scope["speed"](accuracy)
        arrived = len(first) == accuracy.shape[1]
        seen[rule.__name__] = [round(float(accuracy[-1].mean()), 5), round(float(first.mean()), 2) if arrived else None]
    return seen


def main():
    environment.prepare()
    record = {
        "versions": f"Python {platform.python_version()}, NumPy {np.__version__}",
        "seeds": [seeds(k) for k in range(COUNT)],
        "repetitions": [repetition(k) for k in range(COUNT)],
    }
    REPETITIONS.write_text(json.dumps(record) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
