"""Every lab on every page, in a real browser: it draws, it answers, and it says what Python says."""

import math
import re
from io import BytesIO
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

import optimizers
from book.build import SITE
from lab import LANDSCAPES, SIGNALS, Lab, descend, respond
from lab.formula.expressions import parse

LAB_PAGES = sorted(file.name for file in SITE.glob("*.html") if "<optimizer-lab" in file.read_text(encoding="utf-8"))

# Do at once what the lab does at the next frame and when the hand rests, and read everything that a reader can read.
READ = """(lab, { drawn = false } = {}) => {
  lab.details.open = true;
  if (lab.frame) lab.recompute();
  lab.settle();
  const seen = (shape) => { const { width, height } = shape.getBoundingClientRect(); return width + height > 3; };
  const still = (panel) => [...panel.querySelectorAll(".ol-drawing:not(.ol-moving) :is(text, path, polygon, image)")].filter(seen).length;
  const text = (shape) => shape.getAttribute("d") ?? shape.getAttribute("points");
  const lines = (panel) => [...panel.querySelectorAll(".ol-run:not([display=none]) :is(polyline, polygon, path)")].map(text).join("");
  const { view } = lab, last = (line) => line.getAttribute("points").trim().split(" ").slice(-2).map((tenths) => tenths / 10);
  const end = (run, r) => { // of its line over a landscape, in the landscape's coordinates
    const drawn = [...view.map.lines.runs[r]?.lines.children ?? []].filter((line) => line.getAttribute("points"));
    if (lab.muted.has(r) || !drawn.length) return [run.label, null];
    const [x, y] = last(drawn.at(-1));
    return [run.label, [view.x.invert(x), view.y.invert(y)]];
  };
  return {
    name: lab.name, spec: lab.spec, values: { ...lab.values }, step: lab.step,
    status: lab.status.textContent, message: lab.message.textContent,
    fields: Object.fromEntries(Object.entries(lab.inputs).map(([name, { field }]) => [name, field.value])),
    words: Object.fromEntries(Object.entries(lab.inputs).map(([name, { slider }]) => [name, slider.getAttribute("aria-valuetext")])),
    table: [...lab.details.querySelectorAll("tbody tr")].map((row) => [...row.cells].map((cell) => cell.dataset.value ?? cell.textContent)),
    shapes: drawn ? [...lab.querySelectorAll(".ol-panel")].map(still) : [],
    lines: [...lab.querySelectorAll(".ol-panel:not(.ol-chart:has(.ol-point))")].map(lines),
    ends: view.plane ? Object.fromEntries(lab.runs.map(end)) : {},
    pixel: view.plane ? [view.x, view.y].map((map) => Math.abs(map.invert(1) - map.invert(0))) : [],
  };
}"""

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


def up(tab):
    """A page, and its labs once they are up: as handles, since a locator looks its element up again for each
    question."""
    tab.wait_for_function(
        "document.querySelectorAll('optimizer-lab').length === document.querySelectorAll('optimizer-lab.ol-on').length"
    )
    return tab, tab.query_selector_all("optimizer-lab")


def read(lab, **options):
    return SimpleNamespace(**lab.evaluate(READ, options))


def of_run(seen, run):
    """The optimizer of a run and its landscape, if there is one, under the present settings."""
    hyper = {name: run["fixed"].get(name, seen.values.get(name)) for name in run["hyper"]}
    if "lr" in hyper:
        hyper["lr"] *= seen.values["factor"]
    landscape = LANDSCAPES.get(seen.spec.get("landscape"))
    return getattr(optimizers, run["rule"])(**hyper), landscape and landscape.with_parameters(
        **{k: seen.values[k] for k in landscape.parameters}
    )


def expected(seen):
    """The table at the present step, computed in Python: (label, numbers, step at which it left or -1), where Python
    has the class."""
    spec, values, step = seen.spec, seen.values, seen.step
    if spec["view"] == "curve":
        low, high = spec["domain"]
        x = low * (high / low) ** (step / 240) if "x" in spec["log"] else low + (high - low) * step / 240
        for line in spec["curves"]:
            if "formula" in line:
                known = {**values, spec["x"]: x}
                expr = parse(line["formula"])
                y = complex(expr.subs({s: known[s.name] for s in expr.free_symbols}).evalf())
                yield line["label"], [x, y.real if y.imag == 0 else math.nan], -1
        return
    for run in spec["runs"]:
        if "code" in run or "frozen" in run:
            continue
        rule, landscape = of_run(seen, run)
        if landscape:
            noise = {k: values[k] for k in ("noise", "m", "seed")}
            path = descend(rule, landscape, values["start"], values["steps"], **noise)
            yield run["label"], [*path.w[step], path.loss[step]], path.left
        else:
            signal = SIGNALS[spec["signal"]]
            g = signal(values["steps"], seed=values["seed"], **{k: values[k] for k in signal.parameters})
            if step:
                yield run["label"], [g[step - 1], *(record[step - 1] for record in respond(rule, g).values())], -1


