"""A table as the last line of a cell."""

import html


class Table:
    """A table that a cell shows, as HTML or as text."""

    def __init__(self, caption, head, rows, notes=()):
        self.caption, self.head, self.rows, self.notes = caption, head, rows, notes

    def _repr_html_(self):
        def cell(text, tag="td", scope=""):
            text = html.escape(text, quote=False)
            if tag == "td" and "(" in text:
                text = f"<code>{text}</code>"
            return f"<{tag}{scope}>{text}</{tag}>"

        head = "".join(cell(text, "th", ' scope="col"') for text in self.head)
        rows = ""
        for first, *rest in self.rows:
            cells = cell(first, "th", ' scope="row"') + "".join(map(cell, rest))
            rows += f"<tr>{cells}</tr>\n"
        notes = "".join(f"<p>{html.escape(note, quote=False)}</p>\n" for note in self.notes)
        return (
            f'<table class="table">\n<caption>{html.escape(self.caption, quote=False)}</caption>\n'
            f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n{notes}"
        )

    def __repr__(self):
        widths = [max(map(len, column)) for column in zip(self.head, *self.rows, strict=True)]
        lines = [
            "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
            for row in (self.head, *self.rows)
        ]
        return "\n".join((self.caption, *lines, *self.notes))
