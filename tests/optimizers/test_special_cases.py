"""How the rules contain each other."""

import numpy as np
import pytest

import optimizers
from optimizers import SGD, AdaDelta, AdaGrad, Adam, AdaMax, EMAMomentum, Momentum, Nadam, NadaMax, Nesterov, RMSProp

from .rules import gradients, run

GS = gradients(200)
LR = 0.01


def same(a, b, rtol=1e-12):
    np.testing.assert_allclose(a, b, rtol=rtol, atol=0)


@pytest.mark.parametrize("rule", [Momentum, Nesterov, EMAMomentum])
def test_without_memory_momentum_is_sgd(rule):
    same(run(rule(LR, alpha=0), GS), run(SGD(LR), GS))


def test_the_average_is_momentum_at_another_rate():
    ema = run(EMAMomentum(LR, alpha=0.9), GS)
    np.testing.assert_allclose(ema, run(Momentum(LR * (1 - 0.9), alpha=0.9), GS), rtol=1e-9, atol=1e-16)


def test_nesterov_fed_with_the_same_gradients_is_momentum():
    np.testing.assert_array_equal(run(Nesterov(LR), GS), run(Momentum(LR), GS))


def test_adam_without_momentum_is_rmsprop_corrected():
    correction = np.sqrt(1 - 0.999 ** np.arange(1, 201))[:, None]
    same(run(Adam(LR, alpha=0), GS), correction * run(RMSProp(LR), GS))


@pytest.mark.parametrize(("ahead", "plain"), [(Nadam, Adam), (NadaMax, AdaMax)])
def test_without_momentum_there_is_nothing_to_look_ahead_to(ahead, plain):
    same(run(ahead(LR, alpha=0), GS), run(plain(LR, alpha=0), GS))


@pytest.mark.parametrize(("ahead", "plain"), [(Nadam, Adam), (NadaMax, AdaMax)])
@pytest.mark.parametrize("alpha", [0.5, 0.9])
def test_looking_ahead_is_a_mix_of_two(ahead, plain, alpha):
    """Δw of Nadam = α Δw of Adam(α) + (1-α)/(1-αⁱ) Δw of Adam(0), and NadaMax likewise."""
    share = ((1 - alpha) / (1 - alpha ** np.arange(1, 201)))[:, None]
    mix = alpha * run(plain(LR, alpha=alpha), GS) + share * run(plain(LR, alpha=0), GS)
    np.testing.assert_allclose(run(ahead(LR, alpha=alpha), GS), mix, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("rule", [RMSProp, Adam, AdaMax, Nadam, NadaMax])
def test_without_any_memory_only_the_sign_is_left(rule):
    memoryless = {"beta": 0} if rule is RMSProp else {"alpha": 0, "beta": 0}
    same(run(rule(LR, **memoryless), GS), -LR * np.sign(GS))


def test_rmsprop_with_growing_memory_is_adagrad():
    """With β_i = i/(i+1) its r is AdaGrad's over i+1, and η/√(i+1) makes up for it."""
    opt, increments = RMSProp(), []
    for i, g in enumerate(GS, 1):
        opt.beta, opt.lr = i / (i + 1), LR / np.sqrt(i + 1)
        increments.append(opt.update(g))
    same(increments, run(AdaGrad(LR), GS))


def test_adadelta_with_s_held_is_rmsprop():
    """√s is where the other rules have η."""
    opt, increments = AdaDelta(), []
    for g in GS:
        opt.s = LR**2
        increments.append(opt.update(g))
    same(increments, run(RMSProp(LR), GS))


def test_with_a_large_eps_adagrad_is_sgd():
    """As ε grows, √r is √ε in the end: SGD with η/√ε."""
    same(run(AdaGrad(LR * 1e10, eps=1e20), GS), run(SGD(LR), GS))


def test_with_a_large_eps_rmsprop_is_sgd_at_a_growing_rate():
    """There √r fades as √(εβⁱ)."""
    rates = LR * 0.999 ** (-np.arange(1, 201) / 2)
    same(run(RMSProp(LR * 1e10, eps=1e20), GS), rates[:, None] * run(SGD(1), GS))


def test_the_first_steps():
    """After one gradient every adaptive rule knows only its sign, up to ε."""
    g = np.array([[-3.0, 0.5, 200.0]])
    step = {
        AdaGrad: 1,
        RMSProp: (1 - 0.999) ** -0.5,
        Adam: 1,
        AdaMax: 1,
        Nadam: 1.9,
        NadaMax: 1.9,
    }
    for rule, size in step.items():
        same(run(rule(LR), g), -LR * size * np.sign(g), rtol=3e-5)
    same(run(AdaDelta(), g), -np.sqrt(1e-8 / (1 - 0.999)) * np.sign(g), rtol=3e-5)
    assert set(step) | {AdaDelta, SGD, Momentum, EMAMomentum, Nesterov} == set(optimizers.RULES)
