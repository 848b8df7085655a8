"""Every page of the site in a real browser."""

import contextlib
import time

from PIL import Image

from book.build import SITE
from book.environment import ROOT

from .pages import settled

# Each page is opened once for these tests and for those of its labs, in this order (`opened`).


def test_a_page_loads_without_fault_and_shows_its_icons(opened, page):
    tab = settled(opened(page))  # `opened` fails the test for foreign requests, console errors and exceptions
    empty = tab.evaluate(
        """() => [...document.querySelectorAll("[class*=' fa-'], [class^='fa-']")]
          .filter(icon => ["none", "", '""'].includes(getComputedStyle(icon, "::before").content))
          .map(icon => icon.outerHTML)"""
    )
    assert not empty


@contextlib.contextmanager
def laid_out(tab):
    """All of a page; otherwise what is far from the window is not laid out, and what sticks out of its section is cut
    off (site.css)."""
    style = tab.add_style_tag(content="section { content-visibility: visible !important }")
    yield
    style.evaluate("style => style.remove()")


def test_a_page_fits_a_narrow_screen(opened, page):
    tab = settled(opened(page))
    tab.set_viewport_size({"width": 768, "height": 800})
    with laid_out(tab):
        for width in (768, 360):
            tab.set_viewport_size({"width": width, "height": 800})
            tab.wait_for_timeout(100)  # some frames, for the observers
            assert tab.evaluate("document.documentElement.scrollWidth") <= width, tab.evaluate(
                "width => [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > width + 1)"
                ".slice(0, 5).map(e => e.outerHTML.slice(0, 150))",
                width,
            )
        # What is wider than the screen scrolls in a box of its own, and the keyboard reaches that box.
        unreachable = """() => [...document.querySelectorAll("article *")].filter(box =>
            box.scrollWidth > box.clientWidth + 1 && box.clientWidth > 0
            && ["auto", "scroll"].includes(getComputedStyle(box).overflowX)
            && box.tabIndex < 0 && !box.querySelector("a, button, input, [tabindex='0']"))
          .map(box => box.outerHTML.slice(0, 150))"""
        deadline = time.monotonic() + 5  # the theme and our script set tab stops some frames after a change of width
        while left := tab.evaluate(unreachable):
            assert time.monotonic() < deadline, left
            tab.wait_for_timeout(100)


# All that is folded, opened; and how far right the page and the buttons of its header reach.
UNFOLD = """() => {
  const folded = [...document.querySelectorAll("details:not([open])")];
  for (const details of folded) details.open = true;
  return folded;
}"""
WIDEST = """() => Math.max(document.scrollingElement.scrollWidth,
  ...[...document.querySelectorAll(".bd-header-article .btn")].map((button) => button.getBoundingClientRect().right))"""


def test_a_page_does_not_scroll_sideways_on_a_small_phone_or_with_large_text(opened, page):
    tab, wide = settled(opened(page)), []
    devtools = tab.context.new_cdp_session(tab)
    with laid_out(tab):
        folded = tab.evaluate_handle(UNFOLD)
        for size, width in ((24, 390), (24, 320), (16, 320)):
            tab.set_viewport_size({"width": width, "height": 900})
            devtools.send("Page.setFontSizes", {"fontSizes": {"standard": size}})
            tab.wait_for_function(f"getComputedStyle(document.documentElement).fontSize === '{size}px'")
            tab.wait_for_timeout(100)  # some frames, for the observers
            widest = tab.evaluate(WIDEST)
            if widest > width:
                wide.append((size, width, widest))
        folded.evaluate("folded => { for (const details of folded) details.open = false; }")
    assert not wide


AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# Most of a chapter's elements are those of formulas and the words of code, all alike; with them axe takes ten times as
# long. Five formulas a page stay whole, of the others the boxes with their links; and of each kind of word, in each
# kind of box, five.
FEWER = """() => {
  const formulas = [...document.querySelectorAll("math:not(th math, summary math)")].slice(5);
  for (const formula of formulas) formula.remove();
  const seen = {};
  for (const word of document.querySelectorAll("pre span")) {
    const kind = word.className + " in " + word.closest(".admonition, details, .cell")?.className;
    seen[kind] = (seen[kind] ?? 0) + 1;
    if (seen[kind] > 5) word.replaceWith(word.textContent);
  }
}"""
# The text of the elements is asked for here, since axe by itself writes that of all, whether there is something to
# say of them or not.
RUN_AXE = """async theme => {
  document.documentElement.dataset.theme = theme;
  axe.configure({ noHtml: true });
  const { violations, passes } = await axe.run({ resultTypes: ["violations"], elementRef: true });
  return [passes.length, violations.flatMap(rule =>
    rule.nodes.map(node => `${theme}: ${rule.id}: ${rule.help}\\n    ${node.target} ${node.element.outerHTML.slice(0, 200)}`))];
}"""


# The first lab of a page says that what was typed is wrong, and shows its numbers.
SPEAKING = """() => {
  const lab = document.querySelector("optimizer-lab"), field = lab?.querySelector(".ol-field");
  if (lab) {
    lab.details.open = true;
    lab.tabulate();
  }
  if (field) {
    field.value = "much";
    field.dispatchEvent(new Event("change"));
  }
}"""

SILENT = """() => {
  for (const type of ["blur", "input"]) document.querySelector("optimizer-lab .ol-field")?.dispatchEvent(new Event(type));
}"""


def test_axe_finds_no_violation(opened, page):
    tab = opened(page)
    tab.add_script_tag(path=AXE)
    tab.evaluate(FEWER)
    tab.evaluate(SPEAKING)
    for theme in ("light", "dark"):
        passed, faults = tab.evaluate(RUN_AXE, theme)
        assert passed > 10, "axe looked at next to nothing"
        assert not faults, "\n".join(faults)
    tab.evaluate(SILENT)


def test_without_scripts_text_formulas_and_pictures_are_there(opened, page):
    tab = opened(page, java_script_enabled=False)
    assert tab.locator("h1").first.inner_text().strip()
    heights = "(boxes, most) => boxes.slice(0, most).map((box) => box.getBoundingClientRect().height)"
    formulas = tab.locator("div.math math:not(details math)").evaluate_all(heights, 3)
    assert all(height > 8 for height in formulas), formulas
    pictures = tab.locator("optimizer-lab img")
    shown = pictures.evaluate_all(
        "images => images.map((image) => [image.getAttribute('src'), image.width, image.height])"
    )
    assert len(shown) == tab.locator("optimizer-lab").count()
    for address, width, height in shown:
        with Image.open((SITE / page).parent / address) as picture:
            picture.load()
            assert width > 50 and abs(height - width * picture.height / picture.width) < 2, address
