"""What a lab draws: the map, arrows, contours, which runs, in which colours."""

import re
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

import optimizers
from lab import LANDSCAPES, Lab, descend

from .labs import compare, of_run, read, up


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


def test_print_shows_the_picture_without_its_controls(one):
    tab, lab = one("descent")
    tab.emulate_media(media="print")
    assert lab.locator(".ol-drawing").first.is_visible()
    assert lab.locator(".ol-controls").is_hidden() and lab.locator(".ol-player").is_hidden()


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