def check(seen):
    """What the page shows is drawn, and is no nonsense."""
    assert all(shapes >= 5 for shapes in seen.shapes), "axes and their numbers are drawn"
    assert all(re.fullmatch(r"[MZHVh0-9 -]*", line) for line in seen.lines), seen.lines
    text = " ".join([seen.status, *seen.fields.values()])
    assert not re.search(r"NaN|undefined|null|Infinity|\[object", text), text


def compare(seen):
    """What the page says is what Python says."""
    check(seen)
    rows = {row[0]: [cell for cell in row[1:] if cell != ""] for row in seen.table}
    for label, numbers, left in expected(seen):
        if seen.spec.get("landscape") == "rastrigin":
            continue  # sines are not the same to the last bit; tests/lab compares them with care
        end, domain = seen.ends.get(label), seen.spec.get("landscape") and LANDSCAPES[seen.spec["landscape"]].domain
        if end and all(low <= w <= high for w, (low, high) in zip(numbers, domain, strict=False)):
            assert all(abs(np.subtract(end, numbers[:2])) <= seen.pixel), f"the line of {label} ends elsewhere"
        if 0 < left <= seen.step:
            assert (
                rows[label][0] == f"left at step {left}"
                and f"{label} left the range of numbers at step {left}." in seen.status
            )
        elif all(math.isfinite(n) for n in numbers):
            np.testing.assert_allclose([float(cell) for cell in rows[label]], numbers, rtol=1e-11, atol=1e-300)


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


@pytest.mark.parametrize("lab_page", LAB_PAGES)
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


def test_a_field_takes_numbers_and_says_what_else_is_wrong(one):
    _, lab = one("descent")
    control = lab.evaluate("lab => lab.spec.controls[0]")
    name, field = control["name"], lab.locator(".ol-field").first
    field.fill(str(control["high"]))
    field.press("Enter")
    before = read(lab)
    assert before.values[name] == control["high"]
    for text, words in (("much", "much is not a number"), ("", "is not a number"), ("-1e9", "must be from")):
        field.fill(text)
        field.press("Enter")
        seen = read(lab)
        assert words in seen.message and seen.values == before.values
        assert field.get_attribute("aria-invalid") == "true"
    field.blur()
    assert read(lab).fields == before.fields
    field.fill(str(control["low"]).replace(".", ","))
    field.press("Enter")
    assert read(lab).values[name] == control["low"] and read(lab).message == ""


@pytest.fixture
def one(opened):
    """`one("descent")`: the first lab of a view on the lightest page, and its tab."""

    def one(view, **options):
        for page in sorted(LAB_PAGES, key=lambda page: (SITE / page).stat().st_size):
            if f"&quot;view&quot;: &quot;{view}&quot;" in (SITE / page).read_text(encoding="utf-8"):
                tab, found = up(opened(f"{page}?", **options))
                lab = next(lab for lab in found if lab.evaluate("lab => lab.spec.view") == view)
                return tab, tab.locator("#" + lab.get_attribute("id"))
        raise AssertionError(f"no page has a {view}")

    return one


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


@pytest.mark.parametrize("view", ["descent", "signal", "curve"])
def test_it_plays_pauses_and_is_scrubbed(one, view):
    tab, lab = one(view)
    last = read(lab).step
    lab.get_by_role("button", name="Play").click()
    tab.wait_for_timeout(400)
    lab.get_by_role("button", name="Pause").click()
    paused = read(lab)
    assert 0 < paused.step < last
    check(paused)
    tab.wait_for_timeout(200)
    assert read(lab).step == paused.step
    lab.locator("input[id$='-step']").press("ArrowRight")
    assert read(lab).step == paused.step + 1
    lab.evaluate("lab => lab.goTo(Math.round(0.8 * lab.view.length))")
    lab.get_by_role("button", name="Play").click()
    tab.wait_for_function(
        "lab => !lab.playing && lab.step === lab.view.length", arg=lab.element_handle(), timeout=10_000
    )


