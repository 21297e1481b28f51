"""From the paths a person named to the recordings that lie there. It looks, and touches nothing."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path

from reviewer.intake import generic, gopro, sidecar
from reviewer.intake.base import (
    FOOTAGE,
    SIDECAR,
    STILLS,
    TRACKS,
    CannotTakeIn,
    FoundRecording,
    Pile,
    ProbeFile,
    Refusal,
    Source,
    Survey,
    stem,
)

# Tried in this order; each takes the files it knows.
SOURCES: Sequence[Source] = (sidecar.find, gopro.find, generic.find)
_KNOWN = (*FOOTAGE, *TRACKS, *STILLS, SIDECAR)


def survey(paths: Iterable[Path], probe_file: ProbeFile) -> Survey:
    """Recordings in files and folders (with all below them). A single file brings its sidecars along, and the other
    parts of its recording. Whatever cannot be taken in is in `refused`, one sentence and a next step each.

    `probe_file` says what a file's headers say: `probe.probe`, run where a hostile file can do no harm."""
    looked = _Looked()
    for path in paths:
        looked.at(path.absolute())
    recordings: list[FoundRecording] = []
    for folder, files in sorted(looked.folders.items()):
        pile = Pile(folder, sorted(files), probe_file)
        for source in SOURCES:
            recordings.extend(source(pile))
        looked.refused.extend(pile.refused)
    return Survey(tuple(recordings), tuple(looked.refused))


class _Looked:
    """The files to consider, by folder."""

    def __init__(self) -> None:
        self.folders: dict[Path, set[Path]] = {}
        self.refused: list[Refusal] = []

    def at(self, path: Path) -> None:
        try:
            mode = path.stat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            self._refuse(path, f"{path} is not there.", "Check the path, and that the card or drive is connected.")
        except OSError as error:
            self._unreadable(path, error)
        else:
            if stat.S_ISDIR(mode):
                self._folder(path)
            elif not stat.S_ISREG(mode) or not path.name.lower().endswith(_KNOWN):
                known = ", ".join(sorted(s.removeprefix(".") for s in FOOTAGE))
                self._refuse(path, f"{path.name} is no footage that this program knows.", f"It knows {known}.")
            else:
                self._add(path.parent, {path} | self._companions(path))

    def _folder(self, folder: Path) -> None:
        unreadable: list[OSError] = []
        found = False
        for where, below, names in os.walk(folder, onerror=unreadable.append):
            below[:] = sorted(d for d in below if not d.startswith("."))
            files = {Path(where, n) for n in names if _wanted(n)}
            found = found or bool(files)
            self._add(Path(where), files)
        for error in unreadable:
            self._unreadable(Path(error.filename or folder), error)
        if not found and not unreadable:
            self._refuse(folder, f"{folder} holds no footage.", "Choose the folder that the camera or dock wrote.")

    def _companions(self, path: Path) -> set[Path]:
        """Files of the same name, and whatever a sidecar or a chapter's name puts into the same recording."""
        try:
            beside = [f for f in path.parent.iterdir() if _wanted(f.name) and f.is_file()]
        except OSError:
            return set()  # the file itself may still be readable
        recording = gopro.chapter_of(path)[0]
        found = {f for f in beside if stem(f) == stem(path) or gopro.chapter_of(f)[0] == recording}
        for each in beside:
            if each.name.lower().endswith(SIDECAR) and self._names(each, path):
                found.add(each)
        return found

    @staticmethod
    def _names(camera_json: Path, path: Path) -> bool:
        try:
            return path.name in sidecar.names(sidecar.read_sidecar(camera_json))
        except CannotTakeIn:
            return False

    def _add(self, folder: Path, files: set[Path]) -> None:
        if files:
            self.folders.setdefault(folder, set()).update(files)

    def _unreadable(self, path: Path, error: OSError) -> None:
        if isinstance(error, PermissionError):
            step = "Ask for the right to read it, or copy the footage to a folder of yours."
            self._refuse(path, f"You may not read {path}.", step)
        else:
            what = error.strerror or "the disk refuses"
            self._refuse(path, f"{path} cannot be read: {what}.", "Check that the card or drive is connected.")

    def _refuse(self, path: Path, message: str, next_step: str) -> None:
        self.refused.append(Refusal(path, CannotTakeIn(message, next_step)))


def _wanted(name: str) -> bool:
    """Footage and what goes with it; names that begin with a dot are leavings of file managers."""
    return not name.startswith(".") and name.lower().endswith(_KNOWN)
