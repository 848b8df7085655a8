"""Which folder and which room may import which: the contracts in pyproject.toml."""

from importlinter.cli import lint_imports

from book.environment import ROOT


def test_imports_run_one_way():
    assert lint_imports(str(ROOT / "pyproject.toml"), no_cache=True, no_logo=True) == 0
