"""The text that the search page looks through: every section of the site, each formula once and as one would type
it."""

import json
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from bs4.element import PageElement

from book import files

SUBSCRIPTS = str.maketrans("0123456789+-−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
SUPERSCRIPTS = str.maketrans("0123456789+-−=()nikt", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱᵏᵗ")
ACCENTS = {"^": "\u0302", "ˆ": "\u0302", "~": "\u0303", "˜": "\u0303", "‾": "\u0304", "¯": "\u0304", "ˉ": "\u0304"}
SPACED = set("=≠≈≤≥<>←→∈+−·⋅×∥")


def formula(node: PageElement) -> str:
    """A line of Unicode for an element of MathML: "r₀ = ε", "1/√k"."""
    if not isinstance(node, Tag):
        return str(node).strip()
    parts = [formula(child) for child in node.children if isinstance(child, Tag) or str(child).strip()]
    match node.name, parts:
        case "mfrac", [above, below]:
            return f"{_whole(above)}/{_whole(below)}"
        case "msqrt", _:
            return "√" + _whole("".join(parts))
        case "msub" | "munder", [base, low]:
            return base + _script(low, SUBSCRIPTS, "_")
        case "msup", [base, high]:
            return base + _script(high, SUPERSCRIPTS, "^")
        case "msubsup" | "munderover", [base, low, high]:
            return base + _script(low, SUBSCRIPTS, "_") + _script(high, SUPERSCRIPTS, "^")
        case "mover", [base, over]:
            return unicodedata.normalize("NFC", base + ACCENTS.get(over.strip(), over))
        case "mo", [sign] if sign in SPACED and node.get("form") != "prefix":
            return f" {sign} "
        case "mtr", _:
            return " " + "".join(parts)
        case "mspace", _ if str(node.get("width", "")).endswith("em"):  # others are struts
            return " "
    return "".join(parts)


def _whole(part):
    """A numerator, a denominator or what is under a root: in brackets if it has operators of its own."""
    part = part.strip()
    return f"({part})" if re.search(r"[\s/]", part) and not re.fullmatch(r"√?\([^()]*\)", part) else part


def _script(part, small, mark):
    part = re.sub(r"\s", "", part)
    return part.translate(small) if all(ord(character) in small for character in part) else mark + part


def sections(page: str, markup: str) -> list[list[str]]:
    """The sections of a page: [[address, title of the page, title of the section, text]], the page's own text first."""
    (article,) = BeautifulSoup(markup, "html.parser").select("article.bd-article")
    # Solutions and answers are not for who has not tried, and what programs print is for the eye: with both the page
    # would be too heavy.
    for unread in article.select(".headerlink, script, style, .cell_output, details"):
        unread.decompose()
    for math in article.select("math"):
        math.replace_with(formula(math))
    found = []
    for section in reversed(article.select("section")):  # the inner ones first, which are then taken out
        heading = section.find(["h1", "h2", "h3", "h4"], recursive=False)
        section.extract()
        if heading is None:
            continue
        title = _line(heading.extract())
        found.append((f"{page}.html" + (f"#{section['id']}" if heading.name != "h1" else ""), title, _line(section)))
    found.reverse()
    return [[address, found[0][1], title, text] for address, title, text in found]


def _line(tag):
    return " ".join(tag.get_text().split())


def write(site: Path, pages: Iterable[str]) -> None:
    """Write `search-text.js`. It is a script, not data to fetch: a page opened from a file may not fetch."""
    entries = [
        entry for page in sorted(pages) for entry in sections(page, (site / f"{page}.html").read_text(encoding="utf-8"))
    ]
    text = json.dumps(entries, ensure_ascii=False, separators=(",", ":"))
    files.write(site / "_static" / "search-text.js", f"var SECTIONS = {text};\n")
