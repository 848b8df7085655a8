"""The chapters' algorithm cards: cells tagged `proof:Adam`, in which each line of a `$$` block is one equation."""

import json
import re
from pathlib import Path

TAG = "proof:"
SAME = ("g_i = J'(w)", r"w = w + \Delta w")  # in every rule, unless it takes the gradient elsewhere


def cards(folder: str | Path = ".") -> dict[tuple[str, str], str]:
    """Every card in a folder of notebooks: {(notebook, class): markdown}, both by name."""
    found = {}
    for path in sorted(Path(folder).glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            for tag in cell["metadata"].get("tags", []):
                if tag.startswith(TAG):
                    found[path.stem, tag.removeprefix(TAG)] = "".join(cell["source"])
    return found


def formulas(rule: type, folder: str | Path = ".") -> str:
    """A rule's card as short markdown: its name as a link, its start values, and the lines that are its own.

    Parameters
    ----------
    rule : class
    folder : path
        Where the chapters are; for a chapter, its own folder.
    """
    named = {name: (notebook, card) for (notebook, name), card in cards(folder).items()}
    if rule.__name__ not in named:
        raise LookupError(
            f"no chapter has a card for {rule.__name__}; there are cards for {', '.join(named) or 'none'}"
        )
    notebook, card = named[rule.__name__]
    text = r" \\ ".join(re.findall(r"\$\$(.*?)\$\$", card, re.DOTALL))
    lines = [line.strip() for line in re.sub(r"\\(begin|end)\{aligned\}", "", text).split(r"\\")]
    lines = [line for line in lines if line and line.replace("&", "") not in SAME]
    starts = [line.replace("&", "") for line in lines if re.match("[a-z]_0", line)]
    steps = " \\\\\n".join(line for line in lines if not re.match("[a-z]_0", line))
    start = f", from ${'$, $'.join(starts)}$" if starts else ""
    return f"**[{rule.__name__}]({notebook}.ipynb)**{start}:\n\n$$\n\\begin{{aligned}}\n{steps}\n\\end{{aligned}}\n$$"
