"""The Sphinx extension that makes the site self-contained, light and accessible."""

import base64
import hashlib
import html
import json
import os
import re
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from book import addresses, course, exercises, files, formulas, glossary, icons, quiz, scripts, search, styles, timings
from book.build import CHAPTERS
from book.environment import ROOT
from lab.widget import assets, figures

ASSETS = Path(__file__).parent / "assets"
MINISEARCH = ROOT / "node_modules" / "minisearch" / "dist" / "umd" / "index.js"
LAB_STYLE = ROOT / "lab" / "widget" / "web" / "lab.css"
WHERE = """

To do them, unpack [the course](course.zip){{.external}}, follow its README, and open `{0}-exercises.ipynb`; or download
[that notebook alone](exercises/{0}-exercises.ipynb){{.external}} into the folder `chapters` of the book's repository.
"""
LAB_TAG = "<optimizer-lab"


def setup(app: Sphinx) -> dict[str, bool]:
    """Sphinx's entry."""
    for part in (formulas, quiz, glossary, timings):
        part.setup(app)
    app.add_config_value("comments_config", {}, "html")  # Jupyter Book sets it, wanted or not
    app.connect("config-inited", take_repository_from_environment)
    app.connect("builder-inited", add_assets)
    app.connect("source-read", lay_out_exercises)
    app.connect("html-page-context", choose_assets, priority=900)
    app.connect("build-finished", finish, priority=900)  # the theme writes its style sheet of code there too
    return {"parallel_read_safe": True, "parallel_write_safe": False}


def take_repository_from_environment(app: Sphinx, config: Config) -> None:
    """The buttons that lead to the book's source are there if, and only if, the build is told where that is."""
    url = os.environ.get("BOOK_REPOSITORY_URL")
    if url:
        config.html_theme_options |= {
            "repository_url": url,
            "repository_branch": os.environ.get("BOOK_REPOSITORY_BRANCH", "main"),
            "path_to_docs": "chapters",
            "use_repository_button": True,
            "use_edit_page_button": True,
            "use_issues_button": True,
        }


def add_assets(app: Sphinx) -> None:
    """Gather what is made at build time in one static folder: the labs' module, our own style."""
    static = Path(app.doctreedir).parent / "static"
    shutil.rmtree(static, ignore_errors=True)
    shutil.copytree(ASSETS, static)
    files.write(static / "optimizer-lab.js", assets.script())
    shutil.copy(LAB_STYLE, static / "optimizer-lab.css")
    shutil.copy(MINISEARCH, static / "minisearch.js")
    app.config.html_static_path.append(str(static))
    app.add_css_file("icons.css")
    app.add_css_file("math.css")
    app.add_css_file("site.css", priority=900)
    app.add_js_file("site.js")
    app.config.html_context |= {
        "lab_script": _address(static / "optimizer-lab.js"),
        "lab_style": _address(static / "optimizer-lab.css"),
    }


def lay_out_exercises(app: Sphinx, docname: str, source: list[str]) -> None:
    """Show of each exercise in code what the student finds, and the solution below it, collapsed; and say where to do
    them."""
    if app.env.doc2path(docname).endswith(".ipynb"):
        notebook = exercises.published(nbformat.reads(source[0], as_version=4))
        if docname in students_notebooks():
            heading = next(cell for cell in notebook.cells if cell.source.startswith("## Exercises"))
            heading.source += WHERE.format(docname)
        source[0] = nbformat.writes(notebook)


def _address(file):
    """Where a static file is found on the site; its content is in the query, so that no browser keeps an old one."""
    return f"_static/{addresses.versioned(file)}"


def choose_assets(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document) -> None:
    """Give the labs' module to the pages that have a lab, and let no script hold up the text."""
    if page == "404":
        titles = app.env.titles
        order = [app.config.root_doc, *app.env.toctree_includes.get(app.config.root_doc, [])]
        context["chapters"] = [(name, titles[name].astext()) for name in order]
    if page in students_notebooks():
        offer_exercises(page, context)
    body = context["body"] = pictures_apart(untranslated(accessible(context.get("body") or "")), Path(app.outdir))
    context["has_lab"] = LAB_TAG in body
    if context["has_lab"]:
        context["body"], context["lab_code"] = code_apart(body, page, Path(app.outdir))
    if "sd-tab-set" not in body:
        context["script_files"] = [js for js in context["script_files"] if "design-tabs" not in str(js.filename)]
    for script in context["script_files"]:
        # Every page calls the first of these while it loads.
        script.attributes.pop("defer", None)
        if script.filename and "documentation_options" not in str(script.filename):
            script.attributes["defer"] = "defer"


@cache
def students_notebooks() -> dict[str, nbformat.NotebookNode]:
    """The student's notebook of every chapter that has exercises: {chapter: notebook}."""
    notebooks = {path.stem: nbformat.read(path, as_version=4) for path in sorted(CHAPTERS.glob("*.ipynb"))}
    chapters = [
        name
        for name, book in notebooks.items()
        if any("exercise" in cell.metadata.get("tags", []) for cell in book.cells)
    ]
    return {name: exercises.student(notebooks[name], chapters) for name in chapters}


