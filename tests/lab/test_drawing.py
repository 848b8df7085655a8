"""The numbers of an axis: round, enough of them, and written in one way."""

import re

import pytest

NUMERALS = "return request.map(numerals)"
TICKS = "return request.map(([axis, count]) => ticks(axis, count))"


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([0, 1, 2], ["0", "1", "2"]),
        ([0, 0.5, 1], ["0.0", "0.5", "1.0"]),
        ([-0.1, 0, 0.1], ["−0.1", "0.0", "0.1"]),
        ([0, 1e-5, 2e-5], ["0", "1e−5", "2e−5"]),
        ([0, 5e4, 1e5, 1.5e5], ["0", "0.5e5", "1.0e5", "1.5e5"]),
        ([-2e-5, -1e-5, 0], ["−2e−5", "−1e−5", "0"]),
        ([0.001, 0.01, 0.1, 1], ["0.001", "0.01", "0.1", "1"]),
        ([1e-4, 0.01, 1], ["1e−4", "1e−2", "1e0"]),
        ([0, 0.9, 0.99, 0.999], ["0", "0.9", "0.99", "0.999"]),
        ([3], ["3"]),
        ([], []),
    ],
)
def test_an_axis_has_one_way_of_writing_its_numbers(javascript, values, texts):
    assert javascript(NUMERALS, [values]) == [texts]


def axes():
    for power in range(-8, 9):
        for span in (0.3, 1, 2, 3.7, 10):
            low = 10.0**power
            yield {"low": 0, "high": low * span}
            yield {"low": -low, "high": low * span}
            yield {"low": low, "high": low * 10**span, "log": True}


def test_every_number_of_an_axis_can_be_read_as_its_value(javascript):
    asked = [[axis, count] for axis in axes() for count in (2, 4, 8)]
    made = javascript(TICKS, asked)
    for (axis, count), values, texts in zip(asked, made, javascript(NUMERALS, made), strict=True):
        said = f"{axis}, about {count}: {texts}"
        assert len(values) == len(set(texts)) > 1, said
        assert [float(text.replace("−", "-")) for text in texts] == pytest.approx(values, abs=1e-12 * axis["high"]), (
            said
        )
        assert not any(re.match(r"[−0.]+e", text) for text in texts), said
        decimals = {len(text.partition("e")[0].partition(".")[2]) for text in texts if text != "0"}
        powers = {text.partition("e")[2] for text in texts if text != "0"}
        assert axis.get("log") or (len(decimals) == 1 and len(powers) == 1), said


@pytest.mark.parametrize("count", [2, 3, 5, 9])
@pytest.mark.parametrize(("low", "high"), [(1, 1e3), (2e-4, 0.5), (3e-9, 4e-6), (1e-20, 1), (7, 9e6)])
def test_a_logarithmic_axis_over_three_decades_has_more_than_two_ticks(javascript, low, high, count):
    (values,) = javascript(TICKS, [[{"low": low, "high": high, "log": True}, count]])
    assert len(values) > 2
    assert all(low <= value <= high for value in values) and values == sorted(values)


def test_an_axis_in_one_minus_x_has_its_ticks_where_the_nines_are(javascript):
    (values,) = javascript(TICKS, [[{"low": 0, "high": 0.9995, "complement": True}, 5]])
    assert values == [0, 0.5, 0.9, 0.99, 0.999]
