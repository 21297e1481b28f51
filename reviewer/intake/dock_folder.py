"""A camera's mounted storage, or the folder that a dock copies it to: DCIM trees, a folder a camera or an officer, long
recordings cut into numbered files.

DCF (CIPA DC-009) goes on in the next folder of DCIM when one is full (100MEDIA, 101MEDIA), so files of all folders of
one camera are looked at together. What is no part of another file is a recording of its own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from reviewer.domain.errors import UnreadableMedia
from reviewer.intake import generic
from reviewer.intake.base import FOOTAGE, FoundPart, FoundRecording, Tree, written_at
from reviewer.intake.numbered import Candidate, Run, runs

SOURCE = "camera folder"
_DCF = re.compile(r"\d{3}[A-Z0-9_]{5}", re.IGNORECASE)
# Folders that every card has: they say nothing of whose it is.
_EVERYWHERE = re.compile(
    r"dcim|private|avchd|bdmv|stream|misc|event|ro|videos?|movies?|recor(d|dings)|media|clips|normal"
)


def find(tree: Tree) -> list[FoundRecording]:
    """Recordings of several files, and every file under DCIM. Single files elsewhere are left."""
    cameras: dict[Path, list[Candidate]] = defaultdict(list)
    for path in tree.left(FOOTAGE):
        pile = tree.pile(path)
        try:
            cameras[_camera(path)].append(Candidate(path, pile.probe(path), written_at(path)))
        except UnreadableMedia:
            continue  # whoever comes last says so
    found = []
    for camera in sorted(cameras):
        for run in runs(cameras[camera]):
            if len(run.parts) > 1 or _in_dcim(run.parts[0][0].path):
                found.append(_recording(tree, run))
    return found


def whose(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names among a file's folders that may say whose camera it was."""
    return tuple(n for n in names if not _EVERYWHERE.fullmatch(n.lower()) and not _DCF.fullmatch(n))


def _camera(path: Path) -> Path:
    """The folder that a camera's files lie in: above DCIM, or the file's own."""
    for folder in path.parents:
        if folder.name.lower() == "dcim":
            return folder
    return path.parent


def _in_dcim(path: Path) -> bool:
    return _camera(path).name.lower() == "dcim"


def _recording(tree: Tree, run: Run) -> FoundRecording:
    parts = []
    for file, offset in run.parts:
        tree.pile(file.path).take(file.path)
        parts.append(FoundPart(file.path, file.probe, offset, file.written_at))
    first = parts[0].path
    found = generic.recording(tree.pile(first), parts, source=SOURCE, hints=whose(tree.above(first)))
    return replace(found, notes=(*found.notes, *run.notes))
