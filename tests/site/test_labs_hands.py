"""A lab under the hand: mouse, finger, keys."""

import pytest

from .labs import check, read, up


def touch(tab, *places):
    """A finger goes down at the first of the places, moves over the others, and leaves."""
    devtools = tab.context.new_cdp_session(tab)
    for k, (x, y) in enumerate(places):
        devtools.send(
            "Input.dispatchTouchEvent", {"type": "touchMove" if k else "touchStart", "touchPoints": [{"x": x, "y": y}]}
        )
        tab.wait_for_timeout(50)
    devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    tab.wait_for_timeout(50)


def test_the_start_is_dragged_and_moved_with_the_keys(one):
    tab, lab = one("descent")
    handle = lab.locator(".ol-start")
    handle.scroll_into_view_if_needed()
    box, before = handle.bounding_box(), read(lab).values["start"]
    tab.mouse.move(box["x"] + 22, box["y"] + 22)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 62, box["y"] + 52, steps=4)
    tab.mouse.up()
    dragged = read(lab)
    assert dragged.values["start"][0] > before[0]
    check(dragged)
    box = handle.bounding_box()
    tab.mouse.move(box["x"] + 100, box["y"] + 100)
    assert read(lab).values["start"] == dragged.values["start"], "it must let go"
    handle.press("ArrowLeft")
    assert read(lab).values["start"][0] < dragged.values["start"][0]


@pytest.mark.parametrize("view", ["descent", "map"])
def test_a_finger_drags_a_handle_and_scrolls_the_page_beside_it(one, view):
    tab, lab = one(view, width=360, has_touch=True, is_mobile=True)
    handle = lab.locator(".ol-point" if view == "map" else ".ol-start")
    handle.scroll_into_view_if_needed()
    before, box = read(lab).values, handle.bounding_box()
    x, y = box["x"] + 22, box["y"] + 22
    touch(tab, (x, y), (x + 8, y + 3), (x + 20, y + 6), (x + 40, y + 10))
    after, panel = read(lab).values, lab.locator(".ol-chart" if view == "map" else ".ol-map").bounding_box()
    assert after != before
    x, y, scrolled = panel["x"] + 0.8 * panel["width"], panel["y"] + panel["height"] - 60, tab.evaluate("scrollY")
    touch(tab, *((x, y - d) for d in (0, 10, 30, 60, 100, 140)))
    assert tab.evaluate("scrollY") > scrolled + 50
    assert read(lab).values == after
    lab.locator("input[id$='-step']").tap(position={"x": 20, "y": 20})
    assert read(lab).step < after["steps"]


def test_the_right_button_drags_nothing(one):
    tab, lab = one("descent")
    lab.locator(".ol-start").scroll_into_view_if_needed()
    box, before = lab.locator(".ol-start").bounding_box(), read(lab).values
    tab.mouse.move(box["x"] + 22, box["y"] + 22)
    tab.mouse.down(button="right")
    tab.mouse.move(box["x"] + 62, box["y"] + 52)
    tab.mouse.up(button="right")
    tab.mouse.move(box["x"] + 92, box["y"] + 62)
    assert read(lab).values == before


def test_a_thumb_goes_to_its_number_when_the_hand_rests_or_takes_another_slider(opened):
    _, found = up(opened("momentum.html?"))
    lab = next(lab for lab in found if lab.evaluate("lab => Object.keys(lab.inputs).length > 1"))
    drag = """lab => {
      for (const { slider } of Object.values(lab.inputs).slice(0, 2)) {
        slider.value = Number(slider.min) + 0.4321 * (slider.max - slider.min);
        slider.dispatchEvent(new Event("input"));
        lab.recompute();
      }
    }"""
    away = """lab => Object.entries(lab.inputs).slice(0, 2).map(([name, { slider, from }]) => Math.abs(slider.value - from(lab.values[name])))"""
    lab.evaluate(drag)
    first, second = lab.evaluate(away)
    assert first < 1e-12 < second, "the first at once, the second is still under the hand"
    lab.evaluate("lab => lab.settle()")
    assert max(lab.evaluate(away)) < 1e-12


