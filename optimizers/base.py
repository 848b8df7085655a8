"""What the ten rules share: the checks around a formula, so that a subclass holds its formula and nothing else."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

# What each hyperparameter may be, in words and as a test.
ALLOWED = {
    "lr": ("lr >= 0", lambda x: x >= 0),
    "alpha": ("0 <= alpha < 1", lambda x: (x >= 0) & (x < 1)),
    "beta": ("0 <= beta < 1", lambda x: (x >= 0) & (x < 1)),
    "eps": ("eps > 0", lambda x: x > 0),
}


class Optimizer:
    r"""A rule that turns a gradient into an increment, used as in the article: w = w + Δw.

        opt = Adam(lr=1e-3)
        g = grad(opt.lookahead(w))
        w = w + opt.update(g)

    One instance serves one array of parameters; give every array its own.

    A subclass sets its hyperparameters and its initial state in `__init__` and writes its formula in `delta_w`. State
    is bound anew at each step (`self.v = ...`, not `self.v *= ...`), so that a failed step can be taken back.

    Hyperparameters (`lr`, `alpha`, `beta`, `eps`) are numbers, or arrays that broadcast against the gradient, which
    makes a batch of runs out of one call. They are checked whenever they are set.
    """

    i = 0  # how many updates have been made
    shape = None  # the shape of the increments, known after the first update
    _fits = None  # shape and dtype of the last gradient: the same again needs no new check
    _complete = False  # has __init__ set what there is? Then a new name is a slip, but for one that delta_w sets

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        if "__init__" in vars(cls):
            cls.__init__ = _completing(cls.__init__)  # type: ignore[method-assign]
        if "lookahead" in vars(cls):
            cls.lookahead = _of_any_array(cls.lookahead)  # type: ignore[method-assign]

    def delta_w(self, g: NDArray) -> NDArray:
        """The formula: from the gradient g, an array of floats, to Δw; moves the state on by one step."""
        raise NotImplementedError(f"{type(self).__name__} needs a method delta_w(self, g) that returns the increment")

    def update(self, g: ArrayLike) -> NDArray:
        """The increment Δw for the gradient g, in the shape and dtype of g.

        Parameters
        ----------
        g : array_like of float or int
            Gradient of the loss at `lookahead(w)`, in units of loss per unit of w. Numbers, lists and integers work
            as float64. Where hyperparameters are arrays, the increment has the shape that g and they broadcast to.

        Returns
        -------
        numpy.ndarray (a NumPy scalar if g is a number)
            The caller's own: writing into it changes nothing in here.

        Raises
        ------
        TypeError
            g is not of real numbers.
        ValueError
            g has another shape than before, holds NaN or infinity, or eps rounds to 0 in the dtype of g.
        OverflowError
            A value left the range of the dtype, as the square of a gradient above 1.8e19 does in float32.
        FloatingPointError
            The formula divides by zero, or has no value: 0/0, or the root of a negative number.

        After an error the state is as it was before the call.
        """
        with np.errstate(over="raise", divide="raise", invalid="raise", under="ignore"):  # whatever the caller has set
            return self._checked_update(g)

    def _checked_update(self, g):
        g = self._checked_gradient(g)
        before = vars(self).copy()
        vars(self)["_complete"] = False
        try:
            dw = self.delta_w(g)
            if dw is None:
                raise TypeError(f"{type(self).__name__}: delta_w returned None; it must return the increment")
            masked, dw = isinstance(dw, np.ma.MaskedArray), np.asarray(dw)
            if masked or dw.dtype.kind not in "iuf":
                raise TypeError(
                    f"{self._step}: delta_w must return real numbers, not {'a masked array' if masked else dw.dtype}"
                )
            dw = dw.astype(g.dtype, copy=False)
            held = (value for value in vars(self).values() if isinstance(value, np.ndarray))
            if any(np.may_share_memory(dw, value) for value in (g, *held)):
                dw = dw.copy()  # the caller's own: Momentum returns its v
            self._keep_dtype(g.dtype)
        except BaseException as error:
            vars(self).clear()
            vars(self).update(before)
            if isinstance(error, FloatingPointError):
                where = f"{type(self).__name__}: {error} at step {self.i + 1}, where the largest |g| is {np.max(np.abs(g)):.3g}"
                if "overflow" not in str(error):
                    raise FloatingPointError(
                        f"{where}; is a denominator 0, or something negative under a root?"
                    ) from error
                largest, bound = np.max(np.abs(g)), np.finfo(g.dtype).max
                square = f", and the squares of gradients need |g| < {bound**0.5:.3g}" if largest >= bound**0.5 else ""
                raise OverflowError(f"{where}; values of {g.dtype} must stay below {bound:.3g}{square}") from error
            raise
        vars(self).update(i=self.i + 1, shape=dw.shape, _fits=(g.shape, g.dtype), _complete=True)
        return dw[()]  # a 0-d array becomes a scalar

    def lookahead(self, w: ArrayLike) -> ArrayLike:
        """The point at which to take the gradient: w itself, for every rule but Nesterov's."""
        return w

    @property
    def state(self) -> dict[str, float | NDArray]:
        """The state by name: v, s, r as in the article, and alpha_i, beta_i for the powers αⁱ and βⁱ."""
        return {k: v for k, v in vars(self).items() if k not in (*ALLOWED, "i", "shape", "_fits", "_complete")}

    @property
    def hyperparameters(self) -> dict[str, float | NDArray]:
        """The hyperparameters by name."""
        return {k: v for k, v in vars(self).items() if k in ALLOWED}

    def __repr__(self):
        given = ", ".join(f"{k}={v}" for k, v in self.hyperparameters.items())
        return f"{type(self).__name__}({given})"

    def __setattr__(self, name, value):
        if self._complete and not hasattr(self, name):
            has: dict[str, dict] = {"hyperparameters": self.hyperparameters, "state": self.state}
            known = "; ".join(f"{kind}: {', '.join(names)}" for kind, names in has.items() if names)
            raise AttributeError(f"{type(self).__name__} has no {name}; it has {known or 'no attributes'}")
        if name in ALLOWED:
            value = self._checked_hyperparameter(name, value)
            vars(self)["_fits"] = None
        object.__setattr__(self, name, value)

    def _checked_hyperparameter(self, name, value):
        """A Python float, or a read-only array of float64.

        Python floats take on the dtype of the array they meet; a NumPy float64 scalar would turn float32 into float64.
        """
        where, (allowed, is_allowed) = type(self).__name__, ALLOWED[name]
        if isinstance(value, np.ma.MaskedArray):
            raise TypeError(f"{where}: {name} is a masked array, and masks are not supported; give a plain array")
        array = np.array(value)
        if array.dtype.kind not in "iuf":
            raise TypeError(f"{where}: {name} must be a number or an array of numbers with {allowed}, not {value!r}")
        with np.errstate(all="ignore"):
            array = array.astype(float)
        bad = ~(np.isfinite(array) & is_allowed(array))
        if bad.any():
            at = f" at index {_first(bad)}" if array.ndim else ""
            raise ValueError(f"{where}: {name} = {array[bad][0]}{at} is not allowed; it must be finite, with {allowed}")
        if array.ndim == 0:
            return float(array)
        array.flags.writeable = False
        return array

    def _checked_gradient(self, g):
        if isinstance(g, np.ma.MaskedArray):
            raise TypeError(
                f"{self._step}: the gradient is a masked array, and masks are not supported; fill it first, as by g.filled(0)"
            )
        g = np.asarray(g)
        if g.dtype.kind != "f":
            if g.dtype.kind not in "iu":
                raise TypeError(f"{self._step}: the gradient must hold real numbers (float or int), not {g.dtype}")
            g = g.astype(float)
        finite = np.isfinite(g)
        if np.count_nonzero(finite) < g.size:  # on small arrays faster than all()
            bad = _first(~finite)
            raise ValueError(
                f"{self._step}: {g.size - np.count_nonzero(finite)} of {g.size} values of the gradient are not finite, "
                f"the first, {g[bad]}, at index {bad}; all must be finite"
            )
        if (g.shape, g.dtype) != self._fits:
            self._check_fit(g)
        return g

    def _check_fit(self, g):
        """Does g, in shape and dtype, go with the hyperparameters and with the state?"""
        shapes = [np.shape(h) for h in self.hyperparameters.values()]
        try:
            shape = np.broadcast_shapes(g.shape, *shapes)
        except ValueError:
            raise ValueError(
                f"{self._step}: a gradient of shape {g.shape} does not broadcast with "
                f"hyperparameters of shapes {shapes}"
            ) from None
        if self.shape not in (None, shape):
            raise ValueError(
                f"{self._step}: the gradient has shape {g.shape}, but the state has {self.shape}; "
                "one optimizer serves one array, so make a new one for another"
            )
        eps = np.min(self.hyperparameters.get("eps", 1))
        if eps.astype(g.dtype) == 0:
            raise ValueError(
                f"{self._step}: eps = {eps} rounds to 0 in {g.dtype}; "
                f"it must be at least {np.finfo(g.dtype).smallest_subnormal:.2g}"
            )

    @property
    def _step(self):
        """Whose step it is, for messages."""
        return f"{type(self).__name__}, step {self.i + 1}"

    def _keep_dtype(self, dtype):
        """Hyperparameters in arrays are float64, and so is what they touched: bring the state back to g's dtype.

        The powers alpha_i and beta_i belong to the hyperparameters, not to g: 1 - 0.999 in float32 is off by 1e-5.
        """
        for name, value in vars(self).items():
            if getattr(value, "dtype", dtype) != dtype and name not in ALLOWED and not name.endswith("_i"):
                kept = value.astype(dtype)
                # What was above zero must not become 0: the next step may divide by it.
                setattr(self, name, np.where((kept == 0) & (value > 0), np.finfo(dtype).tiny, kept))


