"""Every test, and every kernel that a test starts, runs in the environment of the build."""

import functools
import os
import re
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import nbval.kernel
import pytest
from xdist.scheduler import LoadScopeScheduling

from book import environment

environment.prepare()

# nbval compares the text of what a cell shows, so its kernels make nothing else: the pictures of labs are made, and
# looked at, by the build.
nbval.kernel.start_new_kernel = functools.partial(
    nbval.kernel.start_new_kernel,
    extra_arguments=["--DisplayFormatter.active_types=text/plain", "--MimeBundleFormatter.enabled=False"],
)


class Sharing(LoadScopeScheduling):
    """A worker takes whole files, for what their tests share. Of the site's it takes those of an engine together (they
    share the browser), those that open a page too (they share the tab), other slow ones singly, and the rest together
    (they share what has been parsed).
    """

    def _split_scope(self, nodeid):
        if not nodeid.startswith("tests/site/"):
            return super()._split_scope(nodeid)
        if engine := re.search(r"\[(firefox|webkit)\b", nodeid):
            return engine[1]
        in_browser = re.match(r"tests/site/test_(browser|controls|labs\w*|teaching)\.py", nodeid)
        page = re.search(r"\[([\w/-]+\.html)\]$", nodeid)
        if in_browser and page:
            return page[1]
        slow = re.search(r"test_(browser|controls|labs\w*)\.py|blanks_open|slides", nodeid)
        return nodeid if slow else "tests/site"


def pytest_xdist_make_scheduler(config, log):
    """Have the workers share as above."""
    return Sharing(config, log)


def pytest_sessionfinish(session, exitstatus):
    """In CI a skipped test is a failure: nothing may pass there by not being run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped") and exitstatus == 0:
        session.exitstatus = 1


CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--in-process-gpu",  # one process less to start, and there is nothing for it to do
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # other hosts do not exist
]


def find_chromium(playwright):
    """The path of a Chromium: the system's, or playwright's, which is fetched where no browser is there that a test
    could use."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    own = playwright.chromium.executable_path
    if path or Path(own).exists():
        return path or own
    reason = "no Chromium: put chromium on the PATH, or its path into CHROMIUM"
    if not any(map(shutil.which, ["firefox-esr", "firefox", "WebKitWebDriver"])):
        fetched = subprocess.run(
            [sys.executable, "-m", "playwright", "install", "chromium"], capture_output=True, text=True
        )
        if fetched.returncode == 0:
            warnings.warn("no browser was here: `playwright install chromium` has fetched one", stacklevel=2)
            return own
        problem, *_ = fetched.stderr.strip().splitlines() or ["no reason given"]
        reason += f"; `playwright install chromium` failed: {problem}"
    raise FileNotFoundError(reason)


@pytest.fixture(scope="session")
def browser():
    """Chromium. Without one, the tests that need it are skipped; where REQUIRE_BROWSER or CI is set, they fail."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        try:
            path = find_chromium(playwright)
        except FileNotFoundError as missing:
            refuse(missing)
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM)
        yield chromium
        chromium.close()


def refuse(missing):
    """What a test without its browser does."""
    if os.environ.get("REQUIRE_BROWSER") or os.environ.get("CI"):
        pytest.fail(str(missing))
    pytest.skip(str(missing))