def test_it_plays_on_to_the_end_where_a_slider_moves_the_end(one):
    tab, lab = one("descent")
    for share in (0.5, 1.2):
        lab.evaluate("lab => lab.goTo(Math.round(0.5 * lab.view.length))")
        lab.get_by_role("button", name="Play").click()
        tab.wait_for_function("lab => lab.step > 0.6 * lab.view.length", arg=lab.element_handle())
        steps = lab.evaluate(
            "(lab, share) => { lab.set({ steps: Math.round(share * lab.values.steps) }, true); return lab.values.steps; }",
            share,
        )
        tab.wait_for_function("lab => !lab.playing", arg=lab.element_handle(), timeout=10_000)
        seen = read(lab)
        assert seen.step == steps == seen.values["steps"]
        check(seen)


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


def test_a_map_shows_what_python_computes_and_is_clicked(one):
    _, lab = one("map")
    seen = read(lab)
    x, y = seen.spec["axes"]
    names = (x["name"], y["name"])
    losses = np.array(lab.evaluate("lab => [...lab.view.losses]"), float).reshape(48, 72)
    (run,), values = seen.spec["runs"], seen.values
    rule, landscape = getattr(optimizers, run["rule"]), seen.spec["landscape"]
    python = Lab.map(rule, landscape, *((a["name"], a["low"], a["high"]) for a in (x, y)), **values)
    np.testing.assert_allclose(losses, python.last_losses()[2], rtol=1e-7)
    box = lab.locator(".ol-chart").bounding_box()
    lab.locator(".ol-chart").click(position={"x": box["width"] * 0.6, "y": box["height"] * 0.4})
    clicked = read(lab)
    assert all(clicked.values[name] != values[name] for name in names)
    compare(clicked)
    lab.locator(".ol-point").press("ArrowLeft")
    assert read(lab).values[names[0]] < clicked.values[names[0]]


def test_the_arrows_are_momentum_and_gradient(opened):
    """Of each run: αv from where it is, and −ηg from where g is taken, which is for Nesterov the tip of αv."""
    _, found = up(opened("nesterov.html?"))
    lab = next(lab for lab in found if lab.evaluate("lab => lab.spec.vectors && lab.runs.length > 1"))
    lab.evaluate("lab => lab.set({ steps: 3 })")
    seen = read(lab)
    assert seen.step == 3
    ends = """(lab, r) => Object.fromEntries(["momentum", "descent", "at"].map((name) => {
      const path = lab.querySelectorAll(".ol-map .ol-run")[r].querySelector(`.ol-arrow-${name}`).getAttribute("d");
      const points = Array.from(path.matchAll(/(-?[0-9]+) (-?[0-9]+)/g)); // in tenths of a pixel
      return [name, points.map(([, x, y]) => [lab.view.x.invert(x / 10), lab.view.y.invert(y / 10)])];
    }))"""
    for r, run in enumerate(seen.spec["runs"]):
        rule, landscape = of_run(seen, run)
        w = descend(rule, landscape, seen.values["start"], 3).w
        tip = w[3] + rule.alpha * (w[3] - w[2])
        at = tip if run["rule"] == "Nesterov" else w[3]
        drawn = lab.evaluate(ends, r)
        near = {"atol": 0.02}  # less than a pixel
        np.testing.assert_allclose(drawn["momentum"][:2], [w[3], tip], **near)
        np.testing.assert_allclose(drawn["descent"][:2], [at, at - rule.lr * landscape.grad(at)], **near)
        np.testing.assert_allclose(np.mean(drawn["at"], axis=0), at, **near)


def test_contours_run_where_python_has_their_height(one):
    _, lab = one("descent")
    contours, values = lab.evaluate("""lab => {
      const { x, y, map: { within: box } } = lab.view, inside = (p, low, high) => p > low && p < high;
      const points = (contour) => [...contour.getAttribute("d").matchAll(/(-?[0-9]+) (-?[0-9]+)/g)]
        .map(([, a, b]) => [a / 10, b / 10])
        .filter(([a, b]) => inside(a, box.left, box.right) && inside(b, box.top, box.bottom))
        .map(([a, b]) => [x.invert(a), y.invert(b)]);
      return [[...lab.querySelectorAll(".ol-contour")].map(points), [lab.spec.landscape, lab.values, [x.invert(1) - x.invert(0), y.invert(0) - y.invert(1)]]];
    }""")
    name, settings, pixel = values
    landscape = LANDSCAPES[name].with_parameters(**{k: settings[k] for k in LANDSCAPES[name].parameters})
    (x0, x1), (y0, y1) = landscape.domain
    f = landscape(np.stack(np.meshgrid(np.linspace(x0, x1, 97), np.linspace(y0, y1, 73)), axis=-1))
    levels = f.min() + np.expm1(np.log1p(np.ptp(f)) * np.arange(len(contours)) / len(contours))
    assert len(contours) == 18 and sum(map(len, contours)) > 1000
    for level, points in zip(levels, contours, strict=True):
        if points:
            slope = np.linalg.norm(landscape.grad(np.array(points)) * pixel, axis=-1)  # of the loss, for a pixel
            assert np.all(np.abs(landscape(np.array(points)) - level) < slope), (
                f"the contour of {level} is more than a pixel off"
            )


