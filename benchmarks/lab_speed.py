"""What a move of a slider costs: `make speed`.

Two labs, one optimizer with 200 steps and all ten with 200 steps, on a page of their own. The mouse drags the slider of
the learning rate through 100 places, two frames apart; Chromium's own account of the main thread's work (TaskDuration of
Performance.getMetrics) is read before and after each. Idle is the same with the mouse moving over the page's margin. Net
is the difference of the medians; the bar is held against the median of the repeats.
"""

import argparse
import os
import shutil
import statistics
import tempfile
from pathlib import Path

from lab import Lab
from lab.javascript import bundle, style_sheet
from optimizers import TEN, Momentum
from playwright.sync_api import sync_playwright

from benchmarks.page_weight import WINDOW, server_of

MOVES = 100
BARS = {"one": 2.5, "ten": 10.0}  # milliseconds net of idle: what we want to reach
FRAME = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def page():
    labs = {
        "one": Lab.descent([Momentum], "ravine", lr=0.05, steps=200, controls=(("lr", 1e-3, 1),)),
        "ten": Lab.descent(TEN, "ravine", lr=0.05, steps=200, controls=(("lr", 1e-3, 1),)),
    }
    body = "".join(f'<div id="{name}">{lab.html()}</div>' for name, lab in labs.items())
    return (
        f'<!doctype html><meta charset="utf-8"><style>{style_sheet()} body {{ max-width: 52rem; margin: 0 auto }}</style>'
        f'{body}<script type="module">{bundle()}</script>'
    )


def drag(tab, devtools, box, moves=MOVES):
    """Milliseconds of the main thread for each of the moves along a box."""

    def busy():
        return next(m["value"] for m in devtools.send("Performance.getMetrics")["metrics"] if m["name"] == "TaskDuration")

    y = box["y"] + box["height"] / 2
    tab.mouse.move(box["x"] + 10, y)
    tab.mouse.down()
    costs = []
    for k in range(moves):
        before = busy()
        tab.mouse.move(box["x"] + 10 + (box["width"] - 20) * k / moves, y)
        tab.evaluate(FRAME)
        costs.append(1e3 * (busy() - before))
    tab.mouse.up()
    return costs


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lab_speed", description=__doc__.split("\n")[0])
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    nets = {name: [] for name in BARS}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        (Path(folder).resolve() / "index.html").write_text(page(), encoding="utf-8")
        server = server_of(Path(folder).resolve())
        chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        print(f"{'ms a move':8} {'median':>8} {'95 %':>8} {'idle':>8} {'idle 95 %':>10} {'net':>8}   wanted")
        for _ in range(options.repeat):
            for name, bar in BARS.items():
                tab = browser.new_page(viewport={"width": 1280, "height": 1500})
                tab.wait_for_timeout(WINDOW)
                tab.goto(f"http://127.0.0.1:{server.server_port}/index.html", wait_until="networkidle")
                devtools = tab.context.new_cdp_session(tab)
                devtools.send("Performance.enable")
                idle = drag(tab, devtools, {"x": 5, "y": 700, "width": 200, "height": 10})
                move = drag(tab, devtools, tab.locator(f"#{name} input[id$='-lr']").bounding_box())
                (move50, move95), (idle50, idle95) = (
                    (statistics.median(times), statistics.quantiles(times, n=20)[-1]) for times in (move, idle)
                )
                net = move50 - idle50
                nets[name].append(net)
                print(f"{name:8} {move50:8.2f} {move95:8.2f} {idle50:8.2f} {idle95:10.2f} {net:8.2f}   {bar}")
                tab.close()
        browser.close()
        server.shutdown()
    medians = {name: statistics.median(values) for name, values in nets.items()}
    print("net, median of all:", ", ".join(f"{name} {net:.2f}" for name, net in medians.items()))
    return int(any(medians[name] > bar for name, bar in BARS.items()))


if __name__ == "__main__":
    raise SystemExit(main())
