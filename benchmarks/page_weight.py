"""What a first visit to each page costs: `make weight`.

A fresh profile of Chromium opens every page of the built site, served by a local server that compresses as web hosts
do. Printed for each: the requests, the bytes over the wire by kind of file, and the milliseconds from navigation until
the text stood (first contentful paint) and until every `<optimizer-lab>` had drawn itself (the event `lab-drawn`).
"""

import argparse
import gzip
import http.server
import mimetypes
import os
import shutil
import statistics
import threading
from collections import Counter
from pathlib import Path

from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import sync_playwright

from book.build import SITE

LIMIT = 280 * 1024  # bytes of a first visit, the book's promise
DRAWN = 500  # milliseconds until the first lab stands
WINDOW = 1500  # milliseconds in which a new window has started the browser's own processes, as a reader's did long ago
COMPRESSED = {".html", ".css", ".js", ".svg", ".json", ".ipynb", ".txt", ".inv"}
WATCH = """
  window.drawn = [];
  addEventListener("lab-drawn", () => drawn.push(performance.now()), true);
"""


def server_of(folder):
    """A server of the files in `folder`, text compressed once and kept."""
    cache = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            path = (folder / self.path.split("?")[0].lstrip("/")).resolve()
            if not path.is_file() or folder not in path.parents:
                self.send_error(404)
                return
            if path not in cache:
                data = path.read_bytes()
                cache[path] = gzip.compress(data, 6) if path.suffix in COMPRESSED else data
            self.send_response(200)
            self.send_header("Content-Type", mimetypes.guess_type(path.name)[0] or "application/octet-stream")
            self.send_header("Content-Length", str(len(cache[path])))
            if path.suffix in COMPRESSED:
                self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            self.wfile.write(cache[path])
            self.server.sent.append((path, len(cache[path])))

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.sent = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def kind(path):
    return {".html": "page", ".css": "style", ".js": "script", ".woff2": "fonts"}.get(path.suffix, "pictures")


def measure(browser, server, page):
    """One first visit: (bytes by kind, requests, ms to text, ms to the last lab drawn or None)."""
    server.sent.clear()
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    tab.wait_for_timeout(WINDOW)
    tab.add_init_script(WATCH)
    tab.goto(f"http://127.0.0.1:{server.server_port}/{page}", wait_until="networkidle")
    labs = tab.locator("optimizer-lab").count()
    if labs:
        try:
            tab.wait_for_function("labs => drawn.length >= labs", arg=labs, timeout=10_000)
        except PlaywrightTimeout:
            drawn = tab.evaluate("drawn.length")
            raise SystemExit(f"{page}: {drawn} of {labs} labs had drawn themselves after 10 s") from None
    tab.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
    paint, drawn = tab.evaluate(
        "[performance.getEntriesByName('first-contentful-paint')[0].startTime, drawn.length ? drawn : null]"
    )
    sent = Counter()
    for path, size in server.sent:
        sent[kind(path)] += size
    requests = len(server.sent)
    context.close()
    return sent, requests, paint, drawn and drawn[0], drawn and drawn[-1]


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page_weight", description=__doc__.split("\n")[0])
    parser.add_argument("pages", nargs="*", help="pages of the site; all by default")
    parser.add_argument("--repeat", type=int, default=3, help="visits to a page; times are medians")
    options = parser.parse_args()
    pages = options.pages or sorted(path.name for path in Path(SITE).glob("*.html"))
    server = server_of(SITE)
    heaviest = slowest = 0
    kinds = ["page", "style", "script", "fonts", "pictures"]
    print(
        f"{'KB over the wire':20}"
        + "".join(f"{name:>9}" for name in [*kinds, "total", "requests"])
        + "   text  first lab  all labs (ms)"
    )
    with sync_playwright() as playwright:
        chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for page in pages:
            visits = [measure(browser, server, page) for _ in range(options.repeat)]
            sent, requests = visits[0][:2]
            total = sum(sent.values())
            heaviest = max(heaviest, total)
            paint, first, last = (
                None if None in column else statistics.median(column) for column in list(zip(*visits, strict=True))[2:]
            )
            slowest = max(slowest, first or 0)
            sizes = "".join(f"{size / 1024:9.1f}" for size in [*(sent[name] for name in kinds), total])
            times = "".join(
                f"{'-' if time is None else round(time):>{width}}"
                for time, width in ((paint, 7), (first, 11), (last, 10))
            )
            print(f"{page:20}{sizes}{requests:9}{times}")
        browser.close()
    server.shutdown()
    print(
        f"heaviest page {heaviest / 1024:.1f} KB, limit {LIMIT / 1024:.0f} KB; slowest first lab {slowest:.0f} ms, limit {DRAWN} ms"
    )
    return int(heaviest > LIMIT or slowest > DRAWN)


if __name__ == "__main__":
    raise SystemExit(main())
