"""The chapters as they are committed, and the environment that they run in."""

import nbformat
import pytest

from book import build
from book.notebooks import CHECKED, clean

NOTEBOOKS = sorted(build.CHAPTERS.glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_stored_clean(path):
    notebook = nbformat.read(path, as_version=4)
    assert path.read_text(encoding="utf-8") == clean(notebook), f"make notebooks FILES=chapters/{path.name}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_checked_cells_have_numbers_to_check(path):
    for cell in nbformat.read(path, as_version=4).cells:
        if CHECKED in cell.metadata.get("tags", []):
            assert cell.outputs, f"make notebooks FILES=chapters/{path.name}:\n{cell.source}"


def notebook_of(source, outputs=(), **metadata):
    cell = nbformat.v4.new_code_cell(source, outputs=list(outputs), execution_count=3, metadata=metadata)
    return nbformat.v4.new_notebook(cells=[cell], metadata={"widgets": {"a": 1}})


def test_cleaning_keeps_the_text_of_checked_cells_and_nothing_else():
    shown = nbformat.v4.new_output("execute_result", {"text/plain": "0.5", "image/png": "aGk="}, execution_count=3)
    kept = nbformat.reads(clean(notebook_of("1/2", [shown], tags=[CHECKED], collapsed=True)), as_version=4)
    assert [output.data for output in kept.cells[0].outputs] == [{"text/plain": "0.5"}]
    assert kept.cells[0].execution_count == 1, "without a count nbval takes the cell as not run, and fails it"
    assert kept.cells[0].metadata == {"tags": [CHECKED]}
    assert set(kept.metadata) == {"kernelspec", "language_info"}
    bare = nbformat.reads(clean(notebook_of("1/2", [shown])), as_version=4)
    assert bare.cells[0].outputs == [] and bare.cells[0].execution_count is None


def test_a_numerical_accident_in_a_chapter_is_an_error():
    result = build.execute(notebook_of("import numpy as np\nnp.float64(1) / 0"))
    assert "RuntimeWarning" in result.exc_string
    assert build.execute(notebook_of("import numpy as np\nnp.float64(1) / 2")).err is None


def test_a_changed_file_makes_the_site_stale(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "ROOT", tmp_path)
    (tmp_path / "lab").mkdir()
    source = tmp_path / "lab" / "trace.py"
    digests = set()
    for text in ("a = 1", "a = 2"):
        source.write_text(text, encoding="utf-8")
        digests.add(build.digest(["lab"]))
    source.rename(source.with_name("other.py"))
    digests.add(build.digest(["lab"]))
    digests.add(build.digest(["lab"], "another repository"))
    assert len(digests) == 4
