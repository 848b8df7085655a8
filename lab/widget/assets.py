"""The labs' script and style, put together for the site and for live notebooks."""

from functools import cache
from pathlib import Path

import optimizers

from ..formula.javascript import rule_js
from ..formula.trace import trace
from ..ground.landscapes import LANDSCAPES
from ..ground.signals import SIGNALS

WEB = Path(__file__).parent / "web"
NODE_MODULES = Path(__file__).parents[2] / "node_modules"


@cache
def engine():
    """The JavaScript that computes, and touches no page: rules, landscapes and signals from Python, then engine.js."""
    rules = [trace(rule) for rule in optimizers.RULES]
    return "\n".join(
        [
            "const RULES = {" + ",\n".join(f"{t.name}: {rule_js(t)}" for t in rules) + "};",
            "const LANDSCAPES = {" + ",\n".join(f"{name}: {f.javascript()}" for name, f in LANDSCAPES.items()) + "};",
            "const SIGNALS = {" + ",\n".join(f"{name}: {s.javascript()}" for name, s in SIGNALS.items()) + "};",
            (WEB / "engine.js").read_text(encoding="utf-8"),
        ]
    )


@cache
def _labs():
    """The labs' JavaScript, which defines the element `<optimizer-lab>`: the engine, then what draws and what listens."""
    page = [(WEB / part).read_text(encoding="utf-8") for part in ("drawing.js", "views.js", "element.js")]
    return "\n".join([engine(), _library("d3-array", "d3-contour"), *page])


def bundle():
    """The labs as a module for live notebooks: it exports `{ render }`, which anywidget wants."""
    return f"{_labs()}\nexport default {{ render }};\n"


def script():
    """The labs as a classic script for the site: a page that is opened as a file may not load a module."""
    return f'(() => {{\n"use strict";\n{_labs()}\n}})();\n'


@cache
def style_sheet():
    """The labs' CSS."""
    return (WEB / "lab.css").read_text(encoding="utf-8")


def _library(*packages):
    """npm packages in the form that works everywhere (UMD), as one object `d3` inside the module."""
    texts = []
    for package in packages:
        file = NODE_MODULES / package / "dist" / f"{package}.min.js"
        if not file.exists():
            raise FileNotFoundError(f"{file} is missing; `make book` installs it")
        texts.append(file.read_text(encoding="utf-8"))
    wrapped = "".join(f"(function () {{\n{text}\n}}).call(undefined);\n" for text in texts)
    return f"const d3 = (() => {{ const exports = {{}}, module = {{}}, require = () => exports;\n{wrapped}return exports; }})();"
