"""The files of the built site, each parsed once, and a page in a tab."""

import functools
import io

from bs4 import BeautifulSoup
from pypdf import PdfReader

from book.build import SITE


@functools.cache
def parse(page):
    """The tree of a page, `parse("adam.html")`."""
    return BeautifulSoup((SITE / page).read_text(encoding="utf-8"), "html.parser")


def sheets(pdf):
    """How many pages a PDF has."""
    return len(PdfReader(io.BytesIO(pdf)).pages)


def settled(tab):
    """Wait until what the page starts by itself is done."""
    tab.wait_for_function("document.fonts.status === 'loaded' && document.readyState === 'complete'")
    return tab
