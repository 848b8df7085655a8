"""A lab that plays."""

import pytest

from .labs import check, read


@pytest.mark.parametrize("view", ["descent", "signal", "curve"])
def test_it_plays_pauses_and_is_scrubbed(one, view):
    tab, lab = one(view)
    last = read(lab).step
    lab.get_by_role("button", name="Play").click()
    tab.wait_for_timeout(400)
    lab.get_by_role("button", name="Pause").click()
    paused = read(lab)
    assert 0 < paused.step < last
    check(paused)
    tab.wait_for_timeout(200)
    assert read(lab).step == paused.step
    lab.locator("input[id$='-step']").press("ArrowRight")
    assert read(lab).step == paused.step + 1
    lab.evaluate("lab => lab.goTo(Math.round(0.8 * lab.view.length))")
    lab.get_by_role("button", name="Play").click()
    tab.wait_for_function(
        "lab => !lab.playing && lab.step === lab.view.length", arg=lab.element_handle(), timeout=10_000
    )


def test_it_plays_on_to_the_end_where_a_slider_moves_the_end(one):
    tab, lab = one("descent")
    for share in (0.5, 1.2):
        lab.evaluate("lab => lab.goTo(Math.round(0.5 * lab.view.length))")
        lab.get_by_role("button", name="Play").click()
        tab.wait_for_function("lab => lab.step > 0.6 * lab.view.length", arg=lab.element_handle())
        steps = lab.evaluate(
            "(lab, share) => { lab.set({ steps: Math.round(share * lab.values.steps) }, true); return lab.values.steps; }",
            share,
        )
        tab.wait_for_function("lab => !lab.playing", arg=lab.element_handle(), timeout=10_000)
        seen = read(lab)
        assert seen.step == steps == seen.values["steps"]
        check(seen)


def test_who_wants_no_motion_gets_leaps(one):
    tab, lab = one("descent", reduced_motion="reduce")
    last = read(lab).step
    lab.get_by_role("button", name="Play").click()
    first = read(lab).step
    tab.wait_for_timeout(300)
    assert read(lab).step == first < last
    lab.get_by_role("button", name="Play").click()
    assert read(lab).step > first
