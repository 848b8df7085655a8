"""Build the site: `python -m book.build` writes `_build/html`.

The steps: execute the notebooks that are not in the cache (two at a time), run Jupyter Book over the result with
every warning an error, and put the new site in the place of the old one only if nothing failed.

Two digests decide what is stale. The cache of executed notebooks is keyed on the text of their cells alone, so it is
thrown away when the code that they import, or the versions that they run with, have changed. The site is built anew
from nothing when any of its inputs has changed, and left alone otherwise: then nothing heavy is even imported.
"""

import argparse
import contextlib
import hashlib
import os
import shutil
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from book import environment, files
from book.environment import ROOT

if TYPE_CHECKING:  # what a build of nothing does without
    from jupyter_cache.executors.utils import ExecutionResult
    from nbformat import NotebookNode

CHAPTERS = ROOT / "chapters"
BUILD = ROOT / "_build"
SITE = BUILD / "html"
CACHE = BUILD / "executed"

EXECUTION_INPUTS = [
    "optimizers",
    "lab",
    "book/build.py",
    "book/environment.py",
    "book/exercises.py",
    "requirements.txt",
]
BUNDLES = ["lab/widget/web/built", "lab/widget/web/engine/generated.js"]  # made of the other inputs
SITE_INPUTS = ["chapters", "book", "lab/widget/web", "_config.yml", "_toc.yml", "references.bib", "package-lock.json"]
REPOSITORY = ["BOOK_REPOSITORY_URL", "BOOK_REPOSITORY_BRANCH"]
CELL_TIMEOUT = 120  # seconds
STARTS = 3  # of a kernel that dies before its first cell
WORKERS = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Build what is stale; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m book.build", description=__doc__.split("\n")[0])
    parser.add_argument("--force", action="store_true", help="execute and build everything anew")
    force = parser.parse_args(arguments).force

    started = time.monotonic()
    environment.prepare()
    BUILD.mkdir(exist_ok=True)
    with exclusive(BUILD / "lock"):
        from lab.formula.cards import cards

        # Some chapters show the cards of the others; none holds the labs' scripts, which the site adds.
        execution = digest(EXECUTION_INPUTS, repr(cards(CHAPTERS)), without=["lab/widget/web"])
        everything = digest(SITE_INPUTS, execution, *(os.environ.get(name, "") for name in REPOSITORY), without=BUNDLES)
        if force or stamp(CACHE) != execution:
            shutil.rmtree(CACHE, ignore_errors=True)
        if not force and stamp(SITE) == everything:
            print(f"{SITE.relative_to(ROOT)} is up to date")
            return 0

        failures = execute_notebooks()
        files.write(CACHE / ".stamp", execution)
        failures = failures or build_site(everything)
    for failure in failures:
        print(f"\n{failure}", file=sys.stderr)
    if failures:
        print("\nThe book was not built.", file=sys.stderr)
        return 1
    print(f"\nBuilt {SITE.relative_to(ROOT)}/index.html in {time.monotonic() - started:.0f} s")
    return 0


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock file at `path`: two builds of one tree take turns."""
    from filelock import FileLock, Timeout

    lock = FileLock(path)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        print(f"another build holds {path.relative_to(ROOT)}; waiting for it to end", file=sys.stderr, flush=True)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def digest(paths: Iterable[str], *more: str, without: Iterable[str] = ()) -> str:
    """SHA-256 over the names and bytes of all files at or below `paths` but not `without`, relative to the root, and
    over `more` text."""
    total = hashlib.sha256("\0".join(more).encode())
    left_out = [ROOT / path for path in without]
    for path in (ROOT / name for name in sorted(paths)):
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if any(file.is_relative_to(folder) for folder in left_out):
                continue
            if file.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & set(file.parts):
                total.update(f"\0{file.relative_to(ROOT).as_posix()}\0".encode() + file.read_bytes())
    return total.hexdigest()


def stamp(folder: Path) -> str | None:
    """The digest that `folder` was made from, or None."""
    file = folder / ".stamp"
    return file.read_text(encoding="utf-8") if file.exists() else None


def execute_notebooks() -> list[str]:
    """Execute what the cache lacks, and return the tracebacks of the notebooks that failed."""
    import nbformat
    from jupyter_cache import get_cache
    from jupyter_cache.base import CacheBundleIn

    from book.exercises import published

    cache = get_cache(str(CACHE))
    missing = {}
    for path in sorted(CHAPTERS.glob("*.ipynb")):
        notebook = published(nbformat.read(path, as_version=4))  # as Sphinx reads it, too
        try:
            cache.match_cache_notebook(notebook)
        except KeyError:
            missing[path] = notebook

    failures = []
    with ProcessPoolExecutor(WORKERS) as pool:
        jobs = {path: pool.submit(execute, notebook) for path, notebook in missing.items()}
        for path, job in jobs.items():
            result = job.result()
            if result.err is not None:
                failures.append(f"{path.relative_to(ROOT)} failed:\n{result.err}")
                continue
            print(f"executed {path.name} in {result.time:.1f} s", flush=True)
            cache.cache_notebook_bundle(
                CacheBundleIn(result.nb, str(path), data={"execution_seconds": result.time}),
                check_validity=False,
                overwrite=True,
            )
    return failures


def execute(notebook: "NotebookNode") -> "ExecutionResult":
    """Run the cells of one notebook in place, in a kernel of its own; an error in a cell is in the result."""
    from jupyter_cache.executors.utils import single_nb_execution
    from traitlets.config import Config

    config = Config()
    config.KernelManager.transport_encryption = "auto"  # and so no kernel warns that it talks in plain text
    # The state of the live widgets would land on every page, each lab with a copy of its module. No page reads it.
    config.NotebookClient.store_widget_state = False
    # A kernel sends what is printed in as many pieces as its pace makes of it, and MyST-NB would break the line between
    # two.
    options = {"timeout": CELL_TIMEOUT, "allow_errors": False, "config": config, "coalesce_streams": True}
    # Two processes that choose their kernels' ports at the same time may choose the same, and the second kernel dies at
    # its start.
    for _ in range(STARTS - 1):
        try:
            return single_nb_execution(notebook, cwd=str(CHAPTERS), **options)
        except RuntimeError as error:
            if "Kernel died" not in str(error):
                raise
            print(f"{error}; starting another", file=sys.stderr, flush=True)
    return single_nb_execution(notebook, cwd=str(CHAPTERS), **options)


def build_site(everything: str) -> list[str]:
    """Run Jupyter Book, every warning an error, and return what went wrong."""
    from jupyter_book.sphinx import build_sphinx

    fresh = BUILD / "fresh"
    doctrees = BUILD / "doctrees"
    for folder in (fresh, doctrees):
        shutil.rmtree(folder, ignore_errors=True)
    status = build_sphinx(
        CHAPTERS,
        fresh,
        path_config=ROOT / "_config.yml",
        noconfig=True,
        confoverrides={
            "external_toc_path": str(ROOT / "_toc.yml"),
            "bibtex_bibfiles": [str(ROOT / "references.bib")],
            "templates_path": [str(ROOT / "book" / "templates")],
            "nb_execution_cache_path": str(CACHE),
            "nb_execution_timeout": CELL_TIMEOUT,
            "latex_individualpages": False,
            "nitpicky": True,
        },
        doctreedir=doctrees,
        freshenv=True,
        warningiserror=True,
        keep_going=True,
        quiet=True,
    )
    if status:
        return [f"Jupyter Book failed: {status}; its warnings are above"]
    files.write(fresh / ".stamp", everything)
    shutil.rmtree(SITE, ignore_errors=True)
    fresh.rename(SITE)
    return []


if __name__ == "__main__":
    sys.exit(main())
