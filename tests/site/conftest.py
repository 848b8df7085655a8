"""The built site, a server for it under a sub-path, and a browser.

The pages are whatever stands in the built site, so a new chapter is covered by existing.
"""

import contextlib
import functools
import http.server
import subprocess
import sys
import threading

import pytest

from book.build import SITE
from book.environment import ROOT

from .labs import lab_pages, up

SUB_PATH = "/some/folder/"  # as a project's pages are served: never at the root of a host


def pytest_configure(config):
    if hasattr(config, "workerinput"):
        return  # the process that sent this one has built it
    # The pages are test parameters, so the site must stand before tests are collected. Nothing happens if it is fresh.
    built = subprocess.run([sys.executable, "-m", "book.build"], cwd=ROOT, capture_output=True, text=True)
    if built.returncode:
        pytest.exit(f"the book does not build:\n{built.stdout[-2000:]}{built.stderr[-6000:]}", returncode=1)


def pytest_generate_tests(metafunc):
    if "page" in metafunc.fixturenames:
        pages = sorted(file.relative_to(SITE).as_posix() for file in SITE.glob("**/*.html"))
        metafunc.parametrize("page", [page for page in pages if not page.startswith("_static/")])


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the site under SUB_PATH and, like GitHub Pages, 404.html for every address that leads nowhere."""

    protocol_version = "HTTP/1.1"

    def translate_path(self, path):
        if not path.startswith(SUB_PATH):
            return str(SITE / "nowhere")
        return super().translate_path("/" + path.removeprefix(SUB_PATH))

    def send_error(self, code, message=None, explain=None):
        body = (SITE / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@contextlib.contextmanager
def serve(handler):
    """Serve the site, and say where."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=str(SITE))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{SUB_PATH}"
        server.shutdown()


@pytest.fixture(scope="session")
def address():
    """Where the site is served."""
    with serve(Handler) as address:
        yield address


class Visitor:
    """Opens pages, and notes each request to another host, error on the console and exception. `script` runs before
    those of each page."""

    def __init__(self, browser, address, script=""):
        self.browser, self.address, self.script = browser, address, script
        self.contexts, self.faults, self.tabs, self.asked = [], [], {}, {}

    def __call__(self, page, width=1280, theme="light", **options):
        """Open a page in a fresh profile."""
        context = self.browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme, **options)
        self.contexts.append(context)
        if self.script:
            context.add_init_script(self.script)
        tab = context.new_page()
        tab.on("request", self.request)
        tab.on("console", self.console)
        tab.on("pageerror", lambda error: self.faults.append(f"exception: {error}"))
        tab.goto(self.address + page, wait_until="load")
        return tab

    def open(self, page, **options):
        """Open a page in the tab that all with the same options share: half of a visit, or more, is a new profile's
        start.

        A page that is open already is found as it was left, but light, on a screen, and as wide as at first. An
        address with a query, or after one, is loaded anew.
        """
        tab, before = self.tabs.get(str(options)), self.asked.get(str(options))
        self.asked[str(options)] = page
        if tab is None:
            tab = self.tabs[str(options)] = self(page, **options)
            return tab
        tab.emulate_media(media="null")
        tab.set_viewport_size({"width": options.get("width", 1280), "height": 900})
        if page != before or tab.url.split("?")[0] != self.address + page:
            tab.goto(self.address + page, wait_until="load")
        elif options.get("java_script_enabled", True):
            tab.evaluate("document.documentElement.dataset.theme = 'light'")
        return tab

    def request(self, request):
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.faults.append(f"foreign request: {request.url}")

    def console(self, message):
        if message.type == "error":
            self.faults.append(f"console: {message.text} ({message.location.get('url')})")

    def leave(self):
        for context in self.contexts:
            context.close()
        self.contexts.clear()

    def report(self):
        faults, self.faults = self.faults, []
        assert not faults, "\n".join(faults)


@contextlib.contextmanager
def visiting(*arguments):
    """A visitor of a site, whose faults are reported when it leaves."""
    visitor = Visitor(*arguments)
    yield visitor
    visitor.leave()
    visitor.report()


@pytest.fixture
def visit(browser, address):
    """Open a page of the site in a fresh profile, `visit("adam.html", width=360)`; at the end its faults fail the
    test."""
    with visiting(browser, address) as visitor:
        yield visitor


@pytest.fixture(scope="session")
def shared(browser, address):
    with visiting(browser, address) as visitor:
        yield visitor


@pytest.fixture
def opened(shared):
    """Open a page as `visit` does, but in a tab that all tests with the same options share (`Visitor.open`)."""
    yield shared.open
    shared.report()


@pytest.fixture
def one(opened):
    """`one("descent")`: the first lab of a view on the lightest page, and its tab."""

    def one(view, **options):
        for page in sorted(lab_pages(), key=lambda page: (SITE / page).stat().st_size):
            if f"&quot;view&quot;: &quot;{view}&quot;" in (SITE / page).read_text(encoding="utf-8"):
                tab, found = up(opened(f"{page}?", **options))
                lab = next(lab for lab in found if lab.evaluate("lab => lab.spec.view") == view)
                return tab, tab.locator("#" + lab.get_attribute("id"))
        raise AssertionError(f"no page has a {view}")

    return one