def test_contours_under_the_hand_are_coarse_and_become_fine_when_it_rests(opened):
    _, found = up(opened("momentum.html?"))
    lab = next(lab for lab in found if lab.evaluate("lab => 'kappa' in lab.inputs && lab.view.plane"))

    def after(action):
        """The contours in view once this was done, frames and rests not awaited."""
        return lab.evaluate(f"""lab => {{
          const {{ slider }} = lab.inputs.kappa, number = lab.values.kappa;
          {action};
          return [...lab.querySelectorAll(".ol-contour")].map((contour) => contour.getAttribute("d"));
        }}""")

    held = after('slider.value = slider.max; slider.dispatchEvent(new Event("input")); lab.recompute()')
    rested = after("lab.settle()")
    assert len(held) == len(rested)
    assert len("".join(held)) < 0.7 * len("".join(rested))
    assert after("lab.set({ kappa: 1 }); lab.recompute(); lab.set({ kappa: number }); lab.recompute()") == rested
    assert after("lab.set({ kappa: 1 }); lab.recompute()") != rested


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


@pytest.mark.parametrize(
    ("view", "settings"), [("map", {"steps": 20_000}), ("descent", {"steps": 20_000, "noise": 1, "m": 4096})]
)
def test_what_would_hold_up_the_page_is_refused_in_a_field_and_in_an_address(one, view, settings):
    tab, lab = one(view)
    *rest, last = settings
    refused = lab.evaluate(
        """(lab, [settings, last]) => {
      const { [last]: value, ...rest } = settings;
      Object.assign(lab.values, rest);
      return [lab.outside(last, value), lab.outside(last, 100)];
    }""",
        [settings, last],
    )
    assert "steps in all" in refused[0] and refused[1] is None
    state = ",".join(f"{name}:{value}" for name, value in settings.items())
    name = lab.get_attribute("id")
    tab.goto(tab.url.split("?")[0] + f"?{name}={state}")
    seen = read(tab.locator(f"#{name}"))
    assert seen.values == {**seen.spec["settings"], **{name: settings[name] for name in rest}}


def test_an_address_with_nonsense_gives_what_makes_sense(one):
    tab, lab = one("descent")
    name = lab.get_attribute("id")
    tab.goto(
        tab.url.split("?")[0] + f"?{name}=start:1e300;-1e300,lr:-1,steps:0.5,kappa:x,step:1e9,off:99,nothing:1,::,"
    )
    seen = read(tab.locator(f"#{name}"))
    (_, high), (bottom, _) = LANDSCAPES[seen.spec["landscape"]].domain
    assert seen.values == {**seen.spec["settings"], "start": [high, bottom]}
    assert seen.step == seen.values["steps"]
    compare(seen)


def test_who_wants_no_motion_gets_leaps(one):
    tab, lab = one("descent", reduced_motion="reduce")
    last = read(lab).step
    lab.get_by_role("button", name="Play").click()
    first = read(lab).step
    tab.wait_for_timeout(300)
    assert read(lab).step == first < last
    lab.get_by_role("button", name="Play").click()
    assert read(lab).step > first


def test_a_run_can_be_hidden(one):
    _, lab = one("descent")
    chip = lab.locator(".ol-chip").first
    label = chip.text_content().strip()
    assert f"{label}:" in read(lab).status
    assert chip.locator("svg polygon").get_attribute("points"), "the mark at the end of its line"
    chip.click()
    assert chip.get_attribute("aria-pressed") == "false"
    assert f"{label}:" not in read(lab).status


def test_a_hidden_run_takes_no_gradient_with_it(opened):
    """The gradient goes to all runs, and is drawn with the first."""
    _, found = up(opened("adam.html?"))
    lab = next(
        lab
        for lab in found
        if lab.evaluate("lab => lab.runs.length > 1 && lab.view.drawn?.some((panel) => panel.record === 'g')")
    )
    drawn = """lab => {
      const { panel } = lab.view.drawn.find((panel) => panel.record === "g");
      return [...panel.moving.querySelectorAll(".ol-run:not([display=none]) polyline")].map((line) => line.getAttribute("points"));
    }"""
    first, *others = lab.query_selector_all(".ol-chip")
    first.click()
    assert lab.evaluate(drawn)
    for chip in others:
        chip.click()
    assert read(lab).status.strip() == ""


