"""Nesterov's momentum."""

from .momentum import Momentum


class Nesterov(Momentum):
    """Momentum with the gradient taken where the velocity is about to lead. Nesterov, 1983; article (5.1), (5.2).

    The formula is Momentum's. What differs is where the caller takes g: at `lookahead(w)`.
    """

    def lookahead(self, w):
        return w + self.alpha * self.v  # (5.1)
