"""`make speed` tells which lab is slow, and where."""

import subprocess
import sys

import pytest

from benchmarks.lab_speed import Cost, faults
from book.build import SITE
from book.environment import ROOT
from lab import Lab
from lab.widget.assets import bundle, style_sheet

GOOD = {name: (Cost(8, 4), Cost(7, 4)) for name in ("adam 1", "adam 2", "sgd 1")}


def test_nothing_is_missed_by_labs_that_cost_no_more_on_their_pages():
    assert list(faults(GOOD)) == []


@pytest.mark.parametrize(
    ("standing", "alone", "said"),
    [
        (Cost(10, 4), Cost(7, 4), "1.43 times what it costs alone"),
        (Cost(17, 7), Cost(17, 7), "17.0 ms, more than 2 times the median lab's 8.0"),
        (Cost(15, 2), Cost(15, 2), "13.0 ms net of idle, more than the peer's 12.6"),
    ],
)
def test_a_slow_lab_is_named(standing, alone, said):
    ((name, fault),) = faults({**GOOD, "adam 1": (standing, alone)})
    assert name == "adam 1" and fault.startswith(said)


def test_the_median_lab_is_held_against_the_peer():
    ((name, fault),) = faults(GOOD, peer=8)
    assert name == "the median lab" and fault.startswith("4.0 ms net of idle")


def test_every_lab_of_a_page_is_measured_and_a_slider_that_does_not_move_is_no_measure(browser, tmp_path):
    """On a site of one page with three labs: one in an exercise that is closed, and one that takes no notice of the
    mouse."""
    lab = Lab.descent(["Momentum"], steps=10).html()
    (tmp_path / "optimizer-lab.js").write_text(bundle(), encoding="utf-8")
    (tmp_path / "optimizer-lab.css").write_text(style_sheet(), encoding="utf-8")
    (tmp_path / "chapter.html").write_text(
        '<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="optimizer-lab.css">'
        "<style>.stuck input { pointer-events: none }</style>"
        f'<script type="module" src="optimizer-lab.js"></script>{lab}<details><summary>Exercise</summary>{lab}</details>'
        f'<div class="stuck">{lab}</div>',
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "benchmarks.lab_speed", "--site", str(tmp_path), "--repeat", "1"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert "chapter 1 " in run.stdout and "chapter 2 " in run.stdout, run.stderr
    assert run.returncode == 1 and "the mouse does not move the slider" in run.stderr
    assert "chapter 3 " not in run.stdout


def test_a_lab_of_the_book_that_brings_its_own_functions_is_measured(browser):
    assert (SITE / "_static" / "labs" / "nadamax.js").exists()
    command = [sys.executable, "-m", "benchmarks.lab_speed", "--pages", "nadamax", "--repeat", "1"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert all(f"nadamax {n} " in run.stdout for n in range(1, 5)), run.stderr