def test_the_theme_is_followed(one):
    tab, lab = one("descent")
    colors = {}
    for theme in ("light", "dark"):
        tab.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        picture = Image.open(BytesIO(lab.locator(".ol-map").screenshot())).convert("RGB")
        line = lab.locator(".ol-line").first.evaluate("line => getComputedStyle(line).stroke")
        colors[theme] = (sum(picture.getpixel((200, 100))), line)
    (light, dark_line), (dark, light_line) = colors.values()
    assert light > 400 > dark, colors
    assert dark_line != light_line, colors


def test_the_link_leads_to_the_lab(one):
    tab, lab = one("signal", permissions=["clipboard-read", "clipboard-write"])
    lab.locator(".ol-slider").first.press("ArrowLeft")
    lab.get_by_role("button", name="Copy link").click()
    lab.get_by_role("button", name="Copied").wait_for()
    url = tab.evaluate("navigator.clipboard.readText()")
    assert url.endswith("#" + lab.evaluate("lab => lab.id"))
    values = read(lab).values
    tab.goto("about:blank")
    tab.goto(url)
    assert read(tab.locator(f"#{url.split('#')[1]}")).values == values


def test_print_shows_the_picture_without_its_controls(one):
    tab, lab = one("descent")
    tab.emulate_media(media="print")
    assert lab.locator(".ol-drawing").first.is_visible()
    assert lab.locator(".ol-controls").is_hidden() and lab.locator(".ol-player").is_hidden()


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


def test_a_hidden_run_takes_its_sentence_with_it_at_once(one):
    _, lab = one("descent")
    label = lab.locator(".ol-chip").first.text_content().strip()
    before, after, back = lab.evaluate("""lab => {
      const [chip] = lab.legend.children;
      return [lab.status.textContent, (chip.click(), lab.status.textContent), (chip.click(), lab.status.textContent)];
    }""")
    assert f"{label}:" in before and f"{label}:" not in after and back == before


def test_the_map_has_a_scale_of_colours_with_numbers(one):
    _, lab = one("map")
    numbers, low, high, colors = lab.evaluate("""lab => {
      const [map, strip] = lab.querySelectorAll(".ol-chart .ol-pixels"), bottom = (e) => e.getBoundingClientRect().bottom;
      const texts = [...lab.querySelectorAll(".ol-heat text")].filter((text) => bottom(text) > bottom(strip)).map((text) => text.textContent);
      const known = [...lab.view.losses].filter(Number.isFinite);
      return [texts, Math.min(...known), Math.max(...known), strip.getBoundingClientRect().width > 100];
    }""")
    assert colors and "last loss" in numbers
    ticks = [float(text.replace("−", "-")) for text in numbers if re.match(r"[−0-9]", text)]
    assert len(ticks) > 2
    assert max(low, 1e-12) * 0.99 <= min(ticks) < max(ticks) <= min(high, 1e6) * 1.01


def luminance(color):
    """Of a colour as the browser computes it, as WCAG defines it."""
    numbers = [float(n) for n in re.findall(r"[\d.]+(?:e-\d+)?", color.split("srgb")[-1])][:3]
    shares = numbers if "srgb" in color else [n / 255 for n in numbers]
    return np.dot(
        [0.2126, 0.7152, 0.0722], [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_lines_and_axes_stand_out_in_high_contrast_whatever_the_theme(visit, scheme, theme):
    """A high contrast of the system's is dark or light of its own accord."""
    tab, (lab, *_) = up(visit("nesterov.html", theme=scheme, forced_colors="active"))
    tab.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    paper, *colors = lab.evaluate("""lab => {
      const paper = document.createElement("p");
      paper.style.cssText = "background: Canvas; forced-color-adjust: none";
      lab.append(paper);
      const look = (selector, property) => [...lab.querySelectorAll(selector)].map((e) => [selector, getComputedStyle(e)[property]]);
      return [
        getComputedStyle(paper).backgroundColor,
        ...look(".ol-line", "stroke"), ...look(".ol-mark", "fill"), ...look(".ol-drawing text", "fill"), ...look(".ol-frame", "stroke"),
        ...look(".ol-chip line, .ol-chip path", "stroke"), ...look(".ol-key span", "color"),
      ];
    }""")
    assert len(colors) > 10
    for what, color in colors:
        high, low = sorted([luminance(paper), luminance(color)], reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 3, (what, color, paper)
