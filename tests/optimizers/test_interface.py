"""The interface: what the classes are called, take, keep and return."""

import ast
import copy
import importlib
import inspect
import pickle
import pkgutil
from pathlib import Path

import numpy as np
import pytest

import optimizers

from .rules import ADAPTIVE, RULES, gradients, hyperparameters, kept, make, run

DEFAULTS = {"lr": 1e-3, "alpha": 0.9, "beta": 0.999, "eps": 1e-8}
TAKES = {
    "SGD": "lr",
    "Momentum": "lr alpha",
    "EMAMomentum": "lr alpha",
    "Nesterov": "lr alpha",
    "AdaGrad": "lr eps",
    "RMSProp": "lr beta eps",
    "AdaDelta": "beta eps",
    "Adam": "lr alpha beta eps",
    "AdaMax": "lr alpha beta eps",
    "Nadam": "lr alpha beta eps",
    "NadaMax": "lr alpha beta eps",
}
STATE = {
    "SGD": "",
    "Momentum": "v",
    "EMAMomentum": "v",
    "Nesterov": "v",
    "AdaGrad": "r",
    "RMSProp": "r",
    "AdaDelta": "s r",
    "Adam": "s r alpha_i beta_i",
    "AdaMax": "s r alpha_i",
    "Nadam": "s r alpha_i beta_i",
    "NadaMax": "s r alpha_i",
}
each_rule = pytest.mark.parametrize("rule", RULES)


def test_the_ten_and_the_average_are_importable():
    ten = "SGD Momentum Nesterov AdaGrad RMSProp AdaDelta Adam AdaMax Nadam NadaMax"
    assert [rule.__name__ for rule in optimizers.TEN] == ten.split()
    assert {*ten.split(), "EMAMomentum", "Optimizer"} < set(optimizers.__all__)
    assert all(hasattr(optimizers, name) for name in optimizers.__all__)


def test_every_class_of_the_package_is_among_the_rules():
    classes = set()
    for module in pkgutil.iter_modules(optimizers.__path__):
        inside = vars(importlib.import_module(f"optimizers.{module.name}")).values()
        classes |= {thing for thing in inside if inspect.isclass(thing) and issubclass(thing, optimizers.Optimizer)}
    assert classes - {optimizers.Optimizer} == set(optimizers.RULES)


def test_only_numpy_is_imported():
    files = list(Path(optimizers.__file__).parent.glob("*.py"))
    imported = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                imported.add(node.module.partition(".")[0])
    assert len(files) > 10
    assert imported == {"numpy"}


@each_rule
def test_signature(rule):
    assert hyperparameters(rule) == {name: DEFAULTS[name] for name in TAKES[rule.__name__].split()}
    for name, parameter in inspect.signature(rule).parameters.items():
        assert parameter.kind == (parameter.POSITIONAL_OR_KEYWORD if name == "lr" else parameter.KEYWORD_ONLY)
    with pytest.raises(TypeError):
        rule(0.1, 0.2)


@each_rule
def test_documented(rule):
    assert inspect.getdoc(rule) and inspect.getdoc(rule.update)


@each_rule
def test_state_and_hyperparameters_are_readable(rule):
    opt = make(rule, lr=0.25, alpha=0.5)
    assert sorted(opt.state) == sorted(STATE[rule.__name__].split())
    given = {name: {"lr": 0.25, "alpha": 0.5}.get(name, default) for name, default in hyperparameters(rule).items()}
    assert opt.hyperparameters == given
    assert eval(repr(opt), vars(optimizers)).hyperparameters == given
    run(opt, gradients(3))
    assert opt.i == 3
    for name, value in opt.state.items():
        assert np.shape(value) == (() if name.endswith("_i") else (5,))
    if "alpha_i" in opt.state:
        assert opt.state["alpha_i"] == 0.5**3
    if "beta_i" in opt.state:
        assert opt.state["beta_i"] == pytest.approx(0.999**3, rel=1e-15)


