"""The pages of reference that are made from the rest: how long each notebook takes. And what is said of the book as a
whole."""

import re

import yaml

from book.build import CHAPTERS
from book.environment import ROOT

from .pages import parse


def test_the_table_of_times_has_each_notebook_and_their_sum():
    page = parse("timings.html")
    *rows, total = page.select("article tbody tr")
    assert {row.find("a")["href"] for row in rows} == {f"{path.stem}.html" for path in CHAPTERS.glob("*.ipynb")}
    seconds = [int(row.find_all("td")[1].get_text()) for row in [*rows, total]]
    assert abs(sum(seconds[:-1]) - seconds[-1]) <= len(rows) / 2 and seconds[-1] > 0
    assert all(row.find("a").get_text() for row in rows)


def test_the_citation_is_of_the_newest_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    newest = re.search(r"^## \[(.+?)\] - (\S+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert (citation["version"], str(citation["date-released"])) == newest.groups()
