"""Ten gradient-descent optimizers, from SGD to NadaMax, each a few lines of NumPy.

A step of training:

    from optimizers import Adam

    opt = Adam(lr=1e-3)
    w = w + opt.update(grad(opt.lookahead(w)))
"""

from .adadelta import AdaDelta
from .adagrad import AdaGrad
from .adam import Adam
from .adamax import AdaMax
from .base import Optimizer
from .momentum import EMAMomentum, Momentum
from .nadam import Nadam
from .nadamax import NadaMax
from .nesterov import Nesterov
from .rmsprop import RMSProp
from .sgd import SGD

# Every rule, in the order of the chapters. What the labs, the tests and the pages need to know of a rule, they derive
# from this.
RULES = (SGD, Momentum, EMAMomentum, Nesterov, AdaGrad, RMSProp, AdaDelta, Adam, AdaMax, Nadam, NadaMax)
TEN = tuple(rule for rule in RULES if rule is not EMAMomentum)  # those that the article names

__all__ = ["Optimizer", "RULES", "TEN", *(rule.__name__ for rule in RULES)]  # noqa: PLE0604 - they are strings
