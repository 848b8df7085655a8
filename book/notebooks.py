"""Store notebooks clean: `python -m book.notebooks [chapters/adam.ipynb ...]`, all chapters by default.

Each notebook is executed from its first cell and written back with its source and nothing that changes from run to run:
no pictures, no true execution counts, no metadata but what the book reads. Of the outputs only the text of cells tagged
`nbval-check-output` stays: the numbers that `make test` compares with.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import nbformat

from book import environment, files
from book.build import CHAPTERS, execute

CHECKED = "nbval-check-output"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Store the notebooks that are named; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m book.notebooks", description=__doc__.split("\n")[0])
    parser.add_argument("notebooks", nargs="*", type=Path, default=sorted(CHAPTERS.glob("*.ipynb")))
    paths = [path.resolve() for path in parser.parse_args(arguments).notebooks]
    environment.prepare()
    failed = False
    for path in paths:
        result = execute(nbformat.read(path, as_version=4))
        if result.err is not None:
            failed = True
            print(f"{path.name} failed and was left as it was:\n{result.err}", file=sys.stderr)
            continue
        files.write(path, clean(result.nb))
        print(f"{path.name}: {result.time:.1f} s")
    return int(failed)


def clean(notebook: nbformat.NotebookNode) -> str:
    """The text of the notebook as it is committed. The outputs are those it has: execute it first."""
    cells = [_clean_cell(cell, number) for number, cell in enumerate(notebook.cells, 1)]
    fresh = nbformat.v4.new_notebook(cells=cells, metadata=METADATA)
    fresh.nbformat_minor = 5
    return nbformat.writes(fresh) + "\n"


def _clean_cell(cell, number):
    metadata = {key: cell.metadata[key] for key in ("tags", "mystnb") if cell.metadata.get(key)}
    make = {
        "markdown": nbformat.v4.new_markdown_cell,
        "code": nbformat.v4.new_code_cell,
        "raw": nbformat.v4.new_raw_cell,
    }[cell.cell_type]
    # Numbered ids: a random one would differ whenever a notebook is made anew.
    new = make(cell.source.strip("\n"), metadata=metadata, id=f"cell-{number:02}")
    if cell.cell_type == "code" and CHECKED in metadata.get("tags", []):
        new.outputs = _text_only(cell.outputs)
        # Nbval does not compare a cell that seems not to have been run.
        new.execution_count = 1 if new.outputs else None
    return new


def _text_only(outputs):
    """The printed text and the text of a shown value, neighbouring pieces of one stream joined."""
    kept: list[nbformat.NotebookNode] = []
    for output in outputs:
        if output.output_type == "stream":
            if kept and kept[-1].output_type == "stream" and kept[-1].name == output.name:
                kept[-1].text += output.text
            else:
                kept.append(nbformat.v4.new_output("stream", name=output.name, text=output.text))
        elif "text/plain" in output.get("data", {}):
            data = {"text/plain": output.data["text/plain"]}
            kept.append(nbformat.v4.new_output(output.output_type, data))
    return kept


if __name__ == "__main__":
    sys.exit(main())
