"""Every page, every kind of gesture, and what the site does around the text, in Firefox and in WebKit. Chromium has the
whole suite."""

import re

import pytest

from book.build import SITE
from tests.site.pages import sheets

from .conftest import listening
from .drivers import Firefox

CHAPTER = "nadamax.html"  # with the fewest labs
HOME = "index.html"


def drawn(page):
    """True once all the labs of a page are: a lab says what it shows after it has drawn it (`lab-drawn`)."""
    count = len(re.findall("<optimizer-lab", (SITE / page).read_text(encoding="utf-8")))
    return f"""document.readyState === "complete" && ((labs) => labs.length === {count} && labs.every((lab) => lab.matches(".ol-on")
      && lab.querySelector(".ol-status").textContent && lab.querySelector(".ol-run [points*=' ']")))([...document.querySelectorAll("optimizer-lab")])"""


def test_a_page_loads_without_fault_and_draws_its_labs(tab, page):
    tab.visit(page)
    tab.wait(drawn(page))
    unseen = """[...document.querySelectorAll("optimizer-lab")].filter((lab) => {
      const { width, height } = lab.querySelector(".ol-drawing").getBoundingClientRect();
      return lab.querySelector(".ol-message").textContent || !lab.checkVisibility() || width < 200 || height < 100;
    }).map((lab) => lab.id)"""
    assert tab.evaluate(unseen) == []
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_labs_are_drawn_from_a_file(tab, tmp_path):
    for part in SITE.iterdir():
        if part.name != CHAPTER:
            (tmp_path / part.name).symlink_to(part)
    page = tmp_path / CHAPTER
    page.write_bytes(listening(SITE / CHAPTER))
    tab.load(page.as_uri())
    tab.wait(drawn(CHAPTER))


# Gestures


class Lab:
    """The lab of the first page: it has a start to drag, and ten runs."""

    def __init__(self, tab):
        self.tab = tab
        tab.visit(f"{HOME}?")
        tab.wait(drawn(HOME))
        self.name = tab.evaluate("document.querySelector('optimizer-lab').name")
        # WebKit may draw a lab before the style sheet is there; it is drawn again with its size.
        self.wait("lab.view.panels.every(({ width, unit, box }) => width * unit === box.clientWidth)")

    def part(self, selector):
        return f"#{self.name} {selector}"

    def read(self, expression):
        """The value of an expression in `lab`."""
        return self.tab.evaluate(f"((lab) => {expression})(document.getElementById('{self.name}'))")

    def wait(self, condition):
        return self.tab.wait(f"((lab) => {condition})(document.getElementById('{self.name}'))")

    def state(self):
        """What a reader sees, once words and address have followed the hand."""
        self.wait(
            "!lab.frame && !lab.held && new URLSearchParams(location.search).get(lab.name) === (lab.state() || null)"
        )
        return self.read(
            "[lab.values, lab.step, lab.status.textContent, lab.querySelector('.ol-map .ol-lines').outerHTML, [...lab.querySelectorAll('.ol-field')].map((f) => f.value)]"
        )

    def share(self, name):
        """How far right a slider's thumb stands."""
        return self.read(f"(({{ value, min, max }}) => (value - min) / (max - min))(lab.inputs.{name}.slider)")


@pytest.fixture
def lab(tab):
    return Lab(tab)


def test_a_slider_follows_the_mouse_and_the_keys_and_reset_takes_it_back(lab):
    name, before = lab.read("lab.spec.controls[0].name"), lab.state()
    slider = f"#{lab.name}-{name}"
    lab.tab.drag(*(lab.tab.place(slider, share) for share in (0.3, 0.5, 0.8)))
    lab.wait(f"lab.values.{name} !== {before[0][name]}")
    dragged = lab.state()
    assert abs(lab.share(name) - 0.8) < 0.06
    assert all(new != old for new, old in zip(dragged[2:], before[2:], strict=True)), "words, lines and fields follow"
    lab.tab.press("ArrowLeft")
    lab.wait(f"lab.values.{name} < {dragged[0][name]}")
    lab.tab.click(lab.part(".ol-actions button"))
    lab.wait(f"lab.values.{name} === {before[0][name]}")
    assert lab.state() == before


