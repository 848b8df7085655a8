"""What a course takes along: the students' notebooks, one by one and, with the code that they run on, as one
archive."""

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import nbformat

from book import files
from book.environment import ROOT
from lab.widget import assets

NEEDED = ("numpy", "matplotlib", "sympy", "scikit-learn", "ipywidgets", "anywidget", "jupyterlab")
README = """\
The exercises of "Ten optimizers, from SGD to NadaMax". With Python 3.11 or newer:

    python3 -m venv .venv
    .venv/bin/python -m pip install -r requirements.txt
    .venv/bin/jupyter lab exercises

(On Windows: .venv\\Scripts\\python and .venv\\Scripts\\jupyter.)
"""
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the archive is the same at every build


def write(site: Path, notebooks: Mapping[str, nbformat.NotebookNode]) -> None:
    """Write `exercises/` and `course.zip` into the site; `notebooks` are the students', by chapter."""
    folder = site / "exercises"
    folder.mkdir()
    for name, notebook in notebooks.items():
        text = nbformat.writes(notebook) + "\n"
        files.write(folder / f"{name}-exercises.ipynb", text)
    assets.bundle()  # stands in the folder of the labs from then on: who does the course has no node
    members = {f"exercises/{path.name}": path.read_bytes() for path in folder.iterdir()}
    for path in (
        *(ROOT / "optimizers").rglob("*"),
        *(ROOT / "lab").rglob("*"),
    ):
        if path.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & set(path.parts):
            members[path.relative_to(ROOT).as_posix()] = path.read_bytes()
    members["requirements.txt"] = _requirements().encode()
    members["README.md"] = README.encode()
    members["LICENSE"] = (ROOT / "LICENSE").read_bytes()
    with zipfile.ZipFile(site / "course.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(members.items()):
            info = zipfile.ZipInfo(f"ten-optimizers/{name}", LONG_AGO)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)


def _requirements():
    """The versions that the book itself is tested with, of what a student needs."""
    pinned = dict(
        re.findall(r"^([\w-]+)==(\S+)", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    )
    return "".join(f"{name}=={pinned[name]}\n" for name in NEEDED)
