"""Every lab on every page, in a real browser: it draws, it answers, and it says what Python says."""

from types import SimpleNamespace

import pytest

from .labs import check, compare, lab_pages, read, up

# Type the least and the greatest value of every setting into its field, as the browser reports it when the reader
# presses Enter; and look at the last step before a run left the range of numbers.
EXTREMES = """(lab) => {
  const seen = [];
  const look = (more) => {
    lab.say();
    seen.push({
      ...more, message: lab.message.textContent, status: lab.status.textContent, shapes: [],
      lines: [...lab.querySelectorAll(".ol-drawing :is(polyline, polygon, path)")].map((s) => s.getAttribute("d") ?? s.getAttribute("points")),
    });
  };
  for (const { name, low, high } of lab.spec.controls) {
    for (const value of [low, high]) {
      const { field } = lab.inputs[name];
      field.value = String(value);
      for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
      if (lab.frame) lab.recompute();
      const said = { name, value, now: lab.values[name], fields: { [name]: field.value } }, step = lab.step, left = lab.view.results.find((run) => run.left > 0)?.left;
      look(said);
      if (!left) continue;
      lab.goTo(left - 1);
      look(said);
      lab.goTo(step);
    }
  }
  return seen;
}"""

# Change two settings, the start, what is shown, and the step.
CHANGE = """lab => {
  for (const { slider } of Object.values(lab.inputs).slice(0, 2)) {
    slider.value = (Number(slider.min) + 2 * Number(slider.max)) / 3;
    slider.dispatchEvent(new Event("input"));
  }
  lab.view.handle?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight" }));
  lab.legend.children[1]?.click();
  lab.player.scrub.value = Math.round(lab.view.length / 2);
  lab.player.scrub.dispatchEvent(new Event("input"));
}"""

MIDDLE = "(lab, name) => { const { slider: s } = lab.inputs[name]; return (s.value - s.min) / (s.max - s.min); }"


def across(lab, name):
    """A slider, and a place on it that is far from where it stands."""
    slider = lab.query_selector(f"input[id$='-{name}']")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    share = 0.3 if lab.evaluate(MIDDLE, name) > 0.5 else 0.7
    return slider, {"x": box["width"] * share, "y": box["height"] / 2}


def use(lab):
    """Open a lab, move it by mouse and by key, take it to its extremes, and back."""
    seen = read(lab, drawn=True)
    compare(seen)
    assert seen.values == seen.spec["settings"], "a lab opens on its settings"
    assert "?" in seen.spec["caption"], "a caption asks"
    assert all(seen.lines), "lines are drawn"
    names = [control["name"] for control in seen.spec["controls"]]
    for name, other in zip(names[:1], names[-1:], strict=True):  # the first and the last; of all, only one
        slider, place = across(lab, name)
        slider.click(position=place)
        assert lab.evaluate(f"lab => lab.values['{name}']") != seen.values[name], f"{name} does not follow the mouse"
        before = lab.evaluate(f"lab => lab.values['{other}']")
        way = "ArrowRight" if lab.evaluate(MIDDLE, other) < 0.5 else "ArrowLeft"
        lab.query_selector(f"input[id$='-{other}']").press(way)
        after = lab.evaluate(f"lab => lab.values['{other}']")
        assert after > before if way == "ArrowRight" else after < before, f"{other} does not follow the keyboard"
    moved = read(lab)
    compare(moved)
    for name, text in moved.fields.items():
        assert moved.words[name].endswith(f"= {text}"), "a screen reader hears what the field shows"
    for extreme in lab.evaluate(EXTREMES):
        assert extreme["message"] == "" and extreme["now"] == extreme["value"]
        check(SimpleNamespace(**extreme))
    lab.evaluate("lab => lab.querySelector('.ol-actions button').click()")
    assert read(lab).values == seen.values, "reset"


@pytest.mark.parametrize("lab_page", lab_pages())
def test_labs_say_what_python_says_and_their_address_brings_them_back_on_a_phone(opened, lab_page):
    tab, found = up(opened(lab_page))
    before = {}
    for lab in found:
        use(lab)
        lab.evaluate(CHANGE)
        seen = read(lab)
        assert seen.values != seen.spec["settings"] or not seen.spec["controls"]
        before[seen.name] = (seen.values, seen.step, seen.status, seen.table)
    phone, again = up(opened(tab.url.rsplit("/", 1)[1], width=360, has_touch=True, is_mobile=True))
    assert phone.evaluate("document.scrollingElement.scrollWidth") <= 360
    for lab in again:
        seen = read(lab)
        assert (seen.values, seen.step, seen.status, seen.table) == before[seen.name]
        heights = lab.evaluate(
            "lab => [...lab.querySelectorAll('.ol-slider, .ol-button, .ol-field')].map((e) => e.offsetHeight)"
        )
        assert min(heights) >= 44, "too small for a finger"
    first = again[0]
    for control in first.evaluate("lab => lab.spec.controls.slice(0, 1)"):
        before = read(first).values
        slider, place = across(first, control["name"])
        slider.tap(position=place)
        after = read(first)
        assert after.values != before
        check(after)
