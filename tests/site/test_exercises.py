"""Exercises: each chapter has them, with solutions; the student's notebook runs and gives nothing away; quizzes and
slides work."""

import re
import subprocess
import sys
import zipfile

import nbformat
import pytest

from book import exercises
from book.build import CHAPTERS, SITE
from book.environment import ROOT

from . import student
from .pages import parse

NOTEBOOKS = {path.stem: nbformat.read(path, as_version=4) for path in sorted(CHAPTERS.glob("*.ipynb"))}
TAUGHT = [
    name for name, notebook in NOTEBOOKS.items() if any("You will be able to" in cell.source for cell in notebook.cells)
]
each_chapter = pytest.mark.parametrize("name", TAUGHT)

HEAD = re.compile(
    r"\(ex-(\w+)-(\d+)\)=\n:{3,}\{admonition\} Exercise (\d+) · (by hand|in code|with the lab) · (★{1,3}) · objectives? ([\d, ]+)\n:class: exercise\n"
)


def tagged(notebook, tag):
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


def objectives(notebook):
    head = next(cell.source for cell in notebook.cells if "You will be able to" in cell.source)
    return [int(number) for number in re.findall(r"^(\d)\. ", head, re.MULTILINE)]


@each_chapter
def test_a_chapter_has_exercises_of_each_kind_for_each_objective(name):
    notebook = NOTEBOOKS[name]
    goals, heads = objectives(notebook), [HEAD.match(cell.source) for cell in tagged(notebook, "exercise")]
    assert all(heads), [
        cell.source[:120] for cell, head in zip(tagged(notebook, "exercise"), heads, strict=True) if not head
    ]
    assert goals == list(range(1, len(goals) + 1)) and len(goals) >= 2
    assert len(heads) >= 4
    for number, head in enumerate(heads, 1):
        assert (head[1], head[2], head[3]) == (name, str(number), str(number))
    assert {head[4] for head in heads} == {"by hand", "in code", "with the lab"}
    assert len({head[5] for head in heads}) >= 2, "graded by difficulty"
    assert {int(goal) for head in heads for goal in head[6].split(",")} == set(goals), (
        "an objective without an exercise, or the reverse"
    )


@each_chapter
def test_each_exercise_is_followed_by_its_solution(name):
    cells = NOTEBOOKS[name].cells
    for at, cell in enumerate(cells):
        if "exercise" not in cell.metadata.get("tags", []):
            continue
        head, after = HEAD.match(cell.source), cells[at + 1]
        assert exercises.is_solution(after), cell.source[:80]
        if head[4] == "in code":
            assert exercises.has_blanks(after), "the student finds nothing to fill in or to mend"
        else:
            assert after.source.startswith(":::") and f"{{dropdown}} Solution of exercise {head[3]}\n" in after.source


@each_chapter
def test_a_quiz_has_three_to_five_questions(name):
    (cell,) = tagged(NOTEBOOKS[name], "quiz")
    page = parse(f"{name}.html")
    quizzes = page.select("div.quiz")
    assert cell.source.count("{quiz}") == len(quizzes) and 3 <= len(quizzes) <= 5
    for quiz in quizzes:
        assert page.find(id=quiz["aria-labelledby"]).get_text(strip=True)
        answers = quiz.select("details.answer")
        assert 2 <= len(answers) <= 4
        assert [answer.select_one(".verdict").get_text() for answer in answers].count("Right.") == 1
        assert all(len(answer.select(".why p")) >= 2 for answer in answers), "no explanation"


def test_a_mark_says_what_the_student_finds():
    source = "v = alpha * v - lr * g  #> from (1.6)\n    return f(v, k=2)  #> Δw\nx += 1  #> count\nlogging()  #>\n  b *= a  #! b *= b\nprint(v)  # seen"
    assert (
        exercises.blanked(source)
        == "v = ...  # from (1.6)\n    return ...  # Δw\n...  # count\n  b *= b\nprint(v)  # seen"
    )
    assert exercises.unmarked(source).splitlines()[3:5] == ["logging()", "  b *= a"]


