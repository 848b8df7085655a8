"""What a chapter does with an optimizer: let it descend, trace it, draw it, put it into the reader's hands.

The rooms, each of which imports only those after it: `evidence` and `school`, `widget`, `ground`, `formula`.
"""

from .evidence.parity import parity
from .formula.source import source
from .formula.trace import TraceError, trace
from .formula.worked import worked
from .ground import landscapes
from .ground.descent import Descent, descend, respond
from .ground.landscapes import LANDSCAPES
from .ground.signals import SIGNALS
from .school.check import check
from .widget import figures
from .widget.lab import Lab

__all__ = [
    "LANDSCAPES",
    "SIGNALS",
    "Descent",
    "Lab",
    "TraceError",
    "check",
    "descend",
    "figures",
    "landscapes",
    "parity",
    "respond",
    "source",
    "trace",
    "worked",
]
