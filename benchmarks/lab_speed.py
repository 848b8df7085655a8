"""What a move of a slider costs, in every lab of every page: `make speed`.

A lab is measured where it stands, on its page of the built site, and alone: the same lab, with the same script and style
sheet and as wide, on an empty page. The two take turns, so that what else the machine does falls on both. The mouse drags
a slider, that of the learning rate or else the first, from one end to the other, two frames a move; before and after each
move Chromium says how long its main thread has worked (TaskDuration of Performance.getMetrics). Idle is the same with the
mouse moving over the margin, no button pressed: with one it would select text. Costs are medians, net is move less idle.

Of ninety labs some always meet a moment in which the machine does something else. A lab that misses a bar is therefore
measured again, PATIENCE times as long, and what it costs then is what counts.

Two labs that stand on no page, one rule and all ten with 200 steps each, show what the labs themselves cost.

The peer is the first figure of Gabriel Goh's "Why Momentum Really Works" (Distill, 2017; distillpub/post--momentum on
GitHub), on its own page. It is no part of this project, so PEER is what it cost on the machine on which the bars were set.
Who has a copy measures it in the same run: --peer post--momentum/public '#sliderAlpha .track-overlay'.
"""

import argparse
import os
import shutil
import statistics
from dataclasses import dataclass
from pathlib import Path

from book.build import SITE
from lab import Lab
from lab.assets import bundle, style_sheet
from optimizers import TEN, Momentum
from playwright.sync_api import sync_playwright

from benchmarks.page_weight import WINDOW, server_of

MOVES = 7  # of a slider, in one turn; half as many beside it
PEER = 12.6  # milliseconds net of idle
RATIO = 1.3  # of a lab on its page to the same lab alone, idle included
SPREAD = 2  # of the slowest lab to the median lab, idle included
SHARE = 6 / 12.6  # of the median lab in what the peer costs, net of idle
PATIENCE = 5  # how many times as many turns a lab takes again that has missed a bar

FRAME = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
SHOW = "(slider) => slider.scrollIntoView({ block: 'center' })"
PLACE = "(slider) => slider.value ?? slider.parentNode.innerHTML"
FIND = """(n) => {
  const lab = document.querySelectorAll("optimizer-lab")[n];
  for (let box = lab.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  return lab.querySelector("input[id$='-lr']") ?? lab.querySelector(".ol-controls input") ?? lab.querySelector("input");
}"""
ALIKE = """(n) => {
  const lab = document.querySelectorAll("optimizer-lab")[n], alone = lab.cloneNode();
  for (const given of ["id", "class"]) alone.removeAttribute(given);
  const assets = [...document.querySelectorAll("link[href*=optimizer-lab], script[src*=optimizer-lab], script[src*='_static/labs/']")];
  return [assets.map((asset) => asset.outerHTML).join(""), alone.outerHTML, lab.getBoundingClientRect().width];
}"""


@dataclass
class Cost:
    """Milliseconds of the main thread, for a move of a slider and for one beside it."""

    move: float
    idle: float

    @property
    def net(self):
        return self.move - self.idle


