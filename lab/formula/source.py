"""Show a class's or a function's own source in a chapter, so that the page cannot differ from the code."""

import inspect
import textwrap
from collections.abc import Callable


class Source:
    """The source of a class or function, as a block of Python."""

    def __init__(self, thing):
        self.text = textwrap.dedent(inspect.getsource(thing)).rstrip()

    def _repr_markdown_(self):
        return f"```python\n{self.text}\n```"

    def __repr__(self):
        return self.text


def source(thing: type | Callable) -> Source:
    """As the last line of a cell: shows the source of a class or a function."""
    return Source(thing)
