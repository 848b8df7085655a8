"""A font of only the icons that the site shows: some kilobytes in place of FontAwesome's half megabyte of script."""

import base64
import logging
import re
from pathlib import Path

import pydata_sphinx_theme

from book import fonts

logging.getLogger("fontTools").setLevel(logging.WARNING)

FONTAWESOME = next(
    Path(pydata_sphinx_theme.__file__).parent.glob("theme/pydata_sphinx_theme/static/vendor/fontawesome/*")
)
FACES = {  # family and weight that the theme's style sheets name -> file
    ("Font Awesome 6 Free", 900): "fa-solid-900.ttf",
    ("Font Awesome 6 Brands", 400): "fa-brands-400.ttf",
}
# FontAwesome's own rules for the classes that the theme's templates use.
RULES = """\
.fa, .fas, .fa-solid, .fab, .fa-brands { display: inline-block; font-style: normal; line-height: 1; text-rendering: auto; -webkit-font-smoothing: antialiased }
.fa, .fas, .fa-solid { font-family: "Font Awesome 6 Free"; font-weight: 900 }
.fab, .fa-brands { font-family: "Font Awesome 6 Brands"; font-weight: 400 }
.fa-lg { font-size: 1.25em; line-height: .05em; vertical-align: -.075em }
:root { --fa-font-solid: normal 900 1em/1 "Font Awesome 6 Free"; --fa-font-brands: normal 400 1em/1 "Font Awesome 6 Brands" }
"""


def style_sheet(site: Path) -> str:
    """The CSS, font included, for every icon named in the pages, scripts and style sheets below the folder `site`."""
    code_points = dict(re.findall(r"\.(fa-[\w-]+):before\b[^{]*\{content:\"(\\[0-9a-f]+)\"", _expanded_css()))
    classes: set[str] = set()
    in_css: set[int] = set()
    for file in site.rglob("*"):
        if file.suffix in {".html", ".js"}:
            classes.update(re.findall(r"\bfa-[a-z][\w-]*", file.read_text(errors="replace", encoding="utf-8")))
        elif file.suffix == ".css":
            text = file.read_text(encoding="utf-8")
            in_css.update(int(code, 16) for code in re.findall(r"\\([ef][0-9a-f]{3})\b", text))
            in_css.update(map(ord, re.findall(r"[\ue000-\uf8ff]", text)))
    named = {name: code_points[name] for name in sorted(classes & code_points.keys())}
    wanted = in_css.union(int(code[1:], 16) for code in named.values())
    css = [_face(family, weight, file, wanted) for (family, weight), file in FACES.items()]
    css += [RULES, *(f'.{name}::before {{ content: "{code}" }}\n' for name, code in named.items())]
    return "".join(css)


def _expanded_css():
    """FontAwesome's style sheet with each rule `.a:before,.b:before{...}` written out once for each name."""
    css = (FONTAWESOME / "css" / "all.min.css").read_text(encoding="utf-8")
    rules = re.findall(r"((?:\.fa-[\w-]+:before,?)+)(\{content:\"\\[0-9a-f]+\"\})", css)
    return "".join(f"{name}{body}" for names, body in rules for name in names.split(","))


def _face(family, weight, file, code_points):
    """One @font-face with the glyphs for those of the code points that the font has; nothing if it has none."""
    font = fonts.opened(FONTAWESOME / "webfonts" / file)
    if not code_points & font.getBestCmap().keys():
        return ""
    data = base64.b64encode(
        fonts.of_characters(font, code_points, "woff", layout_features=[], notdef_outline=False)
    ).decode()
    return (
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; font-display: block;'
        f' src: url(data:font/woff;base64,{data}) format("woff") }}\n'
    )