class Tab:
    """A window of its own, and the account of its main thread."""

    def __init__(self, browser, server):
        self.site = f"http://127.0.0.1:{server.server_port}"
        self.page = browser.new_page(viewport={"width": 1280, "height": 1500})
        self.devtools = self.page.context.new_cdp_session(self.page)
        self.devtools.send("Performance.enable")
        self.page.wait_for_timeout(WINDOW)

    def open(self, name):
        self.page.goto(f"{self.site}/{name}", wait_until="networkidle")
        self.page.wait_for_timeout(WINDOW)  # what a page does once it has loaded is no part of a move

    def show(self, head, lab, width):
        """An empty page with this lab alone."""
        html = (
            f'<!doctype html><html lang="en" data-theme="light"><meta charset="utf-8">{head}'
            f'<body style="margin: 100px auto; width: {width}px">{lab}</body></html>'
        )
        self.page.unroute_all()
        self.page.route("**/alone.html", lambda route: route.fulfill(body=html, content_type="text/html"))
        self.page.goto(f"{self.site}/alone.html")
        self.page.locator("optimizer-lab.ol-on").wait_for()

    def slider(self, n=0):
        """The slider that is moved in the nth lab of the page."""
        return self.page.evaluate_handle(FIND, n).as_element()

    def turn(self, slider):
        """What each of some moves of a slider costs, and each of half as many beside it."""
        self.page.bring_to_front()
        slider.evaluate(SHOW)
        self.page.mouse.move(5, 700)
        self.page.wait_for_timeout(300)  # until the lab has said where the turn before has led
        idle = list(self._along({"x": 5, "y": 700, "width": 100, "height": 0}, MOVES // 2))
        box = slider.bounding_box()
        self.page.mouse.move(box["x"] + 10, box["y"] + box["height"] / 2)
        self.page.mouse.down()
        place = slider.evaluate(PLACE)
        moves = list(self._along(box, MOVES))
        if slider.evaluate(PLACE) == place:
            raise SystemExit(f"{self.page.url}: the mouse does not move the slider that it drags")
        self.page.mouse.up()
        return moves, idle

    def _along(self, box, moves):
        """Move the mouse along a box; what each move costs."""
        for k in range(1, moves + 1):
            before = self._busy()
            self.page.mouse.move(box["x"] + 10 + (box["width"] - 20) * k / moves, box["y"] + box["height"] / 2)
            self.page.evaluate(FRAME)
            yield 1e3 * (self._busy() - before)

    def _busy(self):
        metrics = self.devtools.send("Performance.getMetrics")["metrics"]
        return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")


def in_turn(sliders, repeat):
    """The costs of sliders, given as (tab, slider), that take turns."""
    turns = [[tab.turn(slider) for tab, slider in sliders] for _ in range(repeat)]
    return [Cost(*(statistics.median(sum(costs, [])) for costs in zip(*own))) for own in zip(*turns)]


def middle(costs):
    return Cost(statistics.median(cost.move for cost in costs), statistics.median(cost.idle for cost in costs))


def faults(labs, peer=PEER):
    """What misses a bar: pairs of its name and the fault in words. `labs` is a dict from the name of a lab to its costs on
    its page and alone."""
    typical = middle([page for page, _ in labs.values()]).move
    net = statistics.median(page.net for page, _ in labs.values())
    for name, (page, alone) in labs.items():
        if page.move > RATIO * alone.move:
            yield name, f"{page.move / alone.move:.2f} times what it costs alone; {RATIO} at most"
        if page.move > SPREAD * typical:
            yield name, f"{page.move:.1f} ms, more than {SPREAD} times the median lab's {typical:.1f}"
        if page.net > peer:
            yield name, f"{page.net:.1f} ms net of idle, more than the peer's {peer:.1f}"
    if net > SHARE * peer:
        yield "the median lab", f"{net:.1f} ms net of idle; {SHARE * peer:.1f} at most"


def alone_only():
    """The two labs that stand on no page."""
    settings = {"lr": 0.05, "steps": 200, "controls": (("lr", 1e-3, 1),)}
    labs = {"one": Lab.descent([Momentum], "ravine", **settings), "ten": Lab.descent(TEN, "ravine", **settings)}
    head = f'<style>{style_sheet()}</style><script type="module">{bundle()}</script>'
    return {name: (head, lab.html(), 832) for name, lab in labs.items()}


def peer_cost(browser, folder, selector, repeat):
    server = server_of(Path(folder).resolve())
    tab = Tab(browser, server)
    tab.open("index.html")
    (cost,) = in_turn([(tab, tab.page.locator(selector).first)], repeat)
    tab.page.close()
    server.shutdown()
    return cost


def row(name, *costs):
    numbers = "".join(f"{number:8.2f}" for cost in costs for number in (cost.move, cost.idle, cost.net))
    ratio = f"{costs[0].move / costs[1].move:8.2f}" if len(costs) == 2 else ""
    print(f"{name:16}{numbers}{ratio}", flush=True)


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lab_speed", description=__doc__.split("\n")[0])
    parser.add_argument("--pages", nargs="+", metavar="NAME", help="pages of the site, such as adam; all by default")
    parser.add_argument("--site", type=Path, default=SITE, metavar="FOLDER", help="a built site other than this one")
    parser.add_argument(
        "--peer", nargs=2, metavar=("FOLDER", "SELECTOR"), help="a folder with an index.html, and a slider of it"
    )
    parser.add_argument("--repeat", type=int, default=2, help="turns of each lab on its page and alone")
    options = parser.parse_args()
    pages = options.pages or sorted(
        path.stem for path in options.site.glob("*.html") if "<optimizer-lab" in path.read_text(encoding="utf-8")
    )
    labs, limit = {}, PEER
    server = server_of(options.site.resolve())
    print(f"{'ms a move':16}{'move':>8}{'idle':>8}{'net':>8}{'alone':>8}{'idle':>8}{'net':>8}{'ratio':>8}")
    with sync_playwright() as playwright:
        chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        alone, tab = Tab(browser, server), Tab(browser, server)
        for name, lab in alone_only().items():
            alone.show(*lab)
            (cost,) = in_turn([(alone, alone.slider())], options.repeat)
            row(name, cost)
        if options.peer:
            cost = peer_cost(browser, *options.peer, options.repeat)
            row("peer", cost)
            limit = cost.net

        def measure(page, n, repeat):
            alone.show(*tab.page.evaluate(ALIKE, n))
            labs[f"{page} {n + 1}"] = costs = in_turn([(tab, tab.slider(n)), (alone, alone.slider())], repeat)
            row(f"{page} {n + 1}", *costs)

        for page in pages:
            tab.open(f"{page}.html")
            for n in range(tab.page.locator("optimizer-lab").count()):
                measure(page, n, options.repeat)
        if again := sorted({name for name, _ in faults(labs, limit)} & set(labs)):
            print(f"again, with {PATIENCE} times as many turns")
        for name in again:
            page, n = name.rsplit(maxsplit=1)
            tab.open(f"{page}.html")
            measure(page, int(n) - 1, PATIENCE * options.repeat)
        browser.close()
    server.shutdown()
    if not labs:
        raise SystemExit("no lab stands on these pages")
    row("median", *map(middle, zip(*labs.values())))
    for title, measure in {
        "the slowest": lambda name: labs[name][0].move,
        "the slowest beside itself alone": lambda name: labs[name][0].move / labs[name][1].move,
    }.items():
        worst = max(labs, key=measure)
        row(worst, *labs[worst])
        print(f"{'':16}is {title}")
    missed = [f"{name}: {fault}" for name, fault in faults(labs, limit)]
    print("\n".join(missed) or "every bar is met")
    return int(bool(missed))


if __name__ == "__main__":
    raise SystemExit(main())
