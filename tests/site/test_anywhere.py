"""The site where not all is as usual: opened from a file, under a strict policy, with a lab that fails, over a slow
line."""

import html
import json
import re

import pytest
from playwright.sync_api import expect

from book.build import SITE

from .conftest import Handler, serve, visiting
from .pages import parse

# 404.html finds the root of the site by a script of its own: shown at any depth, it cannot name a file.
PAGES = sorted(file.name for file in SITE.glob("*.html") if file.name != "404.html")
POLICY = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:"


def drawn(tab, page):
    """Wait until all labs of a page are up; under the policy Playwright cannot evaluate a condition in the page."""
    expect(tab.locator("optimizer-lab.ol-on")).to_have_count(len(parse(page).select("optimizer-lab")), timeout=30_000)


@pytest.fixture(scope="module")
def files(browser):
    with visiting(browser, SITE.as_uri() + "/") as visitor:
        yield visitor


@pytest.fixture
def from_file(files):
    """Open a page of the site as a file, in a tab that the tests share; at the end its faults fail the test."""
    yield files.open
    files.report()


def test_a_page_and_its_labs_work_from_a_file(from_file, page):
    drawn(from_file(page), page)


def test_slides_turn_from_a_file(from_file):
    tab = from_file("nadamax.html?slides")
    expect(tab.locator(".slides-place")).to_have_text(re.compile("^1 /"))
    tab.keyboard.press("ArrowRight")
    expect(tab.locator(".slides-place")).to_have_text(re.compile("^2 /"))


def test_a_lab_writes_its_address_from_a_file(from_file):
    tab = from_file("nadamax.html?")
    drawn(tab, "nadamax.html")
    tab.locator("optimizer-lab .ol-controls .ol-slider").first.press("ArrowLeft")
    tab.wait_for_url(re.compile(r"\?lab-1="))


class Strict(Handler):
    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()


NOTE_WHAT_IS_FORBIDDEN = """window.forbidden = [];
addEventListener("securitypolicyviolation", (e) => forbidden.push(`${e.effectiveDirective} ${e.blockedURI} ${e.sample}`));"""


@pytest.fixture(scope="module")
def policed(browser):
    with serve(Strict) as address, visiting(browser, address, NOTE_WHAT_IS_FORBIDDEN) as visitor:
        yield visitor


@pytest.fixture
def under_policy(policed):
    """Open a page that is sent with the policy, in a tab that the tests share; what the policy forbids fails the
    test."""
    opened = []

    def open_page(page):
        opened[:] = [policed.open(page)]
        return opened[0]

    yield open_page
    for tab in opened:
        policed.faults += tab.evaluate("forbidden")
        tab.evaluate("localStorage.clear()")
    policed.report()


@pytest.mark.parametrize("strict", PAGES)
def test_a_strict_policy_forbids_nothing_that_a_page_needs(under_policy, strict):
    tab = under_policy(strict)
    drawn(tab, strict)
    assert tab.evaluate("document.documentElement.dataset.theme") == "light"


def test_the_buttons_of_the_header_act_under_a_strict_policy(under_policy):
    tab = under_policy("nadamax.html?")
    tab.evaluate("window.print = () => (document.title = 'printed')")
    tab.locator("[data-act=print]").evaluate("button => button.click()")
    expect(tab).to_have_title("printed")
    tab.locator(".theme-switch-button").first.click()
    tab.locator("[data-act=fullscreen]").first.click()
    tab.goto(tab.url.split("?")[0] + "?slides")
    expect(tab.locator(".slides-place")).to_have_text(re.compile("^1 /"))


def wrong_view(spec):
    return json.dumps({**spec, "view": "nothing"})


def missing_code(spec):
    return json.dumps({**spec, "runs": [{**run, "code": 999} for run in spec["runs"]]})


def no_json(spec):
    return "{"


@pytest.mark.parametrize("spoil", [wrong_view, missing_code, no_json])
def test_a_lab_that_fails_shows_its_picture_and_why_and_leaves_the_others(visit, spoil):
    page, tab = "nadamax.html", visit("404.html")

    def answer(route):
        response = route.fetch()
        text = re.sub(
            r'(?<=<optimizer-lab data-spec=")[^"]*',
            lambda spec: html.escape(spoil(json.loads(html.unescape(spec[0])))),
            response.text(),
            count=1,
        )
        route.fulfill(response=response, body=text)

    tab.route(f"**/{page}*", answer)
    tab.goto(visit.address + page, wait_until="load")
    labs = tab.locator("optimizer-lab")
    expect(tab.locator("optimizer-lab.ol-on")).to_have_count(labs.count() - 1)
    broken = labs.first
    expect(broken.locator("img")).to_be_visible()
    expect(broken.locator("[role=alert]")).to_have_text(re.compile(r"cannot run here \(.+\)"))
    assert broken.locator(".ol-stage").count() == 0
    assert labs.evaluate_all("labs => labs.map((lab) => lab.id)") == [f"lab-{n + 1}" for n in range(labs.count())]
    assert visit.faults, "the console does not say why"
    visit.faults.clear()
