"""Alignment by sound of two recordings of an hour: what it costs, in a process that does nothing else."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reviewer.alignment.sound import SoundMatch, align
from tests.bench.align_pairs import levelled, stretched
from tests.bench.align_scene import RATE, noise, scene
from tests.bench.machine import run_child

_BLOCK = 20 * RATE


def run(seconds: int) -> dict[str, Any]:
    """CPU seconds, and the most memory that the process ever had, Python and numpy included. The two recordings are
    made first and read from files block by block, as a decoder gives them."""
    with tempfile.TemporaryDirectory(prefix="reviewer-hour-") as folder:
        paths = [str(path) for path in _make(seconds, Path(folder))]
        return run_child("align_hour_child", {"paths": paths}, 300)


def _make(seconds: int, folder: Path) -> Iterator[Path]:
    rng = np.random.default_rng(60)
    heard = scene(rng, 60 * RATE).heard
    spare = rng.permutation(np.tile(np.arange(60), seconds // 60 + 1))[: seconds + 1]
    for number, wave in enumerate(heard):
        whole = np.concatenate([wave[k * RATE : (k + 1) * RATE] for k in spare])[: seconds * RATE]
        whole = whole + np.float32(0.05 * float(whole.std())) * noise(rng, len(whole))
        path = folder / f"{number}.s16"
        path.write_bytes(levelled(rng, stretched(whole, 1.00004) if number else whole, agc=True).tobytes())
        yield path


def measured(paths: list[str]) -> dict[str, Any]:
    """In the process of its own."""
    began = time.process_time()
    found = align(*(_blocks(path) for path in paths))
    spent = time.process_time() - began
    assert isinstance(found, SoundMatch), found
    return {"hour_s": round(spent, 2), "hour_mb": round(_most_mb())}


def _most_mb() -> float:
    """The most memory of this program. Not ru_maxrss: Linux lets that begin with what the parent had."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM:")).split()[1]) / 1024


def _blocks(path: str) -> Iterator[NDArray[np.int16]]:
    with Path(path).open("rb") as file:
        while block := file.read(2 * _BLOCK):
            yield np.frombuffer(block, np.int16)