@each_rule
def test_the_start_is_the_articles(rule):
    start = make(rule, eps=1e-6).state
    assert start.get("v", 0) == 0
    assert start.get("r", 1e-6) == 1e-6
    assert start.get("s", 0) == (1e-6 if rule is optimizers.AdaDelta else 0)
    assert start.get("alpha_i", 1) == start.get("beta_i", 1) == 1


SCALARS = {
    "python": float,
    "float64": np.float64,
    "float32": np.float32,
    "0-d": np.array,
    "array": lambda x: np.full(5, x),
}


@each_rule
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_dtype_is_kept(rule, dtype):
    values = {"lr": 1e-2, "alpha": 0.9, "beta": 0.99, "eps": 1e-3}
    for kind, scalar in SCALARS.items():
        opt = make(rule, **{name: scalar(value) for name, value in values.items()})
        for g in gradients(5, dtype=dtype):
            assert opt.update(g).dtype == dtype, kind
            for name, value in opt.state.items():
                assert name.endswith("_i") or value.dtype == dtype, (kind, name)


@each_rule
def test_dtype_may_change_between_steps(rule):
    opt = rule()
    for dtype in (np.float64, np.float32, np.float64, np.longdouble, np.float32):
        assert opt.update(np.ones(2, dtype)).dtype == dtype
        assert all(name.endswith("_i") or value.dtype == dtype for name, value in opt.state.items())


@each_rule
def test_float32_follows_float64(rule):
    single, double = run(rule(), gradients(200, dtype=np.float32)), run(rule(), gradients(200))
    np.testing.assert_allclose(single, double, rtol=1e-3, atol=1e-6 * np.abs(double).max())


@each_rule
def test_the_bias_correction_is_not_rounded_to_the_gradients_dtype(rule):
    opt = make(rule, beta=np.full(5, 0.999))
    opt.update(np.ones(5, np.float32))
    if "beta_i" in opt.state:
        assert opt.beta_i.dtype == np.float64
        np.testing.assert_array_equal(1 - opt.beta_i, 1 - 0.999)


@each_rule
def test_numbers_lists_and_integers_work_as_float64(rule):
    for g in (2, 2.0, np.int8(2), np.array(2), [2, 3], [[2, 3]], (2.0, 3), np.array([2, 3], np.uint8)):
        dw, expected = rule().update(g), rule().update(np.asarray(g, float))
        assert dw.dtype == np.float64 and np.shape(dw) == np.shape(g)
        np.testing.assert_array_equal(dw, expected)
        assert isinstance(dw, np.float64 if np.ndim(g) == 0 else np.ndarray)


@each_rule
def test_any_shape(rule):
    for shape in [(), (1,), (0,), (2, 3), (2, 1, 3)]:
        gs = gradients(4, shape)
        flat = gs.reshape(4, np.prod(shape, dtype=int))
        np.testing.assert_array_equal(run(rule(), gs).reshape(flat.shape), run(rule(), flat))


@each_rule
def test_the_increment_is_the_callers_own(rule):
    touched, left = rule(), rule()
    for g in gradients():
        theirs = g.copy()
        dw = touched.update(theirs)
        np.testing.assert_array_equal(theirs, g)  # the gradient is theirs as well
        np.testing.assert_array_equal(dw, left.update(g))
        dw[:] = np.nan
        theirs[:] = np.nan


@each_rule
def test_a_view_or_another_memory_order_changes_nothing(rule):
    gs = gradients(6, (4, 6))
    expected = run(rule(), gs)
    np.testing.assert_array_equal(run(rule(), [np.asfortranarray(g) for g in gs]), expected)
    np.testing.assert_array_equal(run(rule(), [np.repeat(g, 2, axis=1)[:, ::2] for g in gs]), expected)
    readonly = gs.copy()
    readonly.flags.writeable = False
    np.testing.assert_array_equal(run(rule(), readonly), expected)


