"""What can be seen in the files of the built site, without a browser."""

import json
import os
import re
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from PIL import Image

from book.build import CHAPTERS, SITE
from book.environment import ROOT

from .pages import parse

LOADED = {"script": "src", "img": "src", "source": "src", "iframe": "src", "video": "src", "audio": "src"}


@pytest.fixture(scope="module")
def anchors():
    """The ids and names of a page, read once."""
    known = {}

    def of(page):
        if page not in known:
            soup = parse(page)
            known[page] = {tag.get("id") for tag in soup.find_all(id=True)} | {
                a["name"] for a in soup.select("a[name]")
            }
            # A lab takes its id in the browser.
            known[page] |= {f"lab-{n}" for n, _ in enumerate(soup.select("optimizer-lab"), 1)}
        return known[page]

    return of


def target_of(page, link):
    """The file of the site that a link on a page leads to, and the place in it; None for another host's."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return None
    assert not parts.path.startswith("/"), f"{link} leaves the folder that the site is served from"
    path = page
    if parts.path:
        folder = SITE / PurePosixPath(page).parent
        path = (folder / unquote(parts.path)).resolve().relative_to(SITE).as_posix()
    return path, unquote(parts.fragment)


def test_links_lead_somewhere(page, anchors):
    for tag in parse(page).find_all(href=True):
        target = target_of(page, tag["href"])
        if target is None:
            continue
        path, place = target
        assert (SITE / path).is_file(), f"{tag['href']}: no such file"
        if place and path.endswith(".html"):
            assert place in anchors(path), f"{tag['href']}: no such place"


def test_nothing_is_loaded_from_elsewhere(page):
    soup = parse(page)
    addresses = [tag[LOADED[tag.name]] for tag in soup.find_all(list(LOADED)) if tag.get(LOADED[tag.name])]
    addresses += [tag["href"] for tag in soup.find_all("link", href=True)]
    for address in addresses:
        if address.startswith("data:"):
            continue
        target = target_of(page, address)
        assert target is not None, f"{address} is on another host"
        assert (SITE / target[0]).is_file(), f"{address}: no such file"


def test_style_sheets_load_nothing_from_elsewhere():
    for file in SITE.rglob("*.css"):
        for address in re.findall(r"url\(\s*['\"]?([^'\")]+)", file.read_text(encoding="utf-8")):
            if not address.startswith(("data:", "#")):
                assert not urlsplit(address).netloc, f"{file.name}: {address}"


def test_ids_are_unique(page):
    ids = [tag["id"] for tag in parse(page).find_all(id=True)]
    assert len(ids) == len(set(ids)), sorted({name for name in ids if ids.count(name) > 1})


def test_formulas_are_typeset(page):
    soup = parse(page)
    for formula in soup.select(".math"):
        assert formula.select_one("math"), formula.get_text()[:200]
        assert formula["translate"] == "no" and "notranslate" in formula["class"]
    assert not soup.select(".formula-error")
    # Dollars that are left in the text are formulas that the parser did not see.
    for text in soup.select("article p, article li, article td"):
        left = "".join(piece for piece in text.find_all(string=True) if not piece.find_parent(["code", "math"]))
        assert not re.search(r"\$[^$]*\\[a-z]+", left), left[:200]


def test_a_translated_page_keeps_its_code(page):
    assert {code.get("translate") for code in parse(page).select("article :is(code, pre)")} <= {"no"}


def test_no_line_begins_with_the_full_stop_of_a_formula(page):
    for formula in parse(page).select("article p > span.math"):
        after = formula.next_sibling
        if len(formula["data-tex"]) <= 24 and isinstance(after, str):
            assert not re.match(r"[.,;:!?)]", after), f"{formula['data-tex']}{after[:30]}"


def test_numbered_equations_link_to_themselves(page):
    for formula in parse(page).select("div.math.numbered"):
        assert formula.select_one(".equation-number")["href"] == "#" + formula["id"]


def test_pictures_have_a_text(page):
    for picture in parse(page).select("article img"):
        text = picture.get("alt", "")
        assert text and not text.startswith(("_images", "../_images")), (
            f"{str(picture)[:200]} needs an alternative text"
        )


def test_pictures_are_as_small_as_their_colours_allow():
    pictures = list((SITE / "_images").glob("*.png"))
    assert len(pictures) > 20
    for picture in pictures:
        assert Image.open(picture).mode == "P", f"{picture.name}, of {picture.stat().st_size} bytes, has no palette"


def test_every_chapter_is_in_the_table_of_contents():
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    listed = {contents["root"]} | {entry["file"] for part in contents["parts"] for entry in part["chapters"]}
    assert listed == {path.stem for path in CHAPTERS.iterdir() if path.suffix in {".ipynb", ".md"}}
    for name in listed:
        assert (SITE / f"{name}.html").is_file()


def test_previous_and_next_lead_through_the_whole_book():
    page, seen = "index.html", ["index.html"]
    while following := parse(page).select_one("a.right-next"):
        before, (page, _) = page, target_of(page, following["href"])
        assert page not in seen
        seen.append(page)
        assert target_of(page, parse(page).select_one("a.left-prev")["href"])[0] == before
    assert set(seen) == {file.stem + ".html" for file in (SITE / "_sources").iterdir()}


def test_the_notebook_can_be_downloaded():
    for path in CHAPTERS.glob("*.ipynb"):
        links = parse(f"{path.stem}.html").select(".article-header-buttons a[href^='_sources/'][href$='.ipynb']")
        assert links, f"{path.stem} has no download button"
        served = SITE / target_of(f"{path.stem}.html", links[0]["href"])[0]
        assert (
            json.loads(served.read_text(encoding="utf-8"))["cells"]
            == json.loads(path.read_text(encoding="utf-8"))["cells"]
        )


def test_a_repository_is_linked_if_and_only_if_the_build_was_told_one(page):
    buttons = parse(page).select(".article-header-buttons a[href^='http']")
    told = os.environ.get("BOOK_REPOSITORY_URL")
    assert all(told and button["href"].startswith(told) for button in buttons)
    if told and (CHAPTERS / page).with_suffix(".ipynb").exists():
        assert len(buttons) >= 3  # repository, edit, issues


def test_pages_carry_neither_pictures_nor_the_state_of_widgets(page):
    text = (SITE / page).read_text(encoding="utf-8")
    assert "widget-state" not in text, "each lab would bring a copy of its module"
    assert "data:image/png" not in text, "a lab that runs would bring a picture that nobody sees"
