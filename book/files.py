"""Text files that are the same, byte for byte, on every machine."""

from pathlib import Path


def write(file: Path, text: str) -> None:
    """Write `text` as UTF-8 with LF at the ends of lines, on Windows too: addresses carry a digest of the bytes."""
    file.write_text(text, encoding="utf-8", newline="\n")
