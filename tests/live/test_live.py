"""The lab in a live kernel: a real JupyterLab, driven by a real browser."""

import contextlib
import json
import os
import re
import subprocess
import sys
import time

import nbformat
import pytest

from book.environment import ROOT

CELLS = (
    """
import sys
sys.path.insert(0, {root!r})
import numpy as np
from lab import Lab
from optimizers import SGD, Optimizer

class Sign(Optimizer):
    def __init__(self, lr=0.1):
        self.lr = lr
    def delta_w(self, g):
        return -self.lr * np.sign(g)

class Clipped(Optimizer):
    def __init__(self, lr=0.1):
        self.lr = lr
    def delta_w(self, g):
        return -self.lr * g / max(1, np.linalg.norm(g))

lab = Lab.descent({{"SGD": SGD, "Sign": Sign, "Clipped": Clipped}}, lr=0.1, steps=30)
lab
""",
    "lab.lr = 0.25",
    """
import json
results = lab.results()
print("SEEN", json.dumps({"lr": lab.lr, "start": lab.start, "ends": {k: list(r.end) for k, r in results.items()}}))
""",
)


def address(server, folder):
    """Where the server listens, once it has said so."""
    deadline = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < deadline:
        for told in (folder / "runtime").glob("jpserver-*.json"):
            with contextlib.suppress(json.JSONDecodeError):  # it is still being written
                return json.loads(told.read_text(encoding="utf-8"))["url"]
        time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start:\n{(folder / 'log').read_text(encoding='utf-8')}")


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory):
    """The address of a notebook in a JupyterLab of its own."""
    folder = tmp_path_factory.mktemp("live")
    cells = [
        nbformat.v4.new_code_cell(CELLS[0].format(root=str(ROOT)).strip()),
        *(nbformat.v4.new_code_cell(c.strip()) for c in CELLS[1:]),
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / "live.ipynb")
    # The server takes a free port itself, and tells it: one that is chosen for it may be gone by then.
    options = ["--no-browser", "--allow-root", "--IdentityProvider.token=secret", "--ip=127.0.0.1", "--port=0"]
    settings = {
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
    }
    with (folder / "log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options, str(folder)],
            env={**os.environ, **settings},
            stdout=log,
            stderr=log,
        )
        try:
            yield f"{address(server, folder)}lab/tree/live.ipynb?token=secret&reset"
        finally:
            server.terminate()
            server.wait(20)


def test_the_lab_follows_python_and_python_the_lab(browser, jupyter):
    tab = browser.new_context(viewport={"width": 1280, "height": 1400}).new_page()
    faults = []
    tab.on("pageerror", lambda error: faults.append(str(error)))

    def accept(dialog):
        """JupyterLab may ask or tell something first, such as that a kernel has to be started again."""
        print(dialog.inner_text())
        dialog.locator(".jp-mod-accept").click()

    tab.add_locator_handler(tab.locator(".jp-Dialog"), accept)
    tab.goto(jupyter, timeout=60_000)
    cells = tab.locator(".jp-Notebook .jp-CodeCell")
    cells.nth(2).wait_for(timeout=60_000)
    tab.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status='idle']", timeout=60_000)

    def run(k):
        cells.nth(k).locator(".jp-InputPrompt").click()
        tab.keyboard.press("Control+Enter")

    def told():
        """What the kernel says the settings and the ends of the runs are."""
        before = cells.nth(2).locator(".jp-InputPrompt").inner_text()
        run(2)
        done = "([prompt, before]) => !['[*]:', before].includes(prompt.innerText)"
        tab.wait_for_function(done, arg=[cells.nth(2).locator(".jp-InputPrompt").element_handle(), before])
        text = cells.nth(2).locator(".jp-OutputArea-output").inner_text()
        return json.loads(re.search(r"SEEN (.*)", text)[1])

    for _ in range(30):  # keys that come before JupyterLab listens are lost
        run(0)
        tab.wait_for_timeout(1000)
        if cells.nth(0).locator(".jp-InputPrompt").inner_text() != "[ ]:":
            break
    lab = tab.locator("optimizer-lab")
    lab.wait_for(timeout=60_000)
    assert "Clipped cannot run in the browser" in lab.inner_text()
    assert "cannot be traced" in cells.nth(0).inner_text() or "cannot be run on symbols" in cells.nth(0).inner_text()

    def agreed():
        """Wait until page and kernel show the same runs; return what the kernel told."""
        deadline = time.monotonic() + 15
        while True:
            kernel = told()
            page = lab.evaluate("""lab => ({ ...lab.values, ends: Object.fromEntries(lab.view.results.map(
                ({ w, n }, r) => [lab.runs[r].label, [...w.slice(2 * n - 2, 2 * n)]])) })""")
            same = kernel["lr"] == page["lr"] and kernel["start"] == page["start"]
            if same and all(page["ends"][label] == pytest.approx(end) for label, end in kernel["ends"].items()):
                return kernel
            assert time.monotonic() < deadline, f"the kernel says {kernel}, the page {page}"

    assert agreed()["lr"] == 0.1
    # From the page to Python: the arrow keys reach the slider, and not the notebook.
    slider = lab.locator("input[id$='-lr']")
    for _ in range(5):
        slider.press("ArrowRight")
    assert lab.evaluate("lab => lab.values.lr") > 0.1
    assert agreed()["lr"] > 0.1
    lab.locator(".ol-start").press("ArrowRight")
    assert lab.evaluate("lab => lab.values.start") != [-9, 3]
    assert agreed()["start"] != [-9, 3]
    # From Python to the page.
    run(1)
    assert agreed()["lr"] == 0.25
    assert lab.locator("input[id$='-lr'] + input").input_value() == "0.25"
    assert not faults
