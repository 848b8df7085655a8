"""A lab on a page, in a browser."""

import pytest

from book.build import SITE

from .reading import lab_pages, up


@pytest.fixture
def one(opened):
    """`one("descent")`: the first lab of a view on the lightest page, and its tab."""

    def one(view, **options):
        for page in sorted(lab_pages(), key=lambda page: (SITE / page).stat().st_size):
            if f"&quot;view&quot;: &quot;{view}&quot;" in (SITE / page).read_text(encoding="utf-8"):
                tab, found = up(opened(f"{page}?", **options))
                lab = next(lab for lab in found if lab.evaluate("lab => lab.spec.view") == view)
                return tab, tab.locator("#" + lab.get_attribute("id"))
        raise AssertionError(f"no page has a {view}")

    return one


@pytest.fixture
def reader(visit):
    """`reader("map.html", 24, 390)`: a page under the reader's own size of text, on a phone of a width, its labs up and
    all of it laid out."""

    def reader(page, size, width):
        tab = visit("404.html", width=width)
        tab.context.new_cdp_session(tab).send("Page.setFontSizes", {"fontSizes": {"standard": size}})
        tab.goto(visit.address + page, wait_until="load")
        assert tab.evaluate("getComputedStyle(document.documentElement).fontSize") == f"{size}px"
        tab.evaluate("""() => {
          for (const section of document.querySelectorAll("section")) section.style.contentVisibility = "visible";
          for (const details of document.querySelectorAll("details")) details.open = true;
        }""")
        return up(tab)

    return reader
