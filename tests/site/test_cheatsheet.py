"""What is for the desk: the cheat sheet on one sheet of paper, and advice that names its evidence."""

import re

import pytest

from optimizers import RULES, TEN

from .pages import parse, sheets


def test_the_cheat_sheet_is_one_page_of_a4(opened):
    tab = opened("cheatsheet.html?")
    assert sheets(tab.pdf(format="A4")) == 1
    assert sheets(tab.pdf(format="A4", scale=1.04)) == 1, "no room is left for a font that runs a little wider"
    # The columns stand side by side and nothing sticks out of them.
    tab.set_viewport_size({"width": 703, "height": 1032})  # what 12 mm margins leave of A4, in CSS pixels
    tab.emulate_media(media="print")
    wide = tab.evaluate("[...document.querySelectorAll('.rule .formula')].map(f => f.scrollWidth - f.clientWidth)")
    assert len(wide) == len(TEN) and max(wide) <= 0


def test_the_cheat_sheet_has_each_rule_once():
    rules = parse("cheatsheet.html").select("div.rule")
    assert [rule.find("a").get_text() for rule in rules] == [rule.__name__ for rule in TEN]
    for rule, cls in zip(rules, TEN, strict=True):
        assert rule.find("code").get_text() == repr(cls())
        assert r"\Delta w &=" in rule.select_one("div.math")["data-tex"]


def test_the_page_of_rules_says_of_each_what_it_repairs():
    rules = parse("rules.html").select("section#what-each-repairs-and-its-price dt a")
    assert [rule.get_text() for rule in rules] == [rule.__name__ for rule in RULES]


@pytest.mark.parametrize("part", ["tbody tr", "li"])
def test_each_piece_of_advice_names_its_evidence(part):
    article = parse("choosing.html").select_one("article")
    advice = [item for item in article.select(part) if not item.find_parent(class_="cell")]
    assert len(advice) > 10
    for item in advice:
        links = [a["href"] for a in item.select("a.internal[href]")]
        assert any(re.match(r"\w+\.html", link) for link in links), (
            f"nothing shows this: {item.get_text(' ', strip=True)}"
        )
