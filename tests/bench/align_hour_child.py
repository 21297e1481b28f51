"""The hour itself, in a process that made nothing of it (see `align_hour`)."""

from __future__ import annotations

from typing import Any

from tests.bench.align_hour import measured


def run(paths: list[str]) -> dict[str, Any]:
    """CPU seconds and memory."""
    return measured(paths)
