"""Every test, and every kernel that a test starts, runs in the environment of the build."""

import os
import re
import shutil

import pytest
from xdist.scheduler import LoadScopeScheduling

from book import environment

environment.prepare()


class Sharing(LoadScopeScheduling):
    """A worker takes whole files, for what their tests share. Of the site's it takes those that open a page together (they share the tab),
    other slow ones singly, and the rest together (they share what has been parsed)."""

    def _split_scope(self, nodeid):
        if not nodeid.startswith("tests/site/"):
            return super()._split_scope(nodeid)
        in_browser = re.match(r"tests/site/test_(browser|labs|teaching)\.py", nodeid)
        page = re.search(r"\[([\w/-]+\.html)\]$", nodeid)
        if in_browser and page:
            return page[1]
        slow = re.search(r"test_(browser|labs)\.py|blanks_open|slides", nodeid)
        return nodeid if slow else "tests/site"


def pytest_xdist_make_scheduler(config, log):
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


@pytest.fixture(scope="session")
def browser():
    """Chromium. Without one, the tests that need it are skipped; where REQUIRE_BROWSER or CI is set, they fail."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        reason = "no browser: put chromium on the PATH, or its path into CHROMIUM"
        if os.environ.get("REQUIRE_BROWSER") or os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM)
        yield chromium
        chromium.close()
