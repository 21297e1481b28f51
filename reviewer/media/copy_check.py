"""The looks that a finished file gets, each in a process apart: its structure, its picture, its sound.

The first sees nothing but the file. The others see it beside the originals that it was made of, as the renderer did.
"""

from __future__ import annotations

from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path

from reviewer.media.copy_check_streams import sample_problems, seen_by_ffmpeg
from reviewer.media.copy_check_structure import structure


@dataclass(frozen=True, slots=True)
class Said:
    """What one look found: sentences. `credentials`: the file has a C2PA manifest."""

    problems: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    credentials: bool = False


def read_structure(path: Path) -> Said:
    """In a process apart: boxes, samples, streams, metadata."""
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as mapped, memoryview(mapped) as data:
        found = structure(data)
        for problem in sample_problems(data, found):
            found.say(problem)
    with path.open("rb") as file:
        problems = [*found.problems, *(p for p in seen_by_ffmpeg(file) if p not in found.problems)]
    checks = (
        f"{len(found.tracks)} {'track' if len(found.tracks) == 1 else 'tracks'}, no metadata, no place, no cover, no "
        "chapters, nothing hidden in boxes or padding",
        "every byte of the media belongs to a frame or to the sound",
    )
    return Said(tuple(problems), () if problems else checks, (), found.credentials)