@each_rule
@pytest.mark.parametrize("again", [copy.deepcopy, lambda opt: pickle.loads(pickle.dumps(opt)), copy.copy])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_copies_go_on_bit_for_bit(rule, again, dtype):
    gs = gradients(dtype=dtype)
    opt = make(rule, lr=np.full(5, 0.01))
    run(opt, gs[:10])
    other = again(opt)
    assert kept(other) == kept(opt)
    expected = run(opt, gs[10:])
    assert kept(other) != kept(opt) or rule is optimizers.SGD  # they part ways
    np.testing.assert_array_equal(run(other, gs[10:]), expected)
    assert kept(other) == kept(opt)


@each_rule
def test_a_batch_is_a_loop(rule):
    gs = gradients(30)
    values = {
        "lr": np.array([0.1, 0.01, 0.0]),
        "alpha": np.array([0.0, 0.5, 0.99]),
        "beta": np.array([0.9, 0.999, 0.0]),
        "eps": np.array([1e-8, 1e-3, 1.0]),
    }
    batch = run(make(rule, **{name: value[:, None] for name, value in values.items()}), gs)
    assert batch.shape == (30, 3, 5)
    for k in range(3):
        one = run(make(rule, **{name: value[k] for name, value in values.items()}), gs)
        np.testing.assert_array_equal(batch[:, k], one)


@each_rule
@pytest.mark.parametrize("name", DEFAULTS)
def test_one_hyperparameter_in_an_array(rule, name):
    if name not in hyperparameters(rule):
        with pytest.raises(TypeError, match=name):
            rule(**{name: 0.5})
        return
    values, gs = [0.1, 0.5], gradients(10)
    batch = run(rule(**{name: [[x] for x in values]}), gs)
    for k, value in enumerate(values):
        np.testing.assert_array_equal(batch[:, k], run(rule(**{name: value}), gs))


@each_rule
def test_a_batch_in_float32_is_near_a_loop(rule):
    gs = gradients(30, dtype=np.float32)
    batch = run(make(rule, lr=np.array([[0.1], [0.01]]), beta=np.array([[0.9], [0.99]])), gs)
    assert batch.dtype == np.float32
    one = run(make(rule, lr=0.01, beta=0.99), gs)
    np.testing.assert_allclose(batch[:, 1], one, rtol=1e-4, atol=1e-7)


@each_rule
def test_hyperparameters_may_change_between_steps(rule):
    opt, gs = rule(), gradients(2)
    if "lr" not in opt.hyperparameters:
        opt.beta = 0.5
        assert opt.hyperparameters["beta"] == 0.5
        return
    first = opt.update(gs[0])
    twin = copy.deepcopy(opt)
    opt.lr = 0.5
    assert isinstance(opt.lr, float)
    assert first.shape == opt.update(gs[1]).shape
    assert kept(opt) != kept(twin)


@each_rule
def test_arrays_of_hyperparameters_cannot_be_changed_unseen(rule):
    for name in hyperparameters(rule):
        theirs = np.full(5, 0.5)
        opt = rule(**{name: theirs})
        theirs[0] = -1
        assert getattr(opt, name).tolist() == [0.5] * 5
        with pytest.raises(ValueError, match="read-only"):
            getattr(opt, name)[0] = -1


@each_rule
def test_look_ahead(rule):
    opt, w = rule(), np.arange(5.0)
    np.testing.assert_array_equal(opt.lookahead(w), w)  # at rest
    np.testing.assert_array_equal(opt.lookahead(w.tolist()), w)
    opt.update(gradients(1)[0])
    ahead = w + 0.9 * opt.v if rule is optimizers.Nesterov else w
    np.testing.assert_array_equal(opt.lookahead(w), ahead)
    np.testing.assert_array_equal(opt.lookahead(w.tolist()), ahead)
    np.testing.assert_array_equal(w, np.arange(5.0))
    opt = rule()
    opt.update(np.ones(5, np.float32))
    assert opt.lookahead(np.ones(5, np.float32)).dtype == np.float32


@pytest.mark.parametrize("rule", ADAPTIVE)
def test_r_starts_at_eps(rule):
    opt = make(rule, eps=0.25, beta=0.5)
    opt.update(np.zeros(2))
    np.testing.assert_array_equal(opt.r, 0.25 if rule is optimizers.AdaGrad else 0.125)