@pytest.mark.parametrize("rest", ['slider.dispatchEvent(new Event("change"))', "lab.settle()"])
def test_the_digits_of_a_slider_are_right_when_it_is_let_go_or_held_still(one, rest):
    _, lab = one("descent")
    held, free = lab.evaluate(
        """(lab, rest) => {
      const [name, { slider, field }] = Object.entries(lab.inputs)[0];
      const shown = () => [lab.values[name], Number(field.value), Number(slider.getAttribute("aria-valuetext").split(" = ")[1])];
      slider.value = Number(slider.min) + 0.4321 * (slider.max - slider.min);
      slider.dispatchEvent(new Event("input"));
      lab.written = Infinity; // as if digits had just been written
      lab.recompute();
      const held = shown();
      new Function("lab", "slider", rest)(lab, slider);
      return [held, shown()];
    }""",
        rest,
    )
    value, *digits = held
    assert value not in digits
    assert free == [value] * 3


@pytest.mark.parametrize("control", ["value", "step"])
def test_a_finger_that_scrolls_across_a_slider_leaves_it(one, control):
    tab, lab = one("descent", width=360, has_touch=True, is_mobile=True)
    slider = lab.locator(".ol-controls .ol-slider").first if control == "value" else lab.locator("input[id$='-step']")
    slider.scroll_into_view_if_needed()
    box, before, address = slider.bounding_box(), read(lab), tab.url
    x, y, scrolled = box["x"] + 0.2 * box["width"], box["y"] + box["height"] / 2, tab.evaluate("scrollY")
    touch(tab, *((x, y - d) for d in (0, 10, 30, 60, 100, 140)))
    after = read(lab)
    assert tab.evaluate("scrollY") > scrolled + 50
    assert (after.values, after.step, after.fields, tab.url) == (before.values, before.step, before.fields, address)
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    x, y = box["x"] + 0.5 * box["width"], box["y"] + box["height"] / 2
    touch(tab, (x, y), (x - 10, y), (x - 30, y + 3), (x - 60, y + 5))
    dragged = read(lab)
    assert (dragged.values, dragged.step) != (before.values, before.step), "sideways is the slider's"
    slider.tap(position={"x": 0.8 * box["width"], "y": box["height"] / 2})
    tapped = read(lab)
    assert (tapped.values, tapped.step) != (dragged.values, dragged.step)


def test_what_a_finger_changed_before_the_browser_took_it_is_put_back(one):
    """Whatever is dragged; as the browser reports it."""
    _, lab = one("descent")
    moved, after = lab.evaluate("""lab => {
      const state = () => { lab.settle(); return JSON.stringify([lab.values, lab.step, [...lab.querySelectorAll(".ol-slider")].map((s) => s.value), location.search]); };
      lab.goTo(7);
      const before = state(), moved = [], after = [];
      for (const element of lab.querySelectorAll(".ol-slider, .ol-start")) {
        element.dispatchEvent(new PointerEvent("pointerdown", { button: 1 }));
        if (element.matches(".ol-start")) element.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight" }));
        else {
          element.value = (Number(element.min) + 3 * Number(element.max)) / 4;
          element.dispatchEvent(new Event("input"));
        }
        moved.push(state() !== before);
        element.dispatchEvent(new PointerEvent("pointercancel"));
        after.push(state() === before);
      }
      return [moved, after];
    }""")
    assert all(moved) and all(after), (moved, after)


def test_a_start_that_moves_sideways_only_leaves_up_and_down_to_the_page(opened):
    _, found = up(opened("sgd.html?"))
    actions = {
        lab.evaluate(
            "lab => [lab.view.plane, getComputedStyle(lab.view.handle.parentElement.querySelector('.ol-start')).touchAction].join()"
        )
        for lab in found
        if lab.evaluate("lab => lab.spec.view === 'descent'")
    }
    assert actions == {"true,none", "false,pan-y pinch-zoom"}
