"""Addresses that change with what they lead to, so that no browser keeps an old file."""

import hashlib
from pathlib import Path


def digest(data: bytes) -> str:
    """A short name for some bytes."""
    return hashlib.sha256(data).hexdigest()[:8]


def versioned(file: Path) -> str:
    """The name of a file with its content in the query: site.css?v=1a2b3c4d."""
    return f"{file.name}?v={digest(file.read_bytes())}"
