"""The book is the same on every machine: neither its locale, nor its user's settings, nor the name of its folder
show."""

import ast
import json
import os
import subprocess
import sys
import textwrap

import matplotlib.pyplot as plt
import nbformat
import pytest

from book import build, icons, styles
from book.environment import ROOT
from lab import Lab
from optimizers import SGD

SOURCES = [
    file
    for folder in ("book", "lab", "optimizers", "tests", "benchmarks")
    for file in sorted((ROOT / folder).rglob("*.py"))
]


@pytest.mark.parametrize("source", SOURCES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_every_text_file_is_opened_as_utf_8(source):
    for call in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if not isinstance(call, ast.Call):
            continue
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", None)
        binary = any(isinstance(mode, ast.Constant) and "b" in str(mode.value) for mode in call.args[1:2])
        if name in ("read_text", "write_text") or (isinstance(call.func, ast.Name) and name == "open" and not binary):
            assert "encoding" in {keyword.arg for keyword in call.keywords}, f"line {call.lineno}: {ast.unparse(call)}"


@pytest.mark.parametrize("source", sorted((ROOT / "book").glob("*.py")), ids=lambda file: file.name)
def test_the_book_writes_the_same_bytes_on_every_machine(source):
    for call in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "write_text":
            keywords = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
            assert keywords.get("newline") == repr("\n"), f"line {call.lineno}: write it with book.files"


def python(code, **environment):
    run = [sys.executable, "-c", textwrap.dedent(code)]
    done = subprocess.run(run, cwd=ROOT, env=os.environ | environment, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_labs_and_formulas_are_made_where_the_locale_is_ascii():
    code = """
        from lab.widget.assets import script
        from book.formulas import typeset
        from lab.formula.cards import cards
        assert chr(951) in typeset([("\\\\eta", False)])[chr(92) + "eta", False]["mathml"]
        assert script() and cards("chapters")
    """
    python(code, LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0")


def test_a_notebook_sees_nothing_of_its_users_settings(tmp_path):
    files = {
        ".ipython/profile_default/startup/00-hello.py": "print('hello from the start-up file')",
        ".config/matplotlib/matplotlibrc": "axes.facecolor: red",
        ".local/share/jupyter/kernels/python3/kernel.json": json.dumps(
            {"argv": ["false"], "display_name": "mine", "language": "python"}
        ),
    }
    for name, text in files.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
    code = """
        import nbformat
        from book import environment
        from book.build import execute
        environment.prepare()
        cell = nbformat.v4.new_code_cell("import matplotlib; print(matplotlib.rcParams['axes.facecolor'])")
        notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
        result = execute(notebook)
        print(result.err or [output.text for output in result.nb.cells[0].outputs])
    """
    variables = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "MPLCONFIGDIR")
    mine = {
        name: str(tmp_path / folder)
        for name, folder in zip(
            variables, (".ipython", ".jupyter", ".local/share/jupyter", ".config/matplotlib"), strict=True
        )
    }
    said = python(code, HOME=str(tmp_path), MATPLOTLIBRC=str(tmp_path / ".config/matplotlib/matplotlibrc"), **mine)
    assert said.strip() == r"['white\n']"


def test_a_printed_line_stays_whole_however_the_kernel_sends_it():
    cell = nbformat.v4.new_code_cell(
        "for word in ('one', 'two', 'three'):\n    print(word, end=' ', flush=True)\nprint()"
    )
    result = build.execute(
        nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    )
    assert [output.text for output in result.nb.cells[0].outputs] == ["one two three \n"]


def test_the_icons_are_the_same_bytes_whenever_they_are_made(tmp_path, monkeypatch):
    (tmp_path / "index.html").write_text('<i class="fas fa-bars"></i>', encoding="utf-8")
    sheets = set()
    for now in ("1000000000", "2000000000"):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", now)  # which fontTools takes for the time
        sheets.add(icons.style_sheet(tmp_path))
    assert len(sheets) == 1 and "font/woff" in sheets.pop()


def test_a_picture_of_a_lab_is_drawn_in_the_books_own_style():
    lab = Lab.descent([SGD], "ravine", steps=5)
    with plt.rc_context({"axes.facecolor": "red", "figure.dpi": 30, "lines.linewidth": 9}):
        assert lab.picture() == Lab.descent([SGD], "ravine", steps=5).picture() == _plain(lab)


def _plain(lab):
    with plt.style.context("default"):
        return lab.picture()


@pytest.mark.parametrize("folder", ["book", "book (1)", "book [new]"])
def test_the_style_sheet_is_purged_whatever_the_folder_is_called(tmp_path, folder):
    site = tmp_path / folder / "html"
    (site / "_static").mkdir(parents=True)
    (site / "index.html").write_text('<p class="used">text</p>', encoding="utf-8")
    sheet = site / "_static" / "book.css"
    sheet.write_text(".used { color: red }\n.unused { color: blue }\n", encoding="utf-8")
    styles._purge(sheet)
    css = sheet.read_text(encoding="utf-8")
    assert ".used" in css and ".unused" not in css


def test_scripts_keep_their_line_ends_where_git_would_change_them():
    names = [".ci/run", "Makefile", "lab/formula/trace.py", "requirements.txt"]
    asked = subprocess.run(
        ["git", "check-attr", "eol", *names], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    assert asked.stdout.count("eol: lf") == len(names)


def test_a_kernel_that_dies_at_its_start_is_started_again(monkeypatch):
    from jupyter_cache.executors import utils

    answers = [
        RuntimeError("Kernel died before replying to kernel_info"),
        RuntimeError("Kernel died before replying to kernel_info"),
        "executed",
    ]

    def start(*arguments, **options):
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(utils, "single_nb_execution", start)
    assert build.execute(None) == "executed"
    answers[:] = [RuntimeError("something else")]
    with pytest.raises(RuntimeError, match="something else"):
        build.execute(None)
