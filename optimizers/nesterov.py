"""Nesterov's momentum."""

import numpy as np

from .momentum import Momentum


class Nesterov(Momentum):
    """Momentum with the gradient taken where the velocity is about to lead. Nesterov, 1983; article (5.1), (5.2).

    The formula is Momentum's. What differs is where the caller takes g: at `lookahead(w)`.
    """

    def lookahead(self, w):
        with np.errstate(under="ignore"):  # whatever the caller has set
            return np.add(w, self.alpha * self.v)  # (5.1), where w may be a list
