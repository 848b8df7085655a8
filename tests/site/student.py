"""A student's notebook, run as in Jupyter, without the second and a half that each new kernel takes to import
`lab`: processes are forked from one that has it."""

import faulthandler
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor

import matplotlib
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

import lab  # noqa: F401 - what the processes have in common
from book.build import CELL_TIMEOUT, CHAPTERS

FORKED = multiprocessing.get_context("forkserver" if os.name == "posix" else "spawn")
FORKED.set_forkserver_preload([__name__])


def run(cells):
    """What each of these cells prints, one after the other in a process of their own.

    Raises AssertionError with the cell that fails, and with its traceback.
    """
    with ProcessPoolExecutor(1, FORKED) as process:
        return process.submit(_run, cells).result()


def _run(cells):
    faulthandler.dump_traceback_later(CELL_TIMEOUT, exit=True)
    os.chdir(CHAPTERS)
    matplotlib.use("agg")  # pictures are made, but not shown
    config = Config(HistoryManager={"enabled": False}, InteractiveShell={"colors": "nocolor"})
    shell, printed = InteractiveShell(config=config), []
    for cell in cells:
        with capture_output() as said:
            done = shell.run_cell(cell)
        assert done.success, f"{cell}\n\n{said.stdout}{said.stderr}"
        printed.append(said.stdout)
    return printed
