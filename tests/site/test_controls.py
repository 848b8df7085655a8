"""The controls around the text in a real browser: links, search, theme, menu, keys, and the page on paper."""

import re

import pytest

from book.build import SITE

from .pages import parse, settled


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
