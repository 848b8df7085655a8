"""The files of the built site, each parsed once."""

import functools

from bs4 import BeautifulSoup

from book.build import SITE


@functools.cache
def parse(page):
    """The tree of a page, `parse("adam.html")`."""
    return BeautifulSoup((SITE / page).read_text(encoding="utf-8"), "html.parser")