@each_chapter
def test_the_student_s_notebook_gives_nothing_away(name):
    written = nbformat.read(SITE / "exercises" / f"{name}-exercises.ipynb", as_version=4)
    nbformat.validate(written)
    text = "\n".join(cell.source for cell in written.cells)
    assert not re.search(r"#[>!]|\[x\]|\{dropdown\} Solution|:::|\{cite\}", text)
    folded = re.findall(r"^<details><summary>.*</summary>\n\n(?:.+\n)", text, re.MULTILINE)
    assert len(folded) == text.count("<details>") == text.count("</details>"), (
        "the answer to a lab's question is to be opened by its reader"
    )
    assert "<summary>What to see</summary>" in text or not any(cell.source.startswith("Lab.") for cell in written.cells)
    assert all(not cell.outputs for cell in written.cells if cell.cell_type == "code")
    links = {
        link
        for cell in written.cells
        if cell.cell_type == "markdown"
        for link in re.findall(r"\]\(([^()\s]+)\)", cell.source)
    }
    assert all((SITE / "exercises" / link).exists() for link in links if "://" not in link), links
    for cell in tagged(NOTEBOOKS[name], "solution"):
        if cell.cell_type == "markdown" or not exercises.has_blanks(cell):
            assert cell.source.strip() not in text and max(cell.source.splitlines(), key=len) not in text
        for line in cell.source.splitlines():
            mark = exercises.MARK.match(line)
            if mark and mark["note"]:
                assert mark["code"] not in [other.strip() for other in exercises.blanked(cell.source).splitlines()], (
                    line
                )
    for cell in tagged(NOTEBOOKS[name], "quiz"):
        reasons = re.findall(r"^  +(\S.{20,})$", cell.source, re.MULTILINE)
        assert reasons and not any(reason in text for reason in reasons)
    for cell in tagged(NOTEBOOKS[name], "exercise"):
        words = re.sub(r"\[([^\[\]]+)\]\([^()\s]*\)", r"\1", max(HEAD.sub("", cell.source).splitlines(), key=len))
        assert words in re.sub(r"\[([^\[\]]+)\]\([^()\s]*\)", r"\1", text), "the question is missing"


@each_chapter
def test_the_student_s_notebook_runs_with_its_blanks_open(name):
    # A lab depends on nothing and nothing depends on it; each takes as long as all the rest.
    cells = [
        cell.source
        for cell in exercises.student(NOTEBOOKS[name]).cells
        if cell.cell_type == "code" and not cell.source.startswith("Lab.")
    ]
    open_cells = {exercises.blanked(cell.source) for cell in NOTEBOOKS[name].cells if exercises.has_blanks(cell)}
    assert open_cells <= set(cells)
    for cell, said in zip(cells, student.run(cells), strict=True):
        if cell in open_cells:
            assert not re.search(r"^Right\b", said, re.MULTILINE), f"an open exercise is called right:\n{said}"
            unfinished = "not yet" in said.lower()  # of an exercise of several parts one may be right from the start
            assert unfinished or not re.search(r"\bright\b", said.lower()), f"an open exercise is called right:\n{said}"


def test_the_course_s_archive_stands_on_its_own(tmp_path):
    with zipfile.ZipFile(SITE / "course.zip") as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / "ten-optimizers"
    notebooks = {path.name.removesuffix("-exercises.ipynb") for path in (folder / "exercises").iterdir()}
    assert notebooks == set(TAUGHT)
    text = f"import sys\nsys.path = [p for p in sys.path if p != {str(ROOT)!r}]\nsys.path.insert(0, '..')"
    text += "\nimport lab\nlab_of = lab.Lab.descent(['Adam'])\nimport os\nprint(os.path.realpath(lab.__file__), 'customElements.define(\"optimizer-lab\"' in lab_of._esm)"
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=folder / "exercises", capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [str(folder.resolve() / "lab" / "__init__.py"), "True"]
    wanted = (folder / "requirements.txt").read_text(encoding="utf-8").split()
    assert set(wanted) <= set((ROOT / "requirements.txt").read_text(encoding="utf-8").split()) and len(wanted) == 7


