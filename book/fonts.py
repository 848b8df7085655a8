"""Fonts of only the characters that the site shows."""

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont


def opened(file: Path) -> TTFont:
    """A font to work on. It keeps its own date, or each build would make another file of it, under another address."""
    return TTFont(file, recalcTimestamp=False)


def of_characters(font: TTFont, code_points: Iterable[int], flavor: str, **options: Any) -> bytes:
    """The bytes of a font file with the glyphs for some code points; `options` are those of fontTools' subsetter."""
    subsetter = subset.Subsetter(subset.Options(hinting=False, **options))
    subsetter.populate(unicodes=code_points)
    subsetter.subset(font)
    font.flavor = flavor
    buffer = io.BytesIO()
    font.save(buffer)
    return buffer.getvalue()
