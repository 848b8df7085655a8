"""What README and CONTRIBUTING send a reader to is there."""

import re

import pytest

from book.environment import ROOT

MADE = ("_build", ".venv", "node_modules")  # by the commands that the pages describe
PATH = re.compile(
    r"[\w.-]+(/[\w.-]+)*/|([\w.-]+/)*[\w-]*\.?[\w-]+\.(cff|css|in|ipynb|js|json|md|py|toml|txt|yml|bib)|\.ci/run"
)


def quoted(text):
    """What stands in backquotes: the paths, those in commands too, and the single words that are none."""
    found = re.findall(r"`([^`\n]+)`", text)
    words = [word for token in found for word in re.split(r"[ =]", token)]
    paths = [word for word in words if PATH.fullmatch(word) and not word.startswith(MADE)]
    return paths, [token for token in found if token in words and token not in paths]


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_every_path_is_there(page):
    """From the top, or in a table from the folder that the row is about."""
    text = (ROOT / page).read_text(encoding="utf-8")
    total = 0
    for line in text.splitlines():
        paths, _ = quoted(line)
        folders = [ROOT, *(ROOT / path for path in quoted(line.split("|")[1])[0])] if line.startswith("|") else [ROOT]
        missing = [path for path in paths if not any((folder / path).exists() for folder in folders)]
        assert not missing, line
        total += len(paths)
    assert total > 20


def rows():
    """The rows of "I want to change …": what is to be changed, and where."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.split("## I want to change …")[1].split("\n## ")[0]
    return [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ") and "`" in line]


@pytest.mark.parametrize(("change", "places"), rows())
def test_the_map_names_what_stands_in_its_files(change, places):
    paths, names = quoted(places)
    text = "".join((ROOT / path).read_text(encoding="utf-8") for path in paths)
    assert paths and all(name in text for name in names), names
