"""A lab has room: on a small phone, and with a reader's own size of text."""

import numpy as np
import pytest

from .labs import up


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


SIZES = """lab => {
  const height = (selector) => lab.querySelector(selector).getBoundingClientRect().height, size = (selector) => parseFloat(getComputedStyle(lab.querySelector(selector)).fontSize);
  return [size(".ol-caption"), size(".ol-field"), size(".ol-status"), height(".ol-drawing text"), height(".ol-field"), height(".ol-button")];
}"""


def test_a_lab_grows_with_the_readers_text(reader):
    small, large = (reader("map.html", size, 800)[1][0].evaluate(SIZES) for size in (16, 24))
    np.testing.assert_allclose(np.divide(large, small), 1.5, rtol=0.05)


def test_a_click_on_the_map_lands_under_the_pointer_whatever_the_size_of_text(reader):
    tab, (lab, *_) = reader("map.html", 24, 800)
    lab.query_selector(".ol-chart").scroll_into_view_if_needed()
    box = lab.query_selector(".ol-chart .ol-pixels").bounding_box()
    x, y = box["x"] + 0.4 * box["width"], box["y"] + 0.6 * box["height"]
    tab.mouse.click(x, y)
    lab.evaluate("lab => { if (lab.frame) lab.recompute(); }")
    point = lab.query_selector(".ol-point").bounding_box()
    assert abs(point["x"] + point["width"] / 2 - x) < 2 and abs(point["y"] + point["height"] / 2 - y) < 2


# Text that its panel cuts, numbers of a horizontal axis that touch, and sliders too short for a finger.
CROWDED = """lab => {
  const box = (e) => e.getBoundingClientRect();
  const texts = [...lab.querySelectorAll(".ol-drawing text")].filter((text) => {
    const b = box(text), panel = box(text.closest(".ol-panel"));
    return b.left < panel.left - 1 || b.right > panel.right + 1 || b.bottom > panel.bottom + 1;
  });
  const touching = [...lab.querySelectorAll(".ol-drawing text[text-anchor=middle]")].filter((text) => {
    const next = text.nextElementSibling;
    return next?.getAttribute("text-anchor") === "middle" && box(next).left < box(text).right && box(next).left > box(text).left;
  });
  const short = [...lab.querySelectorAll(".ol-slider")].filter((slider) => slider.offsetWidth < 100);
  return [...texts, ...touching, ...short].map((element) => element.textContent || element.id);
}"""


@pytest.mark.parametrize(("size", "width"), [(16, 320), (24, 390)])
@pytest.mark.parametrize("lab_page", ["map.html", "adagrad.html", "adam.html"])
def test_a_lab_has_room_on_a_small_phone_and_with_large_text(reader, lab_page, size, width):
    _, found = reader(lab_page, size, width)
    assert [lab.evaluate(CROWDED) for lab in found] == [[]] * len(found)
