"""What a lab is set to by its fields and its address, and what it refuses."""

import pytest

from lab import LANDSCAPES

from .labs import compare, read


def test_a_field_takes_numbers_and_says_what_else_is_wrong(one):
    _, lab = one("descent")
    control = lab.evaluate("lab => lab.spec.controls[0]")
    name, field = control["name"], lab.locator(".ol-field").first
    field.fill(str(control["high"]))
    field.press("Enter")
    before = read(lab)
    assert before.values[name] == control["high"]
    for text, words in (("much", "much is not a number"), ("", "is not a number"), ("-1e9", "must be from")):
        field.fill(text)
        field.press("Enter")
        seen = read(lab)
        assert words in seen.message and seen.values == before.values
        assert field.get_attribute("aria-invalid") == "true"
    field.blur()
    assert read(lab).fields == before.fields
    field.fill(str(control["low"]).replace(".", ","))
    field.press("Enter")
    assert read(lab).values[name] == control["low"] and read(lab).message == ""


@pytest.mark.parametrize(
    ("view", "settings"), [("map", {"steps": 20_000}), ("descent", {"steps": 20_000, "noise": 1, "m": 4096})]
)
def test_what_would_hold_up_the_page_is_refused_in_a_field_and_in_an_address(one, view, settings):
    tab, lab = one(view)
    *rest, last = settings
    refused = lab.evaluate(
        """(lab, [settings, last]) => {
      const { [last]: value, ...rest } = settings;
      Object.assign(lab.values, rest);
      return [lab.outside(last, value), lab.outside(last, 100)];
    }""",
        [settings, last],
    )
    assert "steps in all" in refused[0] and refused[1] is None
    state = ",".join(f"{name}:{value}" for name, value in settings.items())
    name = lab.get_attribute("id")
    tab.goto(tab.url.split("?")[0] + f"?{name}={state}")
    seen = read(tab.locator(f"#{name}"))
    assert seen.values == {**seen.spec["settings"], **{name: settings[name] for name in rest}}


def test_an_address_with_nonsense_gives_what_makes_sense(one):
    tab, lab = one("descent")
    name = lab.get_attribute("id")
    tab.goto(
        tab.url.split("?")[0] + f"?{name}=start:1e300;-1e300,lr:-1,steps:0.5,kappa:x,step:1e9,off:99,nothing:1,::,"
    )
    seen = read(tab.locator(f"#{name}"))
    (_, high), (bottom, _) = LANDSCAPES[seen.spec["landscape"]].domain
    assert seen.values == {**seen.spec["settings"], "start": [high, bottom]}
    assert seen.step == seen.values["steps"]
    compare(seen)


def test_the_link_leads_to_the_lab(one):
    tab, lab = one("signal", permissions=["clipboard-read", "clipboard-write"])
    lab.locator(".ol-slider").first.press("ArrowLeft")
    lab.get_by_role("button", name="Copy link").click()
    lab.get_by_role("button", name="Copied").wait_for()
    url = tab.evaluate("navigator.clipboard.readText()")
    assert url.endswith("#" + lab.evaluate("lab => lab.id"))
    values = read(lab).values
    tab.goto("about:blank")
    tab.goto(url)
    assert read(tab.locator(f"#{url.split('#')[1]}")).values == values
