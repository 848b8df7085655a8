"""No code stands in a page: a strict content security policy, `script-src 'self'`, allows files alone.

The theme writes some into every page; here it becomes files, or HTML where it only wrote HTML.
"""

import re
from pathlib import Path

from book import addresses, files

INLINE = re.compile(r"<script(?![^>]*\bsrc=)([^>]*)>(.*?)</script>", re.DOTALL)
WRITTEN = re.compile(r"\s*document\.write\(`(.*)`\);\s*", re.DOTALL)
HANDLERS = {' onclick="window.print()"': ' data-act="print"', ' onclick="toggleFullScreen()"': ' data-act="fullscreen"'}


def apart(site: Path) -> None:
    """Move the code out of all pages in the folder `site`."""
    first = site / "_static" / "first.js"

    def moved(script):
        attributes, code = script.groups()
        if "data-cfasync" in attributes:  # the theme's choice of light or dark, which first.js makes
            return f'<script src="_static/{addresses.versioned(first)}"></script>'
        if code.strip().startswith("DOCUMENTATION_OPTIONS.pagename"):  # for a switch of versions, which there is not
            return ""
        # A button that needs JavaScript; the style sheet hides it where there is none.
        if written := WRITTEN.fullmatch(code):
            return written[1]
        file = first.with_name(f"inline-{addresses.digest(code.encode())}.js")
        files.write(file, code)
        return f'<script src="_static/{file.name}"></script>'

    for page in site.glob("*.html"):
        if page.name == "404.html":  # which a server shows at any depth, so that it cannot name a file
            continue
        text = INLINE.sub(moved, page.read_text(encoding="utf-8"))
        for handler, act in HANDLERS.items():
            text = text.replace(handler, act)
        files.write(page, text)
