"""The site in a real browser: on every page, and what a reader does with the controls around the text."""

import contextlib
import re
import time

import pytest
from PIL import Image

from book.build import SITE
from book.environment import ROOT

from .pages import parse

# Each page is opened once for these tests and for those of its labs, in this order (`opened`).


def settled(tab):
    """Wait until what the page starts by itself is done."""
    tab.wait_for_function("document.fonts.status === 'loaded' && document.readyState === 'complete'")
    return tab


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


@pytest.fixture(scope="module")
def numbered():
    """A page with numbered equations, and one of their ids."""
    for file in sorted(SITE.glob("*.html")):
        found = re.findall(r'<div class="math numbered[^>]* id="([\w-]+)"', file.read_text(encoding="utf-8"))
        if found:
            return file.name, found[-1]
    raise AssertionError("no page has a numbered equation")


def test_print_leaves_out_the_controls(opened, numbered):
    tab = settled(opened(numbered[0]))
    tab.emulate_media(media="print")
    for control in (".bd-sidebar-primary", ".article-header-buttons", ".prev-next-footer"):
        assert tab.locator(control).first.is_hidden(), control
    assert tab.locator("h1").first.is_visible()
    assert tab.locator("div.math").first.is_visible()


def test_paper_is_light(visit, numbered):
    tab = settled(visit(numbered[0], theme="dark"))
    theme = "document.documentElement.dataset.theme"
    assert tab.evaluate(theme) == "dark"
    tab.emulate_media(media="print")
    tab.wait_for_function(f"{theme} === 'light'")
    tab.emulate_media(media="screen")
    tab.wait_for_function(f"{theme} === 'dark'")


def test_an_equation_link_lands_on_the_equation(opened, numbered):
    page, name = numbered
    tab = settled(opened(f"{page}?"))
    tab.locator(f"#{name} .equation-number").evaluate("link => link.click()")
    assert tab.url.endswith(f"#{name}")
    for place in (None, f"{page}?anew#{name}"):
        tab = settled(opened(place)) if place else tab
        tab.wait_for_timeout(300)
        box = tab.locator(f"#{name}").bounding_box()
        header = tab.locator(".bd-header-article").bounding_box()
        assert header["y"] + header["height"] <= box["y"] < 450


HEADER = "document.querySelector('.bd-header-article').getBoundingClientRect().bottom"
BOTTOM = "scrollY + innerHeight >= document.documentElement.scrollHeight - 2"


def lands(tab, target):
    """Does the reader come to stand at a target, and stay there while the page settles?"""
    tab.wait_for_load_state("load")
    for _ in range(3):
        tab.wait_for_timeout(200)
        top, header, bottom = tab.evaluate(
            f"name => [document.getElementById(name).getBoundingClientRect().top, {HEADER}, {BOTTOM}]", target
        )
        assert header <= top + 1 and (top < 200 or bottom), f"{target}: {top:.0f} px from the top"