def test_a_number_is_typed_into_a_field(lab):
    name, high = lab.read("[lab.spec.controls[0].name, lab.spec.controls[0].high]")
    lab.tab.click(lab.part(".ol-field"))
    lab.read("lab.querySelector('.ol-field').select()")
    lab.tab.type(str(high))
    lab.tab.press("Enter")
    lab.wait(f"lab.values.{name} === {high}")
    lab.state()
    assert lab.share(name) == 1
    lab.read("lab.querySelector('.ol-field').select()")
    lab.tab.type("much")
    lab.tab.press("Enter")
    lab.wait("lab.message.textContent.includes('much is not a number')")
    assert lab.read(f"lab.values.{name}") == high


def test_the_start_is_dragged(lab):
    before, place = lab.state(), "(({ x, y }) => [x, y + scrollY])(lab.view.handle.getBoundingClientRect())"
    x, y = lab.tab.place(lab.part(".ol-start"))
    left, top = lab.read(place)
    lab.tab.drag((x, y), (x + 20, y + 15), (x + 40, y + 30))
    lab.wait(f"lab.values.start[0] > {before[0]['start'][0]}")
    after = lab.state()
    assert after[0]["start"][1] < before[0]["start"][1] and after[3] != before[3]
    assert [round(now - then) for now, then in zip(lab.read(place), (left, top), strict=True)] == [40, 30], (
        "it stays under the hand"
    )


def test_it_plays_pauses_and_is_scrubbed(lab):
    last = lab.read("lab.view.length")
    lab.tab.click(lab.part(".ol-play"))
    lab.wait("lab.playing && lab.step > 0")
    lab.tab.click(lab.part(".ol-play"))
    lab.wait("!lab.playing")
    paused = lab.state()
    assert 0 < paused[1] < last
    lab.tab.click(f"#{lab.name}-step", 0.75)
    lab.wait(f"Math.abs(lab.step / {last} - 0.75) < 0.06")
    assert lab.state()[3] != paused[3]
    lab.tab.click(lab.part(".ol-play"))
    lab.wait(f"!lab.playing && lab.step === {last}")


def test_a_run_is_hidden_and_its_sentence_goes(lab):
    label, sentences = lab.read("[lab.runs[0].label, lab.status.children.length]")
    lab.tab.click(lab.part(".ol-chip"))
    lab.wait("lab.legend.children[0].getAttribute('aria-pressed') === 'false'")
    lab.state()
    assert lab.read("lab.status.children.length") == sentences - 1
    assert lab.read("getComputedStyle(lab.querySelector('.ol-map .ol-run')).display") == "none", label


def test_the_numbers_open(lab):
    lab.tab.click(lab.part("summary"))
    lab.wait("lab.querySelector('.ol-table')?.getBoundingClientRect().height > 20")
    assert lab.read("lab.querySelectorAll('tbody tr').length === lab.runs.length")


# Addresses


def test_an_address_brings_a_lab_back(lab):
    name, high = lab.read("[lab.spec.controls[0].name, lab.spec.controls[0].high]")
    lab.tab.visit(f"{HOME}?{lab.name}={name}:{high},step:7,off:1")
    lab.tab.wait(drawn(HOME))
    seen = lab.state()
    assert (seen[0][name], seen[1]) == (high, 7)
    assert lab.read("lab.legend.children[1].getAttribute('aria-pressed')") == "false"


LANDED = """((section) => {
  const { top } = section.getBoundingClientRect(), header = document.querySelector(".bd-header-article").getBoundingClientRect().bottom;
  return [Math.round(top), top >= header && (top < 200 || scrollY + innerHeight >= document.documentElement.scrollHeight - 2)];
})(document.querySelector(%r))"""


