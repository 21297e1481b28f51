"""Evidence stores: one small interface over a folder today, buckets later (formats.md, The store).

Paths are relative, `/`-separated, as formats.md lays them out. Nothing in a store is ever overwritten, but for the one
thing that has to move: a log's `checkpoint` (and a witness's newest cosignature), through `replace`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from reviewer.domain.errors import ReviewerError
from reviewer.stores.folder import FolderStore

Store = FolderStore
"""What services ask for. It becomes a Protocol when the second kind of store exists."""

__all__ = ["BinaryIO", "Callable", "Iterator", "Store", "locate"]


def locate(location: str) -> Store:
    """The store that a location string names: a folder's path. Raises ReviewerError for a kind that is not known."""
    if "://" in location:
        scheme = location.split("://", 1)[0]
        raise ReviewerError(f"This release has no store of the kind “{scheme}”.", "Name a folder.")
    return FolderStore(Path(location).expanduser())
