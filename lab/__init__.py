"""What a chapter does with an optimizer: let it descend, trace it, draw it, put it into the reader's hands."""

from . import figures, landscapes
from .checking import check
from .descent import Descent, descend, respond
from .display import source
from .landscapes import LANDSCAPES
from .parity import parity
from .signals import SIGNALS
from .trace import TraceError, trace
from .widget import Lab
from .worked import worked

__all__ = [
    "Descent", "LANDSCAPES", "Lab", "SIGNALS", "TraceError", "check", "descend", "figures", "landscapes", "parity", "respond", "source",
    "trace", "worked",
]  # fmt: skip