def targets(page, most=8):
    """Some of the sections and equations of a page, from its first to its last."""
    all_of_them = [tag["id"] for tag in parse(page).select("article section[id], article div.math.numbered[id]")][1:]
    return all_of_them[:: max(1, len(all_of_them) // most)]


@pytest.mark.parametrize("chapter", ["trick.html", "map.html", "adam.html"])
def test_an_address_with_a_section_leads_to_it(opened, address, chapter):
    assert len(targets(chapter)) > 5
    tab = opened("notation.html?")
    for target in targets(chapter):
        tab.goto("about:blank")
        tab.goto(f"{address}{chapter}#{target}", wait_until="domcontentloaded")
        lands(tab, target)


@pytest.mark.parametrize("chapter", ["trick.html", "map.html"])
def test_each_line_of_the_contents_leads_to_its_section(opened, chapter):
    tab = opened(f"{chapter}?")  # and at once: no section has been laid out yet
    links = tab.locator(".bd-sidebar-secondary a[href^='#']")
    assert links.count() > 5
    for link in reversed(links.all()):  # from afar: what lies between has not been seen
        tab.evaluate("scrollTo(0, 0)")
        link.click()
        lands(tab, link.get_attribute("href")[1:])


def test_back_leads_to_where_one_was(opened, address):
    tab = opened("adam.html?#eq-4-5")
    lands(tab, "eq-4-5")
    before = tab.evaluate("document.getElementById('eq-4-5').getBoundingClientRect().top")
    tab.goto(address + "notation.html")
    tab.go_back()
    lands(tab, "eq-4-5")
    assert abs(tab.evaluate("document.getElementById('eq-4-5').getBoundingClientRect().top") - before) < 5


def test_a_copied_link_leads_to_its_lab(opened):
    tab = opened("adam.html?lab-5=lr:0.2#lab-5")
    lands(tab, "lab-5")


def test_search_finds_a_chapter_by_a_word_of_its_text(opened):
    tab = opened("index.html?")
    tab.keyboard.press("Control+k")
    tab.keyboard.type("Robbins")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("ul.search li a[href^='references.html']")


def test_the_theme_can_be_switched_and_is_remembered(visit):
    tab = settled(visit("index.html"))
    seen = set()
    for _ in range(3):
        tab.locator(".theme-switch-button").first.click()
        seen.add(
            tab.evaluate(
                "[document.documentElement.dataset.theme, getComputedStyle(document.body).backgroundColor].join()"
            )
        )
    assert {"dark", "light"} == {entry.split(",")[0] for entry in seen}
    assert len(seen) == 2  # each has a background of its own
    tab.evaluate("localStorage.setItem('mode', 'dark'), localStorage.setItem('theme', 'dark')")
    tab.reload()
    assert tab.evaluate("document.documentElement.dataset.theme") == "dark"


REFUSE = """for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, { configurable: true, get() { throw new DOMException("Access is denied", "SecurityError"); } });"""


def test_where_storage_is_refused_the_theme_and_the_search_still_work(visit):
    tab = visit("index.html")
    tab.add_init_script(REFUSE)
    tab.reload()
    settled(tab)
    before = tab.evaluate("document.documentElement.dataset.mode")
    tab.locator(".theme-switch-button").first.click()
    assert tab.evaluate("document.documentElement.dataset.mode") != before
    tab.keyboard.press("Control+k")
    assert tab.evaluate("document.activeElement.name") == "q"


def test_the_controls_are_reached_in_order_with_the_keyboard(opened):
    tab = settled(opened("index.html?"))
    seen = []
    while len(seen) < 60 and not tab.evaluate("document.activeElement.closest('article, .prev-next-area') !== null"):
        tab.keyboard.press("Tab")
        name, marked = tab.evaluate(
            """() => {
              const { activeElement: at } = document, style = getComputedStyle(at);
              return [at.textContent.trim() || at.title || at.ariaLabel || at.dataset.bsOriginalTitle || at.outerHTML,
                      style.outlineStyle !== "none" || style.boxShadow !== "none"];
            }"""
        )
        assert marked, f"nothing shows that {name} has the focus"
        seen.append(name)
    assert seen[0] == "Skip to main content"
    text = "\n".join(seen)
    for control in ("Search", "References", "Download", "Fullscreen"):
        assert control in text, text


def test_previous_and_next_turn_the_pages(opened):
    tab = opened("index.html?", java_script_enabled=False)
    tab.locator("a.right-next").press("Enter")
    tab.wait_for_url(lambda url: not url.endswith("index.html"))
    tab.locator("a.left-prev").press("Enter")
    tab.wait_for_url("**/index.html")


def test_the_menu_opens_on_a_phone(visit):
    tab = settled(visit("index.html", width=360))
    entry = tab.locator(".bd-sidebar-primary a", has_text="References")
    assert not entry.is_visible() or entry.bounding_box()["x"] < 0
    tab.locator(".primary-toggle").first.click()
    tab.wait_for_function("document.querySelector('.bd-sidebar-primary a').getBoundingClientRect().x >= 0")
    entry.click()
    tab.wait_for_url("**/references.html")


@pytest.mark.parametrize("wrong", ["nowhere.html", "a/b/c/nowhere", "_static/nothing.js"])
def test_a_wrong_address_leads_back_into_the_book(visit, address, wrong):
    tab = visit(wrong)
    assert "no page" in tab.locator("h1").inner_text()
    tab.wait_for_function("document.querySelector('a').getAttribute('href').startsWith('/')")
    tab.locator("a", has_text="References").click()
    tab.wait_for_url(address + "references.html")
    assert "References" in tab.locator("h1").inner_text()
    visit.faults[:] = [fault for fault in visit.faults if "404" not in fault]  # the answer that was asked for
