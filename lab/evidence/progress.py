"""A progress bar for a loop that takes long, in a notebook, and nothing of it on the page that is built."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from IPython import get_ipython
from IPython.display import HTML, clear_output, display

Item = TypeVar("Item")


def progress(items: Iterable[Item], label: str) -> Iterator[Item]:
    """Iterate over a sequence, with a bar below the cell for as long as that takes.

    The bar goes with everything that the cell has shown before the loop ends: start with the loop, and print after it.
    """
    items = list(items)
    if get_ipython() is None:  # plain Python: no page to draw on
        yield from items
        return
    bar = display(_bar(0, len(items), label), display_id=True)
    try:
        for done, item in enumerate(items, 1):
            yield item
            bar.update(_bar(done, len(items), label))
    finally:
        clear_output()


def _bar(done, n, label):
    return HTML(f"<label>{label}: {done} of {n} <progress value='{done}' max='{n}'></progress></label>")