def offer_exercises(page: str, context: dict[str, Any]) -> None:
    """Put the student's notebook beside the other downloads, and the slides beside those."""
    buttons = context["header_buttons"]
    downloads = next(button for button in buttons if button.get("label") == "download-buttons")
    downloads["buttons"].insert(0, {
        "type": "link", "url": context["pathto"](f"exercises/{page}-exercises.ipynb", 1), "text": "exercises .ipynb", "icon": "fas fa-pencil",
        "tooltip": "Download the chapter without the solutions", "label": "download-exercises-button",
    })  # fmt: skip
    for button in downloads["buttons"]:
        if button["label"] == "download-source-button":
            button["tooltip"] = "Download the chapter with the solutions"
    downloads["buttons"].append({
        "type": "link", "url": context["pathto"]("course.zip", 1), "text": "course .zip", "icon": "fas fa-file-zipper",
        "tooltip": "Download all chapters without the solutions, and what they run on", "label": "download-course-button",
    })  # fmt: skip
    buttons.append(
        {
            "type": "link",
            "url": "?slides",
            "tooltip": "Slides",
            "icon": "fas fa-person-chalkboard",
            "label": "slides-button",
        }
    )


def pictures_apart(body: str, site: Path) -> str:
    """Store the labs' pictures as files that a browser fetches only where it shows them: a lab that runs has none."""

    def stored(match):
        data = base64.b64decode(match[1])
        width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))  # as a PNG's head has them
        name = f"_images/lab-{hashlib.sha256(data).hexdigest()[:12]}.png"
        (site / "_images").mkdir(exist_ok=True)
        (site / name).write_bytes(data)
        return f'<img loading="lazy" width="{width}" height="{height}" src="{name}"'

    return re.sub(r'(?<=<figure>)<img src="data:image/png;base64,([^"]+)"', stored, body)


def code_apart(body: str, page: str, site: Path) -> tuple[str, str | None]:
    """Store the functions that a page's labs bring along as a script, in which the labs find each by its number.

    A strict content security policy lets no page make functions of text. Returns the body and the script's address.
    """
    code = []

    def numbered(part):
        if isinstance(part, list):
            return [numbered(item) for item in part]
        if not isinstance(part, dict):
            return part
        whole = {key: numbered(value) for key, value in part.items()}
        if "code" in whole:
            if whole["code"] not in code:
                code.append(whole["code"])
            whole["code"] = code.index(whole["code"])
        return whole

    def replaced(match):
        spec = numbered(json.loads(html.unescape(match[1])))
        return f'data-spec="{html.escape(json.dumps(spec))}"'

    body = re.sub(r'(?<=<optimizer-lab )data-spec="([^"]*)"', replaced, body)
    if not code:
        return body, None
    file = site / "_static" / "labs" / f"{page}.js"
    file.parent.mkdir(parents=True, exist_ok=True)
    functions = ",\n".join(code)
    files.write(file, f"globalThis.optimizerLabCode = [\n{functions},\n];\n")
    return body, f"_static/labs/{addresses.versioned(file)}"


def accessible(body: str) -> str:
    """Mend what the writers of HTML below us get wrong for screen readers; axe-core names each in the tests."""
    body = re.sub(r' role="(?:doc-biblioentry|doc-backlink)"| role="list"(?= class="citation-list")', "", body)
    body = body.replace('<summary aria-label="Toggle hidden content">', "<summary>")  # it has a text
    return re.sub(r'<th class="head">(?:<p></p>)?\s*</th>', "<td></td>", body)  # a corner heads nothing


def untranslated(body: str) -> str:
    """Mark code as what a browser that translates the page must leave as it is; formulas are marked where they are
    written."""
    return re.sub(r"<(code|pre)(?=[ >])", r'<\1 translate="no"', body)


def finish(app: Sphinx, error: Exception | None) -> None:
    """Leave of what Sphinx, the theme and the notebooks have written only what a reader needs, and add our own."""
    if error is None:
        static = Path(app.outdir) / "_static"
        for picture in (Path(app.outdir) / "_images").glob("*.png"):
            if not picture.name.startswith("lab-"):  # which are so already
                picture.write_bytes(figures.compact(picture.read_bytes()))
        shutil.rmtree(static / "vendor")
        for source_map in static.rglob("*.map"):
            source_map.unlink()
        # The theme gives one id to the field of the page and to that of the dialog.
        page = Path(app.outdir) / "search.html"
        files.write(page, page.read_text(encoding="utf-8").replace(' id="search-input"', "", 1))
        search.write(Path(app.outdir), app.env.found_docs)
        typeset = app.builder.formulas  # type: ignore[attr-defined]  # by formulas.typeset_all
        files.write(static / "icons.css", icons.style_sheet(Path(app.outdir)))
        files.write(static / "math.css", formulas.style_sheet(typeset, static))
        scripts.apart(Path(app.outdir))
        styles.bundle(Path(app.outdir))
        course.write(Path(app.outdir), students_notebooks())
