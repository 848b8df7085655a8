"""Exercises: written once, with their solutions; the student's notebook and what the site shows are made from that.

In a chapter a cell's tag says what it is: `exercise` (the question), `solution` (text, or code that runs), `quiz`. Two
marks at the end of a line of a solution's code say what the student finds in its place:

    self.v = self.alpha * self.v - self.lr * g  #> from (1.6)      ->   self.v = ...  # from (1.6)
    return self.v.copy()  #>                                       ->   (nothing)
    self.beta_i *= self.beta  #! self.beta_i *= self.beta_i        ->   self.beta_i *= self.beta_i

Every other line is the student's too. A cell of code without a mark, and all text of a solution, is the teacher's
alone.
"""

import copy
import re
from collections.abc import Collection
from functools import cache

import nbformat
from nbformat import NotebookNode
from pybtex.database import parse_file

from book.environment import ROOT

MARK = re.compile(r"^(?P<indent>\s*)(?P<code>.*?)\s*#(?P<kind>[>!])\s*(?P<note>.*)$")
DROPDOWN = re.compile(r"^(:{3,})\{dropdown\} ?([^\n]*)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
DIRECTIVE = re.compile(r"^:{3,}(?:\{[\w-]+\} ?(?P<title>.*))?$", re.MULTILINE)
NEEDS = """\
*The chapter with its exercises, without the solutions. It runs where the folders `optimizers` and `lab` stand beside the folder of this notebook:
in the folder `exercises` of the course's archive (course.zip, linked where the book's chapters have their exercises), or in the folder `chapters`
of the book's repository.*"""


def is_solution(cell: NotebookNode) -> bool:
    """Is it a cell of a solution, of text or of code?"""
    return "solution" in cell.metadata.get("tags", [])


def has_blanks(cell: NotebookNode) -> bool:
    """Is it a solution of which the student gets the frame?"""
    return cell.cell_type == "code" and is_solution(cell) and any(map(MARK.match, cell.source.splitlines()))


def blanked(source: str) -> str:
    """The student's version of a solution's code."""
    lines = []
    for line in source.splitlines():
        mark = MARK.match(line)
        if mark is None:
            lines.append(line)
        elif mark["kind"] == "!":
            lines.append(mark["indent"] + mark["note"])
        elif mark["note"]:
            left, equals, _ = mark["code"].partition(" = ")
            start = left + equals if equals else "return " if mark["code"].startswith("return") else ""
            lines.append(f"{mark['indent']}{start}...  # {mark['note']}")
    return "\n".join(lines)


def unmarked(source: str) -> str:
    """A solution's code as the site shows it: hints are comments, and what stood wrong is gone."""
    lines = []
    for line in source.splitlines():
        mark = MARK.match(line)
        if mark:
            hint = f"  # {mark['note']}" if mark["kind"] == ">" and mark["note"] else ""
            line = mark["indent"] + mark["code"] + hint
        lines.append(line)
    return "\n".join(lines)


def student(notebook: NotebookNode, chapters: Collection[str] = ()) -> NotebookNode:
    """The notebook as a student gets it: no solutions, no answers, no outputs; links lead to the students' notebooks of
    `chapters`."""
    cells = []
    for cell in copy.deepcopy(notebook.cells):
        if is_solution(cell):
            if not has_blanks(cell):
                continue
            cell.source = blanked(cell.source)
        if "quiz" in cell.metadata.get("tags", []):
            without_reasons = re.sub(r"\n\n  +\S.*(?:\n  +\S.*)*", "", cell.source)
            cell.source = without_reasons.replace("- [x]", "- [ ]")
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        else:
            cell.source = _plain(cell.source, chapters)
        cell.metadata.pop("tags", None)
        cells.append(cell)
    cells.insert(1, nbformat.v4.new_markdown_cell(NEEDS, id="needs"))
    return nbformat.v4.new_notebook(cells=cells, metadata=notebook.metadata, nbformat_minor=5)


def _plain(text, chapters):
    """MyST's text as Jupyter shows it without an extension: titles in bold where a box would begin, no targets, no
    links to what is not there."""

    def linked(found):
        return f"[{found[1]}]({found[2]}-exercises.ipynb)" if found[2] in chapters else found[1]

    text = DROPDOWN.sub(r"<details><summary>\2</summary>\n\n\3\n</details>", text)
    text = re.sub(
        r"\{cite\}`([\w, ]+)`",
        lambda found: "(" + "; ".join(_cited(key.strip()) for key in found[1].split(",")) + ")",
        text,
    )
    text = re.sub(r"\[([^\[\]]+)\]\(([\w-]*)(?:\.ipynb|\.md)?(?:#[^()\s]*)?\)", linked, text)
    text = re.sub(r"^(?:\([\w-]+\)=|:class: .*)\n", "", text, flags=re.MULTILINE)
    return DIRECTIVE.sub(lambda found: f"**{found['title']}**\n" if found["title"] else "", text)


def _cited(key):
    """Authors and year of a source."""
    entry = _bibliography().entries[key]
    names = [" ".join(person.prelast_names + person.last_names) or str(person) for person in entry.persons["author"]]
    authors = names[0] + (f" and {names[1]}" if len(names) == 2 else " et al." if len(names) > 2 else "")
    return re.sub(r"[{}]", "", f"{authors}, {entry.fields['year']}")


@cache
def _bibliography():
    return parse_file(ROOT / "references.bib", "bibtex")


def published(notebook: NotebookNode) -> NotebookNode:
    """The notebook as the site shows it: what the student finds, then the solution, collapsed."""
    cells = []
    for cell in copy.deepcopy(notebook.cells):
        if cell.cell_type == "code" and is_solution(cell):
            prompt = "Show how the solution was computed"
            if has_blanks(cell):
                prompt = "Show the solution"
                cells.append(
                    nbformat.v4.new_markdown_cell(f"```python\n{blanked(cell.source)}\n```", id=f"{cell.id}-student")
                )
                cell.source = unmarked(cell.source)
            cell.metadata.tags = [*cell.metadata.tags, "hide-cell"]
            cell.metadata.mystnb = {
                "code_prompt_show": prompt,
                "code_prompt_hide": prompt.replace("Show", "Hide"),
                **cell.metadata.get("mystnb", {}),
            }
        cells.append(cell)
    return nbformat.v4.new_notebook(cells=cells, metadata=notebook.metadata, nbformat_minor=5)
