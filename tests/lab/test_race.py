"""The race is fair and counts what it says; its record is what the race does; and what three chapters say of it holds."""

from functools import cache
from itertools import combinations

import numpy as np
import pytest
from lab import race as module
from lab.descent import descend
from lab.landscapes import LANDSCAPES, beale, ravine, saddle, slanted, valley
from lab.race import (
    BUDGETS, CHOICE, KEPT, LR, ROUNDS, SETTINGS, STARTS, STEPS, Rounds, at_the_edge, chances, draw, interval, race,
    recorded, starts, starts_of, steps_needed, steps_taken, target,
)  # fmt: skip
from optimizers import SGD, TEN, AdaDelta, AdaGrad, Adam, AdaMax, Momentum, Nadam, NadaMax, Nesterov, RMSProp

PLAIN, DIVIDING = TEN[:3], TEN[3:]
INDEX = {rule: k for k, rule in enumerate(TEN)}


# The protocol


@pytest.mark.parametrize("rule", TEN)
def test_every_rule_tries_as_many_settings_in_each_round_and_others_in_the_next(rule):
    first, again, second = draw(rule, 0), draw(rule, 0), draw(rule, 1)
    tried = list(zip(*first.values(), strict=True))
    assert len(tried) == len(set(tried)) == SETTINGS
    for name, values in first.items():
        np.testing.assert_array_equal(values, again[name])
        assert not np.isin(values, second[name]).any()
    assert set(first) == set(rule().hyperparameters) - ({"eps"} if rule is not AdaDelta else set())


def test_settings_are_spread_evenly_over_ranges_that_contain_the_simpler_rules():
    settings = [draw(AdaMax, round) for round in range(ROUNDS)]
    lr, alpha, beta = (np.concatenate([drawn[name] for drawn in settings]) for name in ("lr", "alpha", "beta"))
    for values, (low, high) in ((lr, LR), (1 - alpha, KEPT["alpha"]), (1 - beta, KEPT["beta"])):
        place = np.log(values / low) / np.log(high / low)
        assert 0 <= place.min() < 0.01 and 0.99 < place.max() <= 1
        assert np.histogram(place, bins=4, range=(0, 1))[0] == pytest.approx(ROUNDS * SETTINGS / 4, rel=0.15)
    assert alpha.min() < 0.01 and beta.min() < 0.01, "almost no momentum, almost no memory"
    eps = np.concatenate([draw(AdaDelta, round)["eps"] for round in range(ROUNDS)]) ** 0.5
    assert LR[0] <= eps.min() < 1.1 * LR[0] and LR[1] / 1.1 < eps.max() <= LR[1]


def test_steps_are_counted_until_the_loss_stays_below():
    loss = np.array([[5, 0, 5, 0], [1, 0, 0, np.nan], [3, 0, 0, 0], [1, 0, 0, 9], [1, 0, 0, 9.0]])
    np.testing.assert_array_equal(steps_needed(loss, 2), [3, 0, 1, 4])


@pytest.mark.parametrize("landscape", [ravine, saddle], ids=lambda f: f.name)
def test_a_result_is_what_its_chosen_setting_does_on_the_starts_it_was_not_chosen_by(landscape):
    for result in race(landscape, [Adam, AdaDelta], round=3):
        descents = [descend(result.rule(**result.best), landscape, at, STEPS) for at in starts_of(landscape, 3)]
        needed = np.array([steps_needed(d.loss, target(landscape)) for d in descents])
        assert needed[:CHOICE].mean() == pytest.approx(result.steps[:, :CHOICE].mean(axis=1).min())
        assert needed[CHOICE:].mean() == pytest.approx(result.score)
        assert np.mean(needed[CHOICE:] < STEPS) == result.arrived


def test_who_leaves_the_saddle_for_good_has_arrived_and_who_leaves_a_valley_has_not():
    settings = {"lr": np.array([10.0])}
    assert descend(SGD(lr=10), saddle, starts(saddle), STEPS).left.min() > 0
    assert steps_taken(SGD, settings, saddle, starts(saddle)).max() < STEPS
    assert steps_taken(SGD, settings, valley, starts(valley)).min() == STEPS