def above_zero(r: NDArray) -> NDArray:
    """r, kept at or above the smallest normal number of its dtype.

    A decaying average of squares is positive in the article's mathematics. In floating point a long run of zero
    gradients takes it to 0, and the next step would be 0/0.
    """
    return np.maximum(r, np.finfo(r.dtype).tiny)


def _completing(init):
    """An `__init__` after which the object is complete; that of a base class, called by it, leaves it open."""

    def completing(self, *args, **options):
        init(self, *args, **options)
        if type(self).__init__ is completing:
            vars(self)["_complete"] = True

    return _standing_for(init, completing)


def _of_any_array(formula):
    """A `lookahead` that takes lists too, and heeds no error state of the caller's: a velocity may fade out."""

    def lookahead(self, w):
        with np.errstate(under="ignore"):
            return formula(self, np.asarray(w) if isinstance(w, list | tuple) else w)

    return _standing_for(formula, lookahead)


def _standing_for(method, wrapper):
    """The wrapper, with the name, the signature, the source and the docstring of the method in it."""
    wrapper.__wrapped__, wrapper.__name__, wrapper.__doc__ = method, method.__name__, method.__doc__
    return wrapper


def _first(mask):
    """Index of the first True, as a tuple of Python integers."""
    return tuple(int(k) for k in np.argwhere(mask)[0])
