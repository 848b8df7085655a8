"""The table of execution times, cut to what a reader asks: which page, how many seconds."""

from docutils import nodes
from sphinx.application import Sphinx

PAGE, SECONDS = 0, 3  # the columns that are kept of MyST-NB's five


def shorten(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """In the place of `nb-exec-table`: each page by its title, in the order of the book, with its seconds and their
    sum."""
    for table in list(doctree.findall(nodes.table)):
        if "Run Time (s)" not in table.astext():
            continue
        rows = {row[PAGE].astext().strip(): row for row in next(iter(table.findall(nodes.tbody)))}
        chapters = [name for name in app.env.toctree_includes[app.config.root_doc] if name in rows]
        lines, total = [], 0.0
        for name in [app.config.root_doc, *chapters]:
            seconds = float(rows[name][SECONDS].astext())
            total += seconds
            address = app.builder.get_relative_uri(docname, name)
            lines.append(
                (nodes.reference("", app.env.titles[name].astext(), internal=True, refuri=address), f"{seconds:.0f}")
            )
        lines.append((nodes.Text("All"), f"{total:.0f}"))
        table.replace_self(_table(("Page", "Seconds"), lines))


def _table(head, lines):
    def row(*cells):
        return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", cell)) for cell in cells))

    columns = [nodes.colspec(colwidth=width) for width in (4, 1)]
    header = nodes.thead("", row(*map(nodes.Text, head)))
    body = nodes.tbody("", *(row(page, nodes.Text(seconds)) for page, seconds in lines))
    return nodes.table("", nodes.tgroup("", *columns, header, body, cols=2), classes=["colwidths-auto"])


def setup(app: Sphinx) -> None:
    """Have Sphinx cut the table."""
    app.connect("doctree-resolved", shorten)
