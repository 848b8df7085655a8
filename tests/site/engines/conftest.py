"""The pages again, in Firefox and in WebKit. What they find here beyond `tests/site` is where engines differ, so of
everything there is one case."""

from http import HTTPStatus
from pathlib import Path

import pytest

from conftest import refuse
from tests.site.conftest import Handler, serve

from .drivers import Firefox, WebKit

# Neither driver tells of every fault of a page, so the page collects its own: exceptions, files that do not load, and
# errors on the console.
LISTEN = b"""<script>
  window.faults = [];
  addEventListener("error", ({ message, target }) => {
    faults.push(message ?? `${target.src ?? target.href} does not load`);
  }, true);
  addEventListener("unhandledrejection", ({ reason }) => faults.push(String(reason)));
  console.error = (...words) => faults.push(words.join(" "));
</script>"""


def listening(file):
    """A page of the site that collects its faults."""
    return file.read_bytes().replace(b"<head>", b"<head>" + LISTEN, 1)


class Listening(Handler):
    def do_GET(self):
        file = Path(self.translate_path(self.path))
        if file.suffix != ".html" or not file.is_file():
            super().do_GET()
            return
        body = listening(file)
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="session")
def address():
    with serve(Listening) as address:
        yield address


@pytest.fixture(scope="session", params=[Firefox, WebKit], ids=["firefox", "webkit"])
def engine(request, tmp_path_factory):
    """A browser that all its tests share, as one tab. Where it is missing they are skipped, or fail if REQUIRE_BROWSER
    or CI is set."""
    try:
        browser = request.param(tmp_path_factory.mktemp("profile"))
    except FileNotFoundError as missing:
        refuse(missing)
    yield browser
    browser.close()


@pytest.fixture
def tab(engine, address):
    """The tab, 1280 pixels wide. `tab.visit("adam.html")` loads a page of the site; the faults of each page fail the
    test."""

    def report():
        if engine.evaluate("location.href") != "about:blank":
            assert engine.evaluate("window.faults") == []  # none at all means that the page did not listen

    def visit(page):
        report()
        engine.load(address + page)

    engine.load("about:blank")
    engine.resize(1280, 900)
    engine.visit = visit
    yield engine
    report()
