r"""Formulas, typeset when the book is built: KaTeX's HTML and MathML stand in the page, and no script runs in the browser.

A formula with `\tag{4.5}` has a MyST target `(eq-4-5)=` above it, has its number as a link to itself, and is
linked from elsewhere as `[(4.5)](#eq-4-5)`. A tag without a target is a warning, and so an error of the build.
"""

import html
import re

from docutils import nodes
from sphinx.util import logging
from sphinxcontrib.katex import KaTeXError, render_latex

logger = logging.getLogger(__name__)

ROW = re.compile(r"([^\n]*)\\\\[ \t]*\n")
LONG = 24  # characters of LaTeX; what is longer may be broken itself
TAG = re.compile(r"\\tag\{([^{}]*)\}")


def visit_inline(self, node):
    typeset = _typeset(node, node.astext())
    if _names_something(node):
        symbols = re.sub(r"<annotation.*?</annotation>|<[^>]*>", "", typeset.split('<span class="katex-html"')[0])
        typeset = typeset.replace("<math ", f'<math aria-label="{symbols}" ', 1)
    self.body.append(f'<span class="math">{typeset}</span>')
    raise nodes.SkipNode


def _names_something(formula):
    """Is it in the head of a table's column or in an answer of a quiz? These need a text, and not every reader takes MathML for one."""
    text = formula.parent.parent if "whole" in formula.parent.get("classes") else formula.parent
    entry = text.parent
    return isinstance(entry, nodes.entry) and isinstance(entry.parent.parent, nodes.thead) or "right" in entry


def visit_display(self, node):
    """The formula in a box that scrolls when the screen is too narrow; its number, a link, stays in sight beside it."""
    latex = node.astext()
    tag = TAG.search(latex)
    self.body.append(self.starttag(node, "div", CLASS="math numbered" if tag else "math"))
    body = ROW.sub(_loosened, TAG.sub("", latex))
    self.body.append(f'<div class="formula">{_typeset(node, body, displayMode=True)}</div>')
    if tag:
        if not node["ids"]:
            logger.warning("equation (%s) has no target: write (eq-...)= above it", tag[1], location=node)
        number = html.escape(tag[1])
        self.body.append(
            f'<a class="equation-number" href="#{"".join(node["ids"][:1])}" aria-label="Link to equation {number}">({number})</a>'
        )
    self.body.append("</div>\n")
    raise nodes.SkipNode


def _loosened(row):
    """A row of an aligned formula with some room below it: fractions in neighbouring rows touch otherwise."""
    room = ".8em" if "frac" in row[1] else ".2em"
    return f"{row[1]}\\\\[{room}]\n"


def _typeset(node, latex, **options):
    try:
        return render_latex(latex, {"throwOnError": True, **options})
    except KaTeXError as error:
        logger.warning("KaTeX cannot set %s: %s", latex, error, location=node)
        return f'<code class="katex-error">{html.escape(latex)}</code>'


def keep_whole(app, doctree, docname):
    """Hold a short formula and what stands against it together: a browser would break the line between "ε" and its full stop."""
    for formula in list(doctree.findall(nodes.math)):
        text, at = formula.parent, next(k for k, child in enumerate(formula.parent) if child is formula)
        if len(formula.astext()) > LONG or not isinstance(text, nodes.paragraph):
            continue
        before = at > 0 and isinstance(text[at - 1], nodes.Text) and re.search(r"[(“]$", text[at - 1])
        after = at + 1 < len(text) and isinstance(text[at + 1], nodes.Text) and re.match(r"[^\s\w(]{1,3}(?=\s|$)|-\w+", text[at + 1])
        if before or after:
            whole = nodes.inline(classes=["whole"])
            text[at] = whole
            if before:
                text[at - 1] = nodes.Text(text[at - 1][: before.start()])
                whole += nodes.Text(before[0])
            whole += formula
            if after:
                text[at + 1] = nodes.Text(text[at + 1][after.end() :])
                whole += nodes.Text(after[0])


def setup(app):
    app.connect("doctree-resolved", keep_whole)
    app.add_html_math_renderer("typeset", (visit_inline, None), (visit_display, None))
