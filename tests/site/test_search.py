"""What a reader finds who searches the book, and how the findings look."""

import re

import pytest

from book.build import SITE

from .pages import parse


def results(tab):
    """[(address, title, excerpt)] of the search page that is open."""
    tab.wait_for_selector(".search-summary")
    return tab.evaluate("""[...document.querySelectorAll("ul.search li")].map((li) => [
      li.querySelector("a").getAttribute("href"), li.querySelector("a").textContent, li.querySelector(".context")?.textContent ?? ""])""")


@pytest.mark.parametrize(
    ("typed", "there"),
    [("r0", "r₀"), ("r₀", "r₀"), ("0/0", "0/0"), ("1/√N", "1/√N"), ("lr", "lr"), ("self.lr", "self.lr")],
)
def test_what_a_formula_or_a_program_says_is_found_and_quoted(opened, typed, there):
    tab = opened("search.html")
    tab.goto(tab.url.split("?")[0] + "?" + tab.evaluate("(q) => new URLSearchParams({q}).toString()", typed))
    found = results(tab)
    assert found
    marked = tab.evaluate("[...document.querySelectorAll('ul.search mark')].map((mark) => mark.textContent)")
    assert any(there in mark for mark in marked)
    for address, _, excerpt in found:
        page, _, anchor = address.partition("#")
        assert not anchor or parse(page).find(id=anchor), f"{address} leads nowhere"
        assert len(excerpt) < 300 and not re.search(r"\\[a-z]+\{|\$", excerpt), excerpt


def test_a_title_comes_first(opened):
    assert results(opened("search.html?q=AdaGrad"))[0][0].startswith("adagrad.html")


def test_what_is_nowhere_is_said_to_be(opened):
    tab = opened("search.html?q=zeppelin")
    assert results(tab) == []
    assert tab.locator(".search-summary").inner_text() == "No sections of the book have “zeppelin”."


def test_a_formula_stands_in_the_text_once_and_readable(opened):
    texts = dict(opened("search.html?q=Adam").evaluate("SECTIONS.map(([address, , , text]) => [address, text])"))
    idea = texts["adam.html#the-idea"]
    for line in ("sᵢ = αsᵢ₋₁ + (1 − α)gᵢ(4.1)", "r̂ᵢ = rᵢ/(1 − βⁱ)(4.4)", "Δw = −ηŝᵢ/√(r̂ᵢ + ϵ)(4.5)"):
        assert idea.count(line) == 1, line
    assert "\\" not in idea and "$" not in idea


@pytest.mark.parametrize(("typed", "meant"), [("articles", "article"), ("momentums", "Momentum")])
def test_another_form_of_a_word_is_found_too(opened, typed, meant):
    assert any(meant in title + excerpt for _, title, excerpt in results(opened(f"search.html?q={typed}")))


def test_the_search_works_from_a_file_with_excerpts(browser):
    tab = browser.new_page()
    faults = []
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on("console", lambda message: message.type == "error" and faults.append(message.text))
    tab.goto((SITE / "search.html").as_uri() + "?q=momentum")
    found = results(tab)
    tab.close()
    assert len(found) > 5 and all(excerpt for *_, excerpt in found[:5]) and not faults