def test_a_link_from_elsewhere_lands_on_its_equation(tab):
    page = next(file.name for file in sorted(SITE.glob("*.html")) if 'id="eq-4-5"' in file.read_text(encoding="utf-8"))
    tab.visit(f"{page}?#eq-4-5")
    tab.wait(drawn(page))
    top, landed = tab.at_rest(LANDED % "#eq-4-5")
    assert landed, top


def test_the_contents_lead_to_their_sections(tab):
    tab.visit(CHAPTER)
    tab.wait(drawn(CHAPTER))
    links = tab.evaluate(
        "[...document.querySelectorAll('.bd-sidebar-secondary a[href^=\"#\"]')].map((link) => link.getAttribute('href'))"
    )
    assert len(links) > 5
    missed = {}
    for link in reversed(links[::3]):  # from afar: what lies between has not been seen
        tab.evaluate("scrollTo(0, 0)")
        tab.click(f".bd-sidebar-secondary a[href='{link}']")
        tab.wait(f"location.hash === {link!r}")
        top, landed = tab.at_rest(LANDED % link)
        if not landed:
            missed[link] = top
    assert not missed


# Around the text


def test_the_theme_can_be_dark(tab):
    tab.visit(HOME)
    colours = "['body', 'optimizer-lab .ol-label'].map((part) => getComputedStyle(document.querySelector(part))).map((style) => [style.backgroundColor, style.color])"
    light = tab.evaluate(colours)
    for _ in range(3):  # its button goes through light, dark and the system's
        if tab.evaluate("document.documentElement.dataset.mode") != "dark":
            tab.click(".theme-switch-button")
    tab.wait("document.documentElement.dataset.theme === 'dark'")
    dark = tab.evaluate(colours)
    assert dark[0][0] != light[0][0] and dark[1][1] != light[1][1]
    tab.visit("references.html")
    assert tab.evaluate("document.documentElement.dataset.theme") == "dark", "it is remembered"
    tab.evaluate("localStorage.clear()")


def test_a_chapter_is_shown_as_slides(tab):
    tab.visit(f"{CHAPTER}?slides")
    at = "document.querySelector('.slides-place')?.textContent.startsWith('%d / ')"
    tab.wait(at % 1)
    for key, number in (("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2)):
        tab.press(key)
        tab.wait(at % number)
    tab.press("Escape")
    tab.wait(
        "document.readyState === 'complete' && !document.body.matches('.slides') && !location.search.includes('slides')"
    )


def test_an_answer_of_a_quiz_opens(tab):
    tab.visit(CHAPTER)
    tab.wait(drawn(CHAPTER))
    assert not tab.evaluate("document.querySelector('.answer .why').checkVisibility()")
    tab.click(".quiz .answer summary")
    tab.wait("document.querySelector('.answer .why').checkVisibility()")
    assert tab.evaluate("document.querySelector('.answer .verdict').innerText") in ("Right.", "No.")


def test_search_finds_a_chapter(tab):
    tab.visit(HOME)
    tab.press("Control", "k")
    tab.wait("document.activeElement.matches('input[type=search]')")
    tab.type("Nesterov")
    tab.press("Enter")
    tab.wait("document.querySelector('ul.search li a[href^=\"nesterov.html\"]')?.textContent")


def test_a_lab_fits_a_narrow_window(lab):
    lab.tab.resize(390, 800)  # WebKit's window stays a little wider
    lab.wait("innerWidth < 500 && lab.querySelector('.ol-map').getBoundingClientRect().right <= innerWidth")
    assert lab.tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    before = lab.state()
    lab.tab.click(f"#{lab.name}-{lab.read('lab.spec.controls[0].name')}", 0.3)
    lab.wait(f"lab.values[lab.spec.controls[0].name] !== {before[0][lab.read('lab.spec.controls[0].name')]}")


@pytest.mark.parametrize("engine", [Firefox], indirect=True, ids=["firefox"])  # WebKit's driver cannot print to a file
def test_the_cheat_sheet_is_printed_on_one_page(tab, engine):
    tab.visit("cheatsheet.html")
    assert sheets(engine.pdf()) == 1
