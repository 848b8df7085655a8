"""Link the terms of the glossary where each page first uses them."""

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx_design.dropdown import dropdown_title

from .quiz import Answer

# Where no link belongs: in another link, in a title, in what is code, and where a click already does something.
CLOSED = (
    nodes.reference, nodes.title, nodes.literal, nodes.literal_block, nodes.math, nodes.math_block, nodes.raw, nodes.caption,
    nodes.thead, nodes.rubric, nodes.footnote, nodes.citation, nodes.term, dropdown_title,
)  # fmt: skip


def link_terms(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """On every page but the glossary's own: the first time that each term stands in the running text."""
    terms = {term: place for term, place in app.env.domaindata["std"].get("terms", {}).items() if place[0] != docname}
    for text in list(doctree.findall(nodes.Text)):
        if not terms:
            return
        if _open(text):
            _link(app, text, terms, docname)


def _open(text):
    node = text.parent
    if isinstance(node, nodes.paragraph) and (
        (isinstance(node.parent, Answer) and node.parent[0] is node) or "question" in node["classes"]
    ):
        return False
    while node is not None:
        if isinstance(node, CLOSED) or "cell_output" in node.get("classes", ()):
            return False
        node = node.parent
    return True


def _link(app, text, terms, docname):
    pieces, rest = [], text.astext()
    while terms:
        words = "|".join(re.escape(term).replace(r"\ ", r"\s+") for term in sorted(terms, key=len, reverse=True))
        found = re.search(rf"(?<![\w-])(?:{words})(?![\w-])", rest, re.IGNORECASE)
        if found is None:
            break
        term = re.sub(r"\s+", " ", found[0]).lower()
        target, label = terms[term]
        for other in [name for name, place in terms.items() if place == (target, label)]:
            del terms[other]  # a plural is the same term
        address = f"{app.builder.get_relative_uri(docname, target)}#{label}"
        link = nodes.reference("", found[0], internal=True, refuri=address, classes=["term"])
        pieces += [nodes.Text(rest[: found.start()]), link]
        rest = rest[found.end() :]
    if pieces:
        text.parent.replace(text, [piece for piece in [*pieces, nodes.Text(rest)] if piece.astext()])


def setup(app: Sphinx) -> None:
    """Have Sphinx link the terms."""
    app.connect("doctree-resolved", link_terms)