def test_starts_lie_in_the_domain_and_above_the_target_and_each_round_has_its_own():
    (x0, x1), (y0, y1) = beale.domain
    x, y = starts(beale).T
    assert (x0 <= x).all() and (x <= x1).all() and (y0 <= y).all() and (y <= y1).all()
    assert np.median(beale(starts(beale))) > target(beale) > 0
    assert target(saddle) == -4
    assert len({tuple(at) for round in range(ROUNDS) for at in starts_of(beale, round)}) == ROUNDS * STARTS


def test_the_slanted_ravine_has_the_ravines_starts_turned_with_it():
    np.testing.assert_allclose(slanted(starts_of(slanted, 5)), ravine(starts_of(ravine, 5)), rtol=1e-12)
    assert target(slanted) == pytest.approx(target(ravine), rel=1e-12)


def test_a_setting_at_the_edge_is_found():
    edge = at_the_edge(SGD, {"lr": np.array([1.0, 1.9])}, ravine, starts(ravine))  # SGD's limit here is 2
    np.testing.assert_array_equal(edge, [False, True])


# Budgets and probabilities


@pytest.mark.parametrize("k", [1, 2, 5, 6])
def test_the_chance_to_be_the_best_of_k_is_that_over_all_draws(k):
    scores = np.array([3.0, 4, 7, 11, 20, 500])
    assert chances(k, 6) @ scores == pytest.approx(np.mean([min(drawn) for drawn in combinations(scores, k)]))


def synthetic():
    """Three rules, two rounds, six settings; the first rule's report is always the least, the other two always tie."""
    choice = np.random.default_rng(0).permutation(36.0).reshape(3, 2, 6)
    return Rounds(choice, np.stack([choice[0] / 100, np.full((2, 6), 5.0), np.full((2, 6), 5.0)]))


def test_a_budget_of_all_settings_reports_the_one_that_was_chosen():
    rounds = synthetic()
    for round in range(2):
        chosen = rounds.choice[0, round].argmin()
        assert (rounds.results(6)[0, round] == rounds.report[0, round, chosen]).all()


def test_a_budget_of_one_reports_any_setting():
    rounds = synthetic()
    mean = rounds.results(1, draws=20_000)[0].mean(axis=-1)
    np.testing.assert_allclose(mean, rounds.report[0].mean(axis=-1), rtol=0.03)


def test_ties_share_a_win():
    rounds = synthetic()
    np.testing.assert_array_equal(rounds.wins(3), [[1, 1], [0, 0], [0, 0]])
    np.testing.assert_array_equal(Rounds(rounds.choice[1:], rounds.report[1:]).wins(3), np.full((2, 2), 0.5))


def test_the_interval_is_wilsons():
    assert interval(0.5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-3)
    assert interval(1, 30) == pytest.approx((0.8865, 1), abs=1e-3)


# The record


def test_the_record_is_what_the_race_does_whichever_part_is_run_again():
    with np.load(module.FILE) as file:
        stored = np.concatenate([file["choice"][..., None], file["report"][..., None]], axis=-1)
    rng = np.random.default_rng()  # another part each time
    names = [name for name in LANDSCAPES if name != "rastrigin"]  # its cosine differs between machines
    for name in rng.choice(names, 4, replace=False):
        round, rule = int(rng.integers(ROUNDS)), TEN[rng.integers(len(TEN))]
        [result] = race(LANDSCAPES[name], [rule], round)
        steps = np.stack([result.steps[:, :CHOICE].sum(axis=1), result.steps[:, CHOICE:].sum(axis=1)], axis=-1)
        kept = stored[list(LANDSCAPES).index(name), INDEX[rule], round]
        np.testing.assert_array_equal(steps, kept, err_msg=f"{rule.__name__} on {name}, round {round}")


def test_a_record_of_another_protocol_is_not_read(monkeypatch):
    monkeypatch.setattr(module, "ROUNDS", 31)
    with pytest.raises(ValueError, match="another protocol.*record_race"):
        recorded.__wrapped__()
