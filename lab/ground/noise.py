"""Random numbers that are the same in Python and in the browser, bit for bit."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def hashed(seed: int, n: ArrayLike) -> NDArray:
    """The n-th random integer below 2³² of a seed; n may be an array. Chris Wellons' lowbias32 applied to a counter."""
    mask = np.uint64(0xFFFFFFFF)
    h = (np.asarray(n).astype(np.uint64) + np.uint64(seed) * np.uint64(0x9E3779B1)) & mask
    h = ((h ^ (h >> np.uint64(16))) * np.uint64(0x7FEB352D)) & mask
    h = ((h ^ (h >> np.uint64(15))) * np.uint64(0x846CA68B)) & mask
    return h ^ (h >> np.uint64(16))


def batch_noise(seed: int, step: int, dimensions: int, m: int) -> NDArray:
    """The mean of m independent draws with mean 0 and variance 1, for each of the dimensions: shape (dimensions,).

    A stand-in for what drawing m samples does to a gradient; its variance is 1/m. The draws are uniform. They are added
    as integers, so that the order of the addition does not matter.
    """
    n = (step * dimensions + np.arange(dimensions)[:, None]) * m + np.arange(m)
    total = hashed(seed, n).sum(axis=1).astype(float)
    return (total / (m * 2.0**32) - 0.5) * 12**0.5
