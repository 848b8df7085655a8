"""Where browsers are missing, the tests say which; in CI that is a failure."""

import os
import subprocess
import sys

import pytest

from book.environment import ROOT

TESTS = [
    "tests/site/test_controls.py::test_paper_is_light",
    "tests/site/engines/test_engines.py::test_the_numbers_open",
]


@pytest.mark.parametrize("ci", [False, True], ids=["", "in CI"])
def test_a_missing_browser_is_named_and_fails_in_ci(tmp_path, ci):
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("CI", "REQUIRE_BROWSER", "CHROMIUM") and not name.startswith("PYTEST")
    }
    nowhere = {
        "PATH": str(tmp_path),
        "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path),
        "PLAYWRIGHT_DOWNLOAD_HOST": "http://127.0.0.1:9",
    }
    command = [sys.executable, "-m", "pytest", *TESTS, "-ra", "-p", "no:cacheprovider"]
    run = subprocess.run(
        command, cwd=ROOT, env=kept | nowhere | ({"CI": "1"} if ci else {}), capture_output=True, text=True
    )
    for browser in (
        "no firefox-esr",
        "no WebKitWebDriver",
        "no Chromium",
        "`playwright install chromium` failed: Error: connect ECONNREFUSED",
    ):
        assert browser in run.stdout
    assert ("3 errors" if ci else "3 skipped") in run.stdout
    assert run.returncode == int(ci)