@each_chapter
def test_the_page_shows_the_exercise_and_hides_the_solution(name):
    page = parse(f"{name}.html")
    for cell in tagged(NOTEBOOKS[name], "solution"):
        if cell.cell_type == "code":
            shown = {
                block.get_text().strip()
                for block in page.select("div.highlight pre")
                if not block.find_parent("details")
            }
            hidden = {block.get_text().strip() for block in page.select("details div.highlight pre")}
            assert exercises.unmarked(cell.source).strip() in hidden
            if exercises.has_blanks(cell):
                assert exercises.blanked(cell.source).strip() in shown
    for link in (f"exercises/{name}-exercises.ipynb", "course.zip"):
        assert page.select_one(f'section#exercises > p a[href="{link}"]'), (
            "the page does not say where its exercises are done"
        )


@pytest.mark.parametrize("script", [True, False], ids=["", "without JavaScript"])
def test_a_quiz_is_answered_with_the_keyboard(opened, script):
    tab = opened(f"{TAUGHT[0]}.html?", java_script_enabled=script)
    answers = tab.locator(".quiz").first.locator("details.answer")
    seen = []
    answers.first.locator("summary").focus()
    for answer in answers.all():
        assert answer.locator(".why").is_hidden()
        tab.keyboard.press("Enter")
        assert answer.locator(".why").is_visible()
        seen.append(answer.locator(".verdict").inner_text())
        while answer is not answers.last and not tab.evaluate(
            "document.activeElement.matches('summary') && !document.activeElement.parentElement.open"
        ):
            tab.keyboard.press("Tab")
            if len(seen) == answers.count():
                break
    assert sorted(set(seen)) == ["No.", "Right."] and seen.count("Right.") == 1


# The number and the title of a slide, and how many blocks and labs of the chapter it shows.
SLIDE = """() => {
  const text = (part) => document.querySelector(`.slides-${part}`).innerText;
  const visible = (selector) => [...document.querySelectorAll(selector)].filter((box) => box.checkVisibility()).length;
  return [text("place"), text("title"), visible("article section > *"), visible("optimizer-lab")];
}"""


def test_a_chapter_is_shown_as_slides(opened):
    tab = opened("adam.html?slides")
    tab.wait_for_selector("body.slides .slides-title:text-is('Adam')")
    count = int(tab.locator(".slides-place").inner_text().split("/")[1])
    assert count > 15
    titles, labs = set(), 0
    for number in range(1, count + 1):
        place, title, visible, shown = tab.evaluate(SLIDE)
        assert place == f"{number} / {count}"
        assert visible, f"slide {number} is empty"
        assert shown <= 1
        titles.add(title)
        labs += shown
        tab.keyboard.press("ArrowRight")
    assert labs == tab.locator("optimizer-lab").count()
    assert "Where the bias correction comes from" in titles and "Exercises" not in titles
    tab.reload()
    tab.wait_for_selector(f".slides-place:text-is('{count} / {count}')")
    tab.keyboard.press("Escape")
    tab.wait_for_selector("body:not(.slides) h1")
    assert "slides" not in tab.url


def test_terms_are_linked_once_a_page_to_the_glossary():
    linked = set()
    for file in SITE.glob("*.html"):
        links = re.findall(r"<a [^>]*>", file.read_text(encoding="utf-8"))
        addresses = [
            re.search(r'href="([^"]+)"', link)[1] for link in links if re.search(r'class="[^"]*\bterm\b', link)
        ]
        assert len(addresses) == len(set(addresses)), f"{file.name} links a term twice"
        linked |= set(addresses)
    ids = {term.get("id") for term in parse("glossary.html").select("dl.glossary dt")}
    assert linked and {address.split("#")[1] for address in linked} <= ids
    assert len(linked) > len(ids) / 2, "few of the terms are ever used"
